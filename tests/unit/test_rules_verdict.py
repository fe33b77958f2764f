"""Which class a disc gets, which wording, and that the order is safety first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facts import (
    BIG_ENDIAN,
    IMPLICIT,
    JPEG2000_LOSSLESS,
    MPEG4,
    clean_disc,
    failing,
    judged,
    make_dicomdir,
    make_disc,
    make_document,
    make_file,
    make_instance,
    make_series,
)
from rule_examples.disc import NOTHING, OPAQUE, VIEWER, broken, locked_file, pictures
from scanfolio.model import Disc, Kind
from scanfolio.rules import Report
from scanfolio.rules.verdict import reach_verdict
from scanfolio.words import catalogue

JPEG2000 = {"transfer_syntax_uid": JPEG2000_LOSSLESS, "pixel_data_length": None, "size": 200_000}
ROE = {"patient_name": "Roe^Richard", "patient_id": "PAT-9", "patient_birth_date": "19610602"}
SLICES = make_series()
DICOMDIR_ALONE = Disc("", clean_disc().files[:1], (), clean_disc().dicomdirs, ())


def evlite() -> Disc:
    """A viewer disc whose DICOM folder is gone: programs, their libraries, opaque indexes, help and a README."""
    programs = [
        make_file(f"OTHER/EVLITE/{name}", Kind.PROGRAM) for name in ("EVClientLight.exe", "mfc71.dll", "raw2jpg.dll")
    ]
    rest = [
        make_file("001_20180213_093005_002302.dat", Kind.OTHER, 2620),
        make_file("OTHER/EVLITE/EVLite_help.pdf", Kind.DOCUMENT, 867_987),
        make_file("OTHER/index.evx", Kind.OTHER, 154_832),
        make_file("autorun.inf", Kind.PROGRAM, 91),
        make_file("readme.txt", Kind.DOCUMENT, 1860),
    ]
    return make_disc(files=[*programs, *rest])


DISCS: dict[str, tuple[str, Disc]] = {
    "our own export": ("A", clean_disc()),
    "with the IHE_PDI pages of a real disc": (
        "A",
        clean_disc(files=[*pictures(117, "IHE_PDI/IMAGE", 46_000), make_file("IHE_PDI/VIEW1.HTM", Kind.DOCUMENT)]),
    ),
    "with a viewer, a PDF and three pictures": (
        "A",
        clean_disc(files=[*VIEWER, *pictures(3), make_file("LETTER.PDF", Kind.DOCUMENT)]),
    ),
    "with an empty Study ID that the table supplies": ("A", clean_disc(make_series(study_id=""))),
    "without positions, which no copy can repair": ("A_remarks", clean_disc(make_series(image_position_mm=None))),
    "our export without its DICOMDIR": ("B", make_disc(SLICES, [make_file("README.TXT", Kind.DOCUMENT)])),
    "with a table that lists half": ("B_table", make_disc(SLICES, (), [make_dicomdir(SLICES[:4])])),
    "with file names of its own": ("B_names", clean_disc([make_instance(1, path="CT.1.2.3.dcm")])),
    "one folder too deep": (
        "B_place",
        make_disc(
            [replace(i, path="DISC/" + i.path) for i in SLICES],
            (),
            [replace(make_dicomdir(SLICES), path="DISC/DICOMDIR")],
        ),
    ),
    "listed under other names": (
        "B_table",
        make_disc([replace(i, path=f"NEW/IM{n:06}") for n, i in enumerate(SLICES)], (), [make_dicomdir(SLICES)]),
    ),
    "a folder of JPEG 2000": ("C", make_disc(make_series(**JPEG2000))),
    "a conformant disc of JPEG 2000": ("C", clean_disc(make_series(**JPEG2000))),
    "five of eight in JPEG 2000": ("C_some", clean_disc([*make_series(3), *make_series(5, 2, **JPEG2000)])),
    "JPEG 2000 and a report": ("C", clean_disc([*make_series(**JPEG2000), make_document()])),
    "Implicit VR": ("C_form", clean_disc(make_series(transfer_syntax_uid=IMPLICIT))),
    "Big Endian, without a DICOMDIR": ("C_form", make_disc(make_series(transfer_syntax_uid=BIG_ENDIAN))),
    "no preamble": ("C_header", make_disc(make_series(preamble="none", has_file_meta=False))),
    "a program in a preamble": ("C_hidden", clean_disc([make_instance(preamble="program")])),
    "films": ("C_kept", clean_disc([make_instance(transfer_syntax_uid=MPEG4, pixel_data_length=None)])),
    "ninety pictures beside eight images": ("D", clean_disc(files=pictures(90))),
    "pictures beside JPEG 2000": ("D", clean_disc(make_series(**JPEG2000), pictures(90))),
    "a viewer disc without its DICOM folder": ("E", evlite()),
    "programs, opaque files and pictures": ("E", make_disc(files=[*VIEWER, *OPAQUE, *pictures(412)])),
    "pictures alone": ("E_pictures", make_disc(files=pictures(12))),
    "a table of contents alone": ("E_listed", DICOMDIR_ALONE),
    "a table of contents and the viewer": ("E_listed", replace(DICOMDIR_ALONE, files=(*DICOMDIR_ALONE.files, *VIEWER))),
    "an empty folder": ("E_nothing", NOTHING),
    "a letter": ("E_other", make_disc(files=[make_file("LETTER.TXT", Kind.DOCUMENT)])),
    "raw files": ("E_raw", make_disc(files=[make_file("E1S1I1.MR", Kind.OTHER, signature="GE Signa raw image")])),
    "CMS envelopes alone": ("F", make_disc(files=[locked_file(n) for n in range(9)])),
    "CMS envelopes among images": ("F", clean_disc(files=[locked_file(1)])),
    "a locked zip alone": ("F", make_disc(files=[locked_file(1, Kind.ARCHIVE)])),
    "a locked zip beside images": ("A", clean_disc(files=[locked_file(1, Kind.ARCHIVE)])),
    "a truncated image": ("G", clean_disc([*SLICES, make_instance(9, truncated="the file ends early")])),
    "a file that cannot be read": ("G", make_disc(SLICES, [broken("DICOM/IM000009")])),
    "a listed file that is missing": ("G_missing", make_disc(SLICES[:-1], (), [make_dicomdir(SLICES)])),
    "a truncated and a missing one": (
        "G_both",
        make_disc([*SLICES[:-2], replace(SLICES[-2], truncated="the file ends early")], (), [make_dicomdir(SLICES)]),
    ),
    "nothing but read errors": ("G_all", make_disc(files=[broken(f"IM{n}") for n in range(9)])),
    "two people": ("H", make_disc([*SLICES, *make_series(study=2, **ROE)])),
    "two people, one truncated, compressed": (
        "H",
        make_disc([*SLICES, make_instance(1, study=2, truncated="x", **ROE)]),
    ),
    "two names in one series": (
        "H_contradiction",
        clean_disc([*make_series(4), make_instance(9, patient_name="Roe^Richard")]),
    ),
    "two images with one number": (
        "H_number",
        clean_disc([SLICES[0], replace(SLICES[0], entry_id=9, path="DICOM/IM000009", rows=256)]),
    ),
    "the same person spelled otherwise": (
        "A",
        clean_disc([*SLICES, *make_series(study=2, patient_name="DOE^JANE^^^")]),
    ),
    "perhaps the same person": ("A", clean_disc([*SLICES, *make_series(study=2, patient_name="DOE^JANET")])),
}


@pytest.mark.parametrize("name", DISCS)
def test_class_and_wording(name: str) -> None:
    variant, disc = DISCS[name]
    verdict = judged(disc).verdict
    assert (verdict.variant, verdict.letter) == (variant, variant[0])
    assert verdict.title.endswith(".") and verdict.summary and verdict.meaning
    assert 1 <= len(verdict.next_steps) <= 5
    assert verdict.full


def test_every_wording_is_reached() -> None:
    written = {key.split(".")[2] for key in catalogue() if key.startswith("rules.verdict.")}
    reached = {variant for variant, _ in DISCS.values()} | {"A_so_far", "E_so_far", "H_denied"}
    assert written == reached


def test_the_answer_of_the_direction_for_a_disc_that_is_in_order() -> None:
    verdict = judged(clean_disc(make_series(243))).verdict
    assert verdict.title == "This is a standard DICOM disc, ready to hand over."
    assert verdict.summary == "243 images, 1 examination, 1 person. No check found anything that would stop an import."


def test_counts_in_the_words() -> None:
    damaged = clean_disc([*make_series(1812), *make_series(31, 2, truncated="the file ends early")])
    assert judged(damaged).verdict.title == "This disc is damaged: 31 of 1,843 images cannot be read completely."
    missing = make_disc(SLICES[:5], (), [make_dicomdir(SLICES)])
    assert judged(missing).verdict.title == "This disc is incomplete: 3 of 8 listed files are not on it."
    two = judged(make_disc([*SLICES, *make_series(study=2, **ROE)])).verdict
    assert two.summary.startswith("We found 2 different people.")


def test_a_missing_slice_is_told_in_the_summary() -> None:
    report = judged(make_disc([i for i in make_series(12) if i.instance_number != 5]))
    assert report.verdict.letter == "B"
    assert "1 slice seems to be missing." in report.verdict.summary


def test_stopped_early_is_never_a_full_answer() -> None:
    unread = make_file(
        "DICOM/IM000009", Kind.UNREADABLE, signature="not read", reason="We stopped before this file was read."
    )
    report = judged(clean_disc(files=[unread], complete=False))
    assert (report.verdict.variant, report.verdict.full) == ("A_so_far", False)
    assert "we read 10 of 11 files" in report.verdict.summary
    assert judged(make_disc(files=[unread], complete=False)).verdict.variant == "E_so_far"
    assert failing(report, "BH") == set()


def test_denied_by_the_person() -> None:
    assert judged(clean_disc(), person_confirmed=False).verdict.variant == "H_denied"
    assert judged(clean_disc(), person_confirmed=True).verdict.variant == "A"


def test_a_rule_that_crashed_takes_the_certainty_from_the_answer() -> None:
    from scanfolio.rules.context import DiscContext
    from scanfolio.rules.judge import run_rule
    from scanfolio.rules.registry import RULES

    class Broken(DiscContext):
        @property
        def persons(self):  # type: ignore[no-untyped-def,override]
            raise KeyError("Doe^Jane")

    context = Broken(clean_disc())
    outcomes = [run_rule(rule, context) for rule in RULES.values()]
    verdict = reach_verdict(outcomes, DiscContext(clean_disc()))
    assert (verdict.variant, verdict.full) == ("A_so_far", False)
    assert "failed to run. That is our fault" in verdict.summary


def test_no_forbidden_words() -> None:
    """The voice: no exclamation marks, no promises, no "please wait"."""
    for key, text in catalogue().items():
        if not key.startswith("rules."):
            continue
        for form in text.values() if isinstance(text, dict) else [text]:
            said = form.lower()
            assert "!" not in said, key
            for word in ("successful", " safe", "anonymous", "oops", "please wait", "guarantee", "is certified"):
                assert word not in said, (key, word)


def report_of(name: str) -> Report:
    return judged(DISCS[name][1])
