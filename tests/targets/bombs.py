"""A small body that becomes a large one when it is unpacked, made without packing the large one."""

import struct
import zlib
from typing import Final

_HEAD: Final = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # RFC 1952: deflate, no name, no time, unknown system


def gzip_of(block: bytes, times: int) -> bytes:
    """The block again and again, as gzip: packed once, and repeated, since a full flush starts anew."""
    packing = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    packed = packing.compress(block) + packing.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(times):
        check = zlib.crc32(block, check)
    end = zlib.compressobj(wbits=-zlib.MAX_WBITS).flush()
    return _HEAD + packed * times + end + struct.pack("<II", check, len(block) * times % 2**32)
