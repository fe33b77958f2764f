"""D04 to D11 on real bytes: faults planted into the DICOMDIR of a clean export, or into the files beside it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache

import pytest

import discs
from exports import export
from instances import ANOTHER, SAMPLE
from reading_help import facts_of, read_disc
from scanfolio.export.plan import EVERYONE
from scanfolio.model import Disc, SopInstance
from scanfolio.rules.context import DiscContext
from scanfolio.rules.judge import run_rule
from scanfolio.rules.outcome import Outcome, State
from scanfolio.rules.registry import RULES

Files = dict[str, bytes]
PATIENT_ID, RECORD_TYPE, IN_USE = b"\x10\0\x20\0LO", b"\x04\0\x30\x14CS", b"\x04\0\x10\x14US"
ROOT, LAST, FLAG = b"\x04\0\0\x12UL", b"\x04\0\x02\x12UL", b"\x04\0\x12\x12US"
NEXT, LOWER, FILE_ID = b"\x04\0\0\x14UL", b"\x04\0\x20\x14UL", b"\x04\0\0\x15CS"
CLASS, INSTANCE, SYNTAX = b"\x04\0\x10\x15UI", b"\x04\0\x11\x15UI", b"\x04\0\x12\x15UI"
STUDY, SERIES, SERIES_NUMBER = b"\x20\0\x0d\0UI", b"\x20\0\x0e\0UI", b"\x20\0\x11\0IS"
STUDY_ID, IMAGE_TYPE, POSITION = b"\x20\0\x10\0SH", b"\x08\0\x08\0CS", b"\x20\0\x32\0DS"
BIRTH_DATE, INSTANCE_NUMBER = b"\x10\0\x30\0DA", b"\x20\0\x13\0IS"


@cache
def _clean() -> tuple[tuple[str, bytes], ...]:
    slices = [discs.make_instance("ct", n, person=p, series=s, SeriesNumber=s)
              for p in (SAMPLE, ANOTHER) for s in (1, 2) for n in (1, 2)]  # fmt: skip
    files = export({f"I{n}": discs.encode(ds) for n, ds in enumerate(slices)}, patient_key=EVERYONE).files
    return tuple((path, data) for path, data in files.items() if path.startswith("DICOM"))


def clean() -> Files:
    return dict(_clean())


def value_at(data: bytes, element: bytes, which: int) -> tuple[int, int]:
    """(where the value of the `which`-th such element begins, its length); -1 is the last one."""
    places = [at for at in range(len(data)) if data.startswith(element, at)]
    at = places[which]
    return at + 8, struct.unpack_from("<H", data, at + 6)[0]


def put(element: bytes, which: int, value: bytes) -> Callable[[Files], Files]:
    """Another value of the same length, cut or padded to it: so every offset stays right."""

    def plant(files: Files) -> Files:
        data = files["DICOMDIR"]
        at, length = value_at(data, element, which)
        return {**files, "DICOMDIR": data[:at] + value[:length].ljust(length, b" ") + data[at + length :]}

    return plant


def number(element: bytes, which: int, value: int, form: str = "<I") -> Callable[[Files], Files]:
    return put(element, which, struct.pack(form, value))


def other(element: bytes, which: int = 0) -> Callable[[Files], Files]:
    """A value that differs in its last character."""

    def plant(files: Files) -> Files:
        at, length = value_at(files["DICOMDIR"], element, which)
        value = files["DICOMDIR"][at : at + length].rstrip(b" \0")
        return put(element, which, value[:-1] + (b"1" if value[-1:] != b"1" else b"2"))(files)

    return plant


def same_as(element: bytes, which: int, model: int) -> Callable[[Files], Files]:
    """The value of another record in this one's place."""

    def plant(files: Files) -> Files:
        at, length = value_at(files["DICOMDIR"], element, model)
        return put(element, which, files["DICOMDIR"][at : at + length])(files)

    return plant


def tag(element: bytes, which: int, instead: bytes = b"\x09\0\x01\x10") -> Callable[[Files], Files]:
    """The element under a private tag: as if it were absent, and nothing moves."""

    def plant(files: Files) -> Files:
        data = files["DICOMDIR"]
        at = value_at(data, element, which)[0] - 8
        return {**files, "DICOMDIR": data[:at] + instead + data[at + 4 :]}

    return plant


def directory(change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: {**files, "DICOMDIR": change(files["DICOMDIR"])}


def image_paths(files: Files) -> list[str]:
    return [path for path in files if path != "DICOMDIR"]


def without_one(files: Files) -> Files:
    return {path: data for path, data in files.items() if path != image_paths(files)[3]}


def all_renamed(files: Files) -> Files:
    return {path if path == "DICOMDIR" else f"SCANS/{n:04}": data for n, (path, data) in enumerate(files.items())}


def break_record(data: bytes) -> bytes:
    at = value_at(data, RECORD_TYPE, 3)[0] - 8
    return data[: at + 4] + b"??" + data[at + 6 :]


def overwrite_item(data: bytes) -> bytes:
    at = data.rindex(b"\xfe\xff\x00\xe0")
    return data[:at] + b"\x01\x02\x03\x04" + data[at + 4 :]


PLANTED: list[tuple[str, str, Callable[[Files], Files]]] = [
    ("D04", "cut in the middle", directory(lambda data: data[: len(data) // 2])),
    ("D04", "a record with an impossible VR", directory(break_record)),
    ("D04", "something else where a record should begin", directory(overwrite_item)),
    ("D04", "a text in its place", directory(lambda data: b"This is no table of contents.")),
    ("D04", "zeros in its place", directory(lambda data: bytes(len(data)))),
    ("D04", "implicit VR by its header",
     directory(lambda data: data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0", 1))),
    ("D05", "a loop between images", lambda files: _loop(files)),
    ("D05", "the root points nowhere", number(ROOT, 0, 0)),
    ("D05", "the root points beside a record", number(ROOT, 0, 999)),
    ("D05", "the last record of the root is another", number(LAST, 0, 4)),
    ("D05", "a series points beside its images", number(LOWER, 2, 77)),
    ("D05", "offsets counted without the preamble", lambda files: _shifted(files, -132)),
    ("D05", "not consistent by its own flag", number(FLAG, 0, 0xFFFF, "<H")),
    ("D06", "a file is missing", without_one),
    ("D06", "every file under another name", all_renamed),
    ("D06", "a name that leads out of the disc", put(FILE_ID, 1, b"..\\..\\ETC\\PASSWD")),
    ("D07", "one file more", lambda files: {**files, "EXTRA/IM1": discs.ct_slice(77)}),
    ("D07", "a record that is not in use", number(IN_USE, 3, 0, "<H")),
    ("D07", "a patient whose record is not in use", number(IN_USE, 0, 0, "<H")),
    ("D08", "another SOP Instance UID", other(INSTANCE, 1)),
    ("D08", "another SOP Class", other(CLASS, 1)),
    ("D08", "another transfer syntax", put(SYNTAX, 1, b"1.2.840.10008.1.2.2\0")),
    ("D08", "another study", other(STUDY, 0)),
    ("D08", "another series", other(SERIES, 1)),
    ("D08", "another patient", other(PATIENT_ID, 0)),
    ("D08", "two files exchanged", lambda files: _exchanged(files)),
    ("D09", "no Patient ID", put(PATIENT_ID, 0, b"")),
    ("D09", "no Study ID", put(STUDY_ID, 0, b"")),
    ("D09", "no Series Number", tag(SERIES_NUMBER, 0)),
    ("D09", "no Instance Number", put(INSTANCE_NUMBER, 2, b"")),
    ("D09", "no SOP Class", tag(CLASS, 0)),
    ("D10", "no birth date", tag(BIRTH_DATE, 0)),
    ("D10", "no position", tag(POSITION, 0)),
    ("D10", "no Image Type", tag(IMAGE_TYPE, 1)),
    ("D11", "two patients with one Patient ID", same_as(PATIENT_ID, 1, 0)),
    ("D11", "two series with one UID", same_as(SERIES, 1, 0)),
    ("D11", "two records of one instance", same_as(INSTANCE, 1, 0)),
    ("D11", "two records of one file", same_as(FILE_ID, 1, 0)),
]  # fmt: skip


def _loop(files: Files) -> Files:
    data = files["DICOMDIR"]
    first = data.index(b"\xfe\xff\x00\xe0", data.index(b"IMAGE") - 120)
    return number(NEXT, 4, first)(files)


def _shifted(files: Files, by: int) -> Files:
    for element in (ROOT, LAST, NEXT, LOWER):
        data = files["DICOMDIR"]
        count = sum(data.startswith(element, at) for at in range(len(data)))
        for which in range(count):
            at = value_at(files["DICOMDIR"], element, which)[0]
            value = struct.unpack_from("<I", files["DICOMDIR"], at)[0]
            files = number(element, which, max(0, value + by) if value else 0)(files)
    return files


def _exchanged(files: Files) -> Files:
    first, second = image_paths(files)[:2]
    return {**files, first: files[second], second: files[first]}


def judged(code: str, disc: Disc) -> Outcome:
    return run_rule(RULES[code], DiscContext(disc))


CODES = ("D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11")


def test_the_clean_one_passes_them_all() -> None:
    disc = read_disc(clean())
    assert len(disc.instances) == 8
    for code in CODES:
        assert judged(code, disc).state is State.PASSED, judged(code, disc)


@pytest.mark.parametrize(("code", "what", "plant"), PLANTED, ids=[f"{code} {what}" for code, what, _ in PLANTED])
def test_planted(code: str, what: str, plant: Callable[[Files], Files]) -> None:
    files = plant(clean())
    assert files != clean(), what
    outcome = judged(code, read_disc(files))
    assert outcome.state is State.FAILED, outcome
    assert outcome.issues
    assert outcome.issues[0].message


def test_every_one_is_planted_in_at_least_two_ways() -> None:
    for code in CODES:
        assert sum(planted == code for planted, _, _ in PLANTED) >= 2


def test_wrong_offsets_lose_no_image() -> None:
    """Whatever is wrong with the chain, every file is still found listed."""
    for code, what, plant in PLANTED:
        if code == "D05":
            disc = read_disc(plant(clean()))
            assert judged("D07", disc).state is State.PASSED, what
            assert judged("D06", disc).state is State.PASSED, what


@pytest.mark.parametrize("change", [
    str.lower, lambda p: p + ";1", lambda p: p + ".DCM", lambda p: p + ".", lambda p: p + ".;1",
    lambda p: p.lower() + ".dcm", lambda p: p.lower() + ".dcm;1",
])  # fmt: skip
def test_names_as_computers_show_them_are_found(change: Callable[[str], str]) -> None:
    files = {path if path == "DICOMDIR" else change(path): data for path, data in clean().items()}
    disc = read_disc(files)
    assert judged("D06", disc).state is State.PASSED
    assert judged("D07", disc).state is State.PASSED
    assert judged("D08", disc).state is State.PASSED


def test_a_path_that_leads_out_is_never_looked_up() -> None:
    """Even where a file of that name would be there, one folder up."""
    files = {f"DISC/{path}": data for path, data in clean().items()}
    out = put(FILE_ID, 1, b"..\\OUTSIDE")({"DICOMDIR": files["DISC/DICOMDIR"]})["DICOMDIR"]
    disc = read_disc({**files, "DISC/DICOMDIR": out, "OUTSIDE": discs.ct_slice(66)})
    outcome = judged("D06", disc)
    assert outcome.state is State.FAILED
    assert "OUTSIDE" in outcome.issues[0].where[0]


def test_several_tables_of_contents_are_matched_with_their_own_folders() -> None:
    one, two = clean(), discs.files_of("clean")
    files = {**{f"A/{p}": d for p, d in one.items()}, **{f"B/{p}": d for p, d in two.items()}}
    disc = read_disc(files)
    assert judged("D02", disc).state is State.FAILED
    for code in ("D04", "D05", "D06", "D07", "D08"):
        assert judged(code, disc).state is State.PASSED, judged(code, disc)


def test_the_instances_are_those_that_were_exported() -> None:
    instances: list[SopInstance] = [facts_of(data) for path, data in clean().items() if path != "DICOMDIR"]
    assert len({i.series_instance_uid for i in instances}) == 4
