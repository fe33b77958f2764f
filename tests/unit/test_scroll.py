"""What the page is given of a series: the order of frames, what is said of each, which comes first, their recipes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from enhanced import UPRIGHT, enhanced_mr, nuclear
from exports import MemorySource, drive
from frame_items import frame_items
from instances import JPEG_LS, RLE, encode, make_instance, pattern, uid
from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.session import Session


def session_of(*datasets: Dataset, transfer_syntax: str = "1.2.840.10008.1.2.1") -> Session:
    files = {f"IM{n:04}": encode(ds, transfer_syntax) for n, ds in enumerate(datasets)}
    session = Session()
    drive(session.read(MemorySource(files)))
    return session


def shown(session: Session) -> dict[str, Any]:
    (series,) = [s for p in session.disc.patients for st in p.studies for s in st.series]
    answer = session.series(series.key)
    return {**answer, "items": frame_items(answer)}


def frames_of(answer: dict[str, Any]) -> list[int]:
    return [item["frame"] for item in answer["items"]]


def labels_of(answer: dict[str, Any]) -> list[str]:
    return [item["label"] for item in answer["items"]]


def at(z: float, **values: Any) -> dict[str, Any]:
    return {"ImagePositionPatient": [-16, -16, z], **values}


def test_frames_follow_their_place_not_their_number_in_the_file() -> None:
    answer = shown(
        session_of(enhanced_mr([at(z, DimensionIndexValues=[1, n]) for z, n in ((6, 3), (2, 1), (8, 4), (4, 2))]))
    )
    assert frames_of(answer) == [1, 3, 0, 2]
    assert [item["recipe"]["position_mm"] for item in answer["items"]] == [2.0, 4.0, 6.0, 8.0]
    assert answer["middle"] == 1
    assert labels_of(answer) == [""] * 4


def test_the_dimension_index_says_where_the_stack_begins() -> None:
    answer = shown(session_of(enhanced_mr([at(z, DimensionIndexValues=[1, n]) for z, n in ((2, 3), (4, 2), (6, 1))])))
    assert frames_of(answer) == [2, 1, 0]


def test_each_frame_has_a_recipe_of_its_own() -> None:
    each = [
        at(3.0 * n, RescaleSlope=1 + n, RescaleIntercept=10 * n, RescaleType="US", WindowCenter=100 * (n + 1),
           WindowWidth=200, PixelSpacing=[0.5 + n, 0.5])
        for n in range(3)
    ]  # fmt: skip
    sagittal = {**UPRIGHT, "ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}
    session = session_of(enhanced_mr(each, sagittal))
    recipes = [item["recipe"] for item in shown(session)["items"]]
    assert [(r["slope"], r["intercept"], r["windows"][0]["center"]) for r in recipes] == [
        (1, 0, 100),
        (2, 10, 200),
        (3, 20, 300),
    ]
    assert [r["spacing_mm"]["row"] for r in recipes] == [0.5, 1.5, 2.5]
    assert {tuple(r["letters"].items()) for r in recipes} == {
        (("top", "H"), ("right", "P"), ("bottom", "F"), ("left", "A"))
    }
    (sop,) = {item["sop_instance_uid"] for item in shown(session)["items"]}
    for n, made in enumerate(recipes):
        assert session.frame(sop, n)[0] == made


@pytest.mark.parametrize("syntax", [RLE, JPEG_LS])
def test_compressed_frames_say_the_same(syntax: str) -> None:
    pytest.importorskip("imagecodecs")
    each = [at(3.0 * n, RescaleSlope=1 + n, RescaleIntercept=-5, RescaleType="US") for n in range(3)]
    session = session_of(enhanced_mr(each), transfer_syntax=syntax)
    answer = shown(session)
    assert [item["recipe"] for item in answer["items"]] == [None] * 3
    made, values = session.frame(answer["items"][2]["sop_instance_uid"], answer["items"][2]["frame"])
    assert (made["slope"], made["intercept"], made["position_mm"]) == (3.0, -5.0, 6.0)
    assert np.array_equal(values, pattern(2))


def test_b_values_run_one_after_the_other_and_say_so() -> None:
    each = [
        at(3.0 * p, DimensionIndexValues=[1, p + 1, b + 1], DiffusionBValue=500.0 * b)
        for p in range(5)
        for b in range(3)
    ]
    answer = shown(session_of(enhanced_mr(each)))
    assert frames_of(answer) == [3 * p + b for b in range(3) for p in range(5)]
    assert labels_of(answer) == [f"b = {500 * b} s/mm²" for b in range(3) for _ in range(5)]
    assert answer["middle"] == 7  # the middle slice of the middle run


def test_moments_echoes_and_kinds_say_which() -> None:
    each = [at(3.0 * p, TemporalPositionIndex=t) for t in (1, 2) for p in range(4)]
    assert labels_of(shown(session_of(enhanced_mr(each)))) == ["Moment 1 of 2"] * 4 + ["Moment 2 of 2"] * 4
    each = [at(3.0 * p, EffectiveEchoTime=te) for te in (80.0, 20.0) for p in range(4)]
    assert labels_of(shown(session_of(enhanced_mr(each)))) == ["Echo 1 (20 ms)"] * 4 + ["Echo 2 (80 ms)"] * 4
    each = [
        at(3.0 * p, FrameType=["ORIGINAL", "PRIMARY", "T1", "NONE"], ComplexImageComponent=c)
        for c in ("MAGNITUDE", "PHASE")
        for p in range(4)
    ]
    assert labels_of(shown(session_of(enhanced_mr(each)))) == ["Magnitude"] * 4 + ["Phase"] * 4


def test_directions_of_one_b_value_are_numbered() -> None:
    each = [at(3.0 * p, DiffusionBValue=b, DimensionIndexValues=[p + 1, n + 1])
            for p in range(4) for n, b in enumerate((0.0, 700.0, 700.0))]  # fmt: skip
    assert list(dict.fromkeys(labels_of(shown(session_of(enhanced_mr(each)))))) == [
        "b = 0 s/mm², Run 1 of 3", "b = 700 s/mm², Run 2 of 3", "b = 700 s/mm², Run 3 of 3"
    ]  # fmt: skip


def test_a_volume_cut_into_two_objects_is_one_stack() -> None:
    lower, upper = ([at(3.0 * n) for n in part] for part in (range(4), range(4, 9)))
    answer = shown(session_of(enhanced_mr(upper, number=2), enhanced_mr(lower, number=1)))
    assert [item["recipe"]["position_mm"] for item in answer["items"]] == [3.0 * n for n in range(9)]


def test_three_directions_in_one_object_keep_the_writers_order() -> None:
    directions = ([1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1], [1, 0, 0, 0, 0, -1])
    each = [
        {**at(3.0 * n), "ImageOrientationPatient": direction, "DimensionIndexValues": [stack + 1, n + 1]}
        for n in range(2)
        for stack, direction in enumerate(directions)
    ]
    answer = shown(session_of(enhanced_mr(each, {"PixelSpacing": [1, 1]})))
    assert frames_of(answer) == [0, 3, 1, 4, 2, 5]
    assert [item["recipe"]["letters"]["top"] for item in answer["items"]] == ["A", "A", "H", "H", "H", "H"]


def test_frames_without_groups_stay_in_the_order_of_the_file() -> None:
    answer = shown(session_of(make_instance("multiframe")))
    assert (frames_of(answer), answer["frames_per_second"], answer["middle"]) == ([0, 1, 2, 3], 25.0, 1)


def test_slices_of_nuclear_medicine_have_letters_and_gated_ones_run_beat_by_beat() -> None:
    detector = Dataset()
    detector.ImagePositionPatient, detector.ImageOrientationPatient = [-50, -60, 100], [1, 0, 0, 0, 1, 0]
    ds = nuclear(
        "RECON GATED TOMO", 6, {"TimeSlotVector": [1, 1, 1, 2, 2, 2], "SliceVector": [3, 2, 1, 3, 2, 1]},
        SpacingBetweenSlices=-4.0, DetectorInformationSequence=pydicom.Sequence([detector]),
    )  # fmt: skip
    answer = shown(session_of(ds))
    assert frames_of(answer) == [0, 1, 2, 3, 4, 5]
    assert [item["recipe"]["position_mm"] for item in answer["items"]] == [92.0, 96.0, 100.0] * 2
    assert [item["recipe"]["letters"]["top"] for item in answer["items"]] == ["A"] * 6
    assert labels_of(answer) == ["Time slot 1"] * 3 + ["Time slot 2"] * 3


def test_single_frame_moments_are_labelled_and_begin_in_the_middle_of_a_run() -> None:
    slices = [
        make_instance("ct", 10 * t + p, TemporalPositionIdentifier=t, ImagePositionPatient=[-16, -16, 2.0 * p])
        for t in range(1, 5)
        for p in range(5)
    ]
    answer = shown(session_of(*slices))
    assert labels_of(answer) == [f"Moment {t} of 4" for t in range(1, 5) for _ in range(5)]
    assert answer["middle"] == 7
    assert {item["label"] for item in shown(session_of(*slices[:5]))["items"]} == {""}


def test_slopes_of_pet_differ_from_slice_to_slice() -> None:
    answer = shown(session_of(*(make_instance("pet", n) for n in (1, 2, 3))))
    assert [(i["recipe"]["slope"], i["recipe"]["unit"]) for i in answer["items"]] == [
        (1.5 + n / 8, "Bq/ml") for n in (1, 2, 3)
    ]


def test_a_tilted_gantry_is_said() -> None:
    (first, *_) = shown(session_of(make_instance("ct", 1, GantryDetectorTilt=-12.5)))["items"]
    assert first["recipe"]["tilt_degrees"] == -12.5
    (first, *_) = shown(session_of(make_instance("ct", 1, GantryDetectorTilt=0)))["items"]
    assert first["recipe"]["tilt_degrees"] is None


def test_the_small_picture_is_the_one_seen_first() -> None:
    bright = [np.full((32, 32), 100 * (n + 1), np.uint16) for n in range(5)]
    each = [at(z, WindowCenter=300, WindowWidth=600) for z in (8, 2, 6, 4, 0)]
    ds = enhanced_mr(each)
    ds.PixelData = np.stack(bright).tobytes()
    ds.SOPInstanceUID = uid("bright")
    session = session_of(ds)
    answer = shown(session)
    middle = answer["items"][answer["middle"]]
    assert middle["frame"] == 3
    small = session.thumbnail(answer["key"])
    assert small is not None
    (grey,) = np.unique(session.display_values(middle["sop_instance_uid"], 3))
    assert small.max() == grey == 170


def test_a_damaged_or_absent_group_hides_no_frame() -> None:
    ds = enhanced_mr([at(1.0), {}, at(3.0)])
    assert sorted(frames_of(shown(session_of(ds)))) == [0, 1, 2]


def test_a_file_that_is_gone_keeps_its_frames() -> None:
    session = session_of(enhanced_mr([at(z) for z in (6, 2, 4)]))
    (entry,) = session.index.entries

    def gone(offset: int, length: int) -> bytes:
        raise SourceError("This file could not be read.")

    session.index.entries[0] = replace(entry, read=gone)
    answer = shown(session)
    assert frames_of(answer) == [0, 1, 2]
    with pytest.raises(SourceError):
        session.frame(answer["items"][1]["sop_instance_uid"], 1)


def test_bytes_that_have_to_be_fetched_first_are_asked_for() -> None:
    session = session_of(enhanced_mr([at(z) for z in (6, 2, 4)]))
    (entry,) = session.index.entries

    def not_here(offset: int, length: int) -> bytes:
        raise BytesNotHere(0, offset, length)

    session.index.entries[0] = replace(entry, read=not_here)
    with pytest.raises(BytesNotHere):
        shown(session)
    session.index.entries[0] = entry
    assert frames_of(shown(session)) == [0, 2, 1]
