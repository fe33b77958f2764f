"""The stream of a deflated data set. PS3.5 A.5, RFC 1951."""

from __future__ import annotations

import zlib

ZLIB_HEADER_FAULT = "the deflated data set begins with a zlib header (RFC 1950), PS3.5 A.5 asks for none"


def has_zlib_header(data: bytes | bytearray | memoryview) -> bool:
    """Whether the stream begins with the two bytes of RFC 1950, which the Standard does not want but some write.

    A bare stream may begin with the same two, as the start of a stored block: its length and complement tell.
    """
    start = bytes(data[:5])
    if len(start) < 5 or start[0] & 0x8F != 0x08 or int.from_bytes(start[:2], "big") % 31:
        return False
    return start[1] ^ start[3] != 0xFF or start[2] ^ start[4] != 0xFF


def inflater_of(data: bytes | bytearray | memoryview) -> zlib._Decompress:
    """What inflates the deflated data set that begins with `data`; feed it `data` from the start."""
    return zlib.decompressobj(zlib.MAX_WBITS if has_zlib_header(data) else -zlib.MAX_WBITS)
