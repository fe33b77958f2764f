"""Write py/scanfolio/standard/iods.json from the tables of the PyPI package highdicom. Run by hand, seldom.

Of the 23 MB there, only this is kept: for every Storage SOP Class, the Type 1 and Type 2 attributes of the modules that
are mandatory (usage M) in its IOD, at the top level. Conditional modules and attributes are left out: their conditions
are prose, and are not in those tables. So is what stands inside sequences: many macros are included there by condition.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_description, tag_for_keyword

from wheels import fetched_wheel

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "py" / "scanfolio" / "standard" / "iods.json"
PACKAGE, VERSION = "highdicom", "0.28.2"
SHA256 = "8864c7632e2c28c44ffaa3fe302d58cc68112b3b18a2b34e96e47252427cf6e4"
EDITION = "2024c or later"
"""The tables name none. Release notes say 2024c for 0.24.0; 0.28.2 holds Height Map Segmentation, which is newer."""


NOT_ALWAYS = {
    # macros that are included by the Value Type of the content item; the root item is always a CONTAINER
    "sr-document-content": (
        "ReferencedSOPSequence", "TemporalRangeType", "ConceptCodeSequence", "MeasuredValueSequence",
        "TabulatedValuesSequence", "ReferencedFrameOfReferenceUID", "GraphicData", "GraphicType",
    ),
}  # fmt: skip
"""Rows of a module that the tables give as Type 1 or 2 although the Standard asks for them under a condition only."""

OVERRIDDEN = {
    "sc-equipment": (
        "general-series",
        "Modality",
    ),  # C.8.6.1: "3 ... shall override the definition in the General Series Module"
    "sc-multi-frame-image": ("multi-frame", "FrameIncrementPointer"),  # C.8.6.3: 1C, where there is more than one frame
    "ophthalmic-photography-image": ("multi-frame", "FrameIncrementPointer"),  # a single frame has none to point at
}
"""What a module takes back of what another one requires; a third that requires it, too, is not concerned."""


def fetched() -> dict[str, Any]:
    """The three tables of the wheel, which has to be exactly the one known here."""
    with fetched_wheel(PACKAGE, VERSION, SHA256) as wheel:
        names = ("sop_class_iod_map", "iod_module_map", "module_attribute_map")
        return {name: json.loads(wheel.read(f"highdicom/_standard/{name}.json")) for name in names}


def tag(keyword: str) -> str:
    number = tag_for_keyword(keyword)
    if number is None:
        raise SystemExit(f"{keyword} is not in pydicom's dictionary.")
    return f"{number:08X}"


def module(rows: list[dict[str, Any]], not_always: tuple[str, ...]) -> list[list[str]]:
    """[Type 1 tags, Type 2 tags] of the top level of one module."""
    rows = [r for r in rows if not r["path"] and r["keyword"] not in not_always]
    return [sorted({tag(r["keyword"]) for r in rows if r["type"] == kind}) for kind in "12"]


def tables(source: dict[str, Any]) -> dict[str, Any]:
    classes = dict(sorted(source["sop_class_iod_map"].items()))
    of_iod = {}
    for iod in sorted(set(classes.values())):
        keys = [m["key"] for m in source["iod_module_map"][iod] if m["usage"] == "M"]
        of_iod[iod] = sorted(key for key in keys if key in source["module_attribute_map"])
    wanted = sorted({key for keys in of_iod.values() for key in keys})
    modules = {key: module(source["module_attribute_map"][key], NOT_ALWAYS.get(key, ())) for key in wanted}
    optional: dict[str, list[str]] = {}
    for iod, keys in of_iod.items():
        for key in OVERRIDDEN.keys() & set(keys):
            of_module, keyword = OVERRIDDEN[key]
            others = [modules[k] for k in keys if k != of_module]
            if not any(tag(keyword) in (*one, *two) for one, two in others):
                optional.setdefault(iod, []).append(tag(keyword))
    used = {t for one, two in modules.values() for t in (*one, *two)}
    names = {t: dictionary_description(int(t, 16)) for t in sorted(used)}
    source_of = f"{PACKAGE} {VERSION} (MIT)"
    return {
        "edition": EDITION, "source": source_of, "classes": classes, "iods": of_iod,
        "optional": {iod: sorted(tags) for iod, tags in sorted(optional.items())}, "modules": modules, "names": names,
    }  # fmt: skip


if __name__ == "__main__":
    TARGET.write_text(json.dumps(tables(fetched()), separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes")
