"""Exports where the worker can read no files: the page reads each piece for it, and keeps only the latest ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from exports import CREATED, FILE_SET_UID, MemorySource, Opened, drive, export
from instances import IMPLICIT, RLE, ct_series, ct_slice
from scanfolio.effects import Effect, Fetch, Steps
from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.export import planned as planned_module
from scanfolio.export import verify as verify_module
from scanfolio.export.plan import plan_steps
from scanfolio.export.planned import Choices
from scanfolio.export.verify import verify
from scanfolio.export.write import write_folder, write_zip
from scanfolio.reading.index import DiscIndex, read_all
from scanfolio.source.entry import Entry

PIECES_KEPT = 4


class Distant(MemorySource):
    """Bytes are here once they were asked for, and only for a while."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self._all = list(files.values())
        self.kept: deque[tuple[int, int, int]] = deque(maxlen=PIECES_KEPT)
        self.fetched = 0

    def fetch(self, wish: Fetch) -> None:
        self.fetched += 1
        self.kept.append((wish.entry_id, wish.offset, wish.offset + wish.length))

    def entries(self) -> Any:
        for entry in super().entries():
            yield Entry(entry.entry_id, entry.path, entry.size, self._distant(entry.entry_id))

    def _distant(self, entry_id: int) -> Any:
        def read(offset: int, length: int) -> bytes:
            for held, start, end in self.kept:
                if held == entry_id and start <= offset and offset + length <= end:
                    return self._all[entry_id][offset : offset + length]
            raise BytesNotHere(entry_id, offset, length)

        return read


def fetching(steps: Steps, *sources: Distant) -> Generator[Effect, Any, Any]:
    """`steps` without their Fetch effects, each performed for the source whose turn it is (the last one)."""
    reply: Any = None
    while True:
        try:
            effect = steps.send(reply)
        except StopIteration as result:
            return result.value
        reply = None
        if isinstance(effect, Fetch):
            for source in sources:
                source.fetch(effect)
        else:
            reply = yield effect


def disc() -> dict[str, bytes]:
    files = ct_series(3)
    files["IMPLICIT"] = ct_slice(11, IMPLICIT)
    files["RLE"] = ct_slice(12, RLE)
    files["TWICE"] = files["CT000001"]
    return files


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "in pieces"])
@pytest.mark.parametrize("into", ["zip", "folder"])
@pytest.mark.parametrize("encoding", ["most-compatible", "keep-encoding"])
def test_an_export_is_the_same_when_every_piece_has_to_be_fetched(
    into: str, encoding: str, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if streamed:
        for module in (planned_module, verify_module):
            monkeypatch.setattr(module, "STREAM_ABOVE_BYTES", 100)
    near = export(disc(), into=into, encoding=encoding)

    source = Distant(disc())
    index = DiscIndex()
    drive(fetching(read_all(index, source), source))
    opened = Opened(source, index, index.finish())
    plan, _, _ = drive(fetching(plan_steps(opened.disc, index.entries, Choices(encoding=encoding)), source))
    write = write_folder if into == "folder" else write_zip
    steps = write(plan, "{}", "A report\nof two lines", created=CREATED, file_set_uid=FILE_SET_UID)
    before = source.fetched
    manifest, files, archive = drive(fetching(steps, source))
    assert source.fetched > before
    files.pop("NOTREADY.TXT", None)
    assert archive == near.archive
    assert into == "zip" or files == near.files
    assert manifest.sha256 == near.manifest.sha256
    assert [left.code for left in manifest.left_out] == ["duplicate"]

    copy = Distant(near.files)
    result, _, _ = drive(fetching(verify(copy, opened.disc, index.entries, manifest), source, copy))
    assert result.ok, result.differences
    assert result.identical == 5
    assert copy.fetched >= len(near.files)


def test_a_step_that_needs_more_than_is_kept_ends_with_a_sentence() -> None:
    """Not by asking for the same bytes for ever."""
    from scanfolio.effects import patiently

    def call() -> bytes:
        raise BytesNotHere(1, 0, 10)

    steps = patiently(call)
    assert next(steps) == Fetch(1, 0, 10)
    with pytest.raises(SourceError, match="still on the disc") as raised:
        next(steps)
    assert not isinstance(raised.value, BytesNotHere)
