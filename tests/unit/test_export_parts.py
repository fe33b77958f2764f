"""A copy in several parts: each fits, each is complete, together they hold everything once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from exports import CREATED, Exported, drive, export, open_files, re_read
from instances import RLE, compress, encode, make_instance
from scanfolio.errors import ExportError
from scanfolio.export.papers import NOT_READY
from scanfolio.export.parts import OTHER_PART, PAPERS_BYTES, PER_FILE_GIVEN_BYTES, divide
from scanfolio.export.plan import make_plan
from scanfolio.export.planned import FIRST_SET, Choices, Plan, planned_size, second_set
from scanfolio.export.write import write_folder


def disc(series: tuple[int, ...]) -> dict[str, bytes]:
    """{path: bytes}: so many CT slices in each series."""
    numbers = [(s, n) for s, count in enumerate(series, 1) for n in range(1, count + 1)]
    return {f"S{s}I{n}": encode(make_instance("ct", n, series=s)) for s, n in numbers}


def media_for(plan: Plan, instances: int) -> int:
    """A medium that holds so many of the plan's instances, and not one more."""
    largest = max(-(-planned_size(f) // 2048) * 2048 + 4096 for f in plan.files)
    return PAPERS_BYTES + PER_FILE_GIVEN_BYTES * len(plan.files) + largest * instances + largest // 2


def divided(series: tuple[int, ...], instances: int) -> tuple[list[Exported], int]:
    opened = open_files(disc(series))
    plan = make_plan(opened.disc, opened.index.entries, Choices())
    media = media_for(plan, instances)
    done = []
    for part in divide(plan, media):
        manifest, written, _ = drive(write_folder(part, "{}", "A report", created=CREATED))
        del written[NOT_READY]
        done.append(Exported(opened, part, manifest, written))
    return done, media


def images(exported: Exported) -> list[str]:
    return [path for path in exported.files if path.startswith("DICOM/")]


def test_what_fits_stays_in_one_piece() -> None:
    opened = open_files(disc((3,)))
    plan = make_plan(opened.disc, opened.index.entries, Choices())
    assert divide(plan, 10_000_000) == [plan]
    assert plan.part is None


def test_series_stay_together_and_a_long_one_runs_on() -> None:
    parts, media = divided((2, 2, 5), 3)
    counts = [[sum(f"/SE{s:06d}/" in p for p in images(e)) for e in parts] for s in range(3)]
    assert sorted(sum(c) for c in counts) == [2, 2, 5]
    for spread in counts:
        held = [n for n in spread if n]
        assert held == ([3, 2] if sum(spread) == 5 else [2])
    assert [(e.plan.part.number, e.plan.part.of) for e in parts if e.plan.part] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for e in parts:
        assert sum(map(len, e.files.values())) == e.manifest.total_bytes <= media


def test_together_the_parts_hold_every_instance_once_under_names_of_their_own() -> None:
    parts, _ = divided((2, 2, 5), 3)
    uids = [i.sop_instance_uid for e in parts for i in e.manifest.instances]
    assert len(uids) == len(set(uids)) == 9
    names = [path for e in parts for path in images(e)]
    assert len(names) == len(set(names)) == 9
    assert len({e.manifest.file_set_uid for e in parts}) == len(parts)


def test_each_part_is_a_complete_file_set_that_equals_the_source() -> None:
    parts, _ = divided((4, 2), 3)
    for e in parts:
        verification = re_read(e)
        assert verification.differences == ()
        assert verification.ok
        assert verification.verdict == "A"
        assert verification.identical == len(images(e))
        # later, without the writer's word, the copy's own record has to excuse what is elsewhere
        assert re_read(e, said=False).ok


def test_each_part_says_where_the_rest_is() -> None:
    first, *others = divided((2, 2), 2)[0]
    assert len(others) == 1
    elsewhere = [left for left in first.manifest.left_out if left.code == OTHER_PART]
    assert {left.path for left in elsewhere} == {"S2I1", "S2I2"}
    assert {left.reason for left in elsewhere} == {"It is in part 2 of 2 of this copy."}
    readme = first.files["README.TXT"].decode("ascii")
    assert "This is part 1 of 2." in readme
    assert max(map(len, readme.split("\r\n"))) <= 72
    assert b"This is part 1 of 2." in first.files["INDEX.HTM"]


def test_one_instance_larger_than_the_medium_is_refused() -> None:
    opened = open_files(disc((2,)))
    plan = make_plan(opened.disc, opened.index.entries, Choices())
    with pytest.raises(ExportError, match="larger than the medium"):
        divide(plan, PAPERS_BYTES + PER_FILE_GIVEN_BYTES * 2 + 4096)


def test_a_part_that_grows_beyond_its_medium_is_refused() -> None:
    opened = open_files(disc((2, 2)))
    plan = make_plan(opened.disc, opened.index.entries, Choices())
    part = divide(plan, media_for(plan, 2))[0]
    assert part.part is not None
    small = replace(part, part=replace(part.part, media_bytes=5000))
    with pytest.raises(ExportError, match="larger than the medium"):
        drive(write_folder(small, "{}", "A report", created=CREATED))


MPEG_2 = "1.2.840.10008.1.2.4.100"


def with_a_video() -> dict[str, bytes]:
    """Two slices, and in their series something that only a player of videos can unpack."""
    return disc((2,)) | {"VIDEO": encode(compress(make_instance("ct", 3), RLE), MPEG_2)}


def test_what_cannot_be_unpacked_goes_into_a_second_file_set_as_it_is() -> None:
    files = with_a_video()
    first = export(files)
    assert [left.code for left in first.manifest.left_out] == ["video"]
    assert re_read(first).ok
    choices = second_set(first.plan.choices, first.manifest.left_out)
    assert choices is not None
    second = export(first.opened, encoding=choices.encoding, only=choices.only)
    assert [i.transfer_syntax_uid for i in second.manifest.instances] == [MPEG_2]
    assert {left.code for left in second.manifest.left_out} == {FIRST_SET}
    assert len(second.manifest.left_out) == 2
    assert re_read(second).ok
    assert re_read(second, said=False).ok
    assert second.only().endswith(files["VIDEO"][-2000:])
    assert b"This is the second part of a copy" in second.files["README.TXT"]
    assert b"This is the second part" not in first.files["README.TXT"]


def test_a_copy_that_holds_everything_needs_no_second() -> None:
    assert second_set(Choices(), export(disc((2,)) | {"NOTE": b"a letter"}).manifest.left_out) is None


def test_a_disc_of_videos_is_refused_with_the_way_out() -> None:
    with pytest.raises(ExportError, match="None of these images can be unpacked") as caught:
        export({"VIDEO": with_a_video()["VIDEO"]})
    assert "Keep as is" in caught.value.hint


def test_the_order_of_the_disc_stays() -> None:
    parts, _ = divided((7,), 3)
    names = [path for e in parts for path in images(e)]
    assert all(a < b for a, b in pairwise(names))
