"""The command line of build.py."""

from __future__ import annotations

import argparse
import subprocess
import sys

from .console import Problem, say
from .paths import ROOT


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build.py", description="Builds, runs and tests Scanfolio.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="build the page, serve it on this computer, open the browser")
    run.add_argument("--no-browser", action="store_true", help="do not open a browser")
    run.add_argument(
        "--port", type=int, default=8720, help="port on 127.0.0.1 (another free one is taken if it is in use)"
    )
    commands.add_parser("build", help="write dist/")
    test = commands.add_parser("test", help="prepare everything the tests need and run them")
    test.add_argument("--only", choices=("check", "unit", "pyodide", "js", "e2e", "oracles"), help="only this stage")
    commands.add_parser("check", help="linters, type checkers, generated files")
    commands.add_parser("bench", help="the speed and memory budgets, as ratios", add_help=False)
    commands.add_parser("notices", help="write THIRD_PARTY.md anew from assets.lock.json")
    choices, rest = parser.parse_known_args(arguments)
    if rest and choices.command != "bench":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if choices.command == "build":
            from .site import build_site

            build_site()
        elif choices.command == "run":
            from .serve import serve
            from .site import build_site

            say("Scanfolio: getting the page ready. The first time takes a few minutes, later a second.")
            serve(build_site(), port=choices.port, open_browser=not choices.no_browser)
        elif choices.command == "test":
            from .stages import run_tests

            return run_tests(choices.only)
        elif choices.command == "check":
            from .checks import check

            passed, failed = check()
            say(f"\n{passed} passed, {failed} failed, 0 skipped")
            return 1 if failed else 0
        elif choices.command == "bench":
            return bench(rest)
        elif choices.command == "notices":
            from .notices import write_third_party

            write_third_party()
    except Problem as problem:
        print(f"build.py: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    return 0


def bench(arguments: list[str]) -> int:
    """tools/bench.py in the tests' virtual environment, on a fresh dist/."""
    from .site import build_site
    from .venv import ensure_programs, ensure_venv, venv_environment

    python = ensure_venv()
    ensure_programs()
    build_site()
    command = [str(python), str(ROOT / "tools/bench.py"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=venv_environment(), check=False).returncode
