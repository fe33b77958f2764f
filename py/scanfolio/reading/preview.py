"""The picture to show first, before the disc is read: from the first bytes of its DICOMDIR, and of one file it names.

Nothing of this goes into the index, which reads the same files in their turn.
"""

from __future__ import annotations

from scanfolio.model import SopInstance
from scanfolio.reading.dicomdir import read_dicomdir
from scanfolio.reading.directory_order import series_images
from scanfolio.reading.elements import Declined
from scanfolio.reading.examine import examine
from scanfolio.reading.facts import Converter
from scanfolio.reading.finding import WAIT_FOR_PYDICOM, Finding
from scanfolio.reading.part10 import MEDIA_STORAGE_DIRECTORY, read_start
from scanfolio.source.entry import Entry

WORTH_A_LOOK = 4  # a series is passed over while one with so many times its images is known: overviews, dose sheets


def images_worth_a_look(entry: Entry, head: bytes) -> list[str]:
    """Paths of the images to try first, best first, as the DICOMDIR `entry` that begins with `head` names them.

    The first image of the first series that is neither an overview nor tiny beside the others, then the first of all.
    [] where `head` shows none. Never raises for what the bytes are.
    """
    try:
        start = read_start(head)
    except Declined:
        return []
    if start.meta.get(0x0002) != MEDIA_STORAGE_DIRECTORY:
        return []
    series = series_images(read_dicomdir(head, entry, start).roots)
    if not series:
        return []
    most = max(map(len, series))
    worth = [s for s in series if WORTH_A_LOOK * len(s) >= most and "LOCALIZER" not in s[0].keys.get("ImageType", "")]
    firsts = [s[0] for s in (*worth[:1], series[0])]
    return list(dict.fromkeys("/".join(record.file_id) for record in firsts))


def read_one(entry: Entry, head: bytes) -> SopInstance | None:
    """The image in `entry`, whose first bytes are `head`; None where it is none, lies inside something else, or
    only pydicom could read it.

    Raises SourceError when further bytes are needed and cannot be had.
    """
    examination = examine(entry, head, Converter())
    try:
        want = next(examination)
        while want != WAIT_FOR_PYDICOM:
            want = examination.send(entry.read(*want))
    except StopIteration as result:
        found: Finding = result.value
        plain = found.instance is not None and found.instance.is_image and found.entry is None
        return found.instance if plain else None
    return None
