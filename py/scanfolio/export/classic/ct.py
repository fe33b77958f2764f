"""CT Image (PS3.3 C.8.2.1) from Enhanced CT (C.8.15)."""

from __future__ import annotations

from scanfolio.export.classic.common import IMAGE_TYPE, INTERCEPT, SLOPE, add_number
from scanfolio.export.classic.flat import Flat


def add_ct(flat: Flat) -> str:
    """Complete a CT frame. Returns why it cannot be a CT image, "" where it can."""
    if not flat.numbers(SLOPE) or not flat.numbers(INTERCEPT):
        return "values"
    values = flat.texts(IMAGE_TYPE)
    # C.8.2.1.1.1: value 3 is AXIAL, which means any cross-section, or LOCALIZER; what the frame says comes behind
    kind = values[2] if len(values) > 2 else ""
    if kind not in ("AXIAL", "LOCALIZER"):
        values[2:2] = ["AXIAL"]
        flat.put(IMAGE_TYPE, b"CS", "\\".join(values))
    add_number(flat, 0x00181150, b"IS", 0x00189328, whole=True)  # Exposure Time, ms
    add_number(flat, 0x00181151, b"IS", 0x00189330, whole=True)  # X-Ray Tube Current, mA
    add_number(flat, 0x00181152, b"IS", 0x00189332, whole=True)  # Exposure, mAs
    add_number(flat, 0x00181153, b"IS", 0x00189332, 1000, whole=True)  # Exposure in µAs
    return ""
