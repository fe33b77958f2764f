"""README.TXT and INDEX.HTM of an export (IHE PDI; RAD TF 4.47): plain text and static XHTML without script.

The one link leads to the viewer, where it was put there too; its disc.js is written here as well.
"""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from html import escape

from scanfolio import __version__
from scanfolio.export.manifest import Manifest
from scanfolio.export.planned import Action, Plan
from scanfolio.export.viewer import FOLDER, START
from scanfolio.model import SopInstance
from scanfolio.words import say

LINE = 72
NOT_READY = "NOTREADY.TXT"
NOT_READY_TEXT = (
    b"This copy is not finished, or it has not been compared with the original disc yet.\r\n"
    b"Do not hand it over. Empty this folder and make the copy again.\r\n"
)
"""Stands in a folder from the first byte written until the copy has been read back and found identical."""
DISCLAIMER = (
    "This is a copy for taking images to another hospital or doctor. Looking at it on an ordinary screen is not enough "
    "for a diagnosis. Keep the original disc: this copy does not replace it. Scanfolio follows the published rules "
    "named above; it is not a certified product. The images hold personal health data: treat the copy as confidential."
)
OF_SPLITTING = (
    "Images for older systems: enhanced multi-frame images were taken apart into the classic single-frame images. Each "
    "has new identifiers and names the image and frame it was made of (Conversion Source Attributes Sequence). The "
    "enhanced images themselves are not in this copy; reports, measurements and markings may still name them."
)
VIEWER = (
    "To look at the images: open INDEX.HTM in a web browser and follow its first link. Scanfolio, a web page, then "
    "asks for this disc or folder. It needs no internet and sends nothing. There is no program on it, and nothing "
    f"starts by itself. Licences: {FOLDER}\\license.txt, {FOLDER}\\3rdparty.md and {FOLDER}\\licences."
)
DONE = {
    Action.COPY: "copied byte for byte",
    Action.KEEP: "kept in the encoding of the source, byte for byte",
    Action.RE_ENCODE: "re-encoded as Explicit VR Little Endian, all values the same",
    Action.DECOMPRESS: "decompressed to Explicit VR Little Endian, pixel values as the codec gives them",
    Action.SPLIT: "made of one frame each of enhanced multi-frame images, pixel values the same, new identifiers",
}


def readme_txt(plan: Plan, manifest: Manifest) -> bytes:
    """README.TXT: ASCII, CRLF, at most 72 characters a line."""
    actions = Counter(i.action for i in manifest.instances)
    left_out = Counter(f.code for f in manifest.left_out)
    instances = _written(plan, manifest)
    blocks = [
        "MEDICAL IMAGES (DICOM)",
        *part_of(plan),
        (
            f"Made on {manifest.created.replace('T', ' ')} by Scanfolio {__version__}, a program that runs on the "
            "user's own computer, from the contents of a disc or folder the user had."
        ),
        "Who made this copy: the person holding it, not a hospital. Contact of the institution the images come from: "
        "unknown to us unless named here: "
        + (", ".join(_institutions(instances)) or "none is named in the images")
        + ".",
        (
            f"Contents: {len(manifest.instances)} DICOM instances in {_count(instances, 'series_instance_uid')} "
            f"series, {_count(instances, 'study_instance_uid')} studies."
        ),
        "Layout: a DICOM file-set (PS3.10, PS3.12 Annex V, arranged as IHE Portable Data for Imaging asks).",
        (
            "  DICOMDIR       table of contents; importing software starts here\r\n"
            "  DICOM\\         the images, names as the standard demands\r\n"
            "  INDEX.HTM      a readable list for a web browser\r\n"
            "  REPORT.TXT     what was found on the source disc (REPORT.JSN: for programs)\r\n"
            "  EXPORT.JSN     every file, where it came from, what was changed\r\n"
            "  SHA256SUM.TXT  check sums of all files" + viewer_line(plan)
        ),
        viewer_text(plan),
        "What was changed:",
        "\r\n".join(f"  {n} instances {DONE[a]}" for a, n in actions.items() if n)
        + "\r\n  Every file: new name, empty preamble, new File Meta Information."
        + (
            f"\r\n  {len(manifest.supplied)} values missing in the images were filled in the DICOMDIR only."
            if manifest.supplied
            else ""
        ),
    ]
    if actions[Action.SPLIT]:
        blocks.append(OF_SPLITTING)
    if left_out:
        blocks += ["What was left out:", "\r\n".join(f"  {n} files: {code}" for code, n in sorted(left_out.items()))]
    blocks.append(DISCLAIMER)
    return as_text(blocks)


def as_text(blocks: list[str]) -> bytes:
    """Paragraphs and lists (indented by two) as ASCII with CRLF, at most 72 characters a line."""
    text = "\r\n\r\n".join(_indented(block) if block.startswith("  ") else _wrap(block) for block in blocks) + "\r\n"
    return text.encode("ascii", "replace")


def index_htm(plan: Plan, manifest: Manifest) -> bytes:
    """INDEX.HTM: the studies and series as a table, in the language of the choices. XHTML 1.0 Strict in UTF-8; every
    value escaped."""
    language = plan.choices.language

    def words(key: str, **values: object) -> str:
        if plan.removal and key in ("lead", "note"):
            return _text(say(f"removal.index.{key}", language, **values))
        return _text(say(f"export.index.{key}", language, **values))

    part = f"<p>{words('part', number=plan.part.number, of=plan.part.of)}</p>\n" if plan.part else ""
    viewer = ""
    if plan.choices.viewer:
        link = f'<a href="{START}">{words("viewer")}</a>'
        viewer = f'<p class="viewer">{link}<br />{words("viewer_note")}</p>\n'
    rows = []
    for instances in _by_series(_written(plan, manifest)):
        first = instances[0]
        cells = (
            first.patient_name.replace("^", " ").strip(), first.patient_id, _date(first.patient_birth_date),
            _date(first.study_date), first.study_description, first.modality,
            "" if first.series_number is None else str(first.series_number), first.series_description,
            str(len(instances)),
        )  # fmt: skip
        rows.append("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>")
    heads = ("name", "number", "born", "date", "study", "kind", "series", "description", "images")
    head = "".join(f'<th scope="col">{words(key)}</th>' for key in heads)
    page = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}" lang="{language}">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
<title>{words("title")}</title>
<style type="text/css">
body {{ font-family: sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; line-height: 1.5 }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid #bbb; padding: 0.3em 0.6em; text-align: left; vertical-align: top }}
td:nth-child(3), td:nth-child(4) {{ white-space: nowrap }}
.wide {{ overflow-x: auto }}
.viewer a {{ font-size: 1.4em; font-weight: bold }}
</style>
</head>
<body>
<h1>{words("title")}</h1>
{part}{viewer}<p>{words("lead", count=len(manifest.instances))}</p>
<div class="wide"><table>
<thead><tr>{head}</tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table></div>
<p>{words("note")}</p>
</body>
</html>
"""
    return page.replace("\n", "\r\n").encode("utf-8", "replace")


def disc_js(plan: Plan, manifest: Manifest) -> bytes:
    """What the viewer finds beside itself: where the file-set is, how much it holds, when it was made. Of nobody."""
    instances = _written(plan, manifest)
    facts = {
        "file_set": "../",
        "made": manifest.created[:10],
        "instances": len(instances),
        "series": len(_by_series(instances)),
        "part": plan.part.number if plan.part else 1,
        "of": plan.part.of if plan.part else 1,
    }
    return f"/* Scanfolio */\nSCANFOLIO_DISC = {json.dumps(facts)};\n".encode("ascii")


def viewer_line(plan: Plan) -> str:
    """The row of the layout, where a viewer goes along."""
    return f"\r\n  {FOLDER}\\        Scanfolio, a page to look at the images with" if plan.choices.viewer else ""


def viewer_text(plan: Plan) -> str:
    return VIEWER if plan.choices.viewer else "There is no viewer and no program on it. Nothing starts by itself."


def part_of(plan: Plan) -> list[str]:
    if plan.choices.only is not None:
        return [
            "This is the second part of a copy: images and videos that could not be unpacked, in the encoding they "
            "came in. It is a complete DICOM file-set of its own, but not every system can read what is in it."
        ]
    if plan.part is None:
        return []
    number, of = plan.part.number, plan.part.of
    return [f"This is part {number} of {of}. Each part is a complete DICOM file-set; import all {of} of them."]


def _written(plan: Plan, manifest: Manifest) -> list[SopInstance]:
    done = {i.file_id for i in manifest.instances}
    return [f.as_written for f in plan.files if f.file_id in done]


def _by_series(instances: list[SopInstance]) -> list[list[SopInstance]]:
    series: dict[tuple[str, str], list[SopInstance]] = {}
    for i in instances:
        series.setdefault((i.study_instance_uid, i.series_instance_uid), []).append(i)
    return list(series.values())


def _institutions(instances: list[SopInstance]) -> list[str]:
    return sorted({i.institution_name for i in instances if i.institution_name})


def _count(instances: list[SopInstance], attribute: str) -> int:
    return len({getattr(i, attribute) for i in instances})


def _date(value: str) -> str:
    return f"{value[:4]}-{value[4:6]}-{value[6:8]}" if len(value) == 8 and value.isdigit() else value


def _text(value: str) -> str:
    """Escaped, and without the control characters XML does not know."""
    return escape("".join(max(c, " ") for c in value))


def _indented(block: str) -> str:
    lines = [textwrap.wrap(line, LINE, subsequent_indent="    ") for line in block.split("\r\n")]
    return "\r\n".join(part for line in lines for part in line)


def _wrap(text: str) -> str:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\r\n".join([*lines, line])
