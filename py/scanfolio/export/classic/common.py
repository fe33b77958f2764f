"""What every classic image needs of its frame: identity, source, Image Type, dates, Type 2 attributes left empty."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import cache

from scanfolio.export.classic.flat import Flat, decimal
from scanfolio.export.elements import element, sequence
from scanfolio.standard.classic import CLASSIC
from scanfolio.standard.iods import iod_of

NAMES = uuid.UUID("6f0d9a3c-8a0e-5d53-9f1b-2f7c4b7e9d21")
"""The name space of derived identifiers; never to be changed, or a second copy would count as another examination."""
FRAMES_APART = 10_000

IMAGE_TYPE, FRAME_TYPE, COMPLEX_COMPONENT = 0x00080008, 0x00089007, 0x00089208
ACQUISITION_DATE, ACQUISITION_TIME, ACQUISITION_DATE_TIME = 0x00080022, 0x00080032, 0x0008002A
FRAME_ACQUISITION, FRAME_REFERENCE, TIMEZONE = 0x00189074, 0x00189151, 0x00080201
PRESENTATION = 0x00089205
POSITION, ORIENTATION, SPACING = 0x00200032, 0x00200037, 0x00280030
INTERCEPT, SLOPE, RESCALE_TYPE = 0x00281052, 0x00281053, 0x00281054

NOT_OF_ONE_FRAME = frozenset(
    (
        0x00200242, 0x00209161, 0x00209162, 0x00209163, 0x00209164, 0x00209221, 0x00209222, 0x00209228, 0x00209311,
        0x00280008, 0x00280009, 0x00880200, 0x52009229, 0x52009230,
    )
)  # fmt: skip
"""Of the root: number of frames, functional groups, dimensions, concatenation, and the preview of the whole."""
USED_UP = frozenset((FRAME_TYPE, 0x00209157))
"""Of the groups: what is said otherwise in a classic image (Frame Type), or means nothing without the dimensions."""

PATIENT_ORIENTATION = frozenset((0x00540410, 0x00540414))
_EMPTY_VR = {
    0x00080022: b"DA", 0x00080032: b"TM", 0x00180022: b"CS", 0x00180023: b"CS", 0x00180050: b"DS", 0x00180060: b"DS",
    0x00180081: b"DS", 0x00180091: b"IS", 0x00181181: b"CS", 0x00181242: b"IS", 0x00200012: b"IS", 0x00201040: b"LO",
    0x00280051: b"CS", 0x00540016: b"SQ", 0x00540410: b"SQ", 0x00540414: b"SQ",
}  # fmt: skip


def frame_uid(sop_instance_uid: str, frame: int) -> str:
    """The SOP Instance UID of frame `frame` (from 0) as an image of its own: the same every time (PS3.4 C.3.5)."""
    return _derived(f"instance/{sop_instance_uid}/{frame + 1}")


def series_uid(series_instance_uid: str) -> str:
    """The Series Instance UID of single images made of a series: a series holds images of one SOP Class."""
    return _derived(f"series/{series_instance_uid}")


def _derived(name: str) -> str:
    return f"2.25.{uuid.uuid5(NAMES, name).int}"


def instance_number(source_number: int | None, rank: int) -> int:
    """Counts on in a series of several enhanced images, and needs nothing but the image itself to be told."""
    before = max(source_number or 1, 1) - 1
    return before * FRAMES_APART + rank if before < 200_000 else rank


def add_identity(flat: Flat, source_class: str, source_uid: str, frame: int) -> None:
    """Identity of the frame, and the reference to where it comes from (C.12.1, Conversion Source Attributes)."""
    flat.put(0x00080016, b"UI", CLASSIC[source_class])
    flat.put(0x00080018, b"UI", frame_uid(source_uid, frame))
    flat.put(0x0020000E, b"UI", series_uid(flat.text(0x0020000E)))
    reference = (
        element(0x00081150, b"UI", source_class.encode("ascii"))
        + element(0x00081155, b"UI", source_uid.encode("ascii"))
        + element(0x00081160, b"IS", b"%d" % (frame + 1))
    )
    flat[0x00209172] = (b"SQ", sequence(0x00209172, [reference])[12:])


def add_image_type(flat: Flat) -> bool:
    """Image Type from the Frame Type (C.7.6.1.1.2). False where value 1 is not said of this frame."""
    values = flat.texts(FRAME_TYPE) or flat.texts(IMAGE_TYPE)
    if len(values) < 2 or values[0] not in ("ORIGINAL", "DERIVED"):
        return False
    component = flat.text(COMPLEX_COMPONENT)
    if component and component not in values:
        values = [*values, *["NONE"] * (4 - len(values)), component]
    flat.put(IMAGE_TYPE, b"CS", "\\".join(values))
    return True


def add_times(flat: Flat) -> None:
    """Acquisition Date, Time and DateTime of this frame; what the root says of all stays where a frame says nothing."""
    said = flat.text(FRAME_ACQUISITION)
    if moment_of(said) is not None:
        flat.put(ACQUISITION_DATE_TIME, b"DT", said)
        flat.pop(ACQUISITION_DATE, None)
        flat.pop(ACQUISITION_TIME, None)
    elif flat.has(ACQUISITION_DATE) or flat.has(ACQUISITION_TIME):
        return
    moment = flat.text(ACQUISITION_DATE_TIME)
    # A date and a time have no time zone of their own: in another one than the file's they would be wrong.
    if moment_of(moment) is not None and offset_of(moment) in ("", flat.text(TIMEZONE)):
        flat.put(ACQUISITION_DATE, b"DA", moment[:8])
        flat.put(ACQUISITION_TIME, b"TM", moment.removesuffix(offset_of(moment))[8:])


def add_common(flat: Flat) -> None:
    number = flat.number(0x00209156)
    if number is not None:
        flat.put(0x00200012, b"IS", int(number))
    if flat.has(0x00209072) and not flat.has(0x00200062):  # Frame Laterality
        flat[0x00200062] = (b"CS", flat.raw(0x00209072))
    if flat.has(0x00209158) and not flat.has(0x00204000):  # Frame Comments
        flat[0x00204000] = (b"LT", flat.raw(0x00209158))
    flat.pop(0x00209072, None)
    add_number(flat, 0x00200100, b"IS", 0x00209128)  # Temporal Position Identifier from its index


def leave_empty(flat: Flat, source_class: str) -> None:
    """Type 2 attributes of the classic class which nobody asked of the enhanced one: there, without a value."""
    for tag in _newly_asked(CLASSIC[source_class], source_class):
        if tag in PATIENT_ORIENTATION and flat.has(0x00185100):
            continue  # Patient Position says it, and C.7.3.1 wants only one of the two
        flat.setdefault(tag, (_EMPTY_VR[tag], b""))


@cache
def _newly_asked(classic: str, enhanced: str) -> tuple[int, ...]:
    wanted, had = iod_of(classic), iod_of(enhanced)
    before = {a.tag for a in had.attributes} if had else set()
    return (
        tuple(a.tag for a in wanted.attributes if a.type == "2" and a.tag in _EMPTY_VR.keys() - before)
        if wanted
        else ()
    )


def moment_of(date_time: str) -> datetime | None:
    """A DT, or a DA and a TM one after the other, down to the second or a fraction; an offset is not looked at."""
    plain = date_time.split("+")[0].split("-")[0]
    try:
        moment = datetime.strptime(plain[:14], "%Y%m%d%H%M%S")
        fraction = float("0" + plain[14:]) if plain[14:].startswith(".") else 0.0
    except ValueError:
        return None
    return moment + timedelta(seconds=fraction)


def offset_of(date_time: str) -> str:
    return next((date_time[date_time.index(sign) :] for sign in "+-" if sign in date_time), "")


def add_number(flat: Flat, tag: int, vr: bytes, source: int, factor: float = 1.0, *, whole: bool = False) -> None:
    """`tag` from the number `source`, where it is said. A whole number that would round to 0 is left out."""
    value = flat.number(source)
    if value is None or flat.has(tag):
        return
    value *= factor
    if whole:
        rounded = round(value)
        if rounded == 0 and value != 0:
            return
        value = rounded
    flat[tag] = (vr, decimal(value))
