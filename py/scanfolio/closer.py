"""A closer look at few instances, for the rules that need more of them than their facts.

Facts are kept of every instance; these answers are read when a disc is judged, of those instances they concern.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from scanfolio.effects import Hash, Progress, Settled, Steps, patiently
from scanfolio.errors import SourceError
from scanfolio.export.reencode import DEFLATED
from scanfolio.export.transcode import HEAD_BYTES, data_set_length
from scanfolio.model import Disc, SopInstance
from scanfolio.reading.elements import Declined
from scanfolio.reading.items import Reference, references_in
from scanfolio.reading.part10 import read_start
from scanfolio.rules.closer import Closer
from scanfolio.rules.uids import refers_to_others
from scanfolio.source.entry import Entry

MOST_BYTES = 64 << 20  # of one object read for its references
PER_STEP = 2000


def look_closer(disc: Disc, entries: Sequence[Entry]) -> Steps:
    """Read what the rules need of `disc` beyond its facts. Yields Progress, Hash, Settled, Fetch; returns a Closer."""
    digests = yield from _digests_of_duplicates(disc, entries)
    trailing = yield from _trailing(disc, entries)
    references = yield from _references(disc, entries)
    return Closer(digests, trailing, references)


def _digests_of_duplicates(disc: Disc, entries: Sequence[Entry]) -> Steps:
    """SHA-256 of the data sets of instances that share a SOP Instance UID: their bytes tell copies from clashes."""
    by_uid: dict[str, list[SopInstance]] = {}
    for instance in disc.instances:
        by_uid.setdefault(instance.sop_instance_uid, []).append(instance)
    doubled = [i for same in by_uid.values() if len(same) > 1 for i in same]
    for n, instance in enumerate(doubled, 1):
        entry, start = entries[instance.entry_id], instance.data_set_offset
        try:
            data = yield from patiently(partial(entry.read, start, entry.size - start))
        except (SourceError, MemoryError):
            continue  # the rule then says that it could not be compared
        yield Hash(str(instance.entry_id), data)
        yield Progress("comparing", n, len(doubled))
    digests: dict[str, str] = (yield Settled()) if doubled else {}
    return {int(entry_id): digest for entry_id, digest in digests.items()}


def _trailing(disc: Disc, entries: Sequence[Entry]) -> Steps:
    """entry_id -> how many bytes behind the pixel data belong to no element; of instances with anything there."""
    wanted = [i for i in disc.instances if i.trailing_bytes]
    found: dict[int, int] = {}
    for n, instance in enumerate(wanted, 1):
        entry = entries[instance.entry_id]
        try:
            length = yield from patiently(partial(data_set_length, entry, instance))
        except (SourceError, MemoryError):
            continue
        found[instance.entry_id] = entry.size - instance.data_set_offset - length
        yield Progress("comparing", n, len(wanted))
    return found


def _references(disc: Disc, entries: Sequence[Entry]) -> Steps:
    """entry_id -> what it refers to; of presentation states, key images, reports, segmentations and RT objects."""
    wanted = [i for i in disc.instances if refers_to_others(i.sop_class_uid)]
    found: dict[int, frozenset[Reference]] = {}
    for n, instance in enumerate(wanted, 1):
        progress = Progress("comparing", n, len(wanted))
        yield progress
        entry, start = entries[instance.entry_id], instance.data_set_offset
        end = instance.pixel_data_offset or entry.size
        if instance.transfer_syntax_uid == DEFLATED or end - start > MOST_BYTES or instance.truncated:
            continue
        try:
            head = yield from patiently(partial(entry.read, 0, min(HEAD_BYTES, entry.size)))
            encoding = read_start(head).encoding
            if instance.pixel_data_offset is not None:
                end = instance.pixel_data_offset - (12 if encoding.explicit else 8)  # before the element's own header
            data = yield from patiently(partial(entry.read, start, end - start))
            referred: set[Reference] = set()
            for count, reference in enumerate(references_in(data, 0, len(data), encoding)):
                if reference is not None:
                    referred.add(reference)
                if count % PER_STEP == PER_STEP - 1:
                    yield progress
        except (SourceError, Declined, MemoryError):
            continue
        found[instance.entry_id] = frozenset(referred)
    return found
