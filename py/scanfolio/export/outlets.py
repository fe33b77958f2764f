"""The two forms of a copy: the stream of one zip, or files in a folder. What is written becomes effects here."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import Any, Protocol

from scanfolio.effects import Chunk, Effect, Part, WriteFile
from scanfolio.export.zip import ZipWriter


class Out(Protocol):
    def add(self, path: str, parts: list[Part]) -> Generator[Effect, Any, None]:
        """A whole file, whose check sum is wanted."""

    def begin(self, path: str, size: int, crc: int) -> Generator[Effect, Any, None]:
        """A file that comes piece by piece."""

    def piece(self, path: str, data: Part, last: bool) -> Effect:
        """The next of its pieces."""


class ZipOut:
    def __init__(self, created: datetime) -> None:
        self.writer = ZipWriter(created)

    def add(self, path: str, parts: list[Part]) -> Generator[Effect, Any, None]:
        header, *_ = self.writer.add(path, parts)
        yield Chunk([header])
        yield Chunk(parts, path)

    def begin(self, path: str, size: int, crc: int) -> Generator[Effect, Any, None]:
        yield Chunk([self.writer.begin(path, size, crc)])
        self.writer.passed(size)

    def piece(self, path: str, data: Part, last: bool) -> Effect:
        return Chunk([data])


class FolderOut:
    def add(self, path: str, parts: list[Part]) -> Generator[Effect, Any, None]:
        yield WriteFile(path, parts, hashed=True)

    def begin(self, path: str, size: int, crc: int) -> Generator[Effect, Any, None]:
        yield from ()

    def piece(self, path: str, data: Part, last: bool) -> Effect:
        return WriteFile(path, [data], more=not last)
