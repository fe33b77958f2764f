"""D: examples of the rules about the table of contents and the names of files."""

from __future__ import annotations

from dataclasses import replace

from facts import (
    CT,
    IMPLICIT,
    ROOT,
    clean_disc,
    make_dicomdir,
    make_disc,
    make_document,
    make_file,
    make_instance,
    make_series,
    record_of,
)
from rule_examples.case import Case, does_not_apply, fails, is_blocked, passes
from rule_examples.disc import NOTHING, ONLY_TEXT
from scanfolio.model import Dicomdir, DirectoryRecord, Disc, Kind

SLICES = make_series()


def with_table(*dicomdirs: Dicomdir, instances: object = None) -> Disc:
    return make_disc(SLICES if instances is None else instances, [make_file("README.TXT", Kind.DOCUMENT)], dicomdirs)  # type: ignore[arg-type]


def with_paths(*paths: str) -> Disc:
    """Instances at these paths, with a table of contents that lists them."""
    return clean_disc([make_instance(n, path=path) for n, path in enumerate(paths, 1)])


def moved(prefix: str) -> Disc:
    """The clean disc with its DICOMDIR in a folder of its own."""
    inside = [replace(i, path=prefix + i.path) for i in SLICES]
    table = replace(make_dicomdir(SLICES), path=prefix + "DICOMDIR")
    return make_disc(inside, [make_file("README.TXT", Kind.DOCUMENT)], [table])


NO_TABLE = make_disc(SLICES)
DAMAGED = make_disc(SLICES, [make_file("DICOMDIR", Kind.OTHER, reason="Not a DICOM file.")])
UNUSABLE = make_dicomdir(SLICES, usable=False, roots=(), faults=("the Directory Record Sequence is empty",))
LOOP = "the record at byte 900 points to the record at byte 500, which is already in the tree: a loop"
NO_DICOM = does_not_apply("a letter", ONLY_TEXT, "no_dicom", also="V02")
WITHOUT = does_not_apply("no table of contents", NO_TABLE, "no_dicomdir", also="D01")
UNREADABLE = is_blocked("a damaged table of contents", DAMAGED, "no_usable_dicomdir", also="D04")
EXTRA_PATIENT = DirectoryRecord(
    "PATIENT", 9000, keys={"PatientID": "PAT-204881", "PatientBirthDate": "", "PatientSex": ""}
)
TOPIC = DirectoryRecord("TOPIC", 9000)
RELATED = make_dicomdir(SLICES[:4])


def without(keyword: str) -> dict[str, object]:
    """What makes a table of contents whose PATIENT records lack `keyword`."""
    roots = [
        replace(root, keys={k: v for k, v in root.keys.items() if k != keyword}) for root in make_dicomdir(SLICES).roots
    ]
    return {"roots": tuple(roots)}


EXAMPLES: dict[str, list[Case]] = {
    "D01": [
        passes("a table of contents", clean_disc()),
        passes("a damaged one", DAMAGED, also="D04"),
        fails("none", NO_TABLE),
        fails("none, compressed", make_disc([make_instance(transfer_syntax_uid="1.2.840.10008.1.2.4.90")]), also="F05"),
        NO_DICOM,
        is_blocked("stopped early", make_disc(SLICES, complete=False), "stopped_early"),
    ],
    "D02": [
        passes("one", clean_disc()),
        fails(
            "neither in the root",
            with_table(*(make_dicomdir(SLICES, path=f"{n}/DICOMDIR", entry_id=n) for n in (7, 8))),
            also="D03 D06 D07",
        ),
        fails(
            "two", with_table(make_dicomdir(SLICES), make_dicomdir(SLICES, path="OLD/DICOMDIR", entry_id=7)), also="D06"
        ),
        WITHOUT,
    ],
    "D03": [
        passes("in the root", clean_disc()),
        fails("in a folder", moved("DICOM/")),
        fails(
            "everything one folder down",
            make_disc(
                [replace(i, path="DISC/" + i.path) for i in SLICES],
                (),
                [replace(make_dicomdir(SLICES), path="DISC/DICOMDIR")],
            ),
            "failed_folder_above",
        ),
        WITHOUT,
    ],
    "D04": [
        passes("well formed", clean_disc()),
        fails("not DICOM", DAMAGED),
        fails("no records", with_table(UNUSABLE)),
        fails("Implicit VR", with_table(make_dicomdir(SLICES, transfer_syntax_uid=IMPLICIT))),
        fails(
            "cut", with_table(make_dicomdir(SLICES, faults=("the file cannot be read to its end: it is cut short",)))
        ),
        WITHOUT,
    ],
    "D05": [
        passes("well formed", clean_disc()),
        fails("a loop", with_table(make_dicomdir(SLICES, faults=(LOOP,)))),
        fails(
            "a flag", with_table(make_dicomdir(SLICES, faults=("the File-set Consistency Flag (0004,1212) is not 0",)))
        ),
        WITHOUT,
        UNREADABLE,
    ],
    "D06": [
        passes("all there", clean_disc()),
        passes(
            "in small letters, with .dcm",
            with_table(make_dicomdir(SLICES), instances=[replace(i, path=i.path.lower() + ".dcm") for i in SLICES]),
            also="D13",
        ),
        fails("one missing", with_table(make_dicomdir(SLICES), instances=SLICES[:-1])),
        fails("all missing", with_table(make_dicomdir(make_series(4, 2)), instances=SLICES), "failed_all", also="D07"),
        fails(
            "under other names",
            with_table(
                make_dicomdir(SLICES), instances=[replace(i, path=f"NEW/IM{n:06}") for n, i in enumerate(SLICES)]
            ),
            "failed_moved",
            "H",
            also="D07",
        ),
        WITHOUT,
        UNREADABLE,
        is_blocked(
            "stopped early",
            with_table(make_dicomdir(make_series(9)), instances=SLICES).__class__(
                "", clean_disc().files, clean_disc().instances, (make_dicomdir(make_series(9)),), (), False
            ),
            "stopped_early",
        ),
    ],
    "D07": [
        passes("all listed", clean_disc()),
        fails("half of them", with_table(RELATED)),
        fails("one more", with_table(make_dicomdir(SLICES), instances=[*SLICES, make_instance(9)])),
        does_not_apply(
            "a table of contents alone", make_disc(dicomdirs=[make_dicomdir(SLICES)]), "no_dicom", also="V02 D06"
        ),
        WITHOUT,
        UNREADABLE,
    ],
    "D08": [
        passes("they agree", clean_disc()),
        fails(
            "another instance",
            with_table(make_dicomdir(SLICES[:1], {"sop_instance_uid": "2.25.4711"}), instances=SLICES[:1]),
        ),
        fails("another person", with_table(make_dicomdir(SLICES, keys={"PATIENT.PatientID": "OTHER"}))),
        fails("another encoding", with_table(make_dicomdir(SLICES, {"transfer_syntax_uid": IMPLICIT}))),
        does_not_apply(
            "nothing listed is here",
            with_table(make_dicomdir(make_series(4, 2))),
            "no_listed_file_here",
            also="D06 D07",
        ),
        WITHOUT,
        UNREADABLE,
    ],
    "D09": [
        passes("complete", clean_disc()),
        fails("no Study ID", with_table(make_dicomdir(SLICES, keys={"STUDY.StudyID": ""}))),
        fails("no Patient ID", with_table(make_dicomdir(SLICES, keys={"PATIENT.PatientID": " "}))),
        fails("no SOP Class", with_table(make_dicomdir(SLICES, {"sop_class_uid": ""}))),
        WITHOUT,
        UNREADABLE,
    ],
    "D10": [
        passes("complete", clean_disc()),
        passes("a report alone", clean_disc([make_document()])),
        fails("no birth date", with_table(make_dicomdir(SLICES, keys=None, **without("PatientBirthDate")))),
        fails("bare records", with_table(make_dicomdir(SLICES, {"keys": {"InstanceNumber": "1"}}))),
        does_not_apply(
            "no record of these kinds",
            with_table(Dicomdir(0, "DICOMDIR", "1.2.840.10008.1.2.1", roots=(TOPIC,), file_set_uid=f"{ROOT}.77")),
            "no_records",
            also="D07",
        ),
        WITHOUT,
        UNREADABLE,
    ],
    "D11": [
        passes("each once", clean_disc()),
        fails(
            "the person twice",
            with_table(replace(make_dicomdir(SLICES), roots=(*make_dicomdir(SLICES).roots, EXTRA_PATIENT))),
        ),
        fails("an instance twice", with_table(make_dicomdir([*SLICES, SLICES[0]]))),
        WITHOUT,
        UNREADABLE,
    ],
    "D12": [
        passes("today's types", clean_disc()),
        fails("a topic", with_table(replace(make_dicomdir(SLICES), roots=(*make_dicomdir(SLICES).roots, TOPIC)))),
        fails("private records", with_table(make_dicomdir(SLICES, {"record_type": "PRIVATE"}))),
        WITHOUT,
        UNREADABLE,
    ],
    "D13": [
        passes("File IDs", clean_disc()),
        passes("in small letters", with_paths("dicom/im000001")),
        fails("an extension", with_paths("DICOM/IM000001.DCM")),
        fails("long names", with_paths("DICOM/IMAGE000001")),
        fails("other characters", with_paths("DICOM/IM-00001")),
        fails("too deep", with_paths("A/B/C/D/E/F/G/H/I")),
        fails("both cases", with_paths("Dicom/Im0001")),
        NO_DICOM,
    ],
    "D14": [
        passes("capital letters", clean_disc()),
        fails("small letters", with_paths("dicom/im000001")),
        fails("some in small letters", with_paths("DICOM/IM000001", "DICOM/im000002")),
        NO_DICOM,
    ],
    "D15": [
        passes("plain names", clean_disc()),
        fails(";1", with_paths("DICOM/IM000001;1")),
        fails("a dot", with_paths("DICOM/IM000001.")),
        NO_DICOM,
    ],
    "D16": [
        passes("plain names", clean_disc()),
        fails("an umlaut", with_paths("GRÖSSE/IM000001"), also="D13"),
        fails("Japanese", with_paths("画像/IM000001"), also="D13"),
        NO_DICOM,
    ],
    "D17": [
        passes("there", clean_disc()),
        fails(
            "in a folder only",
            make_disc(SLICES, [make_file("HELP/README.TXT", Kind.DOCUMENT)], [make_dicomdir(SLICES)]),
        ),
        passes(
            "beside the DICOMDIR of a folder",
            make_disc(
                [replace(i, path="DISC/" + i.path) for i in SLICES],
                [make_file("DISC/README.TXT", Kind.DOCUMENT)],
                [replace(make_dicomdir(SLICES), path="DISC/DICOMDIR")],
            ),
            also="D03",
        ),
        fails("not there", NO_TABLE, also="D01"),
        NO_DICOM,
    ],
    "D18": [
        passes("unique", clean_disc()),
        fails("missing", with_table(make_dicomdir(SLICES, file_set_uid=""))),
        fails("invalid", with_table(make_dicomdir(SLICES, file_set_uid="1.02.3"))),
        fails("an instance's", with_table(make_dicomdir(SLICES, file_set_uid=SLICES[0].sop_instance_uid))),
        WITHOUT,
    ],
}
assert record_of(SLICES[0]).sop_class_uid == CT and NOTHING.files == ()
