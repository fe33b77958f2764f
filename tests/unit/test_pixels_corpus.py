"""Real files nobody here wrote: each picture is shown or refused in words, and lossless values are the reference's."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pixel_files import opened
from scanfolio.errors import PixelError
from scanfolio.pixels import syntax
from scanfolio.pixels.frame import display_values, stored_values
from scanfolio.pixels.recipe import recipe

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
MAX_FRAMES = 40

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").is_file(), reason=f"no corpus at {CORPUS}")


@cache
def manifest() -> dict[str, list[dict[str, Any]]]:
    """The manifest's pictures by source; nothing where there is no corpus."""
    found: dict[str, list[dict[str, Any]]] = {}
    if (CORPUS / "manifest.json").is_file():
        for file in json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["files"]:
            if "decode" in file and file["kind"] == "dicom":
                found.setdefault(file["source"], []).append(file)
    return found


def instance_of(path: str) -> Any:
    try:
        return opened((CORPUS / path).read_bytes(), path)
    except IndexError:
        return None  # not a DICOM instance to the index: a packed or malformed file


def fingerprint(entry: Any, instance: Any) -> dict[str, Any]:
    frames = [stored_values(entry, instance, n) for n in range(instance.number_of_frames)]
    values = np.ascontiguousarray(np.stack(frames) if len(frames) > 1 else frames[0])
    digest = hashlib.sha256(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()).hexdigest()
    return {"shape": list(values.shape), "dtype": values.dtype.name, "sha256": digest}


@pytest.mark.parametrize("source", sorted(manifest()))
def test_every_picture_is_shown_or_refused_in_words(source: str) -> None:
    silent = []
    for file in manifest()[source]:
        got = instance_of(file["path"])
        if got is None:
            continue
        entry, instance = got
        found = recipe(instance, entry)
        try:
            shown = display_values(entry, instance)
        except PixelError as refused:
            if file["decode"]["raw"]["result"] == "ok" or not refused.title.endswith("."):
                silent.append((file["path"], refused.title, refused.detail))
            continue
        if found["cannot"] or shown.dtype != np.uint8 or shown.shape[:2] != (found["rows"], found["columns"]):
            silent.append((file["path"], found["cannot"], str(shown.shape)))
    assert not silent


@pytest.mark.parametrize("source", sorted(manifest()))
def test_lossless_values_are_the_reference_s(source: str) -> None:
    pytest.importorskip("imagecodecs")
    different = []
    for file in manifest()[source]:
        reference = file["decode"]["raw"]
        lossless = syntax.lossy_by_syntax(file.get("transfer_syntax") or "") == "0"
        if reference["result"] != "ok" or not lossless or file.get("frames", 1) > MAX_FRAMES:
            continue
        got = instance_of(file["path"])
        if got is not None:
            found = fingerprint(*got)
            if any(found[key] != reference[key] for key in found):
                different.append((file["path"], found, reference))
    assert not different
