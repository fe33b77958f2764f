"""F, part three: what presentation states, key images, reports, segmentations and RT objects refer to."""

from __future__ import annotations

from scanfolio.model import SopInstance
from scanfolio.rules import uids
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Result, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule


@rule("F14", "W", "never", "instance", "PS3.3 sections C.11.11, C.17.2 and 10.8")
def references_to_what_is_not_here(c: DiscContext) -> Result:
    """What it checks: whether the images that presentation states, key image notes, reports, segmentations and RT
    objects refer to are on the disc.

    Why it matters: a mark, a measurement or an outline without its image means nothing. What it refers to may have been
    left out on purpose: an earlier examination, say.
    Reference: PS3.3 sections C.11.11 (Presentation State Relationship), C.17.2 (evidence of reports), 10.8 (SOP
    Instance Reference).
    """
    wanted = [i for i in c.instances if uids.refers_to_others(i.sop_class_uid)]
    if not wanted:
        return not_applicable("nothing_refers" if c.instances else "no_dicom")
    if not c.disc.complete:
        return blocked("stopped_early")
    here = {i.sop_instance_uid for i in c.instances}
    dangling: dict[str, list[SopInstance]] = {}
    lost: dict[str, set[str]] = {}
    looked_at = referred = 0
    for i in wanted:
        references = c.closer.references.get(i.entry_id)
        if references is None:
            continue
        looked_at += 1
        images = {uid for kind, uid in references if uids.shows(kind)}  # not studies, procedure steps and the like
        referred += len(images)
        missing = images - here
        if missing:
            name = uids.sop_class_name(i.sop_class_uid)
            dangling.setdefault(name, []).append(i)
            lost.setdefault(name, set()).update(missing)
    if not looked_at:
        return blocked("references_unread", f"{len(wanted)} objects that refer to others.", count=len(wanted))
    if not dangling:
        return passed(f"{looked_at} of {len(wanted)} objects refer to {referred} instances, all of them here.")
    issues = [
        issue(
            f"{name}: {len(group)} refer to {len(lost[name])} instances that are not here",
            paths(group),
            instances=len(group),
            missing=len(lost[name]),
            first_missing=min(lost[name]),
        )
        for name, group in sorted(dangling.items())
    ]
    count = sum(len(group) for group in dangling.values())
    gone = len(set().union(*lost.values()))
    technical = f"{count} of {looked_at} objects refer to {gone} instances that are not here."
    return failed(technical, issues[:20], count=count)


RULES = (references_to_what_is_not_here,)
