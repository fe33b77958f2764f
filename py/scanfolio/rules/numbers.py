"""S, part two: the UIDs of instances, series and studies."""

from __future__ import annotations

from dataclasses import fields

from scanfolio.model import SopInstance
from scanfolio.rules import uids
from scanfolio.rules.context import PAUSE_EVERY, DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, Severity, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.rule import Pausing, rule

_OF_THE_FILE = frozenset(
    [
        "entry_id",
        "path",
        "size",
        "preamble",
        "has_file_meta",
        "meta_faults",
        "media_storage_sop_class_uid",
        "media_storage_sop_instance_uid",
        "transfer_syntax_uid",
        "implementation_version_name",
        "data_set_offset",
        "pixel_data_offset",
        "pixel_data_length",
        "trailing_bytes",
        "truncated",
        "notes",
        "undecodable_text",
        "text_hint",
        "absent",
        "layout",
    ]
)
_OF_THE_IMAGE = tuple(f.name for f in fields(SopInstance) if f.name not in _OF_THE_FILE)
_OF_AN_ENCODING = frozenset(
    ["photometric_interpretation", "planar_configuration", "lossy_image_compression", "lossy_image_compression_ratio"]
)


def differing_facts(a: SopInstance, b: SopInstance) -> list[str]:
    """Facts in which two instances of one UID differ; what an encoding changes is left out where theirs differ."""
    same_encoding = a.transfer_syntax_uid == b.transfer_syntax_uid
    names = [n for n in _OF_THE_IMAGE if getattr(a, n) != getattr(b, n)]
    if not same_encoding:
        return [n for n in names if n not in _OF_AN_ENCODING]
    if a.pixel_data_length != b.pixel_data_length and not (a.truncated or b.truncated):
        names.append("pixel_data_length")
    return names


class Duplicates:
    """Files that share a SOP Instance UID: `different` by facts or digests, `equal` by digests, `unsure` else."""

    def __init__(self, c: DiscContext) -> None:
        self.different: list[Issue] = []
        self.equal: list[Issue] = []
        self.unsure: list[Issue] = []
        for uid, group in sorted(c.same_sop_instance_uid.items()):
            first = group[0]
            names = sorted({name for other in group[1:] for name in differing_facts(first, other)})
            digests = [c.closer.digests.get(i.entry_id, "") for i in group]
            one_encoding = len({i.transfer_syntax_uid for i in group}) == 1
            if names:
                self.different.append(_issue(uid, group, "differ in " + ", ".join(names[:6])))
            elif all(digests) and len(set(digests)) == 1:
                self.equal.append(_issue(uid, group, "have the same content"))
            elif all(digests) and one_encoding:
                self.different.append(_issue(uid, group, "have the same attributes and different content"))
            else:
                self.unsure.append(_issue(uid, group, "have the same attributes; their content was not compared"))


def _issue(uid: str, group: tuple[SopInstance, ...], how: str) -> Issue:
    return issue(
        f"{len(group)} files with one SOP Instance UID {how}", paths(group), sop_instance_uid=uid, files=len(group)
    )


@rule("S07", "B", "never", "instance", "PS3.5 section 9; PS3.3 section C.12.1.1.1")
def different_images_with_one_number(c: DiscContext) -> Result:
    """What it checks: files with the same SOP Instance UID (0008,0018) whose attributes or content differ.

    Why it matters: a receiving system keeps one of them and silently drops the other.
    Reference: PS3.5 section 9 (a UID identifies one thing); PS3.3 section C.12.1.1.1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    if not c.same_sop_instance_uid:
        return passed(f"{len(c.instances)} SOP Instance UIDs are distinct.")
    found = Duplicates(c)
    if found.different:
        technical = f"{len(found.different)} SOP Instance UIDs (0008,0018) stand for different contents."
        return failed(technical, found.different[:20], count=len(found.different))
    if found.unsure:
        return blocked(
            "not_compared", f"{len(found.unsure)} repeated UIDs, content not compared.", count=len(found.unsure)
        )
    return passed(f"{len(found.equal)} SOP Instance UIDs repeat, each with the same content.")


@rule("S08", "I", "yes", "instance", "PS3.3 section F.5", says=("passed", "failed", "failed_alike"))
def the_same_image_twice(c: DiscContext) -> Result:
    """What it checks: files with the same SOP Instance UID and the same content.

    Why it matters: no harm, but counts differ and space is wasted; a copy keeps one.
    Reference: PS3.3 section F.5 (one record per instance).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    if not c.same_sop_instance_uid:
        return passed("No SOP Instance UID repeats.")
    found = Duplicates(c)
    if found.unsure:
        technical = f"{len(found.unsure)} SOP Instance UIDs repeat with the same attributes; content not compared."
        issues = (found.unsure + found.equal)[:20]
        return failed(technical, issues, text="failed_alike", severity=Severity.INFO, count=len(found.unsure))
    if found.equal:
        technical = f"{len(found.equal)} SOP Instance UIDs repeat with the same content."
        return failed(technical, found.equal[:20], count=len(found.equal))
    return passed("Repeated SOP Instance UIDs stand for different contents (S07).")


@rule("S09", "H", "never", "instance", "PS3.5 section 9.1")
def identity_number_is_invalid(c: DiscContext) -> Pausing:
    """What it checks: the form of study, series, instance and frame of reference UIDs.

    Why it matters: strict systems refuse the image; the number cannot be changed without breaking what refers to it.
    Reference: PS3.5 section 9.1 (digits and dots, 64 characters, no leading zero) and section 9 (roots).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    names = ("study_instance_uid", "series_instance_uid", "sop_instance_uid", "frame_of_reference_uid")
    verdicts: dict[str, str] = {}
    wrong: dict[str, list[str]] = {}
    files: set[str] = set()
    for at, i in enumerate(c.instances):
        if not at % PAUSE_EVERY:
            yield
        for name in names:
            uid = getattr(i, name)
            if not uid:
                if name == "frame_of_reference_uid":
                    continue
                fault = "missing"
            else:
                if uid not in verdicts:
                    verdicts[uid] = _fault(name, uid)
                fault = verdicts[uid]
            if fault:
                wrong.setdefault(f"{name}: {fault}", []).append(i.path)
                files.add(i.path)
    if not wrong:
        return passed("All UIDs are well formed.")
    issues = [issue(text, where, instances=len(where)) for text, where in sorted(wrong.items())]
    return failed(f"{len(files)} instances with invalid UIDs ({'; '.join(sorted(wrong))}).", issues, count=len(files))


def _fault(name: str, uid: str) -> str:
    """Well-known frames of reference have numbers of the Standard's own (PS3.6 Table A-2)."""
    if name == "frame_of_reference_uid" and uid.startswith("1.2.840.10008.1.4."):
        return ""
    return uids.uid_fault(uid)


@rule("S10", "H", "never", "instance", "PS3.5 section 9; PS3.3 section F.5.3")
def one_number_for_two_things(c: DiscContext) -> Pausing:
    """What it checks: one UID used for a study and a series or an instance, and one series in two studies.

    Why it matters: systems then mix what belongs apart.
    Reference: PS3.5 section 9; PS3.3 section F.5.3.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    used_as: dict[str, set[str]] = {}
    studies_of: dict[str, set[str]] = {}
    for at, i in enumerate(c.instances):
        if not at % PAUSE_EVERY:
            yield
        for kind, uid in (
            ("study", i.study_instance_uid),
            ("series", i.series_instance_uid),
            ("instance", i.sop_instance_uid),
        ):
            if uid:
                used_as.setdefault(uid, set()).add(kind)
        if i.series_instance_uid and i.study_instance_uid:
            studies_of.setdefault(i.series_instance_uid, set()).add(i.study_instance_uid)
    issues = [
        issue(f"UID {uid} is used for {' and '.join(sorted(kinds))}", uid=uid)
        for uid, kinds in sorted(used_as.items())
        if len(kinds) > 1
    ]
    issues += [
        issue(f"series {uid} lies in {len(studies)} studies", series_instance_uid=uid, studies=len(studies))
        for uid, studies in sorted(studies_of.items())
        if len(studies) > 1
    ]
    if not issues:
        return passed("No UID stands for two things.")
    return failed(f"{len(issues)} UIDs stand for two things.", issues[:20], count=len(issues))


RULES = (different_images_with_one_number, the_same_image_twice, identity_number_is_invalid, one_number_for_two_things)
