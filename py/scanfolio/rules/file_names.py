"""D, part three: names of files on the medium, the explanation file, the File-set's own number."""

from __future__ import annotations

import re
from functools import lru_cache

from scanfolio.rules import uids
from scanfolio.rules.context import PAUSE_EVERY, DiscContext
from scanfolio.rules.outcome import Result, failed, issue, not_applicable, passed
from scanfolio.rules.rule import Pausing, rule

_COMPONENT = re.compile(r"[A-Z0-9_]{1,8}")
MOST_COMPONENTS = 8


def root_folder(c: DiscContext) -> str:
    """The folder File IDs count from, with a last "/", or ""."""
    if c.dicomdirs and "/" in c.dicomdirs[0].path:
        return c.dicomdirs[0].path.rpartition("/")[0] + "/"
    return ""


def _file_id_components(path: str, root: str) -> list[str]:
    """The components as the medium has them: what computers add (";1", a last ".") or change (to lower case) undone."""
    inside = path.removeprefix(root).removesuffix(";1").removesuffix(".")
    return [c.upper() if c == c.lower() else c for c in inside.split("/")]


def name_fault(path: str, root: str = "") -> str:
    """Why `path` is not a File ID of PS3.10 8.5, as a technical phrase; "" when it is one (in lower case, too)."""
    folder, _, name = path.rpartition("/")
    if _COMPONENT.fullmatch(name) and not _fault(f"{folder}/A" if folder else "A", root):
        return ""  # most names are like the others of their folder, and the folder is remembered
    return _fault(path, root)


@lru_cache(maxsize=1024)
def _fault(path: str, root: str) -> str:
    components = _file_id_components(path, root)
    if len(components) > MOST_COMPONENTS:
        return f"more than {MOST_COMPONENTS} components"
    if not all(_COMPONENT.fullmatch(c) for c in components):
        last = components[-1]
        if "." in last and all(_COMPONENT.fullmatch(c) for c in (*components[:-1], last.partition(".")[0])):
            return "an extension"
        if any(len(c) > 8 for c in components):
            return "a component longer than 8 characters"
        return "characters other than A-Z, 0-9 and _"
    return ""


@rule("D13", "H", "yes", "instance", "PS3.10 sections 8.2 and 8.5; PS3.11 section D.3.3")
def names_some_systems_refuse(c: DiscContext) -> Pausing:
    """What it checks: names of DICOM files and their folders: at most 8 components of at most 8 characters A-Z, 0-9, _.

    Why it matters: strict readers, and old media, know no other names; a DICOMDIR cannot list them.
    Reference: PS3.10 sections 8.2 and 8.5 (File ID); PS3.12 section F.1 (no extension).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    root = root_folder(c)
    wrong: dict[str, list[str]] = {}
    for at, instance in enumerate(c.instances):
        if not at % PAUSE_EVERY:
            yield
        fault = name_fault(instance.path, root)
        if fault:
            wrong.setdefault(fault, []).append(instance.path)
    if not wrong:
        return passed(f"{len(c.instances)} names are File IDs.")
    count = sum(len(where) for where in wrong.values())
    issues = [
        issue(f"{len(where)} names have {fault}", where, files=len(where)) for fault, where in sorted(wrong.items())
    ]
    technical = (
        f"{count} of {len(c.instances)} File IDs do not conform ({'; '.join(sorted(wrong))}); "
        "8 characters of A-Z, 0-9, _ are allowed per component, at most 8 components."
    )
    return failed(technical, issues, count=count, total=len(c.instances))


@rule("D14", "I", "yes", "instance", "PS3.10 section 8.5; PS3.12 Annex F")
def names_in_small_letters(c: DiscContext) -> Result:
    """What it checks: names of DICOM files written in small letters only.

    Why it matters: File IDs are in capital letters. Many computers show a disc's names in small letters, so this
    may not be a fault of the disc at all.
    Reference: PS3.10 section 8.5; PS3.12 Annex F.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    small = [i.path for i in c.instances if i.path != i.path.upper() and not name_fault(i.path, root_folder(c))]
    if not small:
        return passed("No File ID in lower case only.")
    return failed(
        f"{len(small)} File IDs are in lower case.", [issue("lower case", small, files=len(small))], count=len(small)
    )


@rule("D15", "W", "yes", "instance", "PS3.12 section F.1.2.1 note 3")
def names_end_in_version_numbers(c: DiscContext) -> Result:
    """What it checks: names that end in ";1", or in a "." alone.

    Why it matters: they come from a mistake when the disc was burned, and references to the files then fail.
    Reference: PS3.12 section F.1.2.1 note 3.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong = [f.path for f in c.files if f.path.endswith((";1", "."))]
    if not wrong:
        return passed("No name ends in ;1 or in a dot.")
    return failed(
        f"{len(wrong)} names end in ;1 or a dot.", [issue(";1 or a dot", wrong, files=len(wrong))], count=len(wrong)
    )


@rule("D16", "W", "yes", "instance", "PS3.10 section 8.5")
def names_with_accents(c: DiscContext) -> Result:
    """What it checks: letters outside ASCII in the names of DICOM files and their folders.

    Why it matters: other computers show or find such names differently, and some import programs then fail.
    Reference: PS3.10 section 8.5 (the character set of File IDs).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong = [i.path for i in c.instances if not i.path.isascii()]
    if not wrong:
        return passed("All names of DICOM files are ASCII.")
    return failed(
        f"{len(wrong)} paths are not ASCII.", [issue("non-ASCII path", wrong, files=len(wrong))], count=len(wrong)
    )


@rule("D17", "I", "yes", "disc", "IHE RAD TF-2 4.47; DRG requirement 3.2.3")
def explanation_file_is_missing(c: DiscContext) -> Result:
    """What it checks: whether README.TXT lies in the root.

    Why it matters: it tells a person without any program who made the disc and what is on it.
    Reference: IHE RAD TF-2 4.47; DRG requirement 3.2.3.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    root = root_folder(c).lower()
    if any(f.path.lower() == root + "readme.txt" for f in c.files):
        return passed("README.TXT is in the root.")
    return failed("README.TXT absent from the root.", [issue("README.TXT absent")])


@rule("D18", "W", "yes", "disc", "PS3.10 section 8.1; PS3.5 section 9")
def label_of_the_disc_is_not_unique(c: DiscContext) -> Result:
    """What it checks: the File-set UID: there, valid, and not the number of an image, study or series.

    Why it matters: systems that remember discs by this number confuse this one with another.
    Reference: PS3.10 section 8.1 (File-set UID); PS3.5 section 9.
    """
    if not c.usable_dicomdirs:
        return not_applicable("no_dicomdir")
    taken = {uid for i in c.instances for uid in (i.sop_instance_uid, i.series_instance_uid, i.study_instance_uid)}
    issues = []
    for dicomdir in c.usable_dicomdirs:
        uid = dicomdir.file_set_uid
        fault = (
            "is missing" if not uid else uids.uid_fault(uid) or ("is also an instance's UID" if uid in taken else "")
        )
        if fault:
            issues.append(issue(f"File-set UID {uid}: {fault}" if uid else "File-set UID is missing", [dicomdir.path]))
    if issues:
        return failed(issues[0].message + ".", issues)
    return passed("File-set UID is valid and used for nothing else.")


RULES = (
    names_some_systems_refuse,
    names_in_small_letters,
    names_end_in_version_numbers,
    names_with_accents,
    explanation_file_is_missing,
    label_of_the_disc_is_not_unique,
)
