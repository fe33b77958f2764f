"""The command line: the same use-cases as the page. See docs/command-line.md.

Exit status 0: done, nothing wrong found; 1: done, something wrong found; 2: could not be done, one line on stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from scanfolio import __version__, commands
from scanfolio.errors import RequestError, ScanfolioError
from scanfolio.words import again, languages, say

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        _check_language(options)
        return command(options)
    except ScanfolioError as error:
        line = " ".join(again(part, options.lang) for part in (error.title, error.hint) if part)
        print(f"scanfolio: {line}" + (f" ({error.where})" if error.where else ""), file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 2
    except KeyboardInterrupt:
        print(f"scanfolio: {say('session.stopped', options.lang)}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scanfolio",
        description="Says what a scan disc is, shows its images, writes a DICOM export that is read back and compared.",
        epilog="SOURCE is a folder, a .zip, a .tar (also .gz, .bz2, .xz), one packed file, or a disc image (.iso)."
        " For looking only, not for diagnosis.",
    )
    parser.add_argument("--version", action="version", version=f"scanfolio {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    report = verbs.add_parser("report", help="what the disc is, and what to do")
    _add_source(report)
    form = report.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the report as JSON (docs/report.schema.json)")
    form.add_argument("--letter", action="store_true", help="the letter that asks the hospital for a standard disc")
    report.set_defaults(command=commands.report)

    listing = verbs.add_parser("list", help="patients, studies, series, instances, and every other file and why")
    _add_source(listing)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(command=commands.listing)

    image = verbs.add_parser("image", help="one frame as a picture (.png) or as stored values (.npy)")
    _add_source(image)
    image.add_argument("--sop", required=True, metavar="UID", help="SOP Instance UID")
    image.add_argument("--frame", type=int, default=1, metavar="N", help="frame number, from 1 (1)")
    image.add_argument("--window", nargs=2, type=float, metavar=("CENTER", "WIDTH"))
    image.add_argument("-o", "--output", required=True, metavar="OUT")
    image.set_defaults(command=commands.image)

    export = verbs.add_parser("export", help="a copy any hospital can import, read back and compared")
    _add_source(export)
    export.add_argument("destination", metavar="DEST", help="ending in .zip: a zip; else a new or empty folder")
    export.add_argument("--study", action="append", metavar="UID", help="only this study (may be repeated)")
    export.add_argument("--series", action="append", metavar="UID", help="only this series (may be repeated)")
    export.add_argument("--patient", metavar="ID", help="only this Patient ID, where the disc holds several")
    what = "without overviews, screenshots and dose lists, which another doctor does not need"
    export.add_argument("--essential", action="store_true", help=what)
    encoding = export.add_mutually_exclusive_group()
    encoding.add_argument("--most-compatible", dest="encoding", action="store_const", const="most-compatible",
                          help="Explicit VR Little Endian, decompressed without loss (default)")  # fmt: skip
    encoding.add_argument("--keep-encoding", dest="encoding", action="store_const", const="keep-encoding",
                          help="every data set as it is")  # fmt: skip
    export.add_argument("--for-old-software", action="store_true",
                        help="enhanced multi-frame CT, MR and PET as single images, one file each")  # fmt: skip
    export.add_argument("--remove-identity", action="store_true",
                        help="without identifying data (PS3.15 Annex E); of no use to another hospital")  # fmt: skip
    export.add_argument("--dates", choices=("remove", "shift"), default="remove",
                        help="with --remove-identity: none, or moved by a secret number of days (remove)")  # fmt: skip
    export.add_argument(
        "--pseudonym", default="", metavar="TEXT", help="with --remove-identity: instead of name and ID"
    )
    export.add_argument("--include-documents", action="store_true",
                        help="with --remove-identity: also reports and notes, their texts replaced")  # fmt: skip
    export.add_argument("--include-burned-in", action="store_true",
                        help="with --remove-identity: also images that may have writing in the picture")  # fmt: skip
    export.add_argument("--media-size", type=float, metavar="MB", help="in complete parts of at most so many MB")
    export.add_argument("--with-viewer", action="store_true",
                        help="put Scanfolio itself beside it, to look at the images in any browser")  # fmt: skip
    export.add_argument("--dry-run", action="store_true", help="only say what would be written, changed and left out")
    export.set_defaults(command=commands.export, encoding="most-compatible")

    verify = verbs.add_parser("verify", help="read an export back, check it, compare it with its source")
    verify.add_argument("export", metavar="EXPORT")
    verify.add_argument("--against", metavar="SOURCE")
    _add_open_archives(verify)
    verify.set_defaults(command=commands.verify)

    for verb in (report, listing, image, export, verify):
        verb.add_argument(
            "--lang", default="en", metavar="xx", help=f"language of what is said: {', '.join(languages())} (en)"
        )
    return parser


def _check_language(options: argparse.Namespace) -> None:
    if options.lang in languages():
        return
    asked, options.lang = options.lang, "en"
    known = ", ".join(languages())
    raise RequestError(say("session.no_language", asked=asked), hint=say("session.no_language_hint", known=known))


def _add_source(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("source", metavar="SOURCE")
    _add_open_archives(verb)


def _add_open_archives(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--open-archives", action="store_true", help="also look into archives that lie in SOURCE")


if __name__ == "__main__":
    raise SystemExit(main())
