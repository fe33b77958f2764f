"""Python in a browser compiles what it runs when it runs it: a file read first takes several times as long as the next.

So a made-up one goes first, while nobody waits: through the same messages as every other, and to a session of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import pack

from scanfolio.bridge.dispatch import Dispatcher, Post
from scanfolio.bridge.handlers import Handlers
from scanfolio.export.elements import element
from scanfolio.export.file_meta import EXPLICIT_VR_LITTLE_ENDIAN, file_meta

_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
_UID = "2.25.1"
_TEXTS = (
    (0x00080005, b"CS", "ISO_IR 100"),
    (0x00080008, b"CS", "ORIGINAL\\PRIMARY\\AXIAL"),
    (0x00080016, b"UI", _CT_IMAGE),
    (0x00080018, b"UI", _UID),
    (0x00080020, b"DA", "20240229"),
    (0x00080060, b"CS", "CT"),
    (0x00100010, b"PN", "SCANFOLIO^NOBODY"),
    (0x00100020, b"LO", "0"),
    (0x00100030, b"DA", "19700101"),
    (0x00180050, b"DS", "1"),
    (0x0020000D, b"UI", _UID),
    (0x0020000E, b"UI", _UID),
    (0x00200011, b"IS", "1"),
    (0x00200013, b"IS", "1"),
    (0x00200032, b"DS", "0\\0\\0"),
    (0x00200037, b"DS", "1\\0\\0\\0\\1\\0"),
    (0x00200052, b"UI", _UID),
)
_SIDE = 2


def made_up_file() -> bytes:
    """A CT slice of four pixels in Explicit VR Little Endian, of nobody."""
    return b"".join(
        (
            file_meta(_CT_IMAGE, _UID, EXPLICIT_VR_LITTLE_ENDIAN),
            *(element(tag, vr, text.encode("ascii")) for tag, vr, text in _TEXTS),
            element(0x00280002, b"US", pack("<H", 1)),
            element(0x00280004, b"CS", b"MONOCHROME2"),
            *(element(tag, b"US", pack("<H", _SIDE)) for tag in (0x00280010, 0x00280011)),
            element(0x00280030, b"DS", b"1\\1"),
            *(element(tag, b"US", pack("<H", n)) for tag, n in ((0x00280100, 16), (0x00280101, 12), (0x00280102, 11))),
            element(0x00280103, b"US", pack("<H", 0)),
            *(element(tag, b"DS", text) for tag, text in ((0x00281050, b"40"), (0x00281051, b"400"))),
            *(element(tag, b"DS", text) for tag, text in ((0x00281052, b"-1024"), (0x00281053, b"1"))),
            element(0x7FE00010, b"OW", bytes(2 * _SIDE * _SIDE)),
        )
    )


def warm_up(post: Post, clock: Callable[[], float]) -> None:
    """Read the made-up file twice; `post` gets the answers, which nobody waits for."""
    data = made_up_file()

    def read(entry_id: int, offset: int, length: int) -> bytes:
        return data[offset : offset + length]

    dispatcher = Dispatcher(post, Handlers(read), clock)
    columns = {"piece_of": [0], "offsets": [0], "asked": [len(data)], "lengths": [len(data)], "errors": [""]}
    index = {"first": 0, "paths": ["IMAGE"], "sizes": [len(data)], **columns}
    for _ in range(2):
        for method, params, buffers in (("open", {"name": ""}, []), ("index", index, [memoryview(data)])):
            message = {"type": "request", "id": 0, "method": method, "params": params}
            dispatcher.receive(message, buffers)
