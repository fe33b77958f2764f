"""Every real file at hand as one disc, exported in both promises, before every witness; prints what each said."""

from __future__ import annotations

import gzip
import os
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import witnesses
from discs import close_file_set
from instances import DEFLATED
from scanfolio.export import drive
from scanfolio.export.manifest import Manifest
from scanfolio.export.papers import NOT_READY
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import EVERYONE, Choices
from scanfolio.export.records import ROOT_TYPES, record_type
from scanfolio.export.verify import Verification, verify
from scanfolio.export.write import write_folder, write_zip
from scanfolio.model import Disc
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import open_source

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
    print(f"\n{whole.encoding}")
    for witness, shown, took in said:
        print(f"  {witness:<42} {took:>4} of {shown}")
    assert [(witness, took) for witness, shown, took in said if took != shown] == []


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
