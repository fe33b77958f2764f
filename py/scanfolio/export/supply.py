"""Values for directory record keys that are Type 1 there but missing in the instance (PS3.11 D.3.3.1 note).

They go into the record only, never into the instance; each one is reported as a Supplied so that nothing is silent.
Dates and times are taken from a neighbouring attribute of the same instance where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import pack

from scanfolio.export.elements import RawElement, element, sequence
from scanfolio.export.records import Key, NestedKey

STUDY_DATE, SERIES_DATE, ACQUISITION_DATE, CONTENT_DATE, CREATION_DATE = (
    0x00080020,
    0x00080021,
    0x00080022,
    0x00080023,
    0x00080012,
)
NO_DATE = b"19000101"
NO_TIME = b"000000"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A key we filled in the directory record `record_type` for the file `file_id` ("" at patient or study level)."""

    record_type: str
    keyword: str
    value: str
    file_id: str

    def as_dict(self) -> dict[str, str]:
        return {"record": self.record_type, "keyword": self.keyword, "value": self.value, "file_id": self.file_id}


_DATES: dict[str, tuple[int, ...]] = {
    "StudyDate": (SERIES_DATE, ACQUISITION_DATE, CONTENT_DATE, CREATION_DATE),
    "ContentDate": (CREATION_DATE, ACQUISITION_DATE, SERIES_DATE, STUDY_DATE),
    "PresentationCreationDate": (CREATION_DATE, CONTENT_DATE, SERIES_DATE, STUDY_DATE),
    "InstanceCreationDate": (CONTENT_DATE, ACQUISITION_DATE, SERIES_DATE, STUDY_DATE),
}
_TIME_OF_DATE = {
    STUDY_DATE: 0x00080030,
    SERIES_DATE: 0x00080031,
    ACQUISITION_DATE: 0x00080032,
    CONTENT_DATE: 0x00080033,
    CREATION_DATE: 0x00080013,
}
_TIMES = {
    "StudyTime": "StudyDate",
    "ContentTime": "ContentDate",
    "PresentationCreationTime": "PresentationCreationDate",
}
_FIXED: dict[str, bytes] = {
    "Modality": b"OT",
    "CompletionFlag": b"PARTIAL",
    "VerificationFlag": b"UNVERIFIED",
    "ContentLabel": b"UNKNOWN",
    "StructureSetLabel": b"UNKNOWN",
    "RTPlanLabel": b"UNKNOWN",
    "DoseSummationType": b"PLAN",
    "ImageType": b"ORIGINAL\\PRIMARY",
    "HangingProtocolCreationDateTime": NO_DATE,
    "MIMETypeOfEncapsulatedDocument": b"application/octet-stream",
}
_MIME_OF_CLASS = {
    "1.2.840.10008.5.1.4.1.1.104.1": b"application/pdf",
    "1.2.840.10008.5.1.4.1.1.104.2": b"text/XML",
    "1.2.840.10008.5.1.4.1.1.104.3": b"model/stl",
    "1.2.840.10008.5.1.4.1.1.104.4": b"model/obj",
    "1.2.840.10008.5.1.4.1.1.104.5": b"model/mtl",
}


def value_for(key: Key, elements: Mapping[int, RawElement], number: int, sop_class_uid: str) -> bytes:
    """The value to put into a record for the missing Type 1 `key`; `number` counts the records of that level from 1."""
    keyword = key.keyword
    if keyword in _DATES:
        return _first(elements, _DATES[keyword]) or NO_DATE
    if keyword in _TIMES:
        neighbours = tuple(_TIME_OF_DATE[tag] for tag in _DATES[_TIMES[keyword]])
        return _first(elements, neighbours) or NO_TIME
    if keyword == "PatientID":
        return b"NO-ID-%06d" % number
    if keyword == "MIMETypeOfEncapsulatedDocument":
        return _MIME_OF_CLASS.get(sop_class_uid, _FIXED[keyword])
    if keyword in _FIXED:
        return _FIXED[keyword]
    if key.vr == b"US":
        return pack("<H", 1)
    if key.vr == b"UL":
        return pack("<I", 1)
    if key.vr in (b"IS", b"SH"):
        return b"%d" % number
    return b"UNKNOWN"


def items_for(key: NestedKey) -> bytes:
    """The value (one coded item) for a missing Type 1 sequence: "Diagnostic imaging report", LOINC 18748-4."""
    code = (
        element(0x00080100, b"SH", b"18748-4")
        + element(0x00080102, b"SH", b"LN")
        + element(0x00080104, b"LO", b"Diagnostic imaging report")
    )
    return sequence(key.tag, [code])[12:]


def _first(elements: Mapping[int, RawElement], tags: tuple[int, ...]) -> bytes:
    for tag in tags:
        value = elements.get(tag, (b"", b""))[1].strip(b"\0 ")
        if value:
            return value
    return b""
