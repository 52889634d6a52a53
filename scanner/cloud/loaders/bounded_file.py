"""The bytes of a file that somebody else wrote: bounded, and every way in which it cannot be read in one sentence."""

import codecs
import hashlib
from pathlib import Path
from typing import Final

from scanner.cloud.declared import NotDeclared
from scanner.model.late_dataclass import dataclass

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """What a file holds, and the SHA-256 of its bytes."""

    data: bytes
    sha256: str


def read_bounded(file: Path, largest: int) -> FileText:
    """The file as UTF-8, without a mark; `largest` in bytes. PowerShell writes UTF-16 when output is sent to a file.

    Raises: NotDeclared.
    """
    try:
        if not file.is_file():
            raise NotDeclared(f"there is no file {file}")
        with file.open("rb") as stream:
            data = stream.read(largest + 1)
    except OSError as error:
        raise NotDeclared(f"{file} cannot be read: {(error.strerror or 'failed').lower()}") from error
    if len(data) > largest:
        raise NotDeclared(f"{file.name} is larger than {largest // 2**20} MiB, the most that is read")
    if not data.strip():
        raise NotDeclared(f"{file.name} is empty")
    return FileText(data=_utf_8(data, file), sha256=hashlib.sha256(data).hexdigest())


def _utf_8(data: bytes, file: Path) -> bytes:
    if not data.startswith(_UTF_16):
        return data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-16").encode()
    except UnicodeDecodeError:
        raise NotDeclared(f"{file.name} begins as UTF-16 and goes on as something else") from None
