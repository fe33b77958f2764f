"""V: what is on the disc."""

from __future__ import annotations

from scanfolio.model import FileRecord, Kind
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.pictures import Pictures
from scanfolio.rules.rule import rule


@rule("V01", "I", "never", "disc", "PS3.10 section 7.1", says=("passed", "passed_documents", "failed"))
def medical_files_found(c: DiscContext) -> Result:
    """What it checks: how many files are DICOM instances, told from their content, never from their names.

    Why it matters: only these can be loaded by another hospital's system.
    Reference: PS3.10 section 7.1 (File Meta Information); PS3.4 Annex B (Storage SOP Classes).
    """
    if not c.instances:
        return failed(
            "0 DICOM instances.", [issue(f"0 of {len(c.files)} files are DICOM instances", files=len(c.files))]
        )
    if not c.images:
        return passed(
            f"{len(c.instances)} DICOM instances, none with pixel data.", "passed_documents", count=len(c.instances)
        )
    frames = sum(i.frames_here for i in c.images)
    text = f"{len(c.instances)} DICOM instances, {len(c.images)} with pixel data, {frames} frames."
    return passed(text, count=len(c.images))


@rule(
    "V02",
    "B",
    "never",
    "disc",
    "PS3.10 section 8; IHE RAD TF-2 4.47",
    says=("passed", "failed", "failed_pictures", "failed_listed", "failed_other"),
)
def only_its_own_program(c: DiscContext) -> Result:
    """What it checks: whether the disc has no DICOM at all, only programs, pictures and files nothing else can read.
    Known viewers are named, unknown files with their size and first bytes.

    Why it matters: such a disc cannot be loaded elsewhere, and no program can turn it into the originals.
    Reference: PS3.10 section 8 (a File-set holds DICOM files); IHE RAD TF-2 4.47.
    """
    if c.instances:
        return passed(f"{len(c.instances)} DICOM instances are present.")
    if not c.files:
        return not_applicable("nothing_here")
    if c.locked_files:
        return blocked("locked")
    if not c.disc.complete:
        return blocked("stopped_early")
    kinds = {kind.value: len(files) for kind, files in c.by_kind.items() if files}
    found = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    found_issues = [issue(f"0 DICOM instances; {found}", paths(c.files), **kinds), *_viewer_issues(c)]
    found_issues += [
        issue(f"unknown: {f.size} bytes, beginning {f.first_bytes}", [f.path], bytes=f.size, first_bytes=f.first_bytes)
        for f in _largest_unknown(c)
    ]
    technical = f"No file has DICOM content: {found}.{_viewer_names(c)}"
    if c.references:
        return failed(technical, found_issues, text="failed_listed", count=len(c.references))
    if c.by_kind[Kind.PROGRAM]:
        return failed(technical, found_issues)
    if c.by_kind[Kind.PICTURE]:
        return failed(technical, found_issues, text="failed_pictures", count=len(c.by_kind[Kind.PICTURE]))
    return failed(technical, found_issues, text="failed_other")


def _largest_unknown(c: DiscContext) -> list[FileRecord]:
    """What the viewer may keep its pictures in: the largest files nobody knows, one of each beginning."""
    unknown = sorted((f for f in c.by_kind[Kind.OTHER] if f.first_bytes), key=lambda f: (-f.size, f.path))
    return list({f.first_bytes: f for f in reversed(unknown)}.values())[::-1][:5]


def _viewer_issues(c: DiscContext) -> list[Issue]:
    return [issue(f"viewer found: {v.name}", v.where, viewer=v.name) for v in c.viewers]


def _viewer_names(c: DiscContext) -> str:
    return f" Viewer found: {', '.join(v.name for v in c.viewers)}." if c.viewers else ""


@rule("V03", "W", "never", "disc", "IHE RAD TF-2 4.47 (web content)")
def ordinary_pictures(c: DiscContext) -> Result:
    """What it checks: JPEG, PNG, BMP and similar pictures, buttons and symbols of pages and programs apart.

    Why it matters: they look like the examination but have lost detail, scale and brightness; they cannot be imported.
    Reference: IHE RAD TF-2 4.47, web content; PS3.10 section 8.1 note 2 (other files in a File-set).
    """
    if not c.files:
        return not_applicable("nothing_here")
    pictures = Pictures(c)
    if not pictures.copies:
        return passed(f"{len(pictures.all)} pictures, all part of pages or programs.")
    issues = []
    if pictures.alone:
        issues.append(
            issue(f"{len(pictures.alone)} pictures on their own", paths(pictures.alone), pictures=len(pictures.alone))
        )
    if pictures.web:
        issues.append(
            issue(f"{len(pictures.web)} pictures in web pages", paths(pictures.web), pictures=len(pictures.web))
        )
    return failed(f"{len(pictures.copies)} ordinary pictures of 8 kB or more.", issues, count=len(pictures.copies))


@rule("V08", "I", "yes", "disc", "IHE RAD TF-2 4.47; DRG requirements 2.2, 2.3")
def programs(c: DiscContext) -> Result:
    """What it checks: programs, program parts and autorun files, and which viewers among them are known by name.

    Why it matters: they are not needed to read the images, and hospitals block discs that start something.
    Reference: IHE RAD TF-2 4.47 (no reliance on autorun); DRG requirements 2.2 and 2.3.
    """
    if not c.files:
        return not_applicable("nothing_here")
    autorun = [f for f in c.files if f.path.lower() == "autorun.inf" and f.kind is not Kind.PROGRAM]
    found = sorted((*c.by_kind[Kind.PROGRAM], *autorun), key=lambda f: f.path)
    if not found:
        return passed("No executable content.")
    technical = "Executables are present; never started, never copied."
    if any(f.path.lower() == "autorun.inf" for f in c.files):
        technical = "Executables or autorun present; never started, never copied."
    issues = [issue(f"{len(found)} program files", paths(found), files=len(found)), *_viewer_issues(c)]
    return failed(technical + _viewer_names(c), issues, count=len(found))


@rule("V09", "B", "yes", "instance", "PS3.10 section 7.1; CVE-2019-11687")
def program_hidden_in_an_image(c: DiscContext) -> Result:
    """What it checks: whether the 128 bytes before "DICM" start a program (MZ, ELF, Mach-O, #!); TIFF is allowed.

    Why it matters: such a file is a medical image and a program at once; a scanner for viruses may miss it.
    Reference: PS3.10 section 7.1 (the preamble); CVE-2019-11687.
    """
    with_preamble = [i for i in c.instances if i.preamble != "none"]
    if not with_preamble:
        return not_applicable("no_dicom" if not c.instances else "no_preamble")
    bad = [i for i in with_preamble if i.preamble == "program"]
    if not bad:
        return passed(f"{len(with_preamble)} preambles hold no program header.")
    found = issue(f"{len(bad)} files with a program header in the preamble", paths(bad), instances=len(bad))
    return failed("Bytes 0 to 127 start like an executable.", [found], count=len(bad))


@rule("V10", "I", "never", "disc", "IHE RAD TF-2 4.47", says=("passed",))
def says_it_follows_pdi(c: DiscContext) -> Result:
    """What it checks: the marks of IHE's exchange standard: README.TXT and the folder IHE_PDI.

    Why it matters: a disc made to PDI is what hospitals' import programs are built for.
    Reference: IHE RAD TF-2 4.47 (Portable Data for Imaging).
    """
    names = {f.path.lower() for f in c.files}
    if not c.instances:
        return not_applicable("no_dicom")
    if not any(name.startswith("ihe_pdi/") for name in names):
        return not_applicable("no_pdi_marks")
    readme = "README.TXT is there" if "readme.txt" in names else "README.TXT is not there"
    return passed(f"Folder IHE_PDI is there; {readme}.")


RULES = (
    medical_files_found,
    only_its_own_program,
    ordinary_pictures,
    programs,
    program_hidden_in_an_image,
    says_it_follows_pdi,
)
