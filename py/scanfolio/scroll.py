"""The frames of a series as one scrolls them: in which order, what is said of each, which is seen first. No pixels.

Facts of single frames are read only here, when a series is shown (reading/frames.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.model import MAX_FRAMES, Series, SopInstance
from scanfolio.reading.frames import Frames, frames_of, has_frames_of_its_own, unread
from scanfolio.reading.naming import Name, joined, said
from scanfolio.reading.ordering import in_order
from scanfolio.reading.splitting import names_of_runs
from scanfolio.source.entry import Entry
from scanfolio.words import say


@dataclass(frozen=True, slots=True)
class Frame:
    """Frame `number` (from 0) of `instance`; `facts` are what holds for this frame alone."""

    instance: SopInstance
    number: int
    facts: SopInstance
    label: str = ""


@dataclass(frozen=True, slots=True)
class Scroll:
    """`middle` is the frame to begin with: the middle slice of the middle run, as a person expects it in a list."""

    frames: tuple[Frame, ...]
    middle: int
    frames_per_second: float | None


def scroll(series: Series, entries: Sequence[Entry]) -> Scroll:
    """All frames of `series`. Raises BytesNotHere when bytes have to be fetched first."""
    if not any(i.is_image and (i.number_of_frames > 1 or i.has_functional_groups) for i in series.instances):
        labels = _run_labels(series.instances, series.runs, series.runs_are)
        frames = tuple(Frame(i, 0, i, label) for i, label in zip(series.instances, labels, strict=True))
        return Scroll(frames, _middle(len(frames), series.runs), None)
    found: list[tuple[Frame, tuple[Name, ...]]] = []
    rates = []
    for instance in series.instances:
        if len(found) >= MAX_FRAMES:
            break
        if not instance.is_image or (instance.number_of_frames == 1 and not instance.has_functional_groups):
            found.append((Frame(instance, 0, instance), ()))
            continue
        table = _frames(entries[instance.entry_id], instance)
        rates.append(table.frames_per_second)
        for number, (facts, own) in enumerate(zip(table.facts, table.labels, strict=True)):
            found.append((Frame(instance, number, facts), own))
    ordered, runs, runs_are = _ordered(series, found[:MAX_FRAMES])
    run_labels = _run_labels([frame.facts for frame, _ in ordered], runs, runs_are)
    frames = tuple(
        Frame(
            frame.instance,
            frame.number,
            frame.facts,
            joined(said(own, "frame")) if own else run_label,
        )
        for (frame, own), run_label in zip(ordered, run_labels, strict=True)
    )
    return Scroll(frames, _middle(len(frames), runs), rates[0] if len(set(rates)) == 1 else None)


def _frames(entry: Entry, instance: SopInstance) -> Frames:
    """A file that cannot be read any more (the disc was pulled out) still has its frames: showing one says why not."""
    try:
        return frames_of(entry, instance)
    except BytesNotHere:
        raise
    except SourceError:
        return unread(instance)


def _ordered(
    series: Series, found: list[tuple[Frame, tuple[Name, ...]]]
) -> tuple[list[tuple[Frame, tuple[Name, ...]]], tuple[int, ...], str]:
    """By place and moment where the frames have one; else one file after the other, each by its Dimension Indices."""
    if len(found) < 2 or not any(has_frames_of_its_own(i) for i in series.instances):
        return found, (), ""
    if len({id(frame.facts) for frame, _ in found}) < len(found):
        return found, (), ""  # nothing is known of single frames
    at = {id(pair[0].facts): pair for pair in found}
    segments = {str(own) for _, own in found if own and own[0][0] == "segment"}
    if len(segments) < 2:
        order = in_order([frame.facts for frame, _ in found])
        if order.sorted_by == "geometry":
            return [at[id(facts)] for facts in order.instances], order.runs, order.runs_are
    ordered = []
    files: dict[int, list[tuple[Frame, tuple[Name, ...]]]] = {}
    for pair in found:
        files.setdefault(pair[0].instance.entry_id, []).append(pair)
    for pairs in files.values():
        ordered += sorted(pairs, key=lambda pair: pair[0].facts.instance_number or 0)
    return ordered, (), ""


def _middle(count: int, runs: tuple[int, ...]) -> int:
    if not runs:
        return max(count - 1, 0) // 2
    n = (len(runs) - 1) // 2
    start = runs[n]
    end = runs[n + 1] if n + 1 < len(runs) else count
    return start + (end - start - 1) // 2


def _run_labels(facts: Sequence[SopInstance], runs: tuple[int, ...], runs_are: str) -> list[str]:
    """For each image which run through the body it is of: "b = 1000 s/mm²", "Moment 3 of 40"."""
    if not runs:
        return [""] * len(facts)
    count = len(runs)
    names = [()] * count if runs_are == "place" else names_of_runs([facts[start] for start in runs])
    counted = runs_are in ("time", "acquisition", "place")
    ambiguous = len(set(map(str, names))) < count
    labels = []
    for n, (start, end) in enumerate(zip(runs, (*runs[1:], len(facts)), strict=True), 1):
        words = said(names[n - 1], "part")
        if counted or ambiguous:
            words.append(say(f"reading.run.{runs_are if counted else 'other'}", n=n, count=count))
        labels += [joined(words)] * (end - start)
    return labels


def as_columns(found: Scroll, recipes: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """What the page is told of `found` besides its `recipes`; `entry_ids` are of the files their offsets count in."""
    labels = {label: n for n, label in enumerate(dict.fromkeys(frame.label for frame in found.frames))}
    places = [recipe and recipe["location"] for recipe in recipes]
    return {
        "middle": found.middle,
        "frames_per_second": found.frames_per_second,
        "labels": list(labels),
        "label_of": [labels[frame.label] for frame in found.frames],
        "sop_instance_uids": [frame.instance.sop_instance_uid for frame in found.frames],
        "entry_ids": [
            at["entry_id"] if at else frame.instance.entry_id for at, frame in zip(places, found.frames, strict=True)
        ],
        "frames": [frame.number for frame in found.frames],
    }
