"""S: examples of the rules about the person and the identity numbers."""

from __future__ import annotations

from dataclasses import replace

from facts import US, clean_disc, make_dicomdir, make_disc, make_document, make_file
from facts import make_instance as one
from facts import make_series as series
from rule_examples.case import Case, does_not_apply, fails, is_blocked, passes
from rule_examples.disc import ONLY_TEXT
from scanfolio.model import Disc, Kind
from scanfolio.rules.closer import Closer

NO_DICOM = does_not_apply("a letter", ONLY_TEXT, "no_dicom", also="V02")
NOBODY = {"patient_name": "", "patient_id": "", "patient_birth_date": ""}
NO_NAME = does_not_apply("nobody is named", clean_disc(series(**NOBODY)), "no_identity", also="S04 S05")
JOHN = {"patient_name": "Roe^Richard", "patient_id": "PAT-9", "patient_birth_date": "19610602"}


def of(**changes: object) -> Disc:
    return clean_disc(series(**changes))


def and_then(**changes: object) -> Disc:
    """A clean study, and a second one that differs."""
    return clean_disc([*series(), *series(study=2, **changes)])


def within(**changes: object) -> Disc:
    """One series of which half differs."""
    return clean_disc([*series(4), *(one(n, **changes) for n in range(5, 9))])


def twice(**changes: object) -> Disc:
    first = one(1)
    return clean_disc([first, replace(first, entry_id=99, path="DICOM/COPY0001", **changes)])


def named_in_table(**keys: str) -> Disc:
    slices = series(**NOBODY, patient_sex="") if not keys else series(patient_id="")
    return make_disc(slices, [make_file("README.TXT", Kind.DOCUMENT)], [make_dicomdir(slices, keys=keys)])


EXAMPLES: dict[str, list[Case]] = {
    "S01": [
        passes("one person", clean_disc()),
        passes("one person in two studies", and_then()),
        passes("case, padding and empty parts", and_then(patient_name="DOE^JANE^^^")),
        passes("a report without a name", clean_disc([*series(), make_document(**NOBODY)]), also="S05 D11"),
        fails("two people", and_then(**JOHN)),
        fails("one number, two birth dates", and_then(patient_birth_date="19890909"), also="S02"),
        fails(
            "two numbers, no names",
            clean_disc([*series(patient_name=""), *series(study=2, patient_name="", patient_id="X")]),
            also="S05",
        ),
        fails(
            "names alike, but other numbers and no birth date",
            clean_disc(
                [
                    *series(patient_name="SMITH^ANNA", patient_birth_date=""),
                    *series(study=2, patient_name="SMITH^ANNE", patient_id="X", patient_birth_date=""),
                ]
            ),
        ),
        fails("one person with two numbers", and_then(patient_id="H2-77"), "question", "W"),
        fails(
            "the same name, two numbers, no birth date",
            clean_disc([*series(patient_birth_date=""), *series(study=2, patient_id="X", patient_birth_date="")]),
            "question",
            "H",
        ),
        fails("a letter more", and_then(patient_name="DOE^JANET"), "question_spelling", "W"),
        fails("initials", and_then(patient_name="DOE^J"), "question_spelling", "W"),
        NO_DICOM,
        NO_NAME,
    ],
    "S02": [
        passes("they agree", clean_disc()),
        passes("case and padding", within(patient_name="DOE^JANE^")),
        passes("an ideographic group more", within(patient_name="DOE^JANE=土井^ジェーン")),
        fails("another number within a series", within(patient_id="OTHER"), also="D11"),
        fails("another name within a series", within(patient_name="ROE^RICHARD"), also="S01"),
        fails("another birth date within a series", within(patient_birth_date="19580413"), also="S01"),
        fails("one number, two names, in two studies", and_then(patient_name="ROE^RICHARD"), also="S01"),
        fails("spelled otherwise", within(patient_name="DOE^JANE ANN"), "question", "W"),
        fails("half without a number", within(patient_id=""), "question", "W", also="S04 D11"),
        NO_DICOM,
    ],
    "S03": [
        passes("confirmed", clean_disc(), person_confirmed=True),
        fails("denied", clean_disc(), person_confirmed=False),
        fails("denied of a report", clean_disc([make_document()]), person_confirmed=False),
        is_blocked("not asked yet", clean_disc(), "not_asked_yet"),
        does_not_apply("two people", and_then(**JOHN), "several_persons", also="S01"),
        NO_DICOM,
        NO_NAME,
    ],
    "S04": [
        passes("there", clean_disc()),
        fails("empty, and no table of contents", make_disc(series(patient_id="")), also="D01"),
        fails("empty in the table, too", named_in_table(**{"PATIENT.PatientID": ""}), also="D09"),
        fails("the table supplies it", named_in_table(**{"PATIENT.PatientID": "MADE-UP"}), "supplied", "I"),
        NO_DICOM,
    ],
    "S05": [
        passes("name and birth date", clean_disc()),
        fails("no name", of(patient_name="")),
        fails("ANONYMOUS", of(patient_name="Anonymous^^")),
        fails("identity removed", of(patient_identity_removed="YES")),
        fails("no birth date", of(patient_birth_date=""), "no_birth_date", "W"),
        NO_DICOM,
    ],
    "S06": [
        passes("all decodes", clean_disc()),
        fails("bytes no character set explains", of(undecodable_text=True, specific_character_set=())),
        fails(
            "Cyrillic letters under none",
            of(undecodable_text=True, specific_character_set=(), text_hint="windows-1251 (Cyrillic)"),
            "failed_hint",
        ),
        fails("UTF-8 under ISO_IR 100", of(text_hint="UTF-8"), "failed_hint"),
        NO_DICOM,
    ],
    "S07": [
        passes("all distinct", clean_disc()),
        passes("the same image twice", twice(), also="D11", closer=Closer(digests={one(1).entry_id: "a", 99: "a"})),
        fails("another position", twice(image_position_mm=(0.0, 0.0, 9.0)), also="D11"),
        fails("another content", twice(), also="D11", closer=Closer(digests={one(1).entry_id: "a", 99: "b"})),
        is_blocked("not compared", twice(), "not_compared", also="D11"),
        is_blocked(
            "in two encodings",
            twice(transfer_syntax_uid="1.2.840.10008.1.2.5"),
            "not_compared",
            also="F05 D11",
            closer=Closer(digests={one(1).entry_id: "a", 99: "b"}),
        ),
        NO_DICOM,
    ],
    "S08": [
        passes("all distinct", clean_disc()),
        passes("different ones (S07)", twice(rows=256, pixel_data_length=256 * 1024), also="S07 D11"),
        fails("the same twice", twice(), also="D11", closer=Closer(digests={one(1).entry_id: "a", 99: "a"})),
        fails("alike, not compared", twice(), "failed_alike", also="D11"),
        NO_DICOM,
    ],
    "S09": [
        passes("all valid", clean_disc()),
        passes("a well-known frame of reference", of(frame_of_reference_uid="1.2.840.10008.1.4.1.1")),
        fails("a leading zero", of(study_instance_uid="2.25.01")),
        fails("letters", of(series_instance_uid="2.25.A")),
        fails("too long", of(frame_of_reference_uid="2.25." + "1" * 60)),
        fails("the Standard's own root", of(study_instance_uid="1.2.840.10008.1.2")),
        fails("missing", of(study_instance_uid=""), also="D09"),
        NO_DICOM,
    ],
    "S10": [
        passes("each for one thing", clean_disc()),
        fails("study and series", of(series_instance_uid="2.25.1960.1"), also="D18"),
        fails(
            "one series in two studies",
            clean_disc([*series(4), *(one(n, study_instance_uid="2.25.8") for n in range(5, 9))]),
            also="D11",
        ),
        NO_DICOM,
    ],
    "S12": [
        passes("a left knee", of(body_part_examined="KNEE", laterality="L")),
        fails("a knee, but which", of(body_part_examined="KNEE")),
        fails("a mammogram without a side", of(modality="MG", sop_class_uid="1.2.840.10008.5.1.4.1.1.1.2")),
        fails("a side of its own", of(body_part_examined="HAND", laterality="X"), "unknown"),
        does_not_apply("a chest", of(body_part_examined="CHEST"), "no_paired_part"),
        does_not_apply("a report alone", clean_disc([make_document()]), "no_images"),
    ],
    "S11": [
        passes("NO", clean_disc()),
        fails("YES", of(burned_in_annotation="YES")),
        fails("an ultrasound that does not say", of(sop_class_uid=US, modality="US", burned_in_annotation=""), "maybe"),
        does_not_apply("a report alone", clean_disc([make_document()]), "no_images"),
    ],
}
