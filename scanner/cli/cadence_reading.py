"""How the cadence probe comes to the history that the configuration names."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.model.target import EnvironmentTarget

if TYPE_CHECKING:
    from scanner.history.probe import ReadCadence
    from scanner.model.facts.cadence import CadenceOnRecord


def cadence_reader(configuration: Configuration, talk: Talk) -> "ReadCadence | None":
    """None where no history is kept; nothing is opened before it is asked."""
    return None if configuration.history is None else partial(_read, configuration, talk)


def _read(configuration: Configuration, talk: Talk, target: EnvironmentTarget, now: datetime) -> "CadenceOnRecord":
    from scanner.cli.history_store import opened_history  # noqa: PLC0415 - it loads a whole database library
    from scanner.history.deployments import cadence_on_record  # noqa: PLC0415 - as above
    from scanner.model.facts.cadence import CadenceOnRecord  # noqa: PLC0415 - as above

    nothing = CadenceOnRecord(
        begins=None,
        scans=(),
        deployments=(),
        every_days=target.cadence.every_days,
        after_change_hours=target.cadence.after_change_hours,
    )
    if configuration.history is None:
        return nothing
    with (
        opened_history(configuration.history, configuration.file, talk) as database,
        database.reading() as connection,
    ):
        if connection is None:
            return nothing
        return cadence_on_record(connection, target.name, target.cadence, now)
