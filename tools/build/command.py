"""The command line of build.py."""

from __future__ import annotations

import argparse
import sys

from .console import Problem, say


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build.py", description="Builds, runs and tests Scanfolio.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="build the page, serve it on this computer, open the browser")
    run.add_argument("--no-browser", action="store_true", help="do not open a browser")
    run.add_argument(
        "--port", type=int, default=8720, help="port on 127.0.0.1 (another free one is taken if it is in use)"
    )
    commands.add_parser("build", help="write dist/")
    choices = parser.parse_args(arguments)
    try:
        if choices.command == "build":
            from .site import build_site

            build_site()
        elif choices.command == "run":
            from .serve import serve
            from .site import build_site

            say("Scanfolio: getting the page ready. The first time takes a few minutes, later a second.")
            serve(build_site(), port=choices.port, open_browser=not choices.no_browser)
    except Problem as problem:
        print(f"build.py: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    return 0
