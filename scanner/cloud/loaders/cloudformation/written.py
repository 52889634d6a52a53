"""A resource of a template before anything is made of it."""

from collections.abc import Mapping
from typing import Any

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One resource as the template, or what SAM makes of it, has it; `origin` is the id that stands in the template."""

    name: str
    kind: str
    properties: Mapping[str, Any]
    origin: str
