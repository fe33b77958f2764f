"""Which Type 1 and Type 2 attributes are missing: our table against dciodvfy, which has its own, written by hand.

Only what is required without a condition is compared. Differences that are explained stand in EXPLAINED, are printed,
and are the subject of docs/decisions/0011-required-attributes.md; any other fails.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from pydicom.dataset import Dataset

import instances
import witnesses
from scanfolio.export.drive import run
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.rules.required import faults_of
from scanfolio.source import open_source
from scanfolio.standard.iods import iod_of, sop_classes

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
LINE = re.compile(
    r"Error - </\w+\(([0-9a-f]{4}),([0-9a-f]{4})\)> - "
    r"(Missing|Empty) attribute (?:\(no value\) )?for Type ([12]C?) (?:Required|Conditional) - Module=<(\w+)>"
)


class Said(NamedTuple):
    """One missing or empty attribute, by either side."""

    tag: int
    type: str
    empty: bool
    module: str


class Difference(NamedTuple):
    """`who`, "ours" or "theirs", alone says so."""

    who: str
    tag: int
    module: str
    iod: str


LOST = ("Information Object Not found", "read failed", "Assertion", "Tags out of order")
"""What dciodvfy says where it could not follow the data set to its end."""

ANY: frozenset[int] = frozenset()
EXPLAINED: tuple[tuple[str, str, str, frozenset[int], str], ...] = (
    # who alone says so, module and IOD (patterns), tags, why
    ("theirs", r"MultiFrameFunctionalGroups\w*", ".*", frozenset({0x52009230}),
     "Per-Frame Functional Groups Sequence is 1C now: not where all frames share everything"),
    ("theirs", "EnhancedMRImage", ".*", frozenset({0x20500020}),
     "Presentation LUT Shape is 1C now: grayscale only"),
    ("theirs", "FrameOfReference",
     "rt-structure-set|segmentation|dermoscopic-photography-image|vl-whole-slide-microscopy-image",
     ANY, "Frame of Reference is not mandatory (U or C) in this IOD"),
    ("theirs", "SlideLabel", ".*", ANY,
     "Slide Label is conditional now: for label images"),
    ("theirs", "GeneralEquipment", "secondary-capture-image", frozenset({0x00080070}),
     "an optional module of which something is there; optional modules are not looked at"),
    ("theirs", r"ClinicalTrial\w+", "spectacle-prescription-report", ANY,
     "optional modules in this IOD"),
    ("theirs", r"Multiframe\w+SCImagePseudo", ".*", ANY,
     "conditional in the Standard; told from the facts (rules/conditions.py), not from the table"),
    ("theirs", "StructureSet|ROIContour|RTROIObservations", "rt-structure-set", ANY,
     "conditional now: a structure set may be empty"),
    ("theirs", r"RT(Ion)?BeamsSessionRecord", ".*", ANY,
     "conditional in later editions"),
    ("theirs", "AcquisitionContext", "ambulatory-ecg", ANY,
     "optional in this IOD"),
    ("theirs", "DirectoryInformation", "basic-directory", ANY,
     "a DICOMDIR is judged by the D rules"),
    ("theirs", "OphthalmicOpticalCoherenceTomographyEnFaceImage", ".*", ANY,
     "changed in later editions"),
    ("ours", ".*", "vl-whole-slide-microscopy-image", ANY,
     "dciodvfy does not tell the IOD of an otherwise empty object"),
    ("ours", "enhanced-general-equipment",
     "acquisition-context-sr|advanced-blending-presentation-state|.*radiation-dose-sr",
     ANY, "mandatory in later editions"),
    ("ours", "frame-of-reference", "advanced-blending-presentation-state|breast-tomosynthesis-image", ANY,
     "mandatory in later editions"),
    ("ours", "synchronization|intravascular-.*", "intravascular-optical-coherence-tomography-image", ANY,
     "mandatory in later editions"),
    ("ours", "ophthalmic-optical-coherence-tomography-en-face-image", ".*", ANY,
     "changed in later editions"),
    ("ours", "rt-treatment-summary-record", ".*", ANY,
     "mandatory (M) in PS3.3 A.31; optional for dciodvfy"),
    ("ours", "sop-common", ".*", frozenset({0x00080005}),
     "text beyond ASCII without a character set; dciodvfy does not look for that"),
    ("ours", "sr-document-content", ".*", frozenset({0x0040A050}),
     "the root content item is always a CONTAINER; dciodvfy goes by the Value Type, which an empty object lacks"),
    ("ours", "hanging-protocol-display", ".*", frozenset({0x00720208}),
     "Type 2 in PS3.3 C.23.3; not looked at by dciodvfy"),
)  # fmt: skip


def explanation(difference: Difference) -> str:
    for who, module, iod, tags, why in EXPLAINED:
        fits = re.fullmatch(module, difference.module) and re.fullmatch(iod, difference.iod)
        if who == difference.who and fits and (not tags or difference.tag in tags):
            return why
    return ""


def by_dciodvfy(file: Path) -> list[Said] | None:
    """What it says of the top level of the data set; None where it does not know the object, or gave up."""
    _, lines = witnesses.ask("dciodvfy", "-new", file)
    if any(phrase in line for line in lines for phrase in LOST):
        return None
    found = []
    for line in lines:
        said = LINE.match(line)
        if said and said[1] != "0002":
            found.append(Said(int(said[1] + said[2], 16), said[4], said[3] == "Empty", said[5]))
    return found


def compare(theirs: list[Said], ours: list[Said], iod: str) -> tuple[int, list[Difference]]:
    """(how many they agree on, the differences); a Type 1 of ours answers to a Type 2 of theirs, and to a 1C."""
    all_theirs, all_ours = {(s.tag, s.empty) for s in theirs}, {(s.tag, s.empty) for s in ours}
    alone = [Difference("theirs", s.tag, s.module, iod) for s in theirs
             if s.type in "12" and (s.tag, s.empty) not in all_ours]  # fmt: skip
    alone += [Difference("ours", s.tag, s.module, iod) for s in ours if (s.tag, s.empty) not in all_theirs]
    return len(all_theirs & all_ours), alone


def report(what: str, agreed: int, differences: list[Difference], capsys: pytest.CaptureFixture[str]) -> None:
    reasons: dict[str, list[Difference]] = {}
    for difference in differences:
        reasons.setdefault(explanation(difference), []).append(difference)
    unexplained = reasons.pop("", [])
    with capsys.disabled():
        print(f"\n{what}: {agreed} missing or empty attributes by both")
        for why, group in sorted(reasons.items()):
            iods = sorted({d.iod for d in group})
            print(f"  {len(group)} by {group[0].who} alone ({', '.join(iods[:2])}{' ...' * (len(iods) > 2)}): {why}")
    assert [f"{d.who} {d.tag:08X} {d.module} {d.iod}" for d in unexplained] == []


def test_every_iod_asks_for_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An object with nothing but its SOP Class lacks everything: what dciodvfy then misses is its whole table."""
    agreed, differences, known = 0, [], 0
    for uid in sop_classes():
        iod = iod_of(uid)
        assert iod is not None
        empty = Dataset()
        empty.SOPClassUID, empty.SOPInstanceUID = uid, "1.2.3"
        (tmp_path / "empty").write_bytes(instances.encode(empty))
        theirs = by_dciodvfy(tmp_path / "empty")
        if theirs is None:
            continue
        known += 1
        there = (0x00080016, 0x00080018)
        ours = [Said(r.tag, r.type, False, r.module) for r in iod.attributes if r.tag not in there]
        same, alone = compare(theirs, ours, iod.name)
        agreed += same
        differences += alone
    assert known > 90 and agreed > 3000
    report(f"{known} of {len(sop_classes())} SOP Classes dciodvfy knows", agreed, differences, capsys)


def of_the_corpus() -> Iterator[tuple[str, list[Said], list[Said]]]:
    index = DiscIndex()
    run(read_all(index, open_source(str(CORPUS))))
    for instance in index.finish().instances:
        if index.entries[instance.entry_id].locate is not None:
            continue  # packed, or behind other bytes: dciodvfy does not look there
        faults = faults_of(instance)
        theirs = by_dciodvfy(CORPUS / instance.path) if faults is not None else None
        if faults is not None and theirs is not None:
            iod = iod_of(instance.sop_class_uid)
            assert iod is not None
            yield iod.name, theirs, [Said(r.tag, r.type, empty, r.module) for r, empty in faults]


def test_real_instances_lack_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Here conditions count, too: nothing we say from one may be unknown to dciodvfy."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here (SCANFOLIO_CORPUS names its folder)")
    agreed, differences, looked_at = 0, [], 0
    for iod, theirs, ours in of_the_corpus():
        looked_at += 1
        same, alone = compare(theirs, ours, iod)
        agreed += same
        differences += alone
    assert looked_at > 400 and agreed > 1500
    report(f"{looked_at} real instances", agreed, differences, capsys)
