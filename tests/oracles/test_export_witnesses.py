"""Our exports before programs nobody here wrote: validators, other DICOMDIR readers, unpackers, a receiving archive."""

from __future__ import annotations

import os
import warnings
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pydicom
import pytest

import witnesses
from discs import close_file_set, write_files
from instances import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, JPEG_2000_LOSSLESS, RLE, encode, make_instance
from scanfolio.export import drive
from scanfolio.export.manifest import Manifest
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import EVERYONE, Choices
from scanfolio.export.verify import verify
from scanfolio.export.write import write_folder, write_zip
from scanfolio.export.zip import ZipWriter
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import open_source

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
CREATED = datetime(2024, 2, 29, 10, 15, 30)
KINDS = ("ct", "mr", "pet", "us_rgb", "palette", "mono1", "multiframe", "enhanced_ct", "dose_report", "pdf")


@dataclass
class Case:
    source: Path
    folder: Path
    archive: Path
    manifest: Manifest

    @property
    def instances(self) -> list[Path]:
        return [self.folder / i.file_id for i in self.manifest.instances]


def exported(source: Path, target: Path, encoding: str) -> Case:
    index = DiscIndex()
    drive.run(read_all(index, open_source(str(source))))
    disc = index.finish()
    plan = make_plan(disc, index.entries, Choices(patient_key=EVERYONE, encoding=encoding))
    folder, archive = target / "folder", target / "DICOM.ZIP"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the corpus holds what pydicom warns of
        manifest = drive.run(write_folder(plan, "{}", "", created=CREATED), drive.sink_for(folder))
        drive.run(
            write_zip(plan, "{}", "", created=CREATED, file_set_uid=manifest.file_set_uid), drive.sink_for(archive)
        )
        for written in (folder, archive):
            verification = drive.run(verify(open_source(str(written)), disc, index.entries, manifest))
            assert verification.ok, verification.differences
    return Case(source, folder, archive, manifest)


def synthetic_disc(folder: Path) -> Path:
    """Every kind we can build, in turn in every encoding."""
    pytest.importorskip("imagecodecs")
    files = {}
    syntaxes = (EXPLICIT, IMPLICIT, BIG_ENDIAN, RLE, JPEG_2000_LOSSLESS)
    for number, kind in enumerate(KINDS, 1):
        for k, syntax in enumerate(syntaxes):
            ds = make_instance(kind, 10 * number + k, series=number)
            if syntax in (EXPLICIT, IMPLICIT, BIG_ENDIAN) or kind in ("ct", "mr", "pet"):
                files[f"{kind}{k}"] = encode(ds, syntax)
    return write_files(folder, files)


def corpus_part() -> Path:
    folder = CORPUS / "pydicom"
    if not folder.is_dir():
        pytest.skip("the corpus is not here (SCANFOLIO_CORPUS names its folder)")
    return folder


@pytest.fixture(scope="module", params=["most-compatible", "keep-encoding"])
def synthetic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    source = synthetic_disc(tmp_path_factory.mktemp("source") / "disc")
    return exported(source, tmp_path_factory.mktemp("export"), request.param)


@pytest.fixture(scope="module", params=["synthetic", "corpus"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    if request.param == "synthetic":
        source = synthetic_disc(tmp_path_factory.mktemp("source") / "disc")
    else:
        source = corpus_part()
    return exported(source, tmp_path_factory.mktemp("export"), "most-compatible")


def test_property_21_dciodvfy_accepts_the_directory(case: Case) -> None:
    errors = witnesses.errors_of_dciodvfy(case.folder / "DICOMDIR")
    theirs = {e for e in errors if inherited(e, case)}
    assert errors - theirs == set()


def inherited(error: str, case: Case) -> bool:
    """A value the instances bring along: it stands in the record because it stands in the file."""
    of_values = ("Value invalid for this VR", "VR of", "Illegal root for UID", "invalid data values")
    return case.source == CORPUS / "pydicom" and any(phrase in error for phrase in of_values)


def test_dciodvfy_finds_no_error_the_source_does_not_have(case: Case) -> None:
    new = {}
    for written in case.manifest.instances:
        if DEFLATED.encode() in (case.source / written.source_path).read_bytes()[:1024]:
            continue  # it cannot look into a deflated source, so it finds there nothing to compare with
        before = witnesses.errors_of_dciodvfy(case.source / written.source_path)
        after = witnesses.errors_of_dciodvfy(case.folder / written.file_id)
        if after - before:
            new[written.source_path] = after - before
    assert new == {}


def test_dcentvfy_finds_the_synthetic_disc_consistent(synthetic: Case) -> None:
    _, lines = witnesses.ask("dcentvfy", *synthetic.instances)
    assert [line for line in lines if line.startswith("Error")] == []


def test_dcdirdmp_follows_every_offset(case: Case) -> None:
    code, lines = witnesses.ask("dcdirdmp", case.folder / "DICOMDIR")
    assert code == 0, lines[-3:]
    listed = [line.split("->")[1].strip() for line in lines if "->" in line]
    assert sorted(listed) == sorted(i.file_id.replace("/", "\\") for i in case.manifest.instances)


def test_dcmdump_parses_every_file(case: Case) -> None:
    for file in (case.folder / "DICOMDIR", *case.instances):
        code, lines = witnesses.ask("dcmdump", "-q", file)
        assert code == 0, (file.name, lines[-2:])


def test_dcmmkdir_could_make_the_directory_itself(tmp_path: Path) -> None:
    case = exported(synthetic_disc(tmp_path / "disc"), tmp_path / "export", "most-compatible")
    for profile in ("-Pgp", "-Pdv", "-Pfl"):  # general purpose CD, DVD, flash
        arguments = (profile, "+r", "+id", case.folder, "+p", "IM*", "+D", tmp_path / profile)
        code, lines = witnesses.ask("dcmmkdir", *arguments, folder=case.folder)
        assert code == 0, lines
        assert [line for line in lines if line.startswith(("E:", "F:")) or "cannot be added" in line] == []


def test_a_superseded_directory_disturbs_no_unpacker(tmp_path: Path) -> None:
    """What a zip looks like when an image turned out to be undecodable after its DICOMDIR had been sent."""
    writer = ZipWriter(CREATED)
    pieces = [
        p for name, data in (("DICOMDIR", b"old"), ("A", b"x"), ("DICOMDIR", b"new")) for p in writer.add(name, [data])
    ]
    (tmp_path / "z.zip").write_bytes(b"".join(map(bytes, pieces)) + writer.finish())
    assert witnesses.ask("7z", "t", tmp_path / "z.zip")[0] == 0
    code, lines = witnesses.ask("unzip", "-p", tmp_path / "z.zip", "DICOMDIR")
    assert (code, lines) == (0, ["new"])


def test_gdcm_reads_every_file(synthetic: Case) -> None:
    for file in (synthetic.folder / "DICOMDIR", *synthetic.instances):
        code, lines = witnesses.ask("gdcmdump", file)
        assert code == 0, (file.name, lines[-2:])


def test_pydicom_loads_the_file_set(case: Case) -> None:
    from pydicom.fileset import FileSet

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message=".*(referenced|orphan|non-existent|record).*")
        file_set = FileSet(case.folder / "DICOMDIR")
        uids = {instance.SOPInstanceUID for instance in file_set}
        close_file_set(file_set)
    assert uids == {i.sop_instance_uid for i in case.manifest.instances}
    assert case.manifest.file_set_uid == file_set.UID


def test_pydicom_reads_the_same_pixels(synthetic: Case) -> None:
    """pydicom's own decoders on the source against the plain pixels of the export."""
    import numpy as np

    compared = 0
    for written in synthetic.manifest.instances:
        source = pydicom.dcmread(synthetic.source / written.source_path)
        if "PixelData" not in source or source.file_meta.TransferSyntaxUID == JPEG_2000_LOSSLESS:
            continue  # pydicom alone has no JPEG 2000; the next test has
        copy = pydicom.dcmread(synthetic.folder / written.file_id)
        assert np.array_equal(source.pixel_array, copy.pixel_array), written.source_path
        compared += 1
    assert compared > 20


def test_gdcm_decodes_the_same_pixels(tmp_path: Path, synthetic: Case) -> None:
    import numpy as np

    for written in synthetic.manifest.instances:
        source = synthetic.source / written.source_path
        if pydicom.dcmread(source, stop_before_pixels=True).file_meta.TransferSyntaxUID != JPEG_2000_LOSSLESS:
            continue
        raw = tmp_path / "raw"
        witnesses.ask("gdcmconv", "--raw", source, raw)
        copy = pydicom.dcmread(synthetic.folder / written.file_id)
        if copy.file_meta.TransferSyntaxUID == EXPLICIT:
            assert np.array_equal(pydicom.dcmread(raw).pixel_array, copy.pixel_array), written.source_path


@pytest.mark.parametrize(("program", "arguments"), [("7z", ("t",)), ("unzip", ("-tq",))])
def test_unpackers_accept_the_zip(case: Case, program: str, arguments: tuple[str, ...]) -> None:
    code, lines = witnesses.ask(program, *arguments, case.archive)
    text = "\n".join(lines)
    assert code == 0, text
    assert "Everything is Ok" in text or "No errors detected" in text
    assert "warning" not in text.lower()


def test_zip_and_folder_hold_the_same(case: Case) -> None:
    with zipfile.ZipFile(case.archive) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            assert archive.read(name) == (case.folder / name).read_bytes(), name
        assert {i.flag_bits for i in archive.infolist()} == {0}


def test_sha256sum_agrees(case: Case) -> None:
    code, lines = witnesses.ask("sha256sum", "--check", "--quiet", "SHA256SUM.TXT", folder=case.folder)
    assert (code, lines) == (0, [])


def test_orthanc_takes_the_whole_zip(case: Case, tmp_path: Path) -> None:
    with witnesses.orthanc(tmp_path) as server:
        answers = server.upload(case.archive.read_bytes())
        assert [a["Status"] for a in answers] == ["Success"] * len(case.manifest.instances)
        assert server.get("/statistics")["CountInstances"] == len(case.manifest.instances)
