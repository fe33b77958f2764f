"""Names of files inside archives: decoded where nobody says how, harmless, and each only once."""

from __future__ import annotations

import re


def harmless(name: str) -> str:
    """`name` as a relative path that stays inside: no drive, no root, no "..", no control characters."""
    parts = re.sub(r"[\x00-\x1f\x7f]", "_", name).replace("\\", "/").split("/")
    kept = [part for part in parts if part not in ("", ".")]
    if kept and re.fullmatch(r"[A-Za-z]:", kept[0]):
        kept = kept[1:]
    path = "/".join("_" if part == ".." else part for part in kept) or "_"
    return name if path == name else path  # the one object will do


def decoded(raw: bytes) -> str:
    """Old archives write names in the code page of the packing computer, without saying which."""
    if raw.isascii():
        return raw.decode("ascii")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    western = raw.decode("cp437")
    try:
        japanese = raw.decode("cp932")
    except UnicodeDecodeError:
        return western
    odd = re.sub(r"[\x20-\x7e]", "", japanese)
    return japanese if len(odd) > 1 and re.fullmatch(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]+", odd) else western


class Names:
    """Gives every path only once: the second "A" becomes "A (2)"."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def take(self, name: str) -> str:
        """`name` made harmless, with a number where it was taken before."""
        path = harmless(name)
        if path not in self._taken:
            self._taken.add(path)
            return path
        count = self._counts.get(path, 1)
        while True:
            count += 1
            numbered = f"{path} ({count})"
            if numbered not in self._taken:
                break
        self._counts[path] = count
        self._taken.add(numbered)
        return numbered
