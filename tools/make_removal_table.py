"""Write py/scanfolio/standard/confidentiality.json: what PS3.15 Table E.1-1 does to attributes. Run by hand, seldom.

With --check it writes nothing and ends with 1 where the table is another one.

The actions of the Basic Profile come from the PyPI package dicom-anonymizer; the Types that decide compound actions
such as "X/Z/D" from the tables that make_iod_tables.py reads, of all modules of an IOD: where an attribute is there,
its module is used and its condition is met. Only these facts are kept: tags, action codes, Types.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from pydicom.datadict import dictionary_has_tag, tag_for_keyword

from make_iod_tables import PACKAGE as IOD_PACKAGE
from make_iod_tables import VERSION as IOD_VERSION
from make_iod_tables import fetched as iod_tables
from wheels import fetched_wheel

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "py" / "scanfolio" / "standard" / "confidentiality.json"
PACKAGE, VERSION, EDITION = "dicom-anonymizer", "2.1.0", "2026c"
SHA256 = "bf642a6b43afd362faa2c7d2b101a3d4765cf85cf0d7590795e3ee556e636b8b"
MODULE = f"dicomanonymizer/dicom_anonymization_databases/dicomfields_{EDITION}.py"
ACTIONS = {
    "X": "X_TAGS", "Z": "Z_TAGS", "D": "D_TAGS", "U": "U_TAGS", "Z/D": "Z_D_TAGS", "X/Z": "X_Z_TAGS", "X/D": "X_D_TAGS",
    "X/Z/D": "X_Z_D_TAGS", "X/Z/U*": "X_Z_U_STAR_TAGS",
}  # fmt: skip
ROW = re.compile(r"\(0x([0-9A-F]{4}), 0x([0-9A-F]{4})\),  # (.+)")


def fetched() -> tuple[ModuleType, str]:
    """The table as a module, and its text. The wheel has to be exactly the one known here."""
    with fetched_wheel(PACKAGE, VERSION, SHA256) as wheel, tempfile.TemporaryDirectory() as folder:
        path = Path(wheel.extract(MODULE, folder))
        spec = importlib.util.spec_from_file_location("table", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module, path.read_text(encoding="utf-8")


def actions(module: ModuleType) -> dict[str, list[str]]:
    """Tags by action code. Ranges (curves, overlays), which have masks there, are left to the code."""
    return {
        code: sorted(f"{row[0] << 16 | row[1]:08X}" for row in getattr(module, name) if len(row) == 2)
        for code, name in ACTIONS.items()
    }


def types(wanted: set[str], source: dict[str, Any]) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """(IODs, Types by tag: at the top level with numbers of IODs, inside with the sequences they stand in)."""
    modules: dict[str, list[tuple[str, str]]] = {}
    nested: dict[str, dict[str, set[str]]] = {"1": {}, "2": {}}
    for key, rows in source["module_attribute_map"].items():
        for row in rows:
            number = tag_for_keyword(row["keyword"])
            kind = row["type"][:1]
            if number is None or kind not in ("1", "2") or f"{number:08X}" not in wanted:
                continue
            tag = f"{number:08X}"
            if row["path"]:
                parent = tag_for_keyword(row["path"][-1])
                if parent is not None:
                    nested[kind].setdefault(tag, set()).add(f"{parent:08X}")
            else:
                modules.setdefault(key, []).append((tag, kind))
    iods = sorted(set(source["sop_class_iod_map"].values()))
    top: dict[str, dict[str, set[int]]] = {"1": {}, "2": {}}
    for place, iod in enumerate(iods):
        for key in (m["key"] for m in source["iod_module_map"][iod]):
            for tag, kind in modules.get(key, ()):
                top[kind].setdefault(tag, set()).add(place)
    tables: tuple[dict[str, dict[str, set[Any]]], ...] = (top, nested)
    for table in tables:
        for tag, places in table["2"].items():
            places -= table["1"].get(tag, set())  # the stricter Type is the one to meet
    as_lists = [
        {kind: {tag: sorted(places) for tag, places in sorted(tags.items()) if places} for kind, tags in table.items()}
        for table in tables
    ]
    return iods, as_lists[0], as_lists[1]


def names(text: str) -> dict[str, str]:
    """Of attributes that pydicom's dictionary does not know yet."""
    rows = {f"{group}{element}": name.strip() for group, element, name in ROW.findall(text)}
    return {tag: name for tag, name in sorted(rows.items()) if not dictionary_has_tag(int(tag, 16))}


if __name__ == "__main__":
    table, text = fetched()
    found = actions(table)
    compound = {tag for code, tags in found.items() if "/" in code for tag in tags}
    iods, top, nested = types(compound, iod_tables())
    result = {
        "edition": EDITION,
        "source": f"{PACKAGE} {VERSION} (BSD-3-Clause); Types: {IOD_PACKAGE} {IOD_VERSION} (MIT)",
        "actions": found, "iods": iods, "types": top, "nested": nested, "names": names(text),
    }  # fmt: skip
    written = json.dumps(result, separators=(",", ":")) + "\n"
    if "--check" in sys.argv:
        raise SystemExit(TARGET.read_text(encoding="utf-8") != written)
    TARGET.write_text(written, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes")
