"""Profiles are met or not, and for each kind of system the report says whether the disc and a copy would open there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import discs
from facts import (
    BIG_ENDIAN,
    CR,
    IMPLICIT,
    JPEG2000_LOSSLESS,
    JPEG_BASELINE,
    MPEG4,
    clean_disc,
    judged,
    make_dicomdir,
    make_disc,
    make_document,
    make_instance,
    make_series,
)
from scanfolio.effects import Progress
from scanfolio.export.drive import run
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import EVERYONE, Choices
from scanfolio.model import Disc
from scanfolio.rules.context import DiscContext
from scanfolio.rules.forms import AS_ENCODED, MOST_COMPATIBLE, form_in_copy, forms_of
from scanfolio.rules.outcome import State
from scanfolio.rules.profiles import PUBLISHED, judge_profiles
from scanfolio.rules.receivers import RECEIVERS, Answer
from scanfolio.session import Session
from scanfolio.source import open_source

SLICES = make_series()
JPEG2000 = {"transfer_syntax_uid": JPEG2000_LOSSLESS, "pixel_data_length": None}
JPEG = {"transfer_syntax_uid": JPEG_BASELINE, "pixel_data_length": None, "lossy_image_compression": "01"}
LOSSLESS_SV1 = {"transfer_syntax_uid": "1.2.840.10008.1.2.4.70", "pixel_data_length": None}
HTJ2K = {"transfer_syntax_uid": "1.2.840.10008.1.2.4.201", "pixel_data_length": None}
SYNTAX_PROFILES = {p.id: p for p in PUBLISHED if p.syntaxes is not None}


def met(disc: Disc) -> dict[str, bool | None]:
    return {p.id: p.met for p in judged(disc).profiles}


def failing(disc: Disc) -> dict[str, tuple[str, ...]]:
    return {p.id: p.failing_rules for p in judged(disc).profiles}


def test_our_own_export_meets_them_all() -> None:
    assert met(clean_disc()) == dict.fromkeys([p.id for p in PUBLISHED], True)


@pytest.mark.parametrize(
    ("form", "allowing"),
    [
        (JPEG2000, {"STD-GEN-DVD-J2K", "STD-GEN-USB-J2K"}),
        (JPEG, {"STD-GEN-DVD-JPEG", "STD-GEN-USB-JPEG"}),
        (LOSSLESS_SV1, {"STD-GEN-DVD-JPEG", "STD-GEN-USB-JPEG", "STD-CTMR-CD"}),
        ({"transfer_syntax_uid": IMPLICIT}, {"KR-2006"}),
        ({"transfer_syntax_uid": BIG_ENDIAN}, set()),
        (HTJ2K, set()),
    ],
    ids=["JPEG 2000", "JPEG", "JPEG lossless", "Implicit VR", "Big Endian", "HTJ2K"],
)
def test_each_profile_allows_its_own_forms(form: dict[str, Any], allowing: set[str]) -> None:
    found = met(clean_disc(make_series(**form)))
    assert {name for name in SYNTAX_PROFILES if found[name]} == allowing
    assert found["FILE-SET"] and found["DRG-2006"]  # these leave the transfer syntax open


def test_without_a_dicomdir_no_file_set_profile_is_met() -> None:
    rules = failing(make_disc(SLICES))
    assert {name for name, codes in rules.items() if "D01" in codes} == {p.id for p in PUBLISHED} - {"KR-2006"}


def test_a_private_record_breaks_the_german_requirements_only() -> None:
    directory = make_dicomdir(SLICES)
    private = replace(directory.roots[0], record_type="PRIVATE", children=(), keys={"PrivateRecordUID": "1.2"})
    disc = make_disc(SLICES, (), [replace(directory, roots=(*directory.roots, private))])
    rules = failing(replace(disc, files=(*disc.files, clean_disc().files[9])))
    assert "D12" in rules["DRG-2006"] and "D12" not in rules["STD-GEN-CD"]


def test_a_profile_for_ct_and_mr_is_for_no_other_kind() -> None:
    report = judged(clean_disc([*SLICES, make_document()]))
    profile = next(p for p in report.profiles if p.id == "STD-CTMR-CD")
    assert (profile.met, profile.failing_rules, profile.other_kinds) == (False, (), 1)
    assert judged(clean_disc([make_document()])).verdict.letter == "A"


def test_a_question_that_could_not_be_answered_leaves_a_profile_open() -> None:
    report = judged(clean_disc())
    open_ = [replace(o, state=State.CRASHED) if o.rule == "S10" else o for o in report.outcomes]
    found = {p.id: p.met for p in judge_profiles(open_, SLICES)}
    assert found["STD-GEN-CD"] is None and found["FILE-SET"] is True


def answers(disc: Disc, of: str = "as_is") -> dict[str, Answer]:
    return {r.receiver.id: getattr(r, of) for r in judged(disc).receivers}


def words(disc: Disc, of: str = "as_is") -> list[str]:
    found = answers(disc, of)
    return [found[r.id].answer for r in RECEIVERS]  # strict, CT and MR, compressed, searching, old


NO, YES, PARTLY, UNKNOWN = "no", "yes", "partly", "unknown"
DISCS: dict[str, tuple[Disc, list[str], list[str], list[str]]] = {
    "our own export": (clean_disc(), [YES] * 5, [YES] * 5, [YES] * 5),
    "without its DICOMDIR": (make_disc(SLICES), [NO, NO, NO, YES, YES], [YES] * 5, [YES] * 5),
    "JPEG 2000": (
        clean_disc(make_series(**JPEG2000)), [NO, NO, YES, YES, NO], [YES] * 5, [NO, NO, YES, YES, NO],
    ),
    "JPEG lossless": (
        clean_disc(make_series(**LOSSLESS_SV1)), [NO, YES, YES, YES, NO], [YES] * 5, [NO, YES, YES, YES, NO],
    ),
    "HTJ2K": (clean_disc(make_series(**HTJ2K)), [NO, NO, NO, UNKNOWN, NO], [YES] * 5, [NO, NO, NO, UNKNOWN, NO]),
    "Implicit VR": (
        clean_disc(make_series(transfer_syntax_uid=IMPLICIT)),
        [NO, NO, NO, YES, YES], [YES] * 5, [NO, NO, NO, YES, YES],
    ),
    "a film": (
        clean_disc([*SLICES, make_instance(1, 7, transfer_syntax_uid=MPEG4, pixel_data_length=None)]),
        [PARTLY] * 5, [PARTLY] * 5, [PARTLY] * 5,
    ),
    "a report beside images": (
        clean_disc([*SLICES, make_document()]), [YES, PARTLY, YES, YES, PARTLY], [YES, PARTLY, YES, YES, PARTLY],
        [YES, PARTLY, YES, YES, PARTLY],
    ),
    "plates": (clean_disc(make_series(sop_class_uid=CR)), [YES, NO, YES, YES, YES], [YES, NO, YES, YES, YES],
               [YES, NO, YES, YES, YES]),
    "several frames": (
        clean_disc(make_series(1, number_of_frames=3, size=2_000_000, pixel_data_length=3 * 524288)),
        [YES, YES, YES, YES, NO], [YES, YES, YES, YES, NO], [YES, YES, YES, YES, NO],
    ),
    "half of it listed": (
        make_disc(SLICES, (), [make_dicomdir(SLICES[:4])]), [PARTLY, PARTLY, PARTLY, YES, YES], [YES] * 5, [YES] * 5,
    ),
    "names with an extension": (
        clean_disc([make_instance(n, path=f"DICOM/IM{n}.dcm") for n in (1, 2)]),
        [NO, UNKNOWN, UNKNOWN, YES, YES], [YES] * 5, [YES] * 5,
    ),
    "no preamble": (
        clean_disc(make_series(preamble="none", has_file_meta=False)), [NO] * 5, [YES] * 5, [YES] * 5,
    ),
    "one is cut off": (
        clean_disc([*SLICES, make_instance(9, truncated="the file ends early")]),
        [PARTLY] * 5, [PARTLY] * 5, [PARTLY] * 5,
    ),
    "two names in one series": (
        clean_disc([*SLICES, make_instance(9, patient_name="Roe^Richard")]), [YES] * 5, [NO] * 5, [NO] * 5,
    ),
    "a maker's own kind": (
        clean_disc([make_instance(sop_class_uid="1.3.12.2.1107.5.9.1")]), [NO] * 5, [NO] * 5, [NO] * 5,
    ),
    "stopped early": (clean_disc(complete=False), [UNKNOWN] * 5, [UNKNOWN] * 5, [UNKNOWN] * 5),
    "nothing medical": (make_disc(files=clean_disc().files[9:]), [NO] * 5, [NO] * 5, [NO] * 5),
}  # fmt: skip


@pytest.mark.parametrize("name", DISCS)
def test_will_it_open_there(name: str) -> None:
    disc, as_is, copy, copy_as_encoded = DISCS[name]
    assert (words(disc), words(disc, "copy"), words(disc, "copy_as_encoded")) == (as_is, copy, copy_as_encoded)


def test_partly_says_which_series_not_and_why() -> None:
    disc = clean_disc([*make_series(3), *make_series(5, 2, series_description="thin", **JPEG2000)])
    strict = answers(disc)["strict"]
    assert (strict.answer, strict.taken, strict.total) == ("partly", 3, 8)
    assert [dict(s) for s in strict.series] == [
        {
            "series_instance_uid": make_instance(1, 2).series_instance_uid,
            "series_number": 2,
            "series_description": "",
            "modality": "CT",
            "instances": 5,
        }
    ]
    (reason,) = strict.reasons
    assert (reason.code, reason.rules, reason.instances, reason.doubt) == ("compressed", ("F05",), 5, False)
    assert JPEG2000_LOSSLESS in reason.technical
    said = strict.as_dict()
    assert said["plain"] == "It should take 3 of 8 medical files."
    assert said["reasons"][0]["plain"] == "5 files are compressed in a way it need not know."  # type: ignore[index]


def test_an_answer_always_has_its_reason() -> None:
    for disc, *_ in DISCS.values():
        for of in ("as_is", "copy", "copy_as_encoded"):
            for answer in answers(disc, of).values():
                assert bool(answer.reasons) == (answer.answer != "yes")
                assert answer.answer != "partly" or answer.series


COPIED = ("clean", "implicit", "big_endian", "deflated", "rle", "jpeg2000", "truncated", "no_preamble", "mixed", "pdf",
          "odd_names", "bare_implicit", "duplicate_uid_same", "wrong_pixel_facts")  # fmt: skip


@pytest.mark.parametrize("kind", COPIED)
def test_what_is_said_of_a_copy_is_what_the_export_plans(tmp_path: Path, kind: str) -> None:
    """The rules may not ask the export, so they foretell it: both have to say the same of every instance."""
    if kind in discs.NEEDS_IMAGECODECS:
        pytest.importorskip("imagecodecs")
    session = Session()
    run(session.read(open_source(str(discs.disc_folder(tmp_path, kind)))))
    for encoding in (MOST_COMPATIBLE, AS_ENCODED):
        plan = make_plan(session.disc, session.index.entries, Choices(patient_key=EVERYONE, encoding=encoding))
        planned = {f.instance.path: f.transfer_syntax_uid for f in plan.files}
        left_out = {f.path for f in plan.left_out if f.sop_instance_uid and f.code != "duplicate"}
        for instance in session.disc.instances:
            alone = replace(session.disc, instances=(instance,))
            context = DiscContext(alone)
            (form,) = run(forms_of(context, Progress("judging", 0, 1)))
            copied = form_in_copy(form, encoding, context.decodable)
            assert copied.left_out == (instance.path in left_out), (encoding, instance.path)
            if not (copied.left_out or copied.doubtful) and instance.path in planned:
                assert copied.transfer_syntax_uid == planned[instance.path], (encoding, instance.path)
