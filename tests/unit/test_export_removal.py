"""A copy without identifying data: what goes, what stays, what is refused, and what stops it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from character_sets import CASES
from discs import files_of
from enhanced import enhanced_ct
from exports import MemorySource, drive, export, re_read
from instances import ANOTHER, IMPLICIT, RLE, SAMPLE, compress, encode, make_instance, pattern, uid
from planted import BINARY, DATE, MARKS, all_elements, data_sets, leaks, plant, with_bad_head
from scanfolio.errors import ExportError
from scanfolio.export import write
from scanfolio.export.papers import NOT_READY
from scanfolio.export.parts import PAPERS_BYTES, divide
from scanfolio.export.planned import EVERYONE, KEEP_ENCODING, Choices, Plan, planned_size, second_set
from scanfolio.export.removal.choices import Dates, RemovalChoices
from scanfolio.export.removal.clean import Outcome
from scanfolio.export.removal.search import Forbidden
from scanfolio.export.removal.values import Secret, shifted
from scanfolio.export.verification import Verification
from scanfolio.model import Disc
from scanfolio.session import Session
from scanfolio.standard import removal
from scanfolio.standard.iods import iod_of
from viewer_files import on_disc, viewer

SHIFT = RemovalChoices(Dates.SHIFT)
EVERYTHING = RemovalChoices(documents=True, burned_in=True)


@dataclass
class Removed:
    plan: Plan
    files: dict[str, bytes]
    verification: Verification
    session: Session
    manifest: Any

    @property
    def copies(self) -> list[Dataset]:
        return data_sets(self.files)


def remove(
    files: dict[str, bytes], choices: RemovalChoices | None = None, into: str = "folder", **more: Any
) -> Removed:
    choices = choices or RemovalChoices()
    session = Session("Disc of PLANTED")
    drive(session.read(MemorySource(files)))
    plan = drive(session.plan(Choices(removal=choices, **more)))[0]
    manifest, written, stream = drive(session.write(plan, into))
    if into == "zip":
        with zipfile.ZipFile(io.BytesIO(stream)) as archive:
            written = {name: archive.read(name) for name in archive.namelist()}
    verification = drive(session.verify(MemorySource(written)))[0]
    written.pop(NOT_READY, None)
    return Removed(plan, written, verification, session, manifest)


def remove_nothing(files: dict[str, bytes]) -> dict[str, bytes]:
    """The export somebody gets who asks for nothing."""
    return export(files).images


def one(ds: Dataset, **encoding: Any) -> dict[str, bytes]:
    return {"PLANTED/IMAGE": encode(ds, **encoding)}


@pytest.mark.parametrize("dates", list(Dates))
@pytest.mark.parametrize("kind", ["ct", "mr", "pet", "mono1", "enhanced_ct", "us_rgb", "multiframe", "dose_report"])
def test_nothing_that_was_planted_is_found_again(kind: str, dates: Dates) -> None:
    ds = make_instance(kind)
    planted = plant(ds)
    assert len(planted) > 600
    choices = RemovalChoices(dates, documents=True, burned_in=True)
    data = with_bad_head(encode(ds))
    copied = remove({"PLANTED/IMAGE": data, "PLANTED.TXT": b"a letter"}, choices, "zip")
    marks = MARKS if dates is Dates.REMOVE else tuple(m for m in MARKS if m != b"112233.445566")
    assert leaks({"": data}) != []
    assert leaks(copied.files, marks) == []
    assert copied.verification.ok, copied.verification.differences
    (copy,) = copied.copies
    kept = {tag for tag, _, _ in all_elements(copy)}
    assert not {t for t in kept if t >> 16 & 1 or t >> 24 in (0x50, 0x60) or t >> 16 == 0xFFFC}
    gone = {tag for tag in planted if removal.codes()[tag] == "X"}
    assert not kept & (gone if dates is Dates.REMOVE else {t for t in gone if copy_vr(t) not in ("DA", "DT", "TM")})


def copy_vr(tag: int) -> str:
    from pydicom.datadict import dictionary_VR

    return dictionary_VR(tag)


@pytest.mark.parametrize("syntax", [IMPLICIT, RLE])
def test_other_encodings_are_cleaned_and_keep_their_pixels(syntax: str) -> None:
    ds = make_instance("ct")
    plant(ds)
    pixels = ds.PixelData
    files = one(compress(ds, RLE) if syntax == RLE else ds, transfer_syntax=syntax)
    copied = remove(files)
    assert leaks(copied.files) == []
    assert copied.verification.ok
    assert hashlib.sha256(copied.copies[0].PixelData).digest() == hashlib.sha256(pixels).digest()


def test_identifiers_change_everywhere_alike_and_class_identifiers_never() -> None:
    series = [make_instance("ct", n) for n in (1, 2, 3)]
    reference = Dataset()
    reference.ReferencedSOPClassUID = series[0].SOPClassUID
    reference.ReferencedSOPInstanceUID = series[0].SOPInstanceUID
    series[2].DerivationImageSequence = Sequence([reference])  # a sequence the table does not name
    series[2].FrameOfReferenceUID = "1.2.840.10008.1.4.1.1"
    copied = remove({f"IM{n}": encode(ds) for n, ds in enumerate(series)})
    new = copied.copies
    assert len({c.SOPInstanceUID for c in new}) == 3
    assert len({c.SeriesInstanceUID for c in new}) == len({c.StudyInstanceUID for c in new}) == 1
    assert all(c.SOPInstanceUID.startswith("2.25.") and len(c.SOPInstanceUID) <= 64 for c in new)
    assert {c.SOPInstanceUID for c in new}.isdisjoint({ds.SOPInstanceUID for ds in series})
    item = new[2].DerivationImageSequence[0]
    assert (item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID) == (series[0].SOPClassUID, new[0].SOPInstanceUID)
    assert new[2].FrameOfReferenceUID == "1.2.840.10008.1.4.1.1"
    assert new[0].FrameOfReferenceUID == new[1].FrameOfReferenceUID != series[0].FrameOfReferenceUID
    assert all(c.file_meta.MediaStorageSOPInstanceUID == c.SOPInstanceUID for c in new)


def test_two_copies_of_one_disc_share_no_identifier_and_no_date() -> None:
    copies = [remove(files_of("clean"), SHIFT).copies[0] for _ in range(2)]
    assert copies[0].SOPInstanceUID != copies[1].SOPInstanceUID
    assert Secret(b"a").days("p") != Secret(b"b").days("p")
    assert len({Secret(bytes([n])).days("p") for n in range(50)}) > 40


def test_types_decide_what_compound_actions_do() -> None:
    plain = make_instance("ct", DeviceSerialNumber="SN-4711", ProtocolName="Abdomen", AcquisitionDate="20240229")
    enhanced = make_instance("enhanced_ct", DeviceSerialNumber="SN-4711", study=2)
    ct, multi = remove({"A": encode(plain), "B": encode(enhanced)}).copies
    assert "DeviceSerialNumber" not in ct  # Type 3 in CT Image
    assert multi.DeviceSerialNumber == "REMOVED"  # Type 1 in Enhanced CT Image
    assert ct.ContentDate == "" and ct.StudyDate == "" and ct.PatientBirthDate == ""  # Type 2 or 2C
    assert multi.ContentDate == "19000101"  # Type 1
    assert "SeriesDate" not in ct and "SeriesDescription" not in ct and "InstitutionName" not in ct
    assert ct.PatientSex == "" and ct.ReferringPhysicianName == ""


@pytest.mark.parametrize("kind", ["ct", "mr", "pet", "enhanced_ct", "mono1"])
def test_every_required_attribute_the_source_has_the_copy_has(kind: str) -> None:
    ds = make_instance(kind)
    (copy,) = remove(one(ds)).copies
    iod = iod_of(str(ds.SOPClassUID))
    assert iod is not None
    for row in iod.attributes:
        if row.tag in ds:
            assert row.tag in copy, row.name
            if row.type == "1" and ds[row.tag].value not in ("", None):
                assert copy[row.tag].value not in ("", None), row.name


def test_moved_dates_keep_their_distance_for_one_person_and_not_between_persons() -> None:
    days = {"A": "20240229", "B": "20240415", "C": "20240229"}
    people = {"A": SAMPLE, "B": SAMPLE, "C": ANOTHER}
    files = {}
    for key, day in days.items():
        moment = day + "101500.5+0100"
        ds = make_instance("ct", study=key, person=people[key], StudyDate=day, AcquisitionDateTime=moment)
        files[key] = encode(ds)
    copies = remove(files, SHIFT, patient_key=EVERYONE).copies
    moved = sorted((c.PatientID, _day(c.StudyDate)) for c in copies)
    assert [name for name, _ in moved] == ["SUBJECT-1", "SUBJECT-1", "SUBJECT-2"]
    assert (moved[1][1] - moved[0][1]).days == 46
    assert all(day < date(2024, 2, 1) for _, day in moved)
    assert _day("20240229") - moved[0][1] != _day("20240229") - moved[2][1]
    for copy in copies:
        assert copy.StudyTime == "101500"
        assert copy.AcquisitionDateTime == copy.StudyDate + "101500.5+0100"
        assert copy.LongitudinalTemporalInformationModified == "MODIFIED"
        assert copy.PatientBirthDate == ""
        assert [c.CodeValue for c in copy.DeidentificationMethodCodeSequence] == ["113100", "113107"]


def _day(value: str) -> date:
    return date(int(value[:4]), int(value[4:6]), int(value[6:8]))


@pytest.mark.parametrize(
    ("value", "days", "moved"),
    [
        ("20240301", -1, "20240229"),
        ("2024.03.01", -1, "20240229"),
        ("20240301\\20240302", -1, "20240229\\20240301"),
        ("20240301101112.5+0100", -60, "20240101101112.5+0100"),
        ("", -1, ""),
        ("summer 2024", -1, "19000101"),
        ("00010101", -1, "19000101"),
    ],
)
def test_dates_move(value: str, days: int, moved: str) -> None:
    assert shifted(value, days) == moved


def test_property_25_nobody_gets_it_unasked_and_it_has_new_identifiers_and_says_what_it_is() -> None:
    ds = make_instance("ct", 1)
    assert Choices().removal is None
    (plain,) = data_sets(remove_nothing(one(ds)))
    assert (plain.PatientName, plain.SOPInstanceUID) == (ds.PatientName, ds.SOPInstanceUID)
    (copy,) = remove(one(ds)).copies
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert copy[keyword].value.startswith("2.25.")
        assert copy[keyword].value != ds[keyword].value
    assert (copy.PatientIdentityRemoved, copy.DeidentificationMethodCodeSequence[0].CodeValue) == ("YES", "113100")


def test_the_copy_says_what_was_done_and_has_a_stand_in_for_the_name() -> None:
    (copy,) = remove(one(make_instance("ct", PatientID=None)), RemovalChoices(pseudonym="Trial 7")).copies
    assert (copy.PatientName, copy.PatientID) == ("Trial 7", "Trial 7")
    assert copy.PatientIdentityRemoved == "YES"
    assert copy.LongitudinalTemporalInformationModified == "REMOVED"
    assert "2026c" in copy.DeidentificationMethod[1]
    (code,) = copy.DeidentificationMethodCodeSequence
    assert (code.CodeValue, code.CodingSchemeDesignator) == ("113100", "DCM")
    assert {vr for _, vr, value in all_elements(copy) if vr in ("DA", "DT", "TM") and value} == set()


def test_of_private_attributes_only_the_factors_to_suv_stay() -> None:
    ds = make_instance("pet")
    philips = ds.private_block(0x7053, "Philips PET Private Group", create=True)
    philips.add_new(0x00, "DS", "0.000123")
    philips.add_new(0x09, "LO", "PLANTED")  # no number
    philips.add_new(0x03, "LO", "PLANTED")
    ds.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "1000")
    (copy,) = remove(one(ds)).copies
    assert [int(e.tag) for e in copy if e.tag.is_private] == [0x70530010, 0x70531000]
    assert float(copy[0x70531000].value) == 0.000123
    assert [c.CodeValue for c in copy.DeidentificationMethodCodeSequence] == ["113100", "113111"]


def test_what_attributes_cannot_answer_for_stays_out_unless_asked_for() -> None:
    note = Dataset()
    note.UnformattedTextValue = "PLANTED"
    kinds = {
        "CT": make_instance("ct"),
        "US": make_instance("us_rgb", series=6),
        "SC": make_instance("multiframe", series=7),
        "YES": make_instance("ct", 2, series=2, BurnedInAnnotation="YES"),
        "SCREEN": make_instance("ct", 3, ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"]),
        "OVERLAY": make_instance("ct", 4),
        "NOTES": make_instance("ct", 5, GraphicAnnotationSequence=[note]),
        "SR": make_instance("dose_report", series=8),
        "PDF": make_instance("pdf", series=9),
    }
    for number, value in ((0x10, 4), (0x11, 4), (0x102, 12)):
        kinds["OVERLAY"].add_new(0x60000000 | number, "US", value)  # in spare bits of the pixels
    files = {path: encode(ds) for path, ds in kinds.items()}
    plan = remove(files).plan
    why = {left.path: left.code for left in plan.left_out}
    assert why == {
        "US": "identity-burned-in", "SC": "identity-burned-in", "YES": "identity-burned-in",
        "SCREEN": "identity-burned-in", "OVERLAY": "identity-burned-in", "NOTES": "identity-report",
        "SR": "identity-report", "PDF": "identity-document",
    }  # fmt: skip
    asked = remove(files, EVERYTHING)
    assert {left.path: left.code for left in asked.plan.left_out} == {"PDF": "identity-document"}
    assert leaks(asked.files) == []
    assert asked.plan.removal is not None and asked.plan.removal.warnings["burned_in"] == 5
    with pytest.raises(ExportError, match="Nothing is left"):
        remove({"PDF": files["PDF"], "US": files["US"]})


def test_a_report_that_is_taken_along_keeps_its_numbers_and_loses_its_texts() -> None:
    ds = make_instance("dose_report")
    text = Dataset()
    text.ValueType, text.TextValue, text.RelationshipType = "TEXT", "PLANTED seen by PLANTED", "CONTAINS"
    ds.ContentSequence.append(text)
    before = [v for t, vr, v in all_elements(ds) if vr == "DS"]
    (copy,) = remove(one(ds), EVERYTHING).copies
    assert copy.ContentSequence[-1].TextValue == "REMOVED"
    assert [v for t, vr, v in all_elements(copy) if vr == "DS"] == before
    assert copy.ConceptNameCodeSequence[0].CodeMeaning == ds.ConceptNameCodeSequence[0].CodeMeaning


def test_heads_and_plain_x_rays_are_warned_of() -> None:
    files = {"A": encode(make_instance("ct", BodyPartExamined="HEAD")), "B": encode(make_instance("mono1", 2))}
    plan = remove(files).plan
    assert plan.removal is not None
    assert plan.removal.warnings == {"faces": 1, "writing": 1}
    assert any("face" in sentence for sentence in plan.changes())


def test_papers_hold_nothing_of_the_source() -> None:
    files = {"Smith_John/IM1": encode(make_instance("ct")), "Smith_John/letter_to_Smith.txt": b"Dear Mr Smith"}
    copied = remove(files, SHIFT)
    assert sorted(p for p in copied.files if not p.startswith("DICOM/")) == [
        "DICOMDIR", "EXPORT.JSN", "INDEX.HTM", "README.TXT", "SHA256SUM.TXT",
    ]  # fmt: skip
    marks = (b"Smith", b"SCANFOLIO^SAMPLE", b"SAMPLE-001", b"Invented", b"20240229", b"2024-02-29", b"19700101",
             str(make_instance("ct").SOPInstanceUID).encode())  # fmt: skip
    assert leaks(copied.files, marks) == []
    record = json.loads(copied.files["EXPORT.JSN"])
    assert record["identity"]["removed"] is True
    assert {i["source_path"] for i in record["instances"]} == {""}
    assert [f["path"] for f in record["left_out"]] == [""]
    assert b"cannot promise" in copied.files["README.TXT"]
    assert not any(word in b"".join(copied.files.values()).lower() for word in (b"anonym",))


def test_a_name_in_an_attribute_that_stays_stops_the_copy_and_leaves_nothing() -> None:
    files = one(make_instance("ct", PatientName="PLANTEDNAME^Jo", PositionReferenceIndicator="near plantedname"))
    with pytest.raises(ExportError) as stopped:
        remove(files)
    assert "Patient's Name" in stopped.value.title
    assert stopped.value.detail == "a value of (0010,0010) in (0020,1040)"
    assert "planted" not in str(stopped.value.as_dict()).lower()


@pytest.mark.parametrize("name", ["Philips^Page", "Head^Copy", "Images^Made", "Layout^File"])
def test_a_name_that_is_an_ordinary_word_stops_nothing(name: str) -> None:
    ds = make_instance("ct", PatientName=name, Manufacturer="Philips", BodyPartExamined="HEAD", PatientID="1024")
    assert remove(one(ds)).verification.ok


def test_a_date_that_falls_on_an_original_one_is_no_leak() -> None:
    secret = Secret(b"known")
    days = secret.days(f"{SAMPLE.patient_id}\0")
    other = shifted("20240229", days)  # an original that is what another one becomes
    files = {
        "A": encode(make_instance("ct", study=1, StudyDate="20240229")),
        "B": encode(make_instance("ct", study=2, StudyDate=other)),
    }
    from scanfolio.export.plan import make_plan
    from scanfolio.export.removal.plan import without_identity
    from scanfolio.export.write import write_folder

    session = Session()
    drive(session.read(MemorySource(files)))
    choices = Choices(removal=SHIFT)
    plan = drive(without_identity(make_plan(session.disc, session.index.entries, Choices()), choices, secret))[0]
    written = drive(write_folder(plan, "", ""))[1]
    assert other in {c.StudyDate for c in data_sets(written)}


@pytest.mark.parametrize(("charset", "raw", "text"), CASES)
def test_names_are_searched_for_in_their_own_bytes_and_in_unicode(charset: str, raw: bytes, text: str) -> None:
    forbidden = Forbidden()
    forbidden.add(0x00100010, b"PN", raw, tuple(charset.split("\\")))
    for found in (raw, text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), text.upper().encode()):
        assert forbidden.find(b"before <" + found + b"> after") != []
    assert forbidden.find(b"nothing of the kind") == []


def test_words_inside_other_words_and_short_ones_are_none() -> None:
    forbidden = Forbidden()
    for name in (b"Mann^Li", b"Kim"):
        forbidden.add(0x00100010, b"PN", name, ())
    assert forbidden.find(b"Hoffmann, Limit, Kimono, Kim") == []
    assert [hit.of for hit in forbidden.find(b"seen by Mann.")] == [0x00100010]


def test_in_pixels_only_long_values_count() -> None:
    pixels = pattern(1)
    raw = bytearray(pixels.tobytes())
    raw[100:104], raw[200:212] = b"MANN", b"MANNSCHAFTEN"
    ds = make_instance("ct", PatientName="MANN^X")
    ds.PixelData = bytes(raw)
    assert remove(one(ds)).verification.ok
    ds.PatientName = "MANNSCHAFTEN^X"
    with pytest.raises(ExportError) as stopped:
        remove(one(ds))
    assert stopped.value.detail == "a value of (0010,0010) in (7FE0,0010)"


def test_reading_back_finds_a_changed_pixel_and_a_returned_name() -> None:
    copied = remove(files_of("clean"))
    (path, *_) = [p for p in copied.files if p.startswith("DICOM/")]
    for change in (lambda d: d[:-1] + bytes([d[-1] ^ 1]), lambda d: d.replace(b"SUBJECT-1", b"SAMPLE-01")):
        files = {**copied.files, path: change(copied.files[path])}
        result = drive(copied.session.verify(MemorySource(files)))[0]
        assert not result.ok
        assert any(d.path == path and "data set" in d.what for d in result.differences)


def test_the_copy_verifies_by_itself_and_is_not_compared_with_a_source() -> None:
    copied = remove(files_of("mixed"), patient_key=EVERYONE)
    from scanfolio.export.verify import verify

    assert drive(verify(MemorySource(copied.files)))[0].ok
    session = Session()
    drive(session.read(MemorySource(files_of("mixed"))))
    with pytest.raises(ExportError, match="cannot be matched"):
        drive(session.verify(MemorySource(copied.files)))


def test_the_next_copy_of_the_same_session_is_an_ordinary_one_again() -> None:
    copied = remove(files_of("clean"))
    session = copied.session
    manifest, files, _ = drive(session.export(Choices(), "folder"))
    result = drive(session.verify(MemorySource(files)))[0]
    assert result.ok and result.compared_with_source and not result.identity_removed
    assert manifest.identity is None
    assert b"SCANFOLIO^SAMPLE" in b"".join(files.values())
    assert "REPORT.TXT" in files


def test_choices_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ExportError, match="most compatible"):
        remove(files_of("clean"), encoding=KEEP_ENCODING)
    with pytest.raises(ExportError, match="one copy"):
        remove(files_of("enhanced_ct"), for_old_software=True)
    for name in ("Müller", "a\\b", "A^B", "x" * 57, " "):
        with pytest.raises(ExportError, match="stand-in"):
            remove(files_of("clean"), RemovalChoices(pseudonym=name))
    with pytest.raises(ExportError):  # the person's own name as a stand-in
        remove(files_of("clean"), RemovalChoices(pseudonym="SAMPLE-001"))


@pytest.mark.parametrize("into", ["folder", "zip"])
def test_the_viewer_goes_along_byte_for_byte_and_nothing_beside_it_is_of_the_person(into: str) -> None:
    ds = make_instance("ct", PatientName="Doctype^Licences")  # words of the viewer's own files
    plant(ds)
    ds.PatientName = "Doctype^Licences"
    copied = remove(one(ds), into=into, viewer=viewer())
    found = {path: data for path, data in copied.files.items() if path.startswith("VIEWER/")}
    assert {path: data for path, data in found.items() if path != "VIEWER/disc.js"} == on_disc()
    beside = {path: data for path, data in copied.files.items() if path == "VIEWER/disc.js" or path not in found}
    assert leaks(beside) == leaks(beside, (b"Doctype^", b"Licences^")) == []
    assert copied.verification.ok, copied.verification.differences
    readme = copied.files["README.TXT"]
    assert b"VIEWER\\" in readme
    assert b"There is no viewer" not in readme
    assert b'href="VIEWER/index.htm"' in copied.files["INDEX.HTM"]
    assert json.loads(copied.files["EXPORT.JSN"])["viewer"] is True


def test_what_stands_in_disc_js_is_searched_like_everything_we_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "disc_js", lambda plan, manifest: b"/* Scanfolio */ PLANTEDNAME")
    with pytest.raises(ExportError) as stopped:
        remove(one(make_instance("ct", PatientName="PLANTEDNAME^Jo")), viewer=viewer())
    assert stopped.value.where == "VIEWER/disc.js"


def test_parts_for_small_media_are_of_one_map_of_identifiers_and_each_is_searched() -> None:
    series = [make_instance("ct", n) for n in range(1, 7)]
    for ds in series:
        plant(ds, nested=False)
    follows = Dataset()
    follows.ReferencedSOPClassUID, follows.ReferencedSOPInstanceUID = series[0].SOPClassUID, series[0].SOPInstanceUID
    series[5].DerivationImageSequence = Sequence([follows])
    session = Session("Disc of PLANTED")
    drive(session.read(MemorySource({f"PLANTED/IM{n}": encode(ds) for n, ds in enumerate(series)})))
    plan = drive(session.plan(Choices(removal=RemovalChoices(), viewer=viewer())))[0]
    largest = max(-(-planned_size(f) // 2048) * 2048 + 4096 for f in plan.files)
    viewer_bytes = viewer().size_in(2048) + 4096 * len(viewer().files)
    parts = divide(plan, PAPERS_BYTES + 512 * len(plan.files) + viewer_bytes + 3 * largest + largest // 2)
    assert [len(part.files) for part in parts] == [3, 3]
    copies = []
    for part in parts:
        _, files, _ = drive(session.write(part, "folder"))
        verification = drive(session.verify(MemorySource(files)))[0]
        assert verification.ok, verification.differences
        assert verification.identity_removed
        assert leaks({p: d for p, d in files.items() if not p.startswith("VIEWER/") or p == "VIEWER/disc.js"}) == []
        record = json.loads(files["EXPORT.JSN"])
        assert [left["path"] for left in record["left_out"] if left["code"] == "other-part"] == [""] * 3
        copies.append((data_sets(files), record))
    (first, first_record), (second, _) = copies
    assert len({c.SeriesInstanceUID for c in (*first, *second)}) == 1
    assert len({c.SOPInstanceUID for c in (*first, *second)}) == 6
    new = {c.SOPInstanceUID for c in first}
    assert [
        c.DerivationImageSequence[0].ReferencedSOPInstanceUID in new for c in second if "DerivationImageSequence" in c
    ] == [True]
    elsewhere = {left["sop_instance_uid"] for left in first_record["left_out"]}
    assert elsewhere == {c.SOPInstanceUID for c in second}


def test_a_leak_in_a_later_part_stops_that_part(monkeypatch: pytest.MonkeyPatch) -> None:
    series = [make_instance("ct", n, PatientName="PLANTEDNAME^Jo") for n in range(1, 5)]
    series[3].PositionReferenceIndicator = "near plantedname"
    session = Session("Disc")
    drive(session.read(MemorySource({f"IM{n}": encode(ds) for n, ds in enumerate(series)})))
    plan = drive(session.plan(Choices(removal=RemovalChoices())))[0]
    largest = max(-(-planned_size(f) // 2048) * 2048 + 4096 for f in plan.files)
    first, second = divide(plan, PAPERS_BYTES + 512 * len(plan.files) + 2 * largest + largest // 2)
    drive(session.write(first, "folder"))
    with pytest.raises(ExportError, match="was still in it"):
        drive(session.write(second, "folder"))


def test_single_images_for_older_systems_are_made_first_and_cleaned_then() -> None:
    ds = enhanced_ct(3)
    plant(ds)
    single = export({"PLANTED/E": encode(ds)}, for_old_software=True)
    assert len(single.images) == 3
    copied = remove(single.images)
    assert leaks(copied.files) == leaks(copied.files, (ds.SOPInstanceUID.encode(),)) == []
    assert copied.verification.ok, copied.verification.differences
    assert len({c.SOPInstanceUID for c in copied.copies}) == 3
    (origin,) = {c.ConversionSourceAttributesSequence[0].ReferencedSOPInstanceUID for c in copied.copies}
    assert origin.startswith("2.25.") and origin != ds.SOPInstanceUID


def test_there_is_no_second_copy_of_what_cannot_be_rewritten() -> None:
    plan = remove(files_of("clean")).plan
    assert second_set(Choices(removal=RemovalChoices()), plan.left_out) is None


def test_the_preview_says_what_goes_and_what_stays_with_examples() -> None:
    plan = remove(one(make_instance("ct", OperatorsName="Planted^Op"))).plan
    assert plan.removal is not None
    rows = {(row["name"], row["outcome"]): row for row in plan.as_dict()["removal"]["rows"]}
    assert rows["Operators' Name", "removed"]["examples"] == ["Planted^Op"]
    assert rows["Patient's Name", "replaced"]["examples"] == ["SCANFOLIO^SAMPLE"]
    assert rows["Patient's Birth Date", "emptied"]["count"] == 1
    assert rows["Modality", "kept"]["examples"] == ["CT"]
    assert {row.outcome for row in plan.removal.preview.rows()} == set(Outcome)


def test_the_table_is_the_one_of_the_standard_as_far_as_is_known_for_sure() -> None:
    """Rows everybody can look up in PS3.15 Table E.1-1."""
    known = {
        0x00100010: "Z", 0x00100020: "Z/D", 0x00100030: "Z", 0x00080090: "Z", 0x00080080: "X/Z/D", 0x00080018: "U",
        0x0020000D: "U", 0x00081030: "X", 0x00080020: "Z", 0x00080021: "X/D", 0x00080023: "Z/D", 0x00081140: "X/Z/U*",
        0x00181000: "X/Z/D", 0x0040A730: "D", 0x00102160: "X", 0x00080050: "Z",
    }  # fmt: skip
    assert {tag: removal.codes()[tag] for tag in known} == known
    assert len(removal.codes()) == 652
    assert removal.edition() == "2026c"


@pytest.mark.parametrize(
    ("code", "actions"),
    [("X", "XXX"), ("Z", "ZZZ"), ("D", "DDD"), ("U", "UUU"), ("Z/D", "DZZ"), ("X/Z", "ZZX"), ("X/D", "DDX"),
     ("X/Z/D", "DZX"), ("X/Z/U*", "UUX")],
)  # fmt: skip
def test_action_by_type(code: str, actions: str) -> None:
    assert "".join(removal.action_for(code, kind) for kind in "123") == actions


def test_disc_is_untouched() -> None:
    files = files_of("clean")
    before = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    copied = remove(files)
    assert isinstance(copied.session.disc, Disc)
    assert {i.patient_id for i in copied.session.disc.instances} == {SAMPLE.patient_id}
    assert {path: hashlib.sha256(data).hexdigest() for path, data in files.items()} == before


__all__ = ["BINARY", "DATE", "re_read", "uid"]
