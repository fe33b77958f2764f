"""The whole way of a disc through Scanfolio, as the page and the command line go it, watched for what must not happen.

Nothing but our own errors may come back, every file must be listed with a reason, what crosses to the page must be
JSON, and what is read must stay in proportion to what is there.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exports import MemorySource, drive
from frame_items import frame_items
from scanfolio.errors import ScanfolioError
from scanfolio.export.plan import EVERYONE, KEEP_ENCODING, MOST_COMPATIBLE, Choices
from scanfolio.model import Disc, Kind
from scanfolio.session import Session
from scanfolio.source.entry import Entry

FRAMES_LOOKED_AT = 3


@dataclass
class Reads:
    """How often, and how many bytes of each path were read."""

    calls: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)


class WatchedSource(MemorySource):
    """A source over {path: bytes} that counts what is read, and answers like a file: never beyond its end."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self.reads = Reads()

    def _reader(self, path: str, data: bytes) -> Any:
        reads = self.reads

        def read(offset: int, length: int) -> bytes:
            assert offset >= 0
            assert length >= 0
            piece = data[offset : offset + length]
            reads.calls[path] = reads.calls.get(path, 0) + 1
            reads.bytes[path] = reads.bytes.get(path, 0) + len(piece)
            return piece

        return read


@dataclass
class Journey:
    disc: Disc
    session: Session
    reads: Reads  # while indexing
    shown: int = 0
    refused: int = 0
    exported: int = 0
    differing: int = 0


def opened(files: Mapping[str, bytes]) -> Journey:
    """Index, group, catalogue and judge `files`."""
    source = WatchedSource(files)
    session = Session("disc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's and pydicom's, about values that are nonsense
        drive(session.read(source))
        disc = session.finish()
        reads, source.reads.calls, source.reads.bytes = Reads(source.reads.calls, source.reads.bytes), {}, {}
        check_list(disc, session, files)
        as_json(session.catalogue())
        report, _, _ = drive(session.judge_as_dict())
        crashed = [outcome for outcome in report["outcomes"] if outcome["state"] == "crashed"]
        assert not crashed, crashed
        as_json(report)
        json.loads(session.report_json())
        assert session.report_text()
    return Journey(disc, session, reads)


def check_list(disc: Disc, session: Session, files: Mapping[str, bytes]) -> None:
    """Every file is listed once, with a reason unless it is a sound instance; every instance is in one series."""
    assert [record.path for record in disc.files] == list(files)
    for record in disc.files:
        assert record.signature
        assert record.reason or record.kind in (Kind.DICOM, Kind.DICOMDIR), record
        assert not record.signature.startswith("not understood"), record
    grouped = [i.entry_id for p in disc.patients for st in p.studies for se in st.series for i in se.instances]
    assert sorted(grouped) == [i.entry_id for i in disc.instances]
    counts = session.index.counts()
    assert len(disc.files) == counts["done"] == counts["dicom"] + counts["other"] + counts["unreadable"]
    assert len(disc.instances) == counts["dicom"]


def as_json(value: Any) -> str:
    """What the page is given has to be JSON as browsers read it: no NaN, no infinity."""
    text = json.dumps(value, allow_nan=False)
    assert len(text) < 64 << 20
    return text


def travelled(files: Mapping[str, bytes], *, export: bool = True) -> Journey:
    """`opened`, and then every series, frame, picture and tag of it, and an export of all that can be exported."""
    journey = opened(files)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for patient in journey.disc.patients:
            for study in patient.studies:
                for series in study.series:
                    look_at(journey, series.key)
        if export and journey.disc.instances:
            for encoding in (MOST_COMPATIBLE, KEEP_ENCODING):
                export_and_verify(journey, encoding)
    return journey


def attempt(journey: Journey, what: Callable[[], Any]) -> Any:
    """The result, or None where it was refused with a sentence."""
    try:
        result = what()
    except ScanfolioError as error:
        assert error.title
        as_json(error.as_dict())
        journey.refused += 1
        return None
    journey.shown += 1
    return result


def look_at(journey: Journey, key: str) -> None:
    session = journey.session
    answer = session.series(key)
    as_json(answer)
    items = frame_items(answer)
    chosen: dict[str, list[int]] = {}
    for item in items:
        chosen.setdefault(item["sop_instance_uid"], []).append(item["frame"])
    for uid, frames in chosen.items():
        for frame in (*frames[: FRAMES_LOOKED_AT - 1], *frames[-1:]):
            answer = attempt(journey, lambda uid=uid, frame=frame: session.frame(uid, frame))  # type: ignore[misc]
            if answer is not None:
                as_json(answer[0])
                assert answer[0]["cannot"] or answer[0]["location"] or answer[1] is not None
        attempt(journey, lambda uid=uid: session.stored_values(uid, 0))  # type: ignore[misc]
        attempt(journey, lambda uid=uid: session.display_values(uid, 0))  # type: ignore[misc]
        as_json(attempt(journey, lambda uid=uid: session.tags(uid)))  # type: ignore[misc]
    attempt(journey, lambda: session.thumbnail(key))


def export_and_verify(journey: Journey, encoding: str) -> None:
    choices = Choices(patient_key=EVERYONE, encoding=encoding)
    plan = attempt(journey, lambda: drive(journey.session.plan(choices))[0])
    if plan is None:
        return
    as_json(plan.as_dict())
    written = attempt(journey, lambda: drive(journey.session.export(choices, "zip")))
    if written is None:
        return
    manifest, _, stream = written
    as_json(manifest.as_dict())
    with zipfile.ZipFile(io.BytesIO(stream)) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    verification, _, _ = drive(journey.session.verify(MemorySource(files)))
    as_json(verification.as_dict())
    journey.exported += verification.identical
    journey.differing += len(verification.differences)  # said, not passed over: garbage behind the pixels and the like


def single_entry(data: bytes) -> Iterator[Entry]:
    yield from WatchedSource({"FILE": data}).entries()
