"""OCPI 2.2.1: its objects and its version."""

from __future__ import annotations

from infra.service.v2_2_1.version import DIALECT, VERSION

__all__ = ["DIALECT", "VERSION"]
