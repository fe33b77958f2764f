"""Directory records: which type an instance gets and which keys it carries. Data only.

Types: PS3.3 F.4-1 and F.5. Keys: the union of PS3.3 F.5, PS3.11 D.3-2 (STD-GEN-CD), E.3-2 (STD-CTMR) and H.3-2
(STD-GEN-DVD, USB), so that one table of contents satisfies every profile; additional standard keys are always allowed
(PS3.11 D.3.3.1).
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """One key of a record. `need`: "1" must have a value, "2" must be there, "" copied where there is one."""

    tag: int
    vr: bytes
    keyword: str
    need: str = ""


class NestedKey(NamedTuple):
    """A sequence key: of each item only these elements are copied (None: everything that is not private)."""

    tag: int
    keyword: str
    need: str
    item_tags: frozenset[int] | None


REFERENCE = frozenset((0x00081150, 0x00081155))
SPECIFIC_CHARACTER_SET = 0x00080005
INSTANCE_NUMBER = Key(0x00200013, b"IS", "InstanceNumber", "1")
CONTENT_DATE = Key(0x00080023, b"DA", "ContentDate", "1")
CONTENT_TIME = Key(0x00080033, b"TM", "ContentTime", "1")
CONCEPT_NAME = NestedKey(0x0040A043, "ConceptNameCodeSequence", "1", None)
CONTENT_SEQUENCE = 0x0040A730  # only the concept modifiers of the document title go into a record
VERIFYING_OBSERVER_SEQUENCE = 0x0040A073
VERIFIED_AT = 0x0040A030
CONTENT_LABEL = Key(0x00700080, b"CS", "ContentLabel", "1")
CONTENT_DESCRIPTION = Key(0x00700081, b"LO", "ContentDescription", "2")
CONTENT_CREATOR = Key(0x00700084, b"PN", "ContentCreatorName", "2")
GENERIC = (CONTENT_DATE, CONTENT_TIME, INSTANCE_NUMBER)
GENERIC_IDENTIFIED = (*GENERIC, CONTENT_LABEL, CONTENT_DESCRIPTION, CONTENT_CREATOR)

IMAGE_EXTRAS: tuple[Key | NestedKey, ...] = (
    Key(0x00080008, b"CS", "ImageType"),
    Key(0x0008002A, b"DT", "AcquisitionDateTime"),
    NestedKey(0x00081140, "ReferencedImageSequence", "", REFERENCE),
    Key(0x00181800, b"CS", "AcquisitionTimeSynchronized"),
    Key(0x00200032, b"DS", "ImagePositionPatient"),
    Key(0x00200037, b"DS", "ImageOrientationPatient"),
    Key(0x00200052, b"UI", "FrameOfReferenceUID"),
    Key(0x00200200, b"UI", "SynchronizationFrameOfReferenceUID"),
    Key(0x00280008, b"IS", "NumberOfFrames"),
    Key(0x00280010, b"US", "Rows"),
    Key(0x00280011, b"US", "Columns"),
    Key(0x00280030, b"DS", "PixelSpacing"),
    Key(0x00282112, b"DS", "LossyImageCompressionRatio"),
    Key(0x00500004, b"CS", "CalibrationImage"),
)

KEYS: dict[str, tuple[Key | NestedKey, ...]] = {
    "PATIENT": (
        Key(0x00100010, b"PN", "PatientName", "2"),
        Key(0x00100020, b"LO", "PatientID", "1"),
        Key(0x00100021, b"LO", "IssuerOfPatientID"),
        Key(0x00100030, b"DA", "PatientBirthDate"),
        Key(0x00100040, b"CS", "PatientSex"),
    ),
    "STUDY": (
        Key(0x00080020, b"DA", "StudyDate", "1"),
        Key(0x00080030, b"TM", "StudyTime", "1"),
        Key(0x00080050, b"SH", "AccessionNumber", "2"),
        Key(0x00081030, b"LO", "StudyDescription", "2"),
        Key(0x0020000D, b"UI", "StudyInstanceUID", "1"),
        Key(0x00200010, b"SH", "StudyID", "1"),
    ),
    "SERIES": (
        Key(0x00080021, b"DA", "SeriesDate"),
        Key(0x00080031, b"TM", "SeriesTime"),
        Key(0x00080060, b"CS", "Modality", "1"),
        Key(0x00080080, b"LO", "InstitutionName"),
        Key(0x00080081, b"ST", "InstitutionAddress"),
        Key(0x0008103E, b"LO", "SeriesDescription"),
        Key(0x00081050, b"PN", "PerformingPhysicianName"),
        Key(0x00180015, b"CS", "BodyPartExamined"),
        Key(0x00181030, b"LO", "ProtocolName"),
        Key(0x0020000E, b"UI", "SeriesInstanceUID", "1"),
        Key(0x00200011, b"IS", "SeriesNumber", "1"),
        Key(0x00200060, b"CS", "Laterality"),
    ),
    "IMAGE": (INSTANCE_NUMBER, CONTENT_DATE._replace(need=""), CONTENT_TIME._replace(need=""), *IMAGE_EXTRAS),
    "RT DOSE": (INSTANCE_NUMBER, Key(0x3004000A, b"CS", "DoseSummationType", "1"), *IMAGE_EXTRAS),
    "RT STRUCTURE SET": (
        INSTANCE_NUMBER,
        Key(0x30060002, b"SH", "StructureSetLabel", "1"),
        Key(0x30060008, b"DA", "StructureSetDate", "2"),
        Key(0x30060009, b"TM", "StructureSetTime", "2"),
    ),
    "RT PLAN": (
        INSTANCE_NUMBER,
        Key(0x300A0002, b"SH", "RTPlanLabel", "1"),
        Key(0x300A0006, b"DA", "RTPlanDate", "2"),
        Key(0x300A0007, b"TM", "RTPlanTime", "2"),
    ),
    "RT TREAT RECORD": (
        INSTANCE_NUMBER,
        Key(0x30080250, b"DA", "TreatmentDate", "2"),
        Key(0x30080251, b"TM", "TreatmentTime", "2"),
    ),
    "PRESENTATION": (
        INSTANCE_NUMBER,
        Key(0x00700082, b"DA", "PresentationCreationDate", "1"),
        Key(0x00700083, b"TM", "PresentationCreationTime", "1"),
        CONTENT_LABEL,
        CONTENT_DESCRIPTION,
        CONTENT_CREATOR,
        NestedKey(0x00081115, "ReferencedSeriesSequence", "", frozenset((0x0020000E, 0x00081140))),
        NestedKey(0x00700402, "BlendingSequence", "", frozenset((0x0020000D, 0x00081115))),
    ),
    "WAVEFORM": GENERIC,
    "RAW DATA": GENERIC,
    "SR DOCUMENT": (
        *GENERIC,
        Key(0x0040A491, b"CS", "CompletionFlag", "1"),
        Key(0x0040A493, b"CS", "VerificationFlag", "1"),
        CONCEPT_NAME,
    ),
    "KEY OBJECT DOC": (*GENERIC, CONCEPT_NAME),
    "SPECTROSCOPY": (
        Key(0x00080008, b"CS", "ImageType", "1"),
        *GENERIC,
        NestedKey(0x00089092, "ReferencedImageEvidenceSequence", "", REFERENCE),
        Key(0x00280008, b"IS", "NumberOfFrames", "1"),
        Key(0x00280010, b"US", "Rows", "1"),
        Key(0x00280011, b"US", "Columns", "1"),
        Key(0x00289001, b"UL", "DataPointRows", "1"),
        Key(0x00289002, b"UL", "DataPointColumns", "1"),
    ),
    "REGISTRATION": GENERIC_IDENTIFIED,
    "FIDUCIAL": GENERIC_IDENTIFIED,
    "VALUE MAP": GENERIC_IDENTIFIED,
    "MEASUREMENT": GENERIC_IDENTIFIED,
    "SURFACE": GENERIC_IDENTIFIED,
    "TRACT": GENERIC_IDENTIFIED,
    "ANNOTATION": GENERIC_IDENTIFIED,
    "SURFACE SCAN": (CONTENT_DATE, CONTENT_TIME),
    "ENCAP DOC": (
        CONTENT_DATE._replace(need="2"),
        CONTENT_TIME._replace(need="2"),
        INSTANCE_NUMBER,
        CONCEPT_NAME._replace(need="2"),
        Key(0x0040E001, b"ST", "HL7InstanceIdentifier"),
        Key(0x00420010, b"ST", "DocumentTitle", "2"),
        Key(0x00420012, b"LO", "MIMETypeOfEncapsulatedDocument", "1"),
    ),
    "STEREOMETRIC": (),
    "PLAN": (),
    "ASSESSMENT": (
        Key(0x00080012, b"DA", "InstanceCreationDate", "1"),
        Key(0x00080013, b"TM", "InstanceCreationTime", "2"),
        INSTANCE_NUMBER,
    ),
    "RADIOTHERAPY": (
        INSTANCE_NUMBER,
        Key(0x30100033, b"SH", "UserContentLabel"),
        Key(0x30100034, b"LO", "UserContentLongLabel"),
        CONTENT_DESCRIPTION,
        CONTENT_CREATOR,
    ),
    "HANGING PROTOCOL": (
        Key(0x00720008, b"LO", "HangingProtocolCreator", "1"),
        Key(0x0072000A, b"DT", "HangingProtocolCreationDateTime", "1"),
        NestedKey(0x0072000C, "HangingProtocolDefinitionSequence", "1", None),
        NestedKey(0x0072000E, "HangingProtocolUserIdentificationCodeSequence", "2", None),
        Key(0x00720014, b"US", "NumberOfPriorsReferenced", "1"),
    ),
    "PALETTE": (CONTENT_LABEL, CONTENT_DESCRIPTION),
    "IMPLANT": (
        Key(0x00080070, b"LO", "Manufacturer", "1"),
        Key(0x00221095, b"LO", "ImplantName", "1"),
        Key(0x00221096, b"SH", "ImplantSize"),
        Key(0x00221097, b"LO", "ImplantPartNumber", "1"),
    ),
    "IMPLANT GROUP": (
        Key(0x00780001, b"LO", "ImplantTemplateGroupName", "1"),
        Key(0x00780020, b"LO", "ImplantTemplateGroupIssuer", "1"),
    ),
    "IMPLANT ASSY": (
        Key(0x00080070, b"LO", "Manufacturer", "1"),
        Key(0x00760001, b"LO", "ImplantAssemblyTemplateName", "1"),
        NestedKey(0x00760020, "ProcedureTypeCodeSequence", "1", None),
    ),
}

ROOT_TYPES = frozenset(("HANGING PROTOCOL", "PALETTE", "IMPLANT", "IMPLANT ASSY", "IMPLANT GROUP"))

_STORAGE = "1.2.840.10008.5.1.4."
# What is not an IMAGE, by the part of the SOP Class UID behind 1.2.840.10008.5.1.4.
_TYPE_OF_CLASS: dict[str, str] = {
    "1.1.4.2": "SPECTROSCOPY",
    "1.1.66": "RAW DATA",
    "1.1.66.1": "REGISTRATION",
    "1.1.66.2": "FIDUCIAL",
    "1.1.66.3": "REGISTRATION",
    "1.1.66.5": "SURFACE",
    "1.1.66.6": "TRACT",
    "1.1.67": "VALUE MAP",
    "1.1.68.1": "SURFACE SCAN",
    "1.1.68.2": "SURFACE SCAN",
    "1.1.77.1.5.3": "STEREOMETRIC",
    "1.1.78.6": "SR DOCUMENT",
    "1.1.79.1": "SR DOCUMENT",
    "1.1.80.1": "MEASUREMENT",
    "1.1.88.59": "KEY OBJECT DOC",
    "1.1.90.1": "ASSESSMENT",
    "1.1.91.1": "ANNOTATION",
    "1.1.131": "PRESENTATION",
    "1.1.200.1": "PLAN",
    "1.1.200.2": "PLAN",
    "1.1.200.3": "PLAN",
    "1.1.200.7": "PLAN",
    "1.1.200.8": "PLAN",
    "1.1.481.2": "RT DOSE",
    "1.1.481.3": "RT STRUCTURE SET",
    "1.1.481.4": "RT TREAT RECORD",
    "1.1.481.5": "RT PLAN",
    "1.1.481.6": "RT TREAT RECORD",
    "1.1.481.7": "RT TREAT RECORD",
    "1.1.481.8": "RT PLAN",
    "1.1.481.9": "RT TREAT RECORD",
    "34.7": "PLAN",
    "34.10": "PLAN",
    "38.1": "HANGING PROTOCOL",
    "39.1": "PALETTE",
    "43.1": "IMPLANT",
    "44.1": "IMPLANT ASSY",
    "45.1": "IMPLANT GROUP",
}
# Families of SOP Classes with one record type, by the same part's beginning; looked at after the exact ones.
_TYPE_OF_FAMILY: tuple[tuple[str, str], ...] = (
    ("1.1.9.", "WAVEFORM"),
    ("1.1.11.", "PRESENTATION"),
    ("1.1.78.", "MEASUREMENT"),
    ("1.1.88.", "SR DOCUMENT"),
    ("1.1.104.", "ENCAP DOC"),
    ("1.1.481.", "RADIOTHERAPY"),
)
# RT Image and its enhanced form are images although their numbers lie among the RT objects.
_IMAGES = frozenset(("1.1.481.1", "1.1.481.23", "1.1.481.24"))


def record_type(sop_class_uid: str) -> str:
    """The Directory Record Type (0004,1430) of an instance of this SOP Class; IMAGE for image and unknown classes."""
    if not sop_class_uid.startswith(_STORAGE):
        return "IMAGE"
    number = sop_class_uid[len(_STORAGE) :]
    if number in _IMAGES:
        return "IMAGE"
    if number in _TYPE_OF_CLASS:
        return _TYPE_OF_CLASS[number]
    for beginning, record in _TYPE_OF_FAMILY:
        if number.startswith(beginning):
            return record
    return "IMAGE"


# Where a missing Type 1 date or time may be taken from: of creation, study, series, acquisition, content
DATES_AND_TIMES = frozenset((0x00080012, 0x00080013, *range(0x00080020, 0x00080024), *range(0x00080030, 0x00080034)))
WANTED_TAGS: frozenset[int] = (
    frozenset(key.tag for keys in KEYS.values() for key in keys)
    | DATES_AND_TIMES
    | {SPECIFIC_CHARACTER_SET, CONTENT_SEQUENCE, VERIFYING_OBSERVER_SEQUENCE}
)
