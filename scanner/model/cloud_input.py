"""Where a cloud is declared: a program to run, or a document that a tool wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramInput:
    """A Pulumi program to run under mocks: its folder (with Pulumi.yaml), stack name, config, interpreter."""

    name: str
    directory: Path
    stack: str
    config: Mapping[str, str] = field(default_factory=dict)
    python: Path | None = None
    timeout_s: float = 120.0
    memory_bytes: int = 2 * 2**30


CloudInput = ProgramInput
