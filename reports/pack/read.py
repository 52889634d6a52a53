"""Read a pack front to back, in constant memory, and hold every byte of it against the one permitted form."""

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from reports.pack.layout import LOCAL_BYTES, MAGIC, MOST_NAME_BYTES, Entry, claimed, directory, odd_fields
from reports.pack.names import STATEMENT, Taken, is_content, order, what_is_wrong
from reports.pack.problem import Kind, NoPack, Problem
from reports.pack.write import BLOCK, MOST_STATEMENT_BYTES

_MOST_STAMP_BYTES: Final = 64 << 10


@dataclass(slots=True, kw_only=True)
class Contents:
    """What a pack holds: its entries in their order, and the content of its own files (not those of the run).

    `names`: those of the entries, `taken`: the same as file systems see them. `whole`: false where the reading ended
    early, so that more may be wrong than was found.
    """

    entries: list[Entry] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    taken: Taken = field(default_factory=Taken)
    own: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = False

    def complain(self, kind: Kind, message: str, file: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(kind=kind, message=message, file=file))


class _Unreadable(Exception):
    """From here on nothing can be read: where the next entry begins is not known."""


def read_pack(stream: BinaryIO) -> Contents:
    """Read and check the form of a pack; whether its files are those of the statement is for `verify`.

    Raises: NoPack if this is no zip file; OSError.
    """
    contents, head = Contents(), stream.read(len(MAGIC))
    if head != MAGIC:
        raise NoPack("it does not begin like a zip file")
    offset = 0
    try:
        while head == MAGIC:
            entry = _entry(stream, head + _exactly(stream, LOCAL_BYTES - len(MAGIC)), offset, contents)
            contents.entries.append(entry)
            offset = entry.end
            head = stream.read(len(MAGIC))
    except _Unreadable as broken:
        contents.complain(Kind.FORM, f"{broken}, behind {len(contents.entries)} whole files")
        return contents
    contents.whole = head == directory(contents.entries)[: len(MAGIC)]
    _check_directory(stream, head, contents)
    return contents


def _entry(stream: BinaryIO, fixed: bytes, offset: int, contents: Contents) -> Entry:
    crc, size, name_bytes = claimed(fixed)
    if odd := odd_fields(fixed):
        raise _Unreadable(f"byte {offset}: the header of a file has another {', '.join(odd)} than a pack has")
    name = _name(stream, name_bytes, offset)
    _check_name(name, contents)
    keep = None if is_content(name) else bytearray()
    if keep is not None and size > (MOST_STATEMENT_BYTES if name == STATEMENT else _MOST_STAMP_BYTES):
        raise _Unreadable(f"{name} claims {size} bytes, which is too much for it")
    sha256, found = _digests(stream, size, keep)
    if found != crc:
        contents.complain(Kind.CHANGED, "its bytes do not have the CRC-32 that stands before them", name)
    if keep is not None:
        contents.own[name] = bytes(keep)
    return Entry(name=name, size=size, crc=crc, sha256=sha256, offset=offset)


def _name(stream: BinaryIO, name_bytes: int, offset: int) -> str:
    if not 0 < name_bytes <= MOST_NAME_BYTES:
        raise _Unreadable(f"byte {offset}: a name of {name_bytes} bytes")
    try:
        return _exactly(stream, name_bytes).decode()
    except UnicodeDecodeError:
        raise _Unreadable(f"byte {offset}: a name that is not UTF-8") from None


def _check_name(name: str, contents: Contents) -> None:
    if wrong := what_is_wrong(name):
        contents.complain(Kind.NAME, f"a file is called {name!a}: {wrong}")
    if name in contents.names:
        contents.complain(Kind.NAME, "its name comes twice", name)
    elif clash := contents.taken.clash(name):
        contents.complain(Kind.NAME, clash, name)
    elif contents.entries and order(name) < order(contents.entries[-1].name):
        contents.complain(Kind.FORM, f"it stands behind {contents.entries[-1].name!a}, out of order", name)
    contents.names.add(name)


def _digests(stream: BinaryIO, size: int, keep: bytearray | None) -> tuple[str, int]:
    digest, crc = hashlib.sha256(), 0
    while size:
        block = _exactly(stream, min(size, BLOCK))
        digest.update(block)
        crc = zlib.crc32(block, crc)
        size -= len(block)
        if keep is not None:
            keep += block
    return digest.hexdigest(), crc


def _exactly(stream: BinaryIO, size: int) -> bytes:
    block = stream.read(size)
    if len(block) != size:
        raise _Unreadable("the file is cut off")
    return block


def _check_directory(stream: BinaryIO, head: bytes, contents: Contents) -> None:
    right = directory(contents.entries)
    rest = head + stream.read(len(right) + 1 - len(head))
    if rest == right:
        return
    start = contents.entries[-1].end if contents.entries else 0
    if right.startswith(rest):
        contents.complain(Kind.FORM, "the file is cut off in the directory at its end")
    elif rest.startswith(right):
        contents.complain(Kind.FORM, "something follows behind the end of the zip file")
    elif not contents.whole:
        contents.complain(Kind.FORM, f"byte {start}: neither a file nor the directory begins here")
    else:
        at = next(i for i, (is_, ought) in enumerate(zip(rest, right, strict=False)) if is_ != ought)
        contents.complain(
            Kind.FORM, f"byte {start + at}: the directory at the end is not the one that belongs to the files"
        )
