"""What is reported: one row per budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Row:
    """`ratio` is ours over what it is compared with, None where there was nothing to compare; `limit` is its budget."""

    what: str
    ours: str
    compared_with: str
    ratio: float | None
    limit: float | None
    note: str = ""

    @property
    def met(self) -> str:
        if self.ratio is None or self.limit is None:
            return NOT_MEASURED if self.ratio is None else "-"
        return "yes" if self.ratio <= self.limit else "no"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def skipped(what: str, why: str) -> Row:
    return Row(what, "-", "-", None, None, why)


def markdown(rows: Sequence[Row], about: str) -> str:
    """A table, and one line on what it was taken on."""
    lines = [about, "", "| budget | ours | compared with | ratio | limit | met |", "|---|---:|---|---:|---:|---|"]
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}" if row.ratio < 100 else f"{row.ratio:.0f}"
        limit = "-" if row.limit is None else f"{row.limit:g}"
        lines.append(f"| {row.what} | {row.ours} | {row.compared_with} | {ratio} | {limit} | {row.met} |")
    notes = [f"- {row.what}: {row.note}" for row in rows if row.note]
    return "\n".join(lines + ([""] + notes if notes else []))


def in_turn(works: Sequence[Callable[[], object]], *, times: int = 5) -> list[float]:
    """Least ms of each over `times` runs after a first, taken in turn: what else the machine does only ever adds."""
    taken: list[list[float]] = [[] for _ in works]
    for run in range(times + 1):
        for kept, work in zip(taken, works, strict=True):
            start = perf_counter()
            work()
            if run:
                kept.append((perf_counter() - start) * 1000)
    return [min(kept) for kept in taken]


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def short(ms: float) -> str:
    """A time a person can read."""
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.1f} ms" if ms >= 1 else f"{ms * 1000:.0f} µs"
