"""Labelled facts in the texts a disc brings along: README.TXT, INDEX.HTM, the label in AUTORUN.INF.

Only what stands behind a label ("Institution: City Hospital") is taken, and only as it is written. What cannot be read
for certain (letters of an unknown encoding, a place-holder, a value that goes on for ever) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape

from scanfolio.errors import BytesNotHere, SourceError
from scanfolio.model import FileRecord
from scanfolio.source.entry import Entry

MOST_TEXTS = 12
MOST_BYTES = 32_768
MOST_LINES = 600
LONGEST_VALUE = 80
LONGEST_LINE = 400
DEEPEST_FOLDER = 1

LABELS: dict[str, tuple[str, ...]] = {
    "hospital": (
        "institution", "institution name", "hospital", "hospital name", "clinic", "medical center", "medical centre",
        "einrichtung", "krankenhaus", "klinik", "praxis", "établissement", "hôpital", "clinique", "ospedale",
        "struttura", "clínica", "병원", "병원명", "의료기관", "의료기관명", "기관명", "施設名", "病院名", "医院名称",
    ),
    "name": (
        "patient", "patient name", "patient's name", "name of the patient", "patientenname", "name des patienten",
        "nom du patient", "paziente", "paciente", "환자", "환자명", "환자 이름", "患者名", "患者姓名",
    ),
    "born": (
        "date of birth", "birth date", "birthdate", "patient birth date", "dob", "geburtsdatum", "geboren am",
        "date de naissance", "data di nascita", "fecha de nacimiento", "생년월일", "生年月日", "出生日期",
    ),
    "examination": (
        "study description", "study", "examination", "exam", "procedure", "untersuchung", "examen", "esame", "estudio",
        "검사", "검사명", "検査名", "检查项目",
    ),
    "date": (
        "study date", "exam date", "examination date", "date of examination", "date of study", "untersuchungsdatum",
        "date de l'examen", "data dell'esame", "fecha del estudio", "검사일", "검사일자", "検査日", "检查日期",
    ),
}  # fmt: skip
"""Field of the letter -> labels it may stand behind, in lower case."""

_FIELD_OF = {label: field for field, labels in LABELS.items() for label in labels}
_SEPARATOR = re.compile(r"[:=	：]")
_NOTHING = frozenset({"unknown", "none", "n/a", "na", "null", "unbekannt", "anonymous", "not available", "test", "tbd"})
_CHARSETS = frozenset(
    {"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "euc-kr", "ks_c_5601-1987", "shift_jis",
     "euc-jp", "gb2312", "gbk", "big5"}
)  # fmt: skip
_DATES = ("born", "date")
_DIGIT = re.compile(r"\d")
_DOTS = re.compile(r"[_\-.\s*?#x]*", re.IGNORECASE)


def is_worth_reading(file: FileRecord) -> bool:
    """A text near the top of the disc, small enough to be one that somebody is meant to read."""
    name = file.path.rpartition("/")[2].lower()
    return (
        file.path.count("/") <= DEEPEST_FOLDER
        and 0 < file.size <= 8 * MOST_BYTES
        and not file.locked
        and (name.endswith((".txt", ".htm", ".html")) or name in ("readme", "autorun.inf"))
    )


def read_texts(files: Iterable[FileRecord], entries: Sequence[Entry]) -> dict[str, str]:
    """Path -> text of the readable texts, those at the top first. Raises BytesNotHere only; others are passed over."""
    chosen = sorted((f for f in files if is_worth_reading(f)), key=lambda f: (f.path.count("/"), f.path))
    texts = {}
    for file in chosen[:MOST_TEXTS]:
        try:
            data = entries[file.entry_id].read(0, min(file.size, MOST_BYTES))
        except BytesNotHere:
            raise
        except SourceError:
            continue
        texts[file.path] = as_text(data)
    return texts


def as_text(data: bytes) -> str:
    """Decoded by its mark or by what an HTML page says of itself; what is not certain becomes U+FFFD."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if problem.start >= len(data) - 3:  # cut within a letter
            return data[: problem.start].decode("utf-8-sig")
    declared = re.search(rb"""charset\s*=\s*["']?([\w-]{2,20})""", data[:2048])
    name = declared[1].decode("ascii").lower() if declared else ""
    return data.decode(name if name in _CHARSETS else "ascii", "replace")


def facts_in(texts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(field of the letter, value as written, path) for every labelled line."""
    for path, text in texts.items():
        if path.lower().endswith("autorun.inf"):
            continue
        lines = lines_of_html(text) if path.lower().endswith((".htm", ".html")) else text.splitlines()
        for line in lines[:MOST_LINES]:
            label, separator, rest = _split(line[:LONGEST_LINE])
            field = _FIELD_OF.get(" ".join(label.split()).casefold()) if separator else None
            value = clean(rest) if field else ""
            if field and value and value.casefold() not in _FIELD_OF and (field not in _DATES or _DIGIT.search(value)):
                yield field, value, path


def _split(line: str) -> tuple[str, str, str]:
    """Label, separator, value of a labelled line; a row of a table with more cells than two is none."""
    found = _SEPARATOR.search(line)
    if found is None or line.count("\t") > 1:
        return "", "", ""
    return line[: found.start()], found[0], line[found.end() :]


def label_in(texts: Mapping[str, str]) -> str:
    """The name AUTORUN.INF gives the disc; "" when it gives none."""
    for path, text in texts.items():
        if path.lower() == "autorun.inf":
            for line in text.splitlines()[:MOST_LINES]:
                key, separator, name = line[:LONGEST_LINE].partition("=")
                if separator and key.strip().lower() == "label":
                    return clean(name)
    return ""


def clean(value: str) -> str:
    """One line without control characters; "" for what is no value: too long, not certain, markup, a place-holder."""
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split()).strip("\"'")
    if len(text) > LONGEST_VALUE or "\ufffd" in text or re.search(r"[<>{}]|://", text) or "_____" in text:
        return ""
    if len(text) < 2 or _DOTS.fullmatch(text) or text.casefold() in _NOTHING:
        return ""
    return text


_BLOCKS = frozenset(
    ["p", "div", "br", "hr", "tr", "table", "li", "ul", "ol", "dl", "dt", "dd", "section", "header", "footer",
     "title", "h1", "h2", "h3", "h4", "h5", "h6"]
)  # fmt: skip
_CELLS = frozenset({"td", "th", "dd"})
_HIDDEN = frozenset({"script", "style"})
# Not html.parser: a page built to do harm keeps it busy for minutes. What is no tag here is text, and harmless as such.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]{0,400}>", re.DOTALL)


def lines_of_html(text: str) -> list[str]:
    """The visible lines of an HTML page, a line for each block; cells of a row are set apart by tabs.

    Nothing in it is followed or run. Takes time in proportion to its length, whatever it holds.
    """
    parts: list[str] = []
    hidden = ""
    at = 0
    for tag in _TAG.finditer(text):
        if not hidden:
            parts.append(_words(text[at : tag.start()]))
        at = tag.end()
        closing, name = bool(tag[1]), (tag[2] or "").lower()
        if hidden or name in _HIDDEN:
            hidden = "" if closing and name == (hidden or name) else hidden or name
        elif name in _CELLS and not closing:
            parts.append("\t")
        elif name in _BLOCKS:
            parts.append("\n")
    if not hidden:
        parts.append(_words(text[at:]))
    # "Institution:" in a cell of its own
    return [_CELL.sub("\t", line).strip() for line in "".join(parts).split("\n") if line.strip()]


_CELL = re.compile(r"[ \xa0]*[:：]?[ \xa0]*\t\s*")


def _words(text: str) -> str:
    words = " ".join(unescape(text).split())
    return f" {words} " if words else " "
