"""A resource of a template before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One resource as the template, or what SAM makes of it, has it; `origin` is the id that stands in the template."""

    name: str
    kind: str
    properties: Mapping[str, Any]
    origin: str
