"""Patients, studies and series as the page and `scanfolio list` show them. JSON-shaped, no I/O."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scanfolio.model import Disc, Patient, Series, SopInstance, Study
from scanfolio.reading.roles import roles
from scanfolio.standard.classic import CLASSIC

# Lossy JPEG and JPEG-LS; what JPEG 2000 and HTJ2K are, the recipe settles per image. Here it is a hint for the list.
_LOSSY_SYNTAXES = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81"})


def as_dict(disc: Disc, counts: dict[str, int]) -> dict[str, Any]:
    """{name, complete, counts, patients: [{…, studies: [{…, series: [{…}]}]}]}."""
    return {
        "name": disc.name,
        "complete": disc.complete,
        "counts": counts,
        "patients": [_patient(p) for p in disc.patients],
    }


def is_lossy(instance: SopInstance) -> bool:
    """The image has lost detail by compression, by its own word or by its transfer syntax (C.7.6.1.1.5)."""
    return instance.lossy_image_compression == "01" or instance.transfer_syntax_uid in _LOSSY_SYNTAXES


def _patient(patient: Patient) -> dict[str, Any]:
    return {
        "key": patient.key,
        "name": patient.patient_name,
        "name_doubt": _name_doubt(patient),
        "patient_id": patient.patient_id,
        "birth_date": patient.patient_birth_date,
        "sex": patient.patient_sex,
        "studies": [_study(s) for s in patient.studies],
    }


def _name_doubt(patient: Patient) -> dict[str, str] | None:
    """{looks_like} where its character set does not explain the name: another one, or "". None where it does."""
    if patient.patient_name.isascii():
        return None
    instances = [i for study in patient.studies for series in study.series for i in series.instances]
    hint = next((i.text_hint for i in instances if i.text_hint), "")
    return {"looks_like": hint} if hint or any(i.undecodable_text for i in instances) else None


def _study(study: Study) -> dict[str, Any]:
    known = roles(study)
    return {
        "study_instance_uid": study.study_instance_uid,
        "description": study.study_description,
        "date": study.study_date,
        "time": study.study_time,
        "institution": study.institution_name,
        "accession_number": study.accession_number,
        "series": [_series(s, known.get(s.key, "")) for s in study.series],
    }


def _series(series: Series, role: str) -> dict[str, Any]:
    return {
        "key": series.key,
        "modality": series.modality,
        "number": series.series_number,
        "description": series.series_description,
        "body_part": next((i.body_part_examined for i in series.instances if i.body_part_examined), ""),
        "localizer": any("LOCALIZER" in i.image_type for i in series.instances),
        "role": role,
        "shows": series.shows,
        "instances": len(series.instances),
        "frames": series.frame_count,
        "part": series.part,
        "split_reason": series.split_reason,
        "sorted_by": series.sorted_by,
        "order_note": series.order_note,
        "runs": max(len(series.runs), 1),
        "stack": None if series.stack is None else asdict(series.stack),
        "lossy": any(is_lossy(i) for i in series.instances),
        "enhanced": sum(i.is_image and i.sop_class_uid in CLASSIC for i in series.instances),
        "size_bytes": sum(i.size for i in series.instances),
    }
