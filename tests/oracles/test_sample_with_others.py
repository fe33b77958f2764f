"""The whole sample disc, and what programs that are not ours say of it."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pydicom
import pytest

pytest.importorskip("imagecodecs")
TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import sample_disc  # noqa: E402
import sample_instances  # noqa: E402

needs_dciodvfy = pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dciodvfy (dicom3tools) is not installed")
needs_dcentvfy = pytest.mark.skipif(not shutil.which("dcentvfy"), reason="dcentvfy (dicom3tools) is not installed")
needs_dcmdump = pytest.mark.skipif(not shutil.which("dcmdump"), reason="dcmdump (dcmtk) is not installed")


def said_by(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as build.py made it, where that is newer than its sources; else built here: half a minute."""
    built = sorted((TOOLS.parent / ".cache" / "sample").glob("*.zip"))
    newest = max(p.stat().st_mtime for p in TOOLS.glob("sample_*.py"))
    if built and built[-1].stat().st_mtime > newest:
        return built[-1]
    path = tmp_path_factory.mktemp("sample") / "sample.zip"
    sample_disc.build_sample(path)
    return path


@pytest.fixture(scope="module")
def disc(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("disc")
    with zipfile.ZipFile(sample) as archive:
        archive.extractall(folder)
    return folder


def test_the_zip_is_small_complete_and_one_persons(sample: Path) -> None:
    assert sample.stat().st_size <= 4_000_000
    with zipfile.ZipFile(sample) as archive:
        names = archive.namelist()
        assert names[0] == "DICOMDIR"
        images = [n for n in names if n.startswith("DICOM/")]
        facts = [pydicom.dcmread(io.BytesIO(archive.read(n)), stop_before_pixels=True) for n in images]
        listed = pydicom.dcmread(io.BytesIO(archive.read("DICOMDIR"))).DirectoryRecordSequence
    assert {"/".join(r.ReferencedFileID) for r in listed if "ReferencedFileID" in r} == set(images)
    series: dict[tuple[str, int], int] = {}
    for ds in facts:
        series[ds.Modality, int(ds.SeriesNumber)] = series.get((ds.Modality, int(ds.SeriesNumber)), 0) + 1
    assert series == {("CT", 1): 1, ("CT", 2): 61, ("CT", 3): 19, ("PT", 4): 61, ("SR", 5): 1, ("DOC", 6): 1}
    assert {(str(ds.PatientName), ds.PatientID) for ds in facts} == {("Sample^Jane", "SAMPLE-001")}
    assert len({ds.SOPInstanceUID for ds in facts}) == len(facts) == 144
    heights = [float(ds.ImagePositionPatient[2]) for ds in facts if ds.SeriesNumber == 2]
    assert heights == [320.0 - 5 * i for i in range(61)]
    assert {ds.file_meta.TransferSyntaxUID for ds in facts if ds.SeriesNumber == 3} == {
        sample_instances.JPEG_2000_LOSSLESS
    }


@needs_dciodvfy
def test_dciodvfy_finds_no_error_in_any_file(disc: Path) -> None:
    files = [disc / "DICOMDIR", *sorted(p for p in (disc / "DICOM").rglob("*") if p.is_file())]
    wrong = {p.name: said for p in files if "Error" in (said := said_by("dciodvfy", "-new", str(p)))}
    assert wrong == {}


@needs_dcentvfy
def test_dcentvfy_finds_the_files_agree(disc: Path) -> None:
    files = sorted(str(p) for p in (disc / "DICOM").rglob("*") if p.is_file())
    assert "Error" not in said_by("dcentvfy", *files)


@needs_dcmdump
def test_dcmdump_reads_everything(disc: Path) -> None:
    files = [str(disc / "DICOMDIR"), *sorted(str(p) for p in (disc / "DICOM").rglob("*") if p.is_file())]
    assert [line for line in said_by("dcmdump", "--quiet", *files).splitlines() if line.startswith(("E:", "F:"))] == []
