"""Names in every character set, and files that hold them."""

from __future__ import annotations

import discs

CASES = [
    ("", b"Doe^John", "Doe^John"),
    ("ISO_IR 100", b"M\xfcller^J\xf6rg", "Müller^Jörg"),
    ("ISO_IR 101", "Wałęsa^Lech".encode("iso8859_2"), "Wałęsa^Lech"),
    ("ISO_IR 109", "Ġorġ".encode("iso8859_3"), "Ġorġ"),
    ("ISO_IR 110", "Bērziņš".encode("iso8859_4"), "Bērziņš"),
    ("ISO_IR 144", "Люкceмбypг".encode("iso8859_5"), "Люкceмбypг"),
    ("ISO_IR 127", "قباني^لنزار".encode("iso8859_6"), "قباني^لنزار"),
    ("ISO_IR 126", "Διονυσιος".encode("iso8859_7"), "Διονυσιος"),
    ("ISO_IR 138", "שרון^דבורה".encode("iso8859_8"), "שרון^דבורה"),
    ("ISO_IR 148", "Çavuşoğlu".encode("iso8859_9"), "Çavuşoğlu"),
    ("ISO_IR 203", "10 €".encode("iso8859_15"), "10 €"),
    ("ISO_IR 166", "สมชาย".encode("tis_620"), "สมชาย"),
    ("ISO_IR 13", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    ("ISO_IR 192", "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東"),
    ("GB18030", "Wang^XiaoDong=王^小东".encode("gb18030"), "Wang^XiaoDong=王^小东"),
    ("GBK", "张^伟".encode("gbk"), "张^伟"),
    (
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    (
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
    ),
    (
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    ("ISO 2022 IR 6\\ISO 2022 IR 100", b"Buc^J\x1b-A\xe9r\xf4me", "Buc^Jérôme"),
    ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", "Zhang^XiaoDong=张^小东"),
]


def with_name(declared: str, raw: bytes) -> bytes:
    """A CT slice whose patient name has these bytes, under this character set ("" leaves the attribute out)."""
    data = discs.ct_slice(1, PatientName="X", SpecificCharacterSet=None)
    at = data.find(b"\x10\x00\x10\x00PN\x02\x00X ")
    raw += b" " * (len(raw) % 2)
    data = data[:at] + b"\x10\x00\x10\x00PN" + len(raw).to_bytes(2, "little") + raw + data[at + 10 :]
    if not declared:
        return data
    start = data.find(b"\x08\x00")
    while data[start + 4 : start + 6] not in (b"CS", b"UI", b"DA"):
        start = data.find(b"\x08\x00", start + 1)
    value = declared.encode() + b" " * (len(declared) % 2)
    return data[:start] + b"\x08\x00\x05\x00CS" + len(value).to_bytes(2, "little") + value + data[start:]
