"""F: examples of the rules about how files are written."""

from __future__ import annotations

from dataclasses import replace

from facts import (
    BIG_ENDIAN,
    CT,
    DOSE_SR,
    IMPLICIT,
    JPEG2000_LOSSLESS,
    JPEG_BASELINE,
    MPEG4,
    PDF,
    PIXEL_BYTES,
    clean_disc,
    make_disc,
)
from facts import make_document as document
from facts import make_instance as one
from facts import make_series as series
from rule_examples.case import Case, does_not_apply, fails, is_blocked, passes
from rule_examples.disc import ONLY_TEXT
from scanfolio.model import Disc, Kind
from scanfolio.rules.closer import Closer

NO_DICOM = does_not_apply("a letter", ONLY_TEXT, "no_dicom", also="V02")
ONLY_A_REPORT = does_not_apply("a report alone", clean_disc([document()]), "no_images")
BARE = {
    "preamble": "none",
    "has_file_meta": False,
    "media_storage_sop_class_uid": "",
    "media_storage_sop_instance_uid": "",
    "transfer_syntax_uid": "",
}
REPORT = clean_disc([*series(), document()])
ENTRIES = [i.entry_id for i in series()]
STUDY_MANAGEMENT = "1.2.840.10008.3.1.2.3.1"
PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.1"


def refers(*references: tuple[str, str]) -> Closer:
    """The one document of the disc refers to these."""
    return Closer(references={document().entry_id: frozenset(references)})


PRIVATE = "1.2.826.0.1.3680043.9.1"


def of(**changes: object) -> Disc:
    return clean_disc(series(**changes))


def compressed(uid: str, **changes: object) -> Disc:
    return of(transfer_syntax_uid=uid, pixel_data_length=None, size=200_000, **changes)


def in_other_files(signature: str) -> Disc:
    """A clean disc by all facts of its instances, which do not begin where their files do."""
    disc = clean_disc()
    files = [replace(f, signature=signature) if f.kind is Kind.DICOM else f for f in disc.files]
    return replace(disc, files=tuple(files))


EXAMPLES: dict[str, list[Case]] = {
    "F01": [
        passes("all have it", clean_disc()),
        fails("none", make_disc(series(**BARE)), also="D01"),
        fails("no preamble, but group 0002", of(preamble="none")),
        fails("packed with gzip", in_other_files("DICOM instance in gzip")),
        fails("behind other bytes", in_other_files("DICOM instance, displaced")),
        NO_DICOM,
    ],
    "F02": [
        passes("well formed", clean_disc()),
        fails("no group length", of(meta_faults=("(0002,0000) File Meta Information Group Length is missing",))),
        fails(
            "another encoding than it says",
            of(
                notes=("the transfer syntax says explicit VR little endian, the data set is implicit VR little endian",)
            ),
        ),
        does_not_apply("no header", make_disc(series(**BARE)), "no_file_meta", also="D01 F01"),
        NO_DICOM,
    ],
    "F03": [
        passes("they agree", clean_disc()),
        fails("another class", of(media_storage_sop_class_uid="1.2.840.10008.5.1.4.1.1.7")),
        fails("another instance", of(media_storage_sop_instance_uid="2.25.99")),
        does_not_apply("no header", make_disc(series(**BARE)), "no_file_meta", also="D01 F01"),
        NO_DICOM,
    ],
    "F04": [
        passes("Explicit VR Little Endian", clean_disc()),
        fails("Implicit VR", of(transfer_syntax_uid=IMPLICIT)),
        fails("Big Endian", of(transfer_syntax_uid=BIG_ENDIAN)),
        fails("deflated", of(transfer_syntax_uid="1.2.840.10008.1.2.1.99", pixel_data_offset=None)),
        NO_DICOM,
    ],
    "F05": [
        passes("not compressed", clean_disc()),
        fails("JPEG 2000", compressed(JPEG2000_LOSSLESS)),
        fails("RLE", compressed("1.2.840.10008.1.2.5")),
        fails("HTJ2K", compressed("1.2.840.10008.1.2.4.202")),
        fails(
            "one of them",
            clean_disc([*series(4), one(5, transfer_syntax_uid=JPEG2000_LOSSLESS, pixel_data_length=None)]),
        ),
        NO_DICOM,
    ],
    "F06": [
        passes("nothing lost", clean_disc()),
        passes("JPEG 2000 that may be lossless", compressed("1.2.840.10008.1.2.4.91"), also="F05"),
        fails("JPEG baseline", compressed(JPEG_BASELINE, bits_allocated=8, bits_stored=8, high_bit=7), also="F05"),
        fails("marked, unpacked since", of(lossy_image_compression="01", lossy_image_compression_ratio="10")),
        ONLY_A_REPORT,
    ],
    "F07": [
        passes("native", clean_disc()),
        passes("JPEG 2000", compressed(JPEG2000_LOSSLESS), also="F05"),
        fails("a private compression", compressed(PRIVATE), also="F12"),
        fails("a decoder that is not there", compressed(JPEG2000_LOSSLESS), also="F05", decodable=lambda uid: False),
        NO_DICOM,
        ONLY_A_REPORT,
    ],
    "F08": [
        passes("no film", clean_disc()),
        fails("MPEG-4", compressed(MPEG4)),
        fails("MPEG2", compressed("1.2.840.10008.1.2.4.100")),
        NO_DICOM,
    ],
    "F09": [
        passes("whole", clean_disc()),
        passes("one bit a pixel", of(bits_allocated=1, bits_stored=1, high_bit=0, pixel_data_length=512 * 512 // 8)),
        fails(
            "the reader says so",
            of(truncated="the pixel data should be 524,288 bytes long, the file ends after 100 of them"),
        ),
        fails("too few pixels", of(pixel_data_length=PIXEL_BYTES - 2)),
        fails("the file ends", of(size=PIXEL_BYTES)),
        fails("frames missing", of(number_of_frames=2)),
        NO_DICOM,
    ],
    "F10": [
        passes("nothing behind", clean_disc()),
        passes("padding behind", of(trailing_bytes=138), closer=Closer(trailing=dict.fromkeys(ENTRIES, 0))),
        fails("zeros behind", of(trailing_bytes=512), closer=Closer(trailing=dict.fromkeys(ENTRIES, 512))),
        fails("one file", clean_disc([one(1), one(2, trailing_bytes=1)]), closer=Closer(trailing={one(2).entry_id: 1})),
        fails("a name of seven letters", of(layout=replace(one().layout, odd=frozenset({0x00100010}))), "odd"),
        fails(
            "pixels of an odd length",
            of(rows=511, columns=511, bits_allocated=8, bits_stored=8, high_bit=7, pixel_data_length=511 * 511),
            "odd",
        ),
        is_blocked("not looked at", of(trailing_bytes=138), "end_not_read"),
        NO_DICOM,
    ],
    "F14": [
        passes("its images are here", REPORT, closer=refers((CT, one(1).sop_instance_uid))),
        passes("a study is no image", REPORT, closer=refers((STUDY_MANAGEMENT, "2.25.77"))),
        fails("one is not", REPORT, closer=refers((CT, one(1).sop_instance_uid), (CT, "2.25.77"))),
        fails("none is", clean_disc([document()]), closer=refers((CT, one(1).sop_instance_uid))),
        fails(
            "a presentation state",
            clean_disc([*series(), document(sop_class_uid=PRESENTATION, modality="PR")]),
            closer=refers((CT, "2.25.77")),
        ),
        does_not_apply("images alone", clean_disc(), "nothing_refers"),
        NO_DICOM,
        is_blocked("not looked into", REPORT, "references_unread"),
        is_blocked("stopped early", replace(REPORT, complete=False), "stopped_early"),
    ],
    "F11": [
        passes("all fit", clean_disc()),
        fails(
            "two values in one of many",
            clean_disc([*series(), one(9, notes=("(0020,0013) a", "(0028,1050) b"))]),
        ),
        fails("a value nobody can read", of(notes=("(0028,0030) PixelSpacing cannot be read: ValueError",))),
        NO_DICOM,
    ],
    "F12": [
        passes("standard", clean_disc()),
        fails("a private class", clean_disc([document(sop_class_uid=PRIVATE)])),
        fails("a private transfer syntax", compressed(PRIVATE), also="F07"),
        NO_DICOM,
    ],
    "F13": [
        passes("none", clean_disc()),
        fails("a PDF", clean_disc([*series(), document(sop_class_uid=PDF, modality="DOC")])),
        fails("a dose report", clean_disc([*series(), document(sop_class_uid=DOSE_SR)]), "failed_dose"),
        NO_DICOM,
    ],
}
