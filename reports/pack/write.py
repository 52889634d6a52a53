"""Write a pack front to back, in constant memory; each file is read once."""

import hashlib
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final

from reports.pack.layout import MOST_BYTES, Entry, directory, local_header
from reports.pack.names import Taken, order, what_is_wrong

BLOCK: Final = 1 << 18  # bytes read at once; stays in a processor's cache while it is hashed, checked and written
MOST_STATEMENT_BYTES: Final = 64 << 20  # enough for 300,000 files


class NotPackable(ValueError):
    """A file that no pack can hold; the text names it and says why."""


class PackWriter:
    """Writes entries into a stream that can seek; they have to come in the order of `names.order`."""

    def __init__(self, stream: BinaryIO, entries: Iterable[Entry] = ()) -> None:
        """`entries` stand in the stream already, which is at their end."""
        self._stream = stream
        self.entries = list(entries)
        self._taken = Taken()
        for entry in self.entries:
            self._taken.clash(entry.name)

    def add(self, name: str, blocks: Iterable[bytes]) -> Entry:
        """Write one file.

        Raises: NotPackable; OSError.
        """
        self._refuse_misplaced(name)
        offset = self._stream.tell()
        self._stream.write(local_header(name, 0, 0))
        digest, crc, size = hashlib.sha256(), 0, 0
        for block in blocks:
            digest.update(block)
            crc = zlib.crc32(block, crc)
            size += len(block)
            self._stream.write(block)
        if size > MOST_BYTES:
            raise NotPackable(f"{name}: a file in a pack is smaller than 4 GiB")
        end = self._stream.tell()
        self._stream.seek(offset)
        self._stream.write(local_header(name, size, crc))
        self._stream.seek(end)
        entry = Entry(name=name, size=size, crc=crc, sha256=digest.hexdigest(), offset=offset)
        self.entries.append(entry)
        return entry

    def finish(self) -> None:
        """Write the directory; nothing can be added after.

        Raises: OSError.
        """
        self._stream.write(directory(self.entries))

    def _refuse_misplaced(self, name: str) -> None:
        if wrong := what_is_wrong(name):
            raise NotPackable(f"{name!r}: {wrong}")
        if self.entries and order(name) <= order(self.entries[-1].name):
            raise NotPackable(f"{name!r} comes twice, or after {self.entries[-1].name!r}")
        if clash := self._taken.clash(name):
            raise NotPackable(f"{name!r}: {clash}")
