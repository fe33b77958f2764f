"""dist/: the whole page, for any static host under any path and for a double click."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import shutil
from pathlib import Path

from . import calls
from .alone import alone
from .console import Problem, megabytes, run, say, size_of
from .fetch import artefact, ensure_artefacts
from .node import npm_packages
from .notices import licence_texts
from .packs import ensure_packs, pyodide_folder, run_in_pyodide
from .paths import ARTEFACTS, CACHE, DIST, NODE_MODULES, ROOT
from .viewer import PACK, facts, script_name, viewer_pack, viewer_scripts

BUNDLES = CACHE / "bundles"
BANNER = "/* Scanfolio */"  # py/scanfolio/source/signature_table.py knows our own files by it

# What the page may do. Its worker is made from a blob: (http) or data: (file:) address and so inherits all of it.
# `file:` stands for the page's own folder after a double click, where 'self' means nothing; on http it allows nothing.
# blob: and data: never leave the computer. See docs/decisions/0002-content-policy.md.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' file: 'wasm-unsafe-eval'",
        "worker-src blob: data:",
        "connect-src 'self' blob: data:",
        "img-src 'self' file: blob: data:",
        "style-src 'self' file:",
        "font-src 'self' file:",
        "media-src blob:",
        "frame-src blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
ON_FILE = (
    "worker.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "core.pack",
    "numpy.pack",
    "pydicom.pack",
    "imagecodecs.pack",
)
ONLY_HERE = ("disc.js",)  # the viewer on a disc gets one of its own


def build_site() -> Path:
    """Make dist/ as it should be, touching only what changed."""
    with alone():
        return build_site_alone()


def build_site_alone() -> Path:
    ensure_artefacts()
    npm_packages()
    pyodide_folder()
    packs = ensure_packs()
    files: dict[str, bytes | Path] = {f"assets/{name}": path for name, path in packs.items()}
    files["assets/pyodide.asm.wasm"] = python_runtime()
    files["assets/worker.mjs"] = bundle(ROOT / "static/js/worker.js", "esm")
    sample = sample_disc()
    if sample:
        files["assets/sample.zip"] = sample
    for language, texts in page_texts().items():
        files[f"assets/{texts_file(language)}"] = texts
    on_file = (*ON_FILE, *(["sample.zip"] if sample else []), *map(texts_file, page_texts()))
    scripts = {f"offline/{script_name(name)}": offline_pack(name, files[f"assets/{name}"]) for name in on_file}
    along = viewer_scripts({path: content_of(script) for path, script in scripts.items()})
    versions = {name.removeprefix("assets/"): short_hash(content) for name, content in files.items()}
    named = {"__ASSET_VERSIONS__": versions, "__VIEWER__": facts(along)}
    files["assets/main.js"] = bundle(ROOT / "static/js/main.js", "iife", named)
    if (ROOT / "static/css/main.css").is_file():
        files["assets/main.css"] = bundle(ROOT / "static/css/main.css", "")
    for path in static_files():
        files[f"assets/{path.relative_to(ROOT / 'static').as_posix()}"] = path
    files["disc.js"] = ROOT / "static/disc.js"
    files["index.html"] = page(files)
    for name in ("LICENSE", "THIRD_PARTY.md"):
        if (ROOT / name).is_file():
            files[name] = ROOT / name
    files.update(licence_texts())
    small = {path: content_of(content) for path, content in files.items() if path not in ONLY_HERE}
    small = {path: data for path, data in small.items() if path.removeprefix("assets/") not in versions}
    files.update(scripts)
    files[f"offline/{script_name(PACK)}"] = offline_pack(PACK, viewer_pack(small, along))
    changed = write_out(files)
    say(
        f"dist/ is up to date: {megabytes(size_of(DIST))}, {changed} files written."
        if changed
        else "dist/ is up to date."
    )
    return DIST


def python_runtime() -> Path:
    """Python as the page runs it: the published WebAssembly, but for how it calls (calls.py)."""
    published = artefact("pyodide.asm.wasm")
    rules = Path(calls.__file__).read_bytes()
    made = CACHE / "runtime" / f"{short_hash(published.sha256.encode() + rules)}-{published.file}"
    if not made.is_file():
        shutil.rmtree(made.parent, ignore_errors=True)
        made.parent.mkdir(parents=True)
        partial = made.with_name(made.name + ".part")
        partial.write_bytes(calls.through_functions(published.cached.read_bytes()))
        partial.replace(made)
    return made


def content_of(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def short_hash(content: bytes | Path) -> str:
    return hashlib.sha256(content_of(content)).hexdigest()[:12]


def static_files() -> list[Path]:
    """Files of static/ that are shipped as they are: pictures, and what the page's manifest needs."""
    kinds = (".svg", ".png", ".ico", ".woff2", ".webmanifest")
    return sorted(path for path in (ROOT / "static").rglob("*") if path.suffix in kinds)


def page_texts() -> dict[str, bytes]:
    """The page's texts by language, but for the English ones, which are in its bundle: fetched when they are wanted."""
    names = json.loads((ROOT / "static/i18n/languages.json").read_text("utf-8"))
    files = {code: ROOT / f"static/i18n/{code}.json" for code in names if code != "en"}
    return {code: compact(path) for code, path in files.items()}


def compact(path: Path) -> bytes:
    texts = json.loads(path.read_text("utf-8"))
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()


def texts_file(language: str) -> str:
    return f"texts-{language}.json"


def bundle(entry: Path, form: str, named: dict[str, object] | None = None) -> bytes:
    """One file out of an entry module and all it imports (esbuild). `named`: what it may call by name, as JSON."""
    out = BUNDLES / entry.name
    command: list[str | Path] = [esbuild(), entry, "--bundle", "--minify"]
    command += ["--legal-comments=none", f"--banner:{'js' if form else 'css'}={BANNER}", "--log-level=error"]
    command += [f"--outfile={out}", "--target=es2022"]
    if form:
        command += [f"--format={form}", "--charset=ascii", "--external:node:*", "--external:ws"]
        command += [f"--alias:pyodide={NODE_MODULES / 'pyodide'}"]
    else:
        command += ["--external:*.svg", "--external:*.woff2", "--external:*.png"]
    command += [f"--define:{name}={json.dumps(value)}" for name, value in (named or {}).items()]
    run(command, what=f"Bundling {entry.name}", env={**os.environ, "NODE_PATH": str(NODE_MODULES)})
    return out.read_bytes()


def esbuild() -> Path:
    """The program itself, for whichever platform npm chose; starting it through Node would cost half a second."""
    programs = [*NODE_MODULES.glob("@esbuild/*/bin/esbuild"), *NODE_MODULES.glob("@esbuild/*/esbuild.exe")]
    if not programs:
        raise Problem("The bundler (esbuild) is not there for this kind of computer.")
    programs[0].chmod(0o755)
    return programs[0]


def page(files: dict[str, bytes | Path]) -> bytes:
    """index.html with the content policy and the versions of what it names put in."""
    text = (ROOT / "index.html").read_text(encoding="utf-8")
    if "<!--csp-->" not in text:
        raise Problem("index.html has no <!--csp--> mark, so the page would have no content policy.")
    text = text.replace("<!--csp-->", f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">')
    for name in ("assets/main.js", "assets/main.css"):
        if name in files:
            text = text.replace(f'"{name}"', f'"{name}?v={short_hash(files[name])}"')
    return text.encode()


def offline_pack(name: str, content: bytes | Path) -> Path:
    """A classic script holding one asset: after a double click a page can read nothing else of its own folder."""
    data = content_of(content)
    made = CACHE / "offline" / f"{short_hash(data)}-{name}.js"
    if not made.is_file():
        made.parent.mkdir(parents=True, exist_ok=True)
        for old in made.parent.glob(f"????????????-{name}.js"):
            old.unlink()
        gzipped = gzip.compress(data, 9, mtime=0)
        use = len(gzipped) < 0.97 * len(data)
        text = base64.b64encode(gzipped if use else data).decode()
        made.write_text(f'SCANFOLIO_PACK({json.dumps(name)},{int(use)},"{text}");\n', encoding="ascii")
    return made


def sample_disc() -> Path | None:
    """The sample disc, made by tools/sample_disc.py in the shipped Pyodide: the same bytes on every machine."""
    maker = ROOT / "tools/sample_disc.py"
    if not maker.is_file():
        return None
    digest = hashlib.sha256()
    sources = [maker, *sorted((ROOT / "tests").glob("discs*.py")), *sorted((ROOT / "tools").glob("sample_*.py"))]
    for path in sources:
        digest.update(path.read_bytes())
    made = CACHE / "sample" / f"{digest.hexdigest()[:16]}.zip"
    if not made.is_file():
        say("Making the sample disc (two minutes, only this once) …")
        made.parent.mkdir(parents=True, exist_ok=True)
        for old in made.parent.glob("*.zip"):
            old.unlink()
        job = {"out": made.relative_to(ROOT).as_posix(), "wheels": wheels_in_order()}
        run_in_pyodide(Path(__file__).with_name("sample_inside.py"), json.dumps(job), what="Making the sample disc")
    return made


def wheels_in_order() -> list[str]:
    wheels = sorted(path for path in ARTEFACTS.glob("*.whl"))
    return [path.relative_to(ROOT).as_posix() for path in wheels]


def write_out(files: dict[str, bytes | Path]) -> int:
    """Bring dist/ to exactly `files`; gives how many were written. A half-written file never has its final name."""
    written = 0
    for name, content in files.items():
        target = DIST / name
        data = content_of(content)
        if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        partial.write_bytes(data)
        partial.replace(target)
        written += 1
    for path in sorted(DIST.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(DIST).as_posix() not in files:
            path.unlink()
            written += 1
        elif path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)
    return written
