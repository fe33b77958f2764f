"""Which images are shown apart, what the parts are called and why; and that none is lost."""

from __future__ import annotations

import random
from typing import Any

import pytest

import facts
from scanfolio.model import Series, SopInstance
from scanfolio.reading.grouping import group

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
OBLIQUE = (0.0, 0.9397, -0.342, 0.0, -0.342, -0.9397)
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
XA = "1.2.840.10008.5.1.4.1.1.12.1"
PLACES = range(1, 6)


def at(number: int, z: float, **more: Any) -> SopInstance:
    return facts.make_instance(number, **{"image_position_mm": (0.0, 0.0, z), "image_orientation": AXIAL, **more})


def parts_of(images: list[SopInstance]) -> dict[str, list[int | None]]:
    """{name of the part: instance numbers in their order}; whatever the order of the files, each is there once."""
    series = series_of(images)
    assert sorted(i.entry_id for s in series for i in s.instances) == sorted(i.entry_id for i in images)
    assert len({s.key for s in series}) == len(series)
    return {s.part: [i.instance_number for i in s.instances] for s in series}


def series_of(images: list[SopInstance]) -> tuple[Series, ...]:
    shuffled = list(images)
    random.Random(7).shuffle(shuffled)
    ((study,),) = [p.studies for p in group(shuffled)]
    return study.series


def interleaved(values: list[dict[str, Any]], places: range = PLACES) -> list[SopInstance]:
    """At each place one image for each of `values`, numbered place by place."""
    return [
        at(len(values) * (place - 1) + n, 3.0 * place, **value) for place in places for n, value in enumerate(values, 1)
    ]


def image_type(*words: str) -> dict[str, Any]:
    return {"image_type": ("ORIGINAL", "PRIMARY", *words)}


@pytest.mark.parametrize(
    ("values", "names", "reason"),
    [
        ([{"echo_number": n, "echo_time_ms": 40.0 * n} for n in (1, 2)], ["Echo 1 (40 ms)", "Echo 2 (80 ms)"], "echo"),
        ([{"echo_number": 1, "echo_time_ms": t} for t in (4.6, 2.3)], ["Echo 2 (4.6 ms)", "Echo 1 (2.3 ms)"], "echo"),
        ([{"echo_number": n} for n in (1, 2)], ["Echo 1", "Echo 2"], "echo"),
        ([{"inversion_time_ms": t} for t in (50.0, 2500.0)], ["Inversion time 50 ms", "Inversion time 2500 ms"],
         "waiting times"),
        ([{"diffusion_b_value": b} for b in (0.0, 1000.0)], ["b = 0 s/mm²", "b = 1000 s/mm²"], "diffusion"),
        ([{"kvp": 80.0}, {"kvp": 140.0}], ["80 kV", "140 kV"], "X-rays of several"),
        ([{"convolution_kernel": k} for k in ("B30f", "B60f")], ["Filter B30f", "Filter B60f"], "sharpness"),
        ([image_type("M", "ND"), image_type("P", "ND")], ["Magnitude", "Phase"], "kinds of picture"),
        ([image_type("M_FFE", "R"), image_type("M_FFE", "I")], ["Real part", "Imaginary part"], "kinds of picture"),
        ([image_type("DIXON", w) for w in ("WATER", "FAT", "IN_PHASE", "OPP_PHASE")],
         ["Water", "Fat", "In phase", "Out of phase"], "kinds of picture"),
        ([image_type("AXIAL"), image_type("AXIAL", "CT_SOM7 SPI DUAL", "VNC")], ["The other images",
         "CT_SOM7 SPI DUAL VNC"], "kinds of picture"),
    ],
)  # fmt: skip
def test_pictures_of_the_same_places_are_shown_apart(
    values: list[dict[str, Any]], names: list[str], reason: str
) -> None:
    images = interleaved(values)
    expected = {name: [n + len(values) * (p - 1) for p in PLACES] for n, name in enumerate(names, 1)}
    assert parts_of(images) == expected
    assert all(reason in s.split_reason and s.sorted_by == "geometry" for s in series_of(images))


def test_the_earlier_echo_comes_first_in_the_list() -> None:
    late_first = interleaved([{"echo_time_ms": 80.0}, {"echo_time_ms": 20.0}])
    assert [s.part for s in series_of(late_first)] == ["Echo 1 (20 ms)", "Echo 2 (80 ms)"]


def test_two_differences_give_parts_of_parts_with_both_names() -> None:
    values = [{"echo_number": n, "echo_time_ms": 5.0 * n, **image_type(kind)} for n in (1, 2) for kind in ("M", "P")]
    assert list(parts_of(interleaved(values))) == [
        "Echo 1 (5 ms), Magnitude", "Echo 1 (5 ms), Phase", "Echo 2 (10 ms), Magnitude", "Echo 2 (10 ms), Phase"
    ]  # fmt: skip


def test_many_directions_of_one_b_value_stay_together() -> None:
    values = [{"diffusion_b_value": 0.0}, *[{"diffusion_b_value": 1000.0}] * 6]
    still, moving = series_of(interleaved(values))
    assert (still.part, len(still.instances), still.runs) == ("b = 0 s/mm²", 5, ())
    assert (moving.part, len(moving.instances), len(moving.runs)) == ("b = 1000 s/mm²", 30, 6)


def test_an_incomplete_echo_is_still_an_echo() -> None:
    images = interleaved([{"echo_number": 1}, {"echo_number": 2}], range(1, 11))
    del images[-1]
    assert {name: len(numbers) for name, numbers in parts_of(images).items()} == {"Echo 1": 10, "Echo 2": 9}


@pytest.mark.parametrize(
    "images",
    [
        [at(n, 3.0 * n, convolution_kernel="B30f" if n < 6 else "B60f") for n in range(1, 11)],
        [at(n, 3.0 * n, echo_time_ms=2.0 + n / 100) for n in range(1, 11)],
        [at(n, 3.0 * n) for n in range(1, 11)] + [at(11, 3.0, **image_type("MIP"))],
        interleaved([{"echo_time_ms": float(n)} for n in range(1, 13)]),
        [at(n, 3.0, inversion_time_ms=100.0 * n) for n in range(1, 9)],
        [at(n, 3.0 * (n % 5), image_type=("DERIVED" if n > 5 else "ORIGINAL", "PRIMARY", "AXIAL")) for n in range(10)],
    ],
    ids=["filters of two regions", "echo time per slice", "one stray", "twelve echoes", "one place", "copies"],
)
def test_what_is_not_clearly_two_stacks_stays_whole(images: list[SopInstance]) -> None:
    assert list(parts_of(images)) == [""]


def test_films_of_one_place_are_apart_by_kind() -> None:
    flow = [
        at(2 * n + k, 30.0, trigger_time_ms=25.0 * n, **image_type(w))
        for n in range(20)
        for k, w in ((1, "M"), (2, "P"))
    ]
    magnitude, phase = series_of(flow)
    assert (magnitude.part, phase.part) == ("Magnitude", "Phase")
    assert [i.trigger_time_ms for i in phase.instances] == [25.0 * n for n in range(20)]


def test_screen_pictures_and_dose_screens_stand_beside_the_slices() -> None:
    slices = [at(n, 2.0 * n) for n in range(1, 9)]
    nowhere = {"image_position_mm": None, "image_orientation": None}
    capture = facts.make_instance(90, sop_class_uid=CAPTURE, rows=600, columns=800, **nowhere)
    dose = facts.make_instance(91, rows=512, columns=512, samples_per_pixel=3, **nowhere)
    assert parts_of([*slices, capture, dose]) == {"": list(range(1, 9)), "Screen pictures": [90, 91]}
    assert {s.sorted_by for s in series_of([*slices, capture, dose]) if not s.part} == {"geometry"}
    lost = facts.make_instance(9, **nowhere)  # a slice that lost its place is no screenshot
    assert parts_of([*slices, lost]) == {"": list(range(1, 10))}


def test_a_series_of_screenshots_stays_one() -> None:
    nowhere = {"image_position_mm": None, "image_orientation": None}
    pictures = [facts.make_instance(n, sop_class_uid=CAPTURE, rows=100 + n, **nowhere) for n in range(1, 5)]
    assert parts_of(pictures) == {"": [1, 2, 3, 4]}


def test_each_recording_is_shown_by_itself() -> None:
    nowhere: dict[str, Any] = {"image_position_mm": None, "image_orientation": None, "sop_class_uid": XA}
    films = [facts.make_instance(n, number_of_frames=20 + n, **nowhere) for n in (3, 1)]
    single = [facts.make_instance(n, **nowhere) for n in (2, 4)]
    assert parts_of(films + single) == {"Single pictures": [2, 4], "Sequence 1": [1], "Sequence 2": [3]}
    assert parts_of(films[:1]) == {"": [3]}
    volume = [facts.make_instance(n, number_of_frames=30, has_functional_groups=True) for n in (1, 2, 3)]
    assert parts_of(volume) == {"": [1, 2, 3]}


def test_stacks_beside_each_other_are_apart() -> None:
    left = [at(n, 4.0 * n, image_position_mm=(80.0, 0.0, 4.0 * n)) for n in range(1, 6)]
    right = [at(n + 10, 4.0 * n, image_position_mm=(-120.0, 0.0, 4.0 * n)) for n in range(1, 6)]
    assert parts_of(left + right) == {"Stack 1": [11, 12, 13, 14, 15], "Stack 2": [1, 2, 3, 4, 5]}


def test_stacks_of_one_plane_are_numbered() -> None:
    def disc_of_a_spine(first: int, lean: float) -> list[SopInstance]:
        direction = (1.0, 0.0, 0.0, 0.0, (1 - lean * lean) ** 0.5, lean)
        return [
            facts.make_instance(first + n, image_orientation=direction, image_position_mm=(0.0, 0.0, 40 * lean + 3 * n))
            for n in range(4)
        ]

    sagittal = [
        facts.make_instance(n, image_orientation=(0, 1, 0, 0, 0, -1), image_position_mm=(3.0 * n, 0, 0))
        for n in (41, 42)
    ]
    names = list(parts_of([*disc_of_a_spine(1, 0.05), *disc_of_a_spine(11, 0.2), *sagittal]))
    assert sorted(names) == ["Axial 1", "Axial 2", "Sagittal"]


def test_a_broken_image_type_or_kernel_never_loses_an_image() -> None:
    odd = [{"image_type": ()}, {"image_type": ("", "", "")}, {"convolution_kernel": "", "image_type": ("M",)}]
    assert sum(len(numbers) for numbers in parts_of(interleaved(odd)).values()) == 15
