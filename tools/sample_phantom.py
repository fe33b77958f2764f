"""An invented trunk, from the lower neck to the kidneys: Hounsfield units and activity at any point of it.

Nothing here comes from a person. Shapes are laid over each other in patient coordinates (PS3.3 C.7.6.2.1.1: x towards
the left, y towards the back, z towards the head, in mm) and sampled on any grid of planes, so that axial slices,
coronal reformats, the localizer and the PET all show the same body.
"""

from __future__ import annotations

import itertools
import math
import random
from functools import cache

import numpy as np

from sample_bones import bones
from sample_regions import (
    AIR,
    BILE,
    BLOOD,
    FAT,
    GUT_CONTENT,
    GUT_WALL,
    INNER_FAT,
    KIDNEY,
    KIDNEY_CORE,
    LIVER,
    LUNG,
    MUSCLE,
    MYOCARDIUM,
    NODULE,
    NODULE_AT,
    PANCREAS,
    SKIN,
    SPINE_Y,
    SPLEEN,
    TABLE,
    VEIN,
    above_diaphragm,
    body,
    cavity,
    lungs,
)
from sample_shapes import Canvas, Grid, Point, both, outside


def _wall(canvas: Canvas) -> None:
    canvas.everywhere(body(0), SKIN)
    canvas.everywhere(body(2.2), FAT)
    canvas.everywhere(body(15), MUSCLE)

    # a thin layer of fat between the muscles of the chest wall, and the abdomen's own wall
    def ring(x: Grid, y: Grid, z: Grid) -> Grid:
        thick = (
            4.6
            * (0.45 + 0.55 * np.sin(x / 21 + z / 19 + y / 33))
            * np.clip((292 - z) / 30, 0, 1)
            * np.clip((88 - np.abs(y)) / 20, 0, 1)
        )
        return thick / 2 - np.abs(cavity(-17)(x, y, z))

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
    canvas.everywhere(both(body(29), lambda x, y, z: 118 - z + 0 * x + 0 * y), INNER_FAT)
    canvas.everywhere(both(cavity(0), outside(above_diaphragm(0))), MUSCLE)
    canvas.everywhere(both(cavity(2), outside(above_diaphragm(-4))), INNER_FAT)
    canvas.everywhere(both(cavity(2), above_diaphragm(0)), INNER_FAT)
    for side in (-1, 1):
        canvas.path(
            [(side * 27, float(SPINE_Y(np.float32(z))) + 31, z) for z in range(-20, 345, 15)],
            21,
            MUSCLE,
            also=body(13),
        )
        canvas.path([(side * 36, 42 - z * 0.06, z) for z in (-20, 40, 80)], 19, MUSCLE)


def _chest(canvas: Canvas) -> None:
    canvas.everywhere(lungs(0), LUNG)
    _lung_vessels(canvas)
    canvas.ellipsoid((24, -34, 186), (64, 44, 46), INNER_FAT, turn=34, tilt=24)
    canvas.ellipsoid((24, -34, 187), (60, 41, 43), MYOCARDIUM._replace(activity=9.0), turn=34, tilt=24)
    canvas.ellipsoid((48, -24, 176), (44, 33, 36), MYOCARDIUM, turn=38, tilt=20)
    canvas.ellipsoid((45, -25, 179), (31, 20, 24), BLOOD, turn=38, tilt=20)
    canvas.ellipsoid((8, -54, 184), (36, 19, 34), VEIN, turn=18, tilt=10)
    canvas.ellipsoid((-27, -26, 192), (20, 25, 30), VEIN)
    canvas.ellipsoid((8, 0, 206), (34, 17, 19), BLOOD, turn=-4)
    canvas.path(
        [
            (8, -28, 205),
            (-4, -34, 228),
            (-6, -33, 256),
            (0, -20, 270),
            (12, 2, 275),
            (21, 20, 270),
            (25, 30, 252),
            (25, 27, 200),
            (21, 20, 150),
            (13, 10, 90),
            (9, 6, 0),
            (9, 5, -20),
        ],
        12.5,
        BLOOD,
    )
    for start, end in (
        ((-6, -22, 272), (-24, -18, 345)),
        ((4, -12, 276), (14, -8, 345)),
        ((14, 4, 276), (26, 12, 345)),
    ):
        canvas.tube(start, end, 5.5, BLOOD)
    canvas.path([(-26, -24, 195), (-27, -24, 225), (-29, -26, 288), (-46, -32, 318)], 9.5, VEIN)
    canvas.path([(-29, -28, 290), (24, -48, 303), (52, -40, 318)], 6.5, VEIN)
    canvas.path([(6, -52, 200), (14, -42, 222), (18, -20, 238)], 13.5, VEIN)
    canvas.path([(18, -16, 238), (-6, -4, 236), (-44, 4, 232)], 9.5, VEIN)
    canvas.path([(18, -18, 240), (44, 8, 241)], 9.5, VEIN)
    canvas.path([(6, 24, 345), (5, 26, 262), (6, 25, 190), (24, 4, 158)], 7.5, MUSCLE)
    canvas.path([(6, 24, 345), (5, 26, 262), (6, 25, 190)], 2.2, GUT_CONTENT)
    airway = [(0, -2, 345), (-1, 10, 300), (-2, 13, 259)]
    for points, radius in (
        (airway, 10.0),
        ([(-2, 13, 259), (-44, 15, 228)], 7.6),
        ([(-2, 13, 259), (42, 17, 226)], 6.8),
    ):
        canvas.path([(float(x), float(y), float(z)) for x, y, z in points], radius + 1.6, MUSCLE)
        canvas.path([(float(x), float(y), float(z)) for x, y, z in points], radius, AIR)
    canvas.ellipsoid((-13, -4, 338), (12, 14, 16), BLOOD)
    canvas.ellipsoid((13, -4, 338), (12, 14, 16), BLOOD)
    x, y, z = NODULE_AT
    canvas.ellipsoid(NODULE_AT, (9, 8, 9), NODULE)
    for k in range(9):
        a, b = 2.4 * k, 1.1 * k
        canvas.tube(
            NODULE_AT, (x + 14 * math.cos(a), y + 13 * math.sin(a) * math.cos(b), z + 12 * math.sin(b)), 0.9, NODULE
        )
    canvas.ellipsoid((-21, 12, 247), (7, 6, 9), NODULE)


def _lung_vessels(canvas: Canvas) -> None:
    inside = lungs(2.0)
    for start, end, radius, free in _vessel_tree():
        tissue = VEIN if radius > 1 else VEIN._replace(hounsfield=90)
        canvas.tube(start, end, radius, tissue, also=inside if free else None, soft_mm=1.5)


@cache
def _vessel_tree() -> tuple[tuple[Point, Point, float, bool], ...]:
    """Branches from both hila outwards: start, end, radius, and whether it must stay inside the lungs."""
    chance = random.Random(20240229)
    inside = lungs(2.0)
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
            grow(
                end,
                _bent(way, 0.5, chance),
                radius * chance.uniform(0.66, 0.84),
                length * chance.uniform(0.75, 1.0),
                depth + 1,
            )

    for side in (-1, 1):
        hilum: Point = (side * 44, 8 if side < 0 else 10, 233)
        for way in (
            (0.5, -0.55, 0.65),
            (0.75, 0.1, 0.6),
            (0.6, 0.6, 0.45),
            (0.8, -0.5, 0.0),
            (0.85, 0.35, -0.2),
            (0.45, 0.5, -0.75),
            (0.6, -0.2, -0.75),
            (0.35, -0.75, 0.2),
        ):
            grow(hilum, (side * way[0], way[1], way[2]), 5.0, 27, 0)
    return tuple(tree)


def _bent(way: Point, by: float, chance: random.Random) -> Point:
    x, y, z = (w + chance.gauss(0, by) for w in way)
    size = math.sqrt(x * x + y * y + z * z)
    return x / size, y / size, z / size


def _abdomen(canvas: Canvas) -> None:
    under = both(outside(above_diaphragm(-5)), body(32))
    canvas.ellipsoid((96, 40, 112), (30, 44, 48), SPLEEN, turn=24, also=under)
    canvas.ellipsoid((58, -30, 108), (50, 40, 52), GUT_WALL, turn=20, tilt=24, also=under)
    canvas.ellipsoid((58, -30, 108), (45, 35, 47), GUT_CONTENT, turn=20, tilt=24, also=under)
    canvas.ellipsoid(
        (58, -30, 108), (45, 35, 47), AIR, turn=20, tilt=24, also=both(under, lambda x, y, z: -46 - y + 0 * x + 0 * z)
    )
    lobes = both(under, lambda x, y, z: 150 - z * 0 - np.abs(x + 40) + 0 * y)
    canvas.ellipsoid((-62, -6, 112), (84, 84, 86), LIVER, also=lobes)
    canvas.ellipsoid((4, -48, 128), (72, 32, 34), LIVER, turn=6, tilt=-12, also=under)
    for root in (
        [(-18, 4, 128), (-50, -4, 120), (-84, -22, 126), (-104, -34, 140)],
        [(-50, -4, 120), (-80, 22, 108), (-98, 38, 96)],
        [(-24, 6, 164), (-52, -12, 152), (-86, -34, 142)],
        [(-24, 4, 164), (-44, -36, 150), (-58, -62, 132)],
        [(-18, 4, 126), (4, -36, 128), (34, -50, 128)],
    ):
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
        x, y, z = (
            -104 + 20.0 * (k % 11),
            (-70, -40, -66, -14)[row] + chance.uniform(-10, 8),
            (4, 2, 42, 30)[row] + chance.uniform(-14, 14),
        )
        bend: Point = (x + chance.uniform(8, 26), y + chance.uniform(-12, 22), z + chance.uniform(-26, 14))
        canvas.tube((x, y, z), bend, 15, GUT_WALL, also=under)
        canvas.tube((x, y, z), bend, 12.4, GUT_CONTENT, also=under)
        if k % 3 != 1:
            level = y + chance.uniform(-4, 5)
            canvas.tube(
                (x, y, z),
                bend,
                12.0,
                AIR,
                also=both(under, lambda gx, gy, gz, level=level: level - gy + 0 * gx + 0 * gz),
            )


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
    bones(canvas)
    return canvas.values
