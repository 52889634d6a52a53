"""What a run was made with: hashes of this program, of its catalogue and of the tools, so that a pack can name them."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Final

PROGRAM: Final = "ocpi-posture"
CATALOGUE: Final = "catalogue"
_PROGRAM_PARTS: Final = ("scanner", "checks", "reports")
_CATALOGUE_PARTS: Final = ("checks/checklist", "checks/mappings")
_OF_THE_INSTALLER: Final = frozenset({"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json"})


def digests(versions: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 (hex) by name: this program, its catalogue, and each tool that is installed here in the version named."""
    tools = {name: sha256 for name, version in versions.items() if (sha256 := _of_tool(name, version)) is not None}
    return {**tools, PROGRAM: _of_files(_PROGRAM_PARTS), CATALOGUE: _of_files(_CATALOGUE_PARTS)}


@cache
def _of_files(parts: tuple[str, ...]) -> str:
    """Of the lines `SHA-256  path` of every file below the parts, as sha256sum writes them, sorted by path."""
    lines = []
    for part in parts:
        top, _, below = part.partition("/")
        for folder in _places(top):
            lines += [_line(file, folder.parent) for file in _files(folder / below)]
    return _sha256(sorted(lines, key=lambda line: line[66:]))


def _places(package: str) -> list[Path]:
    spec = find_spec(package)
    return [Path(place) for place in spec.submodule_search_locations or ()] if spec else []


def _files(folder: Path) -> Iterator[str]:
    """All but what Python keeps beside them; as text: a thousand `Path`s cost more than to read what they name.

    What is being written there has a made-up name for a moment, so that only its folder says what it is.
    """
    for place, below, names in os.walk(folder):
        below[:] = [name for name in below if name != "__pycache__"]
        for name in names:
            file = os.path.join(place, name)  # noqa: PTH118 - see above
            if not name.endswith(".pyc") and os.path.isfile(file):  # noqa: PTH113
                yield file


def _line(file: str, base: Path) -> str:
    with open(file, "rb") as stream:  # noqa: PTH123 - see `_files`
        digest = hashlib.sha256(stream.read()).hexdigest()
    return f"{digest}  {file[len(str(base)) :].lstrip(os.sep).replace(os.sep, '/')}"


@cache
def _of_tool(name: str, version: str) -> str | None:
    """Of the lines `path,hash` that its wheel recorded, sorted, without what an installer adds; None: not this one."""
    try:
        tool = distribution(name)
    except PackageNotFoundError:
        return None
    if tool.version != version:
        return None
    record = (tool.read_text("RECORD") or "").splitlines()
    lines = [line.rpartition(",")[0] for line in record if _of_the_wheel(PurePosixPath(line.partition(",")[0]))]
    return _sha256(sorted(lines)) if lines else None


def _of_the_wheel(path: PurePosixPath) -> bool:
    return ".." not in path.parts and path.suffix != ".pyc" and path.name not in _OF_THE_INSTALLER


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
