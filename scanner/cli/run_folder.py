"""Where a run lives: its folder, its name, and the note from which it can be taken up again."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.cli.given import Given
from scanner.config.configuration import Configuration
from scanner.config.looking import looking_sha256
from scanner.errors import RunFolderError, UsageError
from scanner.gate.journal import FILE_NAME as JOURNAL

RUNS: Final = Path("posture")
POSTURE: Final = "posture.json"
NOTE: Final = "run.json"


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


def refuse_used(folder: Path) -> None:
    """Raises: UsageError if the folder holds a run."""
    if any((folder / name).exists() for name in (NOTE, JOURNAL, POSTURE)):
        hint = f"Choose another one with -o, or take that run up again with --resume {folder}."
        raise UsageError(f"{folder} holds a run already.", hint)


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


def find_run(name: str) -> Path:
    """The folder of a run, by path or by the id of a run below `posture/`.

    Raises: RunFolderError if there is none.
    """
    for candidate in (Path(name), RUNS / name):
        folder = candidate.parent if candidate.name == POSTURE else candidate
        if folder.is_dir() and any((folder / file).exists() for file in (NOTE, JOURNAL, POSTURE)):
            return folder
    known = ", ".join(sorted(path.parent.name for path in RUNS.glob(f"*/{NOTE}"))[-5:])
    hint = f"The latest runs in {RUNS}/ are: {known}." if known else "Name the folder that `scan` wrote."
    raise RunFolderError(f"There is no run {name!r}.", hint)


def last_judged_run() -> Path | None:
    """The folder of the newest finished run in or below `posture/`; None if there is none."""
    found = [path for path in (RUNS / POSTURE, *RUNS.glob(f"*/{POSTURE}")) if path.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime_ns).parent if found else None


def write_whole(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file whole or not at all.

    Raises: OSError.
    """
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    part.chmod(mode)
    part.replace(file)


def cannot_write(place: Path, error: OSError) -> UsageError:
    """The sentence about a place that nothing can be written to."""
    return UsageError(f"{place} cannot be written: {(error.strerror or 'failed').lower()}.")
