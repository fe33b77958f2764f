"""PET Image (PS3.3 C.8.9) from Enhanced PET (C.8.22)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from struct import pack

from scanfolio.export.classic.common import (
    FRAME_REFERENCE,
    IMAGE_TYPE,
    INTERCEPT,
    RESCALE_TYPE,
    SLOPE,
    TIMEZONE,
    add_number,
    moment_of,
    offset_of,
)
from scanfolio.export.classic.flat import Flat

UNITS, COUNTS_SOURCE, SERIES_TYPE, DECAY_CORRECTION = 0x00541001, 0x00541002, 0x00541000, 0x00541102
CORRECTED_IMAGE, NUMBER_OF_SLICES, NUMBER_OF_TIME_SLICES, IMAGE_INDEX = 0x00280051, 0x00540081, 0x00540101, 0x00541330
FRAME_REFERENCE_TIME, SERIES_DATE, SERIES_TIME = 0x00541300, 0x00080021, 0x00080031

TERMS = frozenset(
    (
        "CNTS", "NONE", "CM2", "CM2ML", "PCNT", "CPS", "BQML", "MGMINML", "UMOLMINML", "MLMING", "MLG", "1CM", "UMOLML",
        "PROPCNTS", "PROPCPS", "MLMINML", "MLML", "GML", "STDDEV",
    )
)  # fmt: skip
UNITS_OF_UCUM = {
    "Bq/ml": "BQML", "{counts}": "CNTS", "{counts}/s": "CPS", "{propcounts}": "PROPCNTS", "{propcounts}/s": "PROPCPS",
    "cm2": "CM2", "cm2/ml": "CM2ML", "%": "PCNT", "mg/min/ml": "MGMINML", "umol/min/ml": "UMOLMINML",
    "ml/min/g": "MLMING", "ml/g": "MLG", "/cm": "1CM", "umol/ml": "UMOLML", "ml/min/ml": "MLMINML", "ml/ml": "MLML",
    "g/ml": "GML", "g/ml{SUVbw}": "GML", "{SUVbw}g/ml": "GML",
}  # fmt: skip
"""UCUM codes of CID 84 -> Units (0054,1001)."""
CORRECTIONS = (
    (0x00189758, "DECY"), (0x00189759, "ATTN"), (0x00189760, "SCAT"), (0x00189761, "DTIM"), (0x00189762, "MOTN"),
    (0x00189763, "PMOT"), (0x00189764, "CLN"), (0x00189765, "RAN"), (0x00189766, "RADL"), (0x00189767, "DCAL"),
    (0x00189768, "NORM"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """What a PET frame is told of all frames: (slice, time) of each, both counted from 1 without gaps; when the whole
    acquisition started, as a DT."""

    places: tuple[tuple[int, int], ...]
    bed_positions: int
    start: str

    @property
    def slices(self) -> int:
        return max(place for place, _ in self.places)

    @property
    def times(self) -> int:
        return max(time for _, time in self.places)

    @property
    def regular(self) -> bool:
        """Every slice once at every time."""
        return len(set(self.places)) == len(self.places) == self.slices * self.times


def add_pet(flat: Flat, series: Series, frame: int) -> str:
    """Complete a PET frame. Returns why it cannot be a PET image, "" where it can."""
    if not flat.numbers(SLOPE) or flat.numbers(INTERCEPT) != [0.0] or not _units(flat):
        return "values"
    if not flat.has(COUNTS_SOURCE) or not _decay_correction(flat, series.start) or not series.regular:
        return "kind"
    gated = (flat.text(0x00189037), flat.text(0x00189170))
    if any(technique not in ("", "NONE") for technique in gated):
        return "kind"  # a gated series needs intervals and time slots which an enhanced image does not count
    if not flat.has(SERIES_TYPE):
        kinds = flat.texts(IMAGE_TYPE)
        whole_body = "WHOLE_BODY" in kinds or (series.times == 1 and series.bed_positions > 1)
        kind = "WHOLE BODY" if whole_body else "DYNAMIC" if series.times > 1 else "STATIC"
        flat.put(SERIES_TYPE, b"CS", f"{kind}\\IMAGE")
    if not _frame_reference_time(flat):
        return "kind"
    place, time = series.places[frame]
    flat.put(NUMBER_OF_SLICES, b"US", pack("<H", series.slices))
    if series.times > 1:
        flat.put(NUMBER_OF_TIME_SLICES, b"US", pack("<H", series.times))
    flat.put(IMAGE_INDEX, b"US", pack("<H", (time - 1) * series.slices + place))
    add_number(flat, 0x00181242, b"IS", 0x00189220, whole=True)  # Actual Frame Duration, ms
    corrected = [term for tag, term in CORRECTIONS if flat.text(tag) == "YES"]
    if corrected and not flat.has(CORRECTED_IMAGE):
        flat.put(CORRECTED_IMAGE, b"CS", "\\".join(corrected))
    return ""


def _units(flat: Flat) -> bool:
    """Units: said, or those of a Real World Value Mapping that is the very rescaling of the frame."""
    if flat.has(UNITS):
        return True
    unit = flat.text(RESCALE_TYPE)
    if unit not in TERMS:
        unit = ""
        for mapping in flat.sequence_items(0x00409096):
            codes = mapping.sequence_items(0x004008EA)
            slope, intercept = mapping.number(0x00409225), mapping.number(0x00409224)
            same = slope is not None and math.isclose(slope, flat.numbers(SLOPE)[0], rel_tol=1e-6) and not intercept
            if same and len(codes) == 1:
                unit = UNITS_OF_UCUM.get(codes[0].text(0x00080100), "")
    if unit:
        flat.put(UNITS, b"CS", unit)
    return bool(unit)


def _decay_correction(flat: Flat, start: str) -> bool:
    """NONE, START (of the acquisition) or ADMIN (of the drug): by the moment the values are corrected to."""
    if flat.has(DECAY_CORRECTION):
        return True
    corrected, moment = flat.text(0x00189758), flat.text(0x00189701)
    given = {drug.text(0x00181078) for drug in flat.sequence_items(0x00540016)} - {""}
    kind = ""
    if corrected == "NO":
        kind = "NONE"
    elif corrected == "YES" and moment and moment_of(moment) == moment_of(start):
        kind = "START"
    elif corrected == "YES" and moment and moment_of(moment) in map(moment_of, given):
        kind = "ADMIN"
    if kind:
        flat.put(DECAY_CORRECTION, b"CS", kind)
    return bool(kind)


def _frame_reference_time(flat: Flat) -> bool:
    """Milliseconds from the start of the series to the moment the pixel values stand for (C.8.9.4.1.5)."""
    if flat.has(FRAME_REFERENCE_TIME):
        return True
    said = flat.text(FRAME_REFERENCE)
    start, moment = moment_of(flat.text(SERIES_DATE) + flat.text(SERIES_TIME)), moment_of(said)
    if start is None or moment is None or offset_of(said) not in ("", flat.text(TIMEZONE)):
        return False
    flat.put(FRAME_REFERENCE_TIME, b"DS", round((moment - start).total_seconds() * 1000, 3))
    return True
