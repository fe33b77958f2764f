"""What attributes alone cannot answer for: writing and faces in the pixels, documents, notes. By kind of object."""

from __future__ import annotations

from scanfolio.model import SopInstance
from scanfolio.standard.iods import iod_of

REPORT = "sr-document-content"  # a module of every report and key object selection
STRUCTURED_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
GRAPHIC_ANNOTATION_SEQUENCE = 0x00700001
BURNED_IN_IODS = (
    "ultrasound", "secondary-capture", "endoscopic", "vl-photographic", "vl-microscopic", "vl-slide",
    "ophthalmic-photography", "video-photographic", "video-microscopic", "dermoscopic",
)  # fmt: skip
BURNED_IN_RETIRED = frozenset(("1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.3"))
"""SOP Classes of ultrasound before 1996."""
SCREENS = ("SCREEN SAVE", "SCREENSAVE", "SCREEN_SAVE", "DOSE_INFO", "DOSE INFO", "LABEL", "OVERVIEW")
HEAD = ("HEAD", "BRAIN", "SKULL", "FACE", "FACIAL", "NECK", "SINUS", "ORBIT", "JAW", "DENTAL", "CRANI", "CEREBR",
        "TEMPORAL", "SELLA", "PITUIT", "SCHAEDEL", "SCHÄDEL", "KOPF", "HIRN", "CERVEAU", "TETE", "CRANE", "CABEZA",
        "CEREBRO", "WHOLEBODY", "WHOLE BODY")  # fmt: skip
VOLUMES = frozenset(("CT", "MR", "PT"))


def left_out_code(instance: SopInstance, *, documents: bool, burned_in: bool) -> str:
    """Why this instance stays out of a copy without identifying data; "" where it may go along."""
    iod = iod_of(instance.sop_class_uid)
    name, modules = (iod.name, iod.modules) if iod else ("", frozenset[str]())
    if name.startswith("encapsulated-"):
        return "identity-document"
    report = REPORT in modules or instance.sop_class_uid.startswith(STRUCTURED_REPORTS)
    notes = instance.layout is not None and GRAPHIC_ANNOTATION_SEQUENCE in instance.layout.tags
    if not documents and (report or notes):
        return "identity-report"
    if not burned_in and _may_be_burned_in(instance, name):
        return "identity-burned-in"
    return ""


def _may_be_burned_in(instance: SopInstance, iod: str) -> bool:
    """Said to be, or of a kind that often is, or with an overlay in spare bits of the pixels (retired, PS3.3 C.9.2)."""
    if instance.burned_in_annotation.upper() == "YES" or instance.sop_class_uid in BURNED_IN_RETIRED:
        return True
    kinds = "\\".join(instance.image_type).upper()
    if any(part in iod for part in BURNED_IN_IODS) or any(word in kinds for word in SCREENS):
        return True
    tags = instance.layout.tags if instance.layout else frozenset[int]()
    return any(tag & 0xFF00FFFF == 0x60000010 and tag & 0xFFFF0000 | 0x3000 not in tags for tag in tags)


def shows_a_face(instance: SopInstance) -> bool:
    """A head or neck in slices, from which a face can be drawn."""
    if instance.modality not in VOLUMES:
        return False
    told = (
        instance.body_part_examined, instance.study_description, instance.series_description, instance.protocol_name
    )  # fmt: skip
    return any(word in text.upper() for text in told for word in HEAD)


def may_hold_writing(instance: SopInstance) -> bool:
    """Plain X-rays and fluoroscopy often have letters or a name in the picture, and nobody says so."""
    return instance.modality in ("CR", "DX", "MG", "XA", "RF", "PX", "IO", "OT", "NM") and (
        instance.burned_in_annotation.upper() != "NO"
    )
