"""A second look at a DICOMDIR, by a parser that shares nothing with the writer: does every record tell the truth?

No third-party tool compares records with the files they name, so this does (PS3.3 Annex F, PS3.10 8, PS3.11 D.3).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from struct import error, unpack_from
from sys import intern
from typing import Any

from scanfolio.effects import Effect, patiently
from scanfolio.export.records import KEYS, ROOT_TYPES, SPECIFIC_CHARACTER_SET, Key, record_type
from scanfolio.source.blocks import in_blocks
from scanfolio.source.entry import Entry

COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
BASIC_DIRECTORY = "1.2.840.10008.1.3.10"
BELOW = {"": "PATIENT", "PATIENT": "STUDY", "STUDY": "SERIES"}
CHARACTERS = Key(SPECIFIC_CHARACTER_SET, b"CS", "SpecificCharacterSet")  # of the values' bytes, which are the image's
KNOWN_LATER = 0x00282112  # a compression ratio we add is known once pixels are unpacked; a zip has its DICOMDIR by then
RECORD_SEQUENCE = 0x00041220
IDENTITY = {"PATIENT": 0x00100020, "STUDY": 0x0020000D, "SERIES": 0x0020000E}
NOTHING: Mapping[int, bytes] = {}
LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file really is: UIDs as text, `values` the raw values of its own elements by tag."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    values: Mapping[int, bytes]


@dataclass(slots=True)
class _Seen:
    """One record; of an image only while it is looked at are its `values` kept, for there may be 70,000."""

    type: str
    start: int
    end: int
    next: int
    lower: int
    in_use: int
    values: Mapping[int, bytes] = field(default_factory=dict)
    differing: set[int] | None = None
    agreeing: set[int] | None = None

    def read(self, directory: Entry) -> Generator[Effect, Any, None]:
        data = yield from _read(directory, self.start, self.end)
        self.values = {tag: data[a:b] for tag, _, a, b in _elements(data, 0, len(data))}

    def compare(self, tag: int, agrees: bool) -> None:
        """Whether one of the files below says the same."""
        self.differing, self.agreeing = self.differing or set(), self.agreeing or set()
        (self.agreeing if agrees else self.differing).add(tag)


def _elements(data: bytes, start: int, end: int, last: int = -1) -> list[tuple[int, bytes, int, int]]:
    """(tag, VR, value start, value end) of everything between two positions, or up to the element `last`."""
    found = []
    while start + 8 <= end:
        group, element, vr = unpack_from("<HH2s", data, start)
        if vr in LONG:
            (length,) = unpack_from("<I", data, start + 8)
            value = start + 12
        else:
            (length,) = unpack_from("<H", data, start + 6)
            value = start + 8
        if value + length > end:
            raise ValueError(f"element ({group:04X},{element:04X}) at byte {start} runs over its end")
        found.append((group << 16 | element, vr, value, value + length))
        if found[-1][0] == last:
            break
        start = value + length
    return found


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip("\0 ")


Asking = Generator[Effect | str, Any, list[str]]
BLOCKS_AT_HAND = 8  # records are read in their order, those above images now and then
HEAD_BYTES = 1 << 16  # longer than anything before the records


def check_directory(directory: Entry, paths: Collection[str]) -> Asking:
    """Returns faults, as technical sentences, of a DICOMDIR in a file-set of exactly the instances at `paths`.

    It is read record by record: of 70,000 files it has 40 MB. Yields, beside effects, the path of each instance as its
    turn comes, and is sent its FileFacts; None where they cannot be had, which is for the sender to say. Raises
    SourceError where the directory cannot be read.
    """
    try:
        return (yield from _check(in_blocks(directory, BLOCKS_AT_HAND), paths))
    except (ValueError, error, KeyError) as problem:
        return [f"the DICOMDIR cannot be followed: {problem}"]


def _read(directory: Entry, start: int, end: int) -> Generator[Effect, Any, bytes]:
    data = yield from patiently(partial(directory.read, start, end - start))
    if len(data) < end - start:
        raise ValueError(f"it ends at byte {start + len(data)}")
    return data


def _check(directory: Entry, paths: Collection[str]) -> Asking:
    data = yield from _read(directory, 0, min(HEAD_BYTES, directory.size))
    if data[:132] != bytes(128) + b"DICM":
        return ["the DICOMDIR has no empty preamble and DICM prefix"]
    (meta_length,) = unpack_from("<I", data, 140)
    meta = {tag: _text(data[a:b]) for tag, _, a, b in _elements(data, 144, 144 + meta_length)}
    faults = []
    if meta.get(0x00020010) != EXPLICIT_LITTLE or meta.get(0x00020002) != BASIC_DIRECTORY:
        faults.append("the DICOMDIR is not a Basic Directory in Explicit VR Little Endian")
    body = {tag: (a, b) for tag, _, a, b in _elements(data, 144 + meta_length, directory.size, RECORD_SEQUENCE)}
    first, last = (unpack_from("<I", data, body[tag][0])[0] for tag in (0x00041200, 0x00041202))
    if unpack_from("<H", data, body[0x00041212][0])[0]:
        faults.append("the consistency flag is not 0000H")
    records = yield from _records(directory, *body[RECORD_SEQUENCE])
    referenced: dict[str, int] = {}
    identities: set[tuple[str, bytes]] = set()
    reached: set[int] = set()
    stack: list[tuple[int, tuple[_Seen, ...]]] = [(first, ())]
    last_root = 0
    while stack:
        offset, above = stack.pop()
        while offset:
            if offset not in records:
                faults.append(f"an offset points to byte {offset}, where no record begins")
                break
            if offset in reached:
                faults.append(f"the record at byte {offset} is reached twice")
                break
            reached.add(offset)
            last_root = last_root if above else offset
            record = records[offset]
            yield from record.read(directory)
            faults += _check_record(record, above, offset, identities)
            if record.lower:
                stack.append((record.lower, (*above, record)))
            elif 0x00041500 in record.values:
                faults += yield from _check_file((*above, record), paths, referenced)
            else:
                faults.append(f"the {record.type} record at byte {offset} leads nowhere")
            if not record.lower:
                record.values = NOTHING
            offset = record.next
    if last != last_root:
        faults.append("the offset of the last root record is wrong")
    faults += [f"the record at byte {offset} is not linked" for offset in records if offset not in reached]
    faults += [f"{path} is not in the DICOMDIR" for path in paths if path not in referenced]
    faults += [f"{path} is listed {n} times" for path, n in referenced.items() if n > 1]
    for record in records.values():
        for tag in (record.differing or set()) - (record.agreeing or set()):
            faults.append(f"the {record.type} record's ({tag >> 16:04X},{tag & 0xFFFF:04X}) is in none of its files")
    return faults


def _records(directory: Entry, start: int, end: int) -> Generator[Effect, Any, dict[int, _Seen]]:
    records = {}
    while start < end:
        header = yield from _read(directory, start, min(start + 8, end))
        group, element, length = unpack_from("<HHI", header)
        if (group, element) != (0xFFFE, 0xE000) or start + 8 + length > end:
            raise ValueError(f"no record item of known length at byte {start}")
        data = yield from _read(directory, start + 8, start + 8 + length)
        at = {tag: (a, b) for tag, _, a, b in _elements(data, 0, length)}
        following, lower = (unpack_from("<I", data, at[tag][0])[0] for tag in (0x00041400, 0x00041420))
        (in_use,) = unpack_from("<H", data, at[0x00041410][0])
        type_ = intern(_text(data[slice(*at[0x00041430])]))
        records[start] = _Seen(type_, start + 8, start + 8 + length, following, lower, in_use, NOTHING)
        start += 8 + length
    if start < directory.size:
        raise ValueError(f"something stands behind the records, at byte {start}")
    return records


def _check_record(
    record: _Seen, above: tuple[_Seen, ...], offset: int, identities: set[tuple[str, bytes]]
) -> list[str]:
    faults = []
    parent = above[-1].type if above else ""
    wanted = BELOW.get(parent)
    if record.in_use != 0xFFFF:
        faults.append(f"the record at byte {offset} is not in use")
    if (wanted and record.type != wanted and record.type not in ROOT_TYPES) or (wanted is None and parent != "SERIES"):
        faults.append(f"a {record.type} record stands below {parent or 'the root'}")
    if record.type not in KEYS:
        return [*faults, f"the record type {record.type} is not one of the Standard's"]
    for key in KEYS[record.type]:
        value = record.values.get(key.tag)
        if (
            key.need == "1"
            and not (value or b"").strip(b"\0 ")
            and not (value and isinstance(key, Key) and key.vr in (b"US", b"UL"))
        ):
            faults.append(f"the {record.type} record at byte {offset} lacks {key.keyword}")
        elif key.need == "2" and value is None:
            faults.append(f"the {record.type} record at byte {offset} has no {key.keyword} element")
    if any(tag >> 16 & 1 for tag in record.values):
        faults.append(f"the record at byte {offset} holds private elements")
    tag = IDENTITY.get(record.type, 0x00041511)
    identity = (record.type if tag != 0x00041511 else "", record.values.get(tag, b"").strip(b"\0 "))
    if record.type == "SERIES" and above:  # a source may use one Series UID in two studies (S10): not ours to mend
        identity = (f"SERIES of {_text(above[-1].values.get(0x0020000D, b''))}", identity[1])
    if identity in identities:
        faults.append(f"there are two {record.type} records for the same identifier")
    identities.add(identity)
    return faults


def _check_file(chain: tuple[_Seen, ...], paths: Collection[str], referenced: dict[str, int]) -> Asking:
    leaf = chain[-1]
    parts = [part.strip(" ") for part in leaf.values[0x00041500].decode("latin-1").split("\\")]
    path = "/".join(parts)
    faults = []
    if len(parts) > 8 or not all(COMPONENT.fullmatch(part) for part in parts):
        faults.append(f"{path} is not a File ID")
    if path not in paths:
        return [*faults, f"{path} is listed but not there"]
    referenced[path] = referenced.get(path, 0) + 1
    facts = yield path
    if facts is None:
        return faults
    for tag, value, name in (
        (0x00041510, facts.sop_class_uid, "SOP Class UID"),
        (0x00041511, facts.sop_instance_uid, "SOP Instance UID"),
        (0x00041512, facts.transfer_syntax_uid, "Transfer Syntax UID"),
    ):
        if _text(leaf.values.get(tag, b"")) != value:
            faults.append(f"{path}: the record names another {name}")
    if leaf.type != record_type(facts.sop_class_uid):
        faults.append(f"{path}: a {leaf.type} record for this SOP Class")
    for record in chain:
        for key in (CHARACTERS, *KEYS.get(record.type, ())):
            there = facts.values.get(key.tag, b"").strip(b"\0 ")
            if not isinstance(key, Key) or not there:
                continue
            if key.tag not in record.values:
                if record is leaf and key.tag != KNOWN_LATER:
                    faults.append(f"{path}: its record lacks {key.keyword}")
                continue
            agrees = record.values[key.tag].strip(b"\0 ") == there
            if not agrees and (record is leaf or IDENTITY.get(record.type) == key.tag):
                faults.append(f"{path}: {key.keyword} of the {record.type} record is another one")
            elif record is not leaf:
                record.compare(key.tag, agrees)
    return faults
