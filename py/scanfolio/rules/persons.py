"""Who is on the disc: distinct identities, and which of them may be the same person.

The safety core. Two identities are one person only where nothing speaks against it; where something is merely spelled
otherwise, the answer is a question for the person, never an accusation and never a silent merge.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import merge
from itertools import combinations

from scanfolio.model import SopInstance
from scanfolio.rules.person_names import Likeness, compare_names, is_no_name

MOST_COMPARED = 100
MOST_WRITINGS = 100


class Match(IntEnum):
    """How two identities stand to each other; higher weighs more."""

    SAME = 0
    QUESTION = 1
    DIFFERENT = 2


@dataclass(slots=True)
class Identity:
    """One way a person is written on the disc, and the instances that write it so."""

    patient_id: str
    issuer: str
    name: str
    birth_date: str
    instances: list[SopInstance] = field(default_factory=list)

    @classmethod
    def all_of(cls, instances: Iterable[SopInstance]) -> tuple[Identity, ...]:
        """Distinct identities, in the order of their values."""
        found: dict[tuple[str, str, str, str], Identity] = {}
        for i in instances:
            written = (i.patient_id, i.issuer_of_patient_id, i.patient_name, i.patient_birth_date)
            if written not in found:
                found[written] = cls(*written)
            found[written].instances.append(i)
        return tuple(found[written] for written in sorted(found))

    @property
    def nameless(self) -> bool:
        return is_no_name(self.name)

    @property
    def empty(self) -> bool:
        """Says nothing about anybody."""
        return self.nameless and not self.patient_id.strip() and not self.birth_date.strip()


def _differ(one: str, other: str) -> bool:
    """Both are there and are not equal, padding and case apart."""
    a, b = one.strip().casefold(), other.strip().casefold()
    return bool(a) and bool(b) and a != b


def _equal(one: str, other: str) -> bool:
    a, b = one.strip().casefold(), other.strip().casefold()
    return bool(a) and a == b


def names_of(a: Identity, b: Identity) -> Likeness:
    if a.nameless or b.nameless:
        return Likeness.UNKNOWN
    return compare_names(a.name, b.name)


def contradiction(a: Identity, b: Identity) -> Match:
    """Two identities within one study, one series or one patient number: they must agree (S02)."""
    names = names_of(a, b)
    if (
        _differ(a.birth_date, b.birth_date)
        or _differ(a.patient_id, b.patient_id)
        or names is Likeness.DIFFERENT
        or (_differ(a.issuer, b.issuer) and names is not Likeness.SAME)
    ):
        return Match.DIFFERENT
    if names is Likeness.ALIKE:
        return Match.QUESTION
    half_written = bool(a.patient_id) != bool(b.patient_id) or bool(a.name) != bool(b.name)
    return Match.QUESTION if half_written and not (a.empty and b.empty) else Match.SAME


def worst_contradiction(identities: Sequence[Identity]) -> tuple[Match, Identity, Identity]:
    """The first pair of two or more that must be one person that differs, else one to ask about, else any.

    More than MOST_WRITINGS ways of writing one person within a study are a contradiction in themselves.
    """
    found = (Match.SAME, identities[0], identities[-1])
    if len(identities) > MOST_WRITINGS:
        return Match.DIFFERENT, identities[0], identities[-1]
    for a, b in combinations(identities, 2):
        answer = contradiction(a, b)
        if answer > found[0]:
            found = (answer, a, b)
        if answer is Match.DIFFERENT:
            break
    return found


def match(a: Identity, b: Identity) -> Match:
    """Two identities anywhere on the disc: one person, perhaps one, or two (S01)."""
    if a.empty or b.empty:
        return Match.SAME  # nothing is said, so nothing is contradicted; S05 speaks about that
    names = names_of(a, b)
    if names is Likeness.DIFFERENT or _differ(a.birth_date, b.birth_date):
        return Match.DIFFERENT
    other_number = _differ(a.patient_id, b.patient_id) or _differ(a.issuer, b.issuer)
    if names is Likeness.UNKNOWN:
        if _equal(a.patient_id, b.patient_id) and not other_number:
            return Match.SAME
        return Match.DIFFERENT if other_number else Match.QUESTION
    if names is Likeness.ALIKE and other_number and not _equal(a.birth_date, b.birth_date):
        return Match.DIFFERENT  # another spelling and another number, and nothing that speaks for one person
    if names is Likeness.ALIKE or other_number:
        return Match.QUESTION
    return Match.SAME


@dataclass(frozen=True, slots=True)
class Person:
    """Identities that nothing shows to be different people. `open_questions` are pairs that are only alike."""

    identities: tuple[Identity, ...]
    open_questions: tuple[tuple[Identity, Identity], ...] = ()


def group_persons(identities: tuple[Identity, ...]) -> tuple[Person, ...]:
    """Put identities together that may be one person. An identity joins a group only if it differs from none in it.

    Each is compared with at most MOST_COMPARED others of its birth date or of none: on a disc of hundreds of people two
    spellings may then stay apart, and nobody is ever put together wrongly.
    """
    groups: list[list[Identity]] = []
    questions: list[list[tuple[Identity, Identity]]] = []
    by_birth_date: dict[str, list[int]] = {}  # a group has at most one birth date; "" lists the groups without
    for identity in sorted(identities, key=lambda i: (i.empty, i.nameless)):
        born = identity.birth_date.strip().casefold()
        possible = merge(by_birth_date.get(born, ()), by_birth_date.get("", ())) if born else range(len(groups))
        number, asked = _group_for(identity, groups, possible)
        if number is None:
            by_birth_date.setdefault(born, []).append(len(groups))
            groups.append([identity])
            questions.append([])
            continue
        if born and not any(other.birth_date.strip() for other in groups[number]):
            by_birth_date[""].remove(number)
            insort(by_birth_date.setdefault(born, []), number)
        groups[number].append(identity)
        questions[number].extend((other, identity) for other in asked)
    return tuple(Person(tuple(g), tuple(q)) for g, q in zip(groups, questions, strict=True))


def _group_for(
    identity: Identity, groups: list[list[Identity]], possible: Iterable[int]
) -> tuple[int | None, list[Identity]]:
    """(the number of the first of the `possible` groups that `identity` may belong to, those of it to ask about)."""
    compared = 0
    for number in possible:
        asked = []
        for other in groups[number]:
            compared += 1
            if compared > MOST_COMPARED:
                return None, []
            answer = match(identity, other)
            if answer is Match.DIFFERENT:
                break
            if answer is Match.QUESTION:
                asked.append(other)
        else:
            return number, asked
    return None, []
