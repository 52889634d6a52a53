"""Folders of attestations: each file becomes a fact, whole or with what is wrong with it."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scanner.attestation.document import AttestationDocument, AttestationMalformed, parse, validated
from scanner.model.facts.attestation import Attestation, AttestationRead, AttestedFile
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass

KnownItems = Mapping[str, frozenset[str]]
"""Rows of the checklist that take attestations, with the names of the items of each."""

LARGEST: Final = 256 * 1024  # bytes of one attestation
MOST: Final = 2000  # files of one folder
_PRINTED: Final = frozenset({"control", "item", "statement", "contains"})  # what a form comes with
_SUFFIXES: Final = frozenset({".yaml", ".yml"})


class TooManyFiles(OSError):
    """A folder holds more than anybody wrote by hand: it is not one of attestations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """What one file came to. `environments`: those that it is about, none: all. `document` is kept as evidence."""

    read: AttestationRead
    environments: tuple[str, ...]
    document: JsonValue

    def is_about(self, environment: str) -> bool:
        """What cannot be read may be about any."""
        return not self.environments or environment in self.environments


def read_folder(folder: Path, known: KnownItems) -> tuple[FileRead, ...]:
    """Every attestation of the folder and of those below it, by name.

    Raises: OSError where the folder cannot be read.
    """
    folder.stat()  # rglob says nothing about a folder that is not there
    names = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    if len(names) > MOST:
        raise TooManyFiles(f"{folder} holds more than {MOST} files")
    read = (_read(path, f"{folder.name}/{path.relative_to(folder).as_posix()}", known) for path in names)
    return tuple(file for file in read if file is not None)


def _read(path: Path, name: str, known: KnownItems) -> FileRead | None:
    """None: a form that nobody has begun to fill in, which is as good as no file."""
    raw: dict[str, JsonValue] = {}
    try:
        raw = parse(_text(path))
        if _is_blank(raw):
            return None
        document = validated(raw)
        _require_known(document, known)
    except AttestationMalformed as malformed:
        return _broken(name, raw, known, malformed.problems)
    file = _attested_file(document, path.parent)
    return FileRead(
        read=AttestationRead(
            name=name, control=document.control, item=document.item, attestation=_attestation(document, file)
        ),
        environments=document.environments,
        document={"name": name, "attestation": raw, "file": _shown(file)},
    )


def _is_blank(raw: Mapping[str, JsonValue]) -> bool:
    contains = raw.get("contains", {})
    parts = contains.values() if isinstance(contains, Mapping) else [contains]
    return set(raw) <= _PRINTED and not any(parts)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise AttestationMalformed(f"it cannot be read: {(error.strerror or 'failed').lower()}") from None
    if len(data) > LARGEST:
        raise AttestationMalformed(f"it is larger than {LARGEST // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AttestationMalformed("it is not UTF-8") from None


def _require_known(document: AttestationDocument, known: KnownItems) -> None:
    items = known.get(document.control)
    if items is None:
        raise AttestationMalformed(f"control: no row that takes attestations is called {document.control[:40]!r}")
    if document.item not in items:
        raise AttestationMalformed(f"item: {document.control} takes {_listed(sorted(items))}")


def _broken(name: str, raw: Mapping[str, JsonValue], known: KnownItems, problems: Sequence[str]) -> FileRead:
    control, item = raw.get("control"), raw.get("item")
    row = control if isinstance(control, str) and control in known else None
    about = item if row and isinstance(item, str) and item in known[row] else None
    read = AttestationRead(name=name, control=row, item=about, attestation=None, problems=tuple(problems))
    return FileRead(read=read, environments=(), document={"name": name, "problems": list(problems)})


def _attestation(document: AttestationDocument, file: AttestedFile | None) -> Attestation:
    return Attestation(
        statement=document.statement,
        holds=document.holds,
        owner=document.owner,
        role=document.role,
        dated=document.date,
        expires=document.expires,
        answers=tuple((key, text.strip()) for key, text in document.contains.items()),
        partner=document.partner,
        file=file,
    )


def _attested_file(document: AttestationDocument, folder: Path) -> AttestedFile | None:
    if document.file is None or document.sha256 is None:
        return None
    try:
        found = sha256_of_file(folder / document.file)
    except (OSError, ValueError) as error:  # a name with a zero byte is no name
        why = getattr(error, "strerror", None) or "it is not a name of a file"
        return AttestedFile(name=document.file, stated=document.sha256, found=None, problem=str(why).lower())
    return AttestedFile(name=document.file, stated=document.sha256, found=found)


def sha256_of_file(path: Path) -> str:
    """Hexadecimal, in constant memory.

    Raises: OSError.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _shown(file: AttestedFile | None) -> JsonValue:
    if file is None:
        return None
    return {"name": file.name, "stated_sha256": file.stated, "found_sha256": file.found, "problem": file.problem}


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)
