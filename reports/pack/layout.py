"""The one form of a pack's zip file, byte by byte (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4).

Files are stored, not compressed, so that the bytes depend on no compressor and no file can be a bomb. Every field that
a hash of the files would not cover has one permitted value: no times, no comments, no extra fields, no links, nothing
before, between or behind the entries. A reader derives the form from names, sizes and checksums and compares all of
it.
"""

import struct
from collections.abc import Sequence
from typing import Final

from scanner.model.late_dataclass import dataclass

MAGIC: Final = b"PK\x03\x04"
MOST_BYTES: Final = 0xFFFF_FFFE  # of one file; 0xFFFFFFFF stands for "see the Zip64 field"
MOST_NAME_BYTES: Final = 1024

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_END64: Final = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64: Final = struct.Struct("<4sIQI")
_FIELDS: Final = (
    "signature", "version", "flags", "compression", "time", "date", "checksum", "stored size", "size", "name length",
    "extra field",
)  # fmt: skip

_VERSION: Final = 20
_VERSION64: Final = 45
_MADE_BY: Final = 3 << 8 | _VERSION  # Unix, so that unzip gives the file mode below
_UTF8: Final = 0x0800
_STORED: Final = 0
_DATE: Final = 1 << 5 | 1  # 1980-01-01, the first day there is
_MODE: Final = 0o100444 << 16  # a regular file, for reading
_FULL16: Final = 0xFFFF
_FULL32: Final = 0xFFFF_FFFF

LOCAL_BYTES: Final = _LOCAL.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a pack: size in bytes, CRC-32 and SHA-256 (hex) of its content, where its local header begins."""

    name: str
    size: int
    crc: int
    sha256: str
    offset: int

    @property
    def end(self) -> int:
        """Where its content ends."""
        return self.offset + LOCAL_BYTES + len(self.name.encode()) + self.size


def local_header(name: str, size: int, crc: int) -> bytes:
    """What stands before the content of a file."""
    raw = name.encode()
    fixed = _LOCAL.pack(MAGIC, _VERSION, _UTF8, _STORED, 0, _DATE, crc, size, size, len(raw), 0)
    return fixed + raw


def claimed(fixed: bytes) -> tuple[int, int, int]:
    """Checksum, size and length of the name that a local header claims."""
    fields = _LOCAL.unpack(fixed)
    return fields[6], fields[8], fields[9]


def odd_fields(fixed: bytes) -> tuple[str, ...]:
    """The fields of a local header that do not have their one permitted value, by name."""
    crc, size, name_bytes = claimed(fixed)
    right = (MAGIC, _VERSION, _UTF8, _STORED, 0, _DATE, crc, size, size, name_bytes, 0)
    found = _LOCAL.unpack(fixed)
    return tuple(field for field, is_, ought in zip(_FIELDS, found, right, strict=True) if is_ != ought)


def directory(entries: Sequence[Entry]) -> bytes:
    """What stands behind the last file: the central directory and its end."""
    start = entries[-1].end if entries else 0
    central = b"".join(map(_central, entries))
    return central + _end(len(entries), start, len(central))


def _central(entry: Entry) -> bytes:
    raw, far = entry.name.encode(), entry.offset >= _FULL32
    extra = struct.pack("<2HQ", 1, 8, entry.offset) if far else b""
    fixed = _CENTRAL.pack(
        b"PK\x01\x02",
        _MADE_BY,
        _VERSION64 if far else _VERSION,
        _UTF8,
        _STORED,
        0,
        _DATE,
        entry.crc,
        entry.size,
        entry.size,
        len(raw),
        len(extra),
        0,
        0,
        0,
        _MODE,
        _FULL32 if far else entry.offset,
    )
    return fixed + raw + extra


def _end(count: int, start: int, size: int) -> bytes:
    large = b""
    if count >= _FULL16 or start >= _FULL32 or size >= _FULL32:
        large = _END64.pack(
            b"PK\x06\x06", _END64.size - 12, _VERSION64, _VERSION64, 0, 0, count, count, size, start
        ) + _LOCATOR64.pack(b"PK\x06\x07", 0, start + size, 1)
    count16 = min(count, _FULL16)
    return large + _END.pack(b"PK\x05\x06", 0, 0, count16, count16, min(size, _FULL32), min(start, _FULL32), 0)
