"""Look for faults with atheris, which follows what the mutations reach. Runs until stopped; CPython on Linux only.

    .cache/venv/bin/python -m pip install atheris
    .cache/venv/bin/python tools/fuzz_by_coverage.py FOLDER [libFuzzer options such as -max_total_time=600]

FOLDER collects the inputs that reached something new; it is filled with built files and the corpus at first. An input
that breaks something is written beside it (…-crash-*, …-timeout-*, …-oom-*): its smallest form belongs into
tests/unit/test_hostile.py.
"""

from __future__ import annotations

import logging
import random
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "py"), str(ROOT / "tests")]
logging.disable(logging.CRITICAL)

with atheris.instrument_imports(include=["scanfolio"]):
    import journey
    import mutants

MAX_BYTES = 1 << 16


def one_input(data: bytes) -> None:
    if data:
        journey.travelled({"FILE": data})


def other(data: bytes, max_size: int, seed: int) -> bytes:
    """Half the time our own mutations, which know where elements begin; else libFuzzer's."""
    if seed % 2 and data:
        return mutants.broken(data, random.Random(seed))[:max_size]
    return bytes(atheris.Mutate(data, max_size))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        for number, data in enumerate((*mutants.built(), *mutants.real())):
            (folder / f"seed-{number:04d}").write_bytes(data[:MAX_BYTES])
    limits = [f"-max_len={MAX_BYTES}", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={folder}-"]
    atheris.Setup([sys.argv[0], str(folder), *limits, *sys.argv[2:]], one_input, custom_mutator=other)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
