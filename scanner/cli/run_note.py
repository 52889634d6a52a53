"""The note in a run's folder, from which the run can be taken up again."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from scanner.cli.given import Given
from scanner.cli.run_folder import NOTE, cannot_write, refuse_used, write_whole
from scanner.config.configuration import Configuration
from scanner.config.looking import looking_sha256
from scanner.errors import RunFolderError
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNote:
    """Written before the first request: which run this is, when it began (UTC), and of which configuration.

    `looking_sha256`: of what concerns looking alone, which a resumed run may not change; see `scanner.config.looking`.
    `given`: how the configuration was come by; None where nobody can come by it again (a demo).
    """

    run_id: str
    started_at: datetime
    config_sha256: str
    looking_sha256: str
    is_demo: bool = False
    given: Given | None = None


def new_note(configuration: Configuration, *, is_demo: bool = False, given: Given | None = None) -> RunNote:
    """A run that begins now; ids sort by time."""
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    return RunNote(
        run_id=run_id,
        started_at=now,
        config_sha256=configuration.sha256,
        looking_sha256=looking_sha256(configuration),
        is_demo=is_demo,
        given=given,
    )


def open_folder(folder: Path, note: RunNote) -> None:
    """Make the folder, readable by its owner only, and write the note.

    Raises: UsageError if it holds a run already, or cannot be written.
    """
    refuse_used(folder)
    document = {
        "run_id": note.run_id,
        "started_at": note.started_at.isoformat(),
        "config_sha256": note.config_sha256,
        "looking_sha256": note.looking_sha256,
        "is_demo": note.is_demo,
        "given": note.given.to_json() if note.given else None,
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / NOTE, json.dumps(document, indent=1).encode() + b"\n")
    except OSError as error:
        raise cannot_write(folder, error) from None


def read_note(folder: Path) -> RunNote:
    """The note of a run.

    Raises: RunFolderError.
    """
    try:
        document = json.loads((folder / NOTE).read_bytes())
        return RunNote(
            run_id=str(document["run_id"]),
            started_at=datetime.fromisoformat(document["started_at"]),
            config_sha256=str(document["config_sha256"]),
            looking_sha256=str(document["looking_sha256"]),
            is_demo=bool(document["is_demo"]),
            given=Given.from_json(document["given"]) if document.get("given") else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise RunFolderError(
            f"{folder} holds no run that could be taken up again: {NOTE} is missing or damaged."
        ) from None
