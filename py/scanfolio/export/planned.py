"""What a plan is made of: choices, files with their new names and what happens to them, and what stays behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scanfolio.export.by_choice import BY_CHOICE
from scanfolio.export.large import STREAM_ABOVE_BYTES
from scanfolio.export.records import ROOT_TYPES, record_type
from scanfolio.export.reencode import EXPLICIT_LITTLE
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry
from scanfolio.words import say

if TYPE_CHECKING:
    from scanfolio.export.removal.choices import RemovalChoices
    from scanfolio.export.removal.plan import Removal
    from scanfolio.export.viewer import Viewer

MOST_COMPATIBLE = "most-compatible"
KEEP_ENCODING = "keep-encoding"
SECOND_SET = frozenset(("undecodable", "video", "too-large"))
"""Codes of what "most compatible" cannot take along: it goes into a second file-set, in its own encoding."""
FIRST_SET = "first-set"  # LeftOut.code, in a second file-set, of what the first has
EVERYONE = "*"  # as patient_key: all patients together, on purpose


class Action(StrEnum):
    """What happens to a data set: copy and keep leave every byte (keep: not in the syntax every hospital reads)."""

    COPY = "copy"
    KEEP = "keep"
    RE_ENCODE = "re-encode"
    DECOMPRESS = "decompress"
    SPLIT = "split"  # one frame of an enhanced image as an image of its own (export/classic)


@dataclass(frozen=True, slots=True)
class Choices:
    """What to take along. None means all; `encoding`: "most-compatible" or "keep-encoding"; `language` is for reasons.

    `patient_key` is a Patient's key; EVERYONE takes all patients into one file-set, which nobody gets by accident: then
    images with contradictory identities or a clashing identifier are left out with the reason, instead of refusing all.
    `only`: of what the others choose, just these SOP Instance UIDs; that is how a second file-set is made.
    `for_old_software`: enhanced images are split into the single images of the classic SOP Classes (export/classic).
    `without`: of what the others choose, not the series of these catalogue keys.
    `viewer` goes along in a folder of its own; a second file-set gets none.
    `removal`: a copy without identifying data; None, which it is unless asked for, leaves every value as it is.
    """

    studies: Sequence[str] | None = None
    series: Sequence[str] | None = None
    patient_key: str | None = None
    encoding: str = MOST_COMPATIBLE
    language: str = "en"
    only: Sequence[str] | None = None
    for_old_software: bool = False
    without: Sequence[str] = ()
    viewer: Viewer | None = None
    removal: RemovalChoices | None = None


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One instance that will be written at `file_id` ('/'-separated, from the root of the export).

    `instance` is the source, with the facts of the file; `frame` (from 0) says which of its frames is written, None
    for all of it. `as_written` has the identity and the facts the written file will have.
    """

    instance: SopInstance
    entry: Entry
    file_id: str
    action: Action
    frame: int | None = None
    split: SopInstance | None = None  # what the frame is as an image of its own

    @property
    def as_written(self) -> SopInstance:
        return self.instance if self.split is None else self.split

    @property
    def transfer_syntax_uid(self) -> str:
        """The syntax it will have."""
        return self.instance.transfer_syntax_uid if self.action is Action.KEEP else EXPLICIT_LITTLE


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that stays behind. `code` is stable (duplicate, program, cut-off, ...); `reason` is for people."""

    path: str
    code: str
    reason: str
    size: int
    sop_instance_uid: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"path": self.path, "code": self.code, "reason": self.reason, "size": self.size,
                "sop_instance_uid": self.sop_instance_uid, "by_choice": self.code in BY_CHOICE}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptWhole:
    """An enhanced image that stays one file although single images were asked for. `code` is stable."""

    path: str
    sop_instance_uid: str
    code: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        return {"path": self.path, "sop_instance_uid": self.sop_instance_uid, "code": self.code, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Part:
    """One of several media: `number` counts from 1; `media_bytes` is what it may hold."""

    number: int
    of: int
    media_bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    choices: Choices
    disc_name: str
    files: tuple[PlannedFile, ...]
    left_out: tuple[LeftOut, ...]
    not_chosen: int
    patients: int = 0
    studies: int = 0
    series: int = 0
    needs: tuple[str, ...] = field(default=())  # packages that have to be importable to carry it out
    part: Part | None = None  # where one medium was not enough
    kept_whole: tuple[KeptWhole, ...] = ()  # enhanced images that could not be split
    removal: Removal | None = None  # `files` then have the facts of the copy, not of the disc

    @property
    def size_before(self) -> int:
        """Bytes of the planned instances on the disc."""
        return sum({f.instance.entry_id: f.instance.size for f in self.files}.values())

    @property
    def size_after(self) -> int:
        """Bytes they will have in the export, near enough to choose a medium; headers not counted, a viewer is."""
        return sum(planned_size(f) for f in self.files) + (self.choices.viewer.size if self.choices.viewer else 0)

    def counts(self) -> dict[str, int]:
        """How many instances each action concerns, by the action's name."""
        return {action.value: sum(f.action is action for f in self.files) for action in Action}

    def changes(self) -> list[str]:
        """What will be other than on the disc, one plain sentence each."""
        if self.removal:
            return self.removal.changes()
        language = self.choices.language
        said = [
            say(f"export.change.{name}", language, count=n)
            for name, n in self.counts().items()
            if n and name != Action.SPLIT
        ]
        if said:
            said.append(say("export.change.names", language))
        said += self.of_splitting()
        lacking = _lacking([f.as_written for f in self.files])
        if lacking:
            said.append(say("export.change.supplied", language, count=lacking))
        return said

    def why_whole(self, planned: PlannedFile) -> tuple[str, ...]:
        """In technical words, for the record of what was written: why an enhanced image was not split."""
        uid = planned.instance.sop_instance_uid
        return tuple(f"not split into single frames: {k.code}" for k in self.kept_whole if k.sop_instance_uid == uid)

    def of_splitting(self) -> list[str]:
        """What becomes of enhanced images where single ones were asked for, one plain sentence each."""
        language = self.choices.language
        split = {f.instance.entry_id: f.instance for f in self.files if f.action is Action.SPLIT}
        said: list[str] = []
        if split:
            images = sum(f.action is Action.SPLIT for f in self.files)
            one_by_one = say("export.change.split_into", language, count=images)
            said.append(say("export.change.split", language, count=len(split), into=one_by_one))
            said.append(say("export.change.split_references", language))
        for reason, count in Counter(kept.reason for kept in self.kept_whole).most_common():
            said.append(say("export.change.kept_whole", language, count=count, reason=reason))
        return said

    def left_out_by_reason(self) -> list[tuple[str, int, int]]:
        """(reason, files, of them medical), the reasons that concern most medical files first."""
        found: dict[str, list[int]] = {}
        for left in self.left_out:
            sums = found.setdefault(left.reason, [0, 0])
            sums[0] += 1
            sums[1] += bool(left.sop_instance_uid)
        rows = [(reason, files, medical) for reason, (files, medical) in found.items()]
        return sorted(rows, key=lambda row: (-row[2], -row[1], row[0]))

    def as_dict(self) -> dict[str, Any]:
        """The plan as the page shows it: sums and reasons, not one row per image."""
        by_choice = {left.reason for left in self.left_out if left.code in BY_CHOICE}
        return {
            "encoding": self.choices.encoding,
            "instances": len(self.files),
            "patients": self.patients,
            "studies": self.studies,
            "series": self.series,
            "actions": self.counts(),
            "changes": self.changes(),
            "left_out": [f.as_dict() for f in self.left_out],
            "left_out_by_reason": [
                {"reason": reason, "files": files, "instances": instances, "by_choice": reason in by_choice}
                for reason, files, instances in self.left_out_by_reason()
            ],
            "left_out_instances": sum(bool(f.sop_instance_uid) for f in self.left_out),
            "not_chosen": self.not_chosen,
            "size_before": self.size_before,
            "size_after": self.size_after,
            "decoded_bytes": sum(
                planned_size(f) for f in self.files if f.action is not Action.KEEP and f.instance.encapsulated
            ),
            "splitting": self.of_splitting(),
            "kept_whole": [kept.as_dict() for kept in self.kept_whole],
            "removal": self.removal.as_dict() if self.removal else None,
        }


def _lacking(instances: Sequence[SopInstance]) -> int:
    """How many values directory records must have (PS3.3 F.5) but no instance of their patient, study, series has."""
    known: dict[tuple[str, str, str], bool] = {}
    lacking = 0
    for i in instances:
        if record_type(i.sop_class_uid) in ROOT_TYPES:
            continue
        lacking += i.instance_number is None
        patient, study, series = i.patient_id, i.study_instance_uid, f"{i.study_instance_uid} {i.series_instance_uid}"
        for key, value in (
            (("patient", patient, "id"), i.patient_id),
            (("study", study, "date"), i.study_date),
            (("study", study, "time"), i.study_time),
            (("study", study, "id"), i.study_id),
            (("series", series, "modality"), i.modality),
            (("series", series, "number"), i.series_number),
        ):
            known[key] = known.get(key, False) or value not in ("", None)
    return lacking + sum(not has for has in known.values())


def second_set(choices: Choices, left_out: Sequence[LeftOut]) -> Choices | None:
    """What to choose for the file-set of those that had to stay out of the first; None where there are none."""
    uids = [left.sop_instance_uid for left in left_out if left.code in SECOND_SET and left.sop_instance_uid]
    without = replace(choices, for_old_software=False, viewer=None)
    return replace(without, encoding=KEEP_ENCODING, only=uids) if uids and not choices.removal else None


def planned_size(planned: PlannedFile) -> int:
    """Bytes of the written file, estimated from the facts."""
    if planned.split is not None:
        return planned.split.size
    return decoded_size(planned.instance) if planned.action is Action.DECOMPRESS else planned.instance.size


def decoded_size(i: SopInstance) -> int:
    """Bytes of the file once its pixels are plain."""
    if not i.rows or not i.columns:
        return i.size
    frame = i.rows * i.columns * (i.samples_per_pixel or 1) * (i.bits_allocated or 8) // 8
    return (i.pixel_data_offset or 0) + frame * max(1, i.number_of_frames)


def is_streamed(planned: PlannedFile) -> bool:
    """So large, and unchanged, that it need not be held in memory as a whole."""
    return planned.action in (Action.COPY, Action.KEEP) and planned.instance.size > STREAM_ABOVE_BYTES
