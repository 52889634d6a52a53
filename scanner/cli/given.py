"""What a command line said about where to look, kept in the run's note so that the same can be looked at again."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from scanner.cli.bare_url import BareUrl, bare_configuration
from scanner.config.configuration import Configuration
from scanner.config.load import load_configuration
from scanner.model.effect import Mode
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Either a bare URL, or a file with the options that narrow or bend it; references only, no secret."""

    bare: BareUrl | None = None
    file: Path | None = None
    environments: tuple[str, ...] = ()
    mode: Mode | None = None
    budget: int | None = None
    max_refusals: int | None = None

    def configuration(self) -> Configuration:
        """What it leads to now.

        Raises: UsageError.
        """
        if self.bare is not None:
            return self._limited(bare_configuration(self.bare))
        if self.file is None:
            raise ValueError("neither a URL nor a file")
        chosen = load_configuration(self.file, with_files=True).only(self.environments)
        return self._limited(chosen.in_mode(self.mode))

    def _limited(self, configuration: Configuration) -> Configuration:
        return configuration.with_budgets(requests=self.budget, refusals=self.max_refusals)

    def with_file(self, file: Path | None) -> "Given":
        """The same from a file that has moved; unchanged for None."""
        return self if file is None else replace(self, bare=None, file=file)

    def to_json(self) -> JsonValue:
        """For the note; paths are absolute."""
        bare = None
        if self.bare is not None:
            ca_file = str(self.bare.ca_file.absolute()) if self.bare.ca_file else None
            bare = {**asdict(self.bare), "ca_file": ca_file}
        file = str(self.file.absolute()) if self.file else None
        return {
            "bare": bare,
            "file": file,
            "environments": list(self.environments),
            "mode": self.mode,
            "budget": self.budget,
            "max_refusals": self.max_refusals,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Given":
        """What `to_json` wrote.

        Raises: KeyError, TypeError, ValueError for anything else.
        """
        bare = None
        if kept["bare"] is not None:
            ca_file = kept["bare"]["ca_file"]
            bare = BareUrl(**{**kept["bare"], "ca_file": Path(ca_file) if ca_file else None})
        return cls(
            bare=bare,
            file=Path(kept["file"]) if kept["file"] else None,
            environments=tuple(kept["environments"]),
            mode=Mode(kept["mode"]) if kept["mode"] else None,
            budget=kept["budget"],
            max_refusals=kept.get("max_refusals"),  # notes of earlier releases do not have it
        )
