"""What a disc reveals of the examination it was made for: from its images, its DICOMDIR, its texts; never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from scanfolio.letter.texts import clean, facts_in
from scanfolio.model import Kind
from scanfolio.rules.context import DiscContext
from scanfolio.rules.references import PlacedRecord

FIELDS = ("hospital", "name", "born", "examination", "date")
"""What a letter leaves a line for."""
LISTED = ("examination", "date")
"""Fields that may hold several values side by side; of the others there is one or none."""
MOST_LISTED = 3
MOST_DATES = 3
MOST_FOLDERS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """The values of one field, as stored (names with "^", dates as YYYYMMDD), and where they stand: "DICOM",
    "DICOMDIR" or the path of a text."""

    values: tuple[str, ...]
    where: str


def find_facts(c: DiscContext, texts: Mapping[str, str]) -> dict[str, Found]:
    """Field -> what was found. The images count most, then the DICOMDIR, then the texts; a field whose best source
    contradicts itself is not found at all."""
    sources: tuple[Iterable[tuple[str, str, str]], ...] = (_in_images(c), _in_directories(c), facts_in(texts))
    found: dict[str, Found] = {}
    settled: set[str] = set()
    for source in sources:
        here: dict[str, dict[str, str]] = {}
        for field, value, where in source:
            if field not in settled:
                here.setdefault(field, {}).setdefault(value, where)
        for field, values in here.items():
            settled.add(field)
            if len(values) <= (MOST_LISTED if field in LISTED else 1):
                found[field] = Found(tuple(sorted(values)), next(iter(values.values())))
    return found


def _in_images(c: DiscContext) -> Iterator[tuple[str, str, str]]:
    for i in c.instances:
        pairs = (
            ("hospital", i.institution_name),
            ("name", i.patient_name),
            ("born", i.patient_birth_date),
            ("examination", i.study_description),
            ("date", i.study_date),
        )
        yield from ((field, value, "DICOM") for field, text in pairs if (value := clean(text)) and value.strip("^ ="))


_KEYS = (
    ("PATIENT", "name", "PatientName"),
    ("PATIENT", "born", "PatientBirthDate"),
    ("STUDY", "examination", "StudyDescription"),
    ("STUDY", "date", "StudyDate"),
    ("SERIES", "hospital", "InstitutionName"),
)


def _in_directories(c: DiscContext) -> Iterator[tuple[str, str, str]]:
    for placed in c.records:
        yield from _in_record(placed)


def _in_record(placed: PlacedRecord) -> Iterator[tuple[str, str, str]]:
    record = placed.record
    for record_type, field, keyword in _KEYS:
        if record.record_type == record_type:
            value = clean(record.keys.get(keyword, ""))
            if value.strip("^ ="):
                yield field, value, "DICOMDIR"


_STAMP = re.compile(r"(?<![\d.])((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![\d.]\d)(?!\d)")


def dates_in_names(c: DiscContext) -> tuple[str, ...]:
    """Days (YYYYMMDD) in the names of files that are no DICOM, where there are only a few different ones."""
    days: set[str] = set()
    for file in c.files:
        if file.kind is Kind.DICOM:
            continue
        for year, _, month, day in _STAMP.findall(file.path):
            if is_day(year + month + day):
                days.add(year + month + day)
        if len(days) > MOST_DATES:
            return ()
    return tuple(sorted(days))


def is_day(stored: str) -> bool:
    """Whether this is a day of the calendar, written YYYYMMDD."""
    try:
        return len(stored) == 8 and stored.isascii() and stored.isdigit() and bool(_as_date(stored))
    except ValueError:
        return False


def _as_date(stored: str) -> date:
    return date(int(stored[:4]), int(stored[4:6]), int(stored[6:]))


def picture_folders(c: DiscContext) -> tuple[str, ...]:
    """The last names of the folders that hold ordinary pictures, where there are only a few of them."""
    folders = {f.path.rpartition("/")[0] for f in c.by_kind[Kind.PICTURE]}
    names = sorted({clean(folder.rpartition("/")[2]) for folder in folders} - {""})
    return tuple(names) if len(names) <= MOST_FOLDERS else ()


def spoken_name(stored: str) -> str:
    """ "DOE^JANE^M" -> "Jane M Doe": the first group of a name; a part all in capitals gets small letters."""
    group = next((g for g in stored.split("=") if g.replace("^", "").strip()), "")
    parts = [_easy_case(part.strip()) for part in group.split("^")] + [""] * 5
    family, given, middle, prefix, suffix = parts[:5]
    return " ".join(part for part in (prefix, given, middle, family, suffix) if part)


def _easy_case(part: str) -> str:
    if part != part.upper():
        return part
    return re.sub(r"(^|[\s\-'’.])(\w)", lambda m: m[1] + m[2].upper(), part.lower())
