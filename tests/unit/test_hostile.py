"""Files made to exhaust whoever reads them: the work and the memory they cost are counted, and stay in bounds.

And the smallest bytes of every fault that mutation found.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

import pytest

import discs
import instances
import mutants
from exports import MemorySource, drive, export, re_read
from frame_items import frame_items
from journey import opened, travelled
from reading_help import element, facts_of, memory_entry, read_disc, read_one
from scanfolio.errors import ExportError, PixelError
from scanfolio.export.plan import EVERYONE, KEEP_ENCODING
from scanfolio.model import MAX_FRAMES, PLAUSIBLE_FRAMES, Kind
from scanfolio.pixels.codecs import unpack_rle
from scanfolio.reading import by_pydicom
from scanfolio.reading.part10 import read_start
from scanfolio.reading.runs import MAX_PLACES
from scanfolio.session import MAX_RECIPES, Session
from work import LINES_PER_SECOND, counted, weighed

ITEM = mutants.ITEM
OPEN_ITEM = ITEM + b"\xff\xff\xff\xff"
PATIENT = b"\x10\x00\x10\x00PN"
PIXELS = b"\xe0\x7f\x10\x00O"


def before(data: bytes, pattern: bytes, what: bytes) -> bytes:
    at = data.find(pattern)
    assert at > 0
    return data[:at] + what + data[at:]


def with_frames(data: bytes, frames: bytes) -> bytes:
    return before(data, b"\x28\x00\x10\x00US", element(0x00280008, "IS", frames))


def sized(data: bytes, side: int) -> bytes:
    for tag in (b"\x28\x00\x10\x00US\x02\x00", b"\x28\x00\x11\x00US\x02\x00"):
        at = data.find(tag) + len(tag)
        data = data[:at] + struct.pack("<H", side) + data[at + 2 :]
    return data


def named(name: bytes, number: int = 1) -> bytes:
    return mutants.set_value(discs.ct_slice(number, PatientID=""), 0x00100010, b"PN", name + b" " * (len(name) % 2))


def nested_with_lengths(levels: int) -> bytes:
    """Sequences of defined length inside each other."""
    inner = b""
    for _ in range(levels):
        item = ITEM + struct.pack("<I", len(inner)) + inner
        inner = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, len(item)) + item
    return inner


def directory(records: bytes) -> bytes:
    """A DICOMDIR whose record sequence, of undefined length, holds `records`."""
    whole = discs.files_of("clean")["DICOMDIR"]
    at = whole.find(b"\x04\x00\x20\x12SQ\x00\x00")
    return whole[:at] + b"\x04\x00\x20\x12SQ\x00\x00\xff\xff\xff\xff" + records


def swallowing_records(count: int) -> bytes:
    """Each holds a sequence of undefined length that takes all the records behind it for its items."""
    inside = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
    return (ITEM + struct.pack("<I", len(inside)) + inside) * count


def rle_frames(claimed: bytes, fragments: int) -> bytes:
    data = with_frames(discs.ct_slice(1, discs.RLE), claimed)
    at = data.find(PIXELS)
    return data[: at + 12] + ITEM + bytes(4) + (ITEM + bytes(4)) * fragments + b"\xfe\xff\xdd\xe0" + bytes(4)


def tiny_sequence_items(count: int) -> bytes:
    return b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + (ITEM + bytes(4)) * count + b"\xfe\xff\xdd\xe0" + bytes(4)


def segmented_palette(segments: int) -> bytes:
    """Indirect segments that point at segments of no length."""
    palette = instances.make_instance("palette")
    words = struct.pack("<4H", 2, 0xFFFF, 0, 0) * segments
    for colour in ("Red", "Green", "Blue"):
        del palette[f"{colour}PaletteColorLookupTableData"]
        palette.add_new(f"Segmented{colour}PaletteColorLookupTableData", "OW", words)
    return instances.encode(palette)


def deflated_zeros(megabytes: int) -> bytes:
    whole = discs.ct_slice(1, discs.DEFLATED)
    start = whole[: facts_of(whole).data_set_offset]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return start + b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


BOMBS: dict[str, Callable[[], bytes]] = {
    "a picture of 65,535 x 65,535": lambda: sized(discs.ct_slice(), 0xFFFF),
    "a compressed picture of 65,535 x 65,535": lambda: sized(discs.ct_slice(1, discs.RLE), 0xFFFF),
    "a compressed picture of 16,000 x 16,000": lambda: sized(discs.ct_slice(1, discs.RLE), 16_000),
    "two thousand million frames": lambda: with_frames(discs.ct_slice(), b"2147483647"),
    "two thousand million compressed frames": lambda: with_frames(discs.ct_slice(1, discs.RLE), b"2147483647"),
    "frames of no length": lambda: rle_frames(b"50000 ", 30_000),
    "one-bit frames of one pixel": lambda: with_frames(
        discs.ct_slice(Rows=1, Columns=1, BitsAllocated=1, BitsStored=1, HighBit=0, PixelData=bytes(5000)), b"40000 "
    ),
    "a number of 4,000 digits": lambda: with_frames(discs.ct_slice(), b"9" * 4000),
    "10,000 levels of undefined length": lambda: before(discs.ct_slice(), PATIENT, mutants.NESTED_EXPLICIT * 10_000),
    "10,000 implicit levels": lambda: before(
        discs.ct_slice(1, discs.IMPLICIT), b"\x10\x00\x10\x00", mutants.NESTED_IMPLICIT * 10_000
    ),
    "2,000 levels with lengths": lambda: before(discs.ct_slice(), PATIENT, nested_with_lengths(2_000)),
    "2,000 levels with lengths, big endian": lambda: before(
        discs.ct_slice(1, discs.BIG_ENDIAN), b"\x00\x10\x00\x10PN", nested_with_lengths(2_000)
    ),
    "2,000 levels inside UN": lambda: before(
        discs.ct_slice(1, discs.RLE), PATIENT, element(0x00091010, "UN", nested_with_lengths(2_000))
    ),
    "a sequence of 8,000 empty items": lambda: before(discs.ct_slice(), PATIENT, tiny_sequence_items(8_000)),
    "10,000 elements": lambda: before(discs.ct_slice(), PATIENT, b"\x09\x00\x01\x10LO\x00\x00" * 10_000),
    "a sequence without its end": lambda: before(
        discs.ct_slice(), PATIENT, b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + (ITEM + bytes(4)) * 8_000
    ),
    "a directory of empty records": lambda: directory((ITEM + bytes(4)) * 20_000),
    "a directory of records that swallow the next": lambda: directory(swallowing_records(5_000)),
    "a directory of one record that does not end": lambda: directory(
        OPEN_ITEM + b"\x04\x00\x00\x14UL\x04\x00\x01\x00\x00\x00" * 20_000
    ),
    "a palette of empty segments": lambda: segmented_palette(4_000),
    "windows by the thousand": lambda: discs.ct_slice(WindowCenter=["1"] * 8_000, WindowWidth=["2"] * 8_000),
    "a name of 10,000 components": lambda: named(b"A^" * 10_000),
    "a name of 30,000 letters": lambda: named(b"A" * 30_000),
    "a character set of 5,000 terms": lambda: mutants.set_value(
        named(b"\x1b$B" * 100), 0x00080005, b"CS", b"ISO 2022 IR 87\\" * 4_000
    ),
    "zeros deflated a thousand times": lambda: deflated_zeros(8),
    "fragments without end": lambda: discs.ct_slice(1, discs.RLE)[:-8] + (ITEM + bytes(4)) * 30_000,
    "an offset table of 20,000 places": lambda: before(
        discs.ct_slice(1, discs.RLE), PIXELS, b""
    ).replace(ITEM + bytes(4), ITEM + struct.pack("<I", 80_000) + bytes(80_000), 1),
}  # fmt: skip

WORK_ANYHOW = (
    LINES_PER_SECOND  # of all the rules, a dozen recipes, an export and its verification: most of it is pydicom
)
WORK_PER_BYTE = 150  # pydicom takes 600 lines for an empty item of eight bytes, and may read the header twice
MEMORY_ANYHOW_BYTES = 48 << 20
MEMORY_PER_BYTE = 60


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_cost_little_work_and_memory(name: str) -> None:
    data = BOMBS[name]()
    travelled({"FIRST": discs.ct_slice(2)})  # what is loaded and made ready once is not the file's
    with weighed() as memory:
        journey = travelled({"BOMB": data})
    assert memory.peak_bytes < MEMORY_ANYHOW_BYTES + MEMORY_PER_BYTE * len(data)
    with counted(WORK_ANYHOW + WORK_PER_BYTE * len(data)):
        travelled({"BOMB": data})
    (record,) = journey.disc.files
    assert record.reason or record.kind in (Kind.DICOM, Kind.DICOMDIR)


@pytest.mark.parametrize("kind", ["mutants", "people", "spellings", "numbers of one name", "studies", "positions"])
def test_a_disc_twice_as_large_is_about_twice_the_work(kind: str) -> None:
    small, large = (_work_of(disc_of(kind, count)) for count in (150, 450))
    assert large < 7 * small  # three times as many files: all with all would be nine times as much


def disc_of(kind: str, count: int) -> dict[str, bytes]:
    make = {
        "mutants": lambda n: mutants.mutant(random.Random(n % 60)),
        "people": lambda n: discs.ct_slice(
            n, StudyInstanceUID=f"1.2.{n}", PatientID=f"{n}", PatientName=f"{n:x}^{n * n:x}", PatientBirthDate=""
        ),
        "spellings": lambda n: discs.ct_slice(
            n, PatientID="", StudyInstanceUID=f"1.2.{n}", PatientName=f"MARGARETE^{chr(65 + n % 26)}{n}"
        ),
        "numbers of one name": lambda n: discs.ct_slice(n, PatientID=f"{n}", PatientName="A^B"),
        "studies": lambda n: discs.ct_slice(n, StudyInstanceUID=f"1.2.{n}", SeriesInstanceUID="1.2.3"),
        "positions": lambda n: discs.ct_slice(n, ImagePositionPatient=[0, 0, n * n], InstanceNumber=n * n * n),
    }[kind]
    return {f"{n:04d}": make(n) for n in range(count)}


def _work_of(files: dict[str, bytes]) -> int:
    with counted(100 * LINES_PER_SECOND) as work:
        opened(files)
    return work.lines


# -- the smallest bytes of what was found


def test_absurd_numbers_of_frames_are_listed_as_far_as_they_can_be_there() -> None:
    claimed = facts_of(with_frames(discs.ct_slice(), b"2147483647"))
    assert claimed.number_of_frames == 2147483647
    assert claimed.frames_here == PLAUSIBLE_FRAMES
    assert claimed.truncated
    assert facts_of(with_frames(discs.ct_slice(), b"4 ")).frames_here == 4
    pixels = bytes(MAX_FRAMES + 8)
    many = discs.ct_slice(Rows=1, Columns=1, BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=pixels)
    assert facts_of(with_frames(many, b"5000")).frames_here == 5000
    session = Session("disc")
    drive(session.read(MemorySource({"A": with_frames(many, b"400000")})))
    session.finish()
    items = frame_items(session.series(session.index.instances[0].series_instance_uid))
    assert len(items) == MAX_FRAMES
    assert items[MAX_RECIPES - 1]["recipe"] is not None
    assert items[MAX_RECIPES]["recipe"] is None
    assert session.catalogue()["patients"][0]["studies"][0]["series"][0]["frames"] == MAX_FRAMES


@pytest.mark.parametrize("number", [b"2147483648", b"-2147483649 ", b"9" * 4301])
def test_a_number_of_more_than_32_bits_is_none(number: bytes) -> None:
    data = before(discs.ct_slice(InstanceNumber=None), b"\x20\x00\x32\x00DS", element(0x00200013, "IS", number))
    facts = facts_of(data)
    assert facts.instance_number is None
    assert any("InstanceNumber cannot be read" in note for note in facts.notes)


def test_positions_beyond_computing_with_sort_by_number() -> None:
    far = [[1e308, 1e308, 1e308], [-1e308, 1e308, -1e308], [1e308, -1e308, 1e308], [0, 0, 0], [1, 1, 1], [2, 2, 2]]
    turned = [0.577, 0.577, 0.577, 0.577, -0.789, 0.211]
    files = {
        f"{n}": discs.ct_slice(n, ImagePositionPatient=place, ImageOrientationPatient=turned)
        for n, place in enumerate(far)
    }
    journey = travelled(files)
    (series,) = journey.disc.patients[0].studies[0].series
    assert series.sorted_by == "instance_number"
    assert [i.instance_number for i in series.instances] == list(range(6))


def test_an_aspect_beyond_computing_with_is_square() -> None:
    journey = travelled({"A": discs.ct_slice(PixelSpacing=["1e308", "1e-308"])})
    (item,) = frame_items(journey.session.series(journey.disc.patients[0].studies[0].series[0].key))
    assert item["recipe"]["pixel_aspect"] == 1.0


def test_a_nan_in_functional_groups_is_no_number() -> None:
    dataset = instances.make_instance("enhanced_ct")
    dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing = ["1e400", "1"]
    travelled({"A": instances.encode(dataset)})


def test_a_vr_nobody_knows_in_functional_groups_is_a_sentence() -> None:
    data = instances.encode(instances.make_instance("enhanced_ct"))
    at = data.find(b"\x20\x00\x13\x91SQ")
    journey = travelled({"A": data[: at + 4] + b"S!" + data[at + 6 :]})
    assert journey.disc.instances


def test_names_of_thousands_of_letters_are_not_compared_letter_by_letter() -> None:
    files = {f"{n}": named(b"A" * 30_000 + b"%d" % n, n) for n in (1, 2)}
    with counted(LINES_PER_SECOND):
        travelled(files)


def test_a_uid_of_other_letters_is_left_out_of_an_export_and_the_others_are_not() -> None:
    odd = mutants.set_value(discs.ct_slice(1, discs.RLE), 0x00080018, b"UI", b"1.2.3.\xb1\0")
    exported = export({"A": odd, "B": discs.ct_slice(2)}, encoding=KEEP_ENCODING, patient_key=EVERYONE)
    assert [left.code for left in exported.plan.left_out] == ["no-identity"]
    assert re_read(exported).ok


def test_a_file_that_no_directory_can_list_is_left_out_and_the_others_are_not() -> None:
    data = discs.ct_slice(2)
    broken = instances.encode(instances.make_instance("dose_report"))
    start = broken.find(b"\x40\x00\x30\xa7SQ")  # Content Sequence, whose items go into the record
    assert start > 0
    broken = broken[: start + 12] + b"\x01\x02\x03\x04" + broken[start + 16 :]
    exported = export({"A": broken, "B": data}, patient_key=EVERYONE, into="zip")
    assert [left.code for left in exported.manifest.left_out] == ["damaged"]
    assert re_read(exported).ok


def test_an_export_of_which_nothing_is_left_is_refused() -> None:
    broken = instances.encode(instances.make_instance("dose_report"))
    start = broken.find(b"\x40\x00\x30\xa7SQ")
    with pytest.raises(ExportError):
        export({"A": broken[: start + 12] + b"\x01\x02\x03\x04" + broken[start + 16 :]}, patient_key=EVERYONE)


def test_levels_without_end_cost_an_export_one_file() -> None:
    deep = before(discs.ct_slice(1, discs.IMPLICIT), b"\x10\x00\x10\x00", _implicit_levels(2_000))
    exported = export({"A": deep, "B": discs.ct_slice(2)}, patient_key=EVERYONE)
    assert [left.code for left in exported.manifest.left_out] == ["damaged"]


def _implicit_levels(levels: int) -> bytes:
    inner = b""
    for _ in range(levels):
        item = ITEM + struct.pack("<I", len(inner)) + inner
        inner = struct.pack("<HHI", 0x0008, 0x1140, len(item)) + item
    return inner


def test_a_directory_whose_records_swallow_the_next_is_read_record_by_record() -> None:
    with counted(LINES_PER_SECOND):
        disc = read_disc({"DICOMDIR": directory(swallowing_records(3_000))})
    (found,) = disc.dicomdirs
    assert len(found.faults) == 201
    assert found.faults[-1].startswith("and ")


def test_a_run_length_frame_is_not_made_room_for_when_it_cannot_be_there() -> None:
    with weighed() as memory, pytest.raises(PixelError):
        unpack_rle(struct.pack("<16I", 1, 64, *[0] * 14) + b"\x00\x00", 1 << 28, 1, 1)
    assert memory.peak_bytes < 1 << 20


def test_pydicom_is_asked_how_it_read_and_not_what_was_declared() -> None:
    """A data set in explicit VR under an implicit transfer syntax: the pixel data begin twelve bytes on, not eight."""
    data = discs.ct_slice()
    wrong = data.replace(discs.EXPLICIT.encode() + b"\0", discs.IMPLICIT.encode() + b"\0\0\0", 1)
    header = by_pydicom.read(wrong, len(wrong))
    assert header.pixels is not None
    assert header.pixels.length == 2048
    assert not header.implicit


def test_many_kinds_of_headers_do_not_fill_the_memory() -> None:
    chance = random.Random(5)
    files = {}
    for n in range(400):
        extra = b"".join(
            element(0x00091000 + chance.randrange(0xFFF), "LO", chance.randbytes(2 * chance.randrange(9)))
            for _ in range(60)
        )
        files[f"{n:03d}"] = before(discs.ct_slice(n), PATIENT, extra)
    total = sum(map(len, files.values()))
    with weighed() as memory:
        for round_ in range(3):
            read_disc({f"{round_}{path}": data for path, data in files.items()})
    assert memory.peak_bytes < 4 * total
    assert MAX_PLACES <= 1000


def test_no_bytes_are_asked_for_of_a_deflated_file_that_ends_with_its_header() -> None:
    whole = discs.ct_slice(1, discs.DEFLATED)
    record, _ = read_one(whole[: facts_of(whole).data_set_offset])  # which checks every need
    assert record.kind is Kind.UNREADABLE
    assert record.reason


def test_the_starts_that_are_remembered_are_few() -> None:
    from scanfolio.reading import part10

    for n in range(600):
        read_start(discs.ct_slice(preamble=struct.pack("<I", n))[:600])
    assert len(part10._known) <= 257


def test_reading_one_file_never_needs_more_than_its_share() -> None:
    data = before(discs.ct_slice(), PATIENT, tiny_sequence_items(60_000))
    record, facts = read_one(data)
    assert record.kind is Kind.DICOM
    assert facts is not None
    assert memory_entry(data).size == len(data)
