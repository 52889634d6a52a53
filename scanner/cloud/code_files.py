"""The code that a stack hands over (functions, layers, objects), file by file, as far as it lies in the project.

Assets name files, folders and zip files, relative to the folder in which the program runs. What is not of this stack's
own making is told apart: packages that an installer put there, and files that are no text.
"""

import os
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Final

import yaml

from scanner.cloud.bridge.plan_value import ASSET_KEY
from scanner.cloud.few_names import few_names
from scanner.cloud.project_file import project_document
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import CloudValue, Resource

_MOST_FILES: Final = 5000
_MOST_BYTES: Final = 2 * 2**20  # of one file
_MOST_TOTAL: Final = 64 * 2**20
_LONGEST_S: Final = 20.0
_BEGIN: Final = 8192  # bytes; a text has no zero among them
_PACKAGES: Final = frozenset(
    {"node_modules", "bower_components", "site-packages", "dist-packages", "__pycache__", ".venv", "venv", ".git"}
)
_INSTALLED: Final = (".dist-info", ".egg-info")  # beside what pip put there
_LAYER: Final = "aws:lambda/layerVersion:LayerVersion"


@dataclass(slots=True, kw_only=True)
class CodeFiles:
    """What was read by name, relative to the project, and in one sentence a kind what was not."""

    texts: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    """A path that a resource hands over; empty where what it is is not known, its hash perhaps."""

    path: str
    resource: Resource


def code_files(
    resources: Sequence[Resource], folder: Path | None, clock: Callable[[], float] = time.monotonic
) -> CodeFiles:
    """The texts of all assets with a path; `folder` None: the project is not at hand."""
    handed = {one.path: one for resource in resources for one in _handed(resource.inputs, resource)}
    if folder is None:
        gone = [f"{one.resource.name} ({one.path})" for one in handed.values()]
        return CodeFiles(unread=_told("code is handed over from files that are not at hand", gone))
    reading = _Reading(folder.resolve(), clock)
    for one in handed.values():
        reading.asset(one)
    return reading.result()


def _handed(value: CloudValue, resource: Resource) -> Iterator[_Handed]:
    if isinstance(value, Mapping):
        asset = value.get(ASSET_KEY)
        if isinstance(asset, Mapping) and "kind" in asset:
            path = asset.get("path")
            if isinstance(path, str) or asset.get("seen") is False:
                yield _Handed(path=path if isinstance(path, str) else "", resource=resource)
        for inner in value.values():
            yield from _handed(inner, resource)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _handed(inner, resource)


class _Reading:
    """One walk over all assets, with one budget of files, bytes and seconds."""

    def __init__(self, root: Path, clock: Callable[[], float]) -> None:
        self._root, self._clock = root, clock
        self._until = clock() + _LONGEST_S
        self._left = _MOST_TOTAL
        self._folders = _working_folders(root)
        self._texts: dict[str, str] = {}
        self._why: dict[str, list[str]] = {}
        self._no_code: dict[str, list[str]] = {}

    def result(self) -> CodeFiles:
        """All that was read and said so far."""
        return CodeFiles(
            texts=self._texts,
            unread=tuple(text for why, names in self._why.items() for text in _told(why, names)),
            skipped=tuple(text for why, names in self._no_code.items() for text in _told(why, names)),
        )

    def asset(self, one: _Handed) -> None:
        """A file, a folder or a zip file; an address is none."""
        if not one.path:
            return self._unread("code is handed over that is not known here", one.resource.name)
        if "://" in one.path:
            return self._unread("code is handed over from an address", one.path)
        places = [place for folder in self._folders if (place := (folder / one.path).resolve()).exists()]
        if not places and one.resource.token == _LAYER:
            return self._skip("libraries of a layer, which are not there yet", one.path)
        if not places:
            return self._unread("code is handed over that is not there", one.path)
        if not places[0].is_relative_to(self._root):
            return self._unread("code is handed over from outside the project", one.path)
        return self._folder(places[0]) if places[0].is_dir() else self._file(places[0])

    def _folder(self, folder: Path) -> None:
        for at, folders, files in os.walk(folder):
            here = Path(at)
            if here.name in _PACKAGES or any(name.endswith(_INSTALLED) for name in folders):
                self._skip("installed packages", self._name(here))
                folders.clear()
                continue
            folders.sort()
            for name in sorted(files):
                self._file(here / name)

    def _file(self, file: Path) -> None:
        name = self._name(file)
        if name in self._texts or not self._may_go_on(name):
            return None
        try:
            if not file.resolve().is_relative_to(self._root) or not file.is_file():
                return self._unread("code is handed over from outside the project", name)
            if zipfile.is_zipfile(file):
                return self._zip(file, name)
            with file.open("rb") as stream:
                self._take(name, stream.read(_MOST_BYTES + 1))
        except OSError:
            self._unread("code cannot be read", name)

    def _zip(self, file: Path, name: str) -> None:
        """Its members are read in memory, each to its limit, whatever sizes it claims."""
        try:
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    parts = member.filename.split("/")
                    if member.is_dir() or not self._may_go_on(name):
                        continue
                    if _PACKAGES & set(parts) or any(part.endswith(_INSTALLED) for part in parts):
                        self._skip("installed packages", name)
                        continue
                    with archive.open(member) as stream:
                        self._take(f"{name}/{member.filename}", stream.read(_MOST_BYTES + 1))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error):
            self._unread("a zip file cannot be opened", name)

    def _take(self, name: str, data: bytes) -> None:
        self._left -= len(data)
        if b"\0" in data[:_BEGIN]:
            self._skip("files that are no text", name)
        elif len(data) > _MOST_BYTES:
            self._unread(f"files are larger than {_MOST_BYTES // 2**20} MiB", name)
        else:
            self._texts[name] = data.decode(errors="replace")

    def _may_go_on(self, name: str) -> bool:
        if len(self._texts) < _MOST_FILES and self._left > 0 and self._clock() < self._until:
            return True
        self._unread("there is more code than is looked at", name)
        return False

    def _name(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix() if file.is_relative_to(self._root) else file.as_posix()

    def _unread(self, why: str, name: str) -> None:
        self._why.setdefault(why, []).append(name)

    def _skip(self, why: str, name: str) -> None:
        self._no_code.setdefault(why, []).append(name)


def _working_folders(root: Path) -> tuple[Path, ...]:
    """A program runs in the folder that `main` of Pulumi.yaml names, where there is one."""
    try:
        document = project_document(root / "Pulumi.yaml")
    except (OSError, ValueError, yaml.YAMLError):
        return (root,)
    main = root / str(document.get("main") or ".") if isinstance(document, Mapping) else root
    return (main if main.is_dir() else main.parent, root)


def _told(why: str, names: Sequence[str]) -> tuple[str, ...]:
    return (f"{why}: {few_names(set(names))}",) if names else ()
