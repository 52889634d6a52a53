"""Which history a command means, and the way into it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scanner.cli.talk import Talk
from scanner.config.history_place import HistoryPlace
from scanner.errors import UsageError
from scanner.history.database import Database, opened

_HOW: Final = (
    "Give `history: {file: posture/history.sqlite3}` in the configuration (-c), or name a SQLite file with --file."
)


def place_of(config: Path, file: Path | None) -> HistoryPlace:
    """The history that is meant: `--file`, else what the configuration says.

    Raises: ConfigError; UsageError where neither names one.
    """
    if file is not None:
        return HistoryPlace(file=file)
    if not config.exists():
        raise UsageError(f"There is no {config}, so no history is known.", _HOW)
    from scanner.config.load import load_configuration  # noqa: PLC0415 - with --file nobody waits for it

    place = load_configuration(config).history
    if place is None:
        raise UsageError(f"{config} keeps no history.", _HOW)
    return place


@contextmanager
def opened_history(place: HistoryPlace, config: Path | None, talk: Talk) -> Iterator[Database]:
    """The database, with the password that its reference leads to; files are named from the configuration's folder.

    Raises: SecretError, HistoryError.
    """
    password = None
    if place.password is not None:
        from scanner.config.secrets import SecretResolver  # noqa: PLC0415 - a file has none

        base = config.absolute().parent if config else Path.cwd()
        password = SecretResolver(base=base, variables=os.environ).resolve(place.password)
        talk.redactor.learn(password)
    with opened(place, password) as database:
        yield database
