"""The index of a disc: entries in, facts out, a little at a time. Holds no I/O and no file's bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from scanfolio.effects import LoadPackage, Progress, Steps, patiently
from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.model import Dicomdir, Disc, FileRecord, Inside, Kind, SopInstance
from scanfolio.reading.examine import examine
from scanfolio.reading.facts import Converter
from scanfolio.reading.finding import HEAD_BYTES, WAIT_FOR_PYDICOM, BytesLost, Examination, Finding
from scanfolio.reading.grouping import group
from scanfolio.source.entry import Entry, Source, lend
from scanfolio.source.signature_table import OPENABLE
from scanfolio.words import say

__all__ = ["HEAD_BYTES", "DiscIndex", "Need", "is_overview", "read_all", "read_entries"]


class Need(NamedTuple):
    """`length` bytes from `offset` of entry `entry_id` have to be fed before that file can be decided."""

    entry_id: int
    offset: int
    length: int


class DiscIndex:
    """Grows with `add` and `feed`, can be looked at any time, is turned into a Disc by `finish`."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.entries: list[Entry] = []
        self.instances: list[SopInstance] = []
        self.dicomdirs: list[Dicomdir] = []
        self.latest: SopInstance | None = None
        self.first_image: SopInstance | None = None  # an overview only while nothing else is known
        self._records: list[FileRecord | None] = []
        self._open: dict[int, Examination] = {}
        self._waiting: list[int] = []
        self._by_uid: dict[str, SopInstance] = {}
        self._converter = Converter()
        self._done = 0
        self._tally = {"dicom": 0, "images": 0, "other": 0, "unreadable": 0}

    def add(self, entry: Entry) -> Need | None:
        """Take `entry` into the index; its id must be the number of entries so far. What to read first, if anything."""
        if entry.entry_id != len(self.entries):
            raise ValueError(f"entry {entry.entry_id} given where {len(self.entries)} is next")
        self.entries.append(entry)
        self._records.append(None)
        if entry.size > 0:
            return Need(entry.entry_id, 0, min(HEAD_BYTES, entry.size))
        self._settle(entry, self._empty(entry))
        return None

    def feed(self, need: Need, data: bytes | None, error: str | SourceError = "") -> list[Need]:
        """Bytes for `need`, or None and why they could not be read. What that file still needs; [] once it is decided.

        Never raises for what the bytes are: a file that cannot be understood becomes UNREADABLE or OTHER with a reason.
        """
        entry = self.entries[need.entry_id]
        if self._records[need.entry_id] is not None:
            return []
        short = data is not None and len(data) < min(need.length, entry.size - need.offset)
        examination = self._open.pop(need.entry_id, None)
        if data is None or short:
            return self._lost(entry, examination, error)
        if examination is None:
            if need.offset:
                return self._lost(entry, None, "")
            examination = examine(entry, data, self._converter)
            return self._advance(entry, examination, None)
        return self._advance(entry, examination, data)

    def resume(self) -> list[Need]:
        """Go on with the files that waited for pydicom, once it can be imported."""
        waiting, self._waiting = self._waiting, []
        needs: list[Need] = []
        for entry_id in waiting:
            examination = self._open.pop(entry_id)
            needs.extend(self._advance(self.entries[entry_id], examination, b""))
        return needs

    def again(self, entry_ids: Sequence[int], sizes: Sequence[int] = ()) -> list[Need]:
        """Forget what was found of these entries, whose bytes could not be had and now perhaps can; what to read first.

        Numbers of no entry are passed over. What is known of all other entries stays. `sizes`, in bytes, where they may
        be others than were said: of a disc that is gone nobody can tell how long a file is.
        """
        for entry_id, size in zip(entry_ids, sizes, strict=False):
            if 0 <= entry_id < len(self.entries):
                self.entries[entry_id] = replace(self.entries[entry_id], size=size)
        gone = {n for n in entry_ids if 0 <= n < len(self.entries) and self.entries[n].size > 0}
        for entry_id in gone:
            if self._open.pop(entry_id, None) is not None or self._records[entry_id] is None:
                continue
            kind = self._records[entry_id].kind  # type: ignore[union-attr]
            self._tally["dicom" if kind is Kind.DICOM else "unreadable" if kind is Kind.UNREADABLE else "other"] -= 1
            self._done -= 1
            self._records[entry_id] = None
        self._waiting = [n for n in self._waiting if n not in gone]
        self._tally["images"] -= sum(i.is_image for i in self.instances if i.entry_id in gone)
        self.instances = [i for i in self.instances if i.entry_id not in gone]
        self.dicomdirs = [d for d in self.dicomdirs if d.entry_id not in gone]
        self._by_uid.clear()
        for instance in self.instances:
            self._by_uid.setdefault(instance.sop_instance_uid, instance)
        return [Need(n, 0, min(HEAD_BYTES, self.entries[n].size)) for n in sorted(gone)]

    @property
    def waiting_for_pydicom(self) -> int:
        """How many files only pydicom can go on with, which is not loaded: load it, then call `resume`."""
        return len(self._waiting)

    @property
    def files(self) -> list[FileRecord]:
        """The files decided so far, in the order given."""
        return [record for record in self._records if record is not None]

    def record(self, entry_id: int) -> FileRecord | None:
        """What is known of one file; None while it is being read."""
        return self._records[entry_id]

    def looked_inside(self, entry_id: int, inside: Inside, reason: str, *, locked: bool = False) -> None:
        """Note on the row of an archive what came of looking into it; `reason` is the sentence for people."""
        record = self._records[entry_id]
        assert record is not None, "only what was read can be looked into"
        self._records[entry_id] = replace(record, inside=inside, reason=reason, locked=record.locked or locked)

    def counts(self) -> dict[str, int]:
        """{files, done, dicom, images, other, unreadable}; a DICOMDIR counts as other."""
        return {"files": len(self.entries), "done": self._done, **self._tally}

    def by_sop_uid(self, uid: str) -> SopInstance | None:
        """The first instance read with this SOP Instance UID."""
        return self._by_uid.get(uid)

    def finish(self, complete: bool = True) -> Disc:
        """All that is known so far, grouped and sorted. May be called again while reading goes on.

        Files that are not decided yet are listed as unreadable, "not read". `complete` false: reading was stopped.
        """
        files = []
        for entry, record in zip(self.entries, self._records, strict=True):
            if record is None:
                reason = say("reading.reason.not_read")
                record = FileRecord(entry.entry_id, entry.path, entry.size, Kind.UNREADABLE, "not read", reason)
            files.append(record)
        instances = tuple(sorted(self.instances, key=lambda instance: instance.entry_id))
        return Disc(self.name, tuple(files), instances, tuple(self.dicomdirs), group(instances),
                    complete and self._done == len(self.entries))  # fmt: skip

    def _advance(self, entry: Entry, examination: Examination, data: bytes | None) -> list[Need]:
        try:
            offset, length = next(examination) if data is None else examination.send(data)
        except StopIteration as result:
            self._settle(entry, result.value)
            return []
        except MemoryError:
            self._settle(entry, Finding(Kind.UNREADABLE, "needs more memory", say("reading.reason.memory")))
            return []
        except Exception as problem:  # noqa: BLE001  # a fault of ours in one file must not cost all the others
            reason = say("reading.reason.internal")
            self._settle(entry, Finding(Kind.UNREADABLE, f"not understood ({type(problem).__name__})", reason))
            return []
        self._open[entry.entry_id] = examination
        if (offset, length) == WAIT_FOR_PYDICOM:
            self._waiting.append(entry.entry_id)
            return []
        return [Need(entry.entry_id, offset, length)]

    def _lost(self, entry: Entry, examination: Examination | None, error: str | SourceError) -> list[Need]:
        """A read failed: the examination may still make something of what it has."""
        reason = error.title if isinstance(error, SourceError) else error
        reason = reason or say("reading.reason.read_error")
        if isinstance(error, SourceError) and error.code == "locked":
            self._settle(entry, Finding(Kind.OTHER, "encrypted", reason, locked=True))
            return []
        if examination is not None:
            try:
                offset, length = examination.throw(BytesLost(reason))
                self._open[entry.entry_id] = examination
                return [Need(entry.entry_id, offset, length)]
            except StopIteration as result:
                self._settle(entry, result.value)
                return []
            except BytesLost:
                pass
        self._settle(entry, Finding(Kind.UNREADABLE, "not readable", reason))
        return []

    def _empty(self, entry: Entry) -> Finding:
        try:
            entry.read(0, 1)
        except BytesNotHere:
            pass
        except SourceError as problem:
            return Finding(Kind.UNREADABLE, "not readable", problem.title)
        return Finding(Kind.OTHER, "empty file", say("reading.reason.empty"))

    def _settle(self, entry: Entry, finding: Finding) -> None:
        instance = finding.instance
        if finding.entry is not None:
            self.entries[entry.entry_id] = finding.entry
        uid = instance.sop_instance_uid if instance else ""
        reason = finding.reason
        if instance is not None:
            self.instances.append(instance)
            self.latest = instance
            self._by_uid.setdefault(uid, instance)
            self._tally["dicom"] += 1
            if instance.is_image:
                self._tally["images"] += 1
                if self.first_image is None or (is_overview(self.first_image) and not is_overview(instance)):
                    self.first_image = instance
            if instance.truncated:
                reason = say("reading.reason.truncated")
        elif finding.kind is Kind.UNREADABLE:
            self._tally["unreadable"] += 1
        else:
            self._tally["other"] += 1
        if finding.dicomdir is not None:
            self.dicomdirs.append(finding.dicomdir)
        self._done += 1
        openable = finding.kind is Kind.ARCHIVE and not finding.locked and finding.signature in OPENABLE
        self._records[entry.entry_id] = FileRecord(
            entry.entry_id, entry.path, entry.size, finding.kind, self._converter.shared(finding.signature),
            self._converter.shared(reason), uid, finding.locked, finding.first_bytes,
            Inside.CLOSED if openable else Inside.NOTHING,
        )  # fmt: skip


def is_overview(instance: SopInstance) -> bool:
    """A localizer (C.8.2.1.1.1 and the like): what the scan was planned on."""
    return "LOCALIZER" in instance.image_type[2:]


def read_all(index: DiscIndex, source: Source) -> Steps:
    """Read every entry of `source` into `index`, yielding Progress("reading", done, total)."""
    index.name = index.name or source.name
    yield from read_entries(index, list(source.entries()))


def read_entries(index: DiscIndex, entries: Iterable[Entry]) -> Steps:
    """Read `entries`, whose ids go on from those in `index`, yielding Progress("reading", done, total).

    All of them are on the list before the first is read: whoever stops half-way finds the others there, "not read".
    """
    listed = list(entries)
    waiting = [(entry, index.add(entry)) for entry in listed]
    for done, (entry, first) in enumerate(waiting):
        yield from lend(listed, done)
        if done % 32 == 0:
            yield Progress("reading", done, len(waiting))
        needs = [first] if first else []
        while needs:
            need = needs.pop()
            try:
                data = yield from patiently(partial(entry.read, need.offset, need.length))
            except SourceError as problem:
                needs.extend(index.feed(need, None, problem))
            else:
                needs.extend(index.feed(need, data))
            if index.waiting_for_pydicom:
                yield LoadPackage("pydicom")
                needs.extend(index.resume())
    yield Progress("reading", len(waiting), len(waiting))
