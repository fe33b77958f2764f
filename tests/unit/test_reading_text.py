"""Specific Character Set: the names the Standard gives as examples (PS3.5 annexes H, I, J, K), and wrong spellings."""

from __future__ import annotations

import pytest

from character_sets import CASES, with_name
from reading_help import facts_of
from scanfolio.reading.text import decode, defined_term


@pytest.mark.parametrize(("declared", "raw", "text"), CASES, ids=[case[0] or "default" for case in CASES])
def test_decode(declared: str, raw: bytes, text: str) -> None:
    values = tuple(declared.split("\\")) if declared else ()
    assert decode(raw, values) == (text, False)


@pytest.mark.parametrize(("declared", "raw", "text"), CASES, ids=[case[0] or "default" for case in CASES])
def test_names_are_read_from_files_without_pydicom(declared: str, raw: bytes, text: str) -> None:
    facts = facts_of(with_name(declared, raw))
    assert facts.patient_name == text
    assert not facts.undecodable_text
    assert facts.notes == ()


@pytest.mark.parametrize(
    ("spelling", "term"),
    [
        ("ISO IR 192", "ISO_IR 192"),
        ("ISO-IR 100", "ISO_IR 100"),
        ("iso_ir_100", "ISO_IR 100"),
        ("ISO_2022_IR_87", "ISO 2022 IR 87"),
        ("UTF-8", "ISO_IR 192"),
        ("UTF8", "ISO_IR 192"),
        ("ISO-8859-1", "ISO_IR 100"),
        ("ISO8859-1", "ISO_IR 100"),
        ("GB18030 ", "GB18030"),
    ],
)
def test_wrong_spellings(spelling: str, term: str) -> None:
    assert defined_term(spelling) == term


def test_text_outside_its_character_set_is_marked_and_still_shown() -> None:
    assert decode("Müller".encode(), ()) == ("Müller", True)
    assert decode("Müller".encode("latin-1"), ()) == ("Müller", True)
    assert decode("Müller".encode("latin-1"), ("ISO_IR 192",)) == ("Müller", True)
    assert decode("山田".encode() + b"\xfc", ("ISO_IR 192",)) == ("山田\ufffd", True)
    assert decode(b"\x1b$B;3ED\x1b(B", ()) == ("山田", True)
    assert decode(b"\x1b$)C\xfb\xf3", ("", "ISO 2022 IR 87")).undecodable
    assert decode(b"M\xfcller", ("NONSENSE",)) == ("Müller", True)
    assert decode(b"Mueller", ("NONSENSE",)) == ("Mueller", False)


def test_the_mark_reaches_the_facts() -> None:
    facts = facts_of(with_name("", "Müller".encode("latin-1")))
    assert (facts.patient_name, facts.undecodable_text) == ("Müller", True)
    assert not facts_of(with_name("ISO_IR 100", "Müller".encode("latin-1"))).undecodable_text


def test_padding_is_taken_off_and_nothing_else() -> None:
    assert decode(b"  two  words \0", ()) == ("two  words", False)
