"""The tables. Times are microseconds since 1970 in UTC, so that SQLite and PostgreSQL order and compare them alike.

Texts are kept once a finding; an outcome is two numbers and two short words, so a thousand runs stay small and quick.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA: Final = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER

VERSIONS: Final = Table(
    "history_version",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("applied_us", BigInteger, nullable=False),
)
RUNS: Final = Table(
    "runs",
    METADATA,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("id", String(200), nullable=False, unique=True),
    Column("started_us", BigInteger, nullable=False),
    Column("finished_us", BigInteger, nullable=False),
    Column("mode", String(40), nullable=False),
    Column("profile", String(200), nullable=False),
    Column("narrowed", Text, nullable=False),  # JSON list
    Column("score", Float),
    Column("coverage", Float),
    Column("config_sha256", String(64), nullable=False),
    Column("tool_version", String(200), nullable=False),
    Column("content_sha256", String(64), nullable=False),  # of what is kept here: the same run comes in once
    Column("recorded_us", BigInteger, nullable=False),
    Index("runs_by_time", "started_us"),
)
ENVIRONMENTS: Final = Table(
    "run_environments",
    METADATA,
    Column("run", _Number, ForeignKey("runs.number", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),  # their order in the run
    Column("environment", String(200), nullable=False),
    Index("run_environments_by_name", "environment", "run"),
)
STATUSES: Final = Table(
    "control_statuses",
    METADATA,
    Column("run", _Number, ForeignKey("runs.number", ondelete="CASCADE"), primary_key=True),
    Column("environment", String(200), primary_key=True),
    Column("control", String(200), primary_key=True),
    Column("status", String(40), nullable=False),
)
FINDINGS: Final = Table(
    "findings",
    METADATA,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("fingerprint", String(64), nullable=False),
    Column("environment", String(200), nullable=False),
    Column("check_id", String(400), nullable=False),
    Column("subject", Text, nullable=False),
    UniqueConstraint("fingerprint", name="findings_by_fingerprint"),
)
OUTCOMES: Final = Table(
    "outcomes",
    METADATA,
    Column("run", _Number, ForeignKey("runs.number", ondelete="CASCADE"), primary_key=True),
    Column("finding", _Number, ForeignKey("findings.number"), primary_key=True),
    Column("outcome", String(40), nullable=False),
    Column("severity", String(40), nullable=False),
    Column("decides", Boolean, nullable=False),
    Index("outcomes_whole_by_finding", "finding", "run", "outcome", "severity", "decides"),  # read without the table
    Index("outcomes_by_outcome", "outcome", "finding"),
    sqlite_with_rowid=False,
)
ALERTS: Final = Table(
    "alerts",
    METADATA,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("target", String(100), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("document", Text, nullable=False),  # JSON
    Column("attempts", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("sent_us", BigInteger),
    Column("error", Text, nullable=False),
)
DEPLOYMENTS: Final = Table(
    "deployments",
    METADATA,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("environment", String(200), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("revision", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
    UniqueConstraint("environment", "at_us", "revision", name="deployments_by_revision"),
)
