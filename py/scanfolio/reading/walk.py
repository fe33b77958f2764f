"""Walking over data elements without building any: the inner loop of the fast reader.

A walk goes over the top level of one data set, keeps the raw values of the looked-for attributes, steps over
everything else by its length and stops at the pixel data. It works on windows of the file: when an element reaches
beyond the window it says which bytes it wants next and goes on from there.
"""

from __future__ import annotations

from typing import NamedTuple

from scanfolio.model import Layout
from scanfolio.reading.elements import (
    FORM,
    IN_UN,
    SKIP_LONG,
    UNDEFINED,
    Declined,
    Encoding,
    MoreNeeded,
    after_sequence,
    same_bytes,
)
from scanfolio.reading.layout import EMPTY, ODD
from scanfolio.reading.runs import MAX_LESSONS, RUN_ELEMENTS, Mark, Place

CHUNK_BYTES = 16384
MAX_VALUE_BYTES = 1 << 20  # of a looked-for attribute: the longest real ones are some hundred bytes
MAX_SEQUENCE_BYTES = 64 << 20  # of one sequence of undefined length, which has to be walked to find its end


class PixelElement(NamedTuple):
    """The pixel data element: `offset` of its value and `length` in bytes, None for undefined length."""

    tag: int
    vr: str
    offset: int
    length: int | None


class Want(NamedTuple):
    """Bytes the walk has to see next."""

    offset: int
    length: int


class Walk:
    """One walk over the data set that starts at byte `start` of a stream of `size` bytes."""

    def __init__(self, encoding: Encoding, start: int, size: int) -> None:
        self.encoding = encoding
        self.position = start  # of the next element
        self.size = size
        self.raw: dict[int, bytes] = {}
        self.pixels: PixelElement | None = None
        self.cut = ""  # a technical sentence, when the stream ends inside an element
        self.start = start
        self._seen: list[bytes] = []  # keys of the elements stepped over, see reading.layout

    @property
    def layout(self) -> Layout | None:
        """Which elements there are; None where the header is cut short."""
        return None if self.cut else self.encoding.layouts.of(self._seen)

    @property
    def empty(self) -> bool:
        """Not one element was stepped over."""
        return self.position == self.start and self.pixels is None

    def step(self, window: bytes, base: int) -> Want | None:
        """Go as far as `window` (the bytes from `base` on) allows. None when finished, else what to read next.

        Raises Declined for what the fast reader does not do, TooDeep for absurd nesting.
        """
        if self.encoding.explicit:
            return self._step_explicit(window, base)
        return self._step_implicit(window, base)

    def _step_explicit(self, window: bytes, base: int) -> Want | None:
        encoding = self.encoding
        header, uint32, plan, raw = encoding.key_header, encoding.uint32, encoding.plan, self.raw
        see = self._seen.append
        end = len(window)
        last = end - 12
        position = self.position - base
        try:
            while position <= last:
                place, after = self._known_run(window, position)
                if after:
                    position = after
                    continue
                marks: list[Mark] | None = [] if place else None
                closer = None
                for _ in range(RUN_ELEMENTS):
                    if position > last:
                        break
                    start = position
                    key, length = header(window, start)
                    what = plan[key]
                    value = start + 8
                    see(key)
                    if what >= 0:
                        if what:
                            if value + length > end:
                                return self._beyond_at(window, base, start)
                            raw[what] = window[value : value + length]
                    else:
                        if FORM[key[4:]]:
                            length = uint32(window, value)[0]
                            value += 4
                        if what != SKIP_LONG or length == UNDEFINED:
                            closer = (window, base, start, value, length, key[:4], key[4:])
                            break
                    position = value + length
                    if not length or length & 1:
                        see(ODD if length else EMPTY)
                    if marks is not None:
                        marks.append(Mark(start, value, position, max(what, 0)))
                if place and marks:
                    place.learn(window, marks)
                if closer:
                    done, position = self._closer(*closer)
                    if done:
                        return done[0]
                    if position == closer[2]:
                        break
        finally:
            self.position = position + base
        return self._beyond(window, base)

    def _step_implicit(self, window: bytes, base: int) -> Want | None:
        encoding = self.encoding
        header, plan, raw = encoding.key_header, encoding.plan, self.raw
        see = self._seen.append
        end = len(window)
        last = end - 12
        position = self.position - base
        try:
            while position <= last:
                place, after = self._known_run(window, position)
                if after:
                    position = after
                    continue
                marks: list[Mark] | None = [] if place else None
                closer = None
                for _ in range(RUN_ELEMENTS):
                    if position > last:
                        break
                    start = position
                    key, length = header(window, start)
                    what = plan[key]
                    value = start + 8
                    see(key)
                    if length == UNDEFINED or what < 0:
                        closer = (window, base, start, value, length, key, b"")
                        break
                    if what:
                        if length > MAX_VALUE_BYTES:
                            self._too_long(base + start, base + value + length)
                            return None
                        if value + length > end:
                            return self._beyond_at(window, base, start)
                        raw[what] = window[value : value + length]
                    position = value + length
                    if not length or length & 1:
                        see(ODD if length else EMPTY)
                    if marks is not None:
                        marks.append(Mark(start, value, position, what))
                if place and marks:
                    place.learn(window, marks)
                if closer:
                    done, position = self._closer(*closer)
                    if done:
                        return done[0]
                    if position == closer[2]:
                        break
        finally:
            self.position = position + base
        return self._beyond(window, base)

    def _known_run(self, window: bytes, position: int) -> tuple[Place | None, int]:
        """(the place that wants to learn what begins here, the position after the run that is known here or 0)."""
        places = self.encoding.places
        first = window[position : position + 8]
        place = places.get(first) or places.visit(first)
        if place is None:
            return None, 0
        run = place.run
        if run is not None:
            after = position + run.size
            if after <= len(window) and run.headers(window, position) == run.expected:
                self.raw.update(zip(run.tags, run.values(window, position), strict=True))
                self._seen.append(run.name)
                return None, after
        return (place if place.lessons < MAX_LESSONS else None), 0

    def _beyond_at(self, window: bytes, base: int, start: int) -> Want | None:
        self.position = base + start
        return self._beyond(window, base)

    def _closer(
        self, window: bytes, base: int, start: int, value: int, length: int, tag: bytes, vr: bytes
    ) -> tuple[tuple[Want | None] | None, int]:
        """The rarer elements: pixel data, sequences, undefined lengths, looked-for ones with a long header.

        ((what `step` returns,), its position) where the step ends, (None, the position to go on from) where it does
        not; that position is `start` itself where the window is too short.
        """
        encoding = self.encoding
        pixel_tag = encoding.pixel_tags.get(tag)
        if pixel_tag:
            known = None if length == UNDEFINED else length
            self.pixels = PixelElement(pixel_tag, vr.decode("ascii", "replace"), base + value, known)
            if not length:
                self._seen.append(EMPTY)
            return (None,), start
        if length == UNDEFINED:
            want, after = self._undefined(window, base, start, value, vr, tag)
            return ((want,) if want else None), after
        if not length:
            self._seen.append(EMPTY)
        looked_for = encoding.wanted.get(tag)
        if looked_for is not None:
            number, expected, convert = looked_for
            if convert == "present":
                self.raw[number] = b"1" if length else b""
                return None, value + length
            if vr != expected and not same_bytes(vr, expected, encoding.big):
                raise Declined(f"({number >> 16:04X},{number & 0xFFFF:04X}) has VR {vr!r}")
            if length > MAX_VALUE_BYTES:
                self._too_long(base + start, base + value + length)
                return (None,), start
            if value + length > len(window):
                return None, start
            self.raw[number] = window[value : value + length]
        return None, value + length

    def _beyond(self, window: bytes, base: int) -> Want | None:
        """What to do where the window ends: more bytes, the end of the stream, or an element cut short."""
        at, size = self.position, self.size
        if at >= size:
            if at > size:
                self.cut = f"an element before the pixel data ends at byte {at}, the file at byte {size}"
            return None
        if base + len(window) < size:
            need = self._element_bytes(window, at - base)
            return Want(at, max(CHUNK_BYTES, need))
        if size - at < 12:
            self._short_tail(window, base)
            return None
        self.cut = f"the file ends at byte {size}, inside the element at byte {at}"
        return None

    def _too_long(self, start: int, end: int) -> None:
        """A looked-for value of impossible length: the file is cut there if it runs beyond the file, else odd."""
        if end <= self.size:
            raise Declined("a looked-for value of impossible length")
        self.cut = f"the element at byte {start} should end at byte {end:,}, the file ends at byte {self.size:,}"

    def _short_tail(self, window: bytes, base: int) -> None:
        """The last 11 bytes or fewer: an element with a value of at most three bytes, or the end of a cut one."""
        rest = window[self.position - base :]
        if len(rest) >= 8:
            encoding = self.encoding
            if encoding.explicit:
                tag, vr, length = encoding.short_header(rest, 0)
                whole = FORM.get(vr) is False and 8 + length == len(rest)
            else:
                tag, length = encoding.short_header(rest, 0)
                vr = b""
                whole = 8 + length == len(rest)
            self._seen.append(rest[:6] if encoding.explicit else rest[:4])
            if len(rest) == 8:
                self._seen.append(EMPTY)
            if tag in encoding.pixel_tags and not encoding.explicit:
                known = None if length == UNDEFINED else length
                self.pixels = PixelElement(encoding.pixel_tags[tag], "", self.position + 8, known)
                return
            if whole:
                self._keep_short(encoding, tag, vr, rest[8:])
                self.position = self.size
                return
        if rest.strip(b"\0"):
            self.cut = f"the file ends at byte {self.size}, inside the element at byte {self.position}"

    def _keep_short(self, encoding: Encoding, tag: bytes, vr: bytes, value: bytes) -> None:
        looked_for = encoding.wanted.get(tag)
        if looked_for is None:
            return
        number, expected, convert = looked_for
        if convert == "present":
            value = b"1" if value else b""
        elif encoding.explicit and vr != expected and not same_bytes(vr, expected, encoding.big):
            raise Declined(f"({number >> 16:04X},{number & 0xFFFF:04X}) has VR {vr!r}")
        self.raw[number] = value

    def _element_bytes(self, window: bytes, position: int) -> int:
        """How long the element at `position` of the window is with its value, as far as that can be seen; else 0."""
        if position < 0 or position + 12 > len(window):
            return 0
        length: int = self.encoding.short_header(window, position)[-1]
        if self.encoding.explicit and FORM.get(window[position + 4 : position + 6]):
            length = self.encoding.uint32(window, position + 8)[0]
        return min(length, MAX_VALUE_BYTES) + 12

    def _undefined(
        self, window: bytes, base: int, position: int, start: int, vr: bytes, tag: bytes
    ) -> tuple[Want | None, int]:
        """Step over a sequence of undefined length: (None, position after it) or (what to read, the same position)."""
        encoding = self.encoding
        if encoding.explicit and vr not in (b"SQ", b"UN"):
            raise Declined(f"undefined length with VR {vr!r}")
        looked_for = encoding.wanted.get(tag)
        if looked_for and looked_for[2] != "present":
            raise Declined("undefined length of a looked-for attribute")
        inner = IN_UN if vr == b"UN" else encoding
        try:
            after, items = after_sequence(window, start, inner)
        except MoreNeeded:
            have = len(window) - position
            if base + len(window) >= self.size:
                self.cut = f"the file ends at byte {self.size}, inside the sequence at byte {base + position}"
                return None, self.size - base
            if have >= MAX_SEQUENCE_BYTES:
                raise Declined("a sequence of more than 64 MB") from None
            return Want(base + position, max(4 * CHUNK_BYTES, 2 * have)), position
        if looked_for:
            self.raw[looked_for[0]] = b"1" if items else b""
        if not items:
            self._seen.append(EMPTY)
        return None, after
