"""The order of scrolling: along the normal, moment by moment, beat by beat; and the facts of a stack."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

import facts
from scanfolio.model import Series, SopInstance, Stack
from scanfolio.reading.grouping import group

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def at(number: int | None, z: float, **more: Any) -> SopInstance:
    more = {"image_position_mm": (0.0, 0.0, z), "image_orientation": AXIAL, "instance_number": number, **more}
    return facts.make_instance(more.pop("id", number or 0), **more)


def only(images: list[SopInstance]) -> Series:
    shuffled = list(images)
    random.Random(3).shuffle(shuffled)
    ((study,),) = [p.studies for p in group(shuffled)]
    (series,) = study.series
    assert sorted(i.entry_id for i in series.instances) == sorted(i.entry_id for i in images)
    return series


def numbers(series: Series) -> list[int | None]:
    return [i.instance_number for i in series.instances]


@pytest.mark.parametrize("direction", [1, -1], ids=["ascending", "descending"])
@pytest.mark.parametrize(
    "orientation",
    [
        (0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
        (1.0, 0.0, 0.0, 0.0, 0.0, -1.0),
        (0.9659, 0.2588, 0.0, 0.0, 0.0, -1.0),
        (0.8660, 0.4330, -0.2500, 0.0, 0.5000, 0.8660),
    ],
    ids=["sagittal", "coronal", "oblique coronal", "double oblique"],
)
def test_stacks_in_any_direction_follow_their_normal(orientation: tuple[float, ...], direction: int) -> None:
    r, c = orientation[:3], orientation[3:]
    normal = (r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0])
    images = [
        at(
            n,
            0.0,
            image_orientation=orientation,
            image_position_mm=tuple(7.0 + direction * 3.3 * n * v for v in normal),
        )
        for n in range(1, 12)
    ]
    series = only(images)
    assert (numbers(series), series.sorted_by) == (list(range(1, 12)), "geometry")
    assert series.stack is not None
    assert series.stack.spacing_mm == pytest.approx(3.3, abs=1e-3)
    assert (series.stack.tilt_degrees, series.stack.even, series.stack.places) == (0.0, True, 11)


def test_a_tilted_gantry_has_two_spacings() -> None:
    tilt = math.radians(20)
    leaning = (1.0, 0.0, 0.0, 0.0, math.cos(tilt), -math.sin(tilt))
    images = [at(n, 5.0 * n, image_orientation=leaning, gantry_tilt_degrees=20.0) for n in range(1, 9)]
    series = only(images)
    assert (numbers(series), series.sorted_by) == (list(range(1, 9)), "geometry")
    stack = series.stack
    assert stack is not None
    assert stack.spacing_mm == pytest.approx(5 * math.cos(tilt))
    assert stack.table_step_mm == pytest.approx(5.0)
    assert stack.tilt_degrees == pytest.approx(20.0)
    assert stack.even


def test_gaps_doubles_and_uneven_spacing_are_carried() -> None:
    gap = only([at(n, 2.0 * n) for n in range(1, 21) if n not in (7, 8)]).stack
    assert gap == Stack(18, 2.0, 2.0, 0.0, even=False, wide_gaps=1, doubled=0)
    double = only([at(n, 2.0 * n) for n in range(1, 21)] + [at(99, 20.0)]).stack
    assert double == Stack(20, 2.0, 2.0, 0.0, even=True, wide_gaps=0, doubled=1)
    uneven = only([at(n, z) for n, z in enumerate((0.0, 2.0, 4.5, 6.0, 8.5, 10.0), 1)]).stack
    assert uneven is not None
    assert (uneven.even, uneven.wide_gaps) == (False, 0)


def test_roundings_of_a_scanner_are_one_place() -> None:
    images = [at(10 * n + phase, 5.0 * n + 0.03 * phase, temporal_position=phase) for n in range(6) for phase in (1, 2)]
    series = only(images)
    assert numbers(series) == [10 * n + phase for phase in (1, 2) for n in range(6)]
    thin = only([at(n, 0.1 * n) for n in range(1, 9)])
    assert thin.stack is not None
    assert thin.stack.places == 8


@pytest.mark.parametrize(
    "moment",
    [
        lambda m, p: {"temporal_position": m},
        lambda m, p: {"acquisition_number": m},
        lambda m, p: {"trigger_time_ms": 40.0 * m},
        lambda m, p: {"acquisition_time": f"1015{m:02}.{p:06}"},
        lambda m, p: {"content_time": f"1015{m:02}.{p:06}"},
        lambda m, p: {},
    ],
    ids=["temporal position", "acquisition number", "trigger time", "acquisition time", "content time", "number alone"],
)
def test_a_moment_runs_through_the_body_before_the_next(moment: Any) -> None:
    images = [at(10 * m + p, 3.0 * p, **moment(m, p)) for m in range(1, 5) for p in range(6)]
    series = only(images)
    assert numbers(series) == [10 * m + p for m in range(1, 5) for p in range(6)]
    assert (series.runs, series.sorted_by) == ((0, 6, 12, 18), "geometry")
    assert "4 times" in series.order_note
    assert series.split_reason == ""


def test_times_order_what_the_numbers_do_not() -> None:
    images = [
        at(None, 3.0 * p, id=10 * m + p, acquisition_time=f"1015{m:02}", path=f"IM{99 - 10 * m - p}")
        for m in range(1, 4)
        for p in range(5)
    ]
    assert [(i.acquisition_time, i.image_position_mm) for i in only(images).instances] == [
        (f"1015{m:02}", (0.0, 0.0, 3.0 * p)) for m in range(1, 4) for p in range(5)
    ]


def test_a_lost_slice_of_one_moment_moves_no_other() -> None:
    images = [at(10 * m + p, 3.0 * p, temporal_position=m) for m in range(1, 5) for p in range(6)]
    series = only([i for i in images if i.instance_number != 22])
    assert numbers(series) == [n for n in (10 * m + p for m in range(1, 5) for p in range(6)) if n != 22]
    assert series.runs == (0, 6, 11, 17)


def test_a_scan_that_was_stopped_early_keeps_its_order() -> None:
    images = [at(10 * m + p, 3.0 * p, temporal_position=m) for m in range(1, 9) for p in range(6)]
    series = only(images[:-4])
    assert numbers(series) == [10 * m + p for m in range(1, 9) for p in range(6)][:-4]


def test_a_beating_heart_beats_at_each_place() -> None:
    images = [at(20 * p + m, 8.0 * p, trigger_time_ms=30.0 * m + p) for p in range(4) for m in range(1, 21)]
    series = only(images)
    assert numbers(series) == sorted(numbers(series), key=lambda n: n or 0)
    assert (series.runs, series.runs_are) == ((0, 20, 40, 60), "place")
    assert "4 places" in series.order_note


def test_one_slice_through_time() -> None:
    by_time = [at(None, 8.0, id=n, trigger_time_ms=(7 * n) % 20 * 30.0) for n in range(20)]
    series = only(by_time)
    assert ([i.trigger_time_ms for i in series.instances], series.sorted_by) == ([30.0 * n for n in range(20)], "time")
    over_midnight = [at(1, 8.0, content_date="20260303", acquisition_time="235959"),
                     at(2, 8.0, content_date="20260304", acquisition_time="000001")]  # fmt: skip
    assert numbers(only(over_midnight)) == [1, 2]
    same = [at(n, 8.0, acquisition_time="101500") for n in range(1, 9)]
    assert (numbers(only(same)), only(same).sorted_by) == (list(range(1, 9)), "instance_number")


def test_absurd_positions_break_nothing() -> None:
    far = [at(1, 1e200), at(2, -1e200), at(3, 1e308), at(4, -1e308)]
    assert sorted(numbers(only(far)), key=str) == [1, 2, 3, 4]
    assert only(far).stack is None


def test_without_anything_that_tells_moments_apart_the_number_decides() -> None:
    images = [at(n, z) for n, z in enumerate((0, 3, 6, 9, 0, 3, 6, 0, 3), 1)]
    assert (numbers(only(images)), only(images).sorted_by) == (list(range(1, 10)), "instance_number")
