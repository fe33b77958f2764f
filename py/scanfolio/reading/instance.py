"""From what was read of a DICOM file to its Finding: one SopInstance, or the DICOMDIR."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from sys import intern
from typing import Any

from scanfolio.model import Dicomdir, Kind
from scanfolio.reading import extent
from scanfolio.reading.attributes import PIXEL_KEYWORDS
from scanfolio.reading.dicomdir import read_dicomdir
from scanfolio.reading.elements import Declined
from scanfolio.reading.facts import Converter, build_instance
from scanfolio.reading.finding import MAX_DIRECTORY_BYTES, BytesLost, Examination, Finding, NotDicom
from scanfolio.reading.part10 import Start
from scanfolio.reading.walk import PixelElement, Walk
from scanfolio.source.entry import Entry
from scanfolio.words import say


@dataclass(slots=True)
class Reading:
    """One file while it is being read. `size` is that of the data the offsets count in: file, or inflated stream."""

    entry: Entry
    converter: Converter
    start: Start
    walk: Walk
    size: int
    offsets_in_file: bool = True

    def plausible(self, found: dict[str, Any]) -> bool:
        """Enough of a data set to be taken for one: any element with the prefix, identity or pixels without it."""
        if self.start.has_prefix:
            return not self.walk.empty
        uid = found.get("sop_class_uid", "") or self.start.meta.get(0x0002, "")
        return uid.startswith(("1.", "2.")) or bool(self.walk.pixels and found.get("rows") and found.get("columns"))

    def finding(self, found: dict[str, Any], truncated: str, *, whole: bool = True) -> Finding:
        """The instance with the facts `found`; raises NotDicom when they are too few.

        `whole`: the header was read to its end.
        """
        if not self.plausible(found):
            raise NotDicom("reading.reason.empty_dicom")
        entry, start, walk = self.entry, self.start, self.walk
        pixels, meta, shared = walk.pixels, start.meta, self.converter.shared
        # one text for the disc, its copy, their tables of contents: there may be 70,000
        sop_instance_uid = found["sop_instance_uid"] = intern(found.get("sop_instance_uid", ""))
        stored_uid = meta.get(0x0003, "")
        notes = found.get("notes", ())
        if start.encoding_doubt:
            notes = (*notes, start.encoding_doubt)
        found.update(
            entry_id=entry.entry_id,
            path=entry.path,
            size=entry.size,
            preamble=start.preamble,
            has_file_meta=bool(meta),
            meta_faults=start.meta_faults,
            media_storage_sop_class_uid=meta.get(0x0002, ""),
            media_storage_sop_instance_uid=sop_instance_uid if stored_uid == sop_instance_uid else stored_uid,
            transfer_syntax_uid=meta.get(0x0010, ""),
            implementation_version_name=meta.get(0x0013, ""),
            data_set_offset=start.data_set_offset,
            truncated=truncated,
            absent=self.converter.absent(tuple(walk.raw)),
            notes=shared(notes) if notes else (),
        )
        if whole:
            found.setdefault("layout", walk.layout)
        if pixels is not None:
            found["pixel_keyword"] = PIXEL_KEYWORDS[pixels.tag]
            found["pixel_data_length"] = pixels.length
            if self.offsets_in_file:
                found["pixel_data_offset"] = pixels.offset
                if pixels.length is not None:
                    found["trailing_bytes"] = max(0, self.size - pixels.offset - pixels.length)
        return Finding(Kind.DICOM, "DICOM instance", "", False, build_instance(found))

    def partial(self, why: str) -> Finding:
        """What was read before reading had to stop, if that is enough to know the instance; raises NotDicom if not."""
        raw = dict(self.walk.raw)
        while raw:
            try:
                return self.finding(self.converter.fields(raw, self.start.encoding), why, whole=False)
            except Declined:
                raw.popitem()
        raise NotDicom("reading.reason.damaged_dicom")

    def missing(self, found: dict[str, Any], window: bytes, base: int) -> Generator[tuple[int, int], bytes, str]:
        """What is missing of the pixel data, as a technical sentence; `window` holds the bytes from `base` on."""
        pixels: PixelElement | None = self.walk.pixels
        if self.walk.cut or pixels is None:
            return self.walk.cut
        if pixels.length is not None:
            return extent.missing_native(found, pixels, self.size)
        try:
            return (yield from extent.missing_encapsulated(pixels, self.size, window, base))
        except BytesLost as problem:
            return f"the end of the file cannot be read: {problem}"


def read_directory(entry: Entry, head: bytes, start: Start) -> Examination:
    """The DICOMDIR that begins with `head`; asks for the rest of it."""
    data = head
    if len(head) < entry.size:
        if entry.size > MAX_DIRECTORY_BYTES:
            directory = Dicomdir(entry.entry_id, entry.path, usable=False, faults=("it is larger than 64 MB",))
            reason = say("reading.reason.dicomdir_too_big")
            return Finding(Kind.DICOMDIR, "DICOMDIR", reason, dicomdir=directory)
        try:
            data = yield 0, entry.size
        except BytesLost as problem:
            directory = Dicomdir(entry.entry_id, entry.path, usable=False, faults=("it cannot be read to its end",))
            return Finding(Kind.DICOMDIR, "DICOMDIR", str(problem), dicomdir=directory)
    directory = read_dicomdir(data, entry, start)
    reason = "" if directory.usable else say("reading.reason.dicomdir_unusable")
    return Finding(Kind.DICOMDIR, "DICOMDIR", reason, dicomdir=directory)
