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
    ("koi8_r", "KOI8-R", ("Иванов^Иван^Петрович", "ШЕВЧЕНКО^ТАРАС", "ИВАНОВА^АННА", "Соловьёв^Артём", "Юдин^Яков")),
    ("iso8859_7", "ISO_IR 126", ("Παπαδόπουλος^Γιώργος", "ΔΙΟΝΥΣΙΟΣ", "Νικολάου^Μαρία")),
    ("iso8859_8", "ISO_IR 138", ("כהן^דוד", "שרון^דבורה")),
    ("iso8859_6", "ISO_IR 127", ("قباني^لنزار", "محمد^أحمد")),
    ("cp1256", "windows-1256", ("قباني^لنزار", "محمد^أحمد")),
    ("iso8859_11", "ISO_IR 166", ("สมชาย^ใจดี", "วิชัย")),
    ("euc_kr", "EUC-KR", ("홍^길동", "김^철수", "박^영희", "이^민준")),
    ("gb18030", "GB 18030", ("张^伟", "王^小东", "李^娜", "刘^德华", "陈^建国")),
    ("big5", "Big5", ("王^小明", "陳^怡君", "林^志玲")),
    ("shift_jis", "Shift-JIS", ("山田^太郎", "ﾔﾏﾀﾞ^ﾀﾛｳ", "やまだ^たろう", "鈴木^花子", "ヤマダ^タロウ")),
    (
        "euc_jp",
        "EUC-JP",
        ("山田^太郎", "鈴木^花子", "渡辺^陽子", "やまだ^たろう", "ヤマダ^タロウ", "齋藤^凛=さいとう^りん"),
    ),
    ("utf-8", "UTF-8", ("Müller", "山田^太郎", "Иванов")),
]


@pytest.mark.parametrize(
    ("codec", "expected", "name"), [(codec, expected, name) for codec, expected, names in NAMES for name in names]
)
def test_names_are_told_by_their_bytes(codec: str, expected: str, name: str) -> None:
    for raw in (name.encode(codec), b"IVANOV^IVAN=" + name.encode(codec)):
        assert any(part.startswith(expected) for part in of_bytes(raw, unexplained=False).split(" or "))


OTHERS = {
    "gb18030": "王^小东 张^伟 李^娜 刘^德华 陈^建国 杨^秀英 黄^志强 赵^敏 吴^磊 徐^静 马^超 胡^涛 何^平 高^明 山^田",
    "euc_kr": "홍^길동 김^철수 박^영희 이^민준 최^지우 정^서연 강^하준 윤^수아 장^도윤 임^예은 한^지민",
    "big5": "王^小明 陳^怡君 林^志玲 方^文山 毛^文 李^大中 黃^士元 尹^文 牛^方",
    "iso8859_8": "כהן^דוד שרון^דבורה לוי^משה מזרחי^יוסף פרץ^רחל ביטון^אברהם אזולאי^שרה אדם^נועם",
    "iso8859_7": "Παπαδόπουλος^Γιώργος ΔΙΟΝΥΣΙΟΣ Νικολάου^Μαρία",
    "cp1251": "ИВАНОВ^ИВАН Иванов^Иван Юдин^Яков",
    "iso8859_5": "ПЕТРОВА^АННА Иванов^Иван",
    "iso8859_11": "สมชาย^ใจดี เรา^เอก แดง^ดำ เนตร^โฉม",
    "shift_jis": "山田^太郎 ﾔﾏﾀﾞ^ﾀﾛｳ やまだ^たろう 鈴木^花子 ｽｽﾞｷ^ﾊﾅｺ",
    "cp1256": "قباني^لنزار محمد^أحمد",
    "iso8859_6": "قباني^لنزار محمد^أحمد",
}


@pytest.mark.parametrize(
    ("codec", "name"), [(codec, name) for codec, names in OTHERS.items() for name in names.split()]
)
def test_names_in_other_character_sets_look_neither_like_koi8_nor_like_euc_jp(codec: str, name: str) -> None:
    hint = of_bytes(name.encode(codec), unexplained=False)
    assert hint
    assert "KOI8" not in hint
    assert "EUC-JP" not in hint


def test_kanji_alone_may_be_chinese_as_well() -> None:
    assert of_bytes("山田^太郎".encode("euc_jp")) == "EUC-JP (Japanese) or GB 18030 (Chinese)"
    assert of_bytes("齋藤^凛=さいとう^りん".encode("euc_jp")) == "EUC-JP (Japanese)"


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
        ("ISO_IR 100", "Иванов^Иван".encode("koi8_r"), False, "KOI8-R (Cyrillic)", "é×ÁÎÏ×^é×ÁÎ"),
        ("", "やまだ^はな".encode("euc_jp"), True, "EUC-JP (Japanese) or Big5 (Chinese)", "¤ä¤Þ¤À^¤Ï¤Ê"),
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
    for name, codec in (("Иванов^Иван", "cp1251"), ("Иванов^Иван", "koi8_r"), ("山田^太郎", "euc_jp")):
        exported = export({"A": with_name("ISO_IR 100", name.encode(codec))})
        assert name.encode(codec) in exported.only()
        assert name[:2].encode() not in exported.files["DICOMDIR"]


def test_the_person_is_marked_in_the_catalogue() -> None:
    def person(data: bytes) -> object:
        opened = open_files({"A": data})
        return catalogue.as_dict(opened.disc, opened.index.counts())["patients"][0]["name_doubt"]

    assert person(with_name("", "Müller".encode())) == {"looks_like": "UTF-8"}
    assert person(with_name("", b"\xff\xfe\xfd\xfc")) == {"looks_like": ""}
    assert person(with_name("ISO_IR 100", "Müller".encode("latin-1"))) is None
    assert person(discs.ct_slice(1)) is None
