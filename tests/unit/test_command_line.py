"""The command line as scripts see it: what is printed where, and the exit status."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from archives import PACKERS
from discs import NEEDS_IMAGECODECS, disc_folder, files_of, write_files
from instances import RLE, compress, ct_series, encode, make_instance
from scanfolio.__main__ import main

Capture = pytest.CaptureFixture[str]


def report_of(path: Path, capsys: Capture) -> tuple[int, dict[str, object]]:
    status = main(["report", str(path), "--json"])
    return status, json.loads(capsys.readouterr().out)


def letter(path: Path, capsys: Capture) -> str:
    return report_of(path, capsys)[1]["verdict"]["class"]  # type: ignore[index, no-any-return]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("clean", "A"), ("no_dicomdir", "B"), ("jpeg2000", "C"), ("self_display", "E"), ("two_people", "H")],
)
def test_the_classes_of_whole_discs(kind: str, wanted: str, tmp_path: Path, capsys: Capture) -> None:
    if kind in NEEDS_IMAGECODECS:
        pytest.importorskip("imagecodecs")
    folder = disc_folder(tmp_path, kind)
    assert letter(folder, capsys) == wanted
    assert main(["report", str(folder)]) == (0 if wanted == "A" else 1)
    assert f"Class {wanted}" in capsys.readouterr().out


def test_our_own_export_is_a_and_without_its_directory_b(tmp_path: Path, capsys: Capture) -> None:
    copy = tmp_path / "COPY"
    assert main(["export", str(disc_folder(tmp_path, "implicit")), str(copy)]) == 0
    assert "3 of 3 images re-read and identical" in capsys.readouterr().out
    assert report_of(copy, capsys)[0] == 0
    assert letter(copy, capsys) == "A"
    (copy / "DICOMDIR").unlink()
    assert letter(copy, capsys) == "B"


def test_report_json_is_the_same_bytes_each_time(tmp_path: Path, capsys: Capture) -> None:
    folder = disc_folder(tmp_path, "mixed")
    main(["report", str(folder), "--json"])
    first = capsys.readouterr().out
    main(["report", str(folder), "--json"])
    assert capsys.readouterr().out == first


def test_list_holds_every_file_once(tmp_path: Path, capsys: Capture) -> None:
    folder = disc_folder(tmp_path, "self_display")
    assert main(["list", str(folder), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    given = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert sorted(f["path"] for f in listed["files"]) == given
    assert main(["list", str(folder)]) == 0
    plain = capsys.readouterr().out
    assert all(path in plain for path in given)


def test_image_writes_stored_values_and_a_picture(tmp_path: Path, capsys: Capture) -> None:
    folder = disc_folder(tmp_path, "multiframe")
    main(["list", str(folder), "--json"])
    instance = json.loads(capsys.readouterr().out)["instances"][0]
    uid, frames = instance["sop_instance_uid"], instance["frames"]
    out = tmp_path / "out.npy"
    assert main(["image", str(folder), "--sop", uid, "--frame", str(frames), "-o", str(out)]) == 0
    values = np.load(out)
    png = tmp_path / "out.png"
    assert main(["image", str(folder), "--sop", uid, "-o", str(png)]) == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    header = png.read_bytes()[16:24]
    assert (int.from_bytes(header[4:], "big"), int.from_bytes(header[:4], "big")) == values.shape[:2]
    assert main(["image", str(folder), "--sop", uid, "--frame", str(frames + 1), "-o", str(out)]) == 2
    assert main(["image", str(folder), "--sop", "1.2.3", "-o", str(out)]) == 2
    assert main(["image", str(folder), "--sop", uid, "-o", str(tmp_path / "out.jpg")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 3


def test_verify_finds_a_changed_byte(tmp_path: Path, capsys: Capture) -> None:
    source, copy = disc_folder(tmp_path, "clean"), tmp_path / "COPY"
    main(["export", str(source), str(copy)])
    assert main(["verify", str(copy), "--against", str(source)]) == 0
    assert main(["verify", str(copy)]) == 0
    image = next((copy / "DICOM").rglob("IM000000"))
    data = bytearray(image.read_bytes())
    data[-1] ^= 1
    image.write_bytes(data)
    capsys.readouterr()
    assert main(["verify", str(copy), "--against", str(source)]) == 1
    assert "IM000000" in capsys.readouterr().out


def test_export_of_a_choice_into_a_zip(tmp_path: Path, capsys: Capture) -> None:
    source, copy = disc_folder(tmp_path, "mixed"), tmp_path / "copy.zip"
    main(["list", str(source), "--json"])
    listed = json.loads(capsys.readouterr().out)
    series = listed["instances"][0]["series_instance_uid"]
    wanted = [i for i in listed["instances"] if i["series_instance_uid"] == series]
    assert main(["export", str(source), str(copy), "--series", series]) == 0
    with zipfile.ZipFile(copy) as archive:
        assert sum(name.startswith("DICOM/") for name in archive.namelist()) == len(wanted)


def test_a_dry_run_says_everything_and_writes_nothing(tmp_path: Path, capsys: Capture) -> None:
    source, copy = disc_folder(tmp_path, "implicit"), tmp_path / "COPY"
    (source / "LIESMICH.TXT").write_text("hello")
    assert main(["export", str(source), str(copy), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"3 images and documents would be written to {copy}." in said
    assert "  3 images are rewritten in the form every hospital reads; their values stay the same.\n" in said
    assert "  1 × A document, not a medical image.\n      LIESMICH.TXT\n" in said
    assert said.endswith("Nothing has been written.\n")
    assert not copy.exists()
    assert main(["export", str(disc_folder(tmp_path / "other", "two_people")), str(copy), "--dry-run"]) == 2
    assert not copy.exists()


def test_a_copy_for_small_media_comes_in_parts(tmp_path: Path, capsys: Capture) -> None:
    source = tmp_path / "DISC"
    source.mkdir()
    for name, data in ct_series(6).items():
        (source / name).write_bytes(data)
    slices = [p for p in source.rglob("*") if p.is_file()]
    # three slices a part, beside what a part keeps free for its papers
    size = ((256 << 10) + 512 * len(slices) + 3.1 * (-(-slices[0].stat().st_size // 2048) * 2048 + 4096)) / 1e6
    sizes = ["--media-size", f"{size:.6f}"]
    assert main(["export", str(source), str(tmp_path / "copy.zip"), *sizes, "--dry-run"]) == 0
    assert "It takes 2 media of this size." in capsys.readouterr().out
    assert main(["export", str(source), str(tmp_path / "copy.zip"), *sizes]) == 0
    assert capsys.readouterr().out.count("3 of 3 images re-read and identical") == 2
    for number in (1, 2):
        part = tmp_path / f"copy-{number}.zip"
        assert part.stat().st_size <= size * 1e6
        assert letter(part, capsys) == "A"
        assert main(["verify", str(part), "--against", str(source)]) == 0
        capsys.readouterr()
    assert not (tmp_path / "copy.zip").exists()
    assert main(["export", str(source), str(tmp_path / "copy.zip"), *sizes]) == 2  # nothing is replaced


def test_what_cannot_be_unpacked_gets_a_copy_of_its_own(tmp_path: Path, capsys: Capture) -> None:
    source, copy = disc_folder(tmp_path, "clean"), tmp_path / "COPY.ZIP"
    video = encode(compress(make_instance("ct", 9), RLE), "1.2.840.10008.1.2.4.100")
    (source / "VIDEO").write_bytes(video)
    assert main(["export", str(source), str(copy), "--dry-run"]) == 0
    assert "1 image that cannot be unpacked would go into a second copy" in capsys.readouterr().out
    assert main(["export", str(source), str(copy)]) == 0
    assert "COPY-OTHER.ZIP\n1 of 1 image re-read and identical" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "COPY-OTHER.ZIP"), "--against", str(source)]) == 0
    capsys.readouterr()
    assert letter(copy, capsys) == "A"


@pytest.mark.parametrize("kind", ["two_people", "contradictory_identity", "duplicate_uid_different"])
def test_what_cannot_be_copied_is_refused_and_nothing_is_left(kind: str, tmp_path: Path, capsys: Capture) -> None:
    copy = tmp_path / "COPY"
    assert main(["export", str(disc_folder(tmp_path, kind)), str(copy)]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("scanfolio: ")
    assert len(said.splitlines()) == 1
    assert not copy.exists() or not any(copy.iterdir())


def test_no_place_no_language_full_folder(tmp_path: Path, capsys: Capture) -> None:
    source = disc_folder(tmp_path, "clean")
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert main(["report", str(source), "--lang", "xx"]) == 2
    assert main(["export", str(source), str(source)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 3


@pytest.mark.parametrize("name", PACKERS)
def test_every_kind_of_source_is_taken(name: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / name).write_bytes(PACKERS[name](files_of("clean")))
    assert letter(tmp_path / name, capsys) == "A"
    assert main(["export", str(tmp_path / name), str(tmp_path / "COPY")]) == 0
    assert "identical" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "COPY"), "--against", str(tmp_path / name)]) == 0


def test_archives_on_a_disc_are_opened_when_asked(tmp_path: Path, capsys: Capture) -> None:
    folder = write_files(tmp_path / "D", {"BACKUP.ISO": PACKERS["disc.iso"](files_of("clean")), "NOTE.TXT": b"hello"})
    assert report_of(folder, capsys)[1]["counts"]["instances"] == 0  # type: ignore[index]
    assert main(["report", str(folder), "--json", "--open-archives"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["files"] == len(files_of("clean")) + 2
    assert report["counts"]["instances"] > 0
    assert main(["export", str(folder), str(tmp_path / "COPY"), "--open-archives"]) == 0
    assert main(["verify", str(tmp_path / "COPY"), "--against", str(folder), "--open-archives"]) == 0


def test_a_file_that_is_no_source_is_said_in_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "x.iso").write_bytes(b"nothing of the kind" * 100)
    assert main(["report", str(tmp_path / "x.iso")]) == 2
    assert "not an archive or disc image" in capsys.readouterr().err
