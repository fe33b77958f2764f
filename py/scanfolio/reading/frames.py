"""The facts of each frame of a multi-frame image, in the words of a single-frame one; read only when it is shown.

Per-frame groups come before shared ones, both before the root (PS3.3 C.7.6.16). Each answer is a SopInstance, so
whatever understands a single-frame image understands a frame of a multi-frame one: sorting, recipes, windows.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from scanfolio.errors import ReadingError
from scanfolio.geometry import slice_normal
from scanfolio.model import SopInstance
from scanfolio.reading.elements import EXPLICIT_LITTLE, Declined, Encoding
from scanfolio.reading.facts import build_instance, code, codes, numbers
from scanfolio.reading.groups import PER_FRAME, SHARED, Found, read_groups
from scanfolio.reading.naming import Name
from scanfolio.reading.text import decode
from scanfolio.source.entry import Entry

MOST_FRAMES = 50_000  # of one file: beyond that no facts of single frames are kept
MOST_FRAMES_PER_SECOND = 120.0
NM_VECTORS = (
    (0x00540010, "energy_window"),
    (0x00540020, "detector"),
    (0x00540030, "phase"),
    (0x00540050, "rotation"),
    (0x00540060, "interval"),
    (0x00540070, "time_slot"),
    (0x00540100, "time_slice"),
)
_FIELDS = tuple(f.name for f in fields(SopInstance))


@dataclass(frozen=True, slots=True)
class Frames:
    """`facts` has one SopInstance for each frame in stored order; `labels` what else is said of each (segment, energy
    window). `frames_per_second` is None where the file names no speed."""

    facts: tuple[SopInstance, ...]
    labels: tuple[tuple[Name, ...], ...]
    frames_per_second: float | None


@lru_cache(maxsize=2)
def frames_of(entry: Entry, instance: SopInstance) -> Frames:
    """The frames of `instance`. What is missing or cannot be read stays as the root has it; never raises for content.

    Raises SourceError when the bytes cannot be had.
    """
    count = instance.frames_here
    try:
        found, encoding = read_groups(entry, instance) if count <= MOST_FRAMES else ({}, EXPLICIT_LITTLE)
    except ReadingError:
        found = {}
    if not found:
        return unread(instance)
    base = {name: getattr(instance, name) for name in _FIELDS}
    base["has_functional_groups"] = False
    read = _Reader(encoding, instance)
    changes = _of_groups(found, read, count) if instance.has_functional_groups else _of_nm(found, read, count)
    labels = _segment_labels(found, read, count) if 0x00620002 in found else _nm_labels(found, read, count)
    return Frames(
        tuple([build_instance({**base, **change}) for change in changes]), labels, _frames_per_second(found, read)
    )


def unread(instance: SopInstance) -> Frames:
    """The frames of which nothing is known but what the root says."""
    count = instance.frames_here
    return Frames((instance,) * count, ((),) * count, None)


def has_frames_of_its_own(instance: SopInstance) -> bool:
    """Whether frames may differ from what the root says: functional groups, and the slices of NM."""
    return instance.has_functional_groups or (instance.modality == "NM" and instance.number_of_frames > 1)


def facts_of_frame(entry: Entry, instance: SopInstance, frame: int) -> SopInstance:
    """What holds for frame `frame` (from 0); `instance` itself where all frames are alike."""
    if not has_frames_of_its_own(instance) or frame >= instance.frames_here:
        return instance
    return frames_of(entry, instance).facts[frame]


def forget() -> None:
    """Drop the frames that were kept (another disc was opened)."""
    frames_of.cache_clear()


class _Reader:
    """Raw values into numbers and words; what is malformed counts as absent."""

    def __init__(self, encoding: Encoding, instance: SopInstance) -> None:
        self._order = ">" if encoding.big else "<"
        self._charset = instance.specific_character_set

    def decimals(self, raw: bytes | None, count: int = 0) -> tuple[float, ...]:
        """A DS."""
        try:
            values = numbers(raw) if raw else ()
        except Declined:
            return ()
        return values if not count or len(values) == count else ()

    def decimal(self, raw: bytes | None) -> float | None:
        values = self.decimals(raw)
        return values[0] if values else None

    def binary(self, raw: bytes | None, form: str) -> tuple[Any, ...]:
        """US "H", UL "I", FD "d"."""
        size = struct.calcsize(form)
        return struct.unpack(f"{self._order}{len(raw) // size}{form}", raw[: len(raw) // size * size]) if raw else ()

    def first(self, raw: bytes | None, form: str) -> Any:
        values = self.binary(raw, form)
        return values[0] if values else None

    def words(self, raw: bytes | None) -> tuple[str, ...]:
        try:
            return codes(raw) if raw else ()
        except Declined:
            return ()

    def word(self, raw: bytes | None) -> str:
        try:
            return code(raw) if raw else ""
        except Declined:
            return ""

    def text(self, raw: bytes | None) -> str:
        return decode(raw, self._charset)[0] if raw else ""

    def texts(self, raw: bytes | None) -> tuple[str, ...]:
        return tuple(part.strip(" \0") for part in self.text(raw).split("\\")) if raw else ()


Change = dict[str, Any]


def _pixel_measures(m: Found, read: _Reader) -> Change:
    change: Change = {}
    if spacing := read.decimals(m.get(0x00280030), 2):
        change["pixel_spacing_mm"] = spacing
    for tag, name in ((0x00180050, "slice_thickness_mm"), (0x00180088, "spacing_between_slices_mm")):
        if (value := read.decimal(m.get(tag))) is not None:
            change[name] = value
    return change


def _frame_content(m: Found, read: _Reader) -> Change:
    moment = read.first(m.get(0x00209128), "I")
    acquired = read.word(m.get(0x00189074))
    change: Change = {"temporal_position": moment} if moment is not None else {}
    acquisition = read.first(m.get(0x00209156), "H")
    if acquisition is not None:
        change["acquisition_number"] = acquisition
    if len(acquired) >= 14:
        change.update(content_date=acquired[:8], acquisition_time=acquired[8:])
    return change


def _transformation(m: Found, read: _Reader) -> Change:
    return {
        "rescale_slope": read.decimal(m.get(0x00281053)),
        "rescale_intercept": read.decimal(m.get(0x00281052)),
        "rescale_type": read.text(m.get(0x00281054)),
    }


def _voi(m: Found, read: _Reader) -> Change:
    return {
        "window_centers": read.decimals(m.get(0x00281050)),
        "window_widths": read.decimals(m.get(0x00281051)),
        "window_explanations": read.texts(m.get(0x00281055)),
        "voi_lut_function": read.word(m.get(0x00281056)),
    }


def _frame_type(m: Found, read: _Reader) -> Change:
    component = read.word(m.get(0x00089208))
    frame_type = read.words(m.get(0x00089007))
    if component and component not in frame_type:
        frame_type = (*frame_type, component)
    return {"image_type": frame_type} if frame_type else {}


def _x_ray_pixels(m: Found, read: _Reader) -> Change:
    """C.8.19.6.4: at the detector, not in the patient; it changes with the field of view, from frame to frame."""
    change = _frame_type(m, read)
    if spacing := read.decimals(m.get(0x00181164), 2):
        change["imager_pixel_spacing_mm"] = spacing
    return change


def _number(field: str, tag: int, form: str) -> Callable[[Found, _Reader], Change]:
    def change(m: Found, read: _Reader) -> Change:
        value = read.first(m.get(tag), form) if form else read.decimal(m.get(tag))
        return {} if value is None else {field: float(value)}

    return change


_CHANGES: dict[int, Callable[[Found, _Reader], Change]] = {
    0x00289110: _pixel_measures,
    0x00209113: lambda m, read: {"image_position_mm": read.decimals(m.get(0x00200032), 3) or None},
    0x00209116: lambda m, read: {"image_orientation": read.decimals(m.get(0x00200037), 6) or None},
    0x00209111: _frame_content,
    0x00289145: _transformation,
    0x00289132: _voi,
    0x00189226: _frame_type,
    0x00189329: _frame_type,
    0x00189751: _frame_type,
    0x00189504: _frame_type,
    0x00189806: _frame_type,
    0x00289443: _x_ray_pixels,
    0x00189114: _number("echo_time_ms", 0x00189082, "d"),
    0x00189117: _number("diffusion_b_value", 0x00189087, "d"),
    0x00189115: _number("inversion_time_ms", 0x00189079, "d"),
    0x00189118: _number("trigger_time_ms", 0x00209153, "d"),
    0x00189325: _number("kvp", 0x00180060, ""),
    0x00189304: _number("gantry_tilt_degrees", 0x00181120, ""),
    0x00189314: lambda m, read: {"convolution_kernel": read.word(m.get(0x00181210))},
}


def _of_groups(found: Found, read: _Reader, count: int) -> list[Change]:
    """What the functional groups change for each frame. Its number is its rank by Dimension Index Values, where all
    frames have different ones (C.7.6.17): what their writer wants them sorted by; else its place in the file."""
    shared: Found = next(iter(found.get(SHARED, ())), {})
    per_frame: Sequence[Found] = found.get(PER_FRAME, ())
    known: dict[int, Change] = {}  # a group that repeats is one object

    def change_of(tag: int, items: list[Found]) -> Change:
        made = known.get(id(items))
        if made is None:
            made = known[id(items)] = _CHANGES[tag](items[0], read) if items else {}
        return made

    common: Change = {}
    for tag, items in shared.items():
        if tag in _CHANGES:
            common.update(change_of(tag, items))
    changes = []
    indices: list[tuple[Any, ...]] = []
    for number in range(count):
        change = dict(common)
        groups = per_frame[number] if number < len(per_frame) else {}
        for tag, items in groups.items():
            if tag in _CHANGES:
                change.update(change_of(tag, items))
        content = groups.get(0x00209111) or [{}]
        indices.append(read.binary(content[0].get(0x00209157), "I"))
        changes.append(change)
    ranked = len(set(indices)) == count and len({len(index) for index in indices}) == 1
    order = sorted(range(count), key=indices.__getitem__) if ranked else range(count)
    for rank, number in enumerate(order, 1):
        changes[number]["instance_number"] = rank
    return changes


def _segment_labels(found: Found, read: _Reader, count: int) -> tuple[tuple[Name, ...], ...]:
    names = {
        read.first(segment.get(0x00620004), "H"): read.text(segment.get(0x00620005)) for segment in found[0x00620002]
    }
    shared: Found = next(iter(found.get(SHARED, ())), {})
    per_frame: Sequence[Found] = found.get(PER_FRAME, ())
    labels: list[tuple[Name, ...]] = []
    for number in range(count):
        groups = per_frame[number] if number < len(per_frame) else {}
        items = groups.get(0x0062000A) or shared.get(0x0062000A) or [{}]
        segment = read.first(items[0].get(0x0062000B), "H")
        name = names.get(segment, "")
        labels.append((("segment", {"text": name}),) if name else ())
    return tuple(labels)


def _vectors(found: Found, read: _Reader, count: int) -> dict[int, tuple[int, ...]]:
    """The vectors of NM that have a value for every frame."""
    vectors = {tag: read.binary(found.get(tag), "H") for tag in (*(tag for tag, _ in NM_VECTORS), 0x00540080)}
    return {tag: vector for tag, vector in vectors.items() if len(vector) == count}


def _of_nm(found: Found, read: _Reader, count: int) -> list[Change]:
    """NM (C.8.4.9, C.8.4.15): reconstructed slices lie Spacing Between Slices apart along the normal of the one
    detector, a positive one behind the first. All others are seen from outside and have no place."""
    changes: list[Change] = [{"instance_number": number} for number in range(1, count + 1)]
    vectors = _vectors(found, read, count)
    detectors = found.get(0x00540022, ())
    spacing = read.decimal(found.get(0x00180088))
    slices = vectors.get(0x00540080)
    if len(detectors) != 1 or not spacing or slices is None:
        return changes
    position = read.decimals(detectors[0].get(0x00200032), 3)
    orientation = read.decimals(detectors[0].get(0x00200037), 6)
    if not position or not orientation:
        return changes
    normal = slice_normal(orientation)
    moments = vectors.get(0x00540070)
    for number, change in enumerate(changes):
        along = spacing * (slices[number] - 1)
        change["image_position_mm"] = tuple(p + n * along for p, n in zip(position, normal, strict=True))
        change["image_orientation"] = orientation
        if moments is not None:
            change["temporal_position"] = moments[number]
    return changes


def _nm_labels(found: Found, read: _Reader, count: int) -> tuple[tuple[Name, ...], ...]:
    """Which energy window, detector, phase … a frame is of, where there are several."""
    vectors = _vectors(found, read, count)
    windows = [read.text(window.get(0x00540018)) for window in found.get(0x00540012, ())]
    labels: list[tuple[Name, ...]] = []
    for number in range(count):
        own: list[Name] = []
        for tag, name in NM_VECTORS:
            vector = vectors.get(tag)
            if vector is None or len(set(vector)) < 2:
                continue
            value = vector[number]
            text = windows[value - 1] if name == "energy_window" and 0 < value <= len(windows) else ""
            own.append(("text", {"text": text}) if text else (name, {"n": value}))
        labels.append(tuple(own))
    return tuple(labels)


def _frames_per_second(found: Found, read: _Reader) -> float | None:
    """The speed the file asks for: Recommended Display Frame Rate, Cine Rate, Frame Time, or the usual time of the
    Frame Time Vector (C.7.6.5)."""
    for tag in (0x00082144, 0x00180040):
        rate = read.decimal(found.get(tag))
        if rate and rate > 0:
            return _plausible(rate)
    times = [time for time in read.decimals(found.get(0x00181065))[1:] if time > 0]
    time = sorted(times)[len(times) // 2] if times else read.decimal(found.get(0x00181063))
    return _plausible(1000.0 / time) if time and time > 0 else None


def _plausible(rate: float) -> float | None:
    """None below one frame a second: that is how slowly it was recorded, not how anybody watches it."""
    return min(rate, MOST_FRAMES_PER_SECOND) if rate >= 1 else None
