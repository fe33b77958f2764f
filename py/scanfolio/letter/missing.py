"""Which images are missing or damaged, series by series: what a letter to the hospital has to name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from scanfolio.letter.texts import clean
from scanfolio.model import FileRecord, SopInstance
from scanfolio.rules.context import DiscContext
from scanfolio.rules.file_ends import cut_off
from scanfolio.rules.inside import pixel_faults
from scanfolio.rules.obstacles import may_be_an_image, unreadable_files
from scanfolio.rules.references import Reference
from scanfolio.rules.stacks import gaps_of, stacks

MOST_RANGES = 8


@dataclass(slots=True)
class Lack:
    """What one series lacks. Numbers are Instance Numbers (0020,0013); `..._unnumbered` counts images without one."""

    number: int | None
    description: str
    missing: set[int] = field(default_factory=set)
    missing_unnumbered: int = 0
    damaged: set[int] = field(default_factory=set)
    damaged_unnumbered: int = 0


@dataclass(slots=True)
class Lacking:
    """All that is lacking: by series (in the order of their numbers), and files that belong to no known series."""

    series: list[Lack]
    files: list[FileRecord]


def find_lacking(c: DiscContext) -> Lacking:
    """Listed but not here (D06), cut off or contradictory (F09, A08), unreadable (V07), gaps in a stack (A07).

    Of the gaps only those are named where the instance numbers jump as well: there an image was.
    """
    by_series: dict[str, Lack] = {}
    here = {i.series_instance_uid: i for i in c.instances}

    def lack(uid: str, number: int | None, description: str) -> Lack:
        if uid not in by_series:
            sibling = here.get(uid)
            if sibling is not None:  # what is here of a series describes it better than its record
                number, description = sibling.series_number, sibling.series_description or description
            by_series[uid] = Lack(number, clean(description))
        return by_series[uid]

    def of_instance(i: SopInstance) -> Lack:
        return lack(i.series_instance_uid, i.series_number, i.series_description)

    def of_reference(r: Reference) -> Lack:
        uid = r.key("SERIES", "SeriesInstanceUID")
        return lack(uid, _number(r.key("SERIES", "SeriesNumber")), r.key("SERIES", "SeriesDescription"))

    for reference in c.lost_references:
        found, number = of_reference(reference), _number(reference.record.keys.get("InstanceNumber", ""))
        if number is None:
            found.missing_unnumbered += 1
        else:
            found.missing.add(number)
    for gap_before, number in _gaps(c):
        of_instance(gap_before).missing.add(number)
    for i in c.instances:
        if cut_off(i) or (i.pixel_keyword and pixel_faults(i)):
            found = of_instance(i)
            if i.instance_number is None:
                found.damaged_unnumbered += 1
            else:
                found.damaged.add(i.instance_number)
    listed = {r.file.entry_id: r for r in c.references if r.file is not None}
    files = []
    for file in unreadable_files(c):
        if file.entry_id not in listed:
            if may_be_an_image(file, c):
                files.append(file)
            continue
        reference = listed[file.entry_id]
        found, number = of_reference(reference), _number(reference.record.keys.get("InstanceNumber", ""))
        if number is None:
            found.damaged_unnumbered += 1
        else:
            found.damaged.add(number)
    order = sorted(by_series, key=lambda uid: (by_series[uid].number is None, by_series[uid].number or 0, uid))
    return Lacking([by_series[uid] for uid in order], files)


def _gaps(c: DiscContext) -> Iterator[tuple[SopInstance, int]]:
    """A neighbour and the instance number of each image that a stack has no place taken for."""
    here = {(i.series_instance_uid, i.instance_number) for i in c.instances}
    for slices, positions in stacks(c.images):
        for gap in gaps_of(slices, positions):
            first, last = gap.before.instance_number, gap.after.instance_number
            if not gap.numbers_jump or first is None or last is None:
                continue
            step = (last - first) // (gap.missing + 1)
            for number in range(first + step, last, step):
                if (gap.before.series_instance_uid, number) not in here:
                    yield gap.before, number


def _number(text: str) -> int | None:
    try:
        return int(text) if len(text) <= 12 else None
    except ValueError:
        return None


def ranges(numbers: Iterable[int]) -> tuple[str, bool]:
    """ "4–7, 9", and whether more ranges were left out than are named."""
    ordered = sorted(set(numbers))
    breaks = [0, *(n + 1 for n, (a, b) in enumerate(pairwise(ordered)) if b - a > 1), len(ordered)]
    runs = [ordered[a:b] for a, b in pairwise(breaks) if a < b]
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:MOST_RANGES]]
    return ", ".join(texts), len(runs) > MOST_RANGES
