"""The use-cases: open, judge, show, export. Plain Python; the page and the command line both come through here."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from scanfolio import __version__, catalogue
from scanfolio.effects import Item, Steps
from scanfolio.errors import RequestError, SourceError
from scanfolio.export import classic
from scanfolio.model import Disc, Series, SopInstance
from scanfolio.pixels import forget
from scanfolio.pixels.layout import refuse
from scanfolio.reading.archives import Opener
from scanfolio.reading.index import DiscIndex, Need, is_overview, read_all
from scanfolio.scroll import as_columns, scroll
from scanfolio.source import open_archive
from scanfolio.source.entry import Entry, Source
from scanfolio.words import say

if TYPE_CHECKING:
    import numpy as np

    from scanfolio.export.manifest import Manifest
    from scanfolio.export.planned import Choices, Plan
    from scanfolio.letter import Letter
    from scanfolio.rules.after import Copy
    from scanfolio.rules.closer import Closer
    from scanfolio.rules.report import Report

LARGE_PICTURE = 1 << 22  # pixels; where a smaller one finds no memory, it is not the picture that is too large
MAX_RECIPES = 1 << 15  # given together with a series; those of further frames are asked for one by one


@contextmanager
def _in_memory(instance: SopInstance) -> Iterator[None]:
    """Around what makes a picture: one too large for this machine is refused by a sentence."""
    try:
        yield
    except MemoryError as error:
        if (instance.rows or 0) * (instance.columns or 0) < LARGE_PICTURE:
            raise
        raise refuse("too_large", instance, rows=instance.rows or 0, columns=instance.columns or 0) from error


class Session:
    """One opened disc, from its first file to a verified export."""

    def __init__(self, name: str = "") -> None:
        self.index = DiscIndex(name)
        self._opener = Opener(self.index)
        self._disc: Disc | None = None
        self._so_far: tuple[int, Disc] | None = None
        self._told_first: SopInstance | None = None
        self._previewed: tuple[SopInstance, Entry] | None = None
        self._report: Report | None = None
        self._closer: Closer | None = None
        self._manifest: Manifest | None = None
        self._copy: Copy | None = None
        self._removed_from: Plan | None = None  # what the last copy was made from, where identity was removed
        self.person_confirmed: bool | None = None  # what the person said to "is this you?"
        forget()
        classic.forget()

    # -- opening

    def read(self, source: Source) -> Steps:
        """Read every entry of a source that can be read directly.

        Yields Progress and, as an Item, the first image; returns {counts}.
        """
        told = False
        steps = read_all(self.index, source)
        problem: SourceError | None = None
        while True:
            try:
                step = next(steps) if problem is None else steps.throw(problem)
            except StopIteration:
                break
            problem = None
            try:
                yield step
            except SourceError as error:  # bytes that were to be fetched: whoever asked for them knows what to do
                problem = error
            first = None if told else self.first_image()
            if first is not None:
                told = True
                yield Item({"first_image": first})
        self.finish()
        return {"counts": self.index.counts()}

    def read_archive(self, entry: Entry) -> Steps:
        """The same for an archive or disc image given as one entry. Raises SourceError when it is none."""
        source = yield from open_archive(entry)
        return (yield from self.read(source))

    def again(self, entry_ids: Sequence[int], sizes: Sequence[int] = ()) -> list[Need]:
        """These entries will be read once more; see DiscIndex.again."""
        self._disc = self._so_far = self._report = None
        return self.index.again(entry_ids, sizes)

    def look_inside(self, path: str) -> Steps:
        """Open the archive at `path` of the disc: its files join the others. What cannot be opened says so in its row.

        Yields Progress; returns {counts, files: how many it held}. Raises RequestError when no such archive is there.
        """
        chosen = [archive for archive in self._opener.closed() if archive.path == path]
        if not chosen:
            raise RequestError(say("source.nothing_there"), where=path)
        files, complete = 0, self.disc.complete
        try:
            for archive in chosen:
                files += yield from self._opener.open(archive)
        finally:
            self.finish(complete=complete)
        return {"counts": self.index.counts(), "files": files}

    def open_archives(self) -> Steps:
        """Open every archive on the disc, and those found inside. Yields Progress; returns how many files they held."""
        complete = self.disc.complete
        files: int = yield from self._opener.open_all()
        self.finish(complete=complete)
        return files

    def finish(self, *, complete: bool = True) -> Disc:
        """Nothing more will be read; `complete` is false when that is because the person pressed Stop."""
        self._disc = self.index.finish(complete=complete)
        self._report = self._closer = None
        return self._disc

    @property
    def disc(self) -> Disc:
        """What is known so far; grouped anew while reading goes on, but only when there is something new."""
        if self._disc is not None:
            return self._disc
        done = self.index.counts()["done"]
        if self._so_far is None or self._so_far[0] != done:
            self._so_far = (done, self.index.finish(complete=False))
        return self._so_far[1]

    def catalogue(self) -> dict[str, Any]:
        return catalogue.as_dict(self.disc, self.index.counts())

    def first_image(self) -> dict[str, Any] | None:
        """The image to show first as far as is known, with its recipe where the page can show it at once."""
        return self._as_first(self.index.first_image)

    def new_first_image(self) -> dict[str, Any] | None:
        """The same, but None when it was told before."""
        instance = self.index.first_image
        if instance is self._told_first:
            return None
        self._told_first = instance
        return self._as_first(instance)

    def preview(self, entry: Entry, head: bytes) -> dict[str, Any] | None:
        """The image in `entry`, outside of the index, as `first_image` gives it; None where there is none to show.

        Raises SourceError when its bytes cannot be had.
        """
        from scanfolio.reading.preview import read_one

        instance = read_one(entry, head)
        self._previewed = None if instance is None else (instance, entry)
        return self._as_first(instance)

    def _as_first(self, instance: SopInstance | None) -> dict[str, Any] | None:
        if instance is None:
            return None
        return {
            "sop_instance_uid": instance.sop_instance_uid,
            "series_instance_uid": instance.series_instance_uid,
            "entry_id": instance.entry_id,
            "frame": 0,
            "overview": is_overview(instance),
            "recipe": self._quick_recipe(instance),
        }

    # -- saying

    def judge(self, language: str = "en") -> Steps:
        """Apply every rule. Yields Progress and one Item per outcome; returns the Report, in words of `language`.

        Nothing is read twice when it is asked for again: in another language, with the person's answer, after a copy.
        """
        from scanfolio.closer import look_closer
        from scanfolio.rules import judge

        if self._closer is None:
            self._closer = yield from look_closer(self.disc, self.index.entries)
        self._report = yield from judge(
            self.disc,
            closer=self._closer,
            person_confirmed=self.person_confirmed,
            copy=self._copy,
            language=language,
        )
        return self._report

    def judge_as_dict(self, language: str = "en", *, files: bool = True) -> Steps:
        """The same, as the page takes it; perhaps without the rows of the files."""
        from scanfolio.rules import report

        return report.as_dict((yield from self.judge(language)), files=files)

    def report_json(self) -> str:
        from scanfolio.rules import report

        return report.as_json(self._judged())

    def report_text(self) -> str:
        from scanfolio.rules import report

        return report.as_text(self._judged())

    def saved_report(self) -> dict[str, Any]:
        """The report's text and JSON, the SHA-256 of the JSON, and the versions of what read the disc.

        `pydicom` is "" where it has not been needed.
        """
        text = self.report_json()
        versions = {
            "scanfolio": __version__,
            "python": sys.version.split()[0],
            "pydicom": getattr(sys.modules.get("pydicom"), "__version__", ""),
        }
        digest = hashlib.sha256(text.encode()).hexdigest()
        return {"text": self.report_text(), "json": text, "json_sha256": digest, "versions": versions}

    def letters(self, language: str, today: str, *, read_texts: bool = True) -> tuple[Letter, ...]:
        """What to ask the hospital for, in `language` and in English; () where there is nothing to ask for.

        `today` is YYYYMMDD. `read_texts` looks for facts in the disc's README and the like; raises SourceError when the
        host cannot supply their bytes.
        """
        from scanfolio.letter import letters
        from scanfolio.letter.texts import read_texts as read
        from scanfolio.rules.context import DiscContext

        verdict = self._judged().verdict
        context = DiscContext(self.disc)
        texts = read(self.disc.files, self.index.entries) if read_texts else {}
        return letters(context, verdict, texts, language=language, today=today)

    def _judged(self) -> Report:
        if self._report is None:
            raise RequestError(say("session.not_judged"))
        return self._report

    # -- showing

    def series(self, key: str) -> dict[str, Any]:
        """The frames of a series in scroll order: {key, middle, frames_per_second, labels, label_of, sop_instance_uids,
        entry_ids, frames} and the columns of `pixels.columns`, which hold the recipes that cost no reading of pixels.
        `entry_ids` are those of the files that offsets count in: of an archive, where the frame lies plainly in one.

        `middle` is seen first; `labels[label_of[n]]` tells frame n from its neighbours.
        """
        from scanfolio.pixels.columns import in_columns

        found = scroll(self._series(key), self.index.entries)
        recipes = [
            self._quick_recipe(frame.facts, frame.number) if n < MAX_RECIPES else None
            for n, frame in enumerate(found.frames)
        ]
        return {"key": key, **as_columns(found, recipes), **in_columns(recipes)}

    def frame(self, sop_instance_uid: str, frame: int) -> tuple[dict[str, Any], np.ndarray | None]:
        """The recipe of a frame, and its values unless the page can slice them out of the file."""
        from scanfolio.pixels.frame import frame_for_page
        from scanfolio.pixels.recipe import recipe

        instance, entry = self._instance(sop_instance_uid)
        with _in_memory(instance):
            shown = recipe(instance, entry, frame)
            if shown["cannot"]:
                return shown, None
            placed = _placed(shown, entry)
            if placed is not None:
                return placed, None
            return frame_for_page(instance, entry, frame, shown)

    def stored_values(self, sop_instance_uid: str, frame: int) -> np.ndarray:
        from scanfolio.pixels.frame import stored_values

        instance, entry = self._instance(sop_instance_uid)
        with _in_memory(instance):
            return stored_values(entry, instance, frame)

    def display_values(
        self, sop_instance_uid: str, frame: int, window: tuple[float, float] | None = None
    ) -> np.ndarray:
        from scanfolio.pixels.frame import display_values

        instance, entry = self._instance(sop_instance_uid)
        with _in_memory(instance):
            return display_values(entry, instance, frame, window)

    def thumbnail(self, key: str) -> np.ndarray | None:
        """A small picture of the image of a series that is seen first; None where it has no image."""
        from scanfolio.pixels import thumbnail

        series = self._series(key)
        if not any(i.is_image for i in series.instances):
            return None
        found = scroll(series, self.index.entries)
        frame = found.frames[found.middle]
        if not frame.instance.is_image:
            frame = next(f for f in found.frames if f.instance.is_image)
        with _in_memory(frame.instance):
            return thumbnail(self.index.entries[frame.instance.entry_id], frame.instance, frame.number)

    def tags(self, sop_instance_uid: str) -> list[dict[str, str]]:
        from scanfolio.objects.tags import rows

        _, entry = self._instance(sop_instance_uid)
        return rows(entry)

    def _quick_recipe(self, instance: SopInstance, frame: int = 0) -> dict[str, Any] | None:
        from scanfolio.pixels.recipe import quick_recipe

        quick = quick_recipe(instance, frame)
        if quick is None or quick["cannot"]:
            return quick
        previewed = self._previewed
        of_preview = previewed is not None and instance is previewed[0]
        return _placed(quick, previewed[1] if previewed and of_preview else self.index.entries[instance.entry_id])

    def _series(self, key: str) -> Series:
        for patient in self.disc.patients:
            for study in patient.studies:
                for series in study.series:
                    if series.key == key:
                        return series
        raise RequestError(say("session.no_series"), detail=key)

    def _instance(self, sop_instance_uid: str) -> tuple[SopInstance, Entry]:
        instance = self.index.by_sop_uid(sop_instance_uid)
        if instance is None and self._previewed and self._previewed[0].sop_instance_uid == sop_instance_uid:
            return self._previewed
        if instance is None:
            raise RequestError(say("session.no_image"), detail=sop_instance_uid)
        return instance, self.index.entries[instance.entry_id]

    # -- exporting

    def plan(self, choices: Choices) -> Steps:
        """What an export would hold and change. Yields Progress; returns a Plan; raises ExportError if refused."""
        from scanfolio.export.plan import plan_steps

        return plan_steps(self.disc, self.index.entries, choices)

    def export(self, choices: Choices, sink: str) -> Steps:
        """Plan and write in one go; see `write`."""
        return (yield from self.write((yield from self.plan(choices)), sink))

    def write(self, plan: Plan, sink: str) -> Steps:
        """Write the export as effects: Chunks of a zip, or WriteFiles of a folder (`sink`). Returns its Manifest."""
        from scanfolio.export.write import write_folder, write_zip
        from scanfolio.rules import report

        write = write_folder if sink == "folder" else write_zip
        self._removed_from = plan if plan.removal else None
        if not plan.removal and (self._report is None or self._report.language != plan.choices.language):
            yield from self.judge(plan.choices.language)
        made = () if plan.removal else (report.as_json_parts, report.as_text)
        self._manifest = yield from write(plan, *([partial(make, self._judged()) for make in made] or ("", "")))
        return self._manifest

    def verify(self, written: Source) -> Steps:
        """Read `written` back and compare it with this disc. Returns a Verification."""
        from scanfolio.export.rejudge import failed_rules
        from scanfolio.export.verification import as_copy
        from scanfolio.export.verify import verify

        if self._removed_from is not None:
            return (yield from verify(written, manifest=self._manifest, removed_from=self._removed_from))
        known = failed_rules(self._report) if self._report else None
        verification = yield from verify(written, self.disc, self.index.entries, self._manifest, known)
        if self._manifest is not None:
            self._copy = as_copy(self._manifest, verification)
        return verification


def _placed(recipe: dict[str, Any], entry: Entry) -> dict[str, Any] | None:
    """`recipe` with its location in a file the page holds; None when the page cannot slice the frame out itself."""
    at = recipe["location"]
    if at is None:
        return None
    place = entry.place(at["offset"], at["length"])
    if place is None:
        return None
    if place == (at["entry_id"], at["offset"]):
        return recipe
    return {**recipe, "location": {"entry_id": place[0], "offset": place[1], "length": at["length"]}}
