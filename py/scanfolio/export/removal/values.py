"""New values for old ones: identifiers, dates, dummies. The same old value becomes the same new one in one export.

Everything hangs on one random key that lives in memory for the time of one export and is never written, so nobody
can tell a patient by trying names or identifiers (PS3.15 E.1.1 warns of hashes without a key).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from datetime import date, timedelta

WELL_KNOWN = "1.2.840.10008."
"""Root of what the Standard itself defines: SOP Classes, Transfer Syntaxes, well-known frames of reference."""
WORD = "REMOVED"
NO_DATE, NO_TIME = "19000101", "000000"
FEWEST_DAYS, MOST_DAYS = 30, 3650
_DUMMIES: dict[bytes, bytes] = {
    b"AS": b"000Y",
    b"DA": NO_DATE.encode(),
    b"DT": (NO_DATE + NO_TIME).encode(),
    b"TM": NO_TIME.encode(),
    b"DS": b"0 ",
    b"IS": b"0 ",
    b"UR": b"http://removed.invalid",
    b"UI": b"2.25.0",
    b"OB": b"\0\0",
    b"OW": b"\0\0",
    b"UN": b"\0\0",
    b"AT": struct.pack("<HH", 0, 0),
} | {vr: bytes(size) for vr, size in (
    (b"US", 2), (b"SS", 2), (b"UL", 4), (b"SL", 4), (b"FL", 4), (b"OF", 4), (b"OL", 4),
    (b"FD", 8), (b"OD", 8), (b"SV", 8), (b"UV", 8), (b"OV", 8),
)}  # fmt: skip


def dummy(vr: bytes) -> bytes:
    """A value of `vr` that says nothing, of even length."""
    return _DUMMIES.get(vr) or WORD.encode() + b" "


class Secret:
    """The key of one export, and what follows from it. `key` is for tests only."""

    def __init__(self, key: bytes = b"") -> None:
        self._key = key or secrets.token_bytes(32)

    def _digest(self, *parts: str) -> bytes:
        return hmac.new(self._key, "\0".join(parts).encode("utf-8", "surrogateescape"), hashlib.sha256).digest()

    def uid(self, old: str) -> str:
        """`old` itself where the Standard defines it, or where it is empty; else a UID under 2.25 (PS3.5 B.2)."""
        if not old or old.startswith(WELL_KNOWN):
            return old
        number = bytearray(self._digest("uid", old)[:16])
        number[6] = number[6] & 0x0F | 0x80  # a UUID of version 8, as RFC 9562 calls one's own making
        number[8] = number[8] & 0x3F | 0x80
        return f"2.25.{int.from_bytes(number, 'big')}"

    def days(self, patient: str) -> int:
        """By how many days the dates of one patient move: always into the past."""
        spread = int.from_bytes(self._digest("dates", patient)[:8], "big")
        return -(FEWEST_DAYS + spread % (MOST_DAYS - FEWEST_DAYS + 1))


def shifted(value: str, days: int) -> str:
    """DA or DT value(s) moved by whole days; what is no date becomes a date that says nothing. Times of day stay."""
    return "\\".join(_shifted(one.strip("\0 "), days) for one in value.split("\\"))


def _shifted(value: str, days: int) -> str:
    if not value:
        return ""
    plain = value.replace(".", "") if value[4:5] == "." == value[7:8] else value  # ACR-NEMA: 1999.12.31
    try:
        moved = date(int(plain[:4]), int(plain[4:6]), int(plain[6:8])) + timedelta(days)
    except (ValueError, OverflowError):
        return NO_DATE
    return f"{moved.year:04d}{moved.month:02d}{moved.day:02d}{plain[8:]}"
