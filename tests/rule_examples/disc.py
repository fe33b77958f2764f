"""V: examples of the rules about what is on the disc."""

from __future__ import annotations

from facts import clean_disc, make_disc, make_document, make_file, make_instance, make_series
from rule_examples.case import Case, does_not_apply, fails, is_blocked, passes
from scanfolio.model import Disc, FileRecord, Inside, Kind


def pictures(count: int, folder: str = "PICTURES", size: int = 30_000) -> list:  # type: ignore[type-arg]
    return [make_file(f"{folder}/P{n:04}.JPG", Kind.PICTURE, size) for n in range(count)]


VIEWER = [make_file("VIEWER/VIEW.EXE", Kind.PROGRAM), make_file("VIEWER/LIB.DLL", Kind.PROGRAM)]
OPAQUE = [make_file(f"DATA/PVDATA.{n:03}", Kind.OTHER, 500_000) for n in range(4)]
NOTHING = make_disc()
ONLY_TEXT = make_disc(files=[make_file("LETTER.TXT", Kind.DOCUMENT, 500)])


def self_display() -> Disc:
    return make_disc(files=[*VIEWER, *OPAQUE, *pictures(12)])


def broken(path: str, **changes: object) -> object:
    return make_file(path, Kind.UNREADABLE, reason="This file could not be read.", signature="not readable", **changes)


def locked_file(number: int, kind: Kind = Kind.OTHER, signature: str = "encrypted (CMS)") -> object:
    return make_file(f"SECURE/IM{number:06}", kind, signature=signature, locked=True)


def archive_file(path: str, inside: Inside) -> FileRecord:
    return make_file(path, Kind.ARCHIVE, signature="zip archive", inside=inside)


EXAMPLES: dict[str, list[Case]] = {
    "V01": [
        passes("eight images", clean_disc()),
        passes("a report alone", clean_disc([make_document()]), "passed_documents"),
        fails("a letter", ONLY_TEXT, also="V02"),
        fails("an empty folder", NOTHING),
    ],
    "V02": [
        passes("eight images", clean_disc()),
        fails("programs and opaque files", self_display()),
        fails("pictures alone", make_disc(files=pictures(12)), "failed_pictures"),
        fails(
            "a table of contents alone",
            Disc("", clean_disc().files[:1], (), clean_disc().dicomdirs, ()),
            "failed_listed",
            also="D06",
        ),
        fails("a letter", ONLY_TEXT, "failed_other"),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
        is_blocked("locked files alone", make_disc(files=[locked_file(1)]), "locked", also="V05"),
        is_blocked("stopped early", make_disc(files=VIEWER, complete=False), "stopped_early"),
    ],
    "V03": [
        passes("no picture", clean_disc()),
        passes("buttons of a page", clean_disc(files=pictures(9, "IHE_PDI/DESIGN", 2000))),
        passes("a viewer's pictures", clean_disc(files=[*VIEWER, *pictures(9, "VIEWER")])),
        fails("pictures beside the images", clean_disc(files=pictures(3))),
        fails("pictures in web pages", clean_disc(files=pictures(8, "IHE_PDI/IMAGE"))),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
    ],
    "V04": [
        passes("no archive", clean_disc()),
        passes("a viewer's archive", clean_disc(files=[*VIEWER, make_file("VIEWER/HELP.ZIP", Kind.ARCHIVE)])),
        fails("a zip", clean_disc(files=[make_file("IMAGES.ZIP", Kind.ARCHIVE, signature="zip archive")])),
        fails(
            "a disc image", clean_disc(files=[make_file("DISC.ISO", Kind.ARCHIVE, signature="disc image (ISO 9660)")])
        ),
        fails("one that cannot be opened", clean_disc(files=[archive_file("A.ZIP", Inside.REFUSED)]), "failed_refused"),
        passes("one that was looked into", clean_disc(files=[archive_file("A.ZIP", Inside.LISTED)]), "passed_opened"),
        fails(
            "one of two looked into",
            clean_disc(files=[archive_file("A.ZIP", Inside.LISTED), archive_file("B.ZIP", Inside.CLOSED)]),
        ),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
    ],
    "V05": [
        passes("no locked file", clean_disc()),
        fails("CMS envelopes", make_disc(files=[locked_file(n) for n in range(3)])),
        fails("images and CMS envelopes", clean_disc(files=[locked_file(1)])),
        fails("a locked zip beside images", clean_disc(files=[locked_file(1, Kind.ARCHIVE)]), "failed_other", "W"),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
    ],
    "V06": [
        passes("no raw format", clean_disc()),
        fails(
            "ACR-NEMA",
            make_disc(
                [make_instance(sop_class_uid="", media_storage_sop_class_uid="", preamble="none", has_file_meta=False)]
            ),
            also="D01 F01",
        ),
        fails(
            "Signa raw files",
            make_disc(files=[make_file("E1S1I1.MR", Kind.OTHER, signature="GE Signa raw image")]),
            also="V02",
        ),
        fails(
            "NIfTI beside images",
            clean_disc(files=[make_file("BRAIN.NII", Kind.OTHER, signature="NIfTI image")]),
            "beside",
            "W",
        ),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
    ],
    "V07": [
        passes("all read", clean_disc()),
        passes("an empty text file", clean_disc(files=[make_file("EMPTY.TXT", Kind.OTHER, 0)])),
        fails("a file that may be an image", make_disc([*make_series(3)], [broken("DICOM/IM000009")]), also="D01"),
        fails(
            "an empty file among images",
            make_disc(make_series(3), [make_file("DICOM/PT000000/ST000000/SE000000/IM000009", Kind.OTHER, 0)]),
            also="D01",
        ),
        fails("a page that cannot be read", clean_disc(files=[broken("HELP.HTM")]), "failed_other", "W"),
        fails("an empty file elsewhere", clean_disc(files=[make_file("EMPTY", Kind.OTHER, 0)]), "failed_other", "W"),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
        is_blocked("stopped early", clean_disc(complete=False), "stopped_early"),
    ],
    "V08": [
        passes("no program", clean_disc()),
        fails("a viewer", clean_disc(files=VIEWER)),
        fails("autorun alone", clean_disc(files=[make_file("AUTORUN.INF", Kind.OTHER, 90)])),
        does_not_apply("an empty folder", NOTHING, "nothing_here"),
    ],
    "V09": [
        passes("preambles of zeros", clean_disc()),
        passes("TIFF preambles", clean_disc([make_instance(preamble="tiff")])),
        fails("a program in front", clean_disc([make_instance(preamble="program")])),
        fails("in one of many", clean_disc([*make_series(), make_instance(9, preamble="program")])),
        does_not_apply(
            "no preamble",
            make_disc([make_instance(preamble="none", has_file_meta=False)]),
            "no_preamble",
            also="D01 F01",
        ),
        does_not_apply("a letter", ONLY_TEXT, "no_dicom", also="V02"),
    ],
    "V10": [
        passes("the folder IHE_PDI", clean_disc(files=[make_file("IHE_PDI/PAGE.HTM", Kind.DOCUMENT)])),
        does_not_apply("no such folder", clean_disc(), "no_pdi_marks"),
        does_not_apply("a letter", ONLY_TEXT, "no_dicom", also="V02"),
    ],
}
