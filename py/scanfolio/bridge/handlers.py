"""One short method for each request: typed parameters in, a use-case of the session, a JSON-shaped answer out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from sys import intern
from typing import TYPE_CHECKING, Any

from scanfolio.bridge.messages import (
    Again,
    Answer,
    Archive,
    ExportChoices,
    Finish,
    Index,
    Judge,
    Language,
    LetterWish,
    Look,
    LookInside,
    NewEntry,
    Nothing,
    OfFrame,
    OfSeries,
    Open,
    Verify,
    WithoutIdentity,
)
from scanfolio.effects import Steps
from scanfolio.errors import RequestError, SourceError
from scanfolio.export.planned import Choices, second_set
from scanfolio.letter.write import BLANK
from scanfolio.reading.index import Need
from scanfolio.reading.preview import images_worth_a_look
from scanfolio.session import Session
from scanfolio.source.archive import open_archive
from scanfolio.source.entry import Entry, Source
from scanfolio.words import again, languages, say

if TYPE_CHECKING:
    from scanfolio.export.removal.choices import RemovalChoices

Read = Callable[[int, int, int], bytes]

ANSWERS = {"right": True, "wrong": False, "ask": None}
"""What the page calls the answers to "is this you?"."""


class HostFile:
    """Reads one of the page's files. There may be 70,000, of which a `partial` each would take four times as much."""

    __slots__ = ("_entry_id", "_read")

    def __init__(self, read: Read, entry_id: int) -> None:
        self._read, self._entry_id = read, entry_id

    def __call__(self, offset: int, length: int) -> bytes:
        return self._read(self._entry_id, offset, length)

    def place(self, offset: int, length: int) -> tuple[int, int]:
        return self._entry_id, offset


class Handlers:
    """`read(entry_id, offset, length)` gives bytes of a file the page holds."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.session = Session()
        self.language = "en"

    def bind(self, name: str, params: Any, buffers: list[Any]) -> Callable[[], Any]:
        """The call for one request. It may be repeated when bytes or a package were missing: what is done stays."""
        if name in ("index", "directory", "preview"):
            packed = memoryview(buffers[0]) if buffers else memoryview(b"")
            taken: list[list[Need]] = []  # of an index request that is repeated
            return partial(getattr(self, f"_{name}"), params, packed, *([taken] if name == "index" else []))
        return partial(getattr(self, f"_{name}"), params)

    def answer(self, name: str, outcome: Any) -> Answer:
        """What the page gets, in its language; every answer goes through here."""
        found = outcome if isinstance(outcome, Answer) else Answer(outcome if outcome is not None else {})
        return found if self.language == "en" else Answer(again(found.result, self.language), found.buffers)

    def _entry(self, given: NewEntry) -> Entry:
        return Entry(given.entry_id, given.path, given.size, HostFile(self._read, given.entry_id))

    def _entries(self, first: int, paths: list[str], sizes: list[int]) -> list[Entry]:
        """Files that stand in columns, numbered on from `first`."""
        if len(paths) != len(sizes):
            raise _unequal()
        files = enumerate(zip(paths, sizes, strict=True), first)
        return [Entry(entry_id, path, size, HostFile(self._read, entry_id)) for entry_id, (path, size) in files]

    # -- reading

    def _open(self, params: Open) -> None:
        self.session = Session(params.name)

    def _language(self, params: Language) -> None:
        self.language = params.language if params.language in languages() else "en"

    def _index(self, params: Index, packed: memoryview, taken: list[list[Need]]) -> dict[str, Any]:
        index = self.session.index
        if not taken:
            taken.append(self._take(params, packed))
        if index.waiting_for_pydicom:
            import pydicom  # noqa: F401  in the page it may have to be loaded first: this call is then repeated

            taken.append(index.resume())
        return {
            "counts": index.counts(),
            "needs": [need._asdict() for needs in taken for need in needs],
            "first_image": self.session.new_first_image(),
        }

    def _take(self, params: Index, packed: memoryview) -> list[Need]:
        """Feed the index with what the page read; what it needs further."""
        if len({len(column) for column in _columns(params)}) > 1:
            raise _unequal()
        index = self.session.index
        needs = []
        at_hand = set(params.piece_of)  # the page reads every file's first bytes without being asked
        for entry in self._entries(params.first, params.paths, params.sizes):
            need = index.add(entry)
            if need is not None and entry.entry_id not in at_hand:
                needs.append(need)
        start = 0
        for entry_id, offset, asked, length, error in zip(*_columns(params), strict=True):
            data = None if error else bytes(packed[start : start + length])
            start += length
            needs.extend(index.feed(Need(entry_id, offset, asked), data, _not_read(error) if error else ""))
        return needs

    def _directory(self, params: Look, head: memoryview) -> dict[str, Any]:
        return {"paths": images_worth_a_look(self._entry(params.entry), bytes(head))}

    def _preview(self, params: Look, head: memoryview) -> dict[str, Any]:
        return {"first_image": self.session.preview(self._entry(params.entry), bytes(head))}

    def _again(self, params: Again) -> dict[str, Any]:
        return {"needs": [need._asdict() for need in self.session.again(params.entries, params.sizes)]}

    def _archive(self, params: Archive) -> Steps:
        return self.session.read_archive(self._entry(params.entry))

    def _look_inside(self, params: LookInside) -> Steps:
        return self.session.look_inside(params.path)

    def _finish(self, params: Finish) -> dict[str, Any]:
        self.session.finish(complete=params.complete)
        return self.session.catalogue()

    def _catalogue(self, params: Nothing) -> dict[str, Any]:
        return self.session.catalogue()

    # -- saying

    def _judge(self, params: Judge) -> Steps:
        if params.answer in ANSWERS:
            self.session.person_confirmed = ANSWERS[params.answer]
        return self.session.judge_as_dict(self.language, files=params.files)

    def _report_text(self, params: Nothing) -> dict[str, Any]:
        return self.session.saved_report()

    def _letter(self, params: LetterWish) -> dict[str, Any]:
        letters = self.session.letters(params.language, params.today, read_texts=params.read_texts)
        return {"letters": [letter.as_dict() for letter in letters], "blank": BLANK, "languages": languages()}

    # -- showing

    def _series(self, params: OfSeries) -> dict[str, Any]:
        return self.session.series(params.key)

    def _frame(self, params: OfFrame) -> Answer:
        recipe, values = self.session.frame(params.sop_instance_uid, params.frame)
        return Answer({"recipe": recipe}, [] if values is None else [values])

    def _stored_values(self, params: OfFrame) -> Answer:
        values = self.session.stored_values(params.sop_instance_uid, params.frame)
        rows, columns = values.shape[:2]
        samples = values.shape[2] if values.ndim == 3 else 1
        return Answer({"rows": rows, "columns": columns, "samples": samples, "dtype": values.dtype.name}, [values])

    def _thumbnail(self, params: OfSeries) -> Answer:
        picture = self.session.thumbnail(params.key)
        if picture is None:
            return Answer({"width": 0, "height": 0, "channels": 0})
        channels = picture.shape[2] if picture.ndim == 3 else 1
        return Answer({"width": picture.shape[1], "height": picture.shape[0], "channels": channels}, [picture])

    def _tags(self, params: OfFrame) -> dict[str, Any]:
        return {"rows": self.session.tags(params.sop_instance_uid)}

    # -- exporting

    def _plan(self, params: ExportChoices) -> Steps:
        plan = yield from self.session.plan(self._choices(params))
        return plan.as_dict()

    def _export(self, params: ExportChoices) -> Steps:
        from scanfolio.export.viewer import viewer_from

        viewer = (yield from viewer_from(map(self._entry, params.viewer))) if params.viewer else None
        choices = replace(self._choices(params), viewer=viewer)
        manifest = yield from self.session.export(choices, params.sink)
        second = second_set(self._choices(params), manifest.left_out)
        return {**manifest.summary(), "second": list(second.only or ()) if second else []}

    def _choices(self, params: ExportChoices) -> Choices:
        return Choices(
            params.studies,
            params.series,
            params.patient_key,
            params.encoding,
            self.language,
            params.only,
            params.for_old_software,
            params.without,
            removal=_removal(params.removal),
        )

    def _verify(self, params: Verify) -> Steps:
        entries = self._entries(params.first, [intern(path) for path in params.paths], params.sizes)
        # its papers first: the directory of 70,000 files is read before there are facts of them
        entries.sort(key=lambda e: "/" in e.path)
        written: Source = (yield from open_archive(entries[0])) if params.archive else GivenSource(entries)
        verification = yield from self.session.verify(written)
        return verification.as_dict()

    def _memory(self, params: Nothing) -> dict[str, Any]:
        counts = self.session.index.counts()
        return {"files": counts["files"], "instances": counts["dicom"]}


def _removal(wish: WithoutIdentity | None) -> RemovalChoices | None:
    from scanfolio.export.removal.choices import Dates, RemovalChoices

    if wish is None:
        return None
    if wish.dates not in list(Dates):
        raise RequestError(say("session.wrong_request"), detail=f"params.removal.dates: {wish.dates}")
    return RemovalChoices(Dates(wish.dates), wish.pseudonym, wish.documents, wish.burned_in)


class GivenSource:
    """Files the page gave, as a source; numbered anew from 0."""

    name = ""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries

    def entries(self) -> Iterator[Entry]:
        for number, entry in enumerate(self._entries):
            assert isinstance(entry.read, HostFile)
            yield replace(entry, entry_id=number, locate=entry.read.place)


def _unequal() -> RequestError:
    return RequestError(say("session.wrong_request"), detail="columns of different lengths")


def _not_read(word: str) -> SourceError:
    """Why a piece is missing, from the browser's name for it."""
    return SourceError(say(f"reading.reason.{'not_allowed' if word == 'NotAllowedError' else 'read_error'}"))


def _columns(params: Index) -> tuple[list[Any], ...]:
    return params.piece_of, params.offsets, params.asked, params.lengths, params.errors
