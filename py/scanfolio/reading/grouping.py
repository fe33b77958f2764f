"""Instances -> patients, studies, series; each series in the order a person scrolls it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanfolio.geometry import is_orientation, position_along_normal_mm, same_orientation
from scanfolio.model import Patient, Series, SopInstance, Study
from scanfolio.standard.uids import SOP_CLASSES, TRANSFER_SYNTAXES
from scanfolio.words import say

SAME_PLACE_MM = 0.01  # planes closer than this are at the same place
UNNUMBERED = 1 << 62


def group(instances: Sequence[SopInstance], language: str = "en") -> tuple[Patient, ...]:
    """All `instances` as a tree; each is in it exactly once.

    Patients in order of first appearance, studies by date, series by number. `language` is that of the split reasons.
    """
    patients: dict[str, list[SopInstance]] = {}
    for instance in instances:
        patients.setdefault(patient_key(instance), []).append(instance)
    built = []
    used: set[str] = set()
    for key, members in patients.items():
        built.append(_patient(key, members, used, language))
    return tuple(built)


def patient_key(instance: SopInstance) -> str:
    """Patient ID and issuer; name and birth date where there is no ID."""
    if instance.patient_id:
        return f"id:{instance.patient_id}|{instance.issuer_of_patient_id}"
    return f"name:{instance.patient_name}|{instance.patient_birth_date}"


def _patient(key: str, members: list[SopInstance], used: set[str], language: str) -> Patient:
    studies: dict[str, list[SopInstance]] = {}
    for instance in members:
        studies.setdefault(instance.study_instance_uid, []).append(instance)
    built = [_study(uid, part, used, language) for uid, part in studies.items()]
    built.sort(key=lambda study: (study.study_date, study.study_time))
    return Patient(
        key=key,
        patient_name=_first(i.patient_name for i in members),
        patient_id=members[0].patient_id,
        patient_birth_date=_first(i.patient_birth_date for i in members),
        patient_sex=_first(i.patient_sex for i in members),
        studies=tuple(built),
    )


def _study(uid: str, members: list[SopInstance], used: set[str], language: str) -> Study:
    by_series: dict[str, list[SopInstance]] = {}
    for instance in members:
        by_series.setdefault(instance.series_instance_uid, []).append(instance)
    series = [one for series_uid, part in by_series.items() for one in _series(series_uid, part, used, language)]
    series.sort(key=lambda s: (_number(s.series_number), s.series_instance_uid))
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


def _number(value: int | None) -> int:
    return UNNUMBERED if value is None else value


def _series(uid: str, members: list[SopInstance], used: set[str], language: str) -> list[Series]:
    result = []
    for part, reason in _split(members):
        ordered, sorted_by = sort_instances(part)
        first = ordered[0]
        key, number = uid or "no-uid", 1
        while key in used:  # a second part, or the same UID in another study, which is a fault the rules name
            number += 1
            key = f"{uid or 'no-uid'}#{number}"
        used.add(key)
        result.append(
            Series(
                key=key,
                series_instance_uid=uid,
                modality=_first(i.modality for i in ordered),
                series_number=first.series_number,
                series_description=_first(i.series_description for i in ordered),
                shows=shows(first),
                sorted_by=sorted_by,
                instances=tuple(ordered),
                split_reason=say(f"reading.split.{reason}", language) if reason else "",
            )
        )
    return result


def shows(instance: SopInstance) -> str:
    """image | document | report | waveform | video | other, by Transfer Syntax, pixel data and SOP Class."""
    syntax = TRANSFER_SYNTAXES.get(instance.transfer_syntax_uid)
    if syntax and syntax.family == "video":
        return "video"
    known = SOP_CLASSES.get(instance.sop_class_uid)
    if known and known.shows == "video":
        return "video"
    if instance.is_image:
        return "image"
    return known.shows if known else "other"


def _split(members: list[SopInstance]) -> list[tuple[list[SopInstance], str]]:
    """Parts that belong on one scroll bar, with the reason where there is more than one.

    Split only where it is clearly wanted: what is shown differs, localizers, picture sizes, orientation stacks.
    """
    parts = [(part, "") for part in _by(members, shows)]
    if len(parts) > 1:
        parts = [(part, "kinds") for part, _ in parts]
    for key, reason, least in (
        (_is_localizer, "localizer", 1),
        (lambda i: (i.rows, i.columns), "sizes", 1),
    ):
        parts = [piece for part, why in parts for piece in _divide(part, why, _by(part, key), reason, least)]
    parts = [piece for part, why in parts for piece in _divide(part, why, _orientation_stacks(part), "orientations", 2)]
    return parts


def _divide(
    part: list[SopInstance], why: str, pieces: list[list[SopInstance]], reason: str, least: int
) -> list[tuple[list[SopInstance], str]]:
    if len(pieces) < 2 or shows(part[0]) != "image" or any(len(piece) < least for piece in pieces):
        return [(part, why)]
    return [(piece, reason) for piece in pieces]


def _by(members: list[SopInstance], key: object) -> list[list[SopInstance]]:
    groups: dict[object, list[SopInstance]] = {}
    for instance in members:
        groups.setdefault(key(instance), []).append(instance)  # type: ignore[operator]
    return list(groups.values())


def _is_localizer(instance: SopInstance) -> bool:
    return "LOCALIZER" in instance.image_type[2:]


def _orientation_stacks(members: list[SopInstance]) -> list[list[SopInstance]]:
    stacks: list[tuple[tuple[float, ...] | None, list[SopInstance]]] = []
    for instance in members:
        orientation = instance.image_orientation
        for known, stack in stacks:
            both = known is not None and orientation is not None
            if known is orientation or (both and same_orientation(known or (), orientation or ())):
                stack.append(instance)
                break
        else:
            stacks.append((orientation, [instance]))
    return [stack for _, stack in stacks]


def sort_instances(members: Sequence[SopInstance]) -> tuple[list[SopInstance], str]:
    """(`members` in scroll order, geometry | instance_number | path)."""
    by_place = _sorted_by_geometry(members)
    if by_place is not None:
        return by_place, "geometry"
    if sum(i.instance_number is not None for i in members) * 2 > len(members):
        return sorted(members, key=_by_number), "instance_number"
    return sorted(members, key=lambda i: i.path), "path"


def _by_number(i: SopInstance) -> tuple[int, int, int, str]:
    return _number(i.temporal_position), _number(i.instance_number), _number(i.acquisition_number), i.path


def _sorted_by_geometry(members: Sequence[SopInstance]) -> list[SopInstance] | None:
    """By position along the common normal; None without one. Several images at every place (phases, echoes) stay
    together by phase, so that scrolling runs through the body once per phase."""
    if len(members) < 2 or any(i.number_of_frames > 1 or i.image_position_mm is None for i in members):
        return None
    orientation = members[0].image_orientation
    if orientation is None or not is_orientation(orientation):
        return None
    if any(i.image_orientation is None or not same_orientation(i.image_orientation, orientation) for i in members):
        return None
    placed = [(position_along_normal_mm(i.image_position_mm or (0, 0, 0), orientation), i) for i in members]
    placed.sort(key=lambda pair: (pair[0], _by_number(pair[1])))
    places = [[placed[0]]]
    for pair in placed[1:]:
        if pair[0] - places[-1][0][0] < SAME_PLACE_MM:
            places[-1].append(pair)
        else:
            places.append([pair])
    if len(places) == len(members):
        return [i for _, i in placed]
    if len(places) < 2:
        return None
    return _phases(places)


def _phases(places: list[list[tuple[float, SopInstance]]]) -> list[SopInstance] | None:
    """Several images per place: one run through the body per phase, when every place has equally many."""
    count = len(places[0])
    if any(len(place) != count for place in places):
        return None
    columns = [[i for _, i in sorted(place, key=lambda pair: _phase_key(pair[1]))] for place in places]
    return [column[phase] for phase in range(count) for column in columns]


def _phase_key(i: SopInstance) -> tuple[int | str, ...]:
    numbers = [_number(n) for n in (i.temporal_position, i.echo_number, i.acquisition_number, i.instance_number)]
    return *numbers, i.path
