"""What a compressed frame says of itself: enough to choose a decoder and to refuse an absurd size before decoding.

The codestream decides, not the Transfer Syntax: discs exist where the two disagree. ISO 10918-1 B, 14495-1 C,
15444-1 A.
"""

from __future__ import annotations

from dataclasses import dataclass

_SOF_DCT = frozenset((0xC0, 0xC1, 0xC2, 0xC9, 0xCA))
_SOF_LOSSLESS = frozenset((0xC3, 0xCB))
_SOF_JPEG_LS = 0xF7
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_RGB_IDS = (b"RGB", b"rgb")


@dataclass(frozen=True, slots=True)
class Codestream:
    """`family` is jpeg | jpeg-lossless | jpeg-ls | jpeg2000 | htj2k | jpegxl; sizes are 0 where it does not say.

    `colour` is what the codestream itself says of three components: "RGB", "YBR" or "". `cut_short`: JPEG 2000 tells
    how long its parts are, and they are not all there.
    """

    family: str
    rows: int = 0
    columns: int = 0
    components: int = 0
    precision: int = 0
    signed: bool = False
    colour: str = ""
    cut_short: bool = False

    def photometric(self, stated: str) -> str:
        """What the decoded samples are, when the header states `stated`: the codec undoes subsampling and ICT/RCT."""
        if self.components != 3:
            return stated
        if self.colour:
            return "RGB" if self.colour == "RGB" else "YBR_FULL"
        return {"YBR_ICT": "RGB", "YBR_RCT": "RGB", "YBR_FULL_422": "YBR_FULL"}.get(stated, stated)


def _jpeg(data: bytes) -> Codestream | None:
    at, colour, adobe, end = 2, "", "", len(data)
    while at + 4 <= end:
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        length = data[at + 2] << 8 | data[at + 3]
        body = data[at + 4 : at + 2 + length]
        if marker == 0xE0 and body.startswith(b"JFIF"):
            colour = "YBR"
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            adobe = "RGB" if body[11] == 0 else "YBR"
        elif marker in _SOF_DCT or marker in _SOF_LOSSLESS or marker == _SOF_JPEG_LS:
            if len(body) < 6:
                return None
            lossless = marker in _SOF_LOSSLESS
            family = "jpeg-ls" if marker == _SOF_JPEG_LS else "jpeg-lossless" if lossless else "jpeg"
            rows, columns = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            if bytes(body[6:15:3]) in _RGB_IDS:
                colour = "RGB"
            return Codestream(family, rows, columns, body[5], body[0], colour=adobe or colour)
        elif marker == 0xDA:
            return None
        at += 2 + length
    return None


def _jpeg2000(data: bytes, start: int) -> Codestream | None:
    """`start` is where the SOC marker (FF4F) lies; SIZ follows it at once, CAP (HTJ2K) after that."""
    size = data[start + 4 : start + 44]
    if len(size) < 40:
        return None
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = (
        int.from_bytes(size[k : k + 4], "big") for k in range(4, 36, 4)
    )
    if not _are_tiles(left, right, tile_left, tile_width) or not _are_tiles(top, bottom, tile_top, tile_height):
        return None  # decoders may search for tiles that are nowhere until they are killed
    components, depth = int.from_bytes(size[36:38], "big"), size[38]
    high_throughput, transformed = False, False
    at = start + 4 + int.from_bytes(size[:2], "big")
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] not in (b"", b"\x90", b"\x93"):
        high_throughput |= data[at + 1] == 0x50
        if data[at + 1] == 0x52:
            transformed = data[at + 8 : at + 9] == b"\x01"  # the decoder undoes it and gives RGB
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return Codestream(
        "htj2k" if high_throughput else "jpeg2000",
        max(bottom - top, 0),
        max(right - left, 0),
        components,
        (depth & 0x7F) + 1,
        depth >= 0x80,
        "RGB" if transformed else "",
        _lacks_tile_parts(data, at),
    )


def _are_tiles(begin: int, end: int, first: int, length: int) -> bool:
    """The tile grid covers the picture as B.3 of ISO 15444-1 demands, in one direction; at most 65535 tiles."""
    return first <= begin < end and begin < first + length and (end - first) <= length * 65535


def _lacks_tile_parts(data: bytes, at: int) -> bool:
    """Whether a tile-part, the first of which begins at `at`, goes on beyond the end of the data."""
    while data[at : at + 2] == b"\xff\x90":
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        if length == 0:
            return False  # to the end of the codestream
        at += max(length, 12)
    return at > len(data)


def parse(data: bytes) -> Codestream | None:
    """The Codestream at the start of `data` (one whole encoded frame), or None when it is none we know."""
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:4] == b"\xff\x4f\xff\x51":
        return _jpeg2000(data, 0)
    if data[4:8] == b"jP  " or data[:4] == b"\x00\x00\x00\x0c":  # boxed (JP2): against PS3.5 8.2.4, but it happens
        start = data.find(b"\xff\x4f\xff\x51", 0, 1 << 16)
        if start >= 0:
            return _jpeg2000(data, start)
        return Codestream("jpegxl") if data[4:8] == b"JXL " else None
    if data[:2] == b"\xff\x0a":
        return Codestream("jpegxl")
    return None
