"""OCPI 2.3.0: its objects and its version."""

from __future__ import annotations

from infra.service.v2_3_0.version import DIALECT, VERSION

__all__ = ["DIALECT", "VERSION"]
