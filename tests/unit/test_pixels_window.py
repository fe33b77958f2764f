"""The window functions, number by number. PS3.3 C.11.2.1.2 and C.11.2.1.3."""

from __future__ import annotations

import numpy as np
import pytest

from scanfolio.pixels.window import Window, apply_voi_table, apply_window, auto_window, value_range


def shown(values: list[float], *window: object) -> list[int]:
    return apply_window(np.array(values), Window(*window)).tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("center", "width", "expected"),
    [
        # the Standard's examples: C.11.2.1.2.1
        (2048, 4096, {0: 0, 4095: 255, 4096: 255, -1: 0, 2047: 127, 2048: 128}),
        (2048, 1, {2047: 0, 2047.5: 0, 2048: 255}),
        (0, 100, {-50: 0, -51: 0, 49: 255, 50: 255, -1: 126, 0: 129}),
        (0, 1, {-1: 0, -0.5: 0, 0: 255}),
        (128, 256, {0: 0, 1: 1, 128: 128, 255: 255}),
        (10, 2, {9: 0, 10: 255, 9.5: 128}),
    ],
)
def test_linear(center: float, width: float, expected: dict[float, int]) -> None:
    assert shown(list(expected), center, width, "LINEAR") == list(expected.values())


@pytest.mark.parametrize("width", [0.5, 0, -3])
def test_linear_narrower_than_one_is_a_threshold(width: float) -> None:
    assert shown([4, 4.5, 5], 5, width, "LINEAR") == [0, 0, 255]


@pytest.mark.parametrize(
    ("center", "width", "expected"),
    [
        (2048, 4096, {0: 0, 4096: 255, 2048: 128, 1024: 64, 4097: 255, -1: 0}),
        (0, 100, {-50: 0, 50: 255, 0: 128, 25: 191, -25: 64}),
        (0.5, 1, {0: 0, 1: 255, 0.5: 128}),
        (127.5, 255, {0: 0, 1: 1, 128: 128, 254: 254, 255: 255}),  # shows 8-bit values as they are
        (3, 0, {3: 0, 3.001: 255}),
    ],
)
def test_linear_exact(center: float, width: float, expected: dict[float, int]) -> None:
    assert shown(list(expected), center, width, "LINEAR_EXACT") == list(expected.values())


def test_sigmoid() -> None:
    # 255 / (1 + exp(-4 (x - c) / w))
    assert shown([0, 100, -100, 50, 1e9, -1e9], 0, 100, "SIGMOID") == [128, 250, 5, 225, 255, 0]
    assert shown([0, 0.1], 0, 0, "SIGMOID") == [0, 255]


def test_every_eight_bit_value_is_its_own_picture() -> None:
    values = np.arange(256)
    assert (apply_window(values, Window(127.5, 255, "LINEAR_EXACT")) == values).all()


def test_not_a_number_is_black_and_infinity_is_an_end() -> None:
    assert shown([np.nan, np.inf, -np.inf], 0, 10, "LINEAR") == [0, 255, 0]
    assert shown([np.nan, np.inf, -np.inf], 0, 10, "SIGMOID") == [0, 255, 0]


def test_voi_table_clamps_at_both_ends() -> None:
    table = np.array([0, 1024, 2048, 4095])
    values = np.array([-5, 9, 10, 11, 12, 13, 14, 1000])
    assert apply_voi_table(values, 10, table, 12).tolist() == [0, 0, 0, 64, 128, 255, 255, 255]


def test_voi_table_takes_the_entry_below_a_fraction() -> None:
    assert apply_voi_table(np.array([1.9, 2.0, np.nan]), 1, np.array([0, 255]), 8).tolist() == [0, 255, 0]


def test_value_range_leaves_padding_out() -> None:
    values = np.array([[-2000, 5], [-1990, 100]], np.int16)
    assert value_range(values) == (-2000, 100)
    assert value_range(values, (-2000, -2000)) == (-1990, 100)
    assert value_range(values, (-2000, -1990)) == (5, 100)


def test_value_range_of_nothing_but_padding_counts_it() -> None:
    assert value_range(np.full((2, 2), 7, np.uint8), (7, 7)) == (7, 7)


def test_value_range_leaves_what_is_not_finite_out() -> None:
    assert value_range(np.array([np.nan, 1.5, np.inf, -2], np.float32)) == (-2, 1.5)
    assert value_range(np.array([np.nan])) == (0, 0)


def test_auto_window_shows_the_ends_as_black_and_white() -> None:
    window = auto_window(-3, 1021)
    assert apply_window(np.array([-3, 1021]), window).tolist() == [0, 255]
    assert (window.center, window.width, window.function, window.name) == (509, 1024, "LINEAR_EXACT", "auto")


def test_auto_window_of_one_value_is_black() -> None:
    assert apply_window(np.array([7.0]), auto_window(7, 7)).tolist() == [0]
