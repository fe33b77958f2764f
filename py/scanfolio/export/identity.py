"""Whose images these are: an export never mixes people and never carries a contradiction on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanfolio.errors import ExportError
from scanfolio.model import Disc, SopInstance
from scanfolio.rules.persons import Identity, Match, worst_contradiction
from scanfolio.words import say


def refuse_several_patients(disc: Disc, chosen: Sequence[SopInstance], patient_key: str | None, language: str) -> None:
    """Raises ExportError asking "which" when `chosen` belong to more than one patient of the catalogue."""
    if patient_key is not None:
        return
    ids = {i.entry_id for i in chosen}
    names = [
        " · ".join(filter(None, (p.patient_name.replace("^", " ").strip(), p.patient_id, p.patient_birth_date)))
        for p in disc.patients
        if any(i.entry_id in ids for study in p.studies for series in study.series for i in series.instances)
    ]
    if len(names) > 1:
        raise ExportError(
            say("export.refused.several_patients", language, count=len(names)),
            hint=say("export.refused.several_patients_hint", language, names="; ".join(names)),
            detail=f"S01: {len(names)} patients",
        )


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The first contradiction found, and the entries of everything that is part of any."""

    level: str
    first: SopInstance
    other: SopInstance
    entry_ids: frozenset[int]


def contradiction_in(all_instances: Iterable[SopInstance], chosen: Sequence[SopInstance]) -> Contradiction | None:
    """Whether a study, a series or a patient number of `chosen` is given to different people (S02).

    Instances that are not chosen count as witnesses: half of a contradictory study is no less contradictory.
    """
    groups: dict[tuple[str, str], list[SopInstance]] = {}
    wanted = {key for i in chosen for key in _keys(i)}
    for instance in all_instances:
        for key in _keys(instance):
            if key in wanted:
                groups.setdefault(key, []).append(instance)
    found: tuple[str, SopInstance, SopInstance] | None = None
    entry_ids: set[int] = set()
    for (level, _), instances in groups.items():
        identities = Identity.all_of(instances)
        if len(identities) > 1:
            answer, a, b = worst_contradiction(identities)
            if answer is Match.DIFFERENT:
                found = found or (level, a.instances[0], b.instances[0])
                entry_ids.update(i.entry_id for i in instances)
    return Contradiction(*found, frozenset(entry_ids)) if found else None


def contradiction_error(clash: Contradiction, language: str) -> ExportError:
    return ExportError(
        say("export.refused.contradiction", language),
        hint=say("export.refused.contradiction_hint", language),
        where=clash.other.path,
        detail=f"S02: one {clash.level}, two identities: {clash.first.path} and {clash.other.path}",
    )


def _keys(instance: SopInstance) -> list[tuple[str, str]]:
    keys = [("study", instance.study_instance_uid), ("series", instance.series_instance_uid)]
    if instance.patient_id:
        keys.append(("patient number", f"{instance.patient_id}\0{instance.issuer_of_patient_id}"))
    return [key for key in keys if key[1]]
