"""Whose images these are: an export never mixes people and never carries a contradiction on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from scanfolio.errors import ExportError
from scanfolio.model import Disc, SopInstance
from scanfolio.rules.persons import Identity, Match, contradiction
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


def refuse_contradictions(all_instances: Iterable[SopInstance], chosen: Sequence[SopInstance], language: str) -> None:
    """Raises ExportError (S02) when a study, a series or a patient number of `chosen` is given to different people.

    Instances that are not chosen count as witnesses: half of a contradictory study is no less contradictory.
    """
    groups: dict[tuple[str, str], list[SopInstance]] = {}
    wanted = {key for i in chosen for key in _keys(i)}
    for instance in all_instances:
        for key in _keys(instance):
            if key in wanted:
                groups.setdefault(key, []).append(instance)
    for (level, _), instances in groups.items():
        for a, b in combinations(Identity.all_of(instances), 2):
            if contradiction(a, b) is Match.DIFFERENT:
                raise ExportError(
                    say("export.refused.contradiction", language),
                    hint=say("export.refused.contradiction_hint", language),
                    where=b.instances[0].path,
                    detail=f"S02: one {level}, two identities: {a.instances[0].path} and {b.instances[0].path}",
                )


def _keys(instance: SopInstance) -> list[tuple[str, str]]:
    keys = [("study", instance.study_instance_uid), ("series", instance.series_instance_uid)]
    if instance.patient_id:
        keys.append(("patient number", f"{instance.patient_id}\0{instance.issuer_of_patient_id}"))
    return [key for key in keys if key[1]]
