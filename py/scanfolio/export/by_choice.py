"""What a person leaves out of a copy: series by series, and never without a word about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scanfolio.model import Disc, SopInstance
from scanfolio.reading.roles import roles_on

BY_CHOICE = frozenset(("localizer", "capture", "dose", "not-chosen"))
"""Codes of LeftOut that say: somebody wanted it so."""


def without_series(
    disc: Disc, chosen: Sequence[SopInstance], keys: Collection[str]
) -> tuple[list[SopInstance], list[tuple[SopInstance, str]]]:
    """(what is left of `chosen` without the series of these keys, [(left out, code)]).

    Named are those that a doctor can do without, and what is missing of a series of which a part is taken: whoever
    compares the copy with the disc later has to know that it was meant so.
    """
    gone = set(keys)
    roles = roles_on(disc) if gone else {}
    ids = {i.entry_id for i in chosen}
    key_of = {
        i.entry_id: series.key for p in disc.patients for study in p.studies for series in study.series
        for i in series.instances
    }  # fmt: skip
    kept = [i for i in chosen if key_of[i.entry_id] not in gone]
    begun = {i.series_instance_uid for i in kept}
    kept_ids = {i.entry_id for i in kept}
    left = []
    for i in disc.instances:
        code = roles.get(key_of.get(i.entry_id, ""), "") if i.entry_id in ids else ""
        if i.entry_id not in kept_ids and (code or i.series_instance_uid in begun):
            left.append((i, code or "not-chosen"))
    return kept, left
