"""Reads an export back from where it was written and says whether it is what it should be."""

from __future__ import annotations

import json
import struct
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from scanfolio.effects import Effect, Hash, LoadPackage, Progress, Settled, Steps, patiently
from scanfolio.errors import BytesNotHere, ExportError, ReadingError, SourceError
from scanfolio.export import classic
from scanfolio.export.classic.common import series_uid
from scanfolio.export.classic.compare import FramesOf, frame_differences, frames_in
from scanfolio.export.compare import differences, needs_pydicom
from scanfolio.export.directory_check import FileFacts, check_directory
from scanfolio.export.large import PIECE_BYTES, STREAM_ABOVE_BYTES, equal_ranges, sha256_of
from scanfolio.export.manifest import Manifest
from scanfolio.export.papers import NOT_READY
from scanfolio.export.planned import Plan, PlannedFile
from scanfolio.export.records import WANTED_TAGS
from scanfolio.export.rejudge import judge_export
from scanfolio.export.removal.plan import Removal
from scanfolio.export.said import said_by, said_in
from scanfolio.export.transcode import data_set_bytes, data_set_length, effective, header_elements
from scanfolio.export.verification import Difference, Verification
from scanfolio.model import Disc, SopInstance
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source.entry import LENT_AT_ONCE, Entry, Source, lend
from scanfolio.words import say

SUMS = "SHA256SUM.TXT"
RECORD = "EXPORT.JSN"
SETTLED_EVERY = 1024  # files, whose check sums are then asked for


def verify(
    export: Source,
    disc: Disc | None = None,
    entries: Sequence[Entry] = (),
    manifest: Manifest | None = None,
    failed_before: frozenset[str] | None = None,
    *,
    removed_from: Plan | None = None,
) -> Steps:
    """Re-read everything in `export`. Yields Progress, Hash, Settled, LoadPackage; returns a Verification.

    `disc` and `entries` are the source to compare with, instance by instance; without them check sums and file-set are
    checked alone. `manifest` is what the writer says it wrote; else the export's own EXPORT.JSN is believed.
    `failed_before`: the rules the source fails, where it has been judged already.
    `removed_from`: the plan a copy without identifying data was written by, which knows what had to become of each
    instance. Raises ExportError where such a copy is to be compared with a source and nobody knows that any more.
    """
    index = DiscIndex()
    yield from read_all(index, export)
    read = index.finish()
    checker = _Checker(index.entries, {e.path: e for e in index.entries}, removed_from)
    yield from checker.lend_papers()
    said = said_by(manifest) if manifest else said_in((yield from checker.read_record()))
    if disc is not None and said.identity_removed:
        raise ExportError(say("removal.no_comparison"), hint=say("removal.no_comparison_hint"))
    sums = yield from checker.read_sums()
    if manifest is not None:
        if sums != manifest.sha256:
            checker.fault(SUMS, "the check sums are not those of what was written")
        else:
            sums = manifest.sha256  # one of the two is enough
    # first of all, so that the records of the DICOMDIR can go: of 70,000 files they take 30 MB, and its bytes come next
    judged = yield from judge_export(read, disc, failed_before, laid_flat=bool(said.split))
    index.dicomdirs.clear()
    found = read.instances
    del read
    copies = {i.path: i for i in found}
    yield from checker.check_file_set(copies)

    sources: dict[str, SopInstance] = {}
    for instance in disc.instances if disc else ():
        is_origin = said.origins.get(instance.sop_instance_uid) == instance.path
        if is_origin or instance.sop_instance_uid not in sources:
            try:
                written = yield from patiently(partial(effective, entries[instance.entry_id], instance))
                sources[instance.sop_instance_uid] = written
            except SourceError:
                sources[instance.sop_instance_uid] = instance  # reading it for comparison will say so
    checker.frames = frames_in(said.split, sources)
    for uid, (origin, _) in checker.frames.items():
        sources.pop(origin.sop_instance_uid, None)  # it is not to be in the copy: its frames are
        sources[uid] = replace(origin, sop_instance_uid=uid, series_instance_uid=series_uid(origin.series_instance_uid))
    if any(i.sop_instance_uid in sources and needs_pydicom(sources[i.sop_instance_uid], i) for i in found) or (
        checker.frames
    ):
        yield LoadPackage("pydicom")
        yield LoadPackage("numpy")
    for package in removed_from.needs if removed_from else ():
        yield LoadPackage(package)
    fresh = manifest is not None
    identical = yield from checker.check_files(copies, sums, sources if disc else None, entries, fresh=fresh)

    classic.forget()
    checker.check_complete(found, said.expected, said.excused, sources)
    for outcome in judged.faults:
        checker.fault("", f"rule {outcome.rule}: {outcome.technical}")
    return Verification(
        len(said.expected) or len(found),
        len(found),
        identical,
        len(index.entries),
        disc is not None,
        tuple(checker.differences),
        len([u for u in said.excused if u]),
        judged.verdict,
        judged.inherited,
        removed_from is not None,
    )


class _Checker:
    def __init__(self, entries: Sequence[Entry], by_path: dict[str, Entry], removed_from: Plan | None) -> None:
        self.entries = entries
        self.by_path = by_path
        self.differences: list[Difference] = []
        self.frames: FramesOf = {}
        self.removal = removed_from.removal if removed_from else None
        self.planned = {f.file_id: f for f in removed_from.files} if removed_from else {}

    def fault(self, path: str, what: str) -> None:
        self.differences.append(Difference(path, what))

    def lend_papers(self) -> Steps:
        """What is read out of its turn."""
        yield from lend([self.by_path[path] for path in (SUMS, RECORD, "DICOMDIR") if path in self.by_path], 0)

    def _whole(self, path: str) -> Generator[Effect, Any, bytes]:
        """A small file, b"" where it is missing or cannot be read (that is a fault)."""
        entry = self.by_path.get(path)
        if entry is None:
            self.fault(path, "is missing")
            return b""
        try:
            return (yield from patiently(partial(entry.read, 0, entry.size)))
        except SourceError as error:
            self.fault(path, f"cannot be read: {error.title}")
            return b""

    def read_record(self) -> Generator[Effect, Any, dict[str, Any]]:
        data = yield from self._whole(RECORD)
        try:
            said = json.loads(data or b"{}")
        except ValueError:
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("instances", []), list):
            self.fault(RECORD, "is damaged")
            return {}
        return said

    def read_sums(self) -> Generator[Effect, Any, dict[str, str]]:
        """{path: lower-case hex} as SHA256SUM.TXT says."""
        sums: dict[str, str] = {}
        for line in (yield from self._whole(SUMS)).decode("ascii", "replace").splitlines():
            digest, _, path = line.partition("  ")
            sums[path] = digest
        return sums

    def check_file_set(self, copies: dict[str, SopInstance]) -> Steps:
        for path, copy in copies.items():
            if copy.truncated or copy.meta_faults or copy.preamble != "zero":
                self.fault(
                    path, "; ".join(filter(None, (copy.truncated, *copy.meta_faults))) or "the preamble is not empty"
                )
            if (copy.media_storage_sop_class_uid, copy.media_storage_sop_instance_uid) != (
                copy.sop_class_uid,
                copy.sop_instance_uid,
            ):
                self.fault(path, "File Meta Information and data set name different instances")
        directory = self.by_path.get("DICOMDIR")
        if directory is None:
            self.fault("DICOMDIR", "is missing")
            return
        # by the directory's order, which is that of the entries: the facts of one file are held at a time
        entries = [self.entries[copy.entry_id] for copy in copies.values()]
        asking = check_directory(directory, copies.keys())
        reply: Any = None
        done = 0
        try:
            while True:
                wanted = asking.send(reply)
                if not isinstance(wanted, str):
                    reply = yield wanted
                    continue
                yield from lend(entries, done)
                if done % 64 == 0:
                    yield Progress("checking", done, len(copies))
                done += 1
                reply = yield from self._facts(wanted, copies[wanted])
        except StopIteration as result:
            for what in result.value:
                self.fault("DICOMDIR", what)
        except SourceError as error:
            self.fault("DICOMDIR", f"cannot be read: {error.title}")

    def _facts(self, path: str, copy: SopInstance) -> Generator[Effect, Any, FileFacts | None]:
        entry = self.entries[copy.entry_id]
        try:
            elements = yield from patiently(partial(header_elements, entry, copy, WANTED_TAGS))
        except (SourceError, ReadingError, ValueError, struct.error) as error:
            self.fault(path, f"its elements cannot be read ({type(error).__name__})")
            return None
        values = {tag: value for tag, (_, value) in elements.items()}
        return FileFacts(copy.sop_class_uid, copy.sop_instance_uid, copy.transfer_syntax_uid, values)

    def check_files(
        self,
        copies: dict[str, SopInstance],
        sums: dict[str, str],
        sources: dict[str, SopInstance] | None,
        source_entries: Sequence[Entry],
        *,
        fresh: bool,
    ) -> Steps:
        """Check sums of all files, and each instance against its source. Returns how many instances are identical.

        `fresh`: the copy was only just written, and is still marked as not ready.
        """
        for path in sums:
            if path not in self.by_path:
                self.fault(path, "is missing")
        first = len(self.differences)
        for done, entry in enumerate(self.entries):
            yield Progress("verifying", done, len(self.entries))
            yield from lend(self.entries, done)
            if done % LENT_AT_ONCE == 0:
                yield from lend(list(self._sources_of(done, copies, sources or {}, source_entries)), 0)
            if entry.path == SUMS:
                continue
            if entry.path == NOT_READY:
                if not fresh:
                    self.fault(entry.path, "says that this copy was not finished or not compared with its source")
                continue
            before = len(self.differences)
            copy = copies.get(entry.path)
            # of what is no instance nothing but its check sum is wanted: a directory of 40 MB is not held for it
            large = entry.size > (PIECE_BYTES if copy is None else STREAM_ABOVE_BYTES)
            progress = Progress("verifying", done, len(self.entries))
            data = b"" if large else (yield from self._whole(entry.path))
            if len(self.differences) == before:
                if large:
                    self._check_sum(entry.path, (yield from self._digest(entry, progress)), sums)
                else:
                    yield Hash(entry.path, data)
            if copy is None:
                continue
            source = sources.get(copy.sop_instance_uid) if sources is not None else None
            if source is not None:
                if large and not needs_pydicom(source, copy) and copy.sop_instance_uid not in self.frames:
                    faults = yield from self._compare_large(
                        source_entries[source.entry_id], source, entry, copy, progress
                    )
                else:
                    compare = partial(self._compare, source_entries[source.entry_id], source, entry, copy, data)
                    faults = yield from patiently(compare)
                for what in faults:
                    self.fault(entry.path, what)
            elif sources is not None:
                self.fault(entry.path, "is not on the source")
            elif self.removal and entry.path in self.planned:
                compare = partial(self._compare_removed, self.removal, self.planned[entry.path], entry, copy)
                for what in (yield from patiently(compare)):
                    self.fault(entry.path, what)
            if done % SETTLED_EVERY == SETTLED_EVERY - 1:
                yield from self._settle(sums)
        yield from self._settle(sums)
        yield Progress("verifying", len(self.entries), len(self.entries))
        different = {d.path for d in self.differences[first:]}
        return sum(e.path in copies and e.path not in different for e in self.entries)

    def _sources_of(
        self, first: int, copies: dict[str, SopInstance], sources: dict[str, SopInstance], entries: Sequence[Entry]
    ) -> Iterator[Entry]:
        """Where the next files were copied from."""
        for entry in self.entries[first : first + LENT_AT_ONCE]:
            copy = copies.get(entry.path)
            source = sources.get(copy.sop_instance_uid) if copy else None
            if source:
                yield entries[source.entry_id]

    def _settle(self, sums: dict[str, str]) -> Generator[Effect, Any, None]:
        for path, digest in (yield Settled()).items():
            self._check_sum(path, digest, sums)

    def _check_sum(self, path: str, digest: str, sums: dict[str, str]) -> None:
        if path not in sums:
            self.fault(path, "is not in the list of check sums")
        elif digest != sums[path]:
            self.fault(path, "its check sum is another one")

    def _digest(self, entry: Entry, progress: Progress) -> Generator[Effect, Any, str]:
        try:
            return (yield from sha256_of(entry, progress))
        except (SourceError, ReadingError) as error:
            self.fault(entry.path, f"cannot be read: {error.title}")
            return ""

    def _compare_large(
        self, a: Entry, source: SopInstance, b: Entry, copy: SopInstance, progress: Progress
    ) -> Generator[Effect, Any, list[str]]:
        length = b.size - copy.data_set_offset
        try:
            if (yield from patiently(partial(data_set_length, a, source))) == length and (
                yield from equal_ranges(a, source.data_set_offset, b, copy.data_set_offset, length, progress)
            ):
                return []
        except (SourceError, ReadingError) as error:
            return [f"cannot be read for comparison: {error.title}"]
        return ["the data set differs"]

    def _compare(self, a: Entry, source: SopInstance, b: Entry, copy: SopInstance, data: bytes) -> list[str]:
        try:
            if copy.sop_instance_uid in self.frames:
                return frame_differences(a, *self.frames[copy.sop_instance_uid], b, copy)
            return differences(a, source, b, copy, data[copy.data_set_offset :])
        except BytesNotHere:
            raise
        except SourceError as error:
            return [f"the source cannot be read for comparison: {error.title}"]
        except Exception as error:  # noqa: BLE001  one instance that defeats a reader must not hide the state of the others
            return [f"cannot be compared ({type(error).__name__})"]

    def _compare_removed(self, removal: Removal, planned: PlannedFile, entry: Entry, copy: SopInstance) -> list[str]:
        try:
            return removal.faults_of(planned, entry, copy, data_set_bytes(entry, copy))
        except BytesNotHere:
            raise
        except Exception as error:  # noqa: BLE001  as in `_compare`
            return [f"cannot be compared ({type(error).__name__})"]

    def check_complete(
        self, found: Sequence[SopInstance], expected: dict[str, str], excused: set[str], sources: dict[str, SopInstance]
    ) -> None:
        """Every expected instance is there once; of every exported series nothing is missing without being listed."""
        there = {i.sop_instance_uid for i in found}
        for uid, file_id in expected.items():
            if uid not in there:
                self.fault(file_id, "is missing")
        for instance in found:
            if instance.sop_instance_uid not in expected:
                self.fault(instance.path, "is not in the export's own record")
        series, accounted_for = {i.series_instance_uid for i in found}, there | excused
        for uid, source in sources.items():
            if source.series_instance_uid in series and uid not in accounted_for:
                self.fault(source.path, "is on the source but not in the export")
