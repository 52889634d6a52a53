"""A private folder for what is handed to child processes, such as the plan that Checkov reads: gone with the run.

A run that is killed cannot remove its own, in which something may stand in clear. The next one does: the folder of a
run that lives is locked, and the system gives up the lock of a process with it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scanner.run.temporary_files import no_temporary_file, temporary_place

_PREFIX: Final = "ocpi-posture-"
_LOCK: Final = ".lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of ours alone, for as long as the block lasts; removes those of runs that were killed.

    Raises: UsageError if there is no place for temporary files.
    """
    place = temporary_place()
    _remove_left_behind(place)
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        lock = _locked(folder)
    except OSError as error:
        raise no_temporary_file(place, error) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path) -> int:
    """The lock is there once it is held: nobody finds it free in between."""
    part = folder / f"{_LOCK}.part"
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    part.rename(folder / _LOCK)
    return descriptor


def _remove_left_behind(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        if _is_ours(folder) and _is_free(folder / _LOCK):
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    try:
        return not folder.is_symlink() and folder.is_dir() and folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def _is_free(lock: Path) -> bool:
    """False for a lock that somebody holds, and for a folder that has none (yet)."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
