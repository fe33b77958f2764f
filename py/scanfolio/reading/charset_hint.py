"""What character set a text looks like that its own does not explain. A hint for people, never used to change a text.

Names are good witnesses: whole words in one script, capitals in front or throughout, vowels between consonants, common
signs rather than rare ones. Where two character sets explain a text equally well, both are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from scanfolio.reading.attributes import ATTRIBUTES
from scanfolio.reading.text import ESCAPES, character_set, decode

TEXT_TAGS = tuple(a.tag for a in ATTRIBUTES if a.convert.startswith("text"))
SINGLE_BYTE = re.compile(r"iso8859_\d+")
LATIN = ("latin-1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_9", "iso8859_15")
MAX_TEXT_BYTES = 1024  # no name is longer, and what is looked at is kept
FOREIGN_BYTES = 4  # fewer letters of another script prove nothing
UTF_8, WESTERN = "UTF-8", "ISO_IR 100 (Western European)"
KOREAN, CHINESE, TAIWANESE = "EUC-KR (Korean)", "GB 18030 (Chinese)", "Big5 (Chinese)"
JAPANESE, HEBREW, THAI = "Shift-JIS (Japanese)", "ISO_IR 138 (Hebrew)", "ISO_IR 166 (Thai)"
EUC_JAPANESE, KOI8 = "EUC-JP (Japanese)", "KOI8-R (Cyrillic)"
ESCAPE_NAMES = {
    "iso2022_jp": "ISO 2022 IR 87 (Japanese)",
    "iso2022_jp_2": "ISO 2022 IR 159 (Japanese)",
    "euc_kr": "ISO 2022 IR 149 (Korean)",
    "gb2312": "ISO 2022 IR 58 (Chinese)",
    "shift_jis": "ISO 2022 IR 13 (Japanese)",
}
WESTERN_LETTERS = frozenset("äöüßÄÖÜéèêëàâáíìîóòôúùûñçåæøÅÆØÉÈÀÇÑÁÍÓÚãõ".encode("latin-1"))
ALPHABETS = {
    "windows-1251 (Cyrillic)": ("cp1251", frozenset("аеёиоуыэюяієїў")),
    KOI8: ("koi8_r", frozenset("аеёиоуыэюя")),
    "ISO_IR 144 (Cyrillic)": ("iso8859_5", frozenset("аеёиоуыэюяієїў")),
    "ISO_IR 126 (Greek)": ("iso8859_7", frozenset("αεηιουωάέήίόύώϊϋΐΰ")),
}
SPOKEN = 0.5  # of all neighbours one is a vowel, the other is not
CONSONANT_SCRIPTS = {
    "ISO_IR 127 (Arabic)": ("iso8859_6", re.compile("[\u0621-\u063a\u0641-\u064a]+")),
    "windows-1256 (Arabic)": ("cp1256", re.compile("[\u0621-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af]+")),
    THAI: ("iso8859_11", re.compile("[\u0e01-\u0e2e\u0e40-\u0e44][\u0e01-\u0e3a\u0e40-\u0e45\u0e47-\u0e4c]+")),
}
HEBREW_WORD = re.compile("[\u05d0-\u05d9\u05db\u05dc\u05de\u05e0-\u05e2\u05e4\u05e6-\u05ea]*[\u05d0-\u05ea]")
THAI_VOWEL = re.compile("[\u0e30-\u0e3a\u0e40-\u0e44]")
DOUBLE_BYTE = {  # common signs come first in these tables: their lead bytes, and those of the rest
    KOREAN: (re.compile(rb"(?:[\xb0-\xc8][\xa1-\xfe])+"), re.compile(rb"(?!)")),
    CHINESE: (re.compile(rb"(?:[\xb0-\xd7][\xa1-\xfe])+"), re.compile(rb"(?:[\xb0-\xf7][\xa1-\xfe])+")),
    TAIWANESE: (re.compile(rb"(?:[\xa4-\xc6][@-~\xa1-\xfe])+"), re.compile(rb"(?:[\xa4-\xf9][@-~\xa1-\xfe])+")),
    JAPANESE: (re.compile(rb"(?:[\x88-\x97][@-~\x80-\xfc])+"), re.compile(rb"(?:[\x81-\x9f\xe0-\xea][@-~\x80-\xfc])+")),
}
NAME_KANJI = frozenset(
    "山田中村本木藤川井口島野原林高橋佐伊渡辺小加吉松石池上下前岡長谷近清水森阿部斎内金柴酒宮大西東北南平和千葉"
    "福三浦崎竹菊今杉安新青坂横土増丸関沢丹太郎一二次子美恵智由紀正明弘博秀幸雄夫男義介也真純直樹健翔陽花香奈菜"
    "愛咲優里佳代久江枝理沙彩結衣悠斗大輔哲司隆浩俊光春夏秋冬鈴"
)
"""What most Japanese names are made of. As EUC-JP, GB 18030 and EUC-KR number their signs alike, only they tell."""
KANJI = re.compile("[\u4e00-\u9fff]+")
KANA, HALF_KANA = re.compile("[\u3041-\u30fc]+"), re.compile("[\uff71-\uff9d][\uff66-\uff9f]+")


def add_hint(found: dict[str, Any], texts: Iterable[bytes], declared: tuple[str, ...]) -> None:
    """Put `text_hint` into the fields `found` where one of the raw `texts` looks like another character set."""
    for raw in texts:
        if len(raw) <= MAX_TEXT_BYTES and (not raw.isascii() or b"\x1b" in raw):
            hint = looks_like(raw, declared)
            if hint:
                found["text_hint"] = hint
                return


@lru_cache(maxsize=512)
def looks_like(raw: bytes, declared: tuple[str, ...]) -> str:
    """The character set that `raw` looks like; "" where it looks like what is declared, or like nothing known."""
    if decode(raw, declared).undecodable:
        return of_bytes(raw)
    codec = character_set(declared).codec
    if codec in LATIN and b"\x1b" not in raw:
        return of_bytes(raw, unexplained=False)
    return UTF_8 if SINGLE_BYTE.fullmatch(codec) and _decoded(raw, "utf-8") else ""


def of_bytes(raw: bytes, unexplained: bool = True) -> str:
    """The character set that the bytes of a text look like; "" when nothing speaks for one.

    `unexplained`: they have no meaning as declared. Else there is one, and only strong signs are taken.
    """
    if b"\x1b" in raw:
        sign = next((codec for escape, codec in ESCAPES.items() if escape in raw and codec in ESCAPE_NAMES), "")
        return ESCAPE_NAMES.get(sign, "")
    if raw.isascii():
        return ""
    if _decoded(raw, "utf-8"):
        return UTF_8
    if sum(byte > 0x7F for byte in raw) >= FOREIGN_BYTES:
        likely = _kana(raw, KANA) or _alphabets(raw) or _euc_jp(raw) or _consonant_scripts(raw)
        if likely in ([], [THAI]):
            likely = [*_double_byte(raw), *likely] or _kana(raw, HALF_KANA)
        if likely == [KOI8] and _is_hebrew(raw):  # capitals lie where Hebrew letters do
            likely = [HEBREW]
        if likely:
            return " or ".join(likely[:2])
    if unexplained and WESTERN_LETTERS.issuperset(byte for byte in raw if byte > 0x7F):
        return WESTERN
    return ""


def _decoded(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return ""


def _foreign_words(text: str) -> list[str]:
    """The words of `text` that are not ASCII; [] where one holds Latin letters too, which other scripts do not."""
    words = [word for word in re.split(r"[\s^=.,\-\\]+", text) if not word.isascii()]
    return [] if any(re.search("[A-Za-z]", word) for word in words) else words


def _kana(raw: bytes, kana: re.Pattern[str]) -> list[str]:
    words = _foreign_words(_decoded(raw, "shift_jis"))
    return [JAPANESE] if words and all(map(kana.fullmatch, words)) else []


def _euc_jp(raw: bytes) -> list[str]:
    """Kana beside which there is only kanji, or nothing but kanji that names are made of; and what else it may be."""
    words = _foreign_words(_decoded(raw, "euc_jp"))
    kanji = [word for word in words if not KANA.fullmatch(word)]
    if not words or not all(map(KANJI.fullmatch, kanji)):
        return []
    told = any(len(word) > 1 for word in words if word not in kanji) or (
        kanji and NAME_KANJI.issuperset("".join(kanji))
    )
    return [EUC_JAPANESE, *_double_byte(raw)] if told else []


def _alphabets(raw: bytes) -> list[str]:
    scores = {}
    for name, (codec, vowels) in ALPHABETS.items():
        words = _foreign_words(_decoded(raw, codec))
        if max(map(len, words), default=0) > 2 and all(map(_is_name, words)):
            kinds = [letter in vowels for letter in "".join(words).lower()]
            turns = sum(one != other for one, other in pairwise(kinds))
            scores[name] = turns / (len(kinds) - 1)
    best = max(scores.values(), default=0.0)
    return [name for name, score in scores.items() if score > best - 0.1] if best > SPOKEN else []


def _is_name(word: str) -> bool:
    return word.isalpha() and (word.isupper() or word.istitle())


def _consonant_scripts(raw: bytes) -> list[str]:
    if _is_hebrew(raw):
        return [HEBREW]
    found = []
    for name, (codec, pattern) in CONSONANT_SCRIPTS.items():
        words = _foreign_words(_decoded(raw, codec))
        if words and all(map(pattern.fullmatch, words)) and (name != THAI or any(map(THAI_VOWEL.search, words))):
            found.append(name)
    return found


def _is_hebrew(raw: bytes) -> bool:
    """Whether all is Hebrew letters, and those that only end a word do."""
    words = _foreign_words(_decoded(raw, "iso8859_8"))
    return bool(words) and all(map(HEBREW_WORD.fullmatch, words))


def _double_byte(raw: bytes) -> list[str]:
    """East Asian ones: the first sign (the family name) and half of all are common ones."""
    words = [word for word in re.split(rb"[\s^=]+", raw) if not word.isascii()]
    whole = b"".join(words)
    found = []
    for name, (common, rare) in DOUBLE_BYTE.items():
        signs = [whole[at : at + 2] for at in range(0, len(whole), 2)]
        usual = sum(common.fullmatch(sign) is not None for sign in signs)
        fits = all(common.fullmatch(word) or rare.fullmatch(word) for word in words)
        if fits and common.fullmatch(signs[0]) and usual * 2 >= len(signs):
            found.append(name)
    return [found[0]] if found[:1] == [JAPANESE] else [name for name in found if name != JAPANESE]
