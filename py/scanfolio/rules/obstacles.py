"""V, part two: what keeps files from being used: packed, locked, in a raw format, not readable."""

from __future__ import annotations

from scanfolio.model import FileRecord, Inside, Kind
from scanfolio.rules.context import DiscContext, is_dicomdir_name, paths
from scanfolio.rules.outcome import Issue, Result, Severity, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.pictures import folder_of
from scanfolio.rules.rule import rule
from scanfolio.source.signature_table import SCANS


@rule("V04", "W", "never", "disc", "PS3.12 Annex V", says=("passed", "passed_opened", "failed", "failed_refused"))
def packed_inside_another_file(c: DiscContext) -> Result:
    """What it checks: archives and disc images (zip, 7z, tar, iso) lying on the disc as files.

    Why it matters: images inside them are seen by nobody until they are unpacked. Those that were looked into on
    request pass: what they hold stands in the list and is judged like everything else.
    Reference: PS3.12 Annex V (a File-set in a ZIP file has its DICOMDIR at the root of that file).
    """
    if not c.files:
        return not_applicable("nothing_here")
    program_folders = {folder_of(f.path) for f in c.by_kind[Kind.PROGRAM]} - {""}
    archives = [f for f in c.by_kind[Kind.ARCHIVE] if not f.locked and folder_of(f.path) not in program_folders]
    if not archives:
        return passed("No archive outside the folders of programs.")
    shut = [f for f in archives if f.inside is not Inside.LISTED]
    if not shut:
        return passed(f"{len(archives)} archives were looked into.", "passed_opened", count=len(archives))
    issues = [_shut_issue(f) for f in shut[:20]]
    if all(f.inside is Inside.REFUSED for f in shut):
        return failed(f"{len(shut)} archives could not be opened.", issues, text="failed_refused", count=len(shut))
    return failed(f"{len(shut)} archives were not looked into.", issues, count=len(shut))


def _shut_issue(file: FileRecord) -> Issue:
    why = f": {file.reason}" if file.inside is Inside.REFUSED else ""
    return issue(f"{file.signature or 'archive'}, {file.size} bytes{why}", [file.path], bytes=file.size)


@rule("V05", "B", "never", "disc", "PS3.10 section 7.4; PS3.15 Annex D", says=("passed", "failed", "failed_other"))
def locked(c: DiscContext) -> Result:
    """What it checks: files that are encrypted, as CMS envelopes (Secure DICOM files) or as archives with a password.

    Why it matters: without the password nobody can read them, neither here nor in the next hospital.
    Reference: PS3.10 section 7.4 (Secure DICOM File Format); PS3.15 Annex D (media security profiles).
    """
    if not c.files:
        return not_applicable("nothing_here")
    if not c.locked_files:
        return passed("No encrypted file.")
    signatures: dict[str, list[str]] = {}
    for file in c.locked_files:
        signatures.setdefault(file.signature or "encrypted", []).append(file.path)
    issues = [
        issue(f"{name}: {len(where)} files", where, files=len(where)) for name, where in sorted(signatures.items())
    ]
    technical = f"{len(c.locked_files)} encrypted files."
    if is_mainly_locked(c):
        return failed(technical, issues, count=len(c.locked_files))
    return failed(technical, issues, text="failed_other", severity=Severity.WARN, count=len(c.locked_files))


def is_mainly_locked(c: DiscContext) -> bool:
    """Whether what is locked stands for the images: there are none else, or DICOM envelopes are among the locked."""
    return bool(c.locked_files) and (
        not c.instances or any(f.kind is not Kind.ARCHIVE and f.kind is not Kind.DOCUMENT for f in c.locked_files)
    )


@rule("V06", "B", "never", "disc", "PS3.10 section 7", says=("passed", "failed", "beside"))
def raw_formats(c: DiscContext) -> Result:
    """What it checks: scans from before DICOM (ACR-NEMA), makers' and researchers' own formats told by their bytes.

    Why it matters: other hospitals' systems do not know them.
    Reference: PS3.10 section 7 (the DICOM File Format); PS3.5 Annex A.
    """
    if not c.files:
        return not_applicable("nothing_here")
    raw = raw_files(c)
    old = [i for i in c.instances if not i.sop_class_uid and not i.media_storage_sop_class_uid]
    if not raw and not old:
        return passed("No ACR-NEMA data set, no raw or research format known by its first bytes.")
    issues = [issue(f"{f.signature}, {f.size} bytes", [f.path]) for f in raw[:20]]
    if old:
        issues.insert(0, issue("data sets without SOP Class UID (ACR-NEMA or older)", paths(old), instances=len(old)))
    technical = f"{len(old)} data sets without SOP Class UID (0008,0016), {len(raw)} files in raw formats."
    if old or not c.instances:
        return failed(technical, issues, count=len(old) + len(raw))
    return failed(technical, issues, text="beside", severity=Severity.WARN, count=len(raw))


def raw_files(c: DiscContext) -> list[FileRecord]:
    return [f for f in c.files if f.signature.removesuffix(" in gzip") in SCANS]


@rule("V07", "B", "never", "disc", "PS3.10 section 8.4", says=("passed", "failed", "failed_other"))
def files_that_cannot_be_read(c: DiscContext) -> Result:
    """What it checks: files that could not be read, DICOM files too broken to parse, empty ones among the images.

    Why it matters: a scratched disc or an interrupted copy loses images silently.
    Reference: PS3.10 section 8.4 (a File-set Reader can read every File of the File-set).
    """
    if not c.files:
        return not_applicable("nothing_here")
    bad = unreadable_files(c)
    if not bad:
        if not c.disc.complete:
            return blocked("stopped_early")
        return passed(f"All {len(c.files)} files were read.")
    issues = [
        issue(f"{f.reason or f.signature or 'cannot be read'} ({f.size} bytes)", [f.path], bytes=f.size)
        for f in bad[:20]
    ]
    if len(bad) > len(issues):
        issues.append(issue(f"{len(bad) - len(issues)} more files", paths(bad[len(issues) :])))
    technical = f"{len(bad)} of {len(c.files)} files cannot be read."
    if any(may_be_an_image(f, c) for f in bad):
        return failed(technical, issues, count=len(bad), total=len(c.files))
    return failed(technical, issues, text="failed_other", severity=Severity.WARN, count=len(bad), total=len(c.files))


_NOT_IMAGES = [
    ".exe",
    ".dll",
    ".com",
    ".bat",
    ".inf",
    ".ini",
    ".txt",
    ".htm",
    ".html",
    ".css",
    ".js",
    ".xml",
    ".pdf",
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".bmp",
    ".ico",
    ".cab",
    ".jar",
    ".hlp",
    ".chm",
    ".class",
    ".ocx",
    ".sys",
    ".db",
    ".ds_store",
    ".lnk",
    ".doc",
    ".rtf",
    ".swf",
    ".avi",
    ".wmv",
    ".mp4",
]


def unreadable_files(c: DiscContext) -> list[FileRecord]:
    """Unreadable ones with content, and empty ones whose names are not those of other things."""
    skipped = set(not_read(c))
    found = []
    for file in c.files:
        if file.size == 0:
            if file.entry_id in c.listed_entry_ids or not is_named_otherwise(file):
                found.append(file)
        elif file.kind is Kind.UNREADABLE and file not in skipped and not is_dicomdir_name(file.path):
            found.append(file)
    return found


def not_read(c: DiscContext) -> list[FileRecord]:
    """Files nobody looked at because reading was stopped: no fault of theirs."""
    return [] if c.disc.complete else [f for f in c.files if f.kind is Kind.UNREADABLE and f.signature == "not read"]


def may_be_an_image(file: FileRecord, c: DiscContext) -> bool:
    """Whether an unreadable file may have been an image: listed in the table of contents, or not named otherwise."""
    if c.references and not c.missing_references and not c.unlisted:
        return file.entry_id in c.listed_entry_ids
    if file.size == 0 and folder_of(file.path) not in c.instance_folders:
        return False
    return not is_named_otherwise(file)


def is_named_otherwise(file: FileRecord) -> bool:
    """Whether the name is that of a program, a page, a picture or a hidden file."""
    name = file.path.lower().rpartition("/")[2]
    return name.endswith(tuple(_NOT_IMAGES)) or name.startswith(".")


RULES = (packed_inside_another_file, locked, raw_formats, files_that_cannot_be_read)
