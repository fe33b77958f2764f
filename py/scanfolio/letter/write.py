"""The words of the letter. Its paragraphs are plain text from the catalogue; every value is one line, bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanfolio import __version__
from scanfolio.letter.found import FIELDS, Found, dates_in_names, find_facts, is_day, picture_folders, spoken_name
from scanfolio.letter.missing import Lack, Lacking, find_lacking, ranges
from scanfolio.letter.texts import clean, label_in
from scanfolio.rules.context import DiscContext
from scanfolio.rules.verdict import Verdict, what_else_is_here
from scanfolio.words import say

BLANK = "_" * 28
"""A line to be filled in by hand."""
MOST_LINES = 24
MOST_FILES = 6

_REASONS = {
    "D": "partly",
    "E": "viewer",
    "E_pictures": "pictures",
    "E_raw": "raw",
    "E_listed": "listed",
    "E_other": "other",
    "E_nothing": "empty",
    "F": "locked",
    "G": "damaged",
    "G_both": "damaged",
    "G_missing": "incomplete",
    "G_all": "unreadable",
    "H": "persons",
    "H_contradiction": "contradiction",
    "H_number": "number",
    "H_denied": "denied",
}
_NAMELESS = frozenset({"persons", "contradiction", "denied"})
"""Reasons with which no name of the disc may stand in the letter: it is unclear whose it is, or someone else's."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in one language. `lines` are the templates of the lines for FIELDS ("Name: {value}"), as they stand
    in `paragraphs` filled with `values` or with BLANK."""

    language: str
    paragraphs: tuple[tuple[str, ...], ...]
    lines: Mapping[str, str]
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        """Paragraphs with an empty line between them, one newline at the end."""
        return "\n\n".join("\n".join(lines) for lines in self.paragraphs) + "\n"

    def as_dict(self) -> dict[str, object]:
        return {
            "language": self.language,
            "text": self.text,
            "lines": dict(self.lines),
            "values": dict(self.values),
        }


def reason_of(verdict: Verdict, c: DiscContext) -> str:
    """Why the hospital has to be asked; "" where there is nothing to ask for, or not everything was read."""
    return _REASONS.get(verdict.variant, "") if c.disc.complete else ""


def letters(
    c: DiscContext, verdict: Verdict, texts: Mapping[str, str], *, language: str, today: str
) -> tuple[Letter, ...]:
    """The letter in `language` and, where that is another one, in English; none where there is nothing to ask for.

    `texts`: path -> text of what the disc says of itself; `today`: YYYYMMDD.
    """
    reason = reason_of(verdict, c)
    if not reason:
        return ()
    facts = find_facts(c, texts)
    if reason in _NAMELESS:
        facts = {field: fact for field, fact in facts.items() if field == "hospital"}
    draft = _Draft(c, verdict, reason, facts, find_lacking(c), label_in(texts), today)
    return tuple(draft.in_language(code) for code in dict.fromkeys((language, "en")))


@dataclass(frozen=True, slots=True)
class _Draft:
    c: DiscContext
    verdict: Verdict
    reason: str
    facts: Mapping[str, Found]
    lacking: Lacking
    label: str
    today: str

    def in_language(self, language: str) -> Letter:
        # plain text from here on: a letter is in its own language, whatever the page speaks
        lines = {field: str(say(f"letter.line.{field}", language, value="{value}")) for field in FIELDS}
        values = {field: self._value(field, language) for field in FIELDS}
        filled = {field: lines[field].replace("{value}", values[field] or BLANK) for field in FIELDS}
        paragraphs = (
            (filled["hospital"],),
            (say("letter.subject", language),),
            (say("letter.greeting", language),),
            (say("letter.intro", language),),
            (filled["name"], filled["born"], filled["examination"], filled["date"]),
            (say(f"letter.reason.{self.reason}", language),),
            tuple(self._lacking(language)),
            tuple(self._wishes(language)),
            (say("letter.medium", language),),
            (say("letter.closing", language), say("letter.signature", language, blank=BLANK)),
            tuple(self._technical(language)),
        )
        return Letter(language, tuple(p for p in paragraphs if p), lines, values)

    def _value(self, field: str, language: str) -> str:
        fact = self.facts.get(field)
        if fact is None:
            return ""
        if field == "name":
            return spoken_name(fact.values[0])
        if field in ("born", "date"):
            return ", ".join(day_in_words(value, language) for value in fact.values)
        return ", ".join(fact.values)

    def _wishes(self, language: str) -> Iterator[str]:
        yield say("letter.please_password" if self.reason == "locked" else "letter.please", language)
        for wish in ("all", "form", "table", "viewer", "password"):
            yield "- " + say(f"letter.wish.{wish}", language)

    def _lacking(self, language: str) -> Iterator[str]:
        lines = [line for lack in self.lacking.series for line in _lines_of(lack, language)]
        files = self.lacking.files
        if not lines and not files:
            return
        yield say("letter.lacking", language)
        yield from (f"- {line}" for line in lines[:MOST_LINES])
        if len(lines) > MOST_LINES:
            yield "- " + say("letter.more_lines", language, count=len(lines) - MOST_LINES)
        if files:
            named = ", ".join(name for f in files[:MOST_FILES] if (name := clean(f.path)))
            yield "- " + say("letter.files", language, count=len(files), paths=named)

    def _technical(self, language: str) -> Iterator[str]:
        c = self.c
        yield say("letter.technical", language)
        name = clean(c.disc.name)
        label = self.label if self.label != name else ""
        viewers = ", ".join(v.name for v in c.viewers)
        for key, text in (
            ("disc", name),
            ("label", label),
            ("viewer", viewers),
            ("folders", ", ".join(picture_folders(c))),
        ):
            if text:
                yield say(f"letter.{key}", language, name=text)
        if (days := dates_in_names(c)) and "date" not in self.facts:
            yield say("letter.dates_in_names", language, dates=", ".join(day_in_words(d, language) for d in days))
        ids = sorted({value for d in c.dicomdirs if (value := clean(d.file_set_id))})
        if ids:
            yield say("letter.file_set", language, name=", ".join(ids[:3]))
        yield say(
            "letter.counts",
            language,
            count=len(c.files),
            dicom=len(c.instances),
            found=what_else_is_here(c, language) or say("letter.nothing_else", language),
        )
        yield say(
            "letter.checked",
            language,
            day=day_in_words(self.today, language),
            version=__version__,
            rules=", ".join(self.verdict.because) or self.verdict.letter,
        )


def _lines_of(lack: Lack, language: str) -> Iterator[str]:
    series = _series(lack, language)
    if lack.missing:
        text, more = ranges(lack.missing)
        numbers = say("letter.and_more", language, numbers=text) if more else text
        yield say("letter.missing", language, series=series, numbers=numbers, count=len(lack.missing))
    if lack.missing_unnumbered:
        yield say("letter.missing_unnumbered", language, series=series, count=lack.missing_unnumbered)
    if lack.damaged:
        text, more = ranges(lack.damaged)
        numbers = say("letter.and_more", language, numbers=text) if more else text
        yield say("letter.damaged", language, series=series, numbers=numbers, count=len(lack.damaged))
    if lack.damaged_unnumbered:
        yield say("letter.damaged_unnumbered", language, series=series, count=lack.damaged_unnumbered)


def _series(lack: Lack, language: str) -> str:
    number = "" if lack.number is None else str(lack.number)
    if number and lack.description:
        return say("letter.series_both", language, number=number, description=lack.description)
    if number:
        return say("letter.series_number", language, number=number)
    if lack.description:
        return say("letter.series_named", language, description=lack.description)
    return say("letter.series_unknown", language)


def day_in_words(stored: str, language: str) -> str:
    """ "20261009" -> "9 October 2026"; what is not such a day is given back as it is written."""
    compact = stored.replace(".", "") if len(stored) == 10 and stored[4:5] == stored[7:8] == "." else stored
    compact = compact.replace("-", "") if len(compact) == 10 and compact[4:5] == compact[7:8] == "-" else compact
    if not is_day(compact):
        return stored
    month = int(compact[4:6])
    return say(
        "letter.day",
        language,
        day=str(int(compact[6:])),
        month=say(f"letter.month.{month}", language),
        year=compact[:4],
    )
