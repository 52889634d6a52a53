"""What the run was, and what it comes to."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.wire.base import Count, Percent, Sha256, Wire
from scanner.model.effect import Mode
from scanner.model.token_encoding import TokenEncoding


class LeftoverDocument(Wire):
    """What a run left at the target; `undo_*` null: it cannot be taken back."""

    what: str
    environment: str
    identity: str | None
    module: str | None = None
    owner: str | None
    encoding: TokenEncoding
    undo_method: str | None
    undo_url: str | None
    undo_body: str | None
    session_list: str | None = None
    """Where a session that a command began is found, whose id nobody knows before."""
    session_mark: str | None = None
    """What it shows there, made up for that command."""
    evse: str | None = None
    """Where it charges."""


class RunDocument(Wire):
    """The facts of the run."""

    id: str
    started_at: datetime
    finished_at: datetime
    mode: Mode
    config_sha256: Sha256
    profile: str
    environments: tuple[str, ...]
    requests_sent: Count
    left_behind: tuple[LeftoverDocument, ...]
    versions: dict[str, str]
    """Tool to version."""
    narrowed: tuple[str, ...] = ()
    """The options that left checks or witnesses out of this run; empty: none."""
    digests: dict[str, Sha256] = Field(default={})
    """SHA-256 of what the program, its catalogue and its tools were made of, by name."""
    redacted: dict[str, Count] = Field(default={})
    """How many values were masked before anything was stored, by kind."""
    catalogue: Annotated[str, Field(pattern=r"^(https?://[^\s#\"'<>]+)?$")] = ""
    """The URL of a page with an anchor for each check and row, its id in lower case; empty: none."""


class SummaryDocument(Wire):
    """Totals; percentages are null where there was nothing to count."""

    controls: dict[ControlStatus, Count]
    findings: dict[Outcome, Count]
    score: Percent | None
    coverage: Percent | None
