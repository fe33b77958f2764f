"""Files of some 40 MB, made of many small parts and given away again piece by piece.

As one run of bytes such a file is held twice each time it has to grow, and what WebAssembly once had it never gives
back. Of 70,000 images there are three: the DICOMDIR, the report and the record of the export.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any
from zlib import crc32

PIECE_BYTES = 1 << 20


class Pieces:
    """Bytes that are written one after the other; each piece but the last holds PIECE_BYTES of them."""

    def __init__(self, parts: Iterable[bytes] = ()) -> None:
        self._pieces: list[bytearray] = []
        self._length = 0
        for part in parts:
            self.write(part)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytearray]:
        return iter(self._pieces)

    def __bytes__(self) -> bytes:
        return b"".join(self._pieces)

    def write(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            room = -self._length % PIECE_BYTES
            if not room:
                room = PIECE_BYTES
                self._pieces.append(bytearray())
            part = data[at : at + room]
            self._pieces[-1] += part
            self._length += len(part)
            at += len(part)

    def patch(self, at: int, data: bytes) -> None:
        """Put `data` in the place of as many bytes written before, from byte `at` on."""
        for n, byte in enumerate(data, at):
            self._pieces[n // PIECE_BYTES][n % PIECE_BYTES] = byte

    def sha256(self) -> str:
        """In lower-case hex."""
        digest = sha256()
        for piece in self._pieces:
            digest.update(piece)
        return digest.hexdigest()

    def crc32(self) -> int:
        crc = 0
        for piece in self._pieces:
            crc = crc32(piece, crc)
        return crc

    def given_away(self) -> Iterator[bytearray]:
        """Every piece in turn, an empty one where there are none. They are gone from here at once."""
        self._pieces.reverse()
        self._length = 0
        yield self._pieces.pop() if self._pieces else bytearray()
        while self._pieces:
            yield self._pieces.pop()


def json_parts(value: dict[str, Any], rows: Mapping[str, Iterable[dict[str, Any]]]) -> Iterator[str]:
    """json.dumps(…, indent=1, ensure_ascii=False, allow_nan=False) of `value` with the lists `rows`, part by part.

    Each name of `rows` stands in `value` with an empty list. Of 70,000 rows the text, and the objects it is made of,
    are never there at once.
    """
    head = _json(value)
    for name in sorted(rows, key=list(value).index):
        before, empty, head = head.partition(f"\n {json.dumps(name)}: []")
        yield before + empty[:-1]
        begun = False
        for row in rows[name]:
            text = _json(row).replace("\n", "\n  ")
            yield f"{',' if begun else ''}\n  {text}"
            begun = True
        yield "\n ]" if begun else "]"
    yield head


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
