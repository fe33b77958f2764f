"""Single images made of enhanced ones before programs nobody here wrote: same pixels, same place, nothing amiss.

Real enhanced CT and MR of the corpus, each a disc of its own, besides made ones; the corpus has no enhanced PET, so the
one here is made. Prints what each witness said.
"""

from __future__ import annotations

import gzip
import os
import re
import urllib.request
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

import witnesses
from enhanced import PULSES, enhanced_ct, enhanced_mr, enhanced_pet
from instances import RLE, encode
from scanfolio.export import drive
from scanfolio.export.manifest import Manifest
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import Choices
from scanfolio.export.verify import verify
from scanfolio.export.write import write_folder, write_zip
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source import open_source

CORPUS = Path(os.environ.get("SCANFOLIO_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
REAL = {
    "Philips MR, functional": "dicom2nifti/philips_enhanced/fmri/001/IM-0001-9600-0001.dcm",
    "Philips MR, 176 frames": "nibabel/philips_mprage.dcm.gz",
    "Siemens MR": "dicom2nifti/siemens_multiframe/anatomical/001/IM-0001-0001-0001.dcm",
    "Hyperfine MR": "dicom2nifti/hyperfine/anatomical/001/001.dcm",
    "MR in Implicit VR": "dcmjs/test/invalid-vr-length-test.dcm",
    "Legacy Converted CT": "dcmqi/segmentations/23x38x3/multiframe/mf.dcm",
    "CT, its colours taken out": "pydicom-data/eCT_Supplemental.dcm",
    "CT in RLE, none of its colours used": "dicomparser/encapsulated/multi-frame/CT0012.not_fragmented_bot_rle.dcm",
}
MADE = ("made CT", "made MR", "made MR in RLE", "made PET")


def made(name: str) -> bytes:
    if name == "made CT":
        return encode(enhanced_ct(5))
    if name == "made PET":
        return encode(enhanced_pet(3, 2))
    frames = [{"ImagePositionPatient": [-16, -16, 3.0 * k], "EffectiveEchoTime": 15.0} for k in range(4)]
    return encode(enhanced_mr(frames, **PULSES), RLE if "RLE" in name else pydicom.uid.ExplicitVRLittleEndian)


def real(name: str) -> bytes:
    path = CORPUS / REAL[name]
    if not path.is_file():
        pytest.skip("the corpus is not here (SCANFOLIO_CORPUS names its folder)")
    data = path.read_bytes()
    if name.endswith("colours taken out"):
        return _grey(path)
    if name.endswith("colours used"):
        return _grey_by_its_values(path)
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _grey(path: Path) -> bytes:
    """The same CT without the colour tables that keep it whole (test_a_real_ct_with_colours_stays_whole)."""
    from io import BytesIO

    ds = pydicom.dcmread(path)
    for element in list(ds):
        if element.tag.group == 0x0028 and 0x1100 < element.tag.element < 0x1300:
            del ds[element.tag]
    ds.PixelPresentation = "MONOCHROME"
    ds.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0].PixelPresentation = "MONOCHROME"
    stream = BytesIO()
    ds.save_as(stream)
    return stream.getvalue()


def _grey_by_its_values(path: Path) -> bytes:
    """The same CT with its colour tables, which begin behind its largest value."""
    from io import BytesIO

    ds = pydicom.dcmread(path)
    for colour in ("Red", "Green", "Blue"):
        getattr(ds, f"{colour}PaletteColorLookupTableDescriptor")[1] = int(ds.pixel_array.max()) + 1
    stream = BytesIO()
    ds.save_as(stream)
    return stream.getvalue()


@dataclass
class Case:
    name: str
    source: Path
    folder: Path
    archive: Path
    manifest: Manifest

    @property
    def by_frame(self) -> list[Path]:
        rows = sorted(self.manifest.instances, key=lambda i: i.frame or 0)
        return [self.folder / row.file_id for row in rows]


@cache
def prepared(name: str, home: Path) -> Case:
    source = home / "DISC" / "ENHANCED"
    source.parent.mkdir(parents=True)
    source.write_bytes(real(name) if name in REAL else made(name))
    index = DiscIndex()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the corpus holds what pydicom warns of
        drive.run(read_all(index, open_source(str(source.parent))))
        disc = index.finish()
        plan = make_plan(disc, index.entries, Choices(for_old_software=True))
        folder, archive = home / "COPY", home / "DICOM.ZIP"
        manifest = drive.run(write_folder(plan, "{}", ""), drive.sink_for(folder))
        verification = drive.run(verify(open_source(str(folder)), disc, index.entries, manifest))
        assert verification.ok, verification.differences[:5]
        drive.run(write_zip(plan, "{}", "", file_set_uid=manifest.file_set_uid), drive.sink_for(archive))
    assert {i.action for i in manifest.instances} == {"split"}
    return Case(name, source, folder, archive, manifest)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("old")


@pytest.fixture(params=[*REAL, *MADE])
def case(request: pytest.FixtureRequest, home: Path) -> Case:
    return prepared(request.param, home / request.param.replace(" ", "_"))


def header(path: Path) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(path, stop_before_pixels=True)


COUNTERPARTS = {"ScanningSequence": "EchoPulseSequence", "SequenceVariant": "SteadyStatePulseSequence"}


def explained(error: str, before: set[str], source: Dataset) -> bool:
    """The source has the same fault: what is missing is missing there, what is wrong is the source's own value."""
    missing = re.search(r"Missing attribute Type (\w+) .*Element=<(\w+)>", error)
    if missing:
        keyword = COUNTERPARTS.get(missing.group(2), missing.group(2))
        return not any(keyword in ds for ds in (source, *_groups(source)))
    values = (
        "Value invalid for this VR", "invalid data values", "Orientation vector is not unit", "Unrecognized",
        "If RescaleType is present",  # enhanced CT says US where the Standard wants HU; the same word in the copy
    )  # fmt: skip
    return error in before or any(value in error for value in values)


def _groups(source: Dataset) -> list[Dataset]:
    found = []
    for groups in (*source.get("SharedFunctionalGroupsSequence", []), *source.PerFrameFunctionalGroupsSequence[:1]):
        found += [item for element in groups if element.VR == "SQ" for item in element.value]
    return found


def test_dciodvfy_finds_nothing_whose_cause_the_source_has_not(case: Case) -> None:
    before, source = witnesses.errors_of_dciodvfy(case.source), header(case.source)
    found = {error for path in case.by_frame[:3] for error in witnesses.errors_of_dciodvfy(path)}
    print(f"\n{case.name}: dciodvfy names {len(before)} errors of the source, {len(found)} of its single images")
    for error in sorted(found):
        print("   ", error)
    unexplained = {error for error in found if not explained(error, before, source)}
    assert unexplained == set()
    if case.name in ("made CT", "made MR", "made MR in RLE"):
        assert found == set()


def test_dciodvfy_and_dcdirdmp_accept_the_directory(case: Case) -> None:
    of_values = ("Value invalid for this VR", "invalid data values", "Illegal root for UID")
    errors = witnesses.errors_of_dciodvfy(case.folder / "DICOMDIR")
    assert {error for error in errors if not any(value in error for value in of_values)} == set()
    code, lines = witnesses.ask("dcdirdmp", case.folder / "DICOMDIR")
    assert code == 0
    assert sum("->" in line for line in lines) == len(case.manifest.instances)


def cells_by_dcmtk(path: Path, folder: Path) -> bytes:
    """The pixel data as dcmdump writes them into a file, unpacked by dcmdrle where that is needed."""
    folder.mkdir(exist_ok=True)
    plain = folder / "plain.dcm"
    syntax = header(path).file_meta.TransferSyntaxUID
    if syntax == RLE:
        assert witnesses.ask("dcmdrle", path, plain)[0] == 0
        path = plain
    code, lines = witnesses.ask("dcmdump", "-q", "+W", folder, path)
    assert code == 0, lines[-3:]
    (raw,) = folder.glob("*.raw")
    data = raw.read_bytes()
    raw.unlink()
    return data


def test_dcmtk_finds_the_bytes_of_each_frame_in_its_image(case: Case, tmp_path: Path) -> None:
    ds = header(case.source)
    size = ds.Rows * ds.Columns * 2
    whole = cells_by_dcmtk(case.source, tmp_path / "source")
    step = max(1, len(case.by_frame) // 16)
    for number, path in list(enumerate(case.by_frame))[::step]:
        assert cells_by_dcmtk(path, tmp_path / "copy")[:size] == whole[number * size : (number + 1) * size], number + 1
    print(f"\n{case.name}: dcmtk finds the bytes of every frame (every {step}th) in its image")


def test_gdcm_reads_the_same_pixels_and_the_place_of_each_frame(case: Case, tmp_path: Path) -> None:
    ds = header(case.source)
    for number, path in list(enumerate(case.by_frame))[:: max(1, len(case.by_frame) // 8)]:
        code, lines = witnesses.ask("gdcminfo", path)
        assert code == 0, lines
        said = dict(line.split(": ", 1) for line in lines if ": " in line)
        group = _of_frame(ds, number, "PlanePositionSequence")
        assert [float(v) for v in said["Origin"].strip("()").split(",")] == pytest.approx(
            [float(v) for v in group.ImagePositionPatient], abs=1e-3
        )
        transformation = _of_frame(ds, number, "PixelValueTransformationSequence")
        if transformation is not None:
            scale = [float(said[key].strip("()").split(",")[0]) for key in ("Rescale Intercept/Slope",)]
            assert scale == pytest.approx([float(transformation.RescaleIntercept)])
        spacing = _of_frame(ds, number, "PixelMeasuresSequence").PixelSpacing
        assert [float(v) for v in said["Spacing"].strip("()").split(",")][:2] == pytest.approx(
            [float(spacing[1]), float(spacing[0])], abs=1e-3
        )


def _of_frame(ds: Dataset, number: int, name: str) -> Dataset | None:
    for groups in (ds.PerFrameFunctionalGroupsSequence[number], *ds.get("SharedFunctionalGroupsSequence", [])):
        if name in groups:
            item: Dataset = groups[name].value[0]
            return item
    return None


def test_orthanc_takes_the_zips_and_gives_the_same_pixels_and_places(home: Path, tmp_path: Path) -> None:
    names = [name for name in (*REAL, *MADE) if name in MADE or (CORPUS / REAL[name]).is_file()]
    with witnesses.orthanc(tmp_path) as server:
        for name in names:
            case = prepared(name, home / name.replace(" ", "_"))
            answers = server.upload(case.archive.read_bytes())
            assert sum(answer.get("Status") in ("Success", "AlreadyStored") for answer in answers) == len(
                case.manifest.instances
            )
            _compare_with_orthanc(
                server, case, [a["ID"] for a in answers if "ID" in a], tmp_path / name.replace(" ", "_")
            )
            print(f"{name}: Orthanc holds {len(case.manifest.instances)} images")
        assert server.get("/statistics")["CountInstances"] > 20


def _compare_with_orthanc(server: witnesses.Orthanc, case: Case, ids: list[str], scratch: Path) -> None:
    ds = header(case.source)
    size = ds.Rows * ds.Columns * 2
    whole = cells_by_dcmtk(case.source, scratch)
    assert len({server.get(f"/instances/{i}/series")["ID"] for i in ids}) == 1
    for identifier in ids[:: max(1, len(ids) // 8)]:
        tags = server.get(f"/instances/{identifier}/simplified-tags")
        number = int(tags["ConversionSourceAttributesSequence"][0]["ReferencedFrameNumber"]) - 1
        with urllib.request.urlopen(f"{server.url}/instances/{identifier}/frames/0/raw") as answer:
            assert answer.read()[:size] == whole[number * size : (number + 1) * size]
        place = _of_frame(ds, number, "PlanePositionSequence")
        assert place is not None
        found = [float(v) for v in tags["ImagePositionPatient"].split("\\")]
        assert found == [float(v) for v in place.ImagePositionPatient]


def test_a_real_ct_with_colours_stays_whole(tmp_path: Path) -> None:
    source = CORPUS / REAL["CT, its colours taken out"]
    if not source.is_file():
        pytest.skip("the corpus is not here (SCANFOLIO_CORPUS names its folder)")
    (tmp_path / "CT").write_bytes(source.read_bytes())
    index = DiscIndex()
    drive.run(read_all(index, open_source(str(tmp_path))))
    plan = make_plan(index.finish(), index.entries, Choices(for_old_software=True))
    assert [(k.code, f.action) for k, f in zip(plan.kept_whole, plan.files, strict=True)] == [("colours", "copy")]
