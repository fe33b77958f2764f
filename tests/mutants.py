"""Files broken on purpose, from a seed: what bad discs, bad programs and ill will do to DICOM.

`mutant(random.Random(seed))` gives the same bytes on every machine that has the same originals (the corpus adds some).
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pydicom.data
from pydicom.uid import UID

import discs
import instances
from reading_help import CORPUS, element

PYDICOM_FILES = Path(pydicom.data.__file__).parent / "test_files"
MAX_ORIGINAL_BYTES = 48 << 10
ITEM = b"\xfe\xff\x00\xe0"
NESTED_EXPLICIT = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + ITEM + b"\xff\xff\xff\xff"
NESTED_IMPLICIT = b"\x08\x00\x40\x11\xff\xff\xff\xff" + ITEM + b"\xff\xff\xff\xff"
DEFLATED = discs.DEFLATED.encode()


@cache
def built() -> tuple[bytes, ...]:
    """Small files of every kind the reader treats in its own way."""
    return (
        discs.ct_slice(1),
        discs.ct_slice(2, discs.IMPLICIT),
        discs.ct_slice(3, discs.BIG_ENDIAN),
        discs.ct_slice(4, discs.DEFLATED),
        discs.ct_slice(5, discs.RLE),
        discs.ct_slice(6, preamble=None, meta=False),
        *(instances.encode(instances.make_instance(kind)) for kind in (
            "enhanced_ct", "dose_report", "palette", "us_rgb", "multiframe", "pet", "mr", "pdf")),
        instances.encode(instances.make_instance("multiframe", 3), discs.RLE),
        discs.files_of("clean")["DICOMDIR"],
    )  # fmt: skip


@cache
def real() -> tuple[bytes, ...]:
    """The small files among pydicom's own and the corpus; none where neither is."""
    folders = [folder for folder in (PYDICOM_FILES, CORPUS) if folder.is_dir()]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return tuple(path.read_bytes() for path in paths if 0 < path.stat().st_size <= MAX_ORIGINAL_BYTES)


def original(chance: random.Random) -> bytes:
    return chance.choice(built() if chance.random() < 0.6 or not real() else real())


def mutant(chance: random.Random) -> bytes:
    """One file with one to some dozens of faults."""
    data = original(chance)
    if DEFLATED in data[:1024] and chance.random() < 0.5:
        return _inside_deflated(data, chance)
    return broken(data, chance)


def broken(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to twenty faults put in."""
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        data = chance.choice(MUTATIONS)(data, chance) or b"\0"
    return data


def _inside_deflated(data: bytes, chance: random.Random) -> bytes:
    """The faults are in what the deflated data set inflates to."""
    at = data.find(b"\x08\0", 300) if b"\x02\0\x10\0UI" not in data else _after_meta(data)
    try:
        plain = zlib.decompressobj(-15).decompress(data[at:], 1 << 20)
    except zlib.error:
        return broken(data, chance)
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return data[:at] + packer.compress(broken(plain, chance)) + packer.flush()


def _after_meta(data: bytes) -> int:
    return 144 + int(struct.unpack_from("<I", data, 140)[0]) if data[132:136] == b"\x02\0\0\0" else len(data)


# -- faults anywhere

LENGTHS = (0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 0x10000000, 0xFFFF, 0xFFFE, 0, 1, 3, 7)


def flip_a_bit(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def another_byte(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(1) + data[at + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: max(1, chance.randrange(len(data)))]


def wrong_length(data: bytes, chance: random.Random) -> bytes:
    """A length field overwritten: at an element if one is found, else anywhere."""
    at = chance.randrange(len(data))
    for vr in chance.sample((b"SQ\0\0", b"OW\0\0", b"OB\0\0", b"UN\0\0", b"UI", b"DS", b"LO", b"CS", b"IS"), 9):
        found = data.find(vr, at)
        if found >= 0:
            at = found + len(vr)
            short = len(vr) == 2
            value = struct.pack("<H" if short else "<I", chance.choice(LENGTHS) & (0xFFFF if short else 0xFFFFFFFF))
            return data[:at] + value + data[at + len(value) :]
    return data[:at] + struct.pack("<I", chance.choice((*LENGTHS, len(data)))) + data[at + 4 :]


def take_out(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 40) :]


def put_in(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randrange(1, 20)) + data[at:]


def splice(data: bytes, chance: random.Random) -> bytes:
    """The beginning of this file, the end of another."""
    other = original(chance)
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def piece_of_another(data: bytes, chance: random.Random) -> bytes:
    other = original(chance)
    at, start = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[start : start + chance.randrange(300)] + data[at:]


def nest(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    nested = NESTED_IMPLICIT if discs.IMPLICIT.encode() + b"\0" in data[:400] else NESTED_EXPLICIT
    return data[:at] + nested * chance.choice((1, 3, 60, 130, 10_000)) + data[at:]


def zeros(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    length = chance.choice((8, 512, 2048))
    return data[:at] + bytes(length) + data[at + length :]


# -- faults in one element

NUMBERS = (b"0", b"-1", b"1.5", b"1e308", b"-1e308", b"1e-320", b"nan", b"inf", b"", b" ", b"\0", b"2147483647",
           b"99999999999999999999", b"9" * 5000, b"1_000", b"0x10", b"1\\2\\3", b"\\" * 400,
           b"1e308\\-1e308\\1e308")  # fmt: skip
WORDS = (0, 1, 2, 3, 7, 8, 12, 16, 17, 32, 64, 0x7FFF, 0x8000, 0xFFFF)
TEXTS = (b"", b"\\", b"\0", b"^" * 10_000, b"A^" * 10_000, b"=" * 300, b"\xff\xfe\x00\x01" * 8, b"\x1b$B" * 50,
         b"\x1b$)C\xb1\xe8^\x1b(B=\xff", b"<script>alert(1)</script>", b"../../etc/passwd", b"\xe2\x80\xae\xed\xa0\x80",
         b"a" * 60_000, bytes(range(256)))  # fmt: skip
CHARACTER_SETS = (b"ISO_IR 192", b"\\ISO 2022 IR 87",
                  b"ISO 2022 IR 87\\ISO 2022 IR 149", b"GB18030", b"GBK", b"ISO_IR 13",
                  b"NONE SUCH", b"\xff\xff", b"UTF-8", b"\\" * 500, b"ISO 2022 IR 6\\ISO 2022 IR 58")  # fmt: skip
SYNTAXES = tuple(
    uid.encode() + b"\0" * (len(uid) % 2)
    for uid in (
        discs.IMPLICIT, discs.EXPLICIT, discs.BIG_ENDIAN, discs.DEFLATED, discs.RLE, discs.JPEG_BASELINE,
        discs.JPEG_LS, discs.JPEG_2000_LOSSLESS, discs.HTJ2K_LOSSLESS, "1.2.840.10008.1.2.4.100", "1.2.3.4", "",
        "1.2.840.10008.1.2.8.1", UID("1.2.840.113619.5.2"),
    )
)  # fmt: skip


def _values(vr: bytes, chance: random.Random) -> bytes:
    if vr in (b"US", b"SS"):
        return struct.pack("<H", chance.choice(WORDS))
    if vr in (b"IS", b"DS"):
        return chance.choice(NUMBERS)
    if vr == b"UI":
        return chance.choice((*SYNTAXES, b"1." * 40, b"\0", b"../x", b"1.2.3\\4.5"))
    if vr == b"CS":
        return chance.choice((*CHARACTER_SETS, b"MONOCHROME1", b"YBR_FULL_422", b"PALETTE COLOR", b"RGB", b"LOCALIZER"))
    return chance.choice(TEXTS)


def another_value(data: bytes, chance: random.Random) -> bytes:
    """The value of one explicit little endian element replaced by another of any length."""
    vr = chance.choice((b"US", b"US", b"IS", b"DS", b"UI", b"CS", b"LO", b"PN", b"SH", b"DA", b"TM"))
    at = data.find(vr, chance.randrange(len(data)))
    if at < 4 or at + 4 > len(data):
        return flip_a_bit(data, chance)
    length = int(struct.unpack_from("<H", data, at + 2)[0])
    value = _values(vr, chance)[:0xFFFE]
    value += b" " * (len(value) % 2)
    return data[: at + 2] + struct.pack("<H", len(value)) + value + data[at + 4 + length :]


def set_value(data: bytes, tag: int, vr: bytes, value: bytes) -> bytes:
    """Element `tag` given `value`, where it is found as explicit little endian."""
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    at = data.find(head)
    if at < 0 or at + 8 > len(data):
        return data
    length = int(struct.unpack_from("<H", data, at + 6)[0])
    return data[: at + 6] + struct.pack("<H", len(value)) + value + data[at + 8 + length :]


def giant_picture(data: bytes, chance: random.Random) -> bytes:
    for tag in (0x00280010, 0x00280011):
        data = set_value(data, tag, b"US", struct.pack("<H", chance.choice((0, 1, 0x4000, 0xFFFF))))
    frames = chance.choice((b"2147483647", b"99999999999999999999", b"1000000 ", b"-5", b"9" * 4000))
    if b"\x28\0\x08\0IS" in data:
        return set_value(data, 0x00280008, b"IS", frames)
    return data.replace(b"\x28\0\x10\0US", element(0x00280008, "IS", frames) + b"\x28\0\x10\0US", 1)


def another_syntax(data: bytes, chance: random.Random) -> bytes:
    return set_value(data, 0x00020010, b"UI", chance.choice(SYNTAXES))


def another_charset(data: bytes, chance: random.Random) -> bytes:
    data = set_value(data, 0x00080005, b"CS", chance.choice(CHARACTER_SETS))
    return set_value(data, 0x00100010, b"PN", chance.choice(TEXTS)[:0xFFFE])


def private_elements(data: bytes, chance: random.Random) -> bytes:
    """A block with a creator, without one, or with one that is garbage; elements of VR UN inside."""
    at = data.find(b"\x10\0\x10\0PN")
    creator = chance.choice((b"", b"SIEMENS CSA HEADER", b"\xff\x1b" * 20, b"x" * 64))
    block = (element(0x00090010, "LO", creator) if chance.random() < 0.7 else b"") + b"".join(
        element(0x00091000 + k, chance.choice(("UN", "SQ", "OB", "LO")), chance.randbytes(chance.randrange(30)))
        for k in range(chance.choice((1, 5, 300)))
    )
    return data[: max(at, 0)] + block + data[max(at, 0) :]


# -- faults in the pixel data


def other_fragments(data: bytes, chance: random.Random) -> bytes:
    """Encapsulated pixel data with other tables and fragments than a decoder hopes for."""
    at = data.find(b"\xe0\x7f\x10\0O")
    if at < 0:
        return another_syntax(data, chance)
    count = chance.choice((0, 1, 4, 5, 700))
    table = b"".join(struct.pack("<I", chance.choice((0, 8, len(data), 0xFFFFFFFF, 64 * k))) for k in range(count))
    body = chance.randbytes(chance.randrange(80)) if chance.random() < 0.5 else bytes(64)
    fragments = b"".join(
        ITEM + struct.pack("<I", chance.choice((len(body), len(body), 0, 0xFFFFFFFF, 0x7FFFFFFE))) + body
        for _ in range(chance.choice((0, 1, 2, 300)))
    )
    extended = element(0x7FE00001, "OV", chance.randbytes(8 * chance.randrange(6))) + element(
        0x7FE00002, "OV", chance.randbytes(8 * chance.randrange(6))
    )
    end = chance.choice((b"\xfe\xff\xdd\xe0\0\0\0\0", b"", b"\xfe\xff\xdd\xe0"))
    head = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff" + ITEM + struct.pack("<I", len(table)) + table
    data = data[:at] + (extended if chance.random() < 0.4 else b"") + head + fragments + end
    return another_syntax(data, chance) if chance.random() < 0.5 else data


def broken_codestream(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed only behind the beginning of the pixel data."""
    at = data.find(b"\xe0\x7f\x10\0O")
    if at < 0 or at + 20 >= len(data):
        return another_byte(data, chance)
    spot = chance.randrange(at + 12, len(data))
    return data[:spot] + chance.randbytes(chance.randrange(1, 5)) + data[spot + chance.randrange(5) :]


# -- faults in a directory, and bombs

_OFFSETS = (b"\x04\0\x00\x14UL\x04\0", b"\x04\0\x20\x14UL\x04\0", b"\x04\0\x00\x12UL\x04\0", b"\x04\0\x02\x12UL\x04\0")


def other_offsets(data: bytes, chance: random.Random) -> bytes:
    """Offsets of a DICOMDIR that loop, cross, or point nowhere."""
    for pattern in _OFFSETS:
        at = data.find(pattern, chance.randrange(len(data)))
        if at >= 0:
            records = [k for k in range(0, len(data) - 8, 2) if data[k : k + 4] == ITEM]
            offset = chance.choice((0, 1, len(data), 0xFFFFFFFF, *records))
            data = data[: at + 8] + struct.pack("<I", offset) + data[at + 12 :]
    return data


def deflate_bomb(data: bytes, chance: random.Random) -> bytes:
    """A deflated data set that grows a thousand times, or is broken."""
    start = built()[3][: _after_meta(built()[3])]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = data[-2000:] + bytes(chance.choice((1 << 10, 1 << 20, 4 << 20)))
    packed = packer.compress(plain) + (packer.flush() if chance.random() < 0.7 else b"")
    return start + packed


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip_a_bit, flip_a_bit, another_byte, cut, wrong_length, wrong_length, take_out, put_in, splice, piece_of_another,
    nest, zeros, another_value, another_value, another_value, giant_picture, another_syntax, another_charset,
    private_elements, other_fragments, other_fragments, broken_codestream, other_offsets, other_offsets, deflate_bomb,
)  # fmt: skip
