"""Where a run lives: its folder, and how it is found and written to."""

import os
import tempfile
from pathlib import Path
from typing import Final

from scanner.errors import RunFolderError, UsageError
from scanner.gate.journal import FILE_NAME as JOURNAL

RUNS: Final = Path("posture")
POSTURE: Final = "posture.json"
NOTE: Final = "run.json"


def refuse_used(folder: Path) -> None:
    """Raises: UsageError if the folder holds a run."""
    if any((folder / name).exists() for name in (NOTE, JOURNAL, POSTURE)):
        hint = f"Choose another one with -o, or take that run up again with --resume {folder}."
        raise UsageError(f"{folder} holds a run already.", hint)


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

    Under a name that nobody knows before: in a folder where others may write, a link could wait there.

    Raises: OSError.
    """
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", suffix=".part", delete=False) as stream:
        part = Path(stream.name)
        try:
            stream.write(content)
            stream.flush()
            part.chmod(mode)
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def write_named(file: Path, content: bytes) -> None:
    """Write to where the user said: a device or a pipe takes it as it is, a link stays and leads to a whole file.

    Raises: OSError.
    """
    if is_special(file):
        with file.open("wb") as stream:
            stream.write(content)
    else:
        write_whole(behind_links(file), content)


def behind_links(file: Path) -> Path:
    """The place that links lead to; links in a circle lead to themselves, where `Path.resolve` would raise."""
    return Path(os.path.realpath(file))


def is_special(file: Path) -> bool:
    """True for what no file may take the place of, such as /dev/null."""
    return file.exists() and not file.is_file()


def cannot_write(place: Path, error: OSError) -> UsageError:
    """The sentence about a place that nothing can be written to."""
    return UsageError(f"{place} cannot be written: {(error.strerror or 'failed').lower()}.")
