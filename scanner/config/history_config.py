"""`history` of the file: a SQLite file, or a PostgreSQL database by URL. A password is a reference."""

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator

from scanner.config.history_place import HistoryPlace
from scanner.config.secret_reference import SecretReference
from scanner.config.strict import Reference, Strict, Text

_SCHEMES: Final = frozenset({"postgresql", "postgres"})
_SECRET_PARAMETERS: Final = frozenset({"password", "sslpassword", "passfile"})


def _database_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in _SCHEMES or not parts.path.strip("/"):
        raise ValueError(
            "write a PostgreSQL URL with its database, such as postgresql://posture@db.example.com/posture"
        )
    if parts.password is not None or any(key in _SECRET_PARAMETERS for key, _ in parse_qsl(parts.query)):
        raise ValueError("leave the password out of the URL: name where it is kept in `password`, such as env:NAME")
    _ = parts.port  # raises ValueError itself if it is no port
    return text


class HistoryConfig(Strict):
    """`file` is SQLite's; `url` PostgreSQL's, `password` where its password is kept. One of `file` and `url`."""

    file: Text | None = None
    url: Annotated[str, AfterValidator(_database_url)] | None = None
    password: Reference | None = None


def history_place(config: HistoryConfig | None, base: Path) -> HistoryPlace | None:
    """As the file says; a relative path starts at `base`. None: no history is kept."""
    if config is None:
        return None
    return HistoryPlace(
        file=base / config.file if config.file else None,
        url=config.url,
        password=SecretReference.parse(config.password) if config.password else None,
    )
