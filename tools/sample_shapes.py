"""Painting with shapes in patient coordinates: tissues laid over each other on any grid of planes.

x towards the left, y towards the back, z towards the head, in mm. A shape is a function that says how far inside of it
each point lies (mm, negative outside), which gives soft edges and thick slices for free.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]
Distance = Callable[[Grid, Grid, Grid], Grid]
Point = tuple[float, float, float]


class Tissue(NamedTuple):
    """Hounsfield units with contrast medium given, and activity in kBq/ml after an FDG injection."""

    hounsfield: float
    activity: float


class Canvas:
    """A grid of points and what has been painted on it: `values` (planes z, rows y, columns x) float32."""

    def __init__(self, x_mm: Grid, y_mm: Grid, z_mm: Grid, quantity: str, background: Tissue) -> None:
        self.axes = tuple(np.asarray(a, np.float32) for a in (x_mm, y_mm, z_mm))
        self.of = Tissue._fields.index(quantity)
        self.values = np.full((len(z_mm), len(y_mm), len(x_mm)), background[self.of], np.float32)

    def paint(self, distance: Distance, tissue: Tissue, low: Point, high: Point, soft_mm: float = 1.3) -> None:
        """Lay `tissue` where `distance` (mm, positive inside) says so, within the box low..high."""
        cuts = [
            slice(*np.searchsorted(a, (lo - soft_mm, hi + soft_mm)))
            for a, lo, hi in zip(self.axes, low, high, strict=True)
        ]
        x, y, z = (a[c] for a, c in zip(self.axes, cuts, strict=True))
        if not (x.size and y.size and z.size):
            return
        inside = np.clip(distance(x[None, None, :], y[None, :, None], z[:, None, None]) / soft_mm + 0.5, 0, 1)
        part = self.values[cuts[2], cuts[1], cuts[0]]
        part += (tissue[self.of] - part) * inside

    def ellipsoid(
        self,
        center: Point,
        radii: Point,
        tissue: Tissue,
        *,
        turn: float = 0.0,
        tilt: float = 0.0,
        also: Distance | None = None,
        soft_mm: float = 1.3,
    ) -> None:
        """`turn` degrees about z, then `tilt` degrees about y; `also` cuts away what lies outside of it."""
        distance = ellipsoid(center, radii, turn, tilt)
        reach = max(radii)
        low, high = tuple(c - reach for c in center), tuple(c + reach for c in center)
        self.paint(distance if also is None else both(distance, also), tissue, low, high, soft_mm)  # type: ignore[arg-type]

    def tube(
        self,
        start: Point,
        end: Point,
        radius: float,
        tissue: Tissue,
        *,
        also: Distance | None = None,
        soft_mm: float = 1.3,
    ) -> None:
        distance = tube(start, end, radius)
        low = tuple(min(a, b) - radius for a, b in zip(start, end, strict=True))
        high = tuple(max(a, b) + radius for a, b in zip(start, end, strict=True))
        self.paint(distance if also is None else both(distance, also), tissue, low, high, soft_mm)  # type: ignore[arg-type]

    def path(self, points: list[Point], radius: float, tissue: Tissue, *, also: Distance | None = None) -> None:
        for start, end in itertools.pairwise(points):
            self.tube(start, end, radius, tissue, also=also)

    def everywhere(self, distance: Distance, tissue: Tissue, soft_mm: float = 1.3) -> None:
        self.paint(distance, tissue, (-1e4, -1e4, -1e4), (1e4, 1e4, 1e4), soft_mm)


def ellipsoid(center: Point, radii: Point, turn: float, tilt: float) -> Distance:
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    ct, st = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))

    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        dx, dy, dz = x - center[0], y - center[1], z - center[2]
        u, v = dx * c + dy * s, dy * c - dx * s
        u, w = u * ct + dz * st, dz * ct - u * st
        p, q, r = u / radii[0], v / radii[1], w / radii[2]
        length = np.sqrt(p * p + q * q + r * r)
        # distance along the gradient, near enough at the surface
        slope = np.sqrt((p / radii[0]) ** 2 + (q / radii[1]) ** 2 + (r / radii[2]) ** 2) + 1e-6
        return (1 - length) * length / slope

    return distance


def tube(start: Point, end: Point, radius: float) -> Distance:
    a, d = np.array(start, np.float32), np.array(end, np.float32) - np.array(start, np.float32)
    square = float(d @ d) or 1.0

    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        px, py, pz = x - a[0], y - a[1], z - a[2]
        t = np.clip((px * d[0] + py * d[1] + pz * d[2]) / square, 0, 1)
        return radius - np.sqrt((px - t * d[0]) ** 2 + (py - t * d[1]) ** 2 + (pz - t * d[2]) ** 2)

    return distance


def both(*distances: Distance) -> Distance:
    def distance(x: Grid, y: Grid, z: Grid) -> Grid:
        out = distances[0](x, y, z)
        for other in distances[1:]:
            out = np.minimum(out, other(x, y, z))
        return out

    return distance


def outside(distance: Distance) -> Distance:
    return lambda x, y, z: -distance(x, y, z)
