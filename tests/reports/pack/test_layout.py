"""The form of the zip file where packs are large."""

import io
import zipfile
import zlib

from reports.pack.layout import Entry, directory, local_header
from reports.pack.read import read_pack

MANY = 65_600  # more than the 16 bits of a zip file's end can say


def test_more_files_than_sixteen_bits_can_count_are_read_by_others_and_by_us():
    entries, body = [], bytearray()
    for number in range(MANY):
        name = f"evidence/{number:06}.json"
        entries.append(Entry(name=name, size=0, crc=0, sha256="", offset=len(body)))
        body += local_header(name, 0, 0)
    whole = bytes(body) + directory(entries)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert len(archive.namelist()) == MANY
    contents = read_pack(io.BytesIO(whole))
    assert (contents.problems, contents.whole, len(contents.entries)) == ([], True, MANY)


def test_files_that_begin_behind_four_gibibytes_are_found_by_others(tmp_path):
    """The file is sparse: nothing of this size is written or read."""
    content, far = b"the last one", 5 << 30
    first = Entry(name="a", size=0xFFFF_FFFE, crc=0, sha256="", offset=0)
    second = Entry(name="b", size=far - first.end - 31, crc=0, sha256="", offset=first.end)
    last = Entry(name="c", size=len(content), crc=zlib.crc32(content), sha256="", offset=second.end)
    path = tmp_path / "sparse.zip"
    with path.open("wb") as stream:
        for entry in (first, second, last):
            stream.seek(entry.offset)
            stream.write(local_header(entry.name, entry.size, entry.crc))
        stream.write(content)
        stream.write(directory([first, second, last]))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("c") == content
        assert archive.infolist()[2].header_offset > 0xFFFF_FFFF
