"""What a text looks like that its character set does not explain: said, and nothing is changed by it."""

from __future__ import annotations

import pytest

import discs
from character_sets import CASES, with_name
from exports import export, open_files
from reading_help import facts_of
from reading_reference import differences
from scanfolio import catalogue
from scanfolio.reading.charset_hint import add_hint, looks_like, of_bytes
from scanfolio.reading.facts import Converter

NAMES = [
    ("cp1251", "windows-1251", ("Иванов^Иван^Петрович", "ШЕВЧЕНКО^ТАРАС", "Кузнецова^Мария", "Шмидт^Юрий")),
    ("iso8859_5", "ISO_IR 144", ("Иванов^Иван", "ПЕТРОВА^АННА")),
    ("iso8859_7", "ISO_IR 126", ("Παπαδόπουλος^Γιώργος", "ΔΙΟΝΥΣΙΟΣ", "Νικολάου^Μαρία")),
    ("iso8859_8", "ISO_IR 138", ("כהן^דוד", "שרון^דבורה")),
    ("iso8859_6", "ISO_IR 127", ("قباني^لنزار", "محمد^أحمد")),
    ("cp1256", "windows-1256", ("قباني^لنزار", "محمد^أحمد")),
    ("iso8859_11", "ISO_IR 166", ("สมชาย^ใจดี", "วิชัย")),
    ("euc_kr", "EUC-KR", ("홍^길동", "김^철수", "박^영희", "이^민준")),
    ("gb18030", "GB 18030", ("张^伟", "王^小东", "李^娜", "刘^德华", "陈^建国")),
    ("big5", "Big5", ("王^小明", "陳^怡君", "林^志玲")),
    ("shift_jis", "Shift-JIS", ("山田^太郎", "ﾔﾏﾀﾞ^ﾀﾛｳ", "やまだ^たろう", "鈴木^花子", "ヤマダ^タロウ")),
    ("utf-8", "UTF-8", ("Müller", "山田^太郎", "Иванов")),
]


@pytest.mark.parametrize(
    ("codec", "expected", "name"), [(codec, expected, name) for codec, expected, names in NAMES for name in names]
)
def test_names_are_told_by_their_bytes(codec: str, expected: str, name: str) -> None:
    for raw in (name.encode(codec), b"IVANOV^IVAN=" + name.encode(codec)):
        assert any(part.startswith(expected) for part in of_bytes(raw, unexplained=False).split(" or "))


@pytest.mark.parametrize(
    "text",
    ["Müller^Jörg", "Größe der Läsion", "CT Schädel nativ", "élève à l'hôpital", "ÄÖÜ", "Ångström", "Gómez^José",
     "10 µm ± 2 °", "ÜBERGRÖSSE", "Señor Ñuñez", "« Crâne »", "x²"],
)  # fmt: skip
def test_western_text_that_is_declared_looks_like_nothing_else(text: str) -> None:
    assert of_bytes(text.encode("latin-1"), unexplained=False) == ""
    assert looks_like(text.encode("latin-1"), ("ISO_IR 100",)) == ""


@pytest.mark.parametrize(("declared", "raw", "text"), CASES, ids=[case[0] or "default" for case in CASES])
def test_what_its_character_set_explains_looks_like_nothing_else(declared: str, raw: bytes, text: str) -> None:
    assert facts_of(with_name(declared, raw)).text_hint == ""


@pytest.mark.parametrize(
    ("declared", "raw", "undecodable", "hint", "shown"),
    [
        ("", "Müller".encode(), True, "UTF-8", "Müller"),
        ("", "Müller".encode("latin-1"), True, "ISO_IR 100 (Western European)", "Müller"),
        ("ISO_IR 192", "Müller".encode("latin-1"), True, "ISO_IR 100 (Western European)", "Müller"),
        ("ISO_IR 192", "Иванов^Иван".encode("cp1251"), True, "windows-1251 (Cyrillic)", "Èâàíîâ^Èâàí"),
        ("", "Иванов^Иван".encode("cp1251"), True, "windows-1251 (Cyrillic)", "Èâàíîâ^Èâàí"),
        ("ISO_IR 100", "Müller".encode(), False, "UTF-8", "MÃ¼ller"),
        ("ISO_IR 100", "Иванов^Иван".encode("cp1251"), False, "windows-1251 (Cyrillic)", "Èâàíîâ^Èâàí"),
        ("ISO_IR 144", "Иванов^Иван".encode(), False, "UTF-8", "аІаВаАаНаОаВ^аІаВаАаН"),
        ("", "山田^太郎".encode(), True, "UTF-8", "山田^太郎"),
        ("NONSENSE", "홍^길동".encode("euc_kr"), True, "EUC-KR (Korean) or GB 18030 (Chinese)", "È«^±æµ¿"),
    ],
)
def test_the_hint_reaches_the_facts_and_changes_no_text(
    declared: str, raw: bytes, undecodable: bool, hint: str, shown: str
) -> None:
    data = with_name(declared, raw)
    facts = facts_of(data)
    assert (facts.undecodable_text, facts.text_hint) == (undecodable, hint)
    if declared != "ISO_IR 144":
        assert facts.patient_name == shown
    assert differences(data, Converter()) in ({}, None)


def test_a_text_of_absurd_length_is_not_looked_at() -> None:
    found: dict[str, object] = {}
    add_hint(found, ["Müller".encode() * 200], ())
    assert found == {}
    add_hint(found, [b"ascii", "Müller".encode() * 20], ())
    assert found == {"text_hint": "UTF-8"}


def test_a_hint_of_the_file_before_does_not_stay() -> None:
    disc = open_files({"A": with_name("", "Müller".encode()), "B": discs.ct_slice(2)}).disc
    assert [i.text_hint for i in disc.instances] == ["UTF-8", ""]


def test_it_is_never_written_back() -> None:
    raw = "Иванов^Иван".encode("cp1251")
    exported = export({"A": with_name("ISO_IR 100", raw)})
    assert raw in exported.only()
    assert "Иванов".encode() not in exported.files["DICOMDIR"]


def test_the_person_is_marked_in_the_catalogue() -> None:
    def person(data: bytes) -> object:
        opened = open_files({"A": data})
        return catalogue.as_dict(opened.disc, opened.index.counts())["patients"][0]["name_doubt"]

    assert person(with_name("", "Müller".encode())) == {"looks_like": "UTF-8"}
    assert person(with_name("", b"\xff\xfe\xfd\xfc")) == {"looks_like": ""}
    assert person(with_name("ISO_IR 100", "Müller".encode("latin-1"))) is None
    assert person(discs.ct_slice(1)) is None
