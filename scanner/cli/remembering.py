"""What a scan does with the history: the trend for its reports before they are written, the run itself afterwards."""

from datetime import UTC, datetime

import structlog

from reports.model.posture import Posture
from reports.model.trend import Trend
from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.errors import HistoryError, SecretError

log = structlog.get_logger(__name__)


def trend(configuration: Configuration, posture: Posture, talk: Talk) -> Trend | None:
    """How it went before; None without a history, or where it cannot be asked now, which is said."""
    if configuration.history is None:
        return None
    from scanner.cli.history_store import opened_history  # noqa: PLC0415 - it loads a whole database library
    from scanner.history.trending import trend_of  # noqa: PLC0415 - as above

    try:
        with (
            opened_history(configuration.history, configuration.file, talk) as database,
            database.reading() as connection,
        ):
            return trend_of(connection, posture)
    except (HistoryError, SecretError) as error:
        log.error("the reports show no trend", why=error.diagnostics())  # noqa: TRY400 - the sentence says all
        return None


def remember(configuration: Configuration, posture: Posture, talk: Talk) -> None:
    """Record the run, if a history is kept; a database that is gone takes nothing from the run, and is said."""
    if configuration.history is None:
        return
    from scanner.cli.history_store import opened_history  # noqa: PLC0415 - it loads a whole database library
    from scanner.history.recording import record  # noqa: PLC0415 - as above

    try:
        with (
            opened_history(configuration.history, configuration.file, talk) as database,
            database.writing() as connection,
        ):
            record(connection, posture, datetime.now(UTC))
    except (HistoryError, SecretError) as error:
        log.error("the run is not in the history", why=error.diagnostics())  # noqa: TRY400 - the sentence says all
