"""The viewing programs discs bring along, told by the names of the files they consist of. Never by guess.

A marker is the end of a path, or with a "/" at its end a folder anywhere in it; upper and lower case are the same. All
markers of a row have to be there, and what is named as a program has to be one by its content.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scanfolio.model import FileRecord, Kind


class Viewer(NamedTuple):
    """`evidence` says where the markers were seen to belong to this program."""

    name: str
    markers: tuple[str, ...]
    evidence: str


LAYOUT = "the layout of a patient's disc"
VIEWERS = (
    Viewer("Scanfolio", ("index.htm", "offline/viewer.js", "offline/core.js"), "what Scanfolio puts beside a copy"),
    Viewer("PSP EV Lite", ("evlite/evclientlight.exe",), LAYOUT),
    Viewer("PDSV", ("pdsv/bin/pdsv.exe",), LAYOUT),
    Viewer("PDSV", ("pdsv/bin/pdsv.ini",), LAYOUT),
    Viewer("syngo fastView", ("syngo_fv.exe",), f"{LAYOUT}; its autorun.inf"),
    Viewer("syngo fastView", ("fv_help.chm", "mbu_fv.dll"), LAYOUT),
    Viewer("eFilm Lite", ("efilmlt.exe",), "programs that start it from a disc"),
    Viewer("Weasis", ("weasis-win32.exe",), f"{LAYOUT}; its autorun.inf says Weasis"),
    Viewer("Weasis", ("viewer-win32.exe", "viewer-linux.sh"), "the documentation of Weasis"),
    Viewer("Weasis", ("viewer-win32.exe", "weasis/"), "the documentation of Weasis"),
    Viewer("JavaViewer", ("javaviewer-win32.exe",), f"{LAYOUT}; its autorun.inf says JavaViewer"),
    Viewer("JiveX", ("res/jivex.ico",), f"{LAYOUT}; its autorun.inf"),
    Viewer("Ambra", ("viewer.app/contents/ambra.ico",), f"{LAYOUT}; its autorun.inf says Ambra Viewer"),
    Viewer("Alma3D Lite", ("alma3dlitecd/bin/alma3d.exe",), LAYOUT),
    Viewer("mpDICOM", ("mpdicom.app/",), LAYOUT),
    Viewer("mpDICOM", ("mpdicomviewer.ico",), LAYOUT),
    Viewer("AOC", ("aoc_mini.exe",), f"{LAYOUT}; its autorun.inf says AOC"),
    Viewer("CDSurf", ("ihe_pdi/resource/images/cdsurf.ico",), f"{LAYOUT}; its autorun.inf"),
    Viewer("CDViewer", ("cdviewer.exe", "label.htm"), "the layout of several patients' discs"),
    Viewer("InteleViewer", ("startinteleviewercd.exe",), "a guide to patients' discs"),
    Viewer("PiViewSTAR", ("piviewmain.exe",), "a description of its installation"),
    Viewer("MicroDicom", ("mdicom.exe",), "a starter for discs; the programs that call it"),
    Viewer("RadiAnt", ("radiantviewer.exe",), "its manual, and programs that call it"),
    Viewer("OsiriX Lite", ("osirix lite.app/",), "programs that call it"),
    Viewer("Horos", ("horos.app/",), "its package"),
    Viewer("PDIVIEW", ("pdiview/pdiview.exe",), "a program that recognises discs by it"),
    Viewer("feelView", ("feelview.exe",), "a program that recognises discs by it"),
    Viewer("RaykaViewer", ("raykaviewer.exe",), "a program that recognises discs by it"),
    Viewer("PacsPlus", ("pacspluscv.exe",), "a program that recognises discs by it"),
    Viewer("Papaya (web page)", ("papaya.js", "papaya.css"), "its package"),
    Viewer("dwv (web page)", ("dwv.min.js",), "its package"),
    Viewer("Cornerstone (web page)", ("cornerstone.min.js",), "its package"),
)


class FoundViewer(NamedTuple):
    name: str
    where: tuple[str, ...]


def found_viewers(files: Iterable[FileRecord]) -> tuple[FoundViewer, ...]:
    """Each viewer whose markers are all among `files`, once, in the order of the table; with the paths that show it."""
    endings: dict[str, str] = {}
    folders: dict[str, str] = {}
    for file in files:
        if file.kind in (Kind.DICOM, Kind.DICOMDIR):
            continue
        parts = file.path.lower().split("/")
        if not parts[-1].endswith((".exe", ".dll")) or file.kind is Kind.PROGRAM:
            for count in range(1, min(5, len(parts)) + 1):
                endings.setdefault("/".join(parts[-count:]), file.path)
        for part in parts[:-1]:
            folders.setdefault(part + "/", file.path)
    found: dict[str, tuple[str, ...]] = {}
    for name, markers, _ in VIEWERS:
        where = [(folders if marker.endswith("/") else endings).get(marker, "") for marker in markers]
        if all(where):
            found.setdefault(name, tuple(where))
    return tuple(FoundViewer(name, where) for name, where in found.items())
