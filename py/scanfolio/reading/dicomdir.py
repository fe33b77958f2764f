"""Reading a DICOMDIR, however broken, and finding the files it names. PS3.3 Annex F, PS3.10 8.6.

Records are read in the order they stand in the sequence; then the offsets decide the tree. What the offsets do not
reach is placed by that order, as the writer almost always meant it, and becomes a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from scanfolio.model import Dicomdir, DirectoryRecord, Rows
from scanfolio.reading.elements import FORM, IN_UN, UNDEFINED, Declined, Encoding, MoreNeeded, TooDeep, after_sequence
from scanfolio.reading.part10 import Start
from scanfolio.reading.text import decode
from scanfolio.source.entry import Entry
from scanfolio.standard.directory import BELOW_SERIES, KEYS, LEVELS, REQUIRED, ROOT_LEAVES

MAX_RECORD_DEPTH = 16
MAX_RECORDS = 250_000
MAX_ELEMENTS = 2_000_000  # in all records together; 100,000 records of a real one hold half of it
MAX_FAULTS = 200  # told; the others are counted
LONG_TEXT = 1024
NUMBERS = (b"US", b"UL")
BINARY = (b"OB", b"OW", b"UN", b"OF", b"OD")
RECORD_SEQUENCE = 0x00041220
NO_TEXTS: dict[int, str] = {}


class _Element(NamedTuple):
    tag: int
    vr: bytes  # b"" in implicit VR
    start: int
    end: int
    undefined: bool


@dataclass(slots=True)
class _Node:
    """A record while the tree is being built."""

    offset: int
    record_type: str = ""
    next_offset: int = 0
    lower_offset: int = 0
    in_use: bool = True
    file_id: tuple[str, ...] = ()
    texts: dict[int, str] = field(default_factory=dict)
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    children: list[_Node] = field(default_factory=list)


def read_dicomdir(data: bytes, entry: Entry, start: Start) -> Dicomdir:
    """The DICOMDIR whose whole content is `data`. Never raises: what is wrong becomes a fault."""
    faults: list[str] = []
    nodes: list[_Node] = []
    header = {0x00041130: "", 0x00041200: "0", 0x00041202: "0", 0x00041212: "0"}
    found_sequence = False
    try:
        for element in _elements(data, start.data_set_offset, len(data), start.encoding):
            if element.tag == RECORD_SEQUENCE:
                found_sequence = True
                _records(data, element, start.encoding, nodes, faults)
            elif element.tag in header:
                header[element.tag] = _Texts(start.encoding).of(data, element, "")
    except (Declined, MoreNeeded, TooDeep) as problem:
        faults.append(f"the file cannot be read to its end: {problem or 'it is cut short'}")
    if not found_sequence:
        faults.append("there is no Directory Record Sequence (0004,1220)")
    elif not nodes:
        faults.append("the Directory Record Sequence is empty")
    if header[0x00041212] not in ("0", ""):
        faults.append("the File-set Consistency Flag (0004,1212) is not 0")
    roots = _tree(nodes, _int(header[0x00041200]), _int(header[0x00041202]), faults)
    return Dicomdir(
        entry_id=entry.entry_id,
        path=entry.path,
        transfer_syntax_uid=start.meta.get(0x0010, ""),
        file_set_id=header[0x00041130],
        file_set_uid=start.meta.get(0x0003, ""),
        roots=tuple(_frozen(node) for node in roots),
        faults=tuple(_told(faults)),
        usable=bool(nodes),
    )


def _told(faults: list[str]) -> list[str]:
    more = len(faults) - MAX_FAULTS
    return [*faults[:MAX_FAULTS], f"and {more} more faults"] if more > 0 else faults


def _int(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _elements(data: bytes, position: int, end: int, encoding: Encoding) -> Iterator[_Element]:
    """The elements between two bytes, up to an item delimiter. Raises Declined or MoreNeeded where it breaks off."""
    tag_header, delimiters, explicit = encoding.tag_header, encoding.delimiters, encoding.explicit
    while position + 8 <= end:
        header = tag_header(data, position)
        if header[0] == 0xFFFE and data[position : position + 4] in delimiters:
            return
        vr, length, start = b"", header[-1], position + 8
        if explicit:
            vr = header[2]
            long_form = FORM.get(vr)
            if long_form is None:
                raise Declined(f"unknown VR {vr!r} at byte {position}")
            if long_form:
                if position + 12 > end:
                    raise MoreNeeded
                length, start = encoding.uint32(data, position + 8)[0], position + 12
        undefined = length == UNDEFINED
        tag = header[0] << 16 | header[1]
        if undefined and tag == RECORD_SEQUENCE:
            yield _Element(tag, vr, start, end, True)
            return
        inner = IN_UN if vr == b"UN" else encoding
        after = after_sequence(data, start, inner, end)[0] if undefined else start + length
        yield _Element(tag, vr, start, min(after, end), undefined)
        if after > end:
            raise MoreNeeded
        position = after


def _records(data: bytes, sequence: _Element, encoding: Encoding, nodes: list[_Node], faults: list[str]) -> None:
    position = sequence.start
    texts = _Texts(encoding)
    rows: Rows[str, str] = Rows()
    elements = 0
    while position + 8 <= sequence.end:
        delimiter = encoding.delimiters.get(data[position : position + 4])
        if delimiter == 0xE0DD:
            return
        if delimiter != 0xE000:
            faults.append(f"at byte {position} something else stands where a record should begin")
            return
        if len(nodes) >= MAX_RECORDS or elements > MAX_ELEMENTS:
            faults.append(f"it is longer than any real one: what lies behind byte {position} was not read")
            return
        length = encoding.uint32(data, position + 4)[0]
        node = _Node(position)
        nodes.append(node)
        end = sequence.end if length == UNDEFINED else min(position + 8 + length, sequence.end)
        last = position + 8
        try:
            for element in _elements(data, position + 8, end, encoding):
                elements += 1
                if elements <= MAX_ELEMENTS:
                    _fill(node, data, element, texts)
                last = element.end
        except (Declined, MoreNeeded, TooDeep) as problem:
            faults.append(f"the record at byte {position} is damaged: {problem or 'it is cut short'}")
            if length == UNDEFINED:
                return
        _name_keys(node, rows)
        if length == UNDEFINED:
            last = max(last, node.offset + 8)
            if encoding.delimiters.get(data[last : last + 4]) == 0xE00D:
                last += 8
            position = last
        else:
            position += 8 + length


def _fill(node: _Node, data: bytes, element: _Element, texts: _Texts) -> None:
    text = texts.of(data, element, node.texts.get(0x00080005, ""))
    if element.tag == 0x00041400:
        node.next_offset = _int(text)
    elif element.tag == 0x00041420:
        node.lower_offset = _int(text)
    elif element.tag == 0x00041410:
        node.in_use = text != "0"
    elif element.tag == 0x00041430:
        node.record_type = text
    elif element.tag == 0x00041500:
        node.file_id = tuple([intern(part.strip()) for part in text.split("\\")]) if text else ()
    else:
        node.texts[element.tag] = text


def _name_keys(node: _Node, rows: Rows[str, str]) -> None:
    """Its texts by their names, in less room: records may be many."""
    keys = {
        KEYS.get(tag, f"({tag >> 16:04X},{tag & 0xFFFF:04X})"): text
        for tag, text in node.texts.items()
        if tag >> 16 != 0x0004 and tag & 0xFFFF
    }
    node.keys = rows.row(keys)
    node.sop_class_uid = node.texts.get(0x00041510, "")
    node.sop_instance_uid = intern(node.texts.get(0x00041511, ""))
    node.transfer_syntax_uid = node.texts.get(0x00041512, "")
    node.texts = NO_TEXTS


US_TAGS = frozenset({0x00041212, 0x00041410, 0x00280010, 0x00280011})
UL_TAGS = frozenset({0x00041200, 0x00041202, 0x00041400, 0x00041420, 0x00041600})
SEQUENCE_TAGS = frozenset(tag for tag, keyword in KEYS.items() if keyword.endswith("Sequence"))


class _Texts:
    """Values as text: numbers as decimals, a sequence as the number of its items, text in its character set.

    Most values repeat from record to record, so what they became is kept.
    """

    LIMIT = 5000

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._known: dict[tuple[int, bytes, str], str] = {}

    def of(self, data: bytes, element: _Element, charset: str) -> str:
        raw = data[element.start : element.end]
        key = (element.tag, raw, charset)
        text = self._known.get(key)
        if text is None:
            if len(self._known) > self.LIMIT:
                self._known.clear()
            text = self._known[key] = self._text(raw, element, charset)
        return text

    def _text(self, raw: bytes, element: _Element, charset: str) -> str:
        tag, vr = element.tag, element.vr
        if vr == b"SQ" or tag in SEQUENCE_TAGS or element.undefined:
            return str(_count_items(raw, self._encoding)) if raw else ""
        if tag in US_TAGS or tag in UL_TAGS or vr in NUMBERS:
            return str(int.from_bytes(raw, "big" if self._encoding.big else "little")) if len(raw) in (2, 4) else ""
        if vr in BINARY:
            return ""
        return decode(raw[:LONG_TEXT], tuple(charset.split("\\")) if charset else ()).text


def _count_items(raw: bytes, encoding: Encoding) -> int:
    """Items of a sequence of defined length, or of one walked before; 0 when they cannot be counted."""
    position = count = 0
    while position + 8 <= len(raw) and encoding.delimiters.get(raw[position : position + 4]) == 0xE000:
        count += 1
        length = encoding.uint32(raw, position + 4)[0]
        if length == UNDEFINED:
            break
        position += 8 + length
    return count


def _tree(nodes: list[_Node], first_root: int, last_root: int, faults: list[str]) -> list[_Node]:
    """Follow the offsets; place by order what they do not reach."""
    by_offset = {node.offset: node for node in nodes}
    seen: set[int] = set()
    roots: list[_Node] = []
    pending = [(first_root, roots, "the root", 0)]
    while pending:
        offset, siblings, whose, depth = pending.pop()
        while offset:
            node = by_offset.get(offset)
            if node is None:
                faults.append(f"{whose} points to byte {offset}, where no record begins")
                break
            if offset in seen:
                faults.append(f"{whose} points to the record at byte {offset}, which is already in the tree: a loop")
                break
            if depth > MAX_RECORD_DEPTH:
                faults.append(f"the record at byte {offset} is nested too deep")
                break
            seen.add(offset)
            siblings.append(node)
            whose = f"the record at byte {offset}"
            if node.lower_offset:
                pending.append((node.lower_offset, node.children, whose, depth + 1))
            offset = node.next_offset
    orphans = [node for node in nodes if node.offset not in seen and node.in_use]
    if orphans:
        if not first_root:
            faults.append("the root (0004,1200) points nowhere")
        number = f"{len(orphans)} of {len(nodes)} records"
        faults.append(f"{number} are not reached from the root; they were placed by their order")
        _place_by_order(nodes, seen, roots)
    elif roots and last_root != roots[-1].offset:
        last = roots[-1].offset
        faults.append(f"(0004,1202) gives byte {last_root} for the last record of the root, it is at {last}")
    return roots


def _place_by_order(nodes: list[_Node], seen: set[int], roots: list[_Node]) -> None:
    latest: dict[int, _Node] = {}
    for node in nodes:
        level = 0 if node.record_type in ROOT_LEAVES else LEVELS.get(node.record_type, BELOW_SERIES)
        if node.offset not in seen and node.in_use:
            parent = latest.get(level - 1) if level else None
            (parent.children if parent else roots).append(node)
        if node.record_type in LEVELS:
            latest[level] = node
            for deeper in range(level + 1, BELOW_SERIES):
                latest.pop(deeper, None)


@lru_cache(maxsize=1000)
def _shared(keywords: tuple[str, ...]) -> frozenset[str]:
    """One object for all records that lack the same."""
    return frozenset(keywords)


def _frozen(node: _Node) -> DirectoryRecord:
    required = REQUIRED.get(node.record_type, ())
    return DirectoryRecord(
        record_type=node.record_type,
        offset=node.offset,
        in_use=node.in_use,
        file_id=node.file_id,
        sop_class_uid=node.sop_class_uid,
        sop_instance_uid=node.sop_instance_uid,
        transfer_syntax_uid=node.transfer_syntax_uid,
        keys=node.keys,
        absent=_shared(tuple([keyword for keyword in required if keyword not in node.keys])),
        children=tuple(_frozen(child) for child in node.children),
    )


class Paths:
    """The paths of a disc, for finding the file a record names; made once, asked often."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._by_key: dict[str, str] = {}
        self._rivals: dict[str, list[str]] = {}  # of the path in _by_key, in the order they came
        for path in paths:
            self.add(path)

    def add(self, path: str) -> None:
        self._exact.add(path)
        key = _path_key(path)
        if self._by_key.setdefault(key, path) != path:
            self._rivals.setdefault(key, []).append(path)

    def find(self, file_id: Iterable[str], folder: str = "") -> str | None:
        """The path of `file_id` below `folder` (where the DICOMDIR stands), or None.

        Case does not matter, nor do the suffixes that operating systems add to names on a CD: ";1", a trailing dot,
        ".dcm"; nor what stands before a name counted from the root: a drive, a separator, ".". What leads out of the
        folder is never looked up.
        """
        parts = [part for component in file_id for part in component.replace("\\", "/").split("/")]
        while len(parts) > 1 and (parts[0].strip() in ("", ".") or re.fullmatch("[A-Za-z]:", parts[0].strip())):
            parts = parts[1:]
        if not parts or any(part.strip() in ("", ".", "..") for part in parts):
            return None
        wanted = "/".join([folder, *parts]) if folder else "/".join(parts)
        if wanted in self._exact:
            return wanted
        key = _path_key(wanted)
        nearest = (path for path in self._rivals.get(key, ()) if path.upper() == wanted.upper())
        first = self._by_key.get(key)
        return first if first is None or first.upper() == wanted.upper() else next(nearest, first)


def _path_key(path: str) -> str:
    parts = path.upper().split("/")
    clean = [part.split(";", 1)[0].rstrip(". ") for part in parts]
    clean[-1] = clean[-1].removesuffix(".DCM")
    return "/".join(clean)


def resolve(file_id: Iterable[str], paths: Paths | Iterable[str], folder: str = "") -> str | None:
    """The one of `paths` that a record's `file_id` names; see Paths.find. Pass a Paths when asking more than once."""
    return (paths if isinstance(paths, Paths) else Paths(paths)).find(file_id, folder)
