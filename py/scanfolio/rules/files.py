"""F: how the DICOM files are written."""

from __future__ import annotations

from collections.abc import Iterable

from scanfolio.model import SopInstance
from scanfolio.rules import uids
from scanfolio.rules.context import DiscContext, paths
from scanfolio.rules.outcome import Issue, Result, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule


def _by_syntax(instances: Iterable[SopInstance]) -> dict[str, list[SopInstance]]:
    """Transfer syntax UID -> instances, in the order of the UIDs."""
    found: dict[str, list[SopInstance]] = {}
    for instance in instances:
        found.setdefault(instance.transfer_syntax_uid, []).append(instance)
    return dict(sorted(found.items()))


def _syntax_issues(instances: list[SopInstance]) -> list[Issue]:
    return [
        issue(
            f"(0002,0010) {uid or 'absent'} ({uids.name_of(uid)}): {len(group)} instances",
            paths(group),
            transfer_syntax_uid=uid,
            instances=len(group),
        )
        for uid, group in _by_syntax(instances).items()
    ]


def _syntax_names(instances: list[SopInstance]) -> str:
    return ", ".join(f"{uid} ({uids.name_of(uid)})" for uid in _by_syntax(instances))


@rule("F01", "H", "yes", "instance", "PS3.10 section 7.1")
def standard_header_is_missing(c: DiscContext) -> Result:
    """What it checks: the 128-byte preamble, the letters DICM and the File Meta Information at the start of every file.

    Why it matters: without them most programs do not take the file for DICOM.
    Reference: PS3.10 section 7.1 and Table 7.1-1.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    bare = [i for i in c.instances if not i.has_file_meta or i.preamble == "none"]
    inside = [i for i in c.instances if i.entry_id in c.inside_other_files]
    count = len({i.entry_id for i in (*bare, *inside)})
    if not count:
        return passed(f"{len(c.instances)} instances have preamble, DICM and File Meta Information.")
    issues = []
    if bare:
        text = f"{len(bare)} instances without preamble, DICM or group 0002"
        issues.append(issue(text, paths(bare), instances=len(bare)))
    if inside:
        text = f"{len(inside)} instances packed with gzip, or behind bytes that are not DICOM"
        issues.append(issue(text, paths(inside), instances=len(inside)))
    technical = f"{count} of {len(c.instances)} instances have no preamble, DICM prefix or File Meta Information"
    technical += " at the start of their file."
    return failed(technical, issues, count=count, total=len(c.instances))


@rule("F02", "H", "yes", "instance", "PS3.10 Table 7.1-1")
def header_has_mistakes(c: DiscContext) -> Result:
    """What it checks: the File Meta Information: Type 1 elements, group length, Explicit VR Little Endian.

    Why it matters: strict readers stop at the first mistake in the header.
    Reference: PS3.10 section 7.1 and Table 7.1-1.
    """
    with_meta = [i for i in c.instances if i.has_file_meta]
    if not with_meta:
        return not_applicable("no_dicom" if not c.instances else "no_file_meta")
    faults: dict[str, list[SopInstance]] = {}
    for instance in with_meta:
        for fault in header_faults(instance):
            faults.setdefault(fault, []).append(instance)
    if not faults:
        return passed(f"{len(with_meta)} headers are well formed.")
    count = len({i.entry_id for group in faults.values() for i in group})
    issues = [issue(fault, paths(group), instances=len(group)) for fault, group in sorted(faults.items())]
    return failed(f"{count} of {len(with_meta)} headers have faults.", issues[:20], count=count, total=len(with_meta))


def header_faults(i: SopInstance) -> list[str]:
    """Faults of group 0002 itself, and the reader's doubt whether the transfer syntax it names is true."""
    return [*i.meta_faults, *(note for note in i.notes if note.startswith("the transfer syntax says"))]


@rule("F03", "H", "yes", "instance", "PS3.10 section 7.1")
def header_and_contents_disagree(c: DiscContext) -> Result:
    """What it checks: Media Storage SOP Class and Instance UID in the header against those of the data set.

    Why it matters: systems that trust the header file the image as something it is not.
    Reference: PS3.10 section 7.1: (0002,0002) and (0002,0003) equal (0008,0016) and (0008,0018).
    """
    with_meta = [i for i in c.instances if i.has_file_meta]
    if not with_meta:
        return not_applicable("no_dicom" if not c.instances else "no_file_meta")
    pairs = (
        ("(0002,0002) and (0008,0016), SOP Class UID", "media_storage_sop_class_uid", "sop_class_uid"),
        ("(0002,0003) and (0008,0018), SOP Instance UID", "media_storage_sop_instance_uid", "sop_instance_uid"),
    )
    issues: list[Issue] = []
    wrong: set[str] = set()
    for name, in_meta, in_data_set in pairs:
        group = [
            i
            for i in with_meta
            if getattr(i, in_meta) and getattr(i, in_data_set) and getattr(i, in_meta) != getattr(i, in_data_set)
        ]
        if group:
            issues.append(issue(f"{name} differ", paths(group), instances=len(group)))
            wrong.update(i.path for i in group)
    if not issues:
        return passed(f"{len(with_meta)} headers agree with their data sets.")
    return failed(f"{len(wrong)} headers disagree with their data sets.", issues, count=len(wrong))


@rule("F04", "H", "yes", "instance", "PS3.11 Table D.3-1; PS3.5 section 10")
def form_not_allowed_on_discs(c: DiscContext) -> Result:
    """What it checks: uncompressed instances written as Implicit VR, Big Endian or deflated.

    Why it matters: general purpose discs hold Explicit VR Little Endian, the one form every reader must know.
    Reference: PS3.11 Table D.3-1; PS3.5 section 10 and Annex A.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    wrong = [i for i in c.instances if i.transfer_syntax_uid in uids.NOT_FOR_DISCS]
    if not wrong:
        return passed("No instance is written as Implicit VR, Big Endian or deflated.")
    technical = f"Transfer syntax {_syntax_names(wrong)}. General purpose discs hold Explicit VR Little Endian only."
    return failed(technical, _syntax_issues(wrong), count=len(wrong), total=len(c.instances))


@rule("F05", "H", "yes", "instance", "PS3.11 Tables D.3-1 and H.3-1; PS3.5 section A.4")
def images_are_compressed(c: DiscContext) -> Result:
    """What it checks: instances in JPEG, JPEG-LS, JPEG 2000, HTJ2K, JPEG XL or RLE.

    Why it matters: only Explicit VR Little Endian must be read by every general purpose reader.
    Reference: PS3.11 Tables D.3-1 and H.3-1; PS3.5 section A.4.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    compressed = [i for i in c.instances if uids.is_compressed(i.transfer_syntax_uid)]
    if not compressed:
        return passed("No instance is compressed.")
    technical = (
        f"Transfer syntax {_syntax_names(compressed)}. "
        "Only Explicit VR Little Endian must be read by every general purpose reader."
    )
    return failed(technical, _syntax_issues(compressed), count=len(compressed), total=len(c.instances))


@rule("F06", "W", "never", "instance", "PS3.3 section C.7.6.1.1.5")
def detail_was_lost(c: DiscContext) -> Result:
    """What it checks: lossy transfer syntaxes, and Lossy Image Compression (0028,2110) = 01 from an earlier one.

    Why it matters: fine detail is gone, and whoever reads the images must know; the mark stays in every copy.
    Reference: PS3.3 section C.7.6.1.1.5 (once 01, always 01).
    """
    if not c.images:
        return not_applicable("no_images")
    lossy = [i for i in c.images if i.lossy_image_compression == "01" or uids.is_always_lossy(i.transfer_syntax_uid)]
    if not lossy:
        return passed(f"{len(c.images)} images: none marked or encoded as lossy.")
    issues = []
    unmarked = [i for i in lossy if i.lossy_image_compression != "01"]
    marked = [i for i in lossy if i.lossy_image_compression == "01"]
    if marked:
        ratios = sorted({i.lossy_image_compression_ratio for i in marked if i.lossy_image_compression_ratio})
        issues.append(issue("(0028,2110) is 01", paths(marked), instances=len(marked), ratio=", ".join(ratios[:5])))
    if unmarked:
        text = f"lossy transfer syntax {_syntax_names(unmarked)}, but (0028,2110) is not 01"
        issues.append(issue(text, paths(unmarked), instances=len(unmarked)))
    return failed(f"{len(lossy)} of {len(c.images)} images are lossy.", issues, count=len(lossy), total=len(c.images))


@rule("F07", "H", "never", "instance", "PS3.5 section 10 and Annex A")
def cannot_be_decoded_here(c: DiscContext) -> Result:
    """What it checks: whether a decoder for each transfer syntax in use is at hand.

    Why it matters: what cannot be decoded can be neither shown nor converted here; it is kept in its own form.
    Reference: PS3.5 section 10 and Annex A.
    """
    with_pixels = [i for i in c.instances if i.pixel_keyword]
    if not with_pixels:
        return not_applicable("no_images" if c.instances else "no_dicom")
    answers = {uid: c.decodable(uid) for uid in _by_syntax(with_pixels)}
    wrong = [i for i in with_pixels if not answers[i.transfer_syntax_uid] and not uids.is_video(i.transfer_syntax_uid)]
    if not wrong:
        return passed(f"A decoder is here for all of: {_syntax_names(with_pixels)}.")
    return failed(f"No decoder for {_syntax_names(wrong)}.", _syntax_issues(wrong), count=len(wrong))


@rule("F08", "W", "never", "instance", "PS3.11 Annexes I and N; PS3.5 section A.4")
def films(c: DiscContext) -> Result:
    """What it checks: instances in a video transfer syntax (MPEG2, MPEG-4, HEVC).

    Why it matters: many systems for images do not play films.
    Reference: PS3.5 sections A.4.5 to A.4.9; PS3.11 Annexes I and N.
    """
    if not c.instances:
        return not_applicable("no_dicom")
    found = [i for i in c.instances if uids.is_video(i.transfer_syntax_uid)]
    if not found:
        return passed("No video transfer syntax.")
    return failed(f"Transfer syntax {_syntax_names(found)}.", _syntax_issues(found), count=len(found))


@rule("F12", "H", "never", "instance", "PS3.4 section B.5; PS3.5 section 9")
def maker_specific_kind(c: DiscContext) -> Result:
    """What it checks: SOP Classes and transfer syntaxes that are not the Standard's own.

    Why it matters: other makers' systems do not know them and leave such files out.
    Reference: PS3.4 section B.5 (Standard SOP Classes); PS3.5 section 9 (private UIDs).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    found: dict[str, list[SopInstance]] = {}
    for i in c.instances:
        for name, uid in (("SOP Class", i.sop_class_uid), ("transfer syntax", i.transfer_syntax_uid)):
            if uids.is_private(uid) and uid not in uids.NOT_FOR_DISCS:
                found.setdefault(f"private {name} {uid}", []).append(i)
    if not found:
        return passed("All SOP Classes and transfer syntaxes are the Standard's.")
    count = len({i.path for group in found.values() for i in group})
    issues = [issue(name, paths(group), instances=len(group)) for name, group in sorted(found.items())]
    return failed(f"{count} instances: {', '.join(sorted(found))}.", issues, count=count)


@rule("F13", "I", "never", "instance", "PS3.3 sections A.35 and F.5", says=("passed", "failed", "failed_dose"))
def reports_and_documents(c: DiscContext) -> Result:
    """What it checks: structured reports and encapsulated documents among the instances.

    Why it matters: they belong to the examination and are copied with the images; some systems take images only.
    Reference: PS3.3 sections A.35 (SR) and A.45 (encapsulated documents), F.5 (their directory records).
    """
    if not c.instances:
        return not_applicable("no_dicom")
    reports = [i for i in c.instances if uids.shows(i.sop_class_uid) == "report"]
    documents = [i for i in c.instances if uids.shows(i.sop_class_uid) == "document"]
    if not reports and not documents:
        return passed("No structured report, no encapsulated document.")
    issues = []
    if reports:
        issues.append(issue(f"{len(reports)} structured reports (SR)", paths(reports), instances=len(reports)))
    if documents:
        names = ", ".join(sorted({uids.sop_class_name(i.sop_class_uid) for i in documents}))
        issues.append(issue(f"{len(documents)} documents: {names}", paths(documents), instances=len(documents)))
    only_dose = not documents and all(i.sop_class_uid == uids.DOSE_REPORT for i in reports)
    technical = f"{len(reports)} SR documents, {len(documents)} encapsulated documents."
    text = "failed_dose" if only_dose else "failed"
    return failed(technical, issues, text=text, count=len(reports) + len(documents))


RULES = (
    standard_header_is_missing,
    header_has_mistakes,
    header_and_contents_disagree,
    form_not_allowed_on_discs,
    images_are_compressed,
    detail_was_lost,
    cannot_be_decoded_here,
    films,
    maker_specific_kind,
    reports_and_documents,
)
