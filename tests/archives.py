"""Archives and disc images of {path: bytes}, for tests. What they are packed with is nobody's own work here."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
from collections.abc import Callable

import pycdlib

from discs import Files, zip_bytes

PLAIN_NAME = re.compile(r"[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?")


def tar_bytes(files: Files, *, format: int = tarfile.PAX_FORMAT, root: str = "") -> bytes:
    """A tar of `files` with fixed dates."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for path, data in files.items():
            info = tarfile.TarInfo(root + path)
            info.size, info.mtime = len(data), 1_709_201_700
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tgz_bytes(files: Files) -> bytes:
    return gzip.compress(tar_bytes(files), 6, mtime=0)


def iso_bytes(files: Files, *, joliet: bool = True, rock_ridge: bool = True, udf: bool = False) -> bytes:
    """A disc image of `files`. Without Joliet and Rock Ridge the names have to be plain ones, such as "A/B.TXT"."""
    image = pycdlib.PyCdlib()
    image.new(
        interchange_level=3,
        joliet=3 if joliet else None,
        rock_ridge="1.09" if rock_ridge else None,
        udf="2.60" if udf else None,
    )
    aliases: dict[str, str] = {"": ""}

    def names(path: str, alias: str) -> dict[str, str]:
        found = {"iso_path": alias}
        if rock_ridge:
            found["rr_name"] = path.rsplit("/", 1)[-1]
        if joliet:
            found["joliet_path"] = f"/{path}"
        if udf:
            found["udf_path"] = f"/{path}"
        return found

    def folder(path: str) -> str:
        if path not in aliases:
            parent, _, name = path.rpartition("/")
            alias = name if PLAIN_NAME.fullmatch(name) and "." not in name else f"D{len(aliases):07}"
            aliases[path] = f"{folder(parent)}/{alias}"
            image.add_directory(**names(path, aliases[path]))
        return aliases[path]

    for number, (path, data) in enumerate(files.items()):
        parent, _, name = path.rpartition("/")
        alias = name if PLAIN_NAME.fullmatch(name) else f"F{number:07}"
        dotted = alias if "." in alias else f"{alias}."
        image.add_fp(io.BytesIO(data), len(data), **names(path, f"{folder(parent)}/{dotted};1"))
    out = io.BytesIO()
    image.write_fp(out)
    image.close()
    return out.getvalue()


def raw_sectors(image: bytes, stride: int = 2352, start: int = 16) -> bytes:
    """The same image as a drive gives it: synchronisation and address before, error correction behind each sector."""
    sync = b"\0" + b"\xff" * 10 + b"\0"
    sectors = []
    for number in range(0, len(image), 2048):
        header = (sync + (number // 2048).to_bytes(3, "big") + (b"\1" if start == 16 else b"\2")).ljust(start, b"\0")
        header = header if start >= 16 else bytes(start)
        sectors.append((header + image[number : number + 2048]).ljust(stride, b"\x5a"))
    return b"".join(sectors)


PACKERS: dict[str, Callable[[Files], bytes]] = {
    "disc.zip": zip_bytes,
    "disc.tar": tar_bytes,
    "disc.tgz": tgz_bytes,
    "disc.tar.bz2": lambda files: bz2.compress(tar_bytes(files)),
    "disc.tar.xz": lambda files: lzma.compress(tar_bytes(files), preset=0),
    "disc.iso": iso_bytes,
    "joliet.iso": lambda files: iso_bytes(files, rock_ridge=False),
    "udf.iso": lambda files: iso_bytes(files, udf=True),
    "raw.bin": lambda files: raw_sectors(iso_bytes(files)),
}
"""File name -> how a disc becomes one file."""
