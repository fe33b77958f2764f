"""What the invented body is made of and where its large parts lie: tissues, trunk, chest cavity, diaphragm, lungs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sample_shapes import Distance, Grid, Point, Tissue, both, ellipsoid, outside

AIR = Tissue(-1000, 0.0)
SKIN = Tissue(20, 2.0)
FAT = Tissue(-104, 1.2)
INNER_FAT = Tissue(-96, 1.6)
MUSCLE = Tissue(56, 3.6)
LUNG = Tissue(-862, 2.0)
BLOOD = Tissue(172, 8.6)
VEIN = Tissue(138, 8.4)
MYOCARDIUM = Tissue(104, 26.0)
CARTILAGE = Tissue(118, 3.0)
CORTEX_BONE = Tissue(720, 5.0)
SPONGY_BONE = Tissue(235, 9.0)
DISC = Tissue(82, 4.0)
NERVE = Tissue(34, 6.0)
LIVER = Tissue(106, 12.5)
SPLEEN = Tissue(122, 10.0)
KIDNEY = Tissue(176, 17.0)
KIDNEY_CORE = Tissue(128, 52.0)
BILE = Tissue(9, 2.5)
GUT_WALL = Tissue(72, 9.0)
GUT_CONTENT = Tissue(28, 6.0)
PANCREAS = Tissue(96, 7.0)
NODULE = Tissue(46, 46.0)
TABLE = Tissue(-180, 0.0)


def profile(z_mm: list[float], values: list[float]) -> Callable[[Grid], Grid]:
    # a smooth curve through the points: linear would leave creases that show on a coronal picture
    fine = np.linspace(z_mm[0], z_mm[-1], 200)
    curve = np.interp(fine, z_mm, values)
    kernel = np.hanning(25) / np.hanning(25).sum()
    curve = np.convolve(np.pad(curve, 12, mode="edge"), kernel, mode="valid")
    return lambda z: np.interp(z, fine, curve).astype(np.float32)


BODY_A = profile([-20, 60, 140, 220, 270, 300, 318, 345], [164, 161, 166, 174, 183, 196, 199, 166])
BODY_B = profile([-20, 60, 140, 220, 280, 310, 345], [117, 119, 124, 124, 114, 101, 84])
CAVITY_A = profile([60, 120, 200, 250, 285, 310, 324, 331], [136, 142, 141, 130, 112, 84, 52, 6])
CAVITY_B = profile([60, 120, 200, 250, 285, 310, 324, 331], [88, 95, 95, 86, 70, 51, 32, 4])
CAVITY_Y = profile([60, 200, 285, 331], [-8, -8, 2, 8])
SPINE_Y = profile([-20, 60, 150, 230, 300, 345], [38, 42, 51, 55, 45, 28])


def section(
    a: Callable[[Grid], Grid],
    b: Callable[[Grid], Grid],
    inset: float,
    power: float,
    y_of: Callable[[Grid], Grid] | None = None,
) -> Distance:
    """A trunk whose cross-section is a superellipse of half axes a(z), b(z), `inset` mm smaller."""

    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        half_a, half_b = np.maximum(a(z) - inset, 0.5), np.maximum(b(z) - inset, 0.5)
        center = y_of(z) if y_of else np.float32(0)
        length = ((np.abs(x) / half_a) ** power + (np.abs(y - center) / half_b) ** power) ** (1 / power)
        return (1 - length) * np.minimum(half_a, half_b)

    return distance


def body(inset: float) -> Distance:
    return section(BODY_A, BODY_B, inset, 2.5)


def cavity(inset: float) -> Distance:
    return section(CAVITY_A, CAVITY_B, inset, 2.25, CAVITY_Y)


def above_diaphragm(offset: float) -> Distance:
    """Two domes, the right one (x < 0) higher, falling off to the ribs and to the back."""

    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        right = 176 - 52 * ((x + 62) / 74) ** 2 - 46 * ((y + 12) / 88) ** 2
        left = 163 - 52 * ((x - 66) / 72) ** 2 - 46 * ((y + 8) / 88) ** 2
        middle = 150 - 50 * ((y + 20) / 95) ** 2 - 46 * (x / 66) ** 2
        dome = np.maximum(np.maximum(right, left), np.maximum(middle, 84))
        return (z - dome - offset) * np.float32(0.8)

    return distance


def mediastinum(x: Grid, y: Grid, z: Grid) -> Grid:
    half = np.interp(z, [120, 180, 250, 290, 330], [26, 26, 30, 29, 22]).astype(np.float32)
    waist = half * (0.62 + 0.38 * np.clip(1 - np.abs((y - 2) / 62) ** 2, 0, 1))
    return waist - np.abs(x - 3)


def spine_bed(x: Grid, y: Grid, z: Grid) -> Grid:
    return 31 - np.sqrt(x * x + (1.1 * (y - SPINE_Y(z) - 6)) ** 2)


HEART = ellipsoid((24, -34, 186), (66, 46, 48), 34, 24)
NODULE_AT: Point = (-74, 16, 262)


def lungs(inset: float) -> Distance:
    return both(cavity(3 + inset), above_diaphragm(inset), outside(mediastinum), outside(HEART), outside(spine_bed))
