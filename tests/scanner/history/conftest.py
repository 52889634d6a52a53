"""Histories in a SQLite file and in a real PostgreSQL."""

from contextlib import closing

import psycopg
import pytest

from scanner.config.history_place import HistoryPlace
from scanner.history.database import opened
from scanner.model.secret import Secret
from tests.targets.postgresql import BIN, PASSWORD, running_postgresql


@pytest.fixture(scope="session")
def server():
    """One PostgreSQL for all tests; skipped where it is not installed."""
    if BIN is None:
        pytest.skip("PostgreSQL is not installed: no history is tested on it")
    with running_postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty history."""
    if request.param == "sqlite":
        with opened(HistoryPlace(file=tmp_path / "h" / "history.sqlite3"), patience_s=0.3) as database:
            yield database
        return
    server = request.getfixturevalue("server")
    with closing(psycopg.connect(server.url, password=PASSWORD, autocommit=True)) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    with opened(HistoryPlace(url=server.url), Secret(PASSWORD), patience_s=2) as database:
        yield database
