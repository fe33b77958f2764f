"""Single images for older systems are proved against their source, and what fails costs no other image."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import pydicom
import pytest

from enhanced import enhanced_ct, enhanced_pet
from exports import Exported, MemorySource, drive, effects_of, export, open_files, re_read
from instances import RLE, encode, make_instance
from scanfolio.effects import WriteFile
from scanfolio.errors import ExportError
from scanfolio.export import write
from scanfolio.export.classic import pixels, split
from scanfolio.export.planned import EVERYONE
from scanfolio.export.write import write_folder
from scanfolio.scroll import scroll
from scanfolio.session import Session
from split_exports import plan_of_opened, split_export, two_echoes


def test_the_copy_opens_with_the_same_order_places_and_values() -> None:
    """What our own viewer makes of the copy is what it made of the enhanced image, echo after echo."""
    for source in (enhanced_ct(4), two_echoes(), enhanced_pet(3, 2)):
        before, after = session_of({"A": encode(source)}), session_of(split_export(source).files)
        assert list(chain.from_iterable(seen(before))) == list(chain.from_iterable(seen(after)))
        assert sum(map(len, seen(after))) == source.NumberOfFrames


def session_of(files: Mapping[str, bytes]) -> Session:
    session = Session("")
    drive(session.read(MemorySource(files)))
    return session


def seen(session: Session) -> list[Any]:
    """Of each series as it is shown: place, scale, window and stored values, image by image."""
    found = []
    for patient in session.catalogue()["patients"]:
        for listed in (s for study in patient["studies"] for s in study["series"]):
            rows = []
            for frame in scroll(session._series(listed["key"]), session.index.entries).frames:
                f = frame.facts
                values = session.stored_values(frame.instance.sop_instance_uid, frame.number)
                rows.append([getattr(f, name) for name in SEEN] + [values.tobytes()])
            found.append(rows)
    return found


SEEN = (
    "image_position_mm", "image_orientation", "pixel_spacing_mm", "slice_thickness_mm", "rescale_slope",
    "rescale_intercept", "window_centers", "window_widths", "echo_time_ms", "temporal_position", "kvp",
    "convolution_kernel", "gantry_tilt_degrees",
)  # fmt: skip


def test_a_later_check_against_the_source_needs_no_memory_of_the_writer() -> None:
    exported = split_export(enhanced_ct(3), make_instance("ct", 9, series=2))
    verification = re_read(exported, said=False)
    assert (verification.ok, verification.identical, verification.instances_in) == (True, 4, 4)
    assert re_read(exported, source=False, said=False).ok


def tampered(exported: Exported, change: Any) -> dict[str, bytes]:
    """The copy with its second image changed behind the writer's back; the check sums are put right."""
    path = sorted(p for p in exported.files if p.startswith("DICOM/"))[1]
    ds = pydicom.dcmread(io.BytesIO(exported.files[path]))
    change(ds)
    stream = io.BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    return {**exported.files, path: stream.getvalue()}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda ds: setattr(ds, "ImagePositionPatient", [-16, -16, 4.5]), "ImagePositionPatient is"),
        (lambda ds: setattr(ds, "RescaleIntercept", 0), "RescaleIntercept is"),
        (lambda ds: setattr(ds, "PixelData", ds.PixelData[2:] + b"\0\0"), "it has other pixels"),
        (lambda ds: setattr(ds, "ConvolutionKernel", "B70f"), "(0018,1210) has another value"),
        (lambda ds: delattr(ds, "ManufacturerModelName"), "(0008,1090) is only in the source"),
        (
            lambda ds: setattr(ds.ConversionSourceAttributesSequence[0], "ReferencedFrameNumber", 1),
            "it does not name the frame",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_copy_is_found(change: Any, what: str) -> None:
    exported = split_export(enhanced_ct(3))
    differences = re_read(exported, tampered(exported, change)).differences
    assert any(d.what.startswith(what) for d in differences), differences


def test_a_lost_frame_is_missed() -> None:
    exported = split_export(enhanced_ct(3))
    lost = exported.manifest.instances[1]
    verification = re_read(exported, {p: d for p, d in exported.files.items() if p != lost.file_id}, said=False)
    assert not verification.ok
    assert any(d.what == "is on the source but not in the export" for d in verification.differences) or any(
        d.what == "is missing" for d in verification.differences
    )


# -- what goes wrong


def test_one_frame_that_cannot_be_decoded_costs_its_image_and_nothing_else() -> None:
    packed = bytearray(encode(enhanced_ct(3), RLE))
    at = packed.rfind((2).to_bytes(4, "little") + (64).to_bytes(4, "little"))
    packed[at : at + 4] = (15).to_bytes(4, "little")
    for into in ("folder", "zip"):
        exported = export(
            {"A": bytes(packed), "B": encode(make_instance("ct", 1, series=2))}, into=into, for_old_software=True
        )
        assert [i.source_path for i in exported.manifest.instances] == ["B"]
        assert [(left.path, left.code) for left in exported.manifest.left_out] == [("A", "undecodable")]
        assert [p for p in exported.files if p.startswith("DICOM/")] == [exported.manifest.instances[0].file_id]
        assert re_read(exported).ok


def test_an_image_on_a_scratch_is_left_out_once_and_the_export_goes_on() -> None:
    files = {"A": encode(enhanced_ct(5)), "B": encode(make_instance("ct", 1, series=2))}
    opened = open_files(files, frozenset({"A"}))
    plan = plan_of_opened(opened)
    opened.source.broken = True
    split.forget()
    manifest, _, _ = drive(write_folder(plan, "{}", ""))
    assert [i.source_path for i in manifest.instances] == ["B"]
    assert [(left.path, left.code) for left in manifest.left_out] == [("A", "unreadable")]


def test_a_frame_that_fails_after_others_were_written_ends_the_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what is kept of the frames a second reading can fail; an image must not arrive with a slice missing."""
    monkeypatch.setattr(pixels, "KEPT_BYTES", 0)
    opened = open_files({"A": encode(enhanced_ct(4))}, frozenset({"A"}))
    steps = effects_of(write_folder(plan_of_opened(opened), "{}", ""))
    written = 0
    with pytest.raises(ExportError, match="can no longer be read"):
        for effect in steps:
            written += isinstance(effect, WriteFile) and effect.path.startswith("DICOM/")
            opened.source.broken = written == 2
    assert written == 2


def test_the_copy_is_the_same_however_few_headers_are_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    unlisted = encode(make_instance("dose_report"))
    start = unlisted.find(b"\x40\x00\x30\xa7SQ")  # Content Sequence, whose items go into the record
    unlisted = unlisted[: start + 12] + b"\x01\x02\x03\x04" + unlisted[start + 16 :]
    files = {f"{n}.DCM": encode(make_instance("ct", n, series=2)) for n in (1, 2, 4, 5)}
    files |= {"A": encode(enhanced_ct(5)), "3.DCM": unlisted}
    copies = []
    for ahead in (1, 3, 1000):
        monkeypatch.setattr(write, "READ_AHEAD", ahead)
        exported = export(files, for_old_software=True, patient_key=EVERYONE)
        assert [(left.path, left.code) for left in exported.manifest.left_out] == [("3.DCM", "damaged")]
        assert re_read(exported).ok
        copies.append(exported.files)
    assert copies[0] == copies[1] == copies[2]
    assert len(exported.images) == 9


def test_frames_are_read_piece_by_piece() -> None:
    """Each frame once to check and once to write it at most: never the file as a whole for one frame."""
    files = {"A": encode(enhanced_ct(40))}
    opened = open_files(files)
    plan = plan_of_opened(opened)
    read: list[int] = []
    entry = opened.index.entries[0]
    counted = type(entry)(entry.entry_id, entry.path, entry.size, lambda at, n: read.append(n) or entry.read(at, n))
    plan = replace(plan, files=tuple(replace(f, entry=counted) for f in plan.files))
    drive(write_folder(plan, "{}", ""))
    assert sum(read) < 3 * entry.size
