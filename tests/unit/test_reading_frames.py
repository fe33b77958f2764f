"""Facts of single frames: from functional groups, held to pydicom; nuclear medicine; how fast a film runs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from enhanced import UPRIGHT, enhanced_mr, groups, nuclear
from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, encode, make_instance
from pixel_files import opened
from reading_help import CORPUS
from scanfolio.model import SopInstance
from scanfolio.reading.frames import Frames, frames_of
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import FolderSource

Z = [{"ImagePositionPatient": [-16, -16, 2.5 * n], "InStackPositionNumber": n + 1} for n in range(4)]


def frames(ds: Dataset, transfer_syntax: str = EXPLICIT) -> Frames:
    entry, instance = opened(encode(ds, transfer_syntax))
    return frames_of(entry, instance)


def numbers(value: Any, count: int = 0) -> tuple[float, ...]:
    if value is None or value == "":
        return ()
    found = tuple(float(v) for v in (value if hasattr(value, "__iter__") and not isinstance(value, str) else (value,)))
    return found if not count or len(found) == count else ()


def by_pydicom(ds: Dataset, frame: int) -> dict[str, Any]:
    """What pydicom's data set says of one frame; only what it says."""

    def group(keyword: str) -> Dataset | None:
        per_frame = ds.get("PerFrameFunctionalGroupsSequence") or []
        shared = ds.get("SharedFunctionalGroupsSequence") or []
        for holder in (*per_frame[frame : frame + 1], *shared[:1]):
            if holder.get(keyword):
                item: Dataset = holder[keyword].value[0]
                return item
        return None

    found: dict[str, Any] = {}
    if (measures := group("PixelMeasuresSequence")) and numbers(measures.get("PixelSpacing"), 2):
        found["pixel_spacing_mm"] = numbers(measures.PixelSpacing)
    if position := group("PlanePositionSequence"):
        found["image_position_mm"] = numbers(position.get("ImagePositionPatient"), 3) or None
    if orientation := group("PlaneOrientationSequence"):
        found["image_orientation"] = numbers(orientation.get("ImageOrientationPatient"), 6) or None
    if transform := group("PixelValueTransformationSequence"):
        found["rescale_slope"] = next(iter(numbers(transform.get("RescaleSlope"))), None)
        found["rescale_intercept"] = next(iter(numbers(transform.get("RescaleIntercept"))), None)
        found["rescale_type"] = str(transform.get("RescaleType") or "")
    if voi := group("FrameVOILUTSequence"):
        found["window_centers"] = numbers(voi.get("WindowCenter"))
        found["window_widths"] = numbers(voi.get("WindowWidth"))
    if (echo := group("MREchoSequence")) and echo.get("EffectiveEchoTime") is not None:
        found["echo_time_ms"] = float(echo.EffectiveEchoTime)
    if (diffusion := group("MRDiffusionSequence")) and diffusion.get("DiffusionBValue") is not None:
        found["diffusion_b_value"] = float(diffusion.DiffusionBValue)
    if (content := group("FrameContentSequence")) and content.get("TemporalPositionIndex") is not None:
        found["temporal_position"] = int(content.TemporalPositionIndex)
    return found


def held_to_pydicom(ds: Dataset, table: Frames) -> None:
    for number, facts in enumerate(table.facts):
        expected = by_pydicom(ds, number)
        assert {name: getattr(facts, name) for name in expected} == expected, number


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED])
def test_groups_are_read_as_pydicom_reads_them(syntax: str) -> None:
    each = [
        {**z, "RescaleSlope": 1.5 + n, "RescaleIntercept": -n, "WindowCenter": [40 + n, 50], "WindowWidth": [80, 90],
         "DiffusionBValue": 500.0 * n, "TemporalPositionIndex": n + 1}
        for n, z in enumerate(Z)
    ]  # fmt: skip
    ds = enhanced_mr(each, {**UPRIGHT, "EffectiveEchoTime": 80.0, "RescaleType": "US"})
    table = frames(ds, syntax)
    held_to_pydicom(ds, table)
    assert [f.rescale_slope for f in table.facts] == [1.5, 2.5, 3.5, 4.5]
    assert [f.window_centers for f in table.facts] == [(40.0, 50.0), (41.0, 50.0), (42.0, 50.0), (43.0, 50.0)]
    assert {(f.echo_time_ms, f.pixel_spacing_mm, f.slice_thickness_mm) for f in table.facts} == {
        (80.0, (0.9, 0.8), 3.0)
    }


def test_sequences_of_undefined_length_and_foreign_ones_are_stepped_over() -> None:
    ds = enhanced_mr(Z)
    private = Dataset()
    private.add_new(0x20050010, "LO", "INVENTED")
    private.add_new(0x2005100E, "FL", 1.0)
    for item in ds.PerFrameFunctionalGroupsSequence:
        item.add_new(0x2005140F, "SQ", pydicom.Sequence([private]))
        for element in item:
            element.is_undefined_length = True
            for inner in element.value:
                inner.is_undefined_length_sequence_item = True
        item.is_undefined_length_sequence_item = True
    ds["PerFrameFunctionalGroupsSequence"].is_undefined_length = True
    table = frames(ds)
    assert [f.image_position_mm for f in table.facts] == [(-16.0, -16.0, 2.5 * n) for n in range(4)]


def test_what_is_missing_or_malformed_is_absent_and_nothing_more() -> None:
    odd: list[dict[str, Any]] = [
        {"ImagePositionPatient": [0, 0]}, {}, {"DimensionIndexValues": [1], "StackID": "1"}, {"RescaleSlope": 2}
    ]  # fmt: skip
    ds = enhanced_mr(odd, {})
    table = frames(ds)
    assert [f.image_position_mm for f in table.facts] == [None] * 4
    assert [f.rescale_slope for f in table.facts] == [None, None, None, 2.0]
    assert [f.instance_number for f in table.facts] == [1, 2, 3, 4]
    del ds.PerFrameFunctionalGroupsSequence[2:]
    assert len(frames(ds).facts) == 4
    del ds.PerFrameFunctionalGroupsSequence
    assert len(frames(ds).facts) == 4


def test_a_header_cut_inside_the_groups_keeps_the_frames_before() -> None:
    data = encode(enhanced_mr(Z))
    entry, instance = opened(data)
    at = data.rindex(bytes.fromhex("20001391"))  # Plane Position of the last frame
    cut = type(entry)(0, "IMAGE", at + 20, lambda offset, length: data[offset : min(offset + length, at + 20)])
    table = frames_of(cut, instance)
    assert [f.image_position_mm for f in table.facts[:3]] == [(-16.0, -16.0, 2.5 * n) for n in range(3)]
    assert len(table.facts) == 4


def test_dimension_indices_are_the_numbers() -> None:
    each = [{**Z[n], "DimensionIndexValues": [1, index]} for n, index in enumerate((4, 2, 3, 1))]
    assert [f.instance_number for f in frames(enhanced_mr(each)).facts] == [4, 2, 3, 1]
    each = [{**Z[n], "DimensionIndexValues": [1, 1]} for n in range(4)]
    assert [f.instance_number for f in frames(enhanced_mr(each)).facts] == [1, 2, 3, 4]


def test_frame_types_name_the_kind_of_picture() -> None:
    each = [{**Z[n], "FrameType": ["ORIGINAL", "PRIMARY", "T2", "NONE"], "ComplexImageComponent": c}
            for n, c in enumerate(("MAGNITUDE", "PHASE", "REAL", ""))]  # fmt: skip
    assert [f.image_type[4:] for f in frames(enhanced_mr(each)).facts] == [("MAGNITUDE",), ("PHASE",), ("REAL",), ()]


def test_segments_give_labels_in_their_own_letters() -> None:
    ds = enhanced_mr(Z[:2])
    segments = []
    for number, label in ((1, "Leber"), (2, "Gehörgang")):
        segment = Dataset()
        segment.SegmentNumber, segment.SegmentLabel = number, label
        segments.append(segment)
    ds.SegmentSequence = pydicom.Sequence(segments)
    for number, item in zip((2, 1), ds.PerFrameFunctionalGroupsSequence, strict=True):
        which = Dataset()
        which.ReferencedSegmentNumber = number
        item.SegmentIdentificationSequence = pydicom.Sequence([which])
    assert frames(ds).labels == ((("segment", {"text": "Gehörgang"}),), (("segment", {"text": "Leber"}),))


# -- nuclear medicine


def detector(**values: Any) -> pydicom.Sequence:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return pydicom.Sequence([item])


UPRIGHT_DETECTOR: dict[str, Any] = {
    "ImagePositionPatient": [-50, -60, 100],
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
}


@pytest.mark.parametrize(("spacing", "last"), [(4.0, 112.0), (-4.0, 88.0)])
def test_reconstructed_slices_lie_behind_or_before_the_first(spacing: float, last: float) -> None:
    ds = nuclear(
        "RECON TOMO", 4, {"SliceVector": [1, 2, 3, 4]}, SpacingBetweenSlices=spacing,
        DetectorInformationSequence=detector(**UPRIGHT_DETECTOR),
    )  # fmt: skip
    table = frames(ds)
    assert table.facts[0].image_position_mm == (-50.0, -60.0, 100.0)
    assert table.facts[3].image_position_mm == (-50.0, -60.0, last)
    assert {f.image_orientation for f in table.facts} == {(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)}


@pytest.mark.parametrize(
    "lacking",
    [
        {"SpacingBetweenSlices": 4.0},
        {"DetectorInformationSequence": detector(ImagePositionPatient=[0, 0, 0])},
        {"DetectorInformationSequence": detector(**UPRIGHT_DETECTOR)},
    ],
    ids=["no detector", "no direction", "no spacing"],
)  # fmt: skip
def test_geometry_only_where_the_standard_gives_it(lacking: dict[str, Any]) -> None:
    table = frames(nuclear("RECON TOMO", 2, {"SliceVector": [1, 2]}, **lacking))
    assert [(f.image_position_mm, f.image_orientation) for f in table.facts] == [(None, None)] * 2


def test_frames_of_several_windows_and_detectors_say_which() -> None:
    windows = []
    for name in ("Tc99m", ""):
        window = Dataset()
        window.EnergyWindowName = name
        windows.append(window)
    ds = nuclear("STATIC", 4, {"EnergyWindowVector": [1, 1, 2, 2], "DetectorVector": [1, 2, 1, 2]},
                 EnergyWindowInformationSequence=pydicom.Sequence(windows))  # fmt: skip
    assert frames(ds).labels == (
        (("text", {"text": "Tc99m"}), ("detector", {"n": 1})),
        (("text", {"text": "Tc99m"}), ("detector", {"n": 2})),
        (("energy_window", {"n": 2}), ("detector", {"n": 1})),
        (("energy_window", {"n": 2}), ("detector", {"n": 2})),
    )
    assert frames(nuclear("STATIC", 2, {"DetectorVector": [1]})).labels == ((), ())


# -- films


@pytest.mark.parametrize(
    ("values", "rate"),
    [
        ({"FrameTime": 40}, 25.0),
        ({"FrameTime": None, "FrameTimeVector": [0, 50, 50, 100]}, 20.0),
        ({"FrameTime": 40, "CineRate": 15}, 15.0),
        ({"FrameTime": 40, "CineRate": 15, "RecommendedDisplayFrameRate": 8}, 8.0),
        ({"FrameTime": 0}, None),
        ({"FrameTime": 60000}, None),
        ({"FrameTime": None}, None),
        ({"FrameTime": 1}, 120.0),
    ],
)
def test_the_speed_of_a_film(values: dict[str, Any], rate: float | None) -> None:
    assert frames(make_instance("multiframe", **values)).frames_per_second == rate


# -- real files


def enhanced_files() -> Iterator[tuple[Any, SopInstance]]:
    index = DiscIndex()
    for _ in read_all(index, FolderSource(str(CORPUS))):
        pass
    for instance in index.instances:
        if instance.has_functional_groups and instance.number_of_frames < 5000:
            yield index.entries[instance.entry_id], instance


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the repository")
def test_real_files_are_read_as_pydicom_reads_them() -> None:
    compared = 0
    for entry, instance in enhanced_files():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = pydicom.dcmread(CORPUS / entry.path, stop_before_pixels=True, force=True)
            table = frames_of(entry, instance)
            held_to_pydicom(ds, table)
            compared += len(table.facts)
    assert compared > 1500


def test_the_groups_helper_makes_one_item_per_macro() -> None:
    item = groups({"PixelSpacing": [1, 1], "SliceThickness": 2, "StackID": "1"})
    assert [e.keyword for e in item] == ["FrameContentSequence", "PixelMeasuresSequence"]
