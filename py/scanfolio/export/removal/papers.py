"""README.TXT of a copy without identifying data. Plain ASCII, as that of every export."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from scanfolio import __version__
from scanfolio.export.manifest import Manifest, WrittenInstance
from scanfolio.export.papers import DONE, as_text, disc_js, index_htm, part_of, viewer_line, viewer_text
from scanfolio.export.planned import Action, Plan
from scanfolio.words import catalogue

CANNOT = (
    "What this cannot promise. Writing in the pictures themselves is not removed. From slices of a head a face can be "
    "drawn. A rare illness, an implant or an unusual body can tell who somebody is. Free texts of the scanner that the "
    "Standard does not list may stay. Whoever has the original images can find these again by their pixels. Treat the "
    "copy as personal health data."
)
NOT_FOR_CARE = (
    "Not for treatment: without name, birth date and numbers no hospital can file these images to a person, and they "
    "cannot be compared with earlier ones there. Looking at them on an ordinary screen is not enough for a diagnosis. "
    "Scanfolio follows the published rules named above; it is not a certified product."
)


def readme_txt(plan: Plan, manifest: Manifest) -> bytes:
    """README.TXT: ASCII, CRLF, at most 72 characters a line. Holds nothing of the source but counts."""
    removal = manifest.identity or {}
    actions = Counter(i.action for i in manifest.instances)
    left_out = Counter(f.code for f in manifest.left_out)
    moved = removal.get("dates") == "shift"
    searched_apart = ", but for the viewer's files, which are those of its build," if plan.choices.viewer else ""
    blocks = [
        "MEDICAL IMAGES (DICOM), IDENTIFYING DATA REMOVED",
        *part_of(plan),
        (
            f"Made on {manifest.created.replace('T', ' ')} by Scanfolio {__version__}, a program that runs on the "
            "user's own computer. Who made this copy: the person holding it, not a hospital."
        ),
        f"Contents: {len(manifest.instances)} DICOM instances.",
        "Layout: a DICOM file-set (PS3.10, PS3.12 Annex V).",
        (
            "  DICOMDIR       table of contents; importing software starts here\r\n"
            "  DICOM\\         the images\r\n"
            "  INDEX.HTM      a readable list for a web browser\r\n"
            "  EXPORT.JSN     every file and what was changed\r\n"
            "  SHA256SUM.TXT  check sums of all files" + viewer_line(plan)
        ),
        viewer_text(plan),
        "What was removed:",
        (
            f"  Attributes as {removal.get('profile', '')} says, at every depth; private attributes but for factors to "
            "SUV; overlays and curves.\r\n"
            "  Name and Patient ID: a stand-in. Identifiers (UIDs): new ones, the same in all files of this copy, made "
            "with a secret key that was not kept.\r\n"
            + ("  Dates: moved by a secret number of days, the same for all images of one person; times of day stay."
               if moved else "  Dates and times: removed, or replaced by ones that say nothing.")
            + "\r\n  The pixels are unchanged: compared with the source.\r\n"
            f"  Everything written{searched_apart} was searched for {removal.get('searched_for', 0)} original values; "
            "none was found."
        ),
        "How the images were brought into this form:",
        "\r\n".join(f"  {n} instances {DONE[a]}" for a, n in actions.items() if n),
    ]  # fmt: skip
    if left_out:
        blocks += ["What was left out:", "\r\n".join(f"  {n} files: {code}" for code, n in sorted(left_out.items()))]
    return as_text([*blocks, CANNOT, NOT_FOR_CARE])


def standing_texts(plan: Plan) -> list[str]:
    """What papers say whoever the images are of: papers of a copy of nothing, and all sentences they may use."""
    plan = replace(plan, files=(), left_out=())
    one = WrittenInstance("DICOM/PT000000", "", "", "", Action.COPY, 0, "")
    record = plan.removal.as_record() if plan.removal else None
    empty = Manifest("", "", plan.choices.encoding, (one,), (), (), 0, {}, 0, record)
    texts = [readme_txt(plan, empty).decode("ascii"), index_htm(plan, empty).decode("utf-8")]
    texts.append(disc_js(plan, empty).decode("ascii"))
    texts += [json.dumps(empty.as_dict()), *DONE.values()]
    for said in (catalogue("en"), catalogue(plan.choices.language)):
        for key, text in said.items():
            if key.startswith(("export.", "removal.")):
                texts += [key, *([text] if isinstance(text, str) else text.values())]
    return texts
