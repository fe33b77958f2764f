"""Compare person names by the Standard's rules (PS3.5 6.2.1): the same, spelled alike, or different.

A name has up to three groups divided by "=" (alphabetic, ideographic, phonetic), each of up to five components divided
by "^" (family, given, middle, prefix, suffix). Case, padding, and empty components at the end mean nothing.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache


class Likeness(IntEnum):
    DIFFERENT = 0
    ALIKE = 1
    SAME = 2
    UNKNOWN = 3  # one of them is empty: nothing can be said


_BREAKS = re.compile(r"[\s,.;'’`\-_/()]+")
LONGEST_COMPARED = 200  # letters; a PN group has at most 64
NO_NAME = frozenset(
    [
        "anonymous",
        "anonymized",
        "anonymised",
        "anon",
        "unknown",
        "noname",
        "none",
        "n/a",
        "removed",
        "deidentified",
        "de-identified",
    ]
) | {"no name"}


def _fold(text: str) -> str:
    """Lower case, no marks on letters, one blank between words."""
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).casefold().split())


@lru_cache(maxsize=4096)
def _groups(name: str) -> tuple[tuple[str, ...], ...]:
    """Groups of folded components, without empty ones at the end."""
    groups = []
    for group in name.split("=")[:3]:
        components = [_fold(c) for c in group.split("^")]
        while components and not components[-1]:
            components.pop()
        groups.append(tuple(components))
    while groups and not groups[-1]:
        groups.pop()
    return tuple(groups)


def is_no_name(name: str) -> bool:
    """Empty, or a word that stands for a removed name."""
    words = " ".join(c for g in _groups(name) for c in g if c)
    return not words or words in NO_NAME or words.startswith("anonym")


def compare_names(one: str, other: str) -> Likeness:
    """How alike two Person Name values are."""
    a, b = _groups(one), _groups(other)
    if not a or not b:
        return Likeness.UNKNOWN
    if a == b:
        return Likeness.SAME
    shared = [(x, y) for x, y in zip(a, b, strict=False) if x and y]
    if any(x == y for x, y in shared):  # one group may be left out or added, PS3.5 6.2.1.2
        return Likeness.SAME if all(x == y for x, y in shared) else Likeness.ALIKE
    if not shared:  # "YAMADA^TARO" and "=山田^太郎": no group in common
        return Likeness.ALIKE
    return Likeness.ALIKE if any(_alike(x, y) for x, y in shared) else Likeness.DIFFERENT


def _alike(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Same words in another order or divided otherwise, some left out, initials, two letters apart, another script."""
    words_a, words_b = _words(a), _words(b)
    if not words_a or not words_b:
        return False
    if _scripts(words_a).isdisjoint(_scripts(words_b)):
        return True  # "Иванов" and "Ivanov": nobody can tell by the letters
    if sorted(words_a) == sorted(words_b) or "".join(words_a) == "".join(words_b):
        return True
    small, large = sorted((set(words_a), set(words_b)), key=len)
    if small < large and (len(small) > 1 or words_a[0] == words_b[0]):
        return True
    if _initials_agree(words_a, words_b):
        return True
    joined_a, joined_b = " ".join(words_a), " ".join(words_b)
    return 6 <= min(len(joined_a), len(joined_b)) <= LONGEST_COMPARED and _distance_at_most(joined_a, joined_b, 2)


def _words(components: tuple[str, ...]) -> list[str]:
    return [w for c in components for w in _BREAKS.split(c) if w]


def _scripts(words: list[str]) -> frozenset[str]:
    """The scripts the letters are of: the first words of their Unicode names (LATIN, CYRILLIC, CJK ...)."""
    return frozenset(unicodedata.name(c, "?").partition(" ")[0] for word in words for c in word if c.isalpha())


def _initials_agree(a: list[str], b: list[str]) -> bool:
    """ "doe j" and "doe jane": the family name is equal and each further word is, or begins, the other's."""
    if a[0] != b[0] or len(a) < 2 or len(b) < 2:
        return False
    return all(x.startswith(y) or y.startswith(x) for x, y in zip(a[1:], b[1:], strict=False))


def _distance_at_most(a: str, b: str, limit: int) -> bool:
    """Whether the edit distance of two short texts is at most `limit`, a very small number."""
    if abs(len(a) - len(b)) > limit:
        return False
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[same:], b[same:]
    if not a or not b or not limit:
        return len(a) + len(b) <= limit
    return (
        _distance_at_most(a[1:], b[1:], limit - 1)
        or _distance_at_most(a[1:], b, limit - 1)
        or _distance_at_most(a, b[1:], limit - 1)
    )
