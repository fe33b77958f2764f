"""A, part four: what the Standard requires of each kind of instance, and private data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scanfolio.model import Layout, SopInstance
from scanfolio.rules.conditions import conditional, facts_of, has
from scanfolio.rules.context import DiscContext
from scanfolio.rules.outcome import Issue, Result, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule
from scanfolio.standard.iods import Required, edition, iod_of

_SHORT = frozenset(["ct", "mr", "us", "dx", "sop", "voi", "lut", "rt", "sr", "nm", "pet", "xa", "xrf", "sc", "cr"])


class Fault(NamedTuple):
    """`empty`: it is there without a value, else it is not there at all."""

    required: Required
    empty: bool

    def __str__(self) -> str:
        tag, name, type_, module = self.required
        words = " ".join(w.upper() if w in _SHORT else w.capitalize() for w in module.split("-"))
        how = "empty" if self.empty else "absent"
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {name} {how}; Type {type_} in the {words} Module"


def faults_of(i: SopInstance) -> list[Fault] | None:
    """What instance `i` lacks at its top level; None where that cannot be told."""
    iod, layout = iod_of(i.sop_class_uid), i.layout
    if iod is None or layout is None:
        return None
    wanted = {required.tag: required for required in conditional(i, layout, iod.modules)}
    wanted.update((required.tag, required) for required in iod.attributes)
    found = []
    for tag in sorted(wanted):
        required = wanted[tag]
        if tag not in layout.tags:
            found.append(Fault(required, False))
        elif tag in layout.empty and required.type.startswith("1"):
            found.append(Fault(required, True))
    return found


def _groups(c: DiscContext) -> Iterable[list[SopInstance]]:
    groups: dict[tuple[object, ...], list[SopInstance]] = {}
    for i in c.instances:
        groups.setdefault(facts_of(i), []).append(i)
    return groups.values()


def _judge(c: DiscContext, type_: str) -> Result:
    if not c.instances:
        return not_applicable("no_dicom")
    found: dict[str, list[str]] = {}
    wrong = looked_at = unread = 0
    for group in _groups(c):
        faults = faults_of(group[0])
        if faults is None:
            unread += len(group) if iod_of(group[0].sop_class_uid) else 0
            continue
        looked_at += len(group)
        mine = [str(fault) for fault in faults if fault.required.type.startswith(type_)]
        wrong += len(group) if mine else 0
        for text in mine:
            found.setdefault(text, []).extend(i.path for i in group)
    if not looked_at:
        return blocked("header_unread") if unread else not_applicable("kind_not_known")
    if not found:
        return passed(f"{looked_at} of {len(c.instances)} instances looked at (PS3.3, edition {edition()}).")
    issues = [issue(text, sorted(where), instances=len(where)) for text, where in sorted(found.items())]
    technical = f"{wrong} of {looked_at} instances; PS3.3, edition {edition()}."
    return failed(technical, issues[:20], count=wrong, total=looked_at)


@rule("A01", "H", "never", "instance", "PS3.3 Annexes A and C; PS3.5 section 7.4.1")
def required_entry_is_missing(c: DiscContext) -> Result:
    """What it checks: Type 1 attributes of the mandatory modules of each instance's IOD, at the top level, and those
    Type 1C attributes whose conditions can be told: they have to be there and to have a value.

    Why it matters: strict systems refuse the image, others guess.
    Reference: PS3.3 Annex A (which modules), Annex C (which attributes); PS3.5 section 7.4.1 (Type 1).
    """
    return _judge(c, "1")


@rule("A02", "W", "never", "instance", "PS3.3 Annexes A and C; PS3.5 section 7.4.3")
def entry_that_may_be_blank_is_missing(c: DiscContext) -> Result:
    """What it checks: Type 2 attributes of the mandatory modules, and Type 2C ones whose conditions can be told: they
    may be blank, but have to be there.

    Why it matters: it shows that the writer did not follow the Standard; few systems mind.
    Reference: PS3.3 Annexes A and C; PS3.5 sections 7.4.3 (Type 2) and 7.4.4 (Type 2C).
    """
    return _judge(c, "2")


def private_faults(layout: Layout) -> tuple[int, int]:
    """(how many private elements, how many of them belong to a block no element reserves; PS3.5 7.8.1)."""
    private = [tag for tag in layout.tags if tag >> 16 & 1]
    data = [tag for tag in private if tag & 0xFFFF >= 0x1000]
    orphans = [tag for tag in data if not has(layout, tag >> 16 << 16 | tag >> 8 & 0xFF)]
    return len(private), len(orphans)


@rule("A11", "I", "never", "instance", "PS3.5 section 7.8", says=("passed", "failed", "failed_orphans"))
def private_data(c: DiscContext) -> Result:
    """What it checks: elements of odd groups at the top level, and whether a private creator reserves their block.

    Why it matters: makers keep their own notes there; they are kept as they are. Without its creator nobody can tell
    whose a private element is.
    Reference: PS3.5 sections 7.8 and 7.8.1 (private data elements).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    known = [i for i in c.instances if i.layout is not None]
    if not known:
        return blocked("header_unread")
    answers: dict[Layout, tuple[int, int]] = {}
    private: list[str] = []
    orphaned: list[str] = []
    for i in known:
        assert i.layout is not None
        answer = answers.get(i.layout)
        if answer is None:
            answer = answers[i.layout] = private_faults(i.layout)
        if answer[0]:
            private.append(i.path)
        if answer[1]:
            orphaned.append(i.path)
    if not private:
        return passed(f"No private element at the top level of {len(known)} instances.")
    issues: list[Issue] = [issue(f"{len(private)} instances with private elements", private, instances=len(private))]
    if orphaned:
        text = f"{len(orphaned)} instances with private elements whose block no private creator reserves"
        issues.append(issue(text, orphaned, instances=len(orphaned)))
    technical = "; ".join(found.message for found in issues) + "."
    return failed(technical, issues, text="failed_orphans" if orphaned else "failed", count=len(private))


RULES = (required_entry_is_missing, entry_that_may_be_blank_is_missing, private_data)
