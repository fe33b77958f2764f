"""Instances -> patients, studies, series; each series in the order a person scrolls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from scanfolio.model import Patient, Series, SopInstance, Study
from scanfolio.reading.naming import joined, said
from scanfolio.reading.ordering import in_order, number_of
from scanfolio.reading.splitting import Part, shows, split
from scanfolio.words import say


def group(instances: Sequence[SopInstance]) -> tuple[Patient, ...]:
    """All `instances` as a tree; each is in it exactly once.

    Patients in order of first appearance, studies by date, series by number. Their split reasons are Sentences.
    """
    issuers: dict[str, set[str]] = {}
    for instance in instances:
        if instance.issuer_of_patient_id:
            issuers.setdefault(instance.patient_id, set()).add(instance.issuer_of_patient_id)
    patients: dict[str, list[SopInstance]] = {}
    for instance in instances:
        several = len(issuers.get(instance.patient_id, ())) > 1
        patients.setdefault(patient_key(instance, several), []).append(instance)
    used: dict[str, int] = {}
    return tuple(_patient(key, members, used) for key, members in patients.items())


def patient_key(instance: SopInstance, several_issuers: bool = False) -> str:
    """By Patient ID, with its issuer where two issuers use the same; by name and birth date where there is no ID."""
    if not instance.patient_id:
        return f"name:{instance.patient_name}|{instance.patient_birth_date}"
    return f"id:{instance.patient_id}" + (f"|{instance.issuer_of_patient_id}" if several_issuers else "")


def _patient(key: str, members: list[SopInstance], used: dict[str, int]) -> Patient:
    studies: dict[str, list[SopInstance]] = {}
    for instance in members:
        studies.setdefault(instance.study_instance_uid, []).append(instance)
    built = [_study(uid, part, used) for uid, part in studies.items()]
    built.sort(key=lambda study: (study.study_date, study.study_time))
    return Patient(
        key=key,
        patient_name=_first(i.patient_name for i in members),
        patient_id=members[0].patient_id,
        patient_birth_date=_first(i.patient_birth_date for i in members),
        patient_sex=_first(i.patient_sex for i in members),
        studies=tuple(built),
    )


def _study(uid: str, members: list[SopInstance], used: dict[str, int]) -> Study:
    by_series: dict[str, list[SopInstance]] = {}
    for instance in members:
        by_series.setdefault(instance.series_instance_uid, []).append(instance)
    series = [one for series_uid, part in by_series.items() for one in _series(series_uid, part, used)]
    series.sort(key=lambda s: (number_of(s.series_number), s.series_instance_uid))
    return Study(
        study_instance_uid=uid,
        study_date=_first(i.study_date for i in members),
        study_time=_first(i.study_time for i in members),
        study_id=_first(i.study_id for i in members),
        study_description=_first(i.study_description for i in members),
        accession_number=_first(i.accession_number for i in members),
        institution_name=_first(i.institution_name for i in members),
        series=tuple(series),
    )


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _series(uid: str, members: list[SopInstance], used: dict[str, int]) -> list[Series]:
    result = []
    parts = split(members)
    for part, name in zip(parts, _names(parts), strict=True):
        order = in_order(part.instances, part.placed)
        first = order.instances[0]
        key = uid or "no-uid"
        number = used[key] = used.get(key, 0) + 1
        if number > 1:  # a second part, or the same UID in another study, which is a fault the rules name
            key = f"{key}#{number}"
        result.append(
            Series(
                key=key,
                series_instance_uid=uid,
                modality=_first(i.modality for i in order.instances),
                series_number=first.series_number,
                series_description=_first(i.series_description for i in order.instances),
                shows=shows(first),
                sorted_by=order.sorted_by,
                instances=tuple(order.instances),
                split_reason=say(f"reading.split.{part.reasons[-1]}") if part.reasons else "",
                part=name,
                runs=order.runs,
                runs_are=order.runs_are,
                order_note=say(f"reading.order.{order.runs_are}", count=len(order.runs)) if order.runs else "",
                stack=order.stack,
            )
        )
    return result


def _names(parts: list[Part]) -> list[str]:
    """What the list calls the parts of a series, such as "Echo 2 (80 ms), Phase"; equal ones are numbered."""
    names = [joined(said(part.names, "part")) for part in parts]
    all_names, met = Counter(names), Counter[str]()
    for n, name in enumerate(names):
        if name and all_names[name] > 1:
            met[name] += 1
            names[n] = say("reading.part.numbered", name=name, n=met[name])
    return names
