"""Ordinary pictures on a disc: which may be copies of the examination, which are only a program's or a page's dress."""

from __future__ import annotations

from scanfolio.model import FileRecord, Kind
from scanfolio.rules.context import DiscContext

SMALLEST_COPY_BYTES = 8 * 1024
"""Smaller pictures are buttons and symbols (the IHE_PDI pages of real discs: 0.1 to 6 kB; image copies: 30 kB up)."""

WEB_FOLDERS = frozenset({"ihe_pdi", "ihe_xdm", "html", "web", "webview", "xtr_cont"})


def folder_of(path: str) -> str:
    return path.rpartition("/")[0].lower()


def ancestors_of(path: str) -> list[str]:
    """Folders a path lies in, innermost first, in lower case, without the root."""
    folder = folder_of(path)
    found = []
    while folder:
        found.append(folder)
        folder = folder.rpartition("/")[0]
    return found


def is_web_page(file: FileRecord) -> bool:
    return file.path.lower().endswith((".htm", ".html", ".xhtml"))


class Pictures:
    """`all`, divided into `dress` (symbols of pages and programs), `web` (copies in web pages) and `alone`."""

    def __init__(self, context: DiscContext) -> None:
        self.all = context.by_kind[Kind.PICTURE]
        web_folders = {folder_of(f.path) for f in context.files if is_web_page(f)} - {""}
        program_folders = {folder_of(f.path) for f in context.by_kind[Kind.PROGRAM]} - {""}
        dress, web, alone = [], [], []
        for picture in self.all:
            above = ancestors_of(picture.path)
            in_web = any(a in web_folders or a.rpartition("/")[2] in WEB_FOLDERS for a in above)
            if picture.size < SMALLEST_COPY_BYTES or any(a in program_folders for a in above):
                dress.append(picture)
            elif in_web:
                web.append(picture)
            else:
                alone.append(picture)
        self.dress = tuple(dress)
        self.web = tuple(web)
        self.alone = tuple(alone)

    @property
    def copies(self) -> tuple[FileRecord, ...]:
        """Pictures that may show the examination."""
        return tuple(sorted((*self.web, *self.alone), key=lambda f: f.path))

    def are_a_part_of_the_disc(self, dicom_images: int) -> bool:
        """Whether so many pictures stand alone that a part of the examination may exist only as pictures (class D)."""
        return len(self.alone) >= 5 and len(self.alone) * 20 >= dicom_images
