"""S, part two: what is stored about the person, and what the picture itself shows of them."""

from __future__ import annotations

from scanfolio.model import SopInstance
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Result, Severity, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule


@rule("S04", "H", "yes", "instance", "PS3.11 section D.3.3.1; PS3.3 Table F.5-1", says=("passed", "failed", "supplied"))
def patient_number_is_missing(c: DiscContext) -> Result:
    """What it checks: whether Patient ID (0010,0020) has a value in every instance.

    Why it matters: may be empty in an image (Type 2), not in the table of contents (Type 1); strict writers refuse it.
    Reference: PS3.11 section D.3.3.1; PS3.3 Table F.5-1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    empty = [i for i in c.instances if not i.patient_id.strip()]
    if not empty:
        return passed("Patient ID (0010,0020) is there in every instance.")
    found = issue("Patient ID (0010,0020) empty", paths(empty), instances=len(empty))
    if table_supplies(c, empty, "PATIENT", ("PatientID",)):
        technical = "Patient ID (0010,0020) empty in images, supplied in the PATIENT records."
        return failed(technical, [found], text="supplied", severity=Severity.INFO, count=len(empty))
    technical = "Patient ID (0010,0020) empty: allowed in an image (Type 2), not in the table of contents (Type 1)."
    return failed(technical, [found], count=len(empty), total=len(c.instances))


def table_supplies(c: DiscContext, instances: list[SopInstance], record_type: str, keywords: tuple[str, ...]) -> bool:
    """Whether the directory records of all `instances` hold what the images leave empty."""
    by_entry = {r.instance.entry_id: r for r in c.references if r.instance is not None}
    return all(
        i.entry_id in by_entry and all(by_entry[i.entry_id].key(record_type, k).strip() for k in keywords)
        for i in instances
    )


@rule(
    "S05", "H", "never", "instance", "PS3.3 section C.7.1.1; PS3.15 Annex E", says=("passed", "failed", "no_birth_date")
)
def nobody_is_named(c: DiscContext) -> Result:
    """What it checks: instances with no name, or one that stands for a removed name; Patient Identity Removed = YES.

    Why it matters: a hospital cannot match such images to a person, and refuses or misfiles them.
    Reference: PS3.3 section C.7.1.1; PS3.15 Annex E, (0012,0062).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    nameless = [i for identity in c.identities if identity.nameless for i in identity.instances]
    removed = [i for i in c.instances if i.patient_identity_removed.upper() == "YES"]
    undated = [
        i for identity in c.identities if not identity.birth_date and not identity.nameless for i in identity.instances
    ]
    issues = []
    if nameless:
        issues.append(
            issue("Patient's Name (0010,0010) empty or a placeholder", paths(nameless), instances=len(nameless))
        )
    if removed:
        issues.append(issue("Patient Identity Removed (0012,0062) is YES", paths(removed), instances=len(removed)))
    if undated:
        issues.append(issue("Patient's Birth Date (0010,0030) empty", paths(undated), instances=len(undated)))
    count = len({i.entry_id for i in (*nameless, *removed, *undated)})
    if not issues:
        return passed("Every instance has a name and a birth date.")
    technical = f"{count} of {len(c.instances)} instances without Patient's Name (0010,0010) or Birth Date (0010,0030)."
    if nameless or removed:
        return failed(technical, issues, count=count, total=len(c.instances))
    return failed(technical, issues, text="no_birth_date", severity=Severity.WARN, count=count, total=len(c.instances))


@rule(
    "S06",
    "H",
    "ask",
    "instance",
    "PS3.5 section 6.1.2; PS3.3 section C.12.1.1.2",
    says=("passed", "failed", "failed_hint"),
)
def names_may_look_wrong(c: DiscContext) -> Result:
    """What it checks: text that the Specific Character Set the file declares does not explain, and what it looks like.

    Why it matters: names with accents or in other scripts turn into wrong letters, and then match nobody.
    Reference: PS3.5 section 6.1.2; PS3.3 section C.12.1.1.2, (0008,0005).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong = [i for i in c.instances if i.undecodable_text or i.text_hint]
    if not wrong:
        return passed("All text decodes by its Specific Character Set (0008,0005).")
    declared = sorted({"\\".join(i.specific_character_set) or "none" for i in wrong})
    found = issue(f"declared: {', '.join(declared[:5])}", paths(wrong), instances=len(wrong))
    technical = f"{len(wrong)} instances hold text that (0008,0005) does not explain."
    hints = sorted({i.text_hint for i in wrong if i.text_hint})
    if not hints:
        return failed(technical, [found], count=len(wrong))
    issues = [found]
    for hint in hints[:5]:
        group = [i for i in wrong if i.text_hint == hint]
        issues.append(issue(f"looks like {hint}", paths(group), instances=len(group), looks_like=hint))
    technical += f" It looks like {', '.join(hints[:5])}; shown so far as declared, never changed."
    return failed(technical, issues, text="failed_hint", count=len(wrong), hint=hints[0])


@rule(
    "S11", "I", "never", "instance", "PS3.3 section C.7.6.1; PS3.15 section E.3.1", says=("passed", "failed", "maybe")
)
def writing_in_the_picture(c: DiscContext) -> Result:
    """What it checks: Burned In Annotation (0028,0301) = YES; else kinds of pictures that often carry writing.

    Why it matters: a name in the picture itself stays there, whatever is removed elsewhere.
    Reference: PS3.3 section C.7.6.1, (0028,0301); PS3.15 section E.3.1.
    """
    if not c.images:
        return not_applicable("no_images")
    sure = [i for i in c.images if i.burned_in_annotation.strip().upper() == "YES"]
    if sure:
        found = issue("Burned In Annotation (0028,0301) is YES", paths(sure), instances=len(sure))
        return failed(f"{len(sure)} images say YES.", [found], count=len(sure))
    often = [i for i in c.images if i.modality in ("US", "OT", "XC", "ES", "IVUS") and not i.burned_in_annotation]
    if often:
        found = issue(
            "kind of picture that often carries writing; (0028,0301) absent", paths(often), instances=len(often)
        )
        return failed(
            f"{len(often)} images of kinds that often carry writing.", [found], text="maybe", count=len(often)
        )
    return passed("No image says YES, and no kind of picture that often carries writing is silent about it.")


PAIRED_PARTS = frozenset(
    [
        "ANKLE",
        "ARM",
        "AXILLA",
        "BREAST",
        "CALCANEUS",
        "CALF",
        "CLAVICLE",
        "EAR",
        "ELBOW",
        "EYE",
        "FEMUR",
        "FINGER",
        "FOOT",
        "FOREARM",
        "HAND",
        "HIP",
        "HUMERUS",
        "KIDNEY",
        "KNEE",
        "LEG",
        "LOWERLEG",
        "ORBIT",
        "PATELLA",
        "RADIUS",
        "SCAPULA",
        "SHOULDER",
        "THIGH",
        "THUMB",
        "TIBIA",
        "TIBIAFIBULA",
        "TOE",
        "ULNA",
        "ULNARADIUS",
        "UPPERARM",
        "WRIST",
        "ZYGOMA",
    ]
)
"""Terms of Body Part Examined (0018,0015) that name one of two (PS3.16 Annex L)."""


@rule("S12", "W", "never", "instance", "PS3.3 sections C.7.3.1 and C.8.11.7.1", says=("passed", "failed", "unknown"))
def side_is_not_marked(c: DiscContext) -> Result:
    """What it checks: Laterality or Image Laterality where the body part named is one of two, and in mammograms.

    Why it matters: left and right must never be a matter of memory.
    Reference: PS3.3 sections C.7.3.1, (0020,0060), and C.8.11.7.1, (0020,0062).
    """
    if not c.images:
        return not_applicable("no_images")
    paired = [i for i in c.images if i.body_part_examined.upper() in PAIRED_PARTS or i.modality == "MG"]
    if not paired:
        return not_applicable("no_paired_part")
    unmarked = [i for i in paired if not i.laterality]
    if unmarked:
        found = issue("Laterality (0020,0060) and Image Laterality (0020,0062) empty", paths(unmarked))
        technical = f"{len(unmarked)} of {len(paired)} images of a paired part without Laterality."
        return failed(technical, [found], count=len(unmarked), total=len(paired))
    odd = [i for i in paired if i.laterality not in ("L", "R", "B", "U")]
    if odd:
        found = issue(f"Laterality is {odd[0].laterality!r}", paths(odd))
        technical = f"Laterality of {len(odd)} images is none of L, R, B, U."
        return failed(technical, [found], text="unknown", count=len(odd), total=len(paired))
    return passed(f"{len(paired)} images of a paired part carry L, R, B or U.")


RULES = (patient_number_is_missing, nobody_is_named, names_may_look_wrong, writing_in_the_picture, side_is_not_marked)
