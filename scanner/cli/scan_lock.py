"""Two scans of one environment never overlap: each holds the locks of its environments for as long as it looks.

On one machine it is a lock on a file, which the kernel takes back when its owner dies, however that happens; so a stale
one cannot be, and what the owner wrote into it only tells who it was. Several machines exclude each other where their
history is one PostgreSQL database, by locks that end with their connection.
"""

import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration
from scanner.errors import HistoryError, SecretError, UsageError
from scanner.model.late_dataclass import dataclass
from scanner.model.target import EnvironmentTarget
from scanner.run.temporary_files import no_temporary_file, temporary_place

log = structlog.get_logger(__name__)

_FREE: Final = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who scans: the run, and its folder, from which it can be taken up again."""

    run: str
    folder: Path


@contextmanager
def only_scan(configuration: Configuration, owner: Owner, talk: Talk, folder: Path | None = None) -> Iterator[None]:
    """Hold the locks of all environments of the configuration; `folder`: of lock files, else a place of the user's.

    Raises: UsageError if another scan of one of them is under way, naming it.
    """
    place = folder or _folder()
    with ExitStack() as stack:
        for target in sorted(configuration.targets, key=lambda target: target.name):
            stack.enter_context(_held(place / f"{lock_name(target, configuration.file)}.lock", target.name, owner))
        if configuration.history is not None and configuration.history.url is not None:
            _hold_in_database(stack, configuration, talk)
        yield


def lock_name(target: EnvironmentTarget, file: Path | None) -> str:
    """The environment as the outside knows it: its name and endpoints; without any, the configuration it stands in."""
    place = sorted(endpoint.versions_url for endpoint in target.endpoints) or [str(file.resolve()) if file else ""]
    return hashlib.sha256(json.dumps([target.name, *place]).encode()).hexdigest()[:32]


def _folder() -> Path:
    """A folder of this user alone: in a shared place, another could lay a trap under a name that is known before."""
    folder = temporary_place() / f"ocpi-posture-locks-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise no_temporary_file(folder, error) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise UsageError(f"{folder} belongs to somebody else, or others can write there.", "Remove it, or set TMPDIR.")
    return folder


@contextmanager
def _held(file: Path, environment: str, owner: Owner) -> Iterator[None]:
    handle = _opened(file)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(environment, _read(handle)) from None
        _tell_recovered(environment, _read(handle))
        note = {"run": owner.run, "folder": str(owner.folder.absolute()), "pid": os.getpid(), "since": _now()}
        _write(handle, json.dumps(note).encode())
        try:
            yield
        finally:
            _write(handle, _FREE)  # an end, if a bad one; only what is killed leaves its name behind
    finally:
        os.close(handle)  # frees the lock


def _opened(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise no_temporary_file(file, error) from None


def _busy(environment: str, note: dict[str, object]) -> UsageError:
    who = f": run {note['run']}, process {note['pid']}, since {note['since']}" if "run" in note else ""
    hint = "Wait for it: two scans at once would share budgets and trip over each other's objects."
    return UsageError(f"Environment {environment} is being scanned by somebody else{who}.", hint)


def _tell_recovered(environment: str, note: dict[str, object]) -> None:
    if "run" in note:
        log.warning(
            "the last scan of this environment died without an end; its lock is taken over",
            environment=environment,
            run=note["run"],
            finish=f"--resume {note.get('folder')}",
        )


def _read(handle: int) -> dict[str, object]:
    try:
        found = json.loads(os.pread(handle, 65_536, 0))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and {"run", "pid", "since"} <= found.keys() else {}


def _write(handle: int, content: bytes) -> None:
    os.ftruncate(handle, 0)
    with suppress(OSError):  # on a full disk the lock holds all the same, and only tells nobody whose it is
        os.pwrite(handle, content, 0)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _hold_in_database(stack: ExitStack, configuration: Configuration, talk: Talk) -> None:
    from scanner.cli.history_store import opened_history  # noqa: PLC0415 - it loads a whole database library

    if configuration.history is None:
        return
    names = [lock_name(target, None) for target in configuration.targets]
    try:
        database = stack.enter_context(opened_history(configuration.history, configuration.file, talk))
        taken = stack.enter_context(database.holding(names))
    except (HistoryError, SecretError) as error:
        log.warning("scans from other machines are not kept apart now", why=error.diagnostics())
        return
    busy = [target.name for target, name in zip(configuration.targets, names, strict=True) if name not in taken]
    if busy:
        raise _busy(busy[0], {})
