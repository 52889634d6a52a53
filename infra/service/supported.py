"""The versions that are served, oldest first."""

from __future__ import annotations

from typing import Final

from infra.service import v2_1_1, v2_2_1, v2_3_0

VERSIONS: Final = (v2_1_1.VERSION, v2_2_1.VERSION, v2_3_0.VERSION)
DIALECTS: Final = (v2_1_1.DIALECT, v2_2_1.DIALECT, v2_3_0.DIALECT)
