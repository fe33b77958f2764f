"""The skeleton of the invented body: ribs, breastbone, collar bones, shoulder blades, spine."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sample_regions import (
    BILE,
    CARTILAGE,
    CAVITY_A,
    CAVITY_B,
    CAVITY_Y,
    CORTEX_BONE,
    DISC,
    INNER_FAT,
    NERVE,
    SPINE_Y,
    SPONGY_BONE,
)
from sample_shapes import Canvas, Point, both, ellipsoid


def bones(canvas: Canvas) -> None:
    for number in range(1, 12):
        for side in (-1, 1):
            bone = list(_rib(number, side))
            canvas.path(bone, 5.4, CORTEX_BONE)
            canvas.path(bone, 3.4, SPONGY_BONE)
            if number <= 8:
                x, y, z = bone[-1]
                canvas.path(
                    [
                        bone[-1],
                        (x * 0.55, y - 12, z - 6 + 3 * number),
                        (side * 15, -88 + 2 * max(0, 4 - number), 262 - number * 9),
                    ],
                    5.0,
                    CARTILAGE,
                )
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
        a, b = float(CAVITY_A(at)) + 5, float(CAVITY_B(at)) + 5
        yield side * a * math.sin(angle), float(CAVITY_Y(at)) - b * math.cos(angle), z


def _spine(canvas: Canvas) -> None:
    heights = 24.0
    for k in range(-1, 16):
        z = 10 + heights * k
        y = float(SPINE_Y(np.float32(z)))
        wide = 23.5 - 0.030 * z
        body = both(
            ellipsoid((0, y, z), (wide, wide * 0.78, 60), 0, 0),
            lambda x, yy, zz, z=z: 9.4 - np.abs(zz - z) + 0 * x + 0 * yy,
        )
        box: tuple[Point, Point] = ((-40, y - 40, z - 14), (40, y + 40, z + 14))
        canvas.paint(
            both(
                ellipsoid((0, y, z), (wide - 1, wide * 0.74, 60), 0, 0),
                lambda x, yy, zz, z=z: 13 - np.abs(zz - z) + 0 * x + 0 * yy,
            ),
            DISC,
            *box,
        )
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
    cord = [(0.0, float(SPINE_Y(np.float32(z))) + 27 - 0.012 * z, float(z)) for z in range(-20, 361, 12)]
    canvas.path(cord, 9.2, INNER_FAT)
    canvas.path(cord, 7.8, BILE)
    canvas.path(cord, 4.6, NERVE)
