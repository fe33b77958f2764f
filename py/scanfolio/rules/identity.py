"""S: the person and the identity numbers. The safety core: wrong-patient mistakes start here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, Severity, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.persons import Identity, Match, Person, worst_contradiction
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
            worst = worst_contradiction([c.identities[m] for m in sorted(members)])
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


RULES = (more_than_one_person, identity_differs_between_images, is_this_you)
