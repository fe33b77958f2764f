"""Carries out a plan: instances, table of contents, the papers that go with them. Into a zip or a folder.

A zip begins with its DICOMDIR (PS3.12 Annex V calls it the manifest), so all headers are read first; a folder gets it
last, so that an export broken off is never taken for a whole one, and its headers are read shortly before the rest of
their files. Memory holds one instance at a time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from scanfolio.effects import Chunk, Effect, LoadPackage, Part, Progress, Settled, Steps, WriteFile, patiently
from scanfolio.errors import ExportError, PixelError, ReadingError, SourceError
from scanfolio.export import classic
from scanfolio.export.classic.data_set import frame_data_set, frame_elements
from scanfolio.export.dicomdir import Listed
from scanfolio.export.file_meta import file_meta
from scanfolio.export.large import pieces_of, sums_of
from scanfolio.export.manifest import WrittenInstance
from scanfolio.export.outlets import FolderOut, Out, ZipOut
from scanfolio.export.papers import NOT_READY, NOT_READY_TEXT, disc_js, index_htm, readme_txt
from scanfolio.export.planned import Plan, PlannedFile, is_streamed
from scanfolio.export.records import WANTED_TAGS
from scanfolio.export.removal.papers import readme_txt as removal_readme_txt
from scanfolio.export.transcode import Transcoded, data_set_length, header_elements, transcode
from scanfolio.export.underway import Run, understood
from scanfolio.export.viewer import DISC, check, contents
from scanfolio.export.viewer import FOLDER as VIEWER_FOLDER
from scanfolio.pieces import Pieces
from scanfolio.source.entry import lend
from scanfolio.words import say

Words = str | Callable[[], str | Iterator[str]]
"""A report, or what makes it when it is its turn, perhaps part by part."""
SUMS = "SHA256SUM.TXT"
SETTLED_EVERY = 1024  # instances, whose check sums are then asked for
READ_AHEAD = 16  # files whose headers are read before the first of them is written into a folder


def write_zip(
    plan: Plan, report_json: Words, report_text: Words, *, created: datetime | None = None, file_set_uid: str = ""
) -> Steps:
    """Yield the export as the Chunks of one stored zip; returns its Manifest.

    `created` (default: now) and `file_set_uid` (default: a new 2.25 UID) are all that differs between two runs.
    Raises ExportError when the disc can no longer be read or nothing is left to export.
    """
    run = _begin(plan, created, file_set_uid)
    sink = ZipOut(run.created)
    yield from _packages(plan)
    yield from _read_headers(run, plan.files)
    yield from _add_paper(run, sink, "DICOMDIR", run.directory())
    yield from _write_viewer(run, sink)
    expected = len(run.listed)
    yield from _write_instances(run, sink, plan.files)
    if len(run.listed) != expected:
        # Something turned out to be undecodable only now. The directory already sent is superseded by a right one:
        # the zip's own list names only the second, and whoever unpacks front to back overwrites the first with it.
        yield from _add_paper(run, sink, "DICOMDIR", run.directory())
    run.listed.clear()
    yield from _write_papers(run, sink, report_json, report_text)
    yield Chunk([sink.writer.finish()])
    yield Settled()
    return run.manifest()


def write_folder(
    plan: Plan, report_json: Words, report_text: Words, *, created: datetime | None = None, file_set_uid: str = ""
) -> Steps:
    """Yield the export as WriteFile effects, DICOMDIR last; returns its Manifest. Otherwise as `write_zip`.

    The first file is NOT_READY; whoever verifies the copy takes it away.
    """
    run = _begin(plan, created, file_set_uid)
    sink = FolderOut()
    yield WriteFile(NOT_READY, [NOT_READY_TEXT])
    yield Settled()  # it stands there before anything else does
    yield from _packages(plan)
    yield from _write_viewer(run, sink)
    for files in _some_at_a_time(plan.files):
        yield from _read_headers(run, files)
        yield from _write_instances(run, sink, files)
    directory = run.directory()
    run.listed.clear()
    _count(run, "DICOMDIR", directory)
    yield from _write_papers(run, sink, report_json, report_text)
    yield Settled()  # and the table of contents after everything else
    yield from _send(sink, "DICOMDIR", directory)
    yield Settled()
    return run.manifest()


def _begin(plan: Plan, created: datetime | None, file_set_uid: str) -> Run:
    return Run(plan, file_set_uid or f"2.25.{uuid.uuid4().int}", created or datetime.now())


def _packages(plan: Plan) -> Steps:
    for name in plan.needs:
        yield LoadPackage(name)


def _some_at_a_time(files: Sequence[PlannedFile]) -> Iterator[Sequence[PlannedFile]]:
    """`files` in runs of READ_AHEAD or a few more: the frames of one source stay together."""
    start = 0
    while start < len(files):
        end = min(start + READ_AHEAD, len(files))
        while end < len(files) and files[end].instance.entry_id == files[end - 1].instance.entry_id:
            end += 1
        yield files[start:end]
        start = end


def _read_headers(run: Run, files: Sequence[PlannedFile]) -> Steps:
    """What the directory records of `files` need, without pixels."""
    total = len(run.plan.files)
    entries = [planned.entry for planned in files]
    for done, planned in enumerate(files):
        yield from lend(entries, done)
        if done % READ_AHEAD == 0:
            yield Progress("preparing", done, total) if len(files) == total else Progress("writing", run.tried, total)
        if planned.frame is not None and run.is_left(planned):
            continue
        try:
            listed = yield from patiently(partial(understood, planned, partial(_listed, run, planned)))
        except SourceError as error:
            run.leave(planned, "unreadable", error)
            continue
        except ReadingError as error:
            run.leave(planned, "damaged", error)
            continue
        except MemoryError as error:
            run.leave(planned, "too-large", error)
            continue
        run.lost_in_a_row = 0
        run.listed[planned.file_id] = listed
    run.leave_what_cannot_be_listed(files)


def _listed(run: Run, planned: PlannedFile) -> Listed:
    instance, removal = planned.as_written, run.plan.removal
    if planned.frame is None:
        elements = header_elements(planned.entry, instance, WANTED_TAGS)
    else:
        elements = frame_elements(planned.entry, planned.instance, planned.frame, WANTED_TAGS)
    if removal:
        elements = removal.cleaned_elements(planned.file_id, elements)
    return run.gatherer.listed(
        planned.file_id, instance.sop_class_uid, instance.sop_instance_uid, planned.transfer_syntax_uid, elements
    )


def _write_instances(run: Run, sink: Out, files: Sequence[PlannedFile]) -> Steps:
    entries = [planned.entry for planned in files]
    for done, planned in enumerate(files):
        yield from lend(entries, done)
        progress = Progress("writing", run.tried, len(run.plan.files))
        yield progress
        run.tried += 1
        if planned.file_id not in run.listed:
            continue
        source, instance = planned.instance, planned.as_written
        meta = file_meta(instance.sop_class_uid, instance.sop_instance_uid, planned.transfer_syntax_uid)
        changes: tuple[str, ...] = ()
        try:
            if is_streamed(planned) and not run.plan.removal:
                size = yield from _stream(run, sink, planned, meta, progress)
            else:
                data_set = yield from patiently(partial(understood, planned, partial(_data_set, run.plan, planned)))
                changes = data_set.changes
                size = yield from _add(run, sink, planned.file_id, [meta, *data_set.parts])
        except SourceError as error:
            run.leave(planned, "unreadable", error)
            continue
        except ReadingError as error:
            run.leave(planned, "damaged", error)
            continue
        except PixelError as error:
            run.leave(planned, "undecodable", error)
            continue
        except MemoryError as error:
            run.leave(planned, "too-large", error)
            continue
        run.lost_in_a_row = 0
        run.unsigned.append(
            partial(
                WrittenInstance,
                planned.file_id,
                source.path,
                instance.sop_instance_uid,
                planned.transfer_syntax_uid,
                planned.action,
                size,
                changes=changes + run.plan.why_whole(planned),
                frame=None if planned.frame is None else planned.frame + 1,
                source_sop_instance_uid="" if planned.frame is None else source.sop_instance_uid,
            )
        )
        if len(run.unsigned) == SETTLED_EVERY:
            yield from _settle(run)
    classic.forget()
    yield Progress("writing", run.tried, len(run.plan.files))


def _data_set(plan: Plan, planned: PlannedFile) -> Transcoded:
    if planned.frame is not None:
        return frame_data_set(planned.entry, planned.instance, planned.frame)
    made = transcode(planned.entry, planned.instance, planned.action)
    if plan.removal:
        parts = plan.removal.cleaned(planned.file_id, made.parts)
        return Transcoded(parts, (*made.changes, "identifying data removed"))
    return made


def _stream(run: Run, sink: Out, planned: PlannedFile, meta: bytes, progress: Progress) -> Generator[Effect, Any, int]:
    """A large instance, byte for byte; its size. What fails once part of it has been sent fails the export."""
    entry, start = planned.entry, planned.instance.data_set_offset
    length = yield from patiently(partial(data_set_length, entry, planned.instance))
    run.sha256[planned.file_id], crc = yield from sums_of(meta, entry, start, length, progress)
    try:
        yield from sink.begin(planned.file_id, len(meta) + length, crc)
        yield sink.piece(planned.file_id, meta, last=False)
        yield from pieces_of(meta, entry, start, length, crc, partial(sink.piece, planned.file_id))
    except (SourceError, ReadingError) as error:
        language = run.plan.choices.language
        title, hint = say("export.stopped.source", language), say("export.stopped.source_hint", language)
        raise ExportError(title, hint=hint, where=entry.path, detail=error.title) from error
    run.total_bytes += len(meta) + length
    return len(meta) + length


def _add(run: Run, sink: Out, path: str, parts: list[Part]) -> Generator[Effect, Any, int]:
    """Write a whole file and return its size; its check sum comes with `_settle`."""
    if run.plan.removal:
        data = b"".join(parts)
        run.plan.removal.search(path, data, run.created)
        parts = [data]
    yield from sink.add(path, parts)
    size = sum(map(len, parts))
    run.total_bytes += size
    return size


def _add_paper(run: Run, sink: Out, path: str, data: Pieces) -> Generator[Effect, Any, None]:
    """The same for a file that may have 40 MB: it is never on its way as a whole, and its check sum is known."""
    _count(run, path, data)
    yield from _send(sink, path, data)


def _count(run: Run, path: str, data: Pieces) -> None:
    if run.plan.removal:
        run.plan.removal.search(path, bytes(data), run.created)
    run.sha256[path] = data.sha256()
    run.total_bytes += len(data)


def _send(sink: Out, path: str, data: Pieces) -> Generator[Effect, Any, None]:
    yield from sink.begin(path, len(data), data.crc32())
    left = max(len(data), 1)
    for piece in data.given_away():
        left -= len(piece)
        yield sink.piece(path, piece, last=left <= 0)


def _settle(run: Run) -> Generator[Effect, Any, None]:
    """The check sums of what was written since the last time; instances that waited for theirs are complete."""
    digests: dict[str, str] = yield Settled()
    for written in run.unsigned:
        path = written.args[0]  # which is there already: no second one for every image
        run.sha256[path] = digests.pop(path) if path in digests else run.sha256[path]
        run.written.append(written(sha256=run.sha256[path]))
    run.sha256.update(digests)
    run.unsigned.clear()


def _write_viewer(run: Run, sink: Out) -> Steps:
    """Before the images: should it be damaged, nobody has waited for them."""
    viewer = run.plan.choices.viewer
    if viewer is None:
        return
    for done, file in enumerate(viewer.files):
        yield Progress("preparing", done, len(viewer.files))
        data = yield from contents(file)
        # Not searched for what has to go: these are the build's bytes, and any name may be a word of theirs.
        yield from sink.add(f"{VIEWER_FOLDER}/{file.path}", [data])
        run.total_bytes += len(data)
    yield from _settle(run)
    for file in viewer.files:
        check(file, run.sha256[f"{VIEWER_FOLDER}/{file.path}"])


def _write_papers(run: Run, sink: Out, report_json: Words, report_text: Words) -> Steps:
    """What stands beside the file-set. 8.3 names (IHE PDI); nothing executable."""
    yield from _settle(run)
    manifest = run.manifest()
    readme = removal_readme_txt if run.plan.removal else readme_txt
    papers: dict[str, Callable[[], Iterable[bytes]]] = {
        "README.TXT": lambda: [readme(run.plan, manifest)],
        "INDEX.HTM": lambda: [index_htm(run.plan, manifest)],
        "REPORT.TXT": lambda: [_crlf("".join(_said(report_text)))],
        "REPORT.JSN": lambda: map(str.encode, _said(report_json)),
        "EXPORT.JSN": lambda: map(str.encode, manifest.as_json()),
    }
    if run.plan.choices.viewer:
        papers[DISC] = lambda: [disc_js(run.plan, manifest)]
    if run.plan.removal:  # the report is of the source, with its names and paths
        del papers["REPORT.TXT"], papers["REPORT.JSN"]
    for path, paper in papers.items():  # one at a time: of 70,000 files two have 20 MB and more
        yield from _add_paper(run, sink, path, Pieces(paper()))
    sums = (f"{run.sha256[path]}  {path}\n".encode("ascii") for path in sorted(run.sha256))
    yield from _add_paper(run, sink, SUMS, Pieces(sums))
    del run.sha256[SUMS]  # it cannot hold its own
    part = run.plan.part
    if part and run.total_bytes > part.media_bytes:
        language = run.plan.choices.language
        title, hint = say("export.stopped.media", language), say("export.stopped.media_hint", language)
        raise ExportError(title, hint=hint, detail=f"{run.total_bytes} bytes, the medium holds {part.media_bytes}")


def _said(words: Words) -> Iterable[str]:
    said = words if isinstance(words, str) else words()
    return [said] if isinstance(said, str) else said


def _crlf(text: str) -> bytes:
    return "\r\n".join(text.splitlines()).encode("utf-8") + b"\r\n"
