"""The outbox: what has to be told is written with the run itself, in one transaction, and stays until it was taken.

Delivery is at least once. Whoever sends takes the message for a while first; if it dies, the message is due again.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from scanner.history.alert import Alert
from scanner.history.database import Database
from scanner.history.recording import microseconds, moment
from scanner.history.tables import ALERTS
from scanner.model.late_dataclass import dataclass

LEASE: Final = timedelta(minutes=5)
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)


class Undelivered(Exception):
    """A sender says why a message was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One alert for one target; `sent` None: it waits, and `error` says what came of the last attempt."""

    number: int
    key: str
    target: str
    title: str
    text: str
    document: str
    attempts: int
    due: datetime
    sent: datetime | None
    error: str


def post(connection: Connection, target: str, alert: Alert, now: datetime) -> bool:
    """Put an alert into the outbox, once for each change and target; True if it is new."""
    key = f"{alert.key}-{target}"
    if connection.execute(select(ALERTS.c.number).where(ALERTS.c.key == key)).first() is not None:
        return False
    row = {
        "key": key,
        "target": target,
        "title": alert.title,
        "text": alert.text,
        "document": json.dumps(alert.document),
        "attempts": 0,
        "due_us": microseconds(now),
        "created_us": microseconds(now),
        "error": "",
    }
    connection.execute(insert(ALERTS), row)
    return True


def overtake(connection: Connection, target: str, alert: Alert) -> None:
    """Take out of older messages that still wait for the target the findings that `alert` has newer word of.

    Messages wait for different times, so that the older one may arrive last; what it says would stand then.
    """
    newer = {finding["Id"] for finding in _findings(alert.document)}
    for message in messages(connection, waiting=True):
        if message.target != target or message.key == f"{alert.key}-{target}":
            continue
        older = json.loads(message.document)
        kept = [finding for finding in _findings(older) if finding["Id"] not in newer]
        changed = update(ALERTS).where(ALERTS.c.number == message.number)
        connection.execute(changed.values(document=json.dumps({**older, "findings": kept})))


def _findings(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["findings"]
    return found


def messages(connection: Connection, *, waiting: bool = False) -> tuple[Message, ...]:
    """Everything in the outbox, or what waits, oldest first."""
    wanted = select(ALERTS).order_by(ALERTS.c.number)
    if waiting:
        wanted = wanted.where(ALERTS.c.sent_us.is_(None))
    return tuple(
        Message(
            number=row.number,
            key=row.key,
            target=row.target,
            title=row.title,
            text=row.text,
            document=row.document,
            attempts=row.attempts,
            due=moment(row.due_us),
            sent=moment(row.sent_us) if row.sent_us is not None else None,
            error=row.error,
        )
        for row in connection.execute(wanted)
    )


def deliver(
    database: Database,
    send: Callable[[Message], None],
    targets: Iterable[str],
    clock: Callable[[], datetime],
    *,
    at_once: bool = False,
) -> tuple[int, int]:
    """Send what is due to these targets, each message once; `at_once`: also what still pauses. (sent, failed).

    Raises: HistoryError; whatever `send` raises beside Undelivered, after which the message is due again.
    """
    known, sent, failed = frozenset(targets), 0, 0
    with database.reading() as connection:
        found = messages(connection, waiting=True) if connection else ()
    for message in found:
        if message.target not in known or not _take(database, message, clock(), at_once=at_once):
            continue
        try:
            send(message)
        except Undelivered as error:
            _note(database, message, clock(), str(error)[:300])
            failed += 1
        else:
            _note(database, message, clock(), None)
            sent += 1
    return sent, failed


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, up to six hours, for ever."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_PAUSE * float(1 << doublings), LONGEST_PAUSE)


def _take(database: Database, message: Message, now: datetime, *, at_once: bool) -> bool:
    """Take a message for `LEASE`; False where another process has it, or it pauses."""
    if message.due > now and not at_once:
        return False
    mine = (ALERTS.c.number == message.number, ALERTS.c.sent_us.is_(None), ALERTS.c.due_us == microseconds(message.due))
    changed = update(ALERTS).where(*mine).values(due_us=microseconds(now + LEASE), attempts=message.attempts + 1)
    with database.writing() as connection:
        return connection.execute(changed).rowcount == 1


def _note(database: Database, message: Message, now: datetime, error: str | None) -> None:
    values: dict[str, object] = {"sent_us": microseconds(now), "error": ""}
    if error is not None:
        values = {"error": error, "due_us": microseconds(now + pause(message.attempts + 1))}
    with database.writing() as connection:
        connection.execute(update(ALERTS).where(ALERTS.c.number == message.number).values(**values))
