"""What a run was made with: hashes of this program, of its catalogue and of the tools, so that a pack can name them."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PROGRAM: Final = "ocpi-posture"
CATALOGUE: Final = "catalogue"
_PROGRAM_PARTS: Final = ("scanner", "checks", "reports")
_CATALOGUE_FOLDERS: Final = ("checks/checklist/", "checks/mappings/")
_SHA256_CHARACTERS: Final = 64
_OF_THE_INSTALLER: Final = frozenset({"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_cache.json"})


def digests(versions: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 (hex) by name: this program, its catalogue, and each tool that is installed here in the version named."""
    tools = {name: sha256 for name, version in versions.items() if (sha256 := _of_tool(name, version)) is not None}
    return {**tools, **_of_this_program()}


@cache
def _of_this_program() -> Mapping[str, str]:
    """Of the lines `SHA-256  path` of every file, as sha256sum writes them, sorted by path; the catalogue is a part."""
    lines = sorted((line for part in _PROGRAM_PARTS for line in _lines(part)), key=_path)
    catalogue = (line for line in lines if _path(line).startswith(_CATALOGUE_FOLDERS))
    return {PROGRAM: _sha256(lines), CATALOGUE: _sha256(catalogue)}


def _path(line: str) -> str:
    return line[_SHA256_CHARACTERS + 2 :]


def _lines(part: str) -> Iterator[str]:
    for folder in _places(part):
        for file in _files(folder):
            yield _line(file, folder.parent)


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
    lines = [line.rpartition(",")[0] for line in record if _of_the_wheel(line.partition(",")[0])]
    return _sha256(sorted(lines)) if lines else None


def _of_the_wheel(path: str) -> bool:
    """Asked of thousands of paths, so they are texts here."""
    parts = path.split("/")
    return ".." not in parts and not path.endswith(".pyc") and parts[-1] not in _OF_THE_INSTALLER


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
