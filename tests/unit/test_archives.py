"""Archives and disc images as sources: every file once, every byte right, whatever it is packed in."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archives import PACKERS, iso_bytes, raw_sectors, tar_bytes, tgz_bytes
from discs import NEEDS_IMAGECODECS, Files, files_of, write_files, zip_bytes
from reading_help import memory_entry
from scanfolio.effects import Fetch, Progress, drained
from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.session import Session
from scanfolio.source import open_archive, open_source
from scanfolio.source.archive_source import ArchiveSource
from scanfolio.source.entry import Entry
from scanfolio.source.inflate import BLOCK_BYTES, Held, Inflated, gzip_stream

LONG = bytes(range(256)) * 3000
FILES: Files = {
    "DICOMDIR": b"d" * 3000,
    "README.TXT": b"hello",
    "EMPTY": b"",
    "DICOM/PT000000/IM000000": LONG,
    "DICOM/PT000000/IM000001": os.urandom(70_000),
    "Bilder/größer als früher.dcm": b"names" * 1000,
    "画像/頭部.dcm": b"j" * 2048,
}


def opened(data: bytes, name: str = "disc") -> ArchiveSource:
    source: ArchiveSource = drained(open_archive(memory_entry(data, name)))
    return source


def contents(source: ArchiveSource) -> Files:
    return {entry.path: entry.read(0, entry.size) for entry in source.entries()}


def reasons(source: ArchiveSource) -> dict[str, str]:
    """What each file says that cannot be read."""
    found = {}
    for entry in source.entries():
        try:
            entry.read(0, max(1, entry.size))
        except SourceError as problem:
            found[entry.path] = problem.title
    return found


@pytest.mark.parametrize("name", PACKERS)
def test_every_file_is_there_once_with_its_bytes(name: str) -> None:
    source = opened(PACKERS[name](FILES), "folder/" + name)
    assert contents(source) == FILES
    assert [e.entry_id for e in source.entries()] == list(range(len(FILES)))
    assert source.name == name


@pytest.mark.parametrize("name", PACKERS)
def test_any_place_can_be_read_in_any_order(name: str) -> None:
    source = opened(PACKERS[name](FILES))
    (entry,) = [e for e in source.entries() if e.path.endswith("IM000000")]
    for offset, length in ((760_000, 5000), (10, 5), (300_000, 70_000), (0, 1), (767_999, 50), (800_000, 10)):
        assert entry.read(offset, length) == LONG[offset : offset + length]


@pytest.mark.parametrize("name", PACKERS)
def test_where_bytes_lie_plainly_is_said_rightly(name: str) -> None:
    data = PACKERS[name](FILES)
    source = opened(data)
    placed = 0
    for entry in source.entries():
        entry.read(0, 1)
        place = entry.place(1, entry.size - 1) if entry.size > 1 else None
        if place is not None:
            assert data[place[1] : place[1] + entry.size - 1] == FILES[entry.path][1:]
            placed += 1
    assert placed == (6 if name in ("disc.tar", "disc.iso", "joliet.iso", "udf.iso") else 0)


def as_report(session: Session) -> tuple[str, list[dict[str, object]]]:
    judged = drained_with_hashes(session.judge_as_dict())
    text = {key: value for key, value in judged.items() if key != "files"}
    return repr(text), judged["files"]


def drained_with_hashes(steps: object) -> dict[str, object]:
    from scanfolio.export.drive import run

    result: dict[str, object] = run(steps)  # type: ignore[arg-type]
    return result


@pytest.mark.parametrize("kind", ["clean", "mixed", "self_display", "two_people", "duplicate_uid_same", "lower_case"])
def test_the_same_disc_gives_the_same_report_from_every_source(kind: str, tmp_path: Path) -> None:
    if kind in NEEDS_IMAGECODECS:
        pytest.importorskip("imagecodecs")
    files = files_of(kind)
    wanted = None
    for name in ("folder", *PACKERS):
        path = tmp_path / name
        if name == "folder":
            write_files(path, files)
        else:
            path.write_bytes(PACKERS[name](files))
        session = Session("a disc")
        drained_with_hashes(session.read(open_source(str(path))))
        found = as_report(session)
        wanted = wanted or found
        assert found == wanted, name
        counts = session.index.counts()
        assert counts["files"] == counts["done"] == len(files)
        assert counts["dicom"] + counts["other"] + counts["unreadable"] == len(files)


def test_the_page_slices_frames_out_of_the_archive_it_holds() -> None:
    files = files_of("no_dicomdir")
    for name in ("disc.tar", "disc.iso", "disc.tgz"):
        data = PACKERS[name](files)
        session = Session()
        drained_with_hashes(session.read_archive(memory_entry(data, name, 77)))
        series = session.disc.patients[0].studies[0].series[0]
        told = session.series(series.key)
        for n, instance in enumerate(series.instances):
            at, length, inside = told["offsets"][n], told["lengths"][n], instance.pixel_data_offset or 0
            if name == "disc.tgz":
                assert at == -1
            else:
                assert told["entry_ids"][n] == 77
                assert data[at : at + length] == files[instance.path][inside : inside + length]


# disc images


def test_plain_iso_names_lose_version_and_empty_ending() -> None:
    files = {"DICOMDIR": b"1", "DICOM/IM000001": b"22", "DICOM/READ.ME": b"333"}
    assert contents(opened(iso_bytes(files, joliet=False, rock_ridge=False))) == files


def test_a_folder_that_contains_itself_ends() -> None:
    image = bytearray(iso_bytes({"A/B/FILE": b"x", "OTHER": b"y"}, joliet=False, rock_ridge=False))
    root = struct.unpack_from("<I", image, 16 * 2048 + 158)[0]
    at = root * 2048
    while image[at + 33 : at + 34] != b"A":
        at += image[at]
    folder = struct.unpack_from("<I", image, at + 2)[0] * 2048
    while image[folder + 33 : folder + 34] != b"B":
        folder += image[folder]
    struct.pack_into("<I", image, folder + 2, root)
    source = opened(bytes(image))
    assert contents_of_readable(source) == {"OTHER": b"y"}
    assert list(reasons(source)) == ["A/B/(damaged part)"]


def contents_of_readable(source: ArchiveSource) -> Files:
    unreadable = reasons(source)
    return {e.path: e.read(0, e.size) for e in source.entries() if e.path not in unreadable}


def test_one_damaged_record_costs_no_other_folder() -> None:
    files = {f"D{n}/F{k}": b"%d %d" % (n, k) for n in range(5) for k in range(5)}
    image = bytearray(iso_bytes(files, joliet=False, rock_ridge=False))
    root = struct.unpack_from("<I", image, 16 * 2048 + 158)[0] * 2048
    at = root
    while image[at + 33 : at + 35] != b"D2":
        at += image[at]
    inside = struct.unpack_from("<I", image, at + 2)[0] * 2048
    image[inside + 68 : inside + 2048] = b"\xee" * (2048 - 68)
    source = opened(bytes(image))
    assert contents_of_readable(source) == {p: d for p, d in files.items() if not p.startswith("D2/")}
    assert reasons(source) == {"D2/(damaged part)": "The list of files is damaged here, so some files may be missing."}


def test_an_image_that_was_cut_short_lists_all_and_says_which_are_gone() -> None:
    files = {f"F{n}": os.urandom(50_000) for n in range(10)}
    image = iso_bytes(files)
    source = opened(image[: len(image) - 400_000])
    assert len(source) == 10
    gone = reasons(source)
    assert 0 < len(gone) < 10
    assert set(gone.values()) == {"This file lies behind the end of the disc image: the image was cut short."}
    assert contents_of_readable(source) == {p: d for p, d in files.items() if p not in gone}


@pytest.mark.parametrize(("stride", "start"), [(2352, 16), (2352, 24), (2448, 16), (2336, 8)])
def test_sectors_as_the_drive_gives_them(stride: int, start: int) -> None:
    assert contents(opened(raw_sectors(iso_bytes(FILES), stride, start))) == FILES


def test_a_later_session_is_what_counts() -> None:
    first = iso_bytes({"OLD": b"1" * 5000}, joliet=False, rock_ridge=False)
    gap = 12_000
    second = moved_session(iso_bytes({"OLD": b"1" * 5000, "NEW": b"2" * 7000}, joliet=False, rock_ridge=False), gap)
    image = first + bytes(gap * 2048 - len(first)) + second
    assert contents(opened(image)) == {"OLD": b"1" * 5000, "NEW": b"2" * 7000}


def moved_session(image: bytes, sectors: int) -> bytes:
    """A plain ISO of one folder whose numbers count from the start of the disc, as those of a second session do."""
    moved = bytearray(image)
    root = struct.unpack_from("<I", moved, 16 * 2048 + 158)[0]
    at, places = root * 2048, [16 * 2048 + 156]
    while moved[at]:
        places.append(at)
        at += moved[at]
    for place in places:
        block = struct.unpack_from("<I", moved, place + 2)[0] + sectors
        struct.pack_into("<I", moved, place + 2, block)
        struct.pack_into(">I", moved, place + 6, block)
    return bytes(moved)


def test_a_udf_disc_without_other_names_is_read() -> None:
    image = bytearray(iso_bytes(FILES, udf=True))
    for sector in range(16, 32):  # as on discs that are UDF alone
        if image[sector * 2048 + 1 : sector * 2048 + 6] == b"CD001":
            image[sector * 2048 + 1 : sector * 2048 + 6] = b"BEA01"
    assert contents(opened(bytes(image))) == FILES


# tar


@pytest.mark.parametrize("dialect", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_dialects_and_long_names_of_tar(dialect: int) -> None:
    files = {"/".join(f"folder{n}" for n in range(12)) + "/name": b"1", "short": b"2" * 5000}
    assert contents(opened(tar_bytes(files, format=dialect))) == files


def test_links_and_devices_in_a_tar_are_listed_and_say_so() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(member("IM1", size=5), io.BytesIO(b"image"))
        archive.addfile(member("SAME", tarfile.LNKTYPE, "IM1"))
        archive.addfile(member("LOST", tarfile.LNKTYPE, "NOBODY"))
        archive.addfile(member("OUT", tarfile.SYMTYPE, "/etc/passwd"))
        archive.addfile(member("DEVICE", tarfile.CHRTYPE))
        archive.addfile(member("FOLDER", tarfile.DIRTYPE))
    source = opened(buffer.getvalue())
    assert contents_of_readable(source) == {"IM1": b"image", "SAME": b"image"}
    assert reasons(source) == {
        "LOST": "This is a link to something else; we did not follow it.",
        "OUT": "This is a link to something else; we did not follow it.",
        "DEVICE": "This is not an ordinary file; we did not open it.",
    }


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info


def test_a_damaged_header_ends_the_list_visibly() -> None:
    data = bytearray(tar_bytes({f"F{n}": b"%d" % n for n in range(5)}, format=tarfile.USTAR_FORMAT))
    data[2 * 1024 + 10] ^= 0xFF
    source = opened(bytes(data))
    assert contents_of_readable(source) == {"F0": b"0", "F1": b"1"}
    assert list(reasons(source)) == ["(damaged part)"]


@pytest.mark.parametrize("pack", [tar_bytes, tgz_bytes])
def test_a_tar_that_was_cut_short_says_so(pack: Callable[[Files], bytes]) -> None:
    data = pack({"A": b"a" * 3000, "B": os.urandom(90_000), "C": b"c"})
    source = opened(data[:40_000])
    assert contents_of_readable(source) == {"A": b"a" * 3000}
    assert list(reasons(source)) == ["B", "(damaged part)"]


# packed files


def test_one_packed_file_is_one_file() -> None:
    assert contents(opened(gzip.compress(LONG), "scans/IM0001.gz")) == {"IM0001": LONG}
    named = io.BytesIO()
    with gzip.GzipFile("C:\\scans\\BRAIN.DCM", "wb", fileobj=named, mtime=0) as packing:
        packing.write(LONG)
    assert contents(opened(named.getvalue(), "x.gz")) == {"BRAIN.DCM": LONG}


def test_packed_streams_one_after_the_other_are_one_file() -> None:
    packed = gzip.compress(b"one") + gzip.compress(LONG) + gzip.compress(b"three") + bytes(100)
    assert contents(opened(packed, "a.gz")) == {"a": b"one" + LONG + b"three"}


def test_a_packed_file_that_is_damaged_keeps_what_came_before() -> None:
    data = os.urandom(300_000)
    packed = bytearray(gzip.compress(data))
    packed[200_000:200_500] = bytes(500)
    source = opened(bytes(packed), "a.gz")
    entry = next(source.entries())
    assert data.startswith(entry.read(0, 150_000))
    assert "(damaged part)" in reasons(source)
    with pytest.raises(SourceError, match="damaged from its start"):
        opened(b"\x1f\x8b\x08\0" + bytes(300), "b.gz")


def test_going_back_begins_at_a_state_that_was_kept() -> None:
    data = os.urandom(1 << 20) * 16
    packed = gzip.compress(data, 1)
    taken = []

    def read(offset: int, length: int) -> bytes:
        taken.append(length)
        return packed[offset : offset + length]

    stream = Inflated(0, read, len(packed), gzip_stream, Held(BLOCK_BYTES), "x", several=True)
    assert stream.read(len(data) - 10, 100) == data[-10:]
    taken.clear()
    assert stream.read(9 << 20, 1000) == data[9 << 20 : (9 << 20) + 1000]
    assert sum(taken) < len(packed) // 4


# hostile


def test_a_bomb_in_gzip_is_stopped_before_it_fills_anything() -> None:
    bomb = gzip.compress(bytes(120 << 20), 9)
    with pytest.raises(SourceError, match="absurd size"):
        opened(bomb, "bomb.gz")


def test_a_tar_whose_sizes_are_absurd_is_refused() -> None:
    info = tarfile.TarInfo("HUGE")
    info.size = 8 << 40
    with pytest.raises(SourceError, match="absurd size"):
        opened(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024), "x.tar")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x\\y", "a/../../b", "new\nline"])
@pytest.mark.parametrize("pack", [zip_bytes, tar_bytes, tgz_bytes])
def test_no_name_leaves_its_archive(pack: Callable[[Files], bytes], name: str) -> None:
    (entry,) = opened(pack({name: b"x"})).entries()
    assert not entry.path.startswith("/")
    assert ".." not in entry.path.split("/")
    assert not set(entry.path) & set("\n\\\0")


def test_a_million_files_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanfolio.source.limits.MAX_MEMBERS", 50)
    files = {f"F{n:03}": b"" for n in range(51)}
    for name, pack in PACKERS.items():
        with pytest.raises(SourceError, match="more files than we can list"):
            opened(pack(files), name)
        assert len(opened(pack(dict(list(files.items())[:50])), name)) == 50


@pytest.mark.parametrize("name", PACKERS)
def test_whatever_is_broken_gives_a_sentence(name: str) -> None:
    """Cut and changed archives: a Source or a SourceError with a title, never anything else; and it ends."""
    whole = PACKERS[name]({"A/B": b"x" * 3000, "C": os.urandom(3000)})
    places = sorted({*range(0, min(len(whole), 200), 7), *range(0, len(whole), max(1, len(whole) // 60))})
    for at in places:
        for broken in (
            whole[:at],
            whole[:at] + b"\xff" * 4 + whole[at + 4 :],
            whole[:at] + bytes(40) + whole[at + 40 :],
        ):
            try:
                source = opened(broken, name)
            except SourceError as problem:
                assert problem.title
            else:
                reasons(source)


@pytest.mark.parametrize("head", [b"7z\xbc\xaf'\x1c", b"Rar!\x1a\x07\x01\0", b"(\xb5/\xfd"])
def test_archives_of_other_kinds_say_what_to_do(head: bytes) -> None:
    with pytest.raises(SourceError, match="Unpack it with another program") as caught:
        opened(head + bytes(5000))
    assert caught.value.code == "source"


@pytest.mark.parametrize("data", [b"", b"just text", bytes(100_000), os.urandom(100_000)])
def test_what_is_no_archive_is_told_apart(data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        opened(data)
    assert caught.value.code == "not-an-archive"


# pages whose worker can read no files


@pytest.mark.parametrize("name", PACKERS)
def test_bytes_that_are_not_here_are_fetched_and_nothing_is_lost(name: str) -> None:
    data = PACKERS[name](FILES)
    here: list[tuple[int, bytes]] = []
    asked = 0

    def read(offset: int, length: int) -> bytes:
        length = min(length, len(data) - offset)
        for start, piece in here:
            if start <= offset and offset + length <= start + len(piece):
                return piece[offset - start : offset - start + length]
        raise BytesNotHere(7, offset, length)

    session = Session()
    steps = session.read_archive(Entry(7, name, len(data), read))
    stages = set()
    while True:
        try:
            effect = next(steps)
        except StopIteration:
            break
        if isinstance(effect, Fetch):
            asked += 1
            here[:] = [*here, (effect.offset, data[effect.offset : effect.offset + effect.length])][-4:]
        elif isinstance(effect, Progress):
            stages.add(effect.stage)
    assert asked < 60
    assert stages == {"opening", "reading"}
    assert {f.path: f.size for f in session.disc.files} == {p: len(d) for p, d in FILES.items()}
    assert session.index.counts()["unreadable"] == 0


def test_bytes_that_cannot_be_fetched_cost_one_file_only() -> None:
    """The file begins where a block of reading begins, so that its header is not lost with it."""
    files = {"F0": os.urandom(2 * 131_072 - 1024), **{f"F{n}": os.urandom(300_000) for n in range(1, 4)}}
    data = PACKERS["disc.tar"](files)
    lost = data.index(files["F1"])
    here: list[tuple[int, bytes]] = []

    def read(offset: int, length: int) -> bytes:
        for start, piece in here:
            if start <= offset and offset + length <= start + len(piece):
                return piece[offset - start : offset - start + length]
        raise BytesNotHere(7, offset, min(length, len(data) - offset))

    session = Session()
    steps = session.read_archive(Entry(7, "a.tar", len(data), read))
    refused = 0
    effect = next(steps)
    while True:
        try:
            if isinstance(effect, Fetch) and effect.offset <= lost < effect.offset + effect.length:
                refused += 1
                effect = steps.throw(SourceError("The disc is scratched here."))
                continue
            if isinstance(effect, Fetch):
                here.append((effect.offset, data[effect.offset : effect.offset + effect.length]))
            effect = next(steps)
        except StopIteration:
            break
    assert refused == 1
    assert {f.path: f.kind.value for f in session.disc.files} == {
        "F0": "other", "F1": "unreadable", "F2": "other", "F3": "other",
    }  # fmt: skip
    assert next(f for f in session.disc.files if f.path == "F1").reason == "The disc is scratched here."


# archives on a disc


def nested(depth: int) -> Files:
    inner: Files = {"IM": files_of("no_dicomdir").popitem()[1], "NOTE.TXT": b"in here"}
    for level in range(depth):
        packer = list(PACKERS)[level % len(PACKERS)]
        inner = {packer: PACKERS[packer](inner), f"LEVEL{level}.TXT": b"hello"}
    return inner


def read_files(tmp_path: Path, files: Files) -> Session:
    session = Session()
    drained_with_hashes(session.read(open_source(str(write_files(tmp_path / "D", files)))))
    return session


@pytest.mark.parametrize("name", PACKERS)
def test_an_archive_on_a_disc_is_opened_on_request(name: str, tmp_path: Path) -> None:
    inside = files_of("clean")
    session = read_files(tmp_path, {f"BACKUP/{name}": PACKERS[name](inside), "README.TXT": b"hello"})
    assert session.index.counts()["dicom"] == 0
    before = next(f for f in session.disc.files if f.path == f"BACKUP/{name}")
    assert before.inside == ("" if before.kind != "archive" else "closed")
    answer = drained_with_hashes(session.look_inside(f"BACKUP/{name}"))
    assert answer["files"] == len(inside)
    paths = [f.path for f in session.disc.files]
    assert sorted(paths) == sorted([f"BACKUP/{name}", "README.TXT", *(f"BACKUP/{name}/{p}" for p in inside)])
    row = next(f for f in session.disc.files if f.path == f"BACKUP/{name}")
    assert row.inside == "listed"
    assert f"its {len(inside)} files" in row.reason
    judged = drained_with_hashes(session.judge_as_dict())
    outcome = next(o for o in judged["outcomes"] if o["rule"] == "V04")  # type: ignore[attr-defined]
    assert outcome["state"] == "passed"
    assert "We looked into 1 packed file" in outcome["plain"]
    assert judged["counts"]["files"] == len(inside) + 2  # type: ignore[index]


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    session = read_files(tmp_path, nested(4))
    assert drained_with_hashes(session.open_archives()) == 3 * 2 + 2  # type: ignore[comparison-overlap]
    assert session.index.counts()["dicom"] == 1
    session = read_files(tmp_path / "deeper", nested(6))
    drained_with_hashes(session.open_archives())
    refused = [f for f in session.disc.files if f.inside == "refused"]
    assert [f.path.count("/") for f in refused] == [4]
    assert "too many other archives" in refused[0].reason
    assert session.index.counts()["files"] == session.index.counts()["done"] == 2 + 4 * 2


def test_an_archive_that_cannot_be_opened_says_so_and_the_rule_too(tmp_path: Path) -> None:
    session = read_files(tmp_path, {**files_of("clean"), "A.ZIP": zip_bytes({"X": b"1"})[:60]})
    drained_with_hashes(session.open_archives())
    row = next(f for f in session.disc.files if f.path == "A.ZIP")
    assert (row.inside, row.reason) == ("refused", "This is not a zip file we can open.")
    judged = drained_with_hashes(session.judge_as_dict())
    outcome = next(o for o in judged["outcomes"] if o["rule"] == "V04")  # type: ignore[attr-defined]
    assert outcome["state"] == "failed"
    assert "We tried to look into it, but could not" in outcome["plain"]


def test_stopping_half_way_loses_no_file_from_the_count(tmp_path: Path) -> None:
    files = {f"F{n:03}": b"text %d" % n for n in range(100)}
    session = read_files(tmp_path, {"A.ZIP": zip_bytes(files)})
    steps = session.look_inside("A.ZIP")
    for step in steps:
        if isinstance(step, Progress) and step.stage == "reading" and step.done == 64:
            break
    steps.close()
    assert len(session.disc.files) == 101
    assert not session.disc.complete
    assert sum(f.signature == "not read" for f in session.disc.files) == 36


def test_all_archives_together_stay_below_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanfolio.reading.archives.MAX_MEMBERS", 60)
    files = {f"F{n:03}": b"x" for n in range(40)}
    session = read_files(tmp_path, {"A.ZIP": zip_bytes(files), "B.ZIP": zip_bytes(files)})
    drained_with_hashes(session.open_archives())
    assert [f.inside for f in session.disc.files if f.path in ("A.ZIP", "B.ZIP")] == ["listed", "refused"]
    assert len(session.disc.files) == 42
