"""What a scan does with the history: the trend for its reports before they are written, the run itself afterwards."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from scanner.cli.talk import Talk
from scanner.cli.tokens import resolver_of
from scanner.config.configuration import Configuration
from scanner.errors import HistoryError, SecretError
from scanner.model.secret import Secret

if TYPE_CHECKING:
    from reports.model.posture import Posture
    from reports.model.trend import Trend

log = structlog.get_logger(__name__)

_LEVELS: Final = {False: logging.INFO, True: logging.WARNING}


def trend(configuration: Configuration, posture: "Posture", talk: Talk) -> "Trend | None":
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


def remember(configuration: Configuration, posture: "Posture", talk: Talk) -> None:
    """Record the run, if a history is kept; a database that is gone takes nothing from the run, and is said."""
    if configuration.history is None:
        return
    from scanner.cli.history_store import opened_history  # noqa: PLC0415 - it loads a whole database library
    from scanner.history.recording import record  # noqa: PLC0415 - as above
    from scanner.history.telling import announce  # noqa: PLC0415 - as above

    try:
        with (
            opened_history(configuration.history, configuration.file, talk) as database,
            database.writing() as connection,
        ):
            now = datetime.now(UTC)
            record(connection, posture, now)
            announce(connection, posture, configuration.alerts, now)
    except (HistoryError, SecretError) as error:
        log.error("the run is not in the history", why=error.diagnostics())  # noqa: TRY400 - the sentence says all
        return
    if configuration.alerts:
        tell(configuration, talk)


def tell(configuration: Configuration, talk: Talk, *, at_once: bool = False) -> tuple[int, int]:
    """Send what waits in the outbox and is due; what is not taken stays there, which is said. (sent, failed)."""
    from scanner.cli.history_store import opened_history  # noqa: PLC0415 - it loads a whole database library
    from scanner.history.outbox import Message, deliver  # noqa: PLC0415 - as above
    from scanner.history.telling import send  # noqa: PLC0415 - as above

    if configuration.history is None:
        return 0, 0
    targets = {target.name: target for target in configuration.alerts}
    secrets = _secrets(configuration, talk)

    def one(message: Message) -> None:
        send(message, targets, secrets)

    try:
        with opened_history(configuration.history, configuration.file, talk) as database:
            sent, failed = deliver(database, one, targets, lambda: datetime.now(UTC), at_once=at_once)
    except (HistoryError, SecretError) as error:
        log.error("alerts wait", why=error.diagnostics())  # noqa: TRY400 - the sentence says all
        return 0, 1
    if sent or failed:
        log.log(_LEVELS[bool(failed)], "alerts", sent=sent, waiting=failed)
    return sent, failed


def _secrets(configuration: Configuration, talk: Talk) -> dict[str, Secret]:
    """Those that are where they should be; a message to the others waits."""
    resolver, found = resolver_of(configuration), dict[str, Secret]()
    for target in configuration.alerts:
        if target.reference is not None:
            with suppress(SecretError):
                found[target.name] = resolver.resolve(target.reference)
    talk.redactor.learn_all(found.values())
    return found
