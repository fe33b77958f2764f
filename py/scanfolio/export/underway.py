"""What is being gathered while an export is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from scanfolio.errors import ExportError, ReadingError, ScanfolioError
from scanfolio.export.dicomdir import Gatherer, Listed, dicomdir
from scanfolio.export.manifest import Manifest, WrittenInstance
from scanfolio.export.planned import LeftOut, Plan, PlannedFile
from scanfolio.export.supply import Supplied
from scanfolio.pieces import Pieces
from scanfolio.words import again, say

T = TypeVar("T")
FILES_LOST_IN_A_ROW = 3  # after so many unreadable files the disc is taken for gone


@dataclass(slots=True)
class Run:
    """What is being gathered while an export is written."""

    plan: Plan
    file_set_uid: str
    created: datetime
    gatherer: Gatherer = field(default_factory=Gatherer)
    listed: dict[str, Listed] = field(default_factory=dict)
    written: list[WrittenInstance] = field(default_factory=list)
    unsigned: list[partial[WrittenInstance]] = field(default_factory=list)  # without their check sums yet
    left_out: list[LeftOut] = field(default_factory=list)
    supplied: list[Supplied] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    total_bytes: int = 0
    tried: int = 0
    lost_in_a_row: int = 0
    made: tuple[int, Pieces] | None = None  # the DICOMDIR of so many listed instances, of which none is ever added

    def leave(self, planned: PlannedFile, code: str, error: Exception) -> None:
        """Leave a file out; of a frame, all of its source: an image may not arrive with a slice missing."""
        language = self.plan.choices.language
        instance = planned.instance
        if planned.frame is not None:
            for other in self.plan.files:
                if other.instance.entry_id == instance.entry_id:
                    self.listed.pop(other.file_id, None)
            sources = {w.source_sop_instance_uid for w in self.written}
            sources |= {w.keywords["source_sop_instance_uid"] for w in self.unsigned}
            if instance.sop_instance_uid in sources:
                title, hint = say("export.stopped.source", language), say("export.stopped.source_hint", language)
                raise ExportError(title, hint=hint, where=instance.path, detail=str(error)) from error
        detail = getattr(error, "title", "")
        reason = say(f"export.left_out.{code}", language) + (f" ({again(detail, language)})" if detail else "")
        self.left_out.append(LeftOut(instance.path, code, reason, instance.size, instance.sop_instance_uid))
        self.listed.pop(planned.file_id, None)
        self.lost_in_a_row = self.lost_in_a_row + 1 if code == "unreadable" else 0
        if self.lost_in_a_row >= FILES_LOST_IN_A_ROW:
            raise ExportError(
                say("export.stopped.source", language),
                hint=say("export.stopped.source_hint", language),
                where=instance.path,
                detail=f"{self.lost_in_a_row} files in a row could not be read",
            ) from error

    def is_left(self, planned: PlannedFile) -> bool:
        """The source of this frame has been left out because of another one."""
        return any(left.path == planned.instance.path for left in self.left_out)

    def directory(self) -> Pieces:
        """The table of contents of all that is listed, for the caller to give away."""
        if not self.listed:
            raise ExportError(say("export.refused.nothing", self.plan.choices.language))
        self._make_directory()
        assert self.made is not None
        data, self.made = self.made[1], None
        return data

    def _make_directory(self) -> None:
        if self.made is None or self.made[0] != len(self.listed):
            self.made = None
            data, self.supplied = dicomdir(self.listed.values(), self.file_set_uid)
            self.made = len(self.listed), data

    def leave_what_cannot_be_listed(self, files: Sequence[PlannedFile]) -> None:
        """Keys may be damaged, or too long for a directory record: such files cost themselves, not the export."""
        try:
            listed_here = [self.listed[f.file_id] for f in files if f.file_id in self.listed]
            if len(listed_here) == len(self.plan.files):
                self._make_directory()  # it is kept
            elif listed_here:
                dicomdir(listed_here, self.file_set_uid)
        except ExportError:
            raise
        except Exception:  # noqa: BLE001  as in `understood`
            for planned in files:
                listed = self.listed.get(planned.file_id)
                try:
                    if listed is not None:
                        understood(planned, partial(dicomdir, [listed], self.file_set_uid))
                except ReadingError as error:
                    self.leave(planned, "damaged", error)

    def manifest(self) -> Manifest:
        manifest = Manifest(
            self.file_set_uid,
            self.created.isoformat(timespec="seconds"),
            self.plan.choices.encoding,
            tuple(self.written),
            (*self.plan.left_out, *self.left_out),
            tuple(self.supplied),
            self.plan.not_chosen,
            self.sha256,
            self.total_bytes,
        )
        return self.plan.removal.of_manifest(manifest) if self.plan.removal else manifest


def understood(planned: PlannedFile, read: Callable[[], T]) -> T:
    """read(); whatever nobody foresaw in a file becomes a ReadingError, so that it does not cost all the others."""
    try:
        return read()
    except (ScanfolioError, MemoryError, ImportError):
        raise
    except Exception as problem:
        title = say("reading.error.parse")
        raise ReadingError(title, where=planned.instance.path, detail=type(problem).__name__) from problem
