"""The bench's own arithmetic and its synthetic series."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "tools" / "benchmarks").is_dir():
    pytest.skip("tools/ is not here", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from scanfolio.export.drive import run  # noqa: E402
from scanfolio.session import Session  # noqa: E402
from scanfolio.source.folder import FolderSource  # noqa: E402
from tools.benchmarks import data, rows  # noqa: E402


def test_a_ratio_is_met_up_to_its_limit_and_says_when_nothing_was_compared() -> None:
    assert rows.Row("a", "1 ms", "2 ms", 0.5, 0.5).met == "yes"
    assert rows.Row("a", "1 ms", "2 ms", 0.51, 0.5).met == "no"
    assert rows.Row("a", "1 ms", "-", None, 0.5).met == "not measured"
    assert rows.Row("a", "1 ms", "2 ms", 0.5, None).met == "-"


def test_the_table_has_one_line_a_row_and_the_notes_below() -> None:
    text = rows.markdown(
        [rows.Row("fast", "1 ms", "slow 4 ms", 0.25, 1.0, "a note"), rows.skipped("other", "why")], "here"
    )
    assert text.splitlines()[0] == "here"
    assert "| fast | 1 ms | slow 4 ms | 0.25 | 1 | yes |" in text
    assert "| other | - | - | - | - | not measured |" in text
    assert text.endswith("- fast: a note\n- other: why")


def test_times_are_readable_and_percentiles_are_of_the_list() -> None:
    assert [rows.short(ms) for ms in (0.25, 12.34, 1500)] == ["250 µs", "12.3 ms", "1.50 s"]
    assert rows.percentile(list(range(101)), 0.95) == 95
    assert rows.percentile([7.0], 0.95) == 7.0


@pytest.mark.parametrize("sparse", [False, True])
def test_the_synthetic_series_is_one_series_in_order(tmp_path: Path, sparse: bool) -> None:
    session = Session()
    run(session.read(FolderSource(str(data.series(tmp_path / "ct", 12, sparse=sparse)))))
    (patient,) = session.disc.patients
    (series,) = patient.studies[0].series
    assert series.sorted_by == "geometry"
    assert [i.instance_number for i in series.instances] == list(range(12))
    assert len({i.sop_instance_uid for i in series.instances}) == 12
    assert not any(i.truncated for i in series.instances)


def test_a_step_changes_the_picture(tmp_path: Path) -> None:
    session = Session()
    run(session.read(FolderSource(str(data.series(tmp_path / "ct", 2)))))
    first, second = (session.stored_values(i.sop_instance_uid, 0) for i in session.disc.instances)
    assert first.shape == (512, 512)
    assert np.count_nonzero(first != second) > 500


def test_the_dicomdir_beside_a_series_names_its_files(tmp_path: Path) -> None:
    folder = data.with_dicomdir(data.series(tmp_path / "ct", 3), tmp_path / "listed")
    session = Session()
    run(session.read(FolderSource(str(folder))))
    (directory,) = session.disc.dicomdirs
    (patient,) = directory.roots
    records = patient.children[0].children[0].children
    assert ["/".join(record.file_id) for record in records] == [f"IMAGES/IM{n:06d}" for n in range(3)]
    assert len(session.disc.instances) == 3
    assert directory.faults == ()
