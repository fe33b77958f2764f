"""A: what stands inside the images, part one: geometry and pixels."""

from __future__ import annotations

from collections.abc import Callable

from scanfolio.model import SopInstance
from scanfolio.rules import uids
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, Severity, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule
from scanfolio.rules.stacks import Gap, gaps_in, needs_image_plane


@rule("A06", "H", "never", "instance", "PS3.3 section C.7.6.2")
def slice_position_is_missing(c: DiscContext) -> Result:
    """What it checks: position, orientation, pixel spacing and frame of reference of CT, MR and PET images.

    Why it matters: without them 3-D views, measurements and lines on overview images do not work anywhere.
    Reference: PS3.3 sections C.7.6.2 (Image Plane) and C.7.4.1 (Frame of Reference).
    """
    wanted = [i for i in c.images if needs_image_plane(i)]
    if not wanted:
        return not_applicable("no_slices" if c.instances else "no_dicom")
    checks: tuple[tuple[str, Callable[[SopInstance], bool]], ...] = (
        ("Image Position (Patient) (0020,0032)", lambda i: i.image_position_mm is None),
        ("Image Orientation (Patient) (0020,0037)", lambda i: i.image_orientation is None),
        ("Pixel Spacing (0028,0030)", lambda i: i.pixel_spacing_mm is None),
        ("Frame of Reference UID (0020,0052)", lambda i: not i.frame_of_reference_uid),
    )
    issues: list[Issue] = []
    wrong: set[int] = set()
    for name, is_missing in checks:
        group = [i for i in wanted if is_missing(i)]
        if group:
            issues.append(issue(f"{name} missing", paths(group), instances=len(group)))
            wrong.update(i.entry_id for i in group)
    if not issues:
        return passed(
            f"{len(wanted)} CT, MR or PET images carry position, orientation, spacing and frame of reference."
        )
    technical = f"{len(wrong)} of {len(wanted)} images: {', '.join(i.message for i in issues)}."
    return failed(technical, issues, count=len(wrong), total=len(wanted))


@rule("A07", "H", "never", "series", "PS3.3 section C.7.6.2.1.1", says=("passed", "failed", "question"))
def a_slice_seems_to_be_missing(c: DiscContext) -> Result:
    """What it checks: distances between neighbouring slices of stacks of five or more whose spacing is otherwise even.

    Why it matters: what was in the missing slice, nobody sees. Without a jump in the instance numbers at the same place
    it may have been planned that way, and is only worth knowing.
    Reference: PS3.3 section C.7.6.2.1.1 (Image Position); C.7.6.1 (Instance Number).
    """
    if not any(needs_image_plane(i) for i in c.images):
        return not_applicable("no_slices" if c.instances else "no_dicom")
    if not c.disc.complete:
        return blocked("stopped_early")
    looked_at, gaps = gaps_in(c.images)
    if not gaps:
        return passed(f"No gap in {looked_at} stacks of slices.")
    issues = [_gap_issue(gap) for gap in gaps[:20]]
    missing = sum(gap.missing for gap in gaps)
    technical = f"{len(gaps)} gaps of a whole number of slices, {missing} slices in all."
    if any(gap.numbers_jump for gap in gaps):
        return failed(technical, issues, count=missing)
    return failed(technical, issues, text="question", severity=Severity.WARN, count=missing)


def _gap_issue(gap: Gap) -> Issue:
    a, b = gap.before, gap.after
    numbers = f"instances {a.instance_number} and {b.instance_number}"
    agree = "instance numbers jump as well" if gap.numbers_jump else "instance numbers do not jump"
    return issue(
        f"series {a.series_number or ''}: room for {gap.missing} slices between {numbers}; {agree}",
        [a.path, b.path],
        missing=gap.missing,
        spacing_mm=f"{gap.spacing_mm:.3f}",
        series_instance_uid=a.series_instance_uid,
        series_description=a.series_description,
    )


def pixel_faults(i: SopInstance) -> list[str]:
    """Technical phrases for Image Pixel attributes that contradict each other (PS3.3 C.7.6.3, PS3.5 8.1.1)."""
    faults = []
    if not i.rows or not i.columns:
        return ["Rows (0028,0010) or Columns (0028,0011) missing or 0"]
    if i.pixel_keyword != "PixelData":
        return []
    allocated, stored, high, samples = (i.bits_allocated, i.bits_stored, i.high_bit, i.samples_per_pixel)
    if allocated is None or (allocated != 1 and (allocated % 8 or not 8 <= allocated <= 64)):
        faults.append(f"Bits Allocated (0028,0100) is {_or_absent(allocated)}")
    elif stored is None or not 1 <= stored <= allocated:
        faults.append(f"Bits Stored (0028,0101) is {_or_absent(stored)} with Bits Allocated {allocated}")
    elif high is not None and not stored - 1 <= high < allocated:
        faults.append(f"High Bit (0028,0102) is {high} with Bits Stored {stored} and Bits Allocated {allocated}")
    photometric = i.photometric_interpretation
    if not photometric:
        faults.append("Photometric Interpretation (0028,0004) missing")
    expected = 1 if photometric.startswith(("MONOCHROME", "PALETTE")) else 3 if photometric in _THREE_SAMPLES else None
    if expected is not None and samples != expected:
        faults.append(f"Samples per Pixel (0028,0002) is {_or_absent(samples)} with {photometric}")
    if samples == 3 and i.planar_configuration not in (None, 0, 1):
        faults.append(f"Planar Configuration (0028,0006) is {i.planar_configuration}")
    if i.pixel_representation not in (0, 1):
        faults.append(f"Pixel Representation (0028,0103) is {_or_absent(i.pixel_representation)}")
    if photometric == "PALETTE COLOR" and not i.has_palette:
        faults.append("PALETTE COLOR without a palette")
    return faults


_THREE_SAMPLES = frozenset(
    ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT", "HSV"]
)


def _or_absent(value: int | None) -> str:
    return "absent" if value is None else str(value)


@rule("A08", "B", "never", "instance", "PS3.3 section C.7.6.3; PS3.5 section 8.1.1")
def image_numbers_do_not_fit(c: DiscContext) -> Result:
    """What it checks: rows, columns, bits, samples, photometric interpretation and planar configuration together.

    Why it matters: the picture cannot be shown, or shows something else in each program.
    Reference: PS3.3 section C.7.6.3 (Image Pixel); PS3.5 section 8.1.1.
    """
    wanted = [i for i in c.instances if i.pixel_keyword]
    if not wanted:
        return not_applicable("no_images" if c.instances else "no_dicom")
    wrong: dict[str, list[SopInstance]] = {}
    files: set[int] = set()
    for i in wanted:
        for fault in pixel_faults(i):
            wrong.setdefault(fault, []).append(i)
            files.add(i.entry_id)
    if not wrong:
        return passed(f"{len(wanted)} images are consistent.")
    issues = [issue(fault, paths(group), instances=len(group)) for fault, group in sorted(wrong.items())]
    technical = f"{len(files)} of {len(wanted)} images: {'; '.join(sorted(wrong)[:4])}."
    return failed(technical, issues[:20], count=len(files), total=len(wanted))


@rule("A09", "W", "never", "instance", "PS3.3 sections 10.7, C.7.6.2 and C.8.5.5")
def sizes_may_be_wrong(c: DiscContext) -> Result:
    """What it checks: projections and ultrasound pictures that carry no size of a pixel or region at all.

    Why it matters: lengths measured on such an image are not real lengths.
    Reference: PS3.3 section 10.7 (basic pixel spacing calibration), C.8.5.5 (US regions).
    """
    wanted = [i for i in c.images if i.sop_class_uid in uids.PROJECTION or i.sop_class_uid in uids.ULTRASOUND]
    if not wanted:
        return not_applicable("no_projections" if c.instances else "no_dicom")
    unscaled = [i for i in wanted if not (i.pixel_spacing_mm or i.imager_pixel_spacing_mm or i.has_ultrasound_regions)]
    if not unscaled:
        return passed(f"{len(wanted)} projections or ultrasound pictures carry a scale.")
    text = "no Pixel Spacing (0028,0030), Imager Pixel Spacing (0018,1164) or US regions (0018,6011)"
    found = issue(text, paths(unscaled), instances=len(unscaled))
    return failed(f"{len(unscaled)} of {len(wanted)} pictures have {text}.", [found], count=len(unscaled))


RULES = (slice_position_is_missing, a_slice_seems_to_be_missing, image_numbers_do_not_fit, sizes_may_be_wrong)
