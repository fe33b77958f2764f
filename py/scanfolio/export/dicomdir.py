"""Writes a DICOMDIR from the headers of the instances it lists (PS3.3 Annex F, PS3.10 8.6).

Values are copied byte for byte from each instance's own elements, under the instance's Specific Character Set. Time and
memory grow linearly with the number of instances; no instance is opened here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import pack

from scanfolio.export.elements import (
    RawElement,
    all_elements,
    element,
    read_items,
    sequence,
    text_of,
    without_private,
)
from scanfolio.export.file_meta import EXPLICIT_VR_LITTLE_ENDIAN, file_meta
from scanfolio.export.records import (
    CONTENT_SEQUENCE,
    DATES_AND_TIMES,
    KEYS,
    ROOT_TYPES,
    SPECIFIC_CHARACTER_SET,
    VERIFIED_AT,
    VERIFYING_OBSERVER_SEQUENCE,
    Key,
    NestedKey,
    record_type,
)
from scanfolio.export.supply import Supplied, items_for, value_for
from scanfolio.model import Rows
from scanfolio.pieces import Pieces

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
# Where the two offsets lie inside a record's item: (0004,1400) is its first element, (0004,1420) its third.
_NEXT_AT, _LOWER_AT = 8 + 8, 8 + 12 + 10 + 8
PATIENT_ID, STUDY_UID, SERIES_UID, SERIES_NUMBER = 0x00100020, 0x0020000D, 0x0020000E, 0x00200011
INSTANCE_NUMBER = 0x00200013


ENTITY_TAGS = frozenset(key.tag for level in ("PATIENT", "STUDY", "SERIES") for key in KEYS[level]) | {
    SPECIFIC_CHARACTER_SET
}
SHARED_VALUES = 20_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One instance as its directory records need it: `own` elements for its own record, `entity` for those above."""

    file_id: str  # '/'-separated
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    own: Mapping[int, RawElement]
    entity: Mapping[int, RawElement]


class Gatherer:
    """Makes Listed out of what was read from the headers, sharing what repeats a thousand times in a series."""

    def __init__(self) -> None:
        self._rows: Rows[int, RawElement] = Rows()
        self._values: dict[RawElement, RawElement] = {}
        self._last_entity: dict[int, RawElement] = {}

    def listed(
        self, file_id: str, sop_class_uid: str, sop_instance_uid: str, syntax: str, elements: Mapping[int, RawElement]
    ) -> Listed:
        type_ = record_type(sop_class_uid)
        tags = {key.tag for key in KEYS[type_]} | {SPECIFIC_CHARACTER_SET}
        own = {tag: self._shared(elements[tag]) for tag in tags if tag in elements}
        if type_ in ("SR DOCUMENT", "KEY OBJECT DOC"):
            own |= {tag: (b"", value) for tag, value in _of_report(elements).items() if value}
        dated = (key for key in (*KEYS["STUDY"], *KEYS[type_]) if key.need == "1" and key.tag in DATES_AND_TIMES)
        incomplete = any(not _value(elements, key.tag) for key in dated)
        entity_tags = ENTITY_TAGS | DATES_AND_TIMES if incomplete else ENTITY_TAGS
        entity = {tag: self._shared(elements[tag]) for tag in entity_tags if tag in elements}
        if entity != self._last_entity:
            self._last_entity = entity
        return Listed(file_id, sop_class_uid, sop_instance_uid, syntax, self._rows.row(own), self._last_entity)

    def _shared(self, element_: RawElement) -> RawElement:
        if len(self._values) > SHARED_VALUES:
            self._values.clear()
        return self._values.setdefault(element_, element_)


@dataclass(slots=True)
class _Record:
    type: str
    elements: Mapping[int, RawElement]
    listed: Listed
    children: _Level
    supplied_number: bytes = b""


_Level = dict[tuple[str, bytes] | str, _Record | Listed]
"""Records by what identifies them. Of an instance it is the Listed, until its turn comes: there may be 70,000."""
NOTHING_BELOW: _Level = {}


def _record(one: _Record | Listed) -> _Record:
    return one if isinstance(one, _Record) else _Record(record_type(one.sop_class_uid), one.own, one, NOTHING_BELOW)


def dicomdir(
    instances: Iterable[Listed], file_set_uid: str, file_set_id: str = "SCANFOLIO"
) -> tuple[Pieces, list[Supplied]]:
    """The bytes of a DICOMDIR for `instances`, in their order, and every key that had to be supplied.

    Explicit VR Little Endian; offsets count from the first byte of the file, preamble included, to the
    record's item tag (F.3.2.2). Raises ExportError for an unusable UID.
    """
    roots = _tree(instances)
    supplied: list[Supplied] = []
    _number_missing(roots)
    out = Pieces()
    out.write(file_meta(MEDIA_STORAGE_DIRECTORY, file_set_uid, EXPLICIT_VR_LITTLE_ENDIAN))
    out.write(element(0x00041130, b"CS", file_set_id.encode("ascii")))
    first_at = len(out) + 8
    out.write(element(0x00041200, b"UL", bytes(4)) + element(0x00041202, b"UL", bytes(4)))
    out.write(element(0x00041212, b"US", bytes(2)) + element(0x00041220, b"SQ", b""))
    begin = len(out)
    first, last = _write_level(roots.values(), out, supplied)
    length = len(out) - begin
    for at, number in ((first_at, first), (first_at + 12, last), (begin - 4, length)):
        out.patch(at, pack("<I", number))
    return out, supplied


def _value(elements: Mapping[int, RawElement], tag: int) -> bytes:
    return elements.get(tag, (b"", b""))[1].strip(b"\0 ")


def _tree(instances: Iterable[Listed]) -> _Level:
    """Patients, studies, series and instances; one record per Patient ID, Study, Series and SOP Instance UID (F.5)."""
    roots: _Level = {}
    for listed in instances:
        leaf_type = record_type(listed.sop_class_uid)
        level = roots
        if leaf_type not in ROOT_TYPES:
            for type_, tag in (("PATIENT", PATIENT_ID), ("STUDY", STUDY_UID), ("SERIES", SERIES_UID)):
                identity = (type_, _value(listed.entity, tag))
                record = level.get(identity)
                if not isinstance(record, _Record):
                    record = level[identity] = _Record(type_, listed.entity, listed, {})
                elif record.elements is not listed.entity:
                    record.elements = _filled(record, listed.entity)
                level = record.children
        level[listed.sop_instance_uid] = listed
    return roots


def _filled(record: _Record, elements: Mapping[int, RawElement]) -> Mapping[int, RawElement]:
    """What a later instance of the entity says where the first is silent, if written in the same characters."""
    if _value(record.elements, SPECIFIC_CHARACTER_SET) != _value(elements, SPECIFIC_CHARACTER_SET):
        return record.elements
    missing = [
        key.tag for key in KEYS[record.type] if not _value(record.elements, key.tag) and _value(elements, key.tag)
    ]
    return {**record.elements, **{tag: elements[tag] for tag in missing}} if missing else record.elements


def _number_missing(level: _Level) -> None:
    """Numbers for records that lack theirs: the lowest ones no sibling uses."""
    by_tag = {"SERIES": SERIES_NUMBER, "STUDY": 0x00200010, "PATIENT": PATIENT_ID}
    used = {_value(r.elements, by_tag.get(r.type, INSTANCE_NUMBER)) for r in map(_record, level.values())}
    number = 1
    for identity, one in level.items():
        record = _record(one)
        if not _value(record.elements, by_tag.get(record.type, INSTANCE_NUMBER)):
            while b"%d" % number in used or b"NO-ID-%06d" % number in used:
                number += 1
            record.supplied_number = b"%d" % number
            level[identity] = record
            number += 1
        _number_missing(record.children)


def _write_level(level: Iterable[_Record | Listed], out: Pieces, supplied: list[Supplied]) -> tuple[int, int]:
    """The records of one level, each followed by those below it; where the first and the last of the level begin."""
    first = last = 0
    for record in map(_record, level):
        at = len(out)
        out.write(_encode(record, supplied))
        if last:
            out.patch(last + _NEXT_AT, pack("<I", at))
        first, last = first or at, at
        if record.children:
            lower, _ = _write_level(record.children.values(), out, supplied)
            out.patch(at + _LOWER_AT, pack("<I", lower))
    return first, last


def _encode(record: _Record, supplied: list[Supplied]) -> bytes:
    """One record's item, both offsets still zero."""
    leaf = not record.children
    parts = [
        element(0x00041400, b"UL", bytes(4)),
        element(0x00041410, b"US", b"\xff\xff"),
        element(0x00041420, b"UL", bytes(4)),
        element(0x00041430, b"CS", record.type.encode("ascii")),
    ]
    if leaf:
        parts += [
            element(0x00041500, b"CS", record.listed.file_id.replace("/", "\\").encode("ascii")),
            element(0x00041510, b"UI", record.listed.sop_class_uid.encode("ascii")),
            element(0x00041511, b"UI", record.listed.sop_instance_uid.encode("ascii")),
            element(0x00041512, b"UI", record.listed.transfer_syntax_uid.encode("ascii")),
        ]
    keys = [(key.tag, _key(record, key, supplied)) for key in KEYS[record.type]]
    keys += [(tag, record.elements[tag][1]) for tag in (CONTENT_SEQUENCE, VERIFIED_AT) if tag in record.elements]
    charset = _value(record.elements, SPECIFIC_CHARACTER_SET)
    if charset:
        keys.append((SPECIFIC_CHARACTER_SET, element(SPECIFIC_CHARACTER_SET, b"CS", charset)))
    parts += [encoded for _, encoded in sorted(keys)]
    body = b"".join(parts)
    return pack("<HHI", 0xFFFE, 0xE000, len(body)) + body


def _key(record: _Record, key: Key | NestedKey, supplied: list[Supplied]) -> bytes:
    file_id = "" if record.children else record.listed.file_id
    if isinstance(key, NestedKey):
        raw = record.elements.get(key.tag, (b"", b""))
        items = [without_private(item, key.item_tags) for item in read_items(raw[1])] if raw[0] == b"SQ" else []
        if items:
            return sequence(key.tag, items)
        if key.need == "1":
            supplied.append(Supplied(record.type, key.keyword, "Diagnostic imaging report", file_id))
            return element(key.tag, b"SQ", items_for(key))
        return sequence(key.tag, []) if key.need == "2" else b""
    value = record.elements.get(key.tag, (b"", b""))[1]
    empty = not value if key.vr in (b"US", b"UL") else not value.strip(b"\0 ")
    if empty and key.need == "1":
        number = int(record.supplied_number or b"1")
        neighbours = {**record.listed.entity, **record.elements}
        value = value_for(key, neighbours, number, record.listed.sop_class_uid)
        shown = str(int.from_bytes(value, "little")) if key.vr in (b"US", b"UL") else text_of(value)
        supplied.append(Supplied(record.type, key.keyword, shown, file_id))
    elif empty:
        return element(key.tag, key.vr, b"") if key.need == "2" else b""
    return element(key.tag, key.vr, value.rstrip(b"\0") if key.vr == b"UI" else value)


def _of_report(elements: Mapping[int, RawElement]) -> dict[int, bytes]:
    """Two encoded elements of a report's record (F.5-25): modifiers of its title, not its text; when verified."""
    found = {}
    vr, value = elements.get(CONTENT_SEQUENCE, (b"", b""))
    if vr == b"SQ":
        items = [item for item in read_items(value) if _value(all_elements(item), 0x0040A010) == b"HAS CONCEPT MOD"]
        found[CONTENT_SEQUENCE] = sequence(CONTENT_SEQUENCE, [without_private(i) for i in items]) if items else b""
    vr, value = elements.get(VERIFYING_OBSERVER_SEQUENCE, (b"", b""))
    if vr == b"SQ" and _value(elements, 0x0040A493) == b"VERIFIED":
        latest = max((_value(all_elements(item), VERIFIED_AT) for item in read_items(value)), default=b"")
        found[VERIFIED_AT] = element(VERIFIED_AT, b"DT", latest) if latest else b""
    return found
