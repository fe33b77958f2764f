"""Which images of one series belong on one scroll bar, and what is said where they are shown apart.

Split late: a wrong split hides images from the person who scrolls, a missing one only makes scrolling odd. What stands
for itself is always apart (documents, localizers, screenshots, films); the rest only where at least two stacks of
images differ, and never into more than MAX_PARTS by one difference.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scanfolio.geometry import plane_name, same_orientation
from scanfolio.model import SopInstance
from scanfolio.reading.naming import Name
from scanfolio.reading.ordering import Placed, by_value, covers_the_same_places, in_value_order, placed_along_normal
from scanfolio.standard.uids import SOP_CLASSES, TRANSFER_SYNTAXES

MAX_DIRECTIONS = 32  # more than that is one acquisition turning around, not stacks
MAX_PARTS = 8  # of one kind of difference: more echoes than that are a measurement, which one scrolls through
APART_MM = 20.0  # between the positions of two stacks that lie side by side
SECONDARY_CAPTURES = "1.2.840.10008.5.1.4.1.1.7"

Direction = tuple[float, float, float, float, float, float]
Value = Callable[[SopInstance], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """`reasons` are i18n key tails, () for a whole series; `names` say what this part is, the widest first.

    `placed` is there where the places along the normal were looked for already.
    """

    instances: list[SopInstance]
    reasons: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    placed: list[Placed] | None = None

    def piece(self, instances: list[SopInstance], reason: str, name: str = "", **values: str | int | float) -> Part:
        """A part of this part."""
        reasons = self.reasons if reason in self.reasons else (*self.reasons, reason)
        return Part(instances, reasons, (*self.names, (name, values)) if name else self.names)


PICTURES: tuple[tuple[str, Value], ...] = (
    ("echo", lambda i: i.echo_number),
    ("echo", lambda i: i.echo_time_ms),
    ("inversion", lambda i: i.inversion_time_ms),
    ("b_value", lambda i: i.diffusion_b_value),
    ("energy", lambda i: i.kvp),
    ("kernel", lambda i: i.convolution_kernel),
    ("kind", lambda i: i.image_type[2:]),
)
"""What makes another picture of the same places."""

KINDS = {
    "magnitude": ("M", "MAGNITUDE", "M_FFE", "M_SE", "M_IR", "M_PCA"),
    "phase": ("P", "PHASE", "PHASE MAP", "P_FFE", "P_SE", "P_IR", "P_PCA"),
    "real": ("R", "REAL", "R_FFE", "R_SE", "R_IR"),
    "imaginary": ("I", "IMAGINARY", "I_FFE", "I_SE", "I_IR"),
    "velocity": ("V", "VELOCITY", "VELOCITY MAP"),
    "water": ("W", "WATER"),
    "fat": ("F", "FAT"),
    "in_phase": ("IP", "IN_PHASE"),
    "out_of_phase": ("OP", "OPP_PHASE", "OUT_PHASE"),
    "adc": ("ADC",),
    "trace": ("TRACE", "TRACEW"),
    "anisotropy": ("FA",),
    "mip": ("MIP", "MAX_IP", "PROJECTION IMAGE"),
}
"""Values 3 and later of Image Type (C.8.3.1.1.1 and vendors' own) that have a plain name."""
_KIND_OF = {token: kind for kind, tokens in KINDS.items() for token in tokens}


def split(members: list[SopInstance]) -> list[Part]:
    """The parts of one series; each image is in exactly one of them."""
    kinds = _by(members, shows)
    parts = [Part(kind, ("kinds",)) for kind in kinds] if len(kinds) > 1 else [Part(members)]
    for pieces_of in (_localizers, _captures, _recordings, _sizes, _directions, _same_places):
        parts = [piece for part in parts for piece in _divided(part, pieces_of)]
    return parts


def shows(instance: SopInstance) -> str:
    """image | document | report | waveform | video | other, by Transfer Syntax, pixel data and SOP Class."""
    syntax = TRANSFER_SYNTAXES.get(instance.transfer_syntax_uid)
    if syntax and syntax.family == "video":
        return "video"
    known = SOP_CLASSES.get(instance.sop_class_uid)
    if known and known.shows == "video":
        return "video"
    if instance.is_image:
        return "image"
    return known.shows if known else "other"


def _divided(part: Part, pieces_of: Callable[[Part], list[Part]]) -> list[Part]:
    if len(part.instances) < 2 or shows(part.instances[0]) != "image":
        return [part]
    return pieces_of(part)


def _localizers(part: Part) -> list[Part]:
    pieces = _by(part.instances, is_localizer)
    if len(pieces) == 1:
        return [part]
    return [part.piece(piece, "localizer", "localizer" if is_localizer(piece[0]) else "") for piece in pieces]


def is_localizer(i: SopInstance) -> bool:
    return "LOCALIZER" in i.image_type[2:]


def _captures(part: Part) -> list[Part]:
    """Screenshots, dose screens and the like, beside images that have a place in the patient."""
    slices = [i for i in part.instances if _has_plane(i) and not is_capture(i)]
    if len(slices) < 2 or len(slices) == len(part.instances):
        return [part]
    shapes = {(i.sop_class_uid, i.rows, i.columns, i.samples_per_pixel) for i in slices}

    def is_other(i: SopInstance) -> bool:
        shape = (i.sop_class_uid, i.rows, i.columns, i.samples_per_pixel)
        return is_capture(i) or (not _has_plane(i) and i.number_of_frames == 1 and shape not in shapes)

    pieces = _by(part.instances, is_other)
    if len(pieces) == 1:
        return [part]
    return [part.piece(piece, "captures", "capture" if is_other(piece[0]) else "") for piece in pieces]


def _has_plane(i: SopInstance) -> bool:
    return i.image_position_mm is not None and i.image_orientation is not None


def is_capture(i: SopInstance) -> bool:
    return i.sop_class_uid.startswith(SECONDARY_CAPTURES) and (
        len(i.sop_class_uid) == len(SECONDARY_CAPTURES) or i.sop_class_uid[len(SECONDARY_CAPTURES)] == "."
    )


def _recordings(part: Part) -> list[Part]:
    """Films and other multi-frame images, one by one: each has its own length and speed. Enhanced objects are not
    films: a volume may be cut into several of them."""
    films = [i for i in part.instances if i.number_of_frames > 1 and not i.has_functional_groups]
    if not films:
        return [part]
    films.sort(key=lambda i: (i.instance_number is None, i.instance_number or 0, i.path))
    single = [i for i in part.instances if i.number_of_frames == 1 or i.has_functional_groups]
    parts = [part.piece([film], "recordings", "recording", n=n) for n, film in enumerate(films, 1)]
    return [part.piece(single, "recordings", "stills"), *parts] if single else parts


def _sizes(part: Part) -> list[Part]:
    if any(i.image_orientation is None for i in part.instances):
        return [part]
    parts = []
    for piece in _stacks(_by(part.instances, lambda i: (i.rows, i.columns))):
        sizes = {(i.rows, i.columns) for i in piece}
        name = "size" if len(sizes) == 1 else "rest"
        parts.append(part.piece(piece, "sizes", name, rows=piece[0].rows or 0, columns=piece[0].columns or 0))
    return parts or [part]


def _directions(part: Part) -> list[Part]:
    found: list[tuple[Direction | None, list[SopInstance]]] = []
    for instance in part.instances:
        for direction, piece in found:
            if _same_direction(direction, instance.image_orientation):
                piece.append(instance)
                break
        else:
            found.append((instance.image_orientation, [instance]))
            if len(found) > MAX_DIRECTIONS:
                return [part]
    if len(found) == 1:
        return [part]
    parts = []
    for piece in _stacks([piece for _, piece in found]):
        one = all(_same_direction(i.image_orientation, piece[0].image_orientation) for i in piece)
        parts.append(
            part.piece(piece, "orientations", (plane_name(piece[0].image_orientation) if one else "") or "rest")
        )
    return parts or [part]


def _same_direction(one: Direction | None, other: Direction | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or same_orientation(one, other)


def _stacks(pieces: list[list[SopInstance]]) -> list[list[SopInstance]]:
    """`pieces` where at least two of them are stacks of two images or more, with the single ones kept together at the
    end; else nothing (radial acquisitions have a direction per image and belong together)."""
    stacks = [piece for piece in pieces if len(piece) > 1]
    single = [piece[0] for piece in pieces if len(piece) == 1]
    if len(stacks) < 2:
        return []
    return [*stacks, single] if single else stacks


def _same_places(part: Part) -> list[Part]:
    """Several stacks of parallel images at the same places along their normal."""
    placed = placed_along_normal(part.instances)
    if placed is None:
        return [part]
    if not _several_at_a_place(placed):
        return [replace(part, placed=placed)]
    parts = _side_by_side(part, placed)
    if len(parts) == 1:
        parts = _pictures(part, placed)
    if len(parts) == 1:
        return [replace(part, placed=placed)]
    return [piece for one in parts for piece in _divided(one, _same_places)]


def _side_by_side(part: Part, placed: list[Placed]) -> list[Part]:
    """Stacks that lie beside each other: both hips, both knees."""
    if "stacks" in part.reasons:
        return [part]
    orientation = placed[0][1].image_orientation
    assert orientation is not None
    for axis in (orientation[:3], orientation[3:]):
        group_of = _clusters([(sum(a * b for a, b in zip(axis, i.image_position_mm or (), strict=True)), i)
                              for _, i in placed])  # fmt: skip
        classes = by_value(placed, lambda i: group_of[id(i)])  # noqa: B023  used at once
        if 2 <= len(classes) <= MAX_PARTS and covers_the_same_places(classes, placed[-1][0] + 1):
            keys = in_value_order(classes)
            return [part.piece([i for _, i in classes[key]], "stacks", "stack", n=n) for n, key in enumerate(keys, 1)]
    return [part]


def _clusters(offsets: list[tuple[float, SopInstance]]) -> dict[int, int]:
    """id of each image -> number of its cluster along an axis; clusters are APART_MM from each other."""
    offsets.sort(key=lambda pair: pair[0])
    found: dict[int, int] = {}
    cluster, last = 0, offsets[0][0]
    for offset, instance in offsets:
        if offset - last > APART_MM:
            cluster += 1
        found[id(instance)], last = cluster, offset
    return found


def _several_at_a_place(placed: Sequence[Placed]) -> bool:
    places = len({place for place, _ in placed})
    return len(placed) - places > len(placed) // 10


def _pictures(part: Part, placed: list[Placed]) -> list[Part]:
    """Several pictures of one thing: echoes, b-values, magnitude and phase, tube voltages, filters."""
    found = None
    for reason, value in PICTURES:
        if reason in part.reasons:
            continue
        classes = by_value(placed, value)
        if 2 <= len(classes) <= MAX_PARTS and covers_the_same_places(classes, placed[-1][0] + 1):
            alone = not any(_several_at_a_place(c) for c in classes.values())
            if found is None or alone:
                found = reason, classes
            if alone:
                break
    if found is None:
        return [part]
    reason, classes = found
    keys = in_value_order(classes)
    parts = []
    for n, key in enumerate(keys, 1):
        name, values = _name_of(reason, n, key, classes[key][0][1], keys)
        parts.append(part.piece([i for _, i in classes[key]], reason, name, **values))
    return parts


def names_of_runs(firsts: Sequence[SopInstance]) -> list[tuple[Name, ...]]:
    """What tells runs through the body apart, by the first image of each; () where nothing does."""
    names: list[list[Name]] = [[] for _ in firsts]
    told: set[str] = set()
    for reason, value in PICTURES:
        values = [value(first) for first in firsts]
        classes = by_value([(0, first) for first in firsts], value)
        if len(classes) < 2 or reason in told:
            continue
        told.add(reason)
        keys = in_value_order(classes)
        for own, first, key in zip(names, firsts, values, strict=True):
            own.append(_name_of(reason, keys.index(key) + 1, key, first, keys))
    return [tuple(own) for own in names]


def _name_of(reason: str, n: int, key: Any, first: SopInstance, keys: list[Any]) -> Name:
    if reason == "kind":
        return _kind(key, keys)
    if key is None or key == "":
        return _kind(first.image_type[2:], [])
    if reason == "echo":
        return ("echo", {"n": n, "ms": first.echo_time_ms}) if first.echo_time_ms else ("echo_n", {"n": n})
    return reason, {"value": key}


def _kind(words: tuple[str, ...], others: list[tuple[str, ...]]) -> Name:
    """What Image Type, from its third value on, calls these images: by a plain name where there is one, else by the
    words that tell them apart."""
    shared = set(words).intersection(*others) if others else set()
    telling = [word for word in words if word and word not in shared]
    plain = next((_KIND_OF[word] for word in telling if word in _KIND_OF), "")
    if plain:
        return f"kind_{plain}", {}
    return ("kind", {"text": " ".join(telling)}) if telling else ("rest", {})


def _by(members: list[SopInstance], key: Value) -> list[list[SopInstance]]:
    groups: dict[Hashable, list[SopInstance]] = {}
    for instance in members:
        groups.setdefault(key(instance), []).append(instance)
    return list(groups.values())
