"""Deciding what one file is, from as few of its bytes as will do.

`examine` is a generator: it yields which bytes it wants (offset, length) and is sent them. So the same code is driven by
the command line (which reads at once), by the page (which reads many files at a time) and by tests.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator
from importlib.util import find_spec
from typing import Any, NamedTuple

from scanfolio.model import Dicomdir, Kind, SopInstance
from scanfolio.reading import extent
from scanfolio.reading.attributes import PIXEL_KEYWORDS
from scanfolio.reading.elements import Declined, MoreNeeded, TooDeep, Walk
from scanfolio.reading.facts import Converter, build_instance
from scanfolio.reading.part10 import (
    MEDIA_STORAGE_DIRECTORY,
    Start,
    kind_of_preamble,
    looks_like_bare_data_set,
    looks_like_part10,
    read_start,
)
from scanfolio.source.entry import Entry
from scanfolio.source.signatures import identify, wants_more
from scanfolio.words import say

HEAD_BYTES = 16384
MAX_HEADER_BYTES = 64 << 20
MAX_WHOLE_BYTES = 256 << 20
MAX_STEPS = 4096

WAIT_FOR_PYDICOM = (-1, 0)
"""Yielded instead of (offset, length) where only pydicom can go on and it is not loaded yet."""


class Finding(NamedTuple):
    """What a file turned out to be; becomes its FileRecord."""

    kind: Kind
    signature: str
    reason: str = ""
    locked: bool = False
    instance: SopInstance | None = None
    dicomdir: Dicomdir | None = None


class BytesLost(Exception):
    """Thrown into the generator when bytes it asked for cannot be had; the text is for people."""


Examination = Generator[tuple[int, int], bytes, Finding]


def examine(entry: Entry, head: bytes, converter: Converter, language: str = "en") -> Examination:
    """What `entry` is, whose first bytes are `head`. Returns a Finding; raises only programming errors."""
    if not (looks_like_part10(head) or looks_like_bare_data_set(head)):
        return (yield from _other(entry, head, language))
    try:
        return (yield from _dicom(entry, head, converter, language))
    except BytesLost as problem:
        return Finding(Kind.UNREADABLE, "DICOM", str(problem))
    except _NotDicom as problem:
        if looks_like_part10(head):
            return Finding(Kind.UNREADABLE, "damaged DICOM file", say(str(problem), language))
        return (yield from _other(entry, head, language))


class _NotDicom(Exception):
    """What looked like DICOM is not; the text is the key of the sentence to use if it carries the prefix all the same."""


def _other(entry: Entry, head: bytes, language: str) -> Examination:
    found = identify(head, None, entry.path, entry.size)
    for offset, length in wants_more(found, head, entry.size):
        try:
            piece = yield offset, length
        except BytesLost as problem:
            return Finding(Kind.UNREADABLE, found.signature, str(problem))
        found = identify(head, (offset, piece), entry.path, entry.size)
        if found.signature:
            break
    if not found.signature and b"DICM\x02\0" in head[:4096]:
        return Finding(Kind.UNREADABLE, "damaged DICOM file", say("reading.reason.damaged_dicom", language))
    key = "locked" if found.locked else found.kind.value
    return Finding(found.kind, found.signature or "unknown", say(f"reading.reason.{key}", language), found.locked)


def _dicom(entry: Entry, head: bytes, converter: Converter, language: str) -> Examination:
    try:
        start = read_start(head)
    except Declined as why:
        return (yield from _through_pydicom(entry, head, converter, None, None, str(why)))
    if start.deflated:
        return (yield from _deflated(entry, start, converter))
    if start.meta.get(0x0002) == MEDIA_STORAGE_DIRECTORY:
        return (yield from _directory(entry, head, start, language))
    walk = Walk(start.encoding, start.data_set_offset, entry.size)
    window, base = head, 0
    try:
        want = walk.step(window, base)
        steps, taken = 0, 0
        while want is not None:
            steps, taken = steps + 1, taken + want.length
            if steps > MAX_STEPS or taken > MAX_HEADER_BYTES:
                raise TooDeep
            window = yield want.offset, min(want.length, entry.size - want.offset)
            base = want.offset
            want = walk.step(window, base)
        if _names_directory(walk):
            return (yield from _directory(entry, head, start, language))
        found = converter.fields(walk.raw, start.encoding)
    except Declined as why:
        return (yield from _through_pydicom(entry, head, converter, start, walk, str(why)))
    except TooDeep:
        return _partial(entry, start, walk, converter, "the header is nested or long beyond what a real object has")
    if not _plausible(start, walk, found):
        raise _NotDicom("reading.reason.empty_dicom")
    truncated = walk.cut
    pixels = walk.pixels
    if pixels is not None and not truncated:
        if pixels.length is None:
            try:
                truncated = yield from extent.missing_encapsulated(pixels, entry.size, window, base)
            except BytesLost as problem:
                truncated = f"the end of the file cannot be read: {problem}"
        else:
            truncated = extent.missing_native(found, pixels, entry.size)
    return _instance(entry, start, walk, found, converter, truncated)


def _names_directory(walk: Walk) -> bool:
    return walk.raw.get(0x00080016, b"").strip(b" \0") == MEDIA_STORAGE_DIRECTORY.encode()


def _plausible(start: Start, walk: Walk, found: dict[str, Any]) -> bool:
    """Enough of a data set to be taken for one: with the prefix any element will do, without it identity or pixels."""
    if start.has_prefix:
        return not walk.empty
    uid = found.get("sop_class_uid", "") or start.meta.get(0x0002, "")
    if uid.startswith(("1.", "2.")):
        return True
    return bool(walk.pixels and found.get("rows") and found.get("columns"))


def _instance(
    entry: Entry, start: Start | None, walk: Walk, found: dict[str, Any], converter: Converter, truncated: str
) -> Finding:
    pixels = walk.pixels
    meta = start.meta if start else {}
    shared = converter.shared
    notes = list(found.pop("notes", ()))
    if start and start.encoding_doubt:
        notes.append(start.encoding_doubt)
    trailing = 0
    if pixels is not None and pixels.length is not None:
        trailing = max(0, entry.size - pixels.offset - pixels.length)
    facts = dict(
        found,
        entry_id=entry.entry_id,
        path=entry.path,
        size=entry.size,
        preamble=start.preamble if start else "none",
        has_file_meta=bool(meta),
        meta_faults=shared(start.meta_faults) if start else (),
        media_storage_sop_class_uid=shared(meta.get(0x0002, "")),
        media_storage_sop_instance_uid=_same(meta.get(0x0003, ""), found.get("sop_instance_uid", "")),
        transfer_syntax_uid=shared(meta.get(0x0010, "")),
        implementation_version_name=shared(meta.get(0x0013, "")),
        data_set_offset=start.data_set_offset if start else 0,
        pixel_keyword=PIXEL_KEYWORDS[pixels.tag] if pixels else "",
        pixel_data_offset=pixels.offset if pixels else None,
        pixel_data_length=pixels.length if pixels else None,
        truncated=truncated,
        trailing_bytes=trailing,
        absent=converter.absent(tuple(walk.raw)),
        notes=shared(tuple(notes)),
    )
    return Finding(Kind.DICOM, "DICOM instance", "", False, build_instance(facts))


def _same(value: str, other: str) -> str:
    """`other` if equal, so that both fields share one object."""
    return other if value == other else value


def _partial(entry: Entry, start: Start, walk: Walk, converter: Converter, why: str) -> Finding:
    """What was read before the walk had to stop, if that is enough to know the instance."""
    raw = {tag: value for tag, value in walk.raw.items()}
    while raw:
        try:
            found = converter.fields(raw, start.encoding)
        except Declined:
            raw.popitem()
            continue
        if not _plausible(start, walk, found):
            break
        return _instance(entry, start, walk, found, converter, why)
    raise _NotDicom("reading.reason.damaged_dicom")


def _deflated(entry: Entry, start: Start, converter: Converter) -> Examination:
    """A deflated data set (PS3.5 A.5): inflated piece by piece, only its header is kept."""
    if entry.size > MAX_WHOLE_BYTES:
        raise _NotDicom("reading.error.inflate_bound")
    data = yield start.data_set_offset, entry.size - start.data_set_offset
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    header, total, broken = bytearray(), 0, ""
    try:
        piece = inflater.decompress(data, 1 << 20)
        while piece:
            total += len(piece)
            if len(header) < MAX_HEADER_BYTES:
                header += piece
            if total > 4 * MAX_WHOLE_BYTES:
                raise _NotDicom("reading.error.inflate_bound")
            piece = inflater.decompress(inflater.unconsumed_tail, 1 << 20)
    except zlib.error:
        broken = "the deflated data set is damaged"
    if not inflater.eof and not broken:
        broken = "the deflated data set is cut short"
    walk = Walk(start.encoding, 0, total)
    try:
        if walk.step(bytes(header), 0) is not None:
            raise Declined("a very long header")
        found = converter.fields(walk.raw, start.encoding)
    except (Declined, TooDeep) as why:
        return _partial(entry, start, walk, converter, str(why))
    if not _plausible(start, walk, found):
        raise _NotDicom("reading.reason.damaged_dicom")
    truncated = walk.cut or broken
    if walk.pixels is not None:
        truncated = truncated or extent.missing_native(found, walk.pixels, total)
    finding = _instance(entry, start, walk, found, converter, truncated)
    return finding._replace(instance=_without_offset(finding.instance))


def _without_offset(instance: SopInstance | None) -> SopInstance | None:
    """Offsets in a deflated stream are no offsets in the file: nobody may read pixels by them."""
    from dataclasses import replace

    if instance is None or instance.pixel_data_offset is None:
        return instance
    return replace(instance, pixel_data_offset=None, trailing_bytes=0)


def _directory(entry: Entry, head: bytes, start: Start, language: str) -> Examination:
    from scanfolio.reading.dicomdir import read_dicomdir

    data = head
    if len(head) < entry.size:
        if entry.size > MAX_WHOLE_BYTES:
            return Finding(Kind.DICOMDIR, "DICOMDIR", say("reading.reason.dicomdir_too_big", language),
                           dicomdir=Dicomdir(entry.entry_id, entry.path, usable=False, faults=("larger than 256 MB",)))  # fmt: skip
        data = yield 0, entry.size
    directory = read_dicomdir(data, entry, start)
    reason = "" if directory.usable else say("reading.reason.dicomdir_unusable", language)
    return Finding(Kind.DICOMDIR, "DICOMDIR", reason, dicomdir=directory)


def _through_pydicom(
    entry: Entry, head: bytes, converter: Converter, start: Start | None, walk: Walk | None, why: str
) -> Examination:
    """What the fast reader declined, read by pydicom; when that fails too, what the fast reader has got so far."""
    if find_spec("pydicom") is None:
        head = b""
        yield WAIT_FOR_PYDICOM
    from scanfolio.reading import by_pydicom

    length = max(len(head), HEAD_BYTES)
    while True:
        if len(head) < min(length, entry.size):
            head = yield 0, min(length, entry.size)
        try:
            dataset, pixels = by_pydicom.read_header(head, entry.size)
            found = by_pydicom.fields(dataset)
            break
        except MoreNeeded:
            length *= 4
            if length > MAX_HEADER_BYTES or len(head) >= entry.size:
                return _after_failure(entry, head, converter, start, walk, "the header is too long")
        except Exception as problem:  # whatever pydicom raises for a broken file, the file is broken
            return _after_failure(entry, head, converter, start, walk, f"{why}; {type(problem).__name__}")
    if str(dataset.get("SOPClassUID", "")) == MEDIA_STORAGE_DIRECTORY or found.get("sop_class_uid") == MEDIA_STORAGE_DIRECTORY:
        return (yield from _directory(entry, head, start or _bare_start(head), "en"))
    seen = Walk(start.encoding if start else _bare_start(head).encoding, 0, entry.size)
    seen.pixels = pixels
    seen.position += len(dataset)  # all that matters is whether anything was read
    seen.raw = {int(tag): b"" for tag in dataset.keys() if int(tag) in _LOOKED_FOR}
    real_start = start or _start_by_pydicom(head, dataset, why)
    if seen.empty or not _plausible(real_start, seen, found):
        return _after_failure(entry, head, converter, start, walk, why)
    truncated = ""
    if pixels is not None:
        if pixels.length is None:
            truncated = yield from extent.missing_encapsulated(pixels, entry.size, head, 0)
        else:
            truncated = extent.missing_native(found, pixels, entry.size)
    for name, value in found.items():
        if isinstance(value, str):
            found[name] = converter.shared(value)
    return _instance(entry, real_start, seen, found, converter, truncated)


def _after_failure(
    entry: Entry, head: bytes, converter: Converter, start: Start | None, walk: Walk | None, why: str
) -> Finding:
    if start is not None and walk is not None and walk.raw:
        return _partial(entry, start, walk, converter, f"the header cannot be read beyond byte {walk.position}: {why}")
    raise _NotDicom("reading.reason.damaged_dicom")


def _bare_start(head: bytes) -> Start:
    from scanfolio.reading.elements import EXPLICIT_LITTLE

    preamble = kind_of_preamble(head)
    return Start(preamble, preamble != "none", {}, (), 132 if preamble != "none" else 0, EXPLICIT_LITTLE, False, "")


def _start_by_pydicom(head: bytes, dataset: Any, why: str) -> Start:
    """The Start of a file whose File Meta Information only pydicom could read."""
    from scanfolio.reading.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE

    implicit, little = dataset.original_encoding
    encoding = IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE if little else EXPLICIT_BIG
    meta = {int(e.tag) & 0xFFFF: str(e.value) for e in getattr(dataset, "file_meta", ())}
    bare = _bare_start(head)
    return bare._replace(meta=meta, meta_faults=(f"the File Meta Information is not as PS3.10 7.1 says: {why}",),
                         encoding=encoding)  # fmt: skip


from scanfolio.reading.attributes import BY_TAG as _LOOKED_FOR  # noqa: E402
