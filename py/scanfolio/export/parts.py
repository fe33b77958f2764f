"""A plan too large for one medium, divided: every part is a complete file-set of its own (PS3.11 D.2.1.1, J.2.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from scanfolio.errors import ExportError
from scanfolio.export.planned import LeftOut, Part, Plan, PlannedFile, planned_size
from scanfolio.words import say

OTHER_PART = "other-part"  # LeftOut.code of what another part holds
SECTOR_BYTES = 2048  # a CD stores a file in whole sectors
PER_INSTANCE_BYTES = 4096  # its directory record, its rows in the papers, its place in a zip, a longer header
PER_FILE_GIVEN_BYTES = 512  # a row in the report and in the list of what was left out
PAPERS_BYTES = 256 << 10


def divide(plan: Plan, media_bytes: int) -> list[Plan]:
    """`plan` as parts that each fit on `media_bytes`; [plan] itself where it fits whole.

    A series stays together where it fits on one medium. File IDs stay what they were, so no two parts share a name. In
    each part the instances of the others are left out with the part they are on as the reason. Raises ExportError when
    one instance alone, or the papers, are larger than the medium.
    """
    given = len(plan.files) + len(plan.left_out) + plan.not_chosen
    room = media_bytes - PAPERS_BYTES - PER_FILE_GIVEN_BYTES * given
    if plan.choices.viewer:  # it goes onto every part
        room -= plan.choices.viewer.size_in(SECTOR_BYTES) + PER_INSTANCE_BYTES * len(plan.choices.viewer.files)
    if sum(map(_taken, plan.files)) <= room:
        return [plan]
    parts = _fill(plan, room)
    return [_part(plan, parts, number, media_bytes) for number in range(len(parts))]


def _taken(planned: PlannedFile) -> int:
    return -(-planned_size(planned) // SECTOR_BYTES) * SECTOR_BYTES + PER_INSTANCE_BYTES


def _fill(plan: Plan, room: int) -> list[list[PlannedFile]]:
    """In catalogue order, a new part whenever the next series does not fit; a series larger than a part runs on."""
    parts: list[list[PlannedFile]] = [[]]
    used = 0
    for _, members in groupby(plan.files, key=lambda f: f.file_id.rpartition("/")[0]):
        series = list(members)
        whole = sum(map(_taken, series))
        if parts[-1] and used + whole > room:
            parts.append([])
            used = 0
        for planned in series:
            size = _taken(planned)
            if size > room:
                language = plan.choices.language
                raise ExportError(
                    say("export.refused.media", language),
                    hint=say("export.refused.media_hint", language),
                    where=planned.instance.path,
                    detail=f"{size} bytes do not fit in {room}",
                )
            if used + size > room:
                parts.append([])
                used = 0
            parts[-1].append(planned)
            used += size
    return parts


def _part(plan: Plan, parts: Sequence[Sequence[PlannedFile]], number: int, media_bytes: int) -> Plan:
    elsewhere = tuple(
        LeftOut(
            f.instance.path,
            OTHER_PART,
            say("export.left_out.other-part", plan.choices.language, number=other + 1, of=len(parts)),
            f.as_written.size,
            f.as_written.sop_instance_uid,
        )
        for other, files in enumerate(parts)
        if other != number
        for f in files
    )
    files = tuple(parts[number])
    instances = [f.as_written for f in files]
    return replace(
        plan,
        files=files,
        left_out=(*plan.left_out, *elsewhere),
        patients=len({(i.patient_id, i.issuer_of_patient_id) for i in instances}),
        studies=len({i.study_instance_uid for i in instances}),
        series=len({(i.study_instance_uid, i.series_instance_uid) for i in instances}),
        part=Part(number + 1, len(parts), media_bytes),
    )
