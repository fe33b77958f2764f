"""Instances -> patients, studies, series; each series in the order a person scrolls it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence

from scanfolio.geometry import is_orientation, position_along_normal_mm, same_orientation
from scanfolio.model import Patient, Series, SopInstance, Study
from scanfolio.standard.uids import SOP_CLASSES, TRANSFER_SYNTAXES
from scanfolio.words import say

SAME_PLACE_MM = 0.01  # planes closer than this are at the same place
UNNUMBERED = 1 << 62
MAX_DIRECTIONS = 32  # more than that is one acquisition turning around, not stacks
Direction = tuple[float, float, float, float, float, float]


def group(instances: Sequence[SopInstance], language: str = "en") -> tuple[Patient, ...]:
    """All `instances` as a tree; each is in it exactly once.

    Patients in order of first appearance, studies by date, series by number. `language` is that of the split reasons.
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
    return tuple(_patient(key, members, used, language) for key, members in patients.items())


def patient_key(instance: SopInstance, several_issuers: bool = False) -> str:
    """By Patient ID, with its issuer where two issuers use the same; by name and birth date where there is no ID."""
    if not instance.patient_id:
        return f"name:{instance.patient_name}|{instance.patient_birth_date}"
    return f"id:{instance.patient_id}" + (f"|{instance.issuer_of_patient_id}" if several_issuers else "")


def _patient(key: str, members: list[SopInstance], used: dict[str, int], language: str) -> Patient:
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


def _study(uid: str, members: list[SopInstance], used: dict[str, int], language: str) -> Study:
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


def _series(uid: str, members: list[SopInstance], used: dict[str, int], language: str) -> list[Series]:
    result = []
    for part, reason in _split(members):
        ordered, sorted_by = sort_instances(part)
        first = ordered[0]
        key = uid or "no-uid"
        number = used[key] = used.get(key, 0) + 1
        if number > 1:  # a second part, or the same UID in another study, which is a fault the rules name
            key = f"{key}#{number}"
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
    """Parts that belong on one scroll bar, with the reason's key where there is more than one.

    Split only where it is clearly wanted: what is shown differs; localizers; and among images that have a place in the
    patient, picture sizes and directions that at least two images share.
    """
    kinds = _by(members, shows)
    parts = [(part, "kinds" if len(kinds) > 1 else "") for part in kinds]
    for pieces_of, reason in ((_localizers, "localizer"), (_sizes, "sizes"), (_directions, "orientations")):
        divided = []
        for part, why in parts:
            pieces = pieces_of(part) if len(part) > 1 and shows(part[0]) == "image" else [part]
            divided.extend([(part, why)] if len(pieces) == 1 else [(piece, reason) for piece in pieces])
        parts = divided
    return parts


def _localizers(part: list[SopInstance]) -> list[list[SopInstance]]:
    return _by(part, lambda i: "LOCALIZER" in i.image_type[2:])


def _sizes(part: list[SopInstance]) -> list[list[SopInstance]]:
    if any(i.image_orientation is None for i in part):
        return [part]
    return _stacks(_by(part, lambda i: (i.rows, i.columns)), part)


def _directions(part: list[SopInstance]) -> list[list[SopInstance]]:
    found: list[tuple[Direction | None, list[SopInstance]]] = []
    for instance in part:
        for direction, piece in found:
            if _same_direction(direction, instance.image_orientation):
                piece.append(instance)
                break
        else:
            found.append((instance.image_orientation, [instance]))
            if len(found) > MAX_DIRECTIONS:
                return [part]
    return _stacks([piece for _, piece in found], part)


def _same_direction(one: Direction | None, other: Direction | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or same_orientation(one, other)


def _stacks(pieces: list[list[SopInstance]], part: list[SopInstance]) -> list[list[SopInstance]]:
    """`pieces` where at least two of them are stacks of two images or more, with the single ones kept together at the
    end; else `part` as it was (radial acquisitions have a direction per image and belong together)."""
    stacks = [piece for piece in pieces if len(piece) > 1]
    single = [piece[0] for piece in pieces if len(piece) == 1]
    if len(stacks) < 2:
        return [part]
    return [*stacks, single] if single else stacks


def _by(members: list[SopInstance], key: Callable[[SopInstance], Hashable]) -> list[list[SopInstance]]:
    groups: dict[Hashable, list[SopInstance]] = {}
    for instance in members:
        groups.setdefault(key(instance), []).append(instance)
    return list(groups.values())


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
    if not all(math.isfinite(place) for place, _ in placed):
        return None
    placed.sort(key=lambda pair: pair[0])
    places: list[list[SopInstance]] = []
    last_place = -math.inf
    for place, instance in placed:
        if place - last_place < SAME_PLACE_MM:
            places[-1].append(instance)
        else:
            places.append([instance])
            last_place = place
    if len(places) < 2:
        return None
    places = _as_numbered([sorted(together, key=_phase_key) for together in places])
    if len(members) - len(places) <= len(members) // 10:  # a few doubles at most
        return [instance for together in places for instance in together]
    count = len(places[0])
    if any(len(together) != count for together in places):
        return None
    return [together[phase] for phase in range(count) for together in places]


def _as_numbered(places: list[list[SopInstance]]) -> list[list[SopInstance]]:
    """The same run through the body, starting at the end where the scanner began to number."""
    first, last = places[0][0].instance_number, places[-1][0].instance_number
    return places[::-1] if first is not None and last is not None and last < first else places


def _phase_key(i: SopInstance) -> tuple[int | str, ...]:
    numbers = [_number(n) for n in (i.temporal_position, i.echo_number, i.acquisition_number, i.instance_number)]
    return *numbers, i.path
