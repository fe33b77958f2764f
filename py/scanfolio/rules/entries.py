"""A, part two: entries that name, date and number the images."""

from __future__ import annotations

import re
from datetime import date

from scanfolio.model import SopInstance
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.identity import table_supplies
from scanfolio.rules.outcome import Result, Severity, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule


@rule("A03", "H", "yes", "study", "PS3.3 Table F.5-2; PS3.11 section D.3.3.1", says=("passed", "failed", "supplied"))
def study_date_or_number_is_missing(c: DiscContext) -> Result:
    """What it checks: Study Date, Study Time and Study ID of every instance.

    Why it matters: may be empty in an image (Type 2), not in the table of contents (Type 1); strict writers refuse it.
    Reference: PS3.3 Table F.5-2; PS3.11 section D.3.3.1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    checks = (
        ("Study Date (0008,0020)", "StudyDate", [i for i in c.instances if not i.study_date]),
        ("Study Time (0008,0030)", "StudyTime", [i for i in c.instances if not i.study_time]),
        ("Study ID (0020,0010)", "StudyID", [i for i in c.instances if not i.study_id]),
    )
    issues = [issue(f"{name} empty", paths(g), instances=len(g)) for name, _, g in checks if g]
    if not issues:
        return passed("Study Date, Study Time and Study ID are there in every instance.")
    studies = len({i.study_instance_uid for _, _, group in checks for i in group})
    what = ", ".join(name for name, _, group in checks if group)
    if all(table_supplies(c, group, "STUDY", (keyword,)) for _, keyword, group in checks if group):
        technical = f"{what} empty in images, supplied in the STUDY records."
        return failed(technical, issues, text="supplied", severity=Severity.INFO, count=studies)
    technical = f"{what} empty: allowed in an image (Type 2), not in the table of contents (Type 1)."
    return failed(technical, issues, count=studies)


@rule("A04", "H", "yes", "instance", "PS3.3 Tables F.5-3 and F.5-4", says=("passed", "failed", "supplied", "repeated"))
def series_or_image_number_is_missing(c: DiscContext) -> Result:
    """What it checks: Series Number and Instance Number: empty, or one Instance Number for two images at one place.

    Why it matters: lists of series and slices lose their order, and the table of contents demands both.
    Reference: PS3.3 Tables F.5-3 and F.5-4.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    no_series_number = [i for i in c.instances if i.series_number is None]
    no_instance_number = [i for i in c.images if i.instance_number is None]
    issues = []
    if no_series_number:
        text = "Series Number (0020,0011) empty"
        issues.append(issue(text, paths(no_series_number), instances=len(no_series_number)))
    if no_instance_number:
        text = "Instance Number (0020,0013) empty"
        issues.append(issue(text, paths(no_instance_number), instances=len(no_instance_number)))
    if issues:
        count = len({i.entry_id for i in (*no_series_number, *no_instance_number)})
        supplied = table_supplies(c, no_series_number, "SERIES", ("SeriesNumber",)) and records_supply(
            c, no_instance_number, "InstanceNumber"
        )
        technical = f"{', '.join(i.message for i in issues)} in {count} of {len(c.instances)} instances."
        if supplied:
            return failed(technical, issues, text="supplied", severity=Severity.INFO, count=count)
        return failed(technical, issues, count=count)
    repeated = _repeated_numbers(c)
    if repeated:
        found = issue(
            "one Instance Number (0020,0013) for several images at one place", paths(repeated), instances=len(repeated)
        )
        technical = f"{len(repeated)} images share Series, Instance Number and position with another."
        return failed(technical, [found], text="repeated", severity=Severity.WARN, count=len(repeated))
    return passed("Series Number and Instance Number are there.")


def records_supply(c: DiscContext, instances: list[SopInstance], keyword: str) -> bool:
    """Whether the record of each of `instances` itself holds `keyword`."""
    by_entry = {r.instance.entry_id: r for r in c.references if r.instance is not None}
    return all(i.entry_id in by_entry and by_entry[i.entry_id].record.keys.get(keyword, "").strip() for i in instances)


def _repeated_numbers(c: DiscContext) -> list[SopInstance]:
    """Images whose number is not theirs alone, where nothing else tells them apart."""
    groups: dict[tuple[object, ...], list[SopInstance]] = {}
    for i in c.images:
        key = (
            (i.series_instance_uid, i.instance_number, i.acquisition_number, i.image_position_mm, i.image_orientation),
            (i.image_type, i.echo_number, i.temporal_position, i.content_time),
        )
        groups.setdefault(key, []).append(i)
    return [i for group in groups.values() if len({g.sop_instance_uid for g in group}) > 1 for i in group]


MODALITIES = frozenset(
    [
        "ANN",
        "AR",
        "ASMT",
        "AU",
        "BDUS",
        "BI",
        "BMD",
        "CFM",
        "CR",
        "CT",
        "CTPROTOCOL",
        "DG",
        "DMS",
        "DOC",
        "DX",
        "ECG",
        "EEG",
        "EMG",
        "EOG",
        "EPS",
        "ES",
        "FID",
        "GM",
        "HC",
        "HD",
        "IO",
        "IOL",
        "IVOCT",
        "IVUS",
        "KER",
        "KO",
        "LEN",
        "LS",
        "MG",
        "MR",
        "M3D",
        "NM",
        "OAM",
        "OCT",
        "OP",
        "OPM",
        "OPR",
        "OPT",
        "OPTBSV",
        "OPTENF",
        "OPV",
        "OSS",
        "OT",
        "PA",
        "PLAN",
        "POS",
        "PR",
        "PT",
        "PX",
        "REG",
        "RESP",
        "RF",
        "RG",
        "RTDOSE",
        "RTIMAGE",
        "RTINTENT",
        "RTPLAN",
        "RTRAD",
        "RTRECORD",
        "RTSEGANN",
        "RTSTRUCT",
        "RWV",
        "SEG",
        "SM",
        "SMR",
        "SR",
        "SRF",
        "STAIN",
        "TEXTUREMAP",
        "TG",
        "US",
        "VA",
        "VIDD",
        "XA",
        "XAPROTOCOL",
        "XC",
    ]
)
"""Defined Terms of Modality (0008,0060), PS3.3 section C.7.3.1.1.1."""
RETIRED_MODALITIES = frozenset(
    [
        "AS",
        "CD",
        "CF",
        "CP",
        "CS",
        "DD",
        "DF",
        "DM",
        "DS",
        "EC",
        "FA",
        "FS",
        "LP",
        "MA",
        "MS",
        "OPTENF",
        "PI",
        "ST",
        "TH",
        "VF",
    ]
)


@rule("A05", "H", "never", "series", "PS3.3 Table F.5-3 and section C.7.3.1.1.1", says=("passed", "failed", "unknown"))
def kind_of_examination_is_not_stated(c: DiscContext) -> Result:
    """What it checks: Modality (0008,0060): there, and one of the Standard's terms.

    Why it matters: systems sort, route and show images by it, and the table of contents demands it.
    Reference: PS3.3 Table F.5-3 (Type 1) and section C.7.3.1.1.1 (Defined Terms).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    missing = [i for i in c.instances if not i.modality]
    known = MODALITIES | RETIRED_MODALITIES
    unknown: dict[str, list[SopInstance]] = {}
    for i in c.instances:
        if i.modality and i.modality not in known:
            unknown.setdefault(i.modality, []).append(i)
    issues = [issue(f"Modality is {term!r}", paths(g), instances=len(g)) for term, g in sorted(unknown.items())]
    if missing:
        issues.insert(0, issue("Modality (0008,0060) missing", paths(missing), instances=len(missing)))
        return failed("Modality (0008,0060) missing.", issues[:20], count=len(missing))
    if unknown:
        count = sum(len(g) for g in unknown.values())
        technical = f"Modality (0008,0060) holds {', '.join(sorted(unknown)[:5])}: not a Defined Term."
        return failed(technical, issues[:20], text="unknown", severity=Severity.WARN, count=count)
    terms = ", ".join(sorted({i.modality for i in c.instances}))
    return passed(f"Modality (0008,0060): {terms}.")


_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?(\.\d{1,6})?")


def date_fault(text: str) -> str:
    """Why `text` is not a date of PS3.5 6.2 (YYYYMMDD; the old YYYY.MM.DD is let pass); "" when it is one or empty."""
    digits = text.strip()
    if len(digits) == 10 and digits[4] == digits[7] == ".":
        digits = digits.replace(".", "")
    if not digits:
        return ""
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return "is not YYYYMMDD"
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return "is not a day of the calendar"
    return ""


def time_fault(text: str) -> str:
    """Why `text` is not a time of PS3.5 6.2 (HHMMSS.FFFFFF); "" when it is one or empty."""
    value = text.strip().replace(":", "")
    return "" if not value or _TIME.fullmatch(value) else "is not HHMMSS.FFFFFF"


@rule("A10", "W", "never", "instance", "PS3.5 section 6.2")
def a_date_is_impossible(c: DiscContext) -> Result:
    """What it checks: dates and times of study, series, content and birth; none before the birth.

    Why it matters: systems refuse such dates or put the examination into the wrong place of your history.
    Reference: PS3.5 section 6.2 (DA, TM).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    dates = {
        "Birth Date": "patient_birth_date",
        "Study Date": "study_date",
        "Series Date": "series_date",
        "Content Date": "content_date",
    }
    times = {"Study Time": "study_time", "Content Time": "content_time"}
    answers: dict[tuple[str, str], str] = {}
    wrong: dict[str, list[str]] = {}

    def look(kind: str, name: str, text: str, path: str) -> None:
        if (kind, text) not in answers:
            answers[kind, text] = date_fault(text) if kind == "date" else time_fault(text)
        if answers[kind, text]:
            wrong.setdefault(f"{name} {answers[kind, text]}", []).append(path)

    for i in c.instances:
        for name, field in dates.items():
            look("date", name, getattr(i, field), i.path)
        for name, field in times.items():
            look("time", name, getattr(i, field), i.path)
        born, studied = i.patient_birth_date, i.study_date
        if len(born) == len(studied) == 8 and studied < born and not date_fault(born) and not date_fault(studied):
            wrong.setdefault("Study Date lies before Birth Date", []).append(i.path)
        if c.today and len(studied) == 8 and studied > c.today:
            wrong.setdefault("Study Date lies in the future", []).append(i.path)
    if not wrong:
        return passed("All dates and times looked at are possible.")
    count = len({path for where in wrong.values() for path in where})
    issues = [issue(text, where, instances=len(where)) for text, where in sorted(wrong.items())]
    return failed(f"{'; '.join(sorted(wrong))}.", issues, count=count)


@rule("A12", "W", "never", "instance", "PS3.15 Annex E; PS3.3 section C.12.1")
def already_anonymised(c: DiscContext) -> Result:
    """What it checks: Patient Identity Removed (0012,0062) = YES.

    Why it matters: such images are for research or teaching; a hospital cannot file them, and dates may be shifted.
    Reference: PS3.15 Annex E; PS3.3 section C.7.1.1, (0012,0062).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    removed = [i for i in c.instances if i.patient_identity_removed.strip().upper() == "YES"]
    if not removed:
        return passed("No instance says that the identity was removed.")
    found = issue("Patient Identity Removed (0012,0062) is YES", paths(removed), instances=len(removed))
    return failed(f"{len(removed)} instances say that the identity was removed.", [found], count=len(removed))


CD_BYTES = 650 * 1_000_000
FAT32_FILE_BYTES = 4 * 1024**3 - 1


@rule("A13", "I", "yes", "disc", "PS3.12 Annexes F and R", says=("passed", "failed", "failed_file"))
def very_large(c: DiscContext) -> Result:
    """What it checks: the size of all images, unpacked: more than a CD holds, or a file too large for FAT32.

    Why it matters: it decides on what a copy fits.
    Reference: PS3.12 Annexes F (CD) and R (USB, FAT16 or FAT32).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    sizes = [(unpacked_bytes(i), i) for i in c.instances]
    total = sum(size for size, _ in sizes)
    too_large = [i for size, i in sizes if size > FAT32_FILE_BYTES]
    megabytes = round(total / 1_000_000)
    if too_large:
        found = issue("larger than 4 GiB unpacked", paths(too_large), instances=len(too_large))
        return failed(f"{len(too_large)} instances exceed 4 GiB.", [found], text="failed_file", count=len(too_large))
    if total > CD_BYTES:
        found = issue(f"{megabytes} MB unpacked", megabytes=megabytes)
        return failed(f"{megabytes} MB unpacked; a CD holds 650 MB.", [found], megabytes=megabytes)
    return passed(f"{megabytes} MB unpacked.")


def unpacked_bytes(i: SopInstance) -> int:
    """Size of the file once its pixels are not compressed."""
    if not (i.encapsulated and i.rows and i.columns):
        return i.size
    pixels = i.rows * i.columns * (i.samples_per_pixel or 1) * ((i.bits_allocated or 8) + 7) // 8 * i.number_of_frames
    return max(i.size, pixels)


RULES = (
    study_date_or_number_is_missing,
    series_or_image_number_is_missing,
    kind_of_examination_is_not_stated,
    a_date_is_impossible,
    already_anonymised,
    very_large,
)
