"""D: the table of contents (DICOMDIR), part one: is it there, and does it agree with the files."""

from __future__ import annotations

from scanfolio.rules import uids
from scanfolio.rules.context import PAUSE_EVERY, DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, Severity, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.references import Reference
from scanfolio.rules.rule import Pausing, rule


def no_usable_table(c: DiscContext) -> Result | None:
    """Why rules about records cannot speak; None where they can."""
    if c.usable_dicomdirs:
        return None
    if c.dicomdirs or c.broken_dicomdirs:
        return blocked("no_usable_dicomdir")
    return not_applicable("no_dicomdir")


@rule("D01", "H", "yes", "disc", "PS3.10 sections 8.1 and 8.6")
def table_of_contents_is_missing(c: DiscContext) -> Result:
    """What it checks: whether a DICOMDIR exists, at the root or in any folder.

    Why it matters: import programs that are built for discs read the DICOMDIR first, and many read nothing else.
    Reference: PS3.10 sections 8.1 and 8.6 (without it the File-set does not conform).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    if c.dicomdirs or c.broken_dicomdirs:
        return passed("A file DICOMDIR is there.")
    if not c.disc.complete:
        return blocked("stopped_early")
    found = issue("No file with SOP Class 1.2.840.10008.1.3.10, none named DICOMDIR", instances=len(c.instances))
    return failed("DICOMDIR absent.", [found], count=len(c.instances))


@rule("D02", "H", "yes", "disc", "PS3.10 section 8.1; PS3.11 section D.3.3; PS3.12 section F.1.2.2")
def more_than_one_table_of_contents(c: DiscContext) -> Result:
    """What it checks: whether there is exactly one DICOMDIR.

    Why it matters: a reader takes the first and misses what only the others list.
    Reference: PS3.10 section 8.1; PS3.11 section D.3.3; PS3.12 section F.1.2.2.
    """
    if not c.dicomdirs:
        return not_applicable("no_dicomdir")
    where = [d.path for d in c.dicomdirs]
    if len(where) == 1:
        return passed(f"One DICOMDIR: {where[0]}.")
    found = issue(f"{len(where)} DICOMDIR files", where, dicomdirs=len(where))
    return failed(f"{len(where)} DICOMDIR files; exactly one is allowed.", [found], count=len(where))


@rule("D03", "H", "yes", "disc", "PS3.11 section D.3.3", says=("passed", "failed", "failed_folder_above"))
def table_of_contents_is_in_the_wrong_place(c: DiscContext) -> Result:
    """What it checks: whether the DICOMDIR lies in the root of the disc.

    Why it matters: readers look for it there only.
    Reference: PS3.11 section D.3.3 (a DICOMDIR in the root directory).
    """
    where = [d.path for d in c.dicomdirs] or paths(c.broken_dicomdirs)
    if not where:
        return not_applicable("no_dicomdir")
    if any("/" not in path for path in where):
        return passed("DICOMDIR lies in the root.")
    found = issue("DICOMDIR not in the root", where)
    folder = where[0].rpartition("/")[0] + "/"
    if len(where) == 1 and all(f.path.startswith(folder) for f in c.files):
        technical = f"DICOMDIR and all files lie below {folder}, none in the root."
        return failed(technical, [found], text="failed_folder_above", path=where[0])
    return failed(f"DICOMDIR lies at {where[0]}, not in the root.", [found], path=where[0])


@rule("D04", "H", "yes", "disc", "PS3.10 section 8.6")
def table_of_contents_is_damaged(c: DiscContext) -> Result:
    """What it checks: whether the DICOMDIR can be parsed and is written in Explicit VR Little Endian.

    Why it matters: a reader that cannot read the table shows an empty disc.
    Reference: PS3.10 section 8.6 (Media Storage Directory SOP Class, Explicit VR Little Endian).
    """
    if not c.dicomdirs and not c.broken_dicomdirs:
        return not_applicable("no_dicomdir")
    issues = [issue(f.reason or f"{f.signature or 'not DICOM'}, {f.size} bytes", [f.path]) for f in c.broken_dicomdirs]
    for dicomdir in c.dicomdirs:
        if dicomdir.usable:
            issues += [issue(fault, [dicomdir.path]) for fault in dicomdir.faults if is_damage(fault)]
        else:
            text = "; ".join(dicomdir.faults) or "no directory records could be read"
            issues.append(issue(text, [dicomdir.path]))
        if dicomdir.transfer_syntax_uid not in ("", uids.EXPLICIT_VR_LITTLE_ENDIAN):
            name = uids.name_of(dicomdir.transfer_syntax_uid)
            text = f"Transfer syntax {dicomdir.transfer_syntax_uid} ({name}); Explicit VR Little Endian is required"
            issues.append(issue(text, [dicomdir.path], transfer_syntax_uid=dicomdir.transfer_syntax_uid))
    if issues:
        return failed(issues[0].message.rstrip(".") + ".", issues, count=len(issues))
    return passed("Parsed as Media Storage Directory, Explicit VR Little Endian.")


def is_damage(fault: str) -> bool:
    """Whether a fault the reader names lies in the bytes (D04), not in where a pointer leads (D05)."""
    return any(sign in fault for sign in ("cannot be read to its end", "is damaged", "where a record should begin"))


@rule("D05", "H", "yes", "disc", "PS3.3 section F.3.2.2")
def pointers_of_the_table_are_wrong(c: DiscContext) -> Result:
    """What it checks: the offsets that chain the records: whether they hit items, loops, orphans; the consistency flag.

    Why it matters: readers that follow the chain lose whole series without a word.
    Reference: PS3.3 section F.3.2.2 (offsets count from the first byte of the file, preamble included).
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    issues = [issue(fault, [d.path]) for d in c.usable_dicomdirs for fault in d.faults if not is_damage(fault)]
    if issues:
        return failed(f"{len(issues)} faults in the chain of records.", issues[:20], count=len(issues))
    return passed("Every record is reached once by its offset.")


@rule("D06", "B", "yes", "disc", "PS3.10 section 8.6", says=("passed", "failed", "failed_all", "failed_moved"))
def listed_files_are_missing(c: DiscContext) -> Result:
    """What it checks: whether every file the table of contents names is here, whatever the case or ending of its name.

    Why it matters: a missing file is a missing image. A new table can be written; the image cannot be brought back.
    Reference: PS3.10 section 8.6 (a DICOMDIR references files of its own File-set only).
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    missing = c.missing_references
    if missing and not c.disc.complete:
        return blocked("stopped_early")
    total = len(c.references)
    if not missing:
        return passed(f"All {total} Referenced File IDs (0004,1500) resolve.")
    lost = c.lost_references
    issues = [_missing_of_series(series, group) for series, group in _by_series(lost or missing).items()][:20]
    technical = f"{len(missing)} of {total} Referenced File IDs (0004,1500) name no file."
    if not lost:
        technical += " All their SOP Instance UIDs are in other files."
        return failed(technical, issues, text="failed_moved", severity=Severity.HIGH, count=len(missing))
    text = "failed_all" if len(lost) == total else "failed"
    return failed(technical, issues, text=text, count=len(lost), total=total)


def _by_series(references: tuple[Reference, ...]) -> dict[str, list[Reference]]:
    found: dict[str, list[Reference]] = {}
    for reference in references:
        found.setdefault(reference.key("SERIES", "SeriesInstanceUID"), []).append(reference)
    return found


def _missing_of_series(series_instance_uid: str, group: list[Reference]) -> Issue:
    first = group[0]
    number, modality = (first.key("SERIES", "SeriesNumber"), first.key("SERIES", "Modality"))
    name = " ".join(part for part in ("series", number, modality) if part)
    return issue(
        f"{len(group)} files of {name} are missing",
        [r.file_id for r in group],
        files=len(group),
        modality=modality,
        series_number=number,
        series_instance_uid=series_instance_uid,
        study_date=first.key("STUDY", "StudyDate"),
    )


@rule("D07", "H", "yes", "instance", "PS3.11 section D.3.3")
def images_are_not_listed(c: DiscContext) -> Result:
    """What it checks: whether every DICOM instance on the disc has a record in the table of contents.

    Why it matters: a reader that trusts the table never sees the others.
    Reference: PS3.11 section D.3.3 (all instances of the File-set shall be referenced).
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    if not c.instances:
        return not_applicable("no_dicom")
    if not c.unlisted:
        return passed(f"All {len(c.instances)} instances have a directory record.")
    found = issue(f"{len(c.unlisted)} instances without a record", paths(c.unlisted), instances=len(c.unlisted))
    technical = f"{len(c.unlisted)} of {len(c.instances)} instances have no directory record."
    return failed(technical, [found], count=len(c.unlisted), total=len(c.instances))


def _disagreements(reference: Reference) -> list[tuple[str, str, str]]:
    """(attribute, value in the record, value in the file) where both are there and differ."""
    record, instance = reference.record, reference.instance
    if instance is None:
        return []
    pairs = [
        ("SOP Instance UID (0004,1511)", record.sop_instance_uid, instance.sop_instance_uid),
        ("SOP Class UID (0004,1510)", record.sop_class_uid, instance.sop_class_uid),
        ("Study Instance UID (0020,000D)", reference.key("STUDY", "StudyInstanceUID"), instance.study_instance_uid),
        ("Series Instance UID (0020,000E)", reference.key("SERIES", "SeriesInstanceUID"), instance.series_instance_uid),
        ("Patient ID (0010,0020)", reference.key("PATIENT", "PatientID"), instance.patient_id),
    ]
    if instance.has_file_meta:
        pairs.append(("Transfer Syntax UID (0004,1512)", record.transfer_syntax_uid, instance.transfer_syntax_uid))
    return [(name, a, b) for name, a, b in pairs if a != b and a.strip() and b.strip() and a.strip() != b.strip()]


@rule("D08", "H", "yes", "instance", "PS3.3 section F.3.2.2")
def table_and_images_disagree(c: DiscContext) -> Pausing:
    """What it checks: UIDs, transfer syntax and Patient ID in the records against the files they name.

    Why it matters: systems that import by the table file the images under the wrong examination or person.
    Reference: PS3.3 section F.3.2.2 (Referenced SOP Class, Instance and Transfer Syntax UID in File), F.5.
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    resolved = [r for r in c.references if r.instance is not None]
    if not resolved:
        return not_applicable("no_listed_file_here")
    wrong: dict[str, list[str]] = {}
    files: set[str] = set()
    for at, reference in enumerate(resolved):
        if not at % PAUSE_EVERY:
            yield
        for name, _, _ in _disagreements(reference):
            wrong.setdefault(name, []).append(reference.file_id)
            files.add(reference.file_id)
    if not wrong:
        return passed(f"{len(resolved)} records agree with their files.")
    issues = [
        issue(f"{name} differs in {len(where)} records", where, attribute=name) for name, where in sorted(wrong.items())
    ]
    return failed(
        f"{len(files)} records disagree with their files: {', '.join(sorted(wrong))}.", issues, count=len(files)
    )


RULES = (
    table_of_contents_is_missing,
    more_than_one_table_of_contents,
    table_of_contents_is_in_the_wrong_place,
    table_of_contents_is_damaged,
    pointers_of_the_table_are_wrong,
    listed_files_are_missing,
    images_are_not_listed,
    table_and_images_disagree,
)
