"""D, part two: the records of the table of contents and their keys (PS3.3 section F.5)."""

from __future__ import annotations

from scanfolio.model import DirectoryRecord
from scanfolio.rules import uids
from scanfolio.rules.context import PAUSE_EVERY, DiscContext
from scanfolio.rules.directory import no_usable_table
from scanfolio.rules.outcome import Result, failed, issue, not_applicable, passed
from scanfolio.rules.rule import Pausing, rule

REQUIRED_KEYS: dict[str, tuple[str, ...]] = {
    "PATIENT": ("PatientID",),
    "STUDY": ("StudyDate", "StudyTime", "StudyID", "StudyInstanceUID"),
    "SERIES": ("Modality", "SeriesInstanceUID", "SeriesNumber"),
    "IMAGE": ("InstanceNumber",),
    "RT DOSE": ("InstanceNumber",),
    "RT STRUCTURE SET": ("InstanceNumber",),
    "RT PLAN": ("InstanceNumber",),
    "RT TREAT RECORD": ("InstanceNumber",),
    "WAVEFORM": ("InstanceNumber", "ContentDate", "ContentTime"),
    "SR DOCUMENT": ("InstanceNumber", "ContentDate", "ContentTime"),
    "KEY OBJECT DOC": ("InstanceNumber", "ContentDate", "ContentTime"),
    "ENCAP DOC": ("InstanceNumber",),
}
"""Type 1 keys with text values, by Directory Record Type (PS3.3 Tables F.5-1 to F.5-32)."""

OUTDATED_TYPES = frozenset(
    (
        "VISIT",
        "RESULTS",
        "INTERPRETATION",
        "STUDY COMPONENT",
        "STORED PRINT",
        "TOPIC",
        "MRDR",
        "PRIVATE",
        "OVERLAY",
        "MODALITY LUT",
        "VOI LUT",
        "CURVE",
        "PRINT QUEUE",
        "FILM SESSION",
        "FILM BOX",
        "IMAGE BOX",
    )
)
"""Retired or private record types (PS3.3 section F.4; DRG requirement 3.1.2.4)."""


def _name(record: DirectoryRecord) -> str:
    return f"{record.record_type} record at {record.offset}"


@rule("D09", "H", "yes", "disc", "PS3.3 section F.5")
def table_lacks_required_entries(c: DiscContext) -> Result:
    """What it checks: keys of Type 1 in each kind of directory record, and the UIDs of the file a record names.

    Why it matters: import programs that meet an empty key refuse the disc, or load nothing without saying so.
    Reference: PS3.3 section F.5, Tables F.5-1 to F.5-32; section F.3.2.2.
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    lacking: dict[str, list[str]] = {}
    count = 0
    for record in (placed.record for placed in c.records):
        names = [k for k in REQUIRED_KEYS.get(record.record_type, ()) if not record.keys.get(k, "").strip()]
        if record.file_id:
            names += [
                name
                for name, value in (
                    ("ReferencedSOPClassUIDInFile", record.sop_class_uid),
                    ("ReferencedSOPInstanceUIDInFile", record.sop_instance_uid),
                    ("ReferencedTransferSyntaxUIDInFile", record.transfer_syntax_uid),
                )
                if not value
            ]
        count += bool(names)
        for name in names:
            lacking.setdefault(f"{record.record_type}: {name}", []).append("/".join(record.file_id) or _name(record))
    if not lacking:
        return passed("All records hold their Type 1 keys.")
    issues = [
        issue(f"{name} missing in {len(where)} records", where, records=len(where))
        for name, where in sorted(lacking.items())
    ]
    return failed(f"{count} records lack required keys: {', '.join(sorted(lacking)[:6])}.", issues, count=count)


def _helpful(record: DirectoryRecord) -> list[str]:
    """Keys of PS3.11 Tables D.3-2, H.3-2 and E.3-2 that a reader draws lists and overview lines from."""
    if record.record_type == "PATIENT":
        return ["PatientBirthDate", "PatientSex"]
    if record.record_type == "IMAGE":
        wanted = ["ImageType", "Rows", "Columns"]
        if record.sop_class_uid in uids.CT_MR_PT:
            wanted += ["ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID", "PixelSpacing"]
        return wanted
    return []


@rule("D10", "W", "yes", "disc", "PS3.11 Tables D.3-2, E.3-2 and H.3-2")
def table_lacks_helpful_entries(c: DiscContext) -> Result:
    """What it checks: birth date and sex in PATIENT records; type, size, position and spacing in IMAGE records.

    Why it matters: front desks tell people apart by the birth date, and viewers draw overview lines from the positions.
    Reference: PS3.11 Tables D.3-2, E.3-2 and H.3-2.
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    lacking: dict[str, int] = {}
    count = looked_at = 0
    for record in (placed.record for placed in c.records):
        wanted = _helpful(record)
        looked_at += bool(wanted)
        names = [name for name in wanted if name not in record.keys]
        count += bool(names)
        for name in names:
            lacking[f"{record.record_type}: {name}"] = lacking.get(f"{record.record_type}: {name}", 0) + 1
    if not looked_at:
        return not_applicable("no_records")
    if not lacking:
        return passed("PATIENT and IMAGE records hold the profiles' keys.")
    issues = [issue(f"{name} absent in {number} records", records=number) for name, number in sorted(lacking.items())]
    return failed(f"Directory records lack {', '.join(sorted(lacking)[:8])}.", issues, count=count)


@rule("D11", "H", "yes", "disc", "PS3.3 sections F.5.1 to F.5.3; DRG requirement 3.1.2.4")
def the_same_entry_twice(c: DiscContext) -> Pausing:
    """What it checks: two PATIENT records with one Patient ID, two records of one study, series, instance or file.

    Why it matters: systems show a person or an examination twice, each half of it, or take only the first.
    Reference: PS3.3 sections F.5.1 to F.5.3; DRG requirement 3.1.2.4.
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    keys = {"PATIENT": "PatientID", "STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID"}
    seen: dict[tuple[str, str], dict[str, int]] = {}
    of_file: dict[str, dict[str, str]] = {}  # DICOMDIR -> file -> the instance its first record names
    named_twice: dict[tuple[str, str], set[str]] = {}
    for at, placed in enumerate(c.records):
        if not at % PAUSE_EVERY:
            yield
        dicomdir, record = placed.dicomdir, placed.record
        kind = record.record_type if record.record_type in keys else "instance"
        uid = record.sop_instance_uid if kind == "instance" else record.keys.get(keys[kind], "").strip()
        if uid:
            counts = seen.setdefault((dicomdir.path, kind), {})
            counts[uid] = counts.get(uid, 0) + 1
        if record.file_id and record.sop_instance_uid:
            file = "/".join(record.file_id).upper()
            first = of_file.setdefault(dicomdir.path, {}).setdefault(file, record.sop_instance_uid)
            if first != record.sop_instance_uid:
                named_twice.setdefault((dicomdir.path, file), {first}).add(record.sop_instance_uid)
    repeated = sorted((p, kind, uid, n) for (p, kind), counts in seen.items() for uid, n in counts.items() if n > 1)
    issues = [
        issue(f"{number} {kind} records for {'one Patient ID' if kind == 'PATIENT' else uid}", [path], records=number)
        for path, kind, uid, number in repeated
    ]
    issues += [
        issue(f"{len(named)} instance records name the file {name}", [path], records=len(named))
        for (path, name), named in sorted(named_twice.items())
    ]
    if not issues:
        return passed("Every patient, study, series and instance has one record.")
    return failed(f"{len(issues)} entities have more than one record.", issues[:20], count=len(issues))


@rule("D12", "W", "yes", "disc", "PS3.3 section F.4; DRG requirement 3.1.2.4")
def outdated_or_private_entries(c: DiscContext) -> Result:
    """What it checks: retired or private types of directory records.

    Why it matters: today's readers skip what hangs below them, or stop.
    Reference: PS3.3 section F.4, Table F.4-1; DRG requirement 3.1.2.4.
    """
    stop = no_usable_table(c)
    if stop:
        return stop
    found: dict[str, int] = {}
    for record in (placed.record for placed in c.records):
        if record.record_type in OUTDATED_TYPES:
            found[record.record_type] = found.get(record.record_type, 0) + 1
    if not found:
        return passed("No retired or private record type.")
    issues = [issue(f"{number} records of type {name}", records=number) for name, number in sorted(found.items())]
    return failed(f"Record types {', '.join(sorted(found))}.", issues, count=sum(found.values()))


RULES = (table_lacks_required_entries, table_lacks_helpful_entries, the_same_entry_twice, outdated_or_private_entries)
