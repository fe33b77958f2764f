"""A, part two: entries that name, date and number the images."""

from __future__ import annotations

from collections.abc import Generator

from scanfolio.model import SopInstance
from scanfolio.rules.context import PAUSE_EVERY, DiscContext, paths
from scanfolio.rules.outcome import Result, Severity, failed, issue, not_applicable, passed
from scanfolio.rules.person_entries import table_supplies
from scanfolio.rules.rule import Pausing, rule


@rule("A03", "H", "yes", "study", "PS3.3 Table F.5-2; PS3.11 section D.3.3.1", says=("passed", "failed", "supplied"))
def study_date_or_number_is_missing(c: DiscContext) -> Result:
    """What it checks: Study Date, Study Time and Study ID of every instance.

    Why it matters: may be empty in an image (Type 2), not in the table of contents (Type 1); strict writers refuse it.
    Reference: PS3.3 Table F.5-2; PS3.11 section D.3.3.1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    checks = (
        ("Study Date (0008,0020)", "StudyDate", [i for i in c.instances if not i.study_date]),
        ("Study Time (0008,0030)", "StudyTime", [i for i in c.instances if not i.study_time]),
        ("Study ID (0020,0010)", "StudyID", [i for i in c.instances if not i.study_id]),
    )
    issues = [issue(f"{name} empty", paths(g), instances=len(g)) for name, _, g in checks if g]
    if not issues:
        return passed("Study Date, Study Time and Study ID are there in every instance.")
    studies = len({i.study_instance_uid for _, _, group in checks for i in group})
    what = ", ".join(name for name, _, group in checks if group)
    if all(table_supplies(c, group, "STUDY", (keyword,)) for _, keyword, group in checks if group):
        technical = f"{what} empty in images, supplied in the STUDY records."
        return failed(technical, issues, text="supplied", severity=Severity.INFO, count=studies)
    technical = f"{what} empty: allowed in an image (Type 2), not in the table of contents (Type 1)."
    return failed(technical, issues, count=studies)


@rule("A04", "H", "yes", "instance", "PS3.3 Tables F.5-3 and F.5-4", says=("passed", "failed", "supplied", "repeated"))
def series_or_image_number_is_missing(c: DiscContext) -> Pausing:
    """What it checks: Series Number and Instance Number: empty, or one Instance Number for two images at one place.

    Why it matters: lists of series and slices lose their order, and the table of contents demands both.
    Reference: PS3.3 Tables F.5-3 and F.5-4.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    no_series_number = [i for i in c.instances if i.series_number is None]
    no_instance_number = [i for i in c.images if i.instance_number is None]
    issues = []
    if no_series_number:
        text = "Series Number (0020,0011) empty"
        issues.append(issue(text, paths(no_series_number), instances=len(no_series_number)))
    if no_instance_number:
        text = "Instance Number (0020,0013) empty"
        issues.append(issue(text, paths(no_instance_number), instances=len(no_instance_number)))
    if issues:
        count = len({i.entry_id for i in (*no_series_number, *no_instance_number)})
        supplied = table_supplies(c, no_series_number, "SERIES", ("SeriesNumber",)) and records_supply(
            c, no_instance_number, "InstanceNumber"
        )
        technical = f"{', '.join(i.message for i in issues)} in {count} of {len(c.instances)} instances."
        if supplied:
            return failed(technical, issues, text="supplied", severity=Severity.INFO, count=count)
        return failed(technical, issues, count=count)
    repeated = yield from _repeated_numbers(c)
    if repeated:
        found = issue(
            "one Instance Number (0020,0013) for several images at one place", paths(repeated), instances=len(repeated)
        )
        technical = f"{len(repeated)} images share Series, Instance Number and position with another."
        return failed(technical, [found], text="repeated", severity=Severity.WARN, count=len(repeated))
    return passed("Series Number and Instance Number are there.")


def records_supply(c: DiscContext, instances: list[SopInstance], keyword: str) -> bool:
    """Whether the record of each of `instances` itself holds `keyword`."""
    by_entry = {r.instance.entry_id: r for r in c.references if r.instance is not None}
    return all(i.entry_id in by_entry and by_entry[i.entry_id].record.keys.get(keyword, "").strip() for i in instances)


def _repeated_numbers(c: DiscContext) -> Generator[None, None, list[SopInstance]]:
    """Images whose number is not theirs alone, where nothing else tells them apart."""
    first: dict[str, dict[int | None, SopInstance]] = {}
    doubled: dict[tuple[str, int | None], list[SopInstance]] = {}
    for at, i in enumerate(c.images):
        if not at % PAUSE_EVERY:
            yield
        numbers = first.setdefault(i.series_instance_uid, {})
        other = numbers.setdefault(i.instance_number, i)
        if other is not i:
            doubled.setdefault((i.series_instance_uid, i.instance_number), [other]).append(i)
    groups: dict[tuple[object, ...], list[SopInstance]] = {}
    for at, i in enumerate(i for group in doubled.values() for i in group):
        if not at % PAUSE_EVERY:
            yield
        key = (
            (i.series_instance_uid, i.instance_number, i.acquisition_number, i.image_position_mm, i.image_orientation),
            (i.image_type, i.echo_number, i.temporal_position, i.content_time),
        )
        groups.setdefault(key, []).append(i)
    return [i for group in groups.values() if len({g.sop_instance_uid for g in group}) > 1 for i in group]


MODALITIES = frozenset(
    [
        "ANN",
        "AR",
        "ASMT",
        "AU",
        "BDUS",
        "BI",
        "BMD",
        "CFM",
        "CR",
        "CT",
        "CTPROTOCOL",
        "DG",
        "DMS",
        "DOC",
        "DX",
        "ECG",
        "EEG",
        "EMG",
        "EOG",
        "EPS",
        "ES",
        "FID",
        "GM",
        "HC",
        "HD",
        "IO",
        "IOL",
        "IVOCT",
        "IVUS",
        "KER",
        "KO",
        "LEN",
        "LS",
        "MG",
        "MR",
        "M3D",
        "NM",
        "OAM",
        "OCT",
        "OP",
        "OPM",
        "OPR",
        "OPT",
        "OPTBSV",
        "OPTENF",
        "OPV",
        "OSS",
        "OT",
        "PA",
        "PLAN",
        "POS",
        "PR",
        "PT",
        "PX",
        "REG",
        "RESP",
        "RF",
        "RG",
        "RTDOSE",
        "RTIMAGE",
        "RTINTENT",
        "RTPLAN",
        "RTRAD",
        "RTRECORD",
        "RTSEGANN",
        "RTSTRUCT",
        "RWV",
        "SEG",
        "SM",
        "SMR",
        "SR",
        "SRF",
        "STAIN",
        "TEXTUREMAP",
        "TG",
        "US",
        "VA",
        "VIDD",
        "XA",
        "XAPROTOCOL",
        "XC",
    ]
)
"""Defined Terms of Modality (0008,0060), PS3.3 section C.7.3.1.1.1."""
RETIRED_MODALITIES = frozenset(
    [
        "AS",
        "CD",
        "CF",
        "CP",
        "CS",
        "DD",
        "DF",
        "DM",
        "DS",
        "EC",
        "FA",
        "FS",
        "LP",
        "MA",
        "MS",
        "OPTENF",
        "PI",
        "ST",
        "TH",
        "VF",
    ]
)


@rule("A05", "H", "never", "series", "PS3.3 Table F.5-3 and section C.7.3.1.1.1", says=("passed", "failed", "unknown"))
def kind_of_examination_is_not_stated(c: DiscContext) -> Result:
    """What it checks: Modality (0008,0060): there, and one of the Standard's terms.

    Why it matters: systems sort, route and show images by it, and the table of contents demands it.
    Reference: PS3.3 Table F.5-3 (Type 1) and section C.7.3.1.1.1 (Defined Terms).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    missing = [i for i in c.instances if not i.modality]
    known = MODALITIES | RETIRED_MODALITIES
    unknown: dict[str, list[SopInstance]] = {}
    for i in c.instances:
        if i.modality and i.modality not in known:
            unknown.setdefault(i.modality, []).append(i)
    issues = [issue(f"Modality is {term!r}", paths(g), instances=len(g)) for term, g in sorted(unknown.items())]
    if missing:
        issues.insert(0, issue("Modality (0008,0060) missing", paths(missing), instances=len(missing)))
        return failed("Modality (0008,0060) missing.", issues[:20], count=len(missing))
    if unknown:
        count = sum(len(g) for g in unknown.values())
        technical = f"Modality (0008,0060) holds {', '.join(sorted(unknown)[:5])}: not a Defined Term."
        return failed(technical, issues[:20], text="unknown", severity=Severity.WARN, count=count)
    terms = ", ".join(sorted({i.modality for i in c.instances}))
    return passed(f"Modality (0008,0060): {terms}.")


RULES = (study_date_or_number_is_missing, series_or_image_number_is_missing, kind_of_examination_is_not_stated)
