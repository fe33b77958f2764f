"""F, part two: files that are cut off, and values that are not what they should be."""

from __future__ import annotations

from scanfolio.model import SopInstance
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Result, blocked, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule


def expected_pixel_bytes(i: SopInstance) -> int | None:
    """Bytes of native pixel data by PS3.5 8.1.1, before padding to an even number; None where the facts do not say."""
    if not i.rows or not i.columns or not i.bits_allocated or i.encapsulated or i.pixel_data_length is None:
        return None
    samples = i.samples_per_pixel or 1
    per_pixel_bits = i.bits_allocated * samples
    if i.photometric_interpretation in ("YBR_FULL_422", "YBR_PARTIAL_422") and samples == 3:
        per_pixel_bits = i.bits_allocated * 2
    elif i.photometric_interpretation == "YBR_PARTIAL_420" and samples == 3:
        per_pixel_bits = i.bits_allocated * 3 // 2
    bits = i.rows * i.columns * per_pixel_bits * max(i.number_of_frames, 1)
    return (bits + 7) // 8


def cut_off(i: SopInstance) -> str:
    """A technical phrase for what is missing at the end of this file; "" when nothing is known to be."""
    if i.truncated:
        return i.truncated
    expected = expected_pixel_bytes(i)
    if expected is not None and i.pixel_data_length is not None:
        if i.pixel_data_length < expected:
            return f"pixel data has {i.pixel_data_length} of {expected} bytes"
        if i.pixel_data_offset is not None and i.transfer_syntax_uid != "1.2.840.10008.1.2.1.99":
            here = i.size - i.pixel_data_offset
            if here < expected:
                return f"the file ends after {max(here, 0)} of {expected} bytes of pixel data"
    return ""


@rule("F09", "B", "never", "instance", "PS3.5 section 8 and section A.4")
def files_that_are_cut_off(c: DiscContext) -> Result:
    """What it checks: whether pixel data are as long as rows, columns, bits and frames ask for; every item closed.

    Why it matters: the end of the image is missing, and no program can bring it back.
    Reference: PS3.5 sections 8.1.1 and A.4.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong = [(i, fault) for i in c.instances if (fault := cut_off(i))]
    if not wrong:
        return passed(f"{len(c.instances)} instances reach their end.")
    issues = [issue(fault, [i.path], bytes=i.size) for i, fault in wrong[:20]]
    if len(wrong) > len(issues):
        rest = [i for i, _ in wrong[len(issues) :]]
        issues.append(issue(f"{len(rest)} more files", paths(rest), instances=len(rest)))
    technical = f"{len(wrong)} of {len(c.instances)} instances end before their data do."
    return failed(technical, issues, count=len(wrong), total=len(c.instances))


@rule("F11", "W", "never", "instance", "PS3.5 section 6.2")
def values_in_a_wrong_format(c: DiscContext) -> Result:
    """What it checks: values of the attributes looked at that cannot be read by their Value Representation.

    Why it matters: other systems may show something else, or refuse the file.
    Reference: PS3.5 section 6.2 and Table 6.2-1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong: dict[str, list[SopInstance]] = {}
    for i in c.instances:
        for note in i.notes:
            if note.startswith("("):
                wrong.setdefault(note, []).append(i)
    if not wrong:
        return passed("All values looked at fit their Value Representation.")
    count = len({i.entry_id for group in wrong.values() for i in group})
    issues = [issue(note, paths(group), instances=len(group)) for note, group in sorted(wrong.items())]
    return failed(f"{count} instances hold values in a wrong format.", issues[:20], count=count)


@rule("F10", "W", "yes", "instance", "PS3.10 section 7.2; PS3.5 sections 7.1.1 and 8", says=("passed", "failed", "odd"))
def extra_bytes(c: DiscContext) -> Result:
    """What it checks: bytes behind the last element of a data set, and values of an odd length.

    Why it matters: what lies behind the end belongs to nothing; strict readers take it, or an odd length, for damage.
    Data Set Trailing Padding (FFFC,FFFC) and other elements behind the pixel data are allowed.
    Reference: PS3.10 section 7.2 (Data Set Trailing Padding); PS3.5 sections 7.1.1 (even Value Length) and 8.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    behind = [i for i in c.instances if i.trailing_bytes]
    unread = [i for i in behind if i.entry_id not in c.closer.trailing]
    junk = [i for i in behind if c.closer.trailing.get(i.entry_id, 0)]
    odd: dict[str, list[SopInstance]] = {}
    for i in c.instances:
        if i.layout is not None and i.layout.odd:
            for tag in sorted(i.layout.odd):
                odd.setdefault(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) has an odd length", []).append(i)
        if (i.pixel_data_length or 0) % 2:
            odd.setdefault("the pixel data has an odd length", []).append(i)
    issues = [issue(text, paths(group), instances=len(group)) for text, group in sorted(odd.items())][:19]
    if junk:
        most = max(c.closer.trailing[i.entry_id] for i in junk)
        text = f"up to {most} bytes behind the data set that are no element"
        issues.insert(0, issue(text, paths(junk), instances=len(junk)))
    if issues:
        count = len({i.entry_id for i in (*junk, *(i for group in odd.values() for i in group))})
        technical = f"{count} instances: {'; '.join(found.message for found in issues[:4])}."
        return failed(technical, issues, text="failed" if junk else "odd", count=count)
    if unread:
        return blocked("end_not_read", f"{len(unread)} files with something behind the pixel data.", count=len(unread))
    return passed(f"{len(c.instances)} instances end with an element, none of an odd length.")


RULES = (files_that_are_cut_off, values_in_a_wrong_format, extra_bytes)
