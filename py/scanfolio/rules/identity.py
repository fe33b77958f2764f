"""S: the person and the identity numbers. The safety core: wrong-patient mistakes start here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from scanfolio.model import SopInstance
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, Severity, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.persons import Identity, Match, Person, contradiction
from scanfolio.rules.rule import rule


def _evidence(identity: Identity) -> dict[str, str]:
    return {"patient_id": identity.patient_id, "patient_name": identity.name, "patient_birth_date": identity.birth_date}


def _identity_issue(identity: Identity, what: str) -> Issue:
    return issue(what, paths(identity.instances), instances=len(identity.instances), **_evidence(identity))


@rule("S01", "B", "ask", "disc", "PS3.11 section D.3.3", says=("passed", "failed", "question", "question_spelling"))
def more_than_one_person(c: DiscContext) -> Result:
    """What it checks: distinct persons by Patient ID, name (by the rules for person names) and birth date.

    Why it matters: images of another person in a record can harm both. The same person spelled or numbered otherwise is
    asked about, not accused.
    Reference: PS3.11 section D.3.3 (Patient ID unique per PATIENT record); PS3.5 section 6.2.1 (person names).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    said = [p for p in c.persons if not all(i.empty for i in p.identities)]
    if not said:
        return not_applicable("no_identity")
    if len(said) > 1:
        issues = [_person_issue(number, person) for number, person in enumerate(said, 1)]
        technical = f"{len(said)} distinct persons by (0010,0020), (0010,0010) and (0010,0030)."
        return failed(technical, issues, count=len(said))
    questions = said[0].open_questions
    if questions:
        written = _unique(identity for pair in questions for identity in pair)
        issues = [_identity_issue(i, "one way the person is written") for i in written]
        numbers = {i.patient_id for i in written if i.patient_id}
        technical = f"{len(written)} ways of writing what may be one person."
        text = "question" if len(numbers) > 1 else "question_spelling"
        born = {i.birth_date for i in written if i.birth_date}
        severity = Severity.WARN if len(born) == 1 and all(i.birth_date for i in written) else Severity.HIGH
        return failed(technical, issues, text=text, severity=severity, count=len(written))
    return passed(f"One person, {len(said[0].identities)} way(s) of writing.")


def _unique(identities: Iterable[Identity]) -> list[Identity]:
    found: list[Identity] = []
    for identity in identities:
        if not any(identity is other for other in found):
            found.append(identity)
    return found


def _person_issue(number: int, person: Person) -> Issue:
    first = person.identities[0]
    where = [path for identity in person.identities for path in paths(identity.instances)]
    return issue(f"person {number}: {len(where)} instances", where, instances=len(where), **_evidence(first))


@rule(
    "S02",
    "B",
    "never",
    "study",
    "PS3.3 section C.7.1.1; DRG requirement 3.1.2.4",
    says=("passed", "failed", "question"),
)
def identity_differs_between_images(c: DiscContext) -> Result:
    """What it checks: whether images of one study, one series or one patient number name the same person.

    Why it matters: such images contradict themselves; whoever files them files some under the wrong person.
    Reference: PS3.3 section C.7.1.1 (Patient Module: one patient per study); DRG requirement 3.1.2.4.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    groups: dict[tuple[str, str], set[int]] = {}
    for index, identity in enumerate(c.identities):
        for i in identity.instances:
            for name, uid in (("study", i.study_instance_uid), ("series", i.series_instance_uid)):
                if uid:
                    groups.setdefault((name, uid), set()).add(index)
        if identity.patient_id.strip():
            key = f"{identity.patient_id.strip().casefold()}@{identity.issuer.strip().casefold()}"
            groups.setdefault(("patient number", key), set()).add(index)
    differing: list[Issue] = []
    questions: list[Issue] = []
    for (name, _), members in sorted(groups.items()):
        if len(members) > 1:
            answers = [
                (contradiction(a, b), a, b) for a, b in combinations([c.identities[m] for m in sorted(members)], 2)
            ]
            worst = max(answers, key=lambda answer: answer[0])
            if worst[0] is not Match.SAME:
                entry = _pair_issue(name, worst[1], worst[2])
                (differing if worst[0] is Match.DIFFERENT else questions).append(entry)
    if differing:
        technical = f"{len(differing)} studies, series or patient numbers with contradicting identities."
        return failed(technical, (differing + questions)[:20], count=len(differing))
    if questions:
        technical = f"{len(questions)} studies, series or patient numbers with identities that are only alike."
        return failed(technical, questions[:20], text="question", severity=Severity.WARN, count=len(questions))
    return passed("Every study, series and patient number names one identity.")


def _pair_issue(name: str, a: Identity, b: Identity) -> Issue:
    where = [*paths(a.instances)[:10], *paths(b.instances)[:10]]
    count = len(a.instances) + len(b.instances)
    found = issue(
        f"one {name} with two identities",
        where,
        patient_id=a.patient_id,
        patient_name=a.name,
        patient_birth_date=a.birth_date,
        other_patient_id=b.patient_id,
        other_patient_name=b.name,
        other_patient_birth_date=b.birth_date,
    )
    return replace(found, where_count=count)


@rule("S03", "B", "ask", "disc", "PS3.3 section C.7.1.1")
def is_this_you(c: DiscContext) -> Result:
    """What it checks: whether the person has confirmed name and birth date.

    Why it matters: about one disc in a thousand belongs to someone else; only the person can tell.
    Reference: PS3.3 section C.7.1.1 (Patient Module); Erickson, J Digit Imaging 2011.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    said = [p for p in c.persons if not all(i.empty for i in p.identities)]
    if len(said) != 1:
        return not_applicable("several_persons" if said else "no_identity")
    if c.person_confirmed is None:
        return blocked("not_asked_yet")
    if c.person_confirmed:
        return passed("Confirmed by the person.")
    return failed("Denied by the person.", [_person_issue(1, said[0])])


@rule("S04", "H", "yes", "instance", "PS3.11 section D.3.3.1; PS3.3 Table F.5-1", says=("passed", "failed", "supplied"))
def patient_number_is_missing(c: DiscContext) -> Result:
    """What it checks: whether Patient ID (0010,0020) has a value in every instance.

    Why it matters: may be empty in an image (Type 2), not in the table of contents (Type 1); strict writers refuse it.
    Reference: PS3.11 section D.3.3.1; PS3.3 Table F.5-1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    empty = [i for i in c.instances if not i.patient_id.strip()]
    if not empty:
        return passed("Patient ID (0010,0020) is there in every instance.")
    found = issue("Patient ID (0010,0020) empty", paths(empty), instances=len(empty))
    if table_supplies(c, empty, "PATIENT", ("PatientID",)):
        technical = "Patient ID (0010,0020) empty in images, supplied in the PATIENT records."
        return failed(technical, [found], text="supplied", severity=Severity.INFO, count=len(empty))
    technical = "Patient ID (0010,0020) empty: allowed in an image (Type 2), not in the table of contents (Type 1)."
    return failed(technical, [found], count=len(empty), total=len(c.instances))


def table_supplies(c: DiscContext, instances: list[SopInstance], record_type: str, keywords: tuple[str, ...]) -> bool:
    """Whether the directory records of all `instances` hold what the images leave empty."""
    by_entry = {r.instance.entry_id: r for r in c.references if r.instance is not None}
    return all(
        i.entry_id in by_entry and all(by_entry[i.entry_id].key(record_type, k).strip() for k in keywords)
        for i in instances
    )


@rule(
    "S05", "H", "never", "instance", "PS3.3 section C.7.1.1; PS3.15 Annex E", says=("passed", "failed", "no_birth_date")
)
def nobody_is_named(c: DiscContext) -> Result:
    """What it checks: instances with no name, or one that stands for a removed name; Patient Identity Removed = YES.

    Why it matters: a hospital cannot match such images to a person, and refuses or misfiles them.
    Reference: PS3.3 section C.7.1.1; PS3.15 Annex E, (0012,0062).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    nameless = [i for identity in c.identities if identity.nameless for i in identity.instances]
    removed = [i for i in c.instances if i.patient_identity_removed.upper() == "YES"]
    undated = [
        i for identity in c.identities if not identity.birth_date and not identity.nameless for i in identity.instances
    ]
    issues = []
    if nameless:
        issues.append(
            issue("Patient's Name (0010,0010) empty or a placeholder", paths(nameless), instances=len(nameless))
        )
    if removed:
        issues.append(issue("Patient Identity Removed (0012,0062) is YES", paths(removed), instances=len(removed)))
    if undated:
        issues.append(issue("Patient's Birth Date (0010,0030) empty", paths(undated), instances=len(undated)))
    count = len({i.entry_id for i in (*nameless, *removed, *undated)})
    if not issues:
        return passed("Every instance has a name and a birth date.")
    technical = f"{count} of {len(c.instances)} instances without Patient's Name (0010,0010) or Birth Date (0010,0030)."
    if nameless or removed:
        return failed(technical, issues, count=count, total=len(c.instances))
    return failed(technical, issues, text="no_birth_date", severity=Severity.WARN, count=count, total=len(c.instances))


@rule("S06", "H", "ask", "instance", "PS3.5 section 6.1.2; PS3.3 section C.12.1.1.2")
def names_may_look_wrong(c: DiscContext) -> Result:
    """What it checks: text that cannot be decoded by the Specific Character Set the file declares.

    Why it matters: names with accents or in other scripts turn into wrong letters, and then match nobody.
    Reference: PS3.5 section 6.1.2; PS3.3 section C.12.1.1.2, (0008,0005).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong = [i for i in c.instances if i.undecodable_text]
    if not wrong:
        return passed("All text decodes by its Specific Character Set (0008,0005).")
    declared = sorted({"\\".join(i.specific_character_set) or "none" for i in wrong})
    found = issue(f"declared: {', '.join(declared[:5])}", paths(wrong), instances=len(wrong))
    technical = f"{len(wrong)} instances hold text that (0008,0005) does not explain."
    return failed(technical, [found], count=len(wrong))


@rule(
    "S11", "I", "never", "instance", "PS3.3 section C.7.6.1; PS3.15 section E.3.1", says=("passed", "failed", "maybe")
)
def writing_in_the_picture(c: DiscContext) -> Result:
    """What it checks: Burned In Annotation (0028,0301) = YES; else kinds of pictures that often carry writing.

    Why it matters: a name in the picture itself stays there, whatever is removed elsewhere.
    Reference: PS3.3 section C.7.6.1, (0028,0301); PS3.15 section E.3.1.
    """
    if not c.images:
        return not_applicable("no_images")
    sure = [i for i in c.images if i.burned_in_annotation.strip().upper() == "YES"]
    if sure:
        found = issue("Burned In Annotation (0028,0301) is YES", paths(sure), instances=len(sure))
        return failed(f"{len(sure)} images say YES.", [found], count=len(sure))
    often = [i for i in c.images if i.modality in ("US", "OT", "XC", "ES", "IVUS") and not i.burned_in_annotation]
    if often:
        found = issue(
            "kind of picture that often carries writing; (0028,0301) absent", paths(often), instances=len(often)
        )
        return failed(
            f"{len(often)} images of kinds that often carry writing.", [found], text="maybe", count=len(often)
        )
    return passed("No image says YES, and no kind of picture that often carries writing is silent about it.")


PAIRED_PARTS = frozenset(
    [
        "ANKLE",
        "ARM",
        "AXILLA",
        "BREAST",
        "CALCANEUS",
        "CALF",
        "CLAVICLE",
        "EAR",
        "ELBOW",
        "EYE",
        "FEMUR",
        "FINGER",
        "FOOT",
        "FOREARM",
        "HAND",
        "HIP",
        "HUMERUS",
        "KIDNEY",
        "KNEE",
        "LEG",
        "LOWERLEG",
        "ORBIT",
        "PATELLA",
        "RADIUS",
        "SCAPULA",
        "SHOULDER",
        "THIGH",
        "THUMB",
        "TIBIA",
        "TIBIAFIBULA",
        "TOE",
        "ULNA",
        "ULNARADIUS",
        "UPPERARM",
        "WRIST",
        "ZYGOMA",
    ]
)
"""Terms of Body Part Examined (0018,0015) that name one of two (PS3.16 Annex L)."""


@rule("S12", "W", "never", "instance", "PS3.3 sections C.7.3.1 and C.8.11.7.1", says=("passed", "failed", "unknown"))
def side_is_not_marked(c: DiscContext) -> Result:
    """What it checks: Laterality or Image Laterality where the body part named is one of two, and in mammograms.

    Why it matters: left and right must never be a matter of memory.
    Reference: PS3.3 sections C.7.3.1, (0020,0060), and C.8.11.7.1, (0020,0062).
    """
    if not c.images:
        return not_applicable("no_images")
    paired = [i for i in c.images if i.body_part_examined.upper() in PAIRED_PARTS or i.modality == "MG"]
    if not paired:
        return not_applicable("no_paired_part")
    unmarked = [i for i in paired if not i.laterality]
    if unmarked:
        found = issue("Laterality (0020,0060) and Image Laterality (0020,0062) empty", paths(unmarked))
        technical = f"{len(unmarked)} of {len(paired)} images of a paired part without Laterality."
        return failed(technical, [found], count=len(unmarked), total=len(paired))
    odd = [i for i in paired if i.laterality not in ("L", "R", "B", "U")]
    if odd:
        found = issue(f"Laterality is {odd[0].laterality!r}", paths(odd))
        technical = f"Laterality of {len(odd)} images is none of L, R, B, U."
        return failed(technical, [found], text="unknown", count=len(odd), total=len(paired))
    return passed(f"{len(paired)} images of a paired part carry L, R, B or U.")


RULES = (
    more_than_one_person,
    identity_differs_between_images,
    is_this_you,
    patient_number_is_missing,
    nobody_is_named,
    names_may_look_wrong,
    writing_in_the_picture,
    side_is_not_marked,
)
