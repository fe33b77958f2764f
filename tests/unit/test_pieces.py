"""Large papers in pieces: the bytes are those of the whole, and no piece stays once it is given away."""

from __future__ import annotations

import json
from hashlib import sha256
from zlib import crc32

import pytest

from scanfolio.pieces import PIECE_BYTES, Pieces, json_parts


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 5])
@pytest.mark.parametrize("part", [1 << 15, PIECE_BYTES * 2 + 3])
def test_pieces_are_the_bytes_that_were_written(size: int, part: int) -> None:
    data = (bytes(range(251)) * (size // 251 + 1))[:size]
    pieces = Pieces(data[at : at + part] for at in range(0, size, part))
    assert (len(pieces), bytes(pieces)) == (size, data)
    assert (pieces.sha256(), pieces.crc32()) == (sha256(data).hexdigest(), crc32(data))
    assert [len(piece) for piece in pieces][:-1] == [PIECE_BYTES] * max(0, -(-size // PIECE_BYTES) - 1)
    assert b"".join(pieces.given_away()) == data


def test_a_piece_given_away_is_not_kept_and_an_empty_file_is_one_piece() -> None:
    pieces = Pieces([bytes(3 * PIECE_BYTES)])
    given = pieces.given_away()
    next(given)
    assert len(list(pieces)) == 2
    assert [bytes(piece) for piece in Pieces().given_away()] == [b""]


def test_patches_reach_over_the_end_of_a_piece() -> None:
    pieces = Pieces([bytes(2 * PIECE_BYTES)])
    pieces.patch(PIECE_BYTES - 1, b"\x01\x02\x03\x04")
    pieces.patch(4, b"\x05")
    expected = bytearray(2 * PIECE_BYTES)
    expected[PIECE_BYTES - 1 : PIECE_BYTES + 3], expected[4] = b"\x01\x02\x03\x04", 5
    assert bytes(pieces) == expected


ROWS = [{"path": 'a "quoted"\n name', "list": [1, {"x": []}], "empty": []}, {"path": "größe/画像", "none": None}, {}]


@pytest.mark.parametrize("first", [ROWS, ROWS[:1], []])
@pytest.mark.parametrize("second", [ROWS[1:], []])
def test_json_part_by_part_is_the_json_of_the_whole(first: list[object], second: list[object]) -> None:
    def whole(rows: list[object], more: list[object]) -> dict[str, object]:
        return {"schema": "x", "rows": rows, "inner": {"rows": [], "text": '\n "rows": []'}, "more": more, "end": 1}

    parts = json_parts(whole([], []), {"more": iter(second), "rows": iter(first)})  # type: ignore[dict-item]
    assert "".join(parts) == json.dumps(whole(first, second), indent=1, ensure_ascii=False)
