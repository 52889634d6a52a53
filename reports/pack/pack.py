"""Make packs: of a run's files, or of a pack that gets another signature or time stamp."""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from securesystemslib.dsse import Envelope

from reports.pack.envelope import envelope_bytes
from reports.pack.names import STATEMENT, is_content, order, time_stamp_name
from reports.pack.read import Contents
from reports.pack.write import BLOCK, MOST_STATEMENT_BYTES, NotPackable, PackWriter


def add_files(writer: PackWriter, files: Mapping[str, Iterable[bytes]]) -> None:
    """Write the files of a run, each given as its blocks.

    Raises: NotPackable; OSError.
    """
    for name in sorted(files, key=order):
        writer.add(name, files[name])


def close_pack(writer: PackWriter, envelope: Envelope, stamps: Mapping[str, bytes]) -> None:
    """Write the envelope, the time stamps (by key id) and the end.

    Raises: NotPackable if the run has too many files; OSError.
    """
    content = envelope_bytes(envelope)
    if len(content) > MOST_STATEMENT_BYTES:
        raise NotPackable("the run has more files than a pack can name")
    writer.add(STATEMENT, [content])
    for key_id in sorted(stamps):
        writer.add(time_stamp_name(key_id), [stamps[key_id]])
    writer.finish()


def copy_files(source: BinaryIO, contents: Contents, target: BinaryIO) -> PackWriter:
    """Copy the run's files of an examined pack as they stand, so that its own can follow anew.

    Raises: OSError.
    """
    kept = [entry for entry in contents.entries if is_content(entry.name)]
    left = kept[-1].end if kept else 0
    source.seek(0)
    while left:
        block = source.read(min(left, BLOCK))
        target.write(block)
        left -= len(block)
    return PackWriter(target, kept)
