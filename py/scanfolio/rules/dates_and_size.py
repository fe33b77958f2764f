"""A, part three: dates, signs of an earlier anonymisation, size."""

from __future__ import annotations

import re
from datetime import date

from scanfolio.model import SopInstance
from scanfolio.rules.context import PAUSE_EVERY, DiscContext, paths
from scanfolio.rules.outcome import Result, failed, issue, not_applicable, passed
from scanfolio.rules.rule import Pausing, rule

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
def a_date_is_impossible(c: DiscContext) -> Pausing:
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
    fields = (*dates.values(), *times.values())
    answers: dict[tuple[str, str], str] = {}
    wrong: dict[str, list[str]] = {}

    def is_odd(kind: str, name: str, text: str, path: str) -> bool:
        if (kind, text) not in answers:
            answers[kind, text] = date_fault(text) if kind == "date" else time_fault(text)
        if answers[kind, text]:
            wrong.setdefault(f"{name} {answers[kind, text]}", []).append(path)
        return bool(answers[kind, text])

    same: set[tuple[str, ...]] = set()  # dates and times found possible: most images of a series share them
    for at, i in enumerate(c.instances):
        if not at % PAUSE_EVERY:
            yield
        values = tuple([getattr(i, field) for field in fields])
        if values in same:
            continue
        odd = False
        for name, field in dates.items():
            odd |= is_odd("date", name, getattr(i, field), i.path)
        for name, field in times.items():
            odd |= is_odd("time", name, getattr(i, field), i.path)
        born, studied = i.patient_birth_date, i.study_date
        if len(born) == len(studied) == 8 and studied < born and not date_fault(born) and not date_fault(studied):
            wrong.setdefault("Study Date lies before Birth Date", []).append(i.path)
            odd = True
        if c.today and len(studied) == 8 and studied > c.today:
            wrong.setdefault("Study Date lies in the future", []).append(i.path)
            odd = True
        if not odd:
            same.add(values)
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
def very_large(c: DiscContext) -> Pausing:
    """What it checks: the size of all images, unpacked: more than a CD holds, or a file too large for FAT32.

    Why it matters: it decides on what a copy fits.
    Reference: PS3.12 Annexes F (CD) and R (USB, FAT16 or FAT32).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    total = 0
    too_large = []
    for at, i in enumerate(c.instances):
        if not at % PAUSE_EVERY:
            yield
        size = unpacked_bytes(i)
        total += size
        if size > FAT32_FILE_BYTES:
            too_large.append(i)
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


RULES = (a_date_is_impossible, already_anonymised, very_large)
