"""The way to the database: transactions that wait a bounded time, and errors in sentences without any secret."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from scanner.config.history_place import HistoryPlace
from scanner.errors import HistoryError, MissingExtraError
from scanner.history.migrations import migrate, refuse_newer, version_of
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret

PATIENCE_S: Final = 10.0  # for a lock, or for a server to answer
_READS: Final = "reads"  # the option of a connection that takes no lock
_LOCK: Final = 0x0C91_9057  # of PostgreSQL: one writer at a time, as SQLite has it
_TAKE: Final = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_IMPORT_LATER: Final = "The run's folder is whole: take it later with `ocpi-posture history import RUN`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An opened history at `place`, which names it in sentences."""

    engine: Engine
    place: HistoryPlace

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that is alone in writing: all of it, or nothing.

        Raises: HistoryError if the database is locked, gone, full, or newer than this program.
        """
        with _told(self.place), self.engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            migrate(connection)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """One transaction that reads; None where nothing was ever written.

        Raises: HistoryError, as `writing`.
        """
        with _told(self.place):
            if self.place.file is not None and not self.place.file.exists():
                yield None
                return
            with self.engine.connect() as fresh:
                connection = fresh.execution_options(**{_READS: True})
                connection.begin()
                version = version_of(connection)
                refuse_newer(version)
                yield connection if version else None

    @contextmanager
    def holding(self, names: Sequence[str]) -> Iterator[frozenset[str]]:
        """Locks of PostgreSQL, by name, for as long as the block and its connection last: those that were free.

        Raises: HistoryError if the database cannot be reached.
        """
        with ExitStack() as stack:
            with _told(self.place):
                connection = stack.enter_context(self.engine.connect())
                connection.execution_options(isolation_level="AUTOCOMMIT")  # no transaction is left open for hours
                taken = frozenset(name for name in names if connection.execute(_TAKE, {"name": name}).scalar_one())
            yield taken


@contextmanager
def opened(place: HistoryPlace, password: Secret | None = None, patience_s: float = PATIENCE_S) -> Iterator[Database]:
    """The history at that place; nothing is connected, and no file made, before it is used.

    Raises: HistoryError; MissingExtraError where the driver for PostgreSQL is not installed.
    """
    engine = _sqlite(place.file, patience_s) if place.file is not None else _postgresql(place, password, patience_s)
    try:
        yield Database(engine=engine, place=place)
    finally:
        engine.dispose()


def _sqlite(file: Path, patience_s: float) -> Engine:
    url = URL.create("sqlite", database=str(file))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": patience_s})

    @event.listens_for(engine, "do_connect")
    def _private(*_given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy hands it over
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))

    @event.listens_for(engine, "connect")
    def _ours(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        connection.isolation_level = None  # or the driver begins transactions itself, too late for a lock
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _alone(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgresql(place: HistoryPlace, password: Secret | None, patience_s: float) -> Engine:
    url = make_url(str(place.url)).set(drivername="postgresql+psycopg")
    if password is not None:
        url = url.set(password=password.reveal())
    milliseconds = int(patience_s * 1000)
    options = f"-c lock_timeout={milliseconds} -c statement_timeout={milliseconds * 3}"
    patience = {"connect_timeout": max(2, int(patience_s)), "options": options}
    try:
        return create_engine(url, poolclass=NullPool, connect_args=patience)
    except (ImportError, NoSuchModuleError):
        raise MissingExtraError(
            "A history in PostgreSQL needs its driver, which is not installed.",
            "Install it: pip install 'ocpi-posture[postgresql]'",
        ) from None
    except ArgumentError:
        raise HistoryError(f"{place} is no URL of a database.") from None


@contextmanager
def _told(place: HistoryPlace) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0][:300]
        raise HistoryError(f"The history in {place} cannot be used now: {why}.", _IMPORT_LATER) from None
    except OSError as error:
        reason = (error.strerror or "failed").lower()
        raise HistoryError(f"The history in {place} cannot be used now: {reason}.", _IMPORT_LATER) from None
