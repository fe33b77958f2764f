"""The report's three forms: the dictionary by its schema, exact JSON bytes, text of 80 columns."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facts import clean_disc, judged, make_disc, make_file, make_instance, make_series
from rule_examples.disc import NOTHING, VIEWER, locked_file, pictures
from scanfolio.effects import Item, Progress
from scanfolio.model import Disc, Kind
from scanfolio.rules import judge, report
from scanfolio.rules.context import PAUSE_EVERY
from scanfolio.rules.registry import RULES

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "report.schema.json"
ROE = {"patient_name": "Roe^Richard", "patient_id": "PAT-9", "patient_birth_date": "19610602"}
DISCS = {
    "clean": clean_disc(),
    "loose, with pictures and a viewer": make_disc(make_series(), [*VIEWER, *pictures(30)]),
    "two people": make_disc([*make_series(), *make_series(study=2, **ROE)]),
    "locked": make_disc(files=[locked_file(1)]),
    "broken": make_disc(
        [make_instance(truncated="the file ends early")], [make_file("IM2", Kind.UNREADABLE, reason="x")]
    ),
    "nothing": NOTHING,
    "odd paths": make_disc([make_instance(path="größe/画像\udce4.dcm")]),
}


def check(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> None:
    """Enough of JSON Schema for ours: type, enum, const, pattern, limits, properties, items, $ref."""
    if "$ref" in schema:
        check(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
        return
    names = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
    allowed = schema.get("type")
    if allowed:
        kinds = [names[k] for k in ([allowed] if isinstance(allowed, str) else allowed)]
        assert type(value) in kinds, (at, value)
    assert "const" not in schema or value == schema["const"], (at, value)
    assert "enum" not in schema or value in schema["enum"], (at, value)
    assert "pattern" not in schema or re.search(schema["pattern"], value), (at, value)
    assert "minimum" not in schema or value >= schema["minimum"], (at, value)
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value), (at, sorted(value))
        known = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        assert extra is not False or set(value) <= set(known), (at, sorted(set(value) - set(known)))
        for name, inner in value.items():
            check(inner, known.get(name, extra if isinstance(extra, dict) else {}), root, f"{at}.{name}")
    if isinstance(value, list):
        assert len(value) <= schema.get("maxItems", len(value)), at
        for number, inner in enumerate(value):
            check(inner, schema.get("items", {}), root, f"{at}[{number}]")


@pytest.mark.parametrize("name", DISCS)
def test_the_report_is_as_the_schema_says(name: str) -> None:
    if not SCHEMA_FILE.exists():
        pytest.skip("docs/ is not here")
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    made = report.as_dict(judged(DISCS[name]))
    check(json.loads(json.dumps(made)), schema, schema)
    assert list(made) == schema["required"]


@pytest.mark.parametrize("name", DISCS)
def test_every_file_and_every_rule_stands_in_it_once(name: str) -> None:
    disc = DISCS[name]
    made = report.as_dict(judged(disc))
    assert [f["path"] for f in made["files"]] == sorted(f.path for f in disc.files)  # type: ignore[attr-defined]
    assert [o["rule"] for o in made["outcomes"]] == list(RULES)  # type: ignore[attr-defined]
    counts = made["counts"]
    assert counts["files"] == counts["dicom"] + counts["other"] + counts["unreadable"]  # type: ignore[index]


def shuffled(disc: Disc) -> Disc:
    """The same disc as another computer's folder walk gives it: other order, other entry ids."""
    files = list(disc.files)
    random.Random(7).shuffle(files)
    ids = {f.entry_id: n for n, f in enumerate(files)}
    return replace(
        disc,
        name="another name",
        files=tuple(replace(f, entry_id=ids[f.entry_id]) for f in files),
        instances=tuple(replace(i, entry_id=ids[i.entry_id]) for i in reversed(disc.instances)),
        dicomdirs=tuple(replace(d, entry_id=ids[d.entry_id]) for d in disc.dicomdirs),
        patients=tuple(reversed(disc.patients)),
    )


@pytest.mark.parametrize("name", DISCS)
def test_the_same_disc_gives_the_same_bytes_in_any_order(name: str) -> None:
    disc = DISCS[name]
    text = report.as_json(judged(disc))
    assert report.as_json(judged(shuffled(disc))) == text
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert json.loads(text.encode("utf-8"))["schema"] == "scanfolio-report-1"


def test_json_keeps_letters_and_the_order_of_the_design() -> None:
    text = report.as_json(judged(DISCS["odd paths"]))
    assert "größe/画像" in text and "\\u" not in text
    order = ["schema", "language", "complete", "verdict", "counts", "outcomes", "profiles", "receivers"]
    order += ["file_sets", "files"]
    assert list(json.loads(text)) == order


def test_counts() -> None:
    made = judged(clean_disc([*make_series(3), *make_series(2, 2, number_of_frames=10, size=9_000_000)], files=VIEWER))
    assert made.counts == {
        "files": 9,
        "dicom": 5,
        "patients": 1,
        "studies": 1,
        "series": 2,
        "instances": 5,
        "frames": 23,
        "other": 4,
        "unreadable": 0,
    }


@pytest.mark.parametrize("name", DISCS)
def test_text_is_eighty_columns_plain_first(name: str) -> None:
    made = judged(DISCS[name])
    text = report.as_text(made)
    text.encode("utf-8")
    assert max(len(line) for line in text.splitlines()) <= 80
    flat = " ".join(text.split())
    title = flat.index(" ".join(made.verdict.title.split()))
    assert title < flat.index("What to do") < flat.index("For technicians") < flat.index("For looking only")
    assert f"Class {made.verdict.letter}" in text
    for outcome in made.outcomes:
        assert f"{outcome.rule} {outcome.state.value.replace('_', ' ')}" in text


def test_outcomes_stream_while_rules_run() -> None:
    steps = list(judge(DISCS["clean"]))
    items = [s for s in steps if isinstance(s, Item)]
    progress = [s for s in steps if isinstance(s, Progress)]
    assert [i.item["outcome"]["rule"] for i in items] == list(RULES)
    assert {p.stage for p in progress} == {"judging"} and {p.total for p in progress} == {len(RULES) + 1}
    done = [p.done for p in progress]
    assert done == sorted(done) and set(done) == set(range(len(RULES) + 2))


def test_no_check_holds_the_others_up() -> None:
    """On a large disc there are many more steps, so that whoever drives them can do something else in between."""
    small, large = clean_disc(make_series(10)), clean_disc(make_series(5000))
    steps = {name: sum(1 for _ in judge(disc)) for name, disc in (("small", small), ("large", large))}
    assert steps["large"] - steps["small"] >= 10 * 5000 / PAUSE_EVERY


def test_an_unknown_language_speaks_english() -> None:
    assert judged(clean_disc(), language="xx").verdict.title == judged(clean_disc()).verdict.title


def test_the_page_of_rules_is_up_to_date() -> None:
    root = SCHEMA_FILE.parents[1]
    tool = root / "tools" / "write_rules_doc.py"
    if not tool.exists() or not (root / "docs" / "rules.md").exists():
        pytest.skip("tools/ and docs/ are not here")
    names: dict[str, Any] = {"__name__": "write_rules_doc", "__file__": str(tool)}
    exec(compile(tool.read_text("utf-8"), str(tool), "exec"), names)
    assert names["document"]() == (root / "docs" / "rules.md").read_text("utf-8")
