"""What an export will hold, decided before a byte is written: which instances, which File IDs, which changes.

Nothing is left out silently: every file given is either planned, not chosen, or in `left_out` with its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from functools import partial
from sys import intern
from typing import Any

from scanfolio.effects import Effect, Progress, Steps, patiently
from scanfolio.errors import ExportError, SourceError
from scanfolio.export.by_choice import without_series
from scanfolio.export.classic.planning import Split, split_steps, to_be_split
from scanfolio.export.identity import contradiction_error, contradiction_in, refuse_several_patients
from scanfolio.export.large import MAX_WHOLE_BYTES
from scanfolio.export.planned import (
    EVERYONE,
    FIRST_SET,
    KEEP_ENCODING,
    MOST_COMPATIBLE,
    SECOND_SET,
    Action,
    Choices,
    LeftOut,
    Plan,
    PlannedFile,
    decoded_size,
)
from scanfolio.export.records import ROOT_TYPES, record_type
from scanfolio.export.reencode import EXPLICIT_LITTLE, NATIVE
from scanfolio.export.transcode import data_set_length, effective
from scanfolio.export.viewer import own_files
from scanfolio.model import Disc, FileRecord, Kind, SopInstance
from scanfolio.source.entry import Entry
from scanfolio.words import say

COMPARE_BYTES = 1 << 20


def make_plan(disc: Disc, entries: Sequence[Entry], choices: Choices) -> Plan:
    """`plan_steps` in one go. Raises ExportError where the export has to be refused."""
    steps = plan_steps(disc, entries, choices)
    while True:
        try:
            next(steps)
        except StopIteration as result:
            return result.value  # type: ignore[no-any-return]


def plan_steps(disc: Disc, entries: Sequence[Entry], choices: Choices) -> Steps:
    """Decide what is exported. Yields Progress("comparing"); returns the Plan.

    Raises ExportError for contradictory identities (S02), one SOP Instance UID on different contents (S07), several
    patients without a choice, and an empty choice.
    """
    if choices.encoding not in (MOST_COMPATIBLE, KEEP_ENCODING):
        raise ExportError(_say(choices, "export.refused.encoding"), detail=choices.encoding)
    if choices.for_old_software and choices.encoding != MOST_COMPATIBLE:
        raise ExportError(
            _say(choices, "export.refused.old_software"), hint=_say(choices, "export.refused.old_software_hint")
        )
    if choices.removal and choices.for_old_software:
        hint = _say(choices, "removal.refused.splitting_hint")
        raise ExportError(_say(choices, "removal.refused.splitting"), hint=hint)
    if choices.removal and choices.encoding != MOST_COMPATIBLE:
        hint = _say(choices, "removal.refused.encoding_hint")
        raise ExportError(_say(choices, "removal.refused.encoding"), hint=hint)
    chosen, by_choice = without_series(disc, _chosen(disc, choices), choices.without)
    chosen_ids = {i.entry_id for i in (*chosen, *(i for i, _ in by_choice))}
    viewer = own_files(disc.files)
    left_out = [_not_an_image(f, f.entry_id in viewer, choices) for f in disc.files if f.kind is not Kind.DICOM]
    left_out += [_leave(i, code, choices) for i, code in by_choice]
    if choices.only is not None:
        wanted = set(choices.only)
        left_out += [_leave(i, FIRST_SET, choices) for i in chosen if i.sop_instance_uid not in wanted]
        chosen = [i for i in chosen if i.sop_instance_uid in wanted]
    usable: list[SopInstance] = []
    for instance in chosen:
        try:
            written = yield from patiently(partial(effective, entries[instance.entry_id], instance))
            code = _unusable(written, choices)
            if not code and not to_be_split(written, choices):
                code = _too_large(written, choices)
        except SourceError:
            written, code = instance, "unreadable"
        if code:
            left_out.append(_leave(instance, code, choices))
        else:
            usable.append(written)
    if not usable:
        key = "own_encoding" if any(left.code in SECOND_SET for left in left_out) else "nothing"
        raise ExportError(_say(choices, f"export.refused.{key}"), hint=_say(choices, f"export.refused.{key}_hint"))
    refuse_several_patients(disc, usable, choices.patient_key, choices.language)
    clash = contradiction_in(disc.instances, usable)
    if clash and choices.patient_key != EVERYONE:
        raise contradiction_error(clash, choices.language)
    left_out += [_leave(i, "contradiction", choices) for i in usable if clash and i.entry_id in clash.entry_ids]
    usable = [i for i in usable if not clash or i.entry_id not in clash.entry_ids]
    kept, doubles = yield from _without_copies(usable, entries, choices)
    left_out += doubles
    if not kept:
        raise ExportError(_say(choices, "export.refused.nothing"), hint=_say(choices, "export.refused.nothing_hint"))
    split, kept_whole = yield from split_steps(kept, entries, choices)
    too_large = {i.entry_id for i in kept if i.entry_id not in split and _too_large(i, choices)}
    left_out += [_leave(i, "too-large", choices) for i in kept if i.entry_id in too_large]
    files = _file_ids([i for i in kept if i.entry_id not in too_large], entries, choices, split)
    if not files:
        raise ExportError(
            _say(choices, "export.refused.own_encoding"), hint=_say(choices, "export.refused.own_encoding_hint")
        )
    not_chosen = sum(i.entry_id not in chosen_ids for i in disc.instances)
    in_plan = [f.as_written for f in files]
    plan = Plan(
        choices,
        disc.name,
        files,
        tuple(left_out),
        not_chosen,
        len({(i.patient_id, i.issuer_of_patient_id) for i in in_plan}),
        len({i.study_instance_uid for i in in_plan}),
        len({(i.study_instance_uid, i.series_instance_uid) for i in in_plan}),
        _needs(files),
        kept_whole=kept_whole,
    )
    if choices.removal is None:
        return plan
    from scanfolio.export.removal.plan import without_identity

    return (yield from without_identity(plan, choices))


def _say(choices: Choices, key: str, **values: object) -> str:
    return say(key, choices.language, **values)


def _chosen(disc: Disc, choices: Choices) -> list[SopInstance]:
    """Instances in catalogue order. `series` may name Series Instance UIDs or the catalogue's series keys."""
    found: list[SopInstance] = []
    for patient in disc.patients:
        if choices.patient_key not in (None, EVERYONE, patient.key):
            continue
        for study in patient.studies:
            if not _matches(choices.studies, study.study_instance_uid):
                continue
            for series in study.series:
                if _matches(choices.series, series.series_instance_uid) or _matches(choices.series, series.key):
                    found += series.instances
    return found


def _matches(wanted: Collection[str] | None, value: str) -> bool:
    return wanted is None or value in wanted


def _unusable(instance: SopInstance, choices: Choices) -> str:
    """Why this instance cannot be in the export, "" when it can."""
    if not instance.sop_instance_uid or not instance.sop_class_uid:
        return "no-identity"
    if record_type(instance.sop_class_uid) not in ROOT_TYPES and not (
        instance.study_instance_uid and instance.series_instance_uid
    ):
        return "no-identity"
    written = (instance.sop_instance_uid, instance.sop_class_uid, instance.transfer_syntax_uid)
    if max(map(len, written)) > 64 or not all(map(str.isascii, written)):
        return "no-identity"
    if instance.truncated:
        return "cut-off"
    return _action(instance, choices)[1]


def _too_large(instance: SopInstance, choices: Choices) -> str:
    action, _ = _action(instance, choices)
    whole = action in (Action.RE_ENCODE, Action.DECOMPRESS)
    size = max(instance.size, decoded_size(instance)) if action is Action.DECOMPRESS else instance.size
    return "too-large" if whole and size > MAX_WHOLE_BYTES else ""


def _action(instance: SopInstance, choices: Choices) -> tuple[Action, str]:
    """(what to do, "") or (anything, why it cannot be done)."""
    uid = instance.transfer_syntax_uid
    if record_type(instance.sop_class_uid) in ROOT_TYPES and choices.encoding != KEEP_ENCODING:
        return Action.KEEP, "no-patient"
    if uid == EXPLICIT_LITTLE:
        return Action.COPY, "damaged" if instance.encapsulated else ""
    if not uid:
        return Action.KEEP, "no-identity"
    if choices.encoding == KEEP_ENCODING:
        return Action.KEEP, ""
    if uid in NATIVE:
        return Action.RE_ENCODE, "damaged" if instance.encapsulated else ""
    if instance.pixel_data_offset is None:
        return (
            Action.COPY,
            "",
        )  # a document under a compressed syntax: its data set is Explicit VR Little Endian already
    from scanfolio.pixels.codecs import has_decoder
    from scanfolio.pixels.syntax import VIDEO, is_native

    if uid in VIDEO:
        return Action.KEEP, "video"
    if is_native(uid) or not has_decoder(uid):
        return Action.KEEP, "undecodable"
    return Action.DECOMPRESS, ""


def _one_by_one(kept: list[SopInstance], split: Split) -> Iterator[tuple[SopInstance, int | None, SopInstance]]:
    """(source, its frame or None, the instance to write); the frames of one source in their order."""
    for instance in kept:
        if instance.entry_id not in split:
            yield instance, None, instance
        else:
            for frame, image in split[instance.entry_id]:
                yield instance, frame, image


def _needs(files: Sequence[PlannedFile]) -> tuple[str, ...]:
    from scanfolio.pixels.syntax import needs_imagecodecs

    needs: list[str] = []
    if any(f.action is not Action.COPY for f in files):
        needs.append("pydicom")
    decoded = [f for f in files if f.action in (Action.DECOMPRESS, Action.SPLIT)]
    if decoded:
        needs.append("numpy")
    if any(needs_imagecodecs(f.instance.transfer_syntax_uid) for f in decoded):
        needs.append("imagecodecs")
    return tuple(needs)


def _leave(instance: SopInstance, code: str, choices: Choices) -> LeftOut:
    reason = _say(choices, f"export.left_out.{code}")
    return LeftOut(instance.path, code, reason, instance.size, instance.sop_instance_uid)


def _not_an_image(file: FileRecord, of_our_viewer: bool, choices: Choices) -> LeftOut:
    code = "viewer" if of_our_viewer else "locked" if file.locked else file.kind.value
    return LeftOut(file.path, code, _say(choices, f"export.left_out.{code}"), file.size)


def _without_copies(instances: list[SopInstance], entries: Sequence[Entry], choices: Choices) -> Steps:
    """One instance of each SOP Instance UID; others are left out if their data sets are equal, else refused (S07)."""
    by_uid: dict[str, list[SopInstance]] = {}
    for instance in instances:
        by_uid.setdefault(instance.sop_instance_uid, []).append(instance)
    doubled = sum(len(same) > 1 for same in by_uid.values())
    kept: list[SopInstance] = []
    left_out: list[LeftOut] = []
    done = 0
    for same in by_uid.values():
        first, *others = same
        different = []
        for i in others:
            if not (yield from _equal_data_sets(entries[first.entry_id], first, entries[i.entry_id], i)):
                different.append(i)
        if others:
            done += 1
            yield Progress("comparing", done, doubled)
        if different and choices.patient_key != EVERYONE:
            raise ExportError(
                _say(choices, "export.refused.different_contents"),
                hint=_say(choices, "export.refused.different_contents_hint"),
                where=different[0].path,
                detail=f"S07: {first.path} and {different[0].path} have SOP Instance UID {first.sop_instance_uid}",
            )
        if different:
            left_out += [_leave(i, "different-contents", choices) for i in same]
        else:
            kept.append(first)
            left_out += [_leave(i, "duplicate", choices) for i in others]
    return kept, left_out


def _equal_data_sets(a: Entry, first: SopInstance, b: Entry, other: SopInstance) -> Generator[Effect, Any, bool]:
    if first.transfer_syntax_uid != other.transfer_syntax_uid:
        return False
    try:
        size = yield from patiently(partial(data_set_length, a, first))
        if size != (yield from patiently(partial(data_set_length, b, other))):
            return False
        for at in range(0, size, COMPARE_BYTES):
            length = min(COMPARE_BYTES, size - at)
            ours = yield from patiently(partial(a.read, first.data_set_offset + at, length))
            if ours != (yield from patiently(partial(b.read, other.data_set_offset + at, length))):
                return False
    except SourceError:
        return False
    return True


def _file_ids(
    kept: list[SopInstance], entries: Sequence[Entry], choices: Choices, split: Split
) -> tuple[PlannedFile, ...]:
    """DICOM/PT000000/ST000000/SE000000/IM000000 in catalogue order; numbers count within the level above."""
    tree: dict[str, Any] = {}
    planned = []
    for source, frame, instance in _one_by_one(kept, split):
        if record_type(instance.sop_class_uid) in ROOT_TYPES:
            levels = [("OT", "other")]
        else:
            levels = [
                ("PT", f"{instance.patient_id}\0{instance.issuer_of_patient_id}"),
                ("ST", instance.study_instance_uid),
                ("SE", instance.series_instance_uid),
            ]
        node, parts = tree, ["DICOM"]
        for prefix, identity in levels:
            children = node.setdefault("children", {})
            if identity not in children:
                children[identity] = {"name": f"{prefix}{len(children):06d}", "count": 0}
            node = children[identity]
            parts.append(node["name"])
        parts.append(f"IM{node['count']:06d}")
        node["count"] += 1
        file_id, entry = intern("/".join(parts)), entries[source.entry_id]
        if frame is None:
            planned.append(PlannedFile(source, entry, file_id, _action(source, choices)[0]))
        else:
            planned.append(PlannedFile(source, entry, file_id, Action.SPLIT, frame, instance))
    # the table of contents is written in this order: an entity's instances have to follow each other
    return tuple(sorted(planned, key=lambda f: f.file_id))
