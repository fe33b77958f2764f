"""What a rule may see: the Disc, and facts prepared from it once. No file is opened here or in any rule."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from scanfolio.model import Dicomdir, Disc, FileRecord, Kind, Series, SopInstance, Study
from scanfolio.pixels.syntax import is_known
from scanfolio.rules.closer import Closer
from scanfolio.rules.persons import Identity, Person, group_persons
from scanfolio.rules.references import FileFinder, PlacedRecord, Reference, collect_references, walk
from scanfolio.rules.viewers import FoundViewer, found_viewers

if TYPE_CHECKING:
    from scanfolio.rules.after import Copy


PAUSE_EVERY = 1000
"""Instances (or records) between two pauses of a check that takes long: a few milliseconds."""


class DiscContext:
    """Prepared facts of one disc. Everything is sorted by path, so that the same disc gives the same report everywhere.

    `closer`: what was read of few instances beyond their facts.
    `decodable`: transfer syntax UID -> whether a decoder is here.
    `copy`: what an export of this disc did; None while there is none.
    `person_confirmed`: what the person answered to "is this you?"; None while not asked.
    """

    def __init__(
        self,
        disc: Disc,
        *,
        closer: Closer | None = None,
        decodable: Callable[[str], bool] | None = None,
        person_confirmed: bool | None = None,
        copy: Copy | None = None,
        today: str = "",
    ) -> None:
        self.disc = disc
        self.closer = closer or Closer()
        self.decodable = decodable or is_known
        self.person_confirmed = person_confirmed
        self.copy = copy
        self.today = today
        """YYYYMMDD, for dates in the future; "" looks at no such thing and keeps the report the same on every day."""

    def prepare(self) -> Generator[None, None, None]:
        """Work out what most rules ask for, giving way after every PAUSE_EVERY instances or records."""
        for name in ("files", "instances", "images", "by_entry", "same_sop_instance_uid", "series", "identities"):
            getattr(self, name)
            yield
        records: list[PlacedRecord] = []
        for dicomdir in self.usable_dicomdirs:
            for placed in walk(dicomdir):
                records.append(placed)
                if not len(records) % PAUSE_EVERY:
                    yield
        self.__dict__["records"] = tuple(records)
        finder = FileFinder()
        for at, file in enumerate(self.files):
            finder.add(file)
            if not at % PAUSE_EVERY:
                yield
        references: list[Reference] = []
        for at, reference in enumerate(collect_references(records, finder, self.by_entry)):
            references.append(reference)
            if not at % PAUSE_EVERY:
                yield
        self.__dict__["references"] = tuple(references)

    # files

    @cached_property
    def files(self) -> tuple[FileRecord, ...]:
        return tuple(sorted(self.disc.files, key=lambda f: f.path))

    @cached_property
    def by_kind(self) -> Mapping[Kind, tuple[FileRecord, ...]]:
        """Every kind, also those with no file."""
        kinds: dict[Kind, list[FileRecord]] = {kind: [] for kind in Kind}
        for file in self.files:
            kinds[file.kind].append(file)
        return {kind: tuple(files) for kind, files in kinds.items()}

    @cached_property
    def locked_files(self) -> tuple[FileRecord, ...]:
        return tuple(f for f in self.files if f.locked)

    @cached_property
    def viewers(self) -> tuple[FoundViewer, ...]:
        """Viewing programs known by the names of their files."""
        return found_viewers(self.files)

    # instances

    @cached_property
    def instances(self) -> tuple[SopInstance, ...]:
        return tuple(sorted(self.disc.instances, key=lambda i: i.path))

    @cached_property
    def images(self) -> tuple[SopInstance, ...]:
        """Instances with pixels."""
        return tuple(i for i in self.instances if i.is_image)

    @cached_property
    def by_entry(self) -> Mapping[int, SopInstance]:
        return {i.entry_id: i for i in self.instances}

    @cached_property
    def inside_other_files(self) -> frozenset[int]:
        """Entry ids of instances that do not begin where their file does: packed with gzip, behind other bytes."""
        signs = (" in gzip", ", displaced")
        return frozenset(f.entry_id for f in self.by_kind[Kind.DICOM] if f.signature.endswith(signs))

    @cached_property
    def same_sop_instance_uid(self) -> Mapping[str, tuple[SopInstance, ...]]:
        """SOP Instance UIDs that more than one file carries."""
        seen: dict[str, list[SopInstance]] = {}
        for instance in self.instances:
            if instance.sop_instance_uid:
                seen.setdefault(instance.sop_instance_uid, []).append(instance)
        return {uid: tuple(group) for uid, group in seen.items() if len(group) > 1}

    # entities

    @cached_property
    def studies(self) -> tuple[Study, ...]:
        return tuple(s for p in self.disc.patients for s in p.studies)

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """In the order of their keys' first instance path, so not dependent on how patients were sorted."""
        found = [series for study in self.studies for series in study.series]
        return tuple(sorted(found, key=lambda s: (s.series_instance_uid, s.key)))

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        """Every distinct (ID, issuer, name, birth date) with its instances."""
        return Identity.all_of(self.instances)

    @cached_property
    def persons(self) -> tuple[Person, ...]:
        return group_persons(self.identities)

    # tables of contents

    @cached_property
    def dicomdirs(self) -> tuple[Dicomdir, ...]:
        return tuple(sorted(self.disc.dicomdirs, key=lambda d: (d.path.count("/"), d.path)))

    @cached_property
    def usable_dicomdirs(self) -> tuple[Dicomdir, ...]:
        return tuple(d for d in self.dicomdirs if d.usable)

    @cached_property
    def broken_dicomdirs(self) -> tuple[FileRecord, ...]:
        """Files called DICOMDIR that are none."""
        known = {d.entry_id for d in self.dicomdirs}
        return tuple(
            f for f in self.files if f.entry_id not in known and is_dicomdir_name(f.path) and f.kind is not Kind.DICOM
        )

    @cached_property
    def records(self) -> tuple[PlacedRecord, ...]:
        """Every in-use record of every usable DICOMDIR."""
        return tuple(placed for dicomdir in self.usable_dicomdirs for placed in walk(dicomdir))

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every in-use record of every usable DICOMDIR that names a file."""
        finder = FileFinder()
        for file in self.files:
            finder.add(file)
        return tuple(collect_references(self.records, finder, self.by_entry))

    @cached_property
    def listed_entry_ids(self) -> frozenset[int]:
        """Files a record names."""
        return frozenset(r.file.entry_id for r in self.references if r.file is not None)

    @cached_property
    def instance_folders(self) -> frozenset[str]:
        """Folders that hold instances, in lower case; "" is the root."""
        return frozenset(i.path.rpartition("/")[0].lower() for i in self.instances)

    @cached_property
    def missing_references(self) -> tuple[Reference, ...]:
        return tuple(r for r in self.references if r.file is None)

    @cached_property
    def lost_references(self) -> tuple[Reference, ...]:
        """Missing ones whose instance is not here under another name either."""
        here = {i.sop_instance_uid for i in self.instances if i.sop_instance_uid}
        return tuple(r for r in self.missing_references if r.record.sop_instance_uid not in here)

    @cached_property
    def unlisted(self) -> tuple[SopInstance, ...]:
        """Instances no record names. Meaningful only where there is a usable DICOMDIR."""
        return tuple(i for i in self.instances if i.entry_id not in self.listed_entry_ids)


def is_dicomdir_name(path: str) -> bool:
    """The name of a table of contents, as written or as some computers show it."""
    return path.rsplit("/", 1)[-1].upper() in ("DICOMDIR", "DICOMDIR.", "DICOMDIR;1", "DICOMDIR.;1", "DICOMDIR.DCM")


def paths(things: Iterable[SopInstance] | Iterable[FileRecord]) -> list[str]:
    return [t.path for t in things]
