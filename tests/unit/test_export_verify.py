"""Reading back: any byte that is not as it should be is found and named."""

from __future__ import annotations

import hashlib

import pytest

from discs import files_of
from exports import Exported, export, open_files, re_read
from instances import IMPLICIT, RLE, encode, make_instance
from scanfolio.export.papers import NOT_READY, NOT_READY_TEXT
from scanfolio.export.verification import Verification


def image_of(exported: Exported) -> str:
    return next(path for path in exported.files if path.startswith("DICOM/"))


def changed(exported: Exported, path: str, data: bytes | None, *, resum: bool = False) -> dict[str, bytes]:
    """The export with one file changed (or gone), its check sum put right if `resum`."""
    files = {p: d for p, d in exported.files.items() if p != path}
    if data is not None:
        files[path] = data
    if resum and data is not None:
        old, new = (hashlib.sha256(d).hexdigest() for d in (exported.files[path], data))
        files["SHA256SUM.TXT"] = files["SHA256SUM.TXT"].replace(old.encode(), new.encode())
    return files


def found(verification: Verification) -> str:
    assert not verification.ok
    return "; ".join(f"{d.path}: {d.what}" for d in verification.differences)


def test_the_sentence_of_a_good_export() -> None:
    exported = export(files_of("clean"))
    verification = re_read(exported)
    assert verification.sentence() == "3 of 3 images re-read and identical"
    assert verification.verdict == "A"
    assert verification.as_dict()["ok"] is True


def test_identifiers_of_a_copy_and_its_directory_are_the_texts_the_source_has() -> None:
    """Of 70,000 images they would take 20 MB more, while both are compared."""
    exported = export(files_of("clean"))
    copy = open_files(exported.files).disc
    known = {id(i.sop_instance_uid) for i in exported.opened.disc.instances}
    assert {id(i.sop_instance_uid) for i in copy.instances} == known
    series = [r for patient in copy.dicomdirs[0].roots for study in patient.children for r in study.children]
    records = [record for one in series for record in one.children]
    assert {id(record.sop_instance_uid) for record in records} == known
    assert len({id(record.absent) for record in records}) == 1, "what they lack is said once"


def test_large_numbers_are_grouped() -> None:
    assert Verification(1843, 1843, 1843, 1850, True, ()).sentence() == "1,843 of 1,843 images re-read and identical"


def test_a_changed_pixel_is_found() -> None:
    exported = export(files_of("clean"))
    path = image_of(exported)
    data = bytearray(exported.files[path])
    data[-5] ^= 1
    assert "check sum" in found(re_read(exported, changed(exported, path, bytes(data))))


def test_a_changed_pixel_is_found_against_the_source_even_with_a_right_check_sum() -> None:
    for files in (
        files_of("clean"),
        {"A": encode(make_instance("ct", 1), IMPLICIT)},
        {"A": encode(make_instance("ct", 1), RLE)},
    ):
        exported = export(files)
        path = image_of(exported)
        data = bytearray(exported.files[path])
        data[-5] ^= 1
        verification = re_read(exported, changed(exported, path, bytes(data), resum=True), said=False)
        assert path in found(verification)
        assert verification.identical == verification.instances_in - 1


def test_a_changed_element_of_a_re_encoded_file_is_named() -> None:
    exported = export({"A": encode(make_instance("ct", 1), IMPLICIT)})
    path = image_of(exported)
    data = exported.files[path].replace(b"CHEST", b"CHEAT").replace(b"Invented hospital", b"Another  hospital")
    text = found(re_read(exported, changed(exported, path, data, resum=True), said=False))
    assert "(0008,0080) has another value" in text


@pytest.mark.parametrize("path", ["README.TXT", "EXPORT.JSN", "DICOMDIR", "DICOM/PT000000/ST000000/SE000000/IM000001"])
def test_a_missing_file_is_found(path: str) -> None:
    exported = export(files_of("clean"))
    assert f"{path}: is missing" in found(re_read(exported, changed(exported, path, None), said=path != "EXPORT.JSN"))


def test_a_file_too_many_is_found() -> None:
    exported = export(files_of("clean"))
    assert "X.TXT: is not in the list" in found(re_read(exported, {**exported.files, "X.TXT": b"x"}))


def test_without_its_source_the_export_is_checked_against_itself() -> None:
    exported = export(files_of("mixed"))
    verification = re_read(exported, source=False, said=False)
    assert verification.ok
    assert not verification.compared_with_source
    assert verification.instances_in == 10


def test_an_image_missing_from_an_exported_series_is_found_later() -> None:
    whole = export(files_of("clean"))
    files = files_of("clean")
    part = export({p: d for p, d in files.items() if not p.endswith("IM000002")})
    part.opened = whole.opened
    assert "is on the source but not in the export" in found(re_read(part, said=False))


def test_left_out_with_a_reason_is_no_difference_later() -> None:
    exported = export(files_of("truncated"))
    verification = re_read(exported, said=False)
    assert verification.ok
    assert verification.left_out == 1


def test_a_folder_nobody_found_identical_says_so() -> None:
    exported = export(files_of("clean"))
    marked = {NOT_READY: NOT_READY_TEXT, **exported.files}
    assert re_read(exported, marked).ok  # the one who wrote it is just looking
    later = re_read(exported, marked, said=False)
    assert [(d.path, d.what.split(" that ")[0]) for d in later.differences] == [(NOT_READY, "says")]


def test_a_damaged_record_of_the_export_is_a_difference() -> None:
    exported = export(files_of("clean"))
    assert "EXPORT.JSN: is damaged" in found(re_read(exported, changed(exported, "EXPORT.JSN", b"[1]"), said=False))


def test_a_file_cut_while_writing_is_found() -> None:
    exported = export(files_of("clean"))
    path = image_of(exported)
    text = found(re_read(exported, changed(exported, path, exported.files[path][:-100])))
    assert path in text


def test_inherited_problems_are_named_but_are_no_difference() -> None:
    verification = re_read(export(files_of("no_modality")))
    assert verification.ok
    assert verification.inherited == ("A01", "A05")
