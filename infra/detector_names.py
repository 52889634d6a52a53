"""The detectors that a stack can switch on, by the names of its config."""

from __future__ import annotations

from typing import Final

DETECTORS: Final = ("access-analyzer", "config", "guardduty", "security-hub")
