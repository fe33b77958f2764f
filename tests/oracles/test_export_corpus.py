"""Every real file at hand as one disc, exported in both promises, before every witness; prints what each said."""

from __future__ import annotations

import gzip
import importlib.util
import os
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest

import directory_faults
import witnesses
from discs import close_file_set
from instances import DEFLATED
from scanfolio.export import drive
from scanfolio.export.manifest import Manifest
from scanfolio.export.papers import NOT_READY
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import EVERYONE, Choices
from scanfolio.export.records import ROOT_TYPES, record_type
from scanfolio.export.verification import Verification
from scanfolio.export.verify import verify
from scanfolio.export.write import write_folder, write_zip
from scanfolio.model import Disc
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import open_source
from scanfolio.standard.uids import SOP_CLASSES

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")


@dataclass
class Whole:
    encoding: str
    disc: Disc
    folder: Path
    archive: Path
    manifest: Manifest
    verification: Verification

    @property
    def paths(self) -> list[Path]:
        return [self.folder / i.file_id for i in self.manifest.instances]


@pytest.fixture(scope="module", params=["most-compatible", "keep-encoding"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    index = DiscIndex()
    drive.run(read_all(index, open_source(str(CORPUS))))
    disc = index.finish()
    plan = make_plan(disc, index.entries, Choices(patient_key=EVERYONE, encoding=request.param))
    target = tmp_path_factory.mktemp("export")
    folder, archive = target / "folder", target / "DICOM.ZIP"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the corpus holds what pydicom warns of
        sink = drive.sink_for(folder)
        manifest = drive.run(write_folder(plan, "{}", ""), sink)
        verification = drive.run(verify(open_source(str(folder)), disc, index.entries, manifest))
        sink.confirm()
        drive.run(write_zip(plan, "{}", "", file_set_uid=manifest.file_set_uid), drive.sink_for(archive))
    return Whole(request.param, disc, folder, archive, manifest, verification)


def test_every_instance_is_written_or_has_a_reason_and_what_is_written_is_identical(whole: Whole) -> None:
    written = {i.source_path for i in whole.manifest.instances}
    left = Counter(f.code for f in whole.manifest.left_out if f.sop_instance_uid or f.code == "no-identity")
    reasons = {f.path for f in whole.manifest.left_out}
    assert {i.path for i in whole.disc.instances} <= written | reasons
    assert not written & reasons
    assert whole.verification.ok, whole.verification.differences[:5]
    assert whole.verification.identical == len(written)
    assert not (whole.folder / NOT_READY).exists()
    print(f"\n{whole.encoding}: {len(whole.disc.instances)} instances on the disc, {len(written)} written, identical;")
    print("left out:", ", ".join(f"{count} {code}" for code, count in left.most_common()))


@pytest.mark.filterwarnings("ignore::UserWarning")  # the corpus holds what pydicom warns of
def test_property_21_the_table_of_witnesses(whole: Whole, tmp_path: Path) -> None:
    """What each of them was shown, what it took, and nothing left unexplained."""
    count = len(whole.manifest.instances)
    said: list[tuple[str, int, int]] = [
        ("dcmdump parses", count, sum(witnesses.ask("dcmdump", "-q", path)[0] == 0 for path in whole.paths)),
        ("dcdirdmp follows the offsets to", count, len(listed_by_dcdirdmp(whole))),
        ("dciodvfy has no error the source has not", count, count - len(new_errors(whole, tmp_path))),
        ("pydicom's FileSet finds", count, len(listed_by_pydicom(whole))),
        ("7z accepts the zip", 1, int(witnesses.ask("7z", "t", whole.archive)[0] == 0)),
        ("unzip accepts the zip", 1, int(witnesses.ask("unzip", "-tq", whole.archive)[0] == 0)),
    ]
    # an archive keeps what belongs to somebody: colour tables and the like it refuses, whoever sends them
    of_somebody = count - sum(of_nobody(i.sop_instance_uid, whole) for i in whole.manifest.instances)
    with witnesses.orthanc(tmp_path) as server:
        server.upload(whole.archive.read_bytes())
        said.append(("Orthanc stores of the zip", of_somebody, server.get("/statistics")["CountInstances"]))
    if whole.encoding == "most-compatible":  # these are about the form every system has to read
        said += strict_witnesses(whole, tmp_path)
    faults, found = planted_faults(whole)
    said.append(("our own second parser finds, of planted faults", faults, found))
    print(f"\n{whole.encoding}")
    for witness, shown, took in said:
        print(f"  {witness:<56} {took:>4} of {shown}")
    assert [(witness, took) for witness, shown, took in said if took != shown] == []


def strict_witnesses(whole: Whole, scratch: Path) -> list[tuple[str, int, int]]:
    """An archive over the network, another reader, another writer of tables of contents."""
    count, said = len(whole.paths), []
    place = scratch / "network"
    place.mkdir()
    sendable = sum(map(has_a_class_receivers_know, whole.paths))
    with witnesses.orthanc(place) as server:
        said.append(
            ("dcmsend, going by our DICOMDIR, sends", sendable, server.sent_by_dcmsend(whole.folder / "DICOMDIR"))
        )
        said.append(("Orthanc stores over the network", sendable, server.get("/statistics")["CountInstances"]))
    if importlib.util.find_spec("dicomsdl"):
        said.append(("dicomsdl reads the same elements and pixels", count, sum(map(same_by_dicomsdl, whole.paths))))
    for profile, name in PROFILES.items():
        explained = explanations(whole, profile, scratch)
        said.append((f"dcmmkdir for {name} takes, or has a reason", count, count - len(explained[""])))
        reasons = ", ".join(f"{len(files)} {why}" for why, files in explained.items() if why)
        print(f"\ndcmmkdir for {name} takes {count - len(set().union(*explained.values()))} of {count}: {reasons}")
    return said


NEWER_THAN_DCMTK = frozenset(("1.2.840.10008.5.1.4.1.1.66.7",))
"""Label Map Segmentation Storage: dcmtk 3.6.7 proposes no SOP Class it does not know."""


def has_a_class_receivers_know(file: Path) -> bool:
    """Archives accept over the network only SOP Classes they have heard of, told by an element that is plainly one."""
    sop_class = pydicom.dcmread(file, stop_before_pixels=True).get_item(0x00080016)
    uid = sop_class.value.decode("ascii", "replace").strip("\0 ")
    return sop_class.VR == "UI" and uid in SOP_CLASSES and uid not in NEWER_THAN_DCMTK


PROFILES = {"-Pgp": "a general purpose CD", "-Pdv": "a DVD", "-Pfl": "a USB stick", "-Pcm": "CT and MR"}
WHY_NOT = {
    "without a value that the profile wants and the image never had": r"required attribute (\w+) .*(missing|empty) in",
    "of a SOP Class that the profile does not have": r"invalid SOP class",
    "of a kind that CT and MR do not have": r"has other value than expected|no pixel data found",
    "written by their maker with unknown VRs only": r"can't find SOP|Corrupted data",
}
"""Reasons for which dcmmkdir rightly refuses a file, by what it prints."""


def explanations(whole: Whole, profile: str, scratch: Path) -> dict[str, set[str]]:
    """{reason: File IDs that dcmmkdir refuses for it}, "" for those nobody can explain."""
    found: dict[str, set[str]] = {"": set()}
    for file_id, lines in witnesses.refused_by_dcmmkdir(whole.folder, profile, scratch).items():
        for line in lines:
            why = next((why for why, pattern in WHY_NOT.items() if re.search(pattern, line)), "")
            lacking = re.search(r"required attribute (\w+)", line)
            if lacking and whole.folder.joinpath(file_id).is_file():
                there = pydicom.dcmread(whole.folder / file_id, stop_before_pixels=True).get(lacking[1])
                why = why if there in (None, "") else ""
            found.setdefault(why, set()).add(file_id)
    return found


def same_by_dicomsdl(file: Path) -> bool:
    """The same elements with the same bytes as pydicom, another reader, finds in the copy; pixels to the last byte."""
    there, ours = witnesses.by_dicomsdl(file), pydicom.dcmread(file)
    if set(there) != {int(tag) for tag in ours.keys() if tag >> 16 > 2}:  # noqa: SIM118  a Dataset would parse its values
        return False
    for tag, value in there.items():
        raw = ours.get_item(tag)
        if value is None or raw is None or not isinstance(raw.value, bytes):
            continue
        blank = b"" if tag == 0x7FE00010 else b"\0 \t\r\n"
        if value != raw.value and (not blank or value.strip(blank) != raw.value.strip(blank)):
            return False
    return True


def planted_faults(whole: Whole) -> tuple[int, int]:
    """(planted, found) in the DICOMDIR of this export."""
    index = DiscIndex()
    drive.run(read_all(index, open_source(str(whole.folder))))
    facts = directory_faults.facts_of(index.finish(), index.entries)
    directory = (whole.folder / "DICOMDIR").read_bytes()
    assert directory_faults.faults_of(directory, facts) == []
    tried = {
        what: directory_faults.faults_of(bad, facts) for what, bad in directory_faults.planted(directory, every=61)
    }
    print([what for what, faults in tried.items() if not faults])
    return len(tried), sum(map(bool, tried.values()))


def of_nobody(uid: str, whole: Whole) -> bool:
    sop_class_uid = next(i.sop_class_uid for i in whole.disc.instances if i.sop_instance_uid == uid)
    return record_type(sop_class_uid) in ROOT_TYPES


def listed_by_dcdirdmp(whole: Whole) -> set[str]:
    code, lines = witnesses.ask("dcdirdmp", whole.folder / "DICOMDIR")
    assert code == 0, lines[-3:]
    listed = {line.split("->")[1].strip().replace("\\", "/") for line in lines if "->" in line}
    return listed & {i.file_id for i in whole.manifest.instances}


def listed_by_pydicom(whole: Whole) -> set[str]:
    from pydicom.fileset import _PREFIXES, FileSet

    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setitem(_PREFIXES, "ANNOTATION", "AN")  # pydicom 3.0 does not know this record type of PS3.3 F.5.44 yet
        file_set = FileSet(whole.folder / "DICOMDIR")
        uids = {str(instance.SOPInstanceUID) for instance in file_set}
        close_file_set(file_set)
    return uids & {i.sop_instance_uid for i in whole.manifest.instances}


def new_errors(whole: Whole, scratch: Path) -> dict[str, set[str]]:
    """{source path: errors dciodvfy has of the copy but not of the source}, where it can read the source at all."""
    found = {}
    for written in whole.manifest.instances:
        errors = witnesses.errors_of_dciodvfy(whole.folder / written.file_id)
        # the meta header repeats the instance's own identifier, a wrong one as well (PS3.10 7.1)
        after = {error for error in errors if "(0x0002,0x0003)" not in error}
        source = readable(CORPUS / written.source_path, scratch)
        if after and source and (new := after - witnesses.errors_of_dciodvfy(source)):
            found[written.source_path] = new
    for path, errors in found.items():
        print(path, errors)
    return found


def readable(source: Path, scratch: Path) -> Path | None:
    """`source` as dciodvfy can read it: unpacked; None where it gives up on it before the end."""
    data = source.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        source = scratch / "unpacked"
        source.write_bytes(gzip.decompress(data))
    if DEFLATED.encode() in data[:1024]:
        return None
    _, lines = witnesses.ask("dciodvfy", source)
    return None if any("read failed" in line for line in lines) else source
