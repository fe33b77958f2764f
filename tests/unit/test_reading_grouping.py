"""Patients, studies, series: who belongs together, what is split and why, in which order one scrolls."""

from __future__ import annotations

import random
from typing import Any

import pytest

import facts
from scanfolio.model import Series, SopInstance
from scanfolio.reading.grouping import group

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def image(
    number: int, z: float | None = None, orientation: tuple[float, ...] | None = AXIAL, **more: Any
) -> SopInstance:
    position = None
    if z is not None:
        position = {AXIAL: (0.0, 0.0, z), SAGITTAL: (-z, 0.0, 0.0), CORONAL: (0.0, z, 0.0)}[orientation or AXIAL]
    return facts.make_instance(
        number, instance_number=number, image_position_mm=position, image_orientation=orientation, **more
    )


def series_of(instances: list[SopInstance]) -> tuple[Series, ...]:
    shuffled = list(instances)
    random.Random(1).shuffle(shuffled)
    ((study,),) = [p.studies for p in group(shuffled)]
    return study.series


def numbers(series: Series) -> list[int | None]:
    return [i.instance_number for i in series.instances]


def test_slices_are_sorted_by_place_not_by_number() -> None:
    (series,) = series_of([image(1, 0.0), image(5, 2.0), image(3, 4.0), image(9, 6.0)])
    assert (numbers(series), series.sorted_by) == ([1, 5, 3, 9], "geometry")


def test_the_run_starts_where_the_scanner_began_to_number() -> None:
    (series,) = series_of([image(n, 100.0 - 2 * n) for n in range(1, 8)])
    assert (numbers(series), series.sorted_by) == ([1, 2, 3, 4, 5, 6, 7], "geometry")


def test_phases_run_through_the_body_one_after_the_other() -> None:
    images = [
        image(10 * place + phase, 3.0 * place, temporal_position=phase) for place in (1, 2, 3) for phase in (1, 2)
    ]
    (series,) = series_of(images)
    assert numbers(series) == [11, 21, 31, 12, 22, 32]
    assert series.sorted_by == "geometry"


def test_a_doubled_slice_does_not_spoil_the_order() -> None:
    images = [image(n, 2.0 * (30 - n)) for n in range(1, 21)] + [image(90, 40.0)]
    (series,) = series_of(images)
    assert series.sorted_by == "geometry"
    assert numbers(series) == [*range(1, 11), 90, *range(11, 21)]


def test_without_geometry_the_number_decides_then_the_path() -> None:
    (series,) = series_of([image(n, None, None) for n in (3, 1, 2)])
    assert (numbers(series), series.sorted_by) == ([1, 2, 3], "instance_number")
    unnumbered = [
        facts.make_instance(n, instance_number=None, image_position_mm=None, path=f"IM{n}") for n in (2, 3, 1)
    ]
    (series,) = series_of(unnumbered)
    assert ([i.path for i in series.instances], series.sorted_by) == (["IM1", "IM2", "IM3"], "path")


def test_localizers_are_shown_apart() -> None:
    images = [image(n, 2.0 * n) for n in range(1, 5)]
    localizers = [image(n, 0.0, CORONAL, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER")) for n in (90, 91)]
    slices, localizer = sorted(series_of(images + localizers), key=lambda s: -len(s.instances))
    assert numbers(slices) == [1, 2, 3, 4]
    assert sorted(numbers(localizer)) == [90, 91]
    assert "localizer" in slices.split_reason
    assert {slices.key, localizer.key} == {slices.series_instance_uid, slices.series_instance_uid + "#2"}


def test_directions_with_two_images_each_are_stacks() -> None:
    images = [image(n, 2.0 * n) for n in (1, 2, 3)] + [image(n, 2.0 * n, SAGITTAL) for n in (4, 5)]
    parts = series_of(images)
    assert sorted(numbers(part) for part in parts) == [[1, 2, 3], [4, 5]]
    assert all(part.sorted_by == "geometry" and "different directions" in part.split_reason for part in parts)


def test_a_single_stray_direction_splits_nothing() -> None:
    images = [image(n, 2.0 * n) for n in (1, 2, 3)] + [image(4, 2.0, SAGITTAL)]
    (series,) = series_of(images)
    assert (numbers(series), series.split_reason) == ([1, 2, 3, 4], "")


def test_radial_series_stay_whole() -> None:
    images = []
    for n in range(1, 9):
        tilt = (1.0, 0.0, 0.0, 0.0, (1 - (n / 10) ** 2) ** 0.5, n / 10)
        images.append(
            facts.make_instance(n, instance_number=n, image_orientation=tilt, image_position_mm=(0.0, 0.0, 0.0))
        )
    (series,) = series_of(images)
    assert numbers(series) == list(range(1, 9))


def test_rounding_of_the_scanner_is_no_other_direction() -> None:
    images = [image(n, 2.0 * n) for n in (1, 2)]
    images += [
        facts.make_instance(
            n,
            instance_number=n,
            image_orientation=(0.999998, 0.0, 0.002, 0.0, 1.0, 0.0),
            image_position_mm=(0, 0, 2.0 * n),
        )
        for n in (3, 4)
    ]
    (series,) = series_of(images)
    assert (numbers(series), series.sorted_by) == ([1, 2, 3, 4], "geometry")


def test_sizes_split_only_what_lies_in_the_patient() -> None:
    volume = [image(n, 2.0 * n) for n in (1, 2)] + [image(n, 2.0 * n, rows=256, columns=256) for n in (3, 4)]
    assert sorted(numbers(part) for part in series_of(volume)) == [[1, 2], [3, 4]]
    pictures = [image(n, None, None, rows=100 * n) for n in (1, 2, 3)]
    assert len(series_of(pictures)) == 1


def test_documents_are_no_images() -> None:
    images = [image(n, 2.0 * n) for n in (1, 2)]
    report = facts.make_document(7, series=1)
    parts = series_of([*images, report])
    assert sorted((part.shows, len(part.instances)) for part in parts) == [("image", 2), ("report", 1)]
    assert all("something else" in part.split_reason for part in parts)


@pytest.mark.parametrize(
    ("sop_class", "transfer_syntax", "is_image", "shows"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1", True, "image"),
        ("1.2.840.10008.5.1.4.1.1.481.2", "1.2.840.10008.1.2.1", True, "image"),
        ("1.2.840.10008.5.1.4.1.1.66.7", "1.2.840.10008.1.2.1", False, "image"),
        ("1.2.840.10008.5.1.4.1.1.66.8", "1.2.840.10008.1.2.1", False, "image"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.1.2.1", False, "document"),
        ("1.2.840.10008.5.1.4.1.1.88.67", "1.2.840.10008.1.2.1", False, "report"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.1.2.1", False, "other"),
        ("1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.840.10008.1.2.1", False, "waveform"),
        ("1.2.840.10008.5.1.4.1.1.77.1.4.1", "1.2.840.10008.1.2.4.102", True, "video"),
        ("1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.1.2.4.102", True, "video"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.1.2.1", False, "other"),
        ("1.2.3.4.5.6", "1.2.840.10008.1.2.1", True, "image"),
        ("1.2.3.4.5.6", "1.2.840.10008.1.2.1", False, "other"),
    ],
)
def test_what_a_series_shows(sop_class: str, transfer_syntax: str, is_image: bool, shows: str) -> None:
    more = {} if is_image else {"pixel_keyword": ""}
    (series,) = series_of([image(1, sop_class_uid=sop_class, transfer_syntax_uid=transfer_syntax, **more)])
    assert series.shows == shows


def test_patients_are_told_apart_by_id_and_without_one_by_name() -> None:
    people = [
        facts.make_instance(1, patient_id="1", patient_name="A"),
        facts.make_instance(2, patient_id="1", patient_name="B"),
        facts.make_instance(3, patient_id="", patient_name="A", patient_birth_date="19700101"),
        facts.make_instance(4, patient_id="", patient_name="A", patient_birth_date="19800101"),
    ]
    assert [sum(len(se.instances) for st in p.studies for se in st.series) for p in group(people)] == [2, 1, 1]


def test_an_issuer_counts_only_where_two_use_the_same_id() -> None:
    one = [facts.make_instance(1, patient_id="1", issuer_of_patient_id="X"), facts.make_instance(2, patient_id="1")]
    assert len(group(one)) == 1
    assert len(group([*one, facts.make_instance(3, patient_id="1", issuer_of_patient_id="Y")])) == 3


def test_the_same_series_uid_in_two_studies_gets_two_keys() -> None:
    one, other = facts.make_instance(1), facts.make_instance(2, study_instance_uid="1.2.3")
    ((first, second),) = [p.studies for p in group([one, other])]
    assert first.series[0].series_instance_uid == second.series[0].series_instance_uid
    assert first.series[0].key != second.series[0].key


def test_order_of_studies_and_series() -> None:
    instances = [
        facts.make_instance(
            1, study_instance_uid="1.2", study_date="20200202", series_instance_uid="1.2.9", series_number=3
        ),
        facts.make_instance(2, study_instance_uid="1.1", study_date="20190101", series_instance_uid="1.1.1"),
        facts.make_instance(
            3, study_instance_uid="1.2", study_date="20200202", series_instance_uid="1.2.1", series_number=20
        ),
    ]
    ((early, late),) = [p.studies for p in group(instances)]
    assert (early.study_date, late.study_date) == ("20190101", "20200202")
    assert [s.series_number for s in late.series] == [3, 20]
