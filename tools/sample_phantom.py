"""An invented trunk, from the lower neck to the kidneys: where each point of it is, in Hounsfield units and in activity.

Nothing here comes from a person. Shapes are laid over each other in patient coordinates (PS3.3 C.7.6.2.1.1: x towards the
left, y towards the back, z towards the head, in mm; z 0 at the lowest slice) and sampled on any grid of planes, so that
axial slices, coronal reformats, the localizer and the PET all show the same body.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from sample_shapes import Canvas, Distance, Grid, Point, Tissue, both, ellipsoid, outside

HEIGHT_MM = 340.0




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


def _profile(z_mm: list[float], values: list[float]) -> Callable[[Grid], Grid]:
    # a smooth curve through the points: linear would leave creases that show on a coronal picture
    fine = np.linspace(z_mm[0], z_mm[-1], 200)
    curve = np.interp(fine, z_mm, values)
    kernel = np.hanning(25) / np.hanning(25).sum()
    curve = np.convolve(np.pad(curve, 12, mode="edge"), kernel, mode="valid")
    return lambda z: np.interp(z, fine, curve).astype(np.float32)


_BODY_A = _profile([-20, 60, 140, 220, 270, 300, 318, 345], [164, 161, 166, 174, 183, 196, 199, 166])
_BODY_B = _profile([-20, 60, 140, 220, 280, 310, 345], [117, 119, 124, 124, 114, 101, 84])
_CAVITY_A = _profile([60, 120, 200, 250, 285, 310, 324, 331], [136, 142, 141, 130, 112, 84, 52, 6])
_CAVITY_B = _profile([60, 120, 200, 250, 285, 310, 324, 331], [88, 95, 95, 86, 70, 51, 32, 4])
_CAVITY_Y = _profile([60, 200, 285, 331], [-8, -8, 2, 8])
_SPINE_Y = _profile([-20, 60, 150, 230, 300, 345], [38, 42, 51, 55, 45, 28])


def _section(a: Callable[[Grid], Grid], b: Callable[[Grid], Grid], inset: float, power: float,
             y_of: Callable[[Grid], Grid] | None = None) -> Distance:  # fmt: skip
    """A trunk whose cross-section is a superellipse of half axes a(z), b(z), `inset` mm smaller."""

    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        half_a, half_b = np.maximum(a(z) - inset, 0.5), np.maximum(b(z) - inset, 0.5)
        center = y_of(z) if y_of else np.float32(0)
        length = ((np.abs(x) / half_a) ** power + (np.abs(y - center) / half_b) ** power) ** (1 / power)
        return (1 - length) * np.minimum(half_a, half_b)

    return distance


def _body(inset: float) -> Distance:
    return _section(_BODY_A, _BODY_B, inset, 2.5)


def _cavity(inset: float) -> Distance:
    return _section(_CAVITY_A, _CAVITY_B, inset, 2.25, _CAVITY_Y)


def _above_diaphragm(offset: float) -> Distance:
    """Two domes, the right one (x < 0) higher, falling off to the ribs and to the back."""

    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        right = 176 - 52 * ((x + 62) / 74) ** 2 - 46 * ((y + 12) / 88) ** 2
        left = 163 - 52 * ((x - 66) / 72) ** 2 - 46 * ((y + 8) / 88) ** 2
        middle = 150 - 50 * ((y + 20) / 95) ** 2 - 46 * (x / 66) ** 2
        dome = np.maximum(np.maximum(right, left), np.maximum(middle, 84))
        return (z - dome - offset) * np.float32(0.8)

    return distance


def _mediastinum(x: Grid, y: Grid, z: Grid) -> Grid:
    half = np.interp(z, [120, 180, 250, 290, 330], [26, 26, 30, 29, 22]).astype(np.float32)
    waist = half * (0.62 + 0.38 * np.clip(1 - np.abs((y - 2) / 62) ** 2, 0, 1))
    return waist - np.abs(x - 3)


def _spine_bed(x: Grid, y: Grid, z: Grid) -> Grid:
    return 31 - np.sqrt(x * x + (1.1 * (y - _SPINE_Y(z) - 6)) ** 2)


_HEART = ellipsoid((24, -34, 186), (66, 46, 48), 34, 24)
_NODULE_AT: Point = (-74, 16, 262)


def _lungs(inset: float) -> Distance:
    return both(_cavity(3 + inset), _above_diaphragm(inset), outside(_mediastinum), outside(_HEART), outside(_spine_bed))


def _wall(canvas: Canvas) -> None:
    canvas.everywhere(_body(0), SKIN)
    canvas.everywhere(_body(2.2), FAT)
    canvas.everywhere(_body(15), MUSCLE)
    # a thin layer of fat between the muscles of the chest wall, and the abdomen's own wall
    def ring(x: Grid, y: Grid, z: Grid) -> Grid:
        thick = 4.6 * (0.45 + 0.55 * np.sin(x / 21 + z / 19 + y / 33)) * np.clip((292 - z) / 30, 0, 1) * np.clip((88 - np.abs(y)) / 20, 0, 1)
        return thick / 2 - np.abs(_cavity(-17)(x, y, z))

    canvas.everywhere(ring, FAT)
    for side in (-1, 1):
        canvas.ellipsoid((side * 130, 62, 258), (40, 16, 84), FAT, turn=90 + side * 30)
        canvas.ellipsoid((side * 132, 63, 258), (36, 11, 80), MUSCLE, turn=90 + side * 30)
        canvas.ellipsoid((side * 76, -82, 268), (62, 13, 42), MUSCLE, turn=side * 16)
        canvas.ellipsoid((side * 122, 2, 292), (34, 30, 44), FAT, turn=side * 20)
        canvas.ellipsoid((side * 112, -34, 296), (26, 12, 34), MUSCLE, turn=side * -24)
        canvas.ellipsoid((side * 62, -26, 330), (50, 26, 18), FAT)
        canvas.ellipsoid((side * 60, 44, 326), (52, 18, 24), FAT)
        canvas.ellipsoid((side * 158, 6, 320), (38, 38, 38), MUSCLE)
        canvas.tube((side * 100, -6, 302), (side * 150, 0, 312), 4.5, BLOOD)
        canvas.tube((side * 100, -18, 298), (side * 150, -10, 306), 5.0, VEIN)
    canvas.everywhere(both(_body(29), lambda x, y, z: 118 - z + 0 * x + 0 * y), INNER_FAT)
    canvas.everywhere(both(_cavity(0), outside(_above_diaphragm(0))), MUSCLE)
    canvas.everywhere(both(_cavity(2), outside(_above_diaphragm(-4))), INNER_FAT)
    canvas.everywhere(both(_cavity(2), _above_diaphragm(0)), INNER_FAT)
    for side in (-1, 1):
        canvas.path([(side * 27, float(_SPINE_Y(np.float32(z))) + 31, z) for z in range(-20, 345, 15)], 21, MUSCLE, also=_body(13))
        canvas.path([(side * 36, 42 - z * 0.06, z) for z in (-20, 40, 80)], 19, MUSCLE)


def _bones(canvas: Canvas) -> None:
    for number in range(1, 12):
        for side in (-1, 1):
            bone = list(_rib(number, side))
            canvas.path(bone, 5.4, CORTEX_BONE)
            canvas.path(bone, 3.4, SPONGY_BONE)
            if number <= 8:
                x, y, z = bone[-1]
                canvas.path([bone[-1], (x * 0.55, y - 12, z - 6 + 3 * number), (side * 15, -88 + 2 * max(0, 4 - number), 262 - number * 9)],
                            5.0, CARTILAGE)  # fmt: skip
    for radius, tissue in ((6.2, CORTEX_BONE), (4.4, SPONGY_BONE)):
        for x in (-9.0, -4.5, 0.0, 4.5, 9.0):
            canvas.path([(x * 1.7, -66, 300), (x * 1.3, -80, 270), (x, -88, 190), (x * 0.4, -87, 166)], radius, tissue)
    for side in (-1, 1):
        collar = [(side * 14, -64, 304), (side * 70, -58, 322), (side * 120, -22, 327), (side * 158, 0, 326)]
        canvas.path(collar, 6.6, CORTEX_BONE)
        canvas.path(collar, 4.4, SPONGY_BONE)
        blade = [(side * (88 + 0.30 * k), 84 - 0.32 * k, 205 + k) for k in range(0, 111, 5)]
        for (x, y, z), (x2, y2, z2) in zip(blade, blade[2:], strict=False):
            canvas.tube((x, y, z), (x2 + side * 14, y2 - 8, z2), 3.6, CORTEX_BONE)
            canvas.tube((x, y, z), (x + side * 32, y - 26, z + 6), 2.8, CORTEX_BONE)
        canvas.path([(side * 138, 48, 300), (side * 160, 18, 318)], 9, CORTEX_BONE)
        canvas.path([(side * 138, 48, 300), (side * 160, 18, 318)], 6.5, SPONGY_BONE)
        canvas.ellipsoid((side * 172, 4, 322), (22, 23, 22), CORTEX_BONE)
        canvas.ellipsoid((side * 172, 4, 322), (20, 21, 20), SPONGY_BONE)
    _spine(canvas)


def _rib(number: int, side: int) -> Iterator[Point]:
    start = 338 - 22.5 * number
    fall = 16 + 6.5 * min(number, 8)
    last = 138 if number <= 8 else 118 - 22 * (number - 9)
    for k in range(37):
        angle = math.radians(172 - (172 - (180 - last)) * k / 36)
        z = start - fall * (1 - math.cos(math.pi - angle)) / 1.6
        at = np.float32(max(z, 92.0))
        a, b = float(_CAVITY_A(at)) + 5, float(_CAVITY_B(at)) + 5
        yield side * a * math.sin(angle), float(_CAVITY_Y(at)) - b * math.cos(angle), z


def _spine(canvas: Canvas) -> None:
    heights = 24.0
    for k in range(-1, 16):
        z = 10 + heights * k
        y = float(_SPINE_Y(np.float32(z)))
        wide = 23.5 - 0.030 * z
        body = both(ellipsoid((0, y, z), (wide, wide * 0.78, 60), 0, 0), lambda x, yy, zz, z=z: 9.4 - np.abs(zz - z) + 0 * x + 0 * yy)
        box: tuple[Point, Point] = ((-40, y - 40, z - 14), (40, y + 40, z + 14))
        canvas.paint(both(ellipsoid((0, y, z), (wide - 1, wide * 0.74, 60), 0, 0),
                           lambda x, yy, zz, z=z: 13 - np.abs(zz - z) + 0 * x + 0 * yy), DISC, *box)  # fmt: skip
        canvas.paint(body, CORTEX_BONE, *box)
        inner = ellipsoid((0, y, z), (wide - 1.8, wide * 0.78 - 1.8, 60), 0, 0)
        canvas.paint(both(inner, lambda x, yy, zz, z=z: 8.2 - np.abs(zz - z) + 0 * x + 0 * yy), SPONGY_BONE, *box)
        arch = y + wide * 0.78
        for side in (-1, 1):
            canvas.tube((side * 13, arch - 2, z + 2), (side * 14, arch + 14, z - 1), 4.6, CORTEX_BONE)
            canvas.tube((side * 14, arch + 14, z - 1), (0, arch + 25, z - 6), 3.8, CORTEX_BONE)
            canvas.tube((side * 14, arch + 12, z), (side * 37, arch + 20, z + 2), 4.2, CORTEX_BONE)
            canvas.tube((side * 14, arch + 12, z), (side * 36, arch + 20, z + 2), 2.4, SPONGY_BONE)
        canvas.tube((0, arch + 24, z - 5), (0, arch + 38, z - 17), 3.6, CORTEX_BONE)
        canvas.tube((0, arch + 26, z - 6), (0, arch + 37, z - 16), 1.8, SPONGY_BONE)
    cord = [(0.0, float(_SPINE_Y(np.float32(z))) + 27 - 0.012 * z, float(z)) for z in range(-20, 361, 12)]
    canvas.path(cord, 9.2, INNER_FAT)
    canvas.path(cord, 7.8, BILE)
    canvas.path(cord, 4.6, NERVE)


def _chest(canvas: Canvas) -> None:
    canvas.everywhere(_lungs(0), LUNG)
    _lung_vessels(canvas)
    canvas.ellipsoid((24, -34, 186), (64, 44, 46), INNER_FAT, turn=34, tilt=24)
    canvas.ellipsoid((24, -34, 187), (60, 41, 43), MYOCARDIUM._replace(activity=9.0), turn=34, tilt=24)
    canvas.ellipsoid((48, -24, 176), (44, 33, 36), MYOCARDIUM, turn=38, tilt=20)
    canvas.ellipsoid((45, -25, 179), (31, 20, 24), BLOOD, turn=38, tilt=20)
    canvas.ellipsoid((8, -54, 184), (36, 19, 34), VEIN, turn=18, tilt=10)
    canvas.ellipsoid((-27, -26, 192), (20, 25, 30), VEIN)
    canvas.ellipsoid((8, 0, 206), (34, 17, 19), BLOOD, turn=-4)
    canvas.path([(8, -28, 205), (-4, -34, 228), (-6, -33, 256), (0, -20, 270), (12, 2, 275), (21, 20, 270), (25, 30, 252), (25, 27, 200),
                 (21, 20, 150), (13, 10, 90), (9, 6, 0), (9, 5, -20)], 12.5, BLOOD)  # fmt: skip
    for start, end in (((-6, -22, 272), (-24, -18, 345)), ((4, -12, 276), (14, -8, 345)), ((14, 4, 276), (26, 12, 345))):
        canvas.tube(start, end, 5.5, BLOOD)
    canvas.path([(-26, -24, 195), (-27, -24, 225), (-29, -26, 288), (-46, -32, 318)], 9.5, VEIN)
    canvas.path([(-29, -28, 290), (24, -48, 303), (52, -40, 318)], 6.5, VEIN)
    canvas.path([(6, -52, 200), (14, -42, 222), (18, -20, 238)], 13.5, VEIN)
    canvas.path([(18, -16, 238), (-6, -4, 236), (-44, 4, 232)], 9.5, VEIN)
    canvas.path([(18, -18, 240), (44, 8, 241)], 9.5, VEIN)
    canvas.path([(6, 24, 345), (5, 26, 262), (6, 25, 190), (24, 4, 158)], 7.5, MUSCLE)
    canvas.path([(6, 24, 345), (5, 26, 262), (6, 25, 190)], 2.2, GUT_CONTENT)
    airway = [(0, -2, 345), (-1, 10, 300), (-2, 13, 259)]
    for points, radius in ((airway, 10.0), ([(-2, 13, 259), (-44, 15, 228)], 7.6), ([(-2, 13, 259), (42, 17, 226)], 6.8)):
        canvas.path([(float(x), float(y), float(z)) for x, y, z in points], radius + 1.6, MUSCLE)
        canvas.path([(float(x), float(y), float(z)) for x, y, z in points], radius, AIR)
    canvas.ellipsoid((-13, -4, 338), (12, 14, 16), BLOOD)
    canvas.ellipsoid((13, -4, 338), (12, 14, 16), BLOOD)
    x, y, z = _NODULE_AT
    canvas.ellipsoid(_NODULE_AT, (9, 8, 9), NODULE)
    for k in range(9):
        a, b = 2.4 * k, 1.1 * k
        canvas.tube(_NODULE_AT, (x + 14 * math.cos(a), y + 13 * math.sin(a) * math.cos(b), z + 12 * math.sin(b)), 0.9, NODULE)
    canvas.ellipsoid((-21, 12, 247), (7, 6, 9), NODULE)


def _lung_vessels(canvas: Canvas) -> None:
    inside = _lungs(2.0)
    for start, end, radius, free in _vessel_tree():
        tissue = VEIN if radius > 1 else VEIN._replace(hounsfield=90)
        canvas.tube(start, end, radius, tissue, also=inside if free else None, soft_mm=1.5)


@cache
def _vessel_tree() -> tuple[tuple[Point, Point, float, bool], ...]:
    """Branches from both hila outwards: start, end, radius, and whether it must stay inside the lungs."""
    chance = random.Random(20240229)
    inside = _lungs(2.0)
    tree: list[tuple[Point, Point, float, bool]] = []

    def grow(start: Point, way: Point, radius: float, length: float, depth: int) -> None:
        for _ in range(5):
            end = (start[0] + length * way[0], start[1] + length * way[1], start[2] + length * way[2])
            x, y, z = (np.array([v], np.float32) for v in end)
            if depth < 2 or inside(x, y, z)[0] > 0:
                break
            way = _bent(way, 0.7, chance)
        else:
            return
        tree.append((start, end, radius, depth > 1))
        for _ in range(0 if depth == 7 else 3 if depth == 5 else 2):
            grow(end, _bent(way, 0.5, chance), radius * chance.uniform(0.66, 0.84), length * chance.uniform(0.75, 1.0), depth + 1)

    for side in (-1, 1):
        hilum: Point = (side * 44, 8 if side < 0 else 10, 233)
        for way in ((0.5, -0.55, 0.65), (0.75, 0.1, 0.6), (0.6, 0.6, 0.45), (0.8, -0.5, 0.0), (0.85, 0.35, -0.2), (0.45, 0.5, -0.75),
                    (0.6, -0.2, -0.75), (0.35, -0.75, 0.2)):  # fmt: skip
            grow(hilum, (side * way[0], way[1], way[2]), 5.0, 27, 0)
    return tuple(tree)


def _bent(way: Point, by: float, chance: random.Random) -> Point:
    x, y, z = (w + chance.gauss(0, by) for w in way)
    size = math.sqrt(x * x + y * y + z * z)
    return x / size, y / size, z / size


def _abdomen(canvas: Canvas) -> None:
    under = both(outside(_above_diaphragm(-5)), _body(32))
    canvas.ellipsoid((96, 40, 112), (30, 44, 48), SPLEEN, turn=24, also=under)
    canvas.ellipsoid((58, -30, 108), (50, 40, 52), GUT_WALL, turn=20, tilt=24, also=under)
    canvas.ellipsoid((58, -30, 108), (45, 35, 47), GUT_CONTENT, turn=20, tilt=24, also=under)
    canvas.ellipsoid((58, -30, 108), (45, 35, 47), AIR, turn=20, tilt=24,
                     also=both(under, lambda x, y, z: -46 - y + 0 * x + 0 * z))  # fmt: skip
    lobes = both(under, lambda x, y, z: 150 - z * 0 - np.abs(x + 40) + 0 * y)
    canvas.ellipsoid((-62, -6, 112), (84, 84, 86), LIVER, also=lobes)
    canvas.ellipsoid((4, -48, 128), (72, 32, 34), LIVER, turn=6, tilt=-12, also=under)
    for root in ([(-18, 4, 128), (-50, -4, 120), (-84, -22, 126), (-104, -34, 140)], [(-50, -4, 120), (-80, 22, 108), (-98, 38, 96)],
                 [(-24, 6, 164), (-52, -12, 152), (-86, -34, 142)], [(-24, 4, 164), (-44, -36, 150), (-58, -62, 132)], [(-18, 4, 126), (4, -36, 128), (34, -50, 128)]):  # fmt: skip
        for width, (start, end) in zip((5.5, 4.2, 2.8), itertools.pairwise(root), strict=False):
            canvas.tube(start, end, width, VEIN)
    canvas.ellipsoid((-52, -58, 52), (17, 15, 26), BILE, also=under)
    canvas.path([(-30, -8, 42), (-14, -14, 58), (16, -8, 66), (46, 8, 76), (70, 24, 84)], 10.5, PANCREAS)
    canvas.path([(-24, 8, -20), (-24, 8, 80), (-25, 4, 150), (-26, -6, 186)], 11.5, VEIN)
    for side, top in ((-1, 34), (1, 46)):
        at: Point = (side * 64, 40, top)
        canvas.ellipsoid(at, (29, 27, 55), KIDNEY, turn=side * 35)
        canvas.ellipsoid(at, (20, 18, 44), KIDNEY_CORE, turn=side * 35)
        canvas.ellipsoid((side * 52, 38, top), (20, 9, 26), INNER_FAT, turn=side * 35)
        canvas.tube((side * 46, 36, top), (side * 14, 8, top + 8), 4.0, VEIN)
    chance = random.Random(7)
    for k in range(44):
        row = k // 11
        x, y, z = -104 + 20.0 * (k % 11), (-70, -40, -66, -14)[row] + chance.uniform(-10, 8), (4, 2, 42, 30)[row] + chance.uniform(-14, 14)
        bend: Point = (x + chance.uniform(8, 26), y + chance.uniform(-12, 22), z + chance.uniform(-26, 14))
        canvas.tube((x, y, z), bend, 15, GUT_WALL, also=under)
        canvas.tube((x, y, z), bend, 12.4, GUT_CONTENT, also=under)
        if k % 3 != 1:
            level = y + chance.uniform(-4, 5)
            canvas.tube((x, y, z), bend, 12.0, AIR, also=both(under, lambda gx, gy, gz, level=level: level - gy + 0 * gx + 0 * gz))


def _table(x: Grid, y: Grid, z: Grid) -> Grid:
    radius = np.sqrt(x * x + (y + 350) ** 2)
    return np.minimum(3.2 - np.abs(radius - 484), 196 - np.abs(x)) + 0 * z


def trunk(x_mm: Grid, y_mm: Grid, z_mm: Grid, quantity: str = "hounsfield", *, table: bool = True) -> Grid:
    """The invented body on the grid of the three sorted axes: float32 (len(z), len(y), len(x)).

    `quantity` is "hounsfield" (HU) or "activity" (kBq/ml).
    """
    canvas = Canvas(x_mm, y_mm, z_mm, quantity, AIR)
    if table:
        canvas.everywhere(_table, TABLE)
    _wall(canvas)
    _chest(canvas)
    _abdomen(canvas)
    _bones(canvas)
    return canvas.values
