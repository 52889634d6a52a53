"""Where the runs of the past are kept, for those that open it; apart from its reading, which loads far more."""

from pathlib import Path

from scanner.config.secret_reference import SecretReference
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPlace:
    """One of `file` and `url` is set; `str()` of it is fit to be shown."""

    file: Path | None = None
    url: str | None = None
    password: SecretReference | None = None

    def __str__(self) -> str:
        return str(self.file) if self.file is not None else str(self.url)
