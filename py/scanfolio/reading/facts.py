"""Raw values -> the facts of a SopInstance.

Values repeat through a series, so what a value was turned into is kept by its bytes: that is faster than converting it
again, and the instances then share one object instead of each holding its own.
"""

from __future__ import annotations

import math
import struct
from dataclasses import MISSING as MISSING_DEFAULT
from dataclasses import field, fields, make_dataclass
from typing import Any, NamedTuple, cast

from scanfolio.model import SopInstance
from scanfolio.reading.attributes import ATTRIBUTES, EXACT_COUNT, KEYWORDS, Attribute
from scanfolio.reading.charset_hint import TEXT_TAGS, add_hint
from scanfolio.reading.elements import Declined, Encoding
from scanfolio.reading.text import decode

PADDING = " \0\t\n\v\f\r"  # the Standard pads with space and NUL; what else is blank means as little
CACHE_LIMIT = 20000
CACHE_LIMIT_PER_ATTRIBUTE = 2000
CACHED_BYTES = 256  # of a value; longer ones are not the same in file after file

Known = tuple[Any, bool]  # (a field's value, whether its text was undecodable)
Caches = dict[int, tuple[Attribute, dict[bytes, Known]]]

TOGETHER = ("laterality", "image_laterality", "has_palette", "has_segmented_palette", "has_functional_groups",
            "has_shared_groups", "has_directory_records", "number_of_frames", "specific_character_set",
            "diffusion_b_value", "private_creator_0019", "private_0019_100c", "private_creator_0043",
            "private_0043_1039", "private_creator_2001", "private_2001_1003")  # fmt: skip
INDEPENDENT = frozenset(a.tag for a in ATTRIBUTES if a.field not in TOGETHER and not a.convert.startswith("text"))
"""Tags whose field is told from this one value alone: if nothing else changed since the last file, the rest stays."""


class _Last(NamedTuple):
    """The file before: its raw values, and what they became."""

    raw: dict[int, bytes]
    encoding: Encoding
    caches: Caches
    declared: tuple[str, ...]
    found: dict[str, Any]


_Draft = make_dataclass(
    "_Draft",
    [(f.name, f.type, field(default=None if f.default is MISSING_DEFAULT else f.default)) for f in fields(SopInstance)],
    slots=True,
    eq=False,
    repr=False,
)


def build_instance(facts: dict[str, Any]) -> SopInstance:
    """SopInstance(**facts), ten times as fast.

    A frozen dataclass sets its fields one by one through object.__setattr__. So the fields are set on a twin that is
    not frozen, which then becomes the real thing: both have the same slots.
    """
    draft = _Draft(**facts)
    draft.__class__ = SopInstance
    return cast(SopInstance, draft)


class Converter:
    """Turns raw values into fields; one per index, so that equal values are shared between instances."""

    def __init__(self) -> None:
        self._caches: dict[tuple[bytes, bool], Caches] = {}
        self._absent: dict[tuple[int, ...], frozenset[str]] = {}
        self._shared: dict[Any, Any] = {}
        self._last: _Last | None = None

    def shared(self, value: Any) -> Any:
        """An equal value met before, or `value` itself. For strings and tuples of strings only (1 == 1.0 would mix)."""
        return self._shared.setdefault(value, value)

    def absent(self, present: tuple[int, ...]) -> frozenset[str]:
        """Keywords of the looked-for attributes that are not among the tags `present`."""
        known = self._absent.get(present)
        if known is None:
            if len(self._absent) > 1000:
                self._absent.clear()
            tags = set(present)
            known = self.shared(KEYWORDS - {a.keyword for a in ATTRIBUTES if a.tag in tags})
            self._absent[present] = known
        return known

    def fields(self, raw: dict[int, bytes], encoding: Encoding) -> dict[str, Any]:
        """Fields of SopInstance from the raw values of the looked-for attributes; the caller's to change.

        Raises Declined for anything but plain, well-formed values.
        """
        last = self._last
        if last is not None and last.encoding is encoding and last.raw.keys() == raw.keys():
            changed = [tag for tag, value in raw.items() if last.raw[tag] != value]
            if INDEPENDENT.issuperset(changed):
                found = last.found.copy()
                caches = last.caches
                for tag in changed:
                    attribute, cache = caches[tag]
                    value = raw[tag]
                    known = cache.get(value) or self._convert(attribute, cache, value, last.declared, encoding)
                    found[attribute.field] = known[0]
                return found
        if len(self._shared) > CACHE_LIMIT:
            self._shared.clear()
        charset = raw.get(0x00080005, b"")
        declared = codes(charset)
        caches = self._caches.get((charset, encoding.big)) or self._new_caches(charset, encoding.big)
        found = {}
        undecodable = False
        for tag, value in raw.items():
            attribute, cache = caches[tag]
            known = cache.get(value) or self._convert(attribute, cache, value, declared, encoding)
            found[attribute.field] = known[0]
            undecodable = undecodable or known[1]
        if undecodable:
            found["undecodable_text"] = True
        add_hint(found, [raw[tag] for tag in TEXT_TAGS if tag in raw], declared)
        combined(found)
        self._last = _Last(raw, encoding, caches, declared, found)
        return found.copy()

    def _convert(
        self,
        attribute: Attribute,
        cache: dict[bytes, Known],
        value: bytes,
        declared: tuple[str, ...],
        encoding: Encoding,
    ) -> Known:
        known = _convert(attribute, value, declared, encoding)
        if attribute.cached and len(value) <= CACHED_BYTES:
            if len(cache) > CACHE_LIMIT_PER_ATTRIBUTE:
                cache.clear()
            cache[value] = known
        return known

    def _new_caches(self, charset: bytes, big: bool) -> Caches:
        if len(self._caches) > 20:
            self._caches.clear()
        caches: Caches = {attribute.tag: (attribute, {}) for attribute in ATTRIBUTES}
        self._caches[charset, big] = caches
        return caches


def combined(found: dict[str, Any]) -> dict[str, Any]:
    """Merge what two attributes say into one field, and drop what is no field."""
    if "image_laterality" in found:
        image_laterality = found.pop("image_laterality")
        found["laterality"] = found.get("laterality") or image_laterality
    if found.pop("has_segmented_palette", False):
        found["has_palette"] = True
    if found.pop("has_shared_groups", False):
        found["has_functional_groups"] = True
    found.pop("has_directory_records", None)
    found["number_of_frames"] = max(1, found.get("number_of_frames") or 1)
    _private_b_value(found)
    return found


def _private_b_value(found: dict[str, Any]) -> None:
    """The b-value as Siemens, GE and Philips wrote it before (0018,9087) was there, under their own Private Creators.

    GE adds multiples of 100000 that tell the kind of scan.
    """
    siemens = found.pop("private_creator_0019", ""), found.pop("private_0019_100c", "")
    ge = found.pop("private_creator_0043", ""), found.pop("private_0043_1039", "")
    philips = found.pop("private_creator_2001", ""), found.pop("private_2001_1003", None)
    if found.get("diffusion_b_value") is not None:
        return
    if siemens[0] == "SIEMENS MR HEADER" and siemens[1].isdecimal():
        found["diffusion_b_value"] = float(siemens[1])
    elif ge[0] == "GEMS_PARM_01" and (first := ge[1].split("\\")[0].strip()).isdecimal():
        found["diffusion_b_value"] = float(int(first) % 100000)
    elif philips[0] == "Philips Imaging DD 001" and philips[1] is not None and 0 <= philips[1] < 100000:
        found["diffusion_b_value"] = philips[1]


def _convert(attribute: Attribute, raw: bytes, declared: tuple[str, ...], encoding: Encoding) -> tuple[Any, bool]:
    """(the field's value, whether text was undecodable)."""
    convert = attribute.convert
    if convert == "code":
        return code(raw), False
    if convert == "codes":
        return codes(raw), False
    if convert == "text":
        return decode(raw, declared)
    if convert == "text name":
        text, undecodable = decode(raw, declared)
        return person_name(text), undecodable
    if convert == "texts":
        text, undecodable = decode(raw, declared)
        return tuple(part.strip(" \0") for part in text.split("\\")) if text else (), undecodable
    if convert == "integer":
        return integer(raw), False
    if convert == "number":
        values = numbers(raw)
        return (values[0] if values else None), False
    if convert == "numbers":
        return counted(attribute.field, numbers(raw)), False
    if convert == "double":
        return double(raw, encoding.big), False
    if convert == "private":
        return private_text(raw), False
    if convert == "private float":
        return private_float(raw, encoding.big), False
    if convert == "short":
        if len(raw) != 2:
            if raw:
                raise Declined("a US value that is not two bytes long")
            return None, False
        return encoding.uint16.unpack(raw)[0], False
    return bool(raw), False


def double(raw: bytes, big: bool) -> float | None:
    """The first value of an FD; None when empty or when one is not finite."""
    if len(raw) % 8:
        raise Declined("an FD value that is not a multiple of eight bytes long")
    values = struct.unpack(f"{'>' if big else '<'}{len(raw) // 8}d", raw)
    return values[0] if values and all(map(math.isfinite, values)) else None


def private_text(raw: bytes) -> str:
    """ASCII text of at most 64 bytes; "" for anything else."""
    return raw.decode("ascii").strip(PADDING) if len(raw) <= 64 and raw.isascii() else ""


def private_float(raw: bytes, big: bool) -> float | None:
    """One finite FL; None for anything else."""
    value = struct.unpack(">f" if big else "<f", raw)[0] if len(raw) == 4 else math.nan
    return value if math.isfinite(value) else None


def person_name(text: str) -> str:
    """A PN without empty component groups at its end (PS3.5 6.2: they may be left out)."""
    return "\\".join(name.rstrip("=").rstrip(" ") for name in text.split("\\")) if "=" in text else text


def counted(field: str, values: tuple[float, ...]) -> tuple[float, ...] | None:
    """`values`, or None where the field has to have exactly so many and has not."""
    expected = EXACT_COUNT.get(field)
    return values if expected is None or len(values) == expected else None


def code(raw: bytes) -> str:
    """A value of the default repertoire (UI, CS, DA, TM, IS, DS as written)."""
    if not raw.isascii():
        raise Declined("bytes above 127 where only ASCII may be")
    return raw.decode("ascii").strip(PADDING)


def digits(raw: bytes) -> str:
    """A value of IS or DS. NUL is no padding for them, but many writers use it at the end."""
    if raw[:1] == b"\0" and raw.strip(b"\0"):
        raise Declined("NUL before a number")
    return code(raw)


def codes(raw: bytes) -> tuple[str, ...]:
    text = code(raw)
    return tuple(part.strip(PADDING) for part in text.split("\\")) if text else ()


def integer(raw: bytes) -> int | None:
    """The first value of an IS; None when empty."""
    text = digits(raw)
    if not text:
        return None
    try:
        value = int(text.split("\\", 1)[0])
    except ValueError:
        raise Declined("an IS value that is no whole number") from None
    return whole(value)


def whole(value: int) -> int:
    """`value`, if an IS may hold it (PS3.5 6.2: 32 bits). Raises Declined."""
    if not -(1 << 31) <= value < 1 << 31:
        raise Declined("an IS value of more than 32 bits")
    return value


def numbers(raw: bytes) -> tuple[float, ...]:
    """The values of a DS (or IS) as floats; () when empty or when one is not finite."""
    text = digits(raw)
    if not text:
        return ()
    try:
        values = tuple([float(part) for part in text.split("\\")])
    except ValueError:
        raise Declined("a DS value that is no number") from None
    return values if all(map(math.isfinite, values)) else ()
