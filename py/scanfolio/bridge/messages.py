"""Every message between the page and the worker. static/js/messages.d.ts and docs/protocol.md are generated from here.

→ {type:"request", id, method, params} + buffers       → {type:"cancel", id}       → {type:"reply", id, value, error}
← {type:"progress", id, stage, done, total}            ← {type:"item", id, item}
← {type:"write", id, path, more} + buffer              → {type:"taken", id, bytes, error} once the page has written it
← {type:"need", id, entry_id, offset, length}          the page sends these bytes (where workers cannot read)
← {type:"lend", id, entry_ids}                         → {type:"lent", id, files}: what is read next
← {type:"result", id, result} + buffers                ← {type:"error", id, error:{code, title, hint, where, detail}}

Exactly one result or error answers each request. Lengths and offsets are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A file as the page was given it. `path` is relative to what was opened."""

    entry_id: int
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Open:
    """Start a new session; nothing of an earlier one is left."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language code such as "de"."""

    language: str = "en"


@dataclass(frozen=True, slots=True)
class Index:
    """New files, and bytes that were asked for; column by column, since a disc may hold many thousands.

    `paths` and `sizes` are those of the new files, which are numbered on from `first`. The other columns are of the
    pieces that were read: of which file, from which byte, how many were asked for, how many came, and the browser's
    word where reading failed ("" where it did not). One packed buffer holds the bytes of all pieces, in order.
    """

    first: int = 0
    paths: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    piece_of: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """One file that is looked into before its turn; the buffer holds its first bytes. Its number is no other file's."""

    entry: NewEntry


@dataclass(frozen=True, slots=True)
class Archive:
    """Read an archive or disc image that was given as the only file; the worker reads it itself."""

    entry: NewEntry


@dataclass(frozen=True, slots=True)
class LookInside:
    """Open the archive at `path`, a file of the disc."""

    path: str


@dataclass(frozen=True, slots=True)
class Finish:
    """No more bytes will come. `complete` is false when the person pressed Stop."""

    complete: bool = True


@dataclass(frozen=True, slots=True)
class Again:
    """Numbers of files that could not be read, and now perhaps can; `sizes`: how long each of them is now."""

    entries: list[int]
    sizes: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Judge:
    """`answer`: what the person says to "is this you?": right, wrong or ask (taken back); "" leaves what was said.

    `files`: whether the answer has the rows of the files, which stay as they were told.
    """

    answer: str = ""
    files: bool = True


@dataclass(frozen=True, slots=True)
class LetterWish:
    """In which language, on which day (YYYYMMDD), and whether the texts on the disc may be read for it."""

    language: str = "en"
    today: str = ""
    read_texts: bool = True


@dataclass(frozen=True, slots=True)
class OfSeries:
    key: str


@dataclass(frozen=True, slots=True)
class OfFrame:
    """`frame` counts from 0."""

    sop_instance_uid: str
    frame: int = 0


@dataclass(frozen=True, slots=True)
class WithoutIdentity:
    """A copy without identifying data: see RemovalChoices."""

    dates: str = "remove"
    pseudonym: str = ""
    documents: bool = False
    burned_in: bool = False


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """What to export and how. None for studies or series means all of them.

    `only`: of these, just the instances with these SOP Instance UIDs, as a second file-set. `for_old_software`:
    enhanced images are split into single ones. `without`: not the series of these keys.
    `viewer`: the scripts of the page's own folder offline/, where Scanfolio itself goes along; their numbers are no
    other file's.
    """

    patient_key: str | None = None
    studies: list[str] | None = None
    series: list[str] | None = None
    encoding: str = "most-compatible"
    sink: str = "zip"
    only: list[str] | None = None
    for_old_software: bool = False
    without: list[str] = field(default_factory=list)
    viewer: list[NewEntry] = field(default_factory=list)
    removal: WithoutIdentity | None = None


@dataclass(frozen=True, slots=True)
class Verify:
    """Read an export back: one file, the .zip, or those of a folder, numbered on from `first`."""

    first: int
    paths: list[str]
    sizes: list[int]
    archive: bool = True


@dataclass(frozen=True, slots=True)
class Method:
    """What the page can ask for. `packages` are loaded before it starts; a `long` one reports and can be cancelled."""

    params: type
    does: str
    answers: str
    packages: tuple[str, ...] = ()
    long: bool = False


FIRST_IMAGE = (
    "{sop_instance_uid: string, series_instance_uid: string, entry_id: number, frame: number, overview: boolean, "
    "recipe: Recipe | null}"
)

METHODS: dict[str, Method] = {
    "open": Method(Open, "Forget the disc before and start a new one.", "{}"),
    "language": Method(Language, "Answer in this language from now on, whichever disc is open.", "{}"),
    "index": Method(
        Index,
        "Take files and their first bytes; say what else is needed of them.",
        f"{{counts: Counts, needs: Need[], first_image: {FIRST_IMAGE} | null}}",
    ),
    "directory": Method(
        Look, "Which files to try for a first picture, from the first bytes of the DICOMDIR.", "{paths: string[]}"
    ),
    "preview": Method(
        Look, "The image in one file, before the disc is read.", f"{{first_image: {FIRST_IMAGE} | null}}"
    ),
    "archive": Method(Archive, "Read an archive or disc image as a disc.", "{counts: Counts}", long=True),
    "look_inside": Method(
        LookInside,
        "Open an archive that lies on the disc; its files join the others.",
        "{counts: Counts, files: number}",
        long=True,
    ),
    "again": Method(Again, "Forget what was found of these files: they are read once more.", "{needs: Need[]}"),
    "finish": Method(Finish, "Group and sort what was read.", "Catalogue"),
    "catalogue": Method(Nothing, "The patients, studies and series known so far.", "Catalogue"),
    "judge": Method(
        Judge,
        "Apply every rule; outcomes come as items. Again once the person has answered, or a copy is made.",
        "Report",
        long=True,
    ),
    "report_text": Method(
        Nothing,
        "The report as it is saved, the SHA-256 of the JSON, and what read the disc.",
        "{text: string, json: string, json_sha256: string, "
        "versions: {scanfolio: string, python: string, pydicom: string}}",
    ),
    "letter": Method(
        LetterWish,
        "What to ask the hospital for; without letters where there is nothing to ask for.",
        "{letters: {language: string, text: string, lines: Record<string, string>, values: Record<string, string>}[], "
        "blank: string, languages: string[]}",
    ),
    "series": Method(
        OfSeries,
        "The frames of one series in scroll order with what tells them apart, which is seen first, how fast the file "
        "wants to be played, and the recipes known without reading, column by column.",
        "{key: string, middle: number, frames_per_second: number | null, labels: string[], label_of: number[], "
        "sop_instance_uids: string[], entry_ids: number[], frames: number[], shared: Recipe[], "
        "recipe_of: number[], offsets: number[], lengths: number[], positions_mm: (number | null)[]}",
    ),
    "frame": Method(
        OfFrame, "How to show one frame, and its values where the page cannot slice them itself.", "{recipe: Recipe}"
    ),
    "stored_values": Method(
        OfFrame,
        "The stored values of one frame.",
        "{rows: number, columns: number, samples: number, dtype: string}",
        ("numpy", "pydicom"),
    ),
    "thumbnail": Method(
        OfSeries, "A small picture of a series.", "{width: number, height: number, channels: number}", ("numpy",)
    ),
    "tags": Method(OfFrame, "Every element of one instance, for reading.", "{rows: TagRow[]}", ("pydicom",)),
    "plan": Method(ExportChoices, "What an export would hold and change.", "ExportPlan", long=True),
    "export": Method(
        ExportChoices,
        "Write the export; its bytes come as write messages.",
        "ExportManifest",
        ("numpy", "pydicom"),
        long=True,
    ),
    "verify": Method(
        Verify, "Read the export back and compare it with the disc.", "Verification", ("numpy", "pydicom"), long=True
    ),
    "memory": Method(Nothing, "How many files the worker keeps facts of.", "{files: number, instances: number}"),
}


@dataclass(slots=True)
class Answer:
    """A result as it goes out: JSON-shaped, with buffers beside it."""

    result: dict[str, Any]
    buffers: list[Any] = field(default_factory=list)
