"""Packs: what the page loads as compiled Python. See pack_inside.py for their form."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .console import run, say
from .fetch import artefact, lock, sha256
from .node import node, npm_packages
from .paths import ARTEFACTS, CACHE, NODE_MODULES, ROOT

HERE = Path(__file__).parent
PACKS = CACHE / "packs"
# pydicom looks for these while it is imported; where it does not find them it searches on, for long.
LOOKED_FOR = (
    *("CT_small", "DICOMDIR", "MR_small", "no_meta", "rtdose", "rtplan", "rtstruct", "waveform_ecg"),
    *("examples_jpeg2k", "examples_overlay", "examples_palette", "examples_rgb_color", "examples_ybr_color"),
)
# Parts of the standard library that make no sense in a page: servers, mail, terminals, debuggers, other processes.
NOT_IN_A_PAGE = (
    *("imaplib.py", "poplib.py", "smtplib.py", "ftplib.py", "mailbox.py", "socketserver.py", "webbrowser.py"),
    *("wsgiref/*", "xmlrpc/*", "http/server.py", "curses/*", "dbm/*", "sqlite3/*", "multiprocessing/*", "ensurepip/*"),
    *("idlelib/*", "turtle*", "tkinter/*", "pydoc_data/*", "lib2to3/*", "venv/*", "profiling/*", "pstats.py"),
    *("profile.py", "cProfile.py", "trace.py", "tabnanny.py", "pyclbr.py", "pickletools.py"),
)
TESTS_AND_TYPES = ("*/tests/*", "*.pyi", "*.pxd", "*.h", "*.c", "*.a", "*/RECORD", "*/py.typed", "*.txt", "*.md")


@dataclass(frozen=True)
class Source:
    """A wheel, zip or folder relative to the repository, and the file name patterns that stay out of the pack.

    `emptied` are kept in name only. `optimize` is compile()'s: 2 leaves docstrings and assertions out (third-party
    code); ours keeps both.
    """

    path: str
    leave_out: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    optimize: int = 2


@dataclass(frozen=True)
class Pack:
    file: str
    sources: tuple[Source, ...] = field(default_factory=tuple)

    def key(self) -> str:
        """Changes whenever the pack's content may change."""
        digest = hashlib.sha256()
        for path in (HERE / "pack_inside.py", HERE / "in_pyodide.mjs"):
            digest.update(path.read_bytes())
        digest.update(artefact("pyodide.asm.wasm").sha256.encode())
        digest.update(json.dumps(asdict(self)).encode())
        for source in self.sources:
            where = ROOT / source.path
            for path in sorted(where.rglob("*")) if where.is_dir() else [where]:
                if path.is_file() and "__pycache__" not in path.parts:
                    digest.update(f"{path.relative_to(ROOT).as_posix()}\0{path.stat().st_size}\0".encode())
                    digest.update(path.read_bytes())
        return digest.hexdigest()[:16]


def from_lock(name: str, leave_out: tuple[str, ...], emptied: tuple[str, ...] = ()) -> Source:
    row = next(row for row in lock() if row.name == name and row.file.endswith(".whl"))
    return Source(row.cached.relative_to(ROOT).as_posix(), leave_out, emptied)


def all_packs() -> tuple[Pack, ...]:
    stdlib = Source((ARTEFACTS / "python_stdlib.zip").relative_to(ROOT).as_posix(), NOT_IN_A_PAGE)
    numpy_extra = ("numpy/_core/include/*", "numpy/f2py/*", "numpy/distutils/*", "numpy/doc/*")
    numpy_extra += ("numpy/_pyinstaller/*", "numpy/*/lib/*.ini")
    pydicom_extra = ("pydicom/data/test_files/*", "pydicom/data/charset_files/*")
    pydicom_names = tuple(
        f"pydicom/data/test_files/{name}{'' if name == 'DICOMDIR' else '.dcm'}" for name in LOOKED_FOR
    )
    codecs = (
        "tiff",
        "czi",
        "zstd",
        "lerc",
        "webp",
        "jpegxr",
        "cms",
        "png",
        "lzma",
        "lz4",
        "deflate",
        "pixarlog",
    )
    codecs_extra = tuple(f"imagecodecs/_{name}.abi3.so" for name in (*codecs, "ccitt", "bmp"))
    codecs_extra += ("imagecodecs/zarr.py", "imagecodecs/numcodecs.py", "imagecodecs/licenses/*")
    return (
        Pack("python_stdlib.zip", (stdlib,)),
        Pack("core.pack", (Source("py", ("*.egg-info/*",), optimize=0),)),
        Pack("numpy.pack", (from_lock("NumPy", TESTS_AND_TYPES + numpy_extra),)),
        Pack("pydicom.pack", (from_lock("pydicom", TESTS_AND_TYPES + pydicom_extra, pydicom_names),)),
        Pack("imagecodecs.pack", (from_lock("imagecodecs", TESTS_AND_TYPES + codecs_extra),)),
    )


def ensure_packs() -> dict[str, Path]:
    """File name → the up-to-date pack in .cache/packs. Only what changed is made again."""
    PACKS.mkdir(parents=True, exist_ok=True)
    ready = {pack.file: PACKS / f"{pack.key()}-{pack.file}" for pack in all_packs()}
    to_make = [pack for pack in all_packs() if not ready[pack.file].is_file()]
    if to_make:
        say(f"Compiling {', '.join(pack.file for pack in to_make)} …")
        jobs = [{**asdict(pack), "out": f"{unfinished(pack).relative_to(ROOT).as_posix()}"} for pack in to_make]
        run_in_pyodide(HERE / "pack_inside.py", json.dumps(jobs), what="Compiling the Python code")
        for pack in to_make:
            for old in PACKS.glob(f"????????????????-{pack.file}"):
                old.unlink()
            unfinished(pack).replace(ready[pack.file])
    return ready


def unfinished(pack: Pack) -> Path:
    return PACKS / f"unfinished-{pack.file}"


def run_in_pyodide(script: Path, job: str, *, what: str) -> str:
    """Run a Python script in the Pyodide we ship, under Node, with the repository as /root_folder."""
    npm_packages()
    return run([node(), HERE / "in_pyodide.mjs", pyodide_folder(), ROOT, script, job], what=what)


def pyodide_folder() -> Path:
    """The unpacked npm package, with the very files that assets.lock.json pins in it."""
    folder = NODE_MODULES / "pyodide"
    for row in lock():
        if row.manager == "npm":
            target = folder / row.path
            if not target.is_file() or sha256(target) != row.sha256:
                shutil.copyfile(row.cached, target)
    return folder
