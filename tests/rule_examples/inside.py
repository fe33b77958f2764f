"""A: examples of the rules about what stands inside the images."""

from __future__ import annotations

from facts import (
    CR,
    CT,
    DOSE_SR,
    MR,
    US,
    blank,
    clean_disc,
    full_layout,
    lacking,
    make_dicomdir,
    make_disc,
    make_document,
    make_file,
)
from facts import make_instance as one
from facts import make_series as series
from rule_examples.case import Case, does_not_apply, fails, is_blocked, passes
from rule_examples.disc import ONLY_TEXT
from scanfolio.model import Disc, Kind, Layout

NO_DICOM = does_not_apply("a letter", ONLY_TEXT, "no_dicom", also="V02")
NO_SLICES = does_not_apply("an ultrasound", clean_disc(series(sop_class_uid=US, modality="US")), "no_slices")
ONLY_A_REPORT = does_not_apply("a report alone", clean_disc([make_document()]), "no_images")


def of(**changes: object) -> Disc:
    return clean_disc(series(**changes))


def loose(**changes: object) -> Disc:
    return make_disc(series(**changes))


def with_layout(layout: Layout, **changes: object) -> Disc:
    return of(layout=layout, **changes)


CT_LAYOUT, SR_LAYOUT = full_layout(CT), full_layout(DOSE_SR)
PATIENT_NAME, STUDY_DATE = 0x00100010, 0x00080020


def at(*positions: float, numbers: list[int] | None = None, **changes: object) -> Disc:
    """A stack with slices at these positions in mm."""
    numbered = zip(numbers or range(1, len(positions) + 1), positions, strict=True)
    return clean_disc([one(n, image_position_mm=(-180.0, -180.0, z), **changes) for n, z in numbered])


def supplied(keys: dict[str, str], **changes: object) -> Disc:
    slices = series(**changes)
    return make_disc(slices, [make_file("README.TXT", Kind.DOCUMENT)], [make_dicomdir(slices, keys=keys)])


CR_PLATE = {
    "sop_class_uid": CR,
    "modality": "CR",
    "pixel_spacing_mm": None,
    "image_position_mm": None,
    "image_orientation": None,
}
DIRECTIONS = [(1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)]
LOCALIZERS = [
    one(n, 5, image_orientation=direction, image_position_mm=(0.0, 0.0, float(n)), sop_class_uid=MR, modality="MR")
    for n, direction in enumerate(DIRECTIONS * 3, 1)
]

EXAMPLES: dict[str, list[Case]] = {
    "A03": [
        passes("there", clean_disc()),
        fails("no Study ID", loose(study_id=""), also="D01"),
        fails("no date", loose(study_date=""), also="D01"),
        fails("no time, in the table neither", supplied({"STUDY.StudyTime": ""}, study_time=""), also="D09"),
        fails("the table supplies it", supplied({}, study_id=""), "supplied", "I"),
        NO_DICOM,
    ],
    "A04": [
        passes("there", clean_disc()),
        passes("one number, two echoes", clean_disc([one(1, echo_number=1), one(2, instance_number=1, echo_number=2)])),
        fails("no instance numbers", loose(instance_number=None), also="D01"),
        fails("no series number", loose(series_number=None), also="D01"),
        fails("the table supplies it", supplied({}, series_number=None), "supplied", "I"),
        fails(
            "one number twice",
            clean_disc([one(1), one(2, instance_number=1, image_position_mm=one(1).image_position_mm)]),
            "repeated",
            "W",
        ),
        NO_DICOM,
    ],
    "A05": [
        passes("CT", clean_disc()),
        fails("missing", loose(modality=""), also="D01"),
        fails("not a term", of(modality="SCAN"), "unknown", "W"),
        NO_DICOM,
    ],
    "A06": [
        passes("all there", clean_disc()),
        fails("no position", of(image_position_mm=None)),
        fails("no orientation", of(image_orientation=None)),
        fails("no pixel spacing", of(pixel_spacing_mm=None, sop_class_uid=MR, modality="MR")),
        fails("no frame of reference", of(frame_of_reference_uid="")),
        NO_SLICES,
        NO_DICOM,
    ],
    "A07": [
        passes("no gap", clean_disc()),
        passes("a stack of four", at(1, 2, 4, 5)),
        passes("uneven spacing", at(0, 1, 2.4, 3.1, 5.3, 6.6, 9.9)),
        passes("thick above, thin below", at(0, 5, 10, 15, 20, 30, 40, 50, 60)),
        passes("three directions", clean_disc(LOCALIZERS)),
        passes("two slabs far apart", at(0, 1, 2, 3, 4, 5, 60, 61, 62, 63, 64)),
        passes("phases of time at the same places", at(*[z for z in range(6) for _ in range(4)])),
        passes(
            "two acquisitions in one series",
            clean_disc(
                [
                    *(one(n, acquisition_number=1) for n in range(1, 7)),
                    *(
                        one(n, acquisition_number=2, image_position_mm=(-180.0, -180.0, n + 30.0))
                        for n in range(11, 17)
                    ),
                ]
            ),
        ),
        passes(
            "a second acquisition fills the gap of the first",
            clean_disc([one(n, acquisition_number=2 if n == 6 else 1) for n in range(1, 13)]),
        ),
        passes(
            "echoes, moments and b-values with gaps of their own",
            clean_disc(
                [
                    one(n, echo_time_ms=10.0 * n, image_position_mm=(-180.0, -180.0, z))
                    for n, z in enumerate((0, 1, 2, 4, 5, 6), 1)
                ]
            ),
        ),
        fails(
            "one of two echoes has lost a slice",
            clean_disc(
                [one(n, 1, echo_number=1, echo_time_ms=10.0) for n in range(1, 13)]
                + [
                    one(n + 20, 1, echo_number=2, echo_time_ms=80.0, image_position_mm=(-180.0, -180.0, float(n)))
                    for n in range(1, 13)
                    if n != 6
                ]
            ),
        ),
        fails("a slice is gone", clean_disc([i for i in series(12) if i.instance_number != 6])),
        fails("three slices are gone", clean_disc([i for i in series(20) if i.instance_number not in (9, 10, 11)])),
        fails("numbers run backwards", at(6, 5, 4, 2, 1, 0, numbers=[1, 2, 3, 5, 6, 7])),
        fails("a gap the numbers do not show", at(0, 1, 2, 4, 5, 6), "question", "W"),
        NO_SLICES,
        NO_DICOM,
        is_blocked("stopped early", clean_disc(complete=False), "stopped_early"),
    ],
    "A08": [
        passes("they fit", clean_disc()),
        passes(
            "colour",
            of(
                samples_per_pixel=3,
                photometric_interpretation="RGB",
                planar_configuration=0,
                bits_allocated=8,
                bits_stored=8,
                high_bit=7,
                pixel_data_length=512 * 512 * 3,
                size=800_000,
            ),
        ),
        fails("no rows", of(rows=None)),
        fails("more bits stored than allocated", of(bits_stored=20)),
        fails("high bit below", of(high_bit=5)),
        fails("twelve bits allocated", of(bits_allocated=12)),
        fails("colour of one sample", of(photometric_interpretation="RGB")),
        fails("three samples of grey", of(samples_per_pixel=3, pixel_data_length=3 * 524288, size=1_600_000)),
        fails("a palette that is not there", of(photometric_interpretation="PALETTE COLOR")),
        NO_DICOM,
        ONLY_A_REPORT,
    ],
    "A09": [
        passes("a scale", of(**{**CR_PLATE, "imager_pixel_spacing_mm": (0.1, 0.1)})),
        fails("a plate without", of(**CR_PLATE)),
        fails("an ultrasound without regions", of(**{**CR_PLATE, "sop_class_uid": US, "modality": "US"})),
        does_not_apply("CT", clean_disc(), "no_projections"),
        NO_DICOM,
    ],
    "A10": [
        passes("possible", clean_disc()),
        passes("the old form of a date", of(study_date="2026.03.03")),
        fails("no such day", of(study_date="20260231")),
        fails("not a date", of(content_date="tomorrow")),
        fails("not a time", of(study_time="2561")),
        fails("before birth", of(study_date="19500101")),
        fails("in the future", of(study_date="20990101"), today="20261122"),
        NO_DICOM,
    ],
    "A01": [
        passes("all there", clean_disc()),
        passes("a report", clean_disc([make_document()])),
        passes("blank where it may be", with_layout(blank(CT_LAYOUT, PATIENT_NAME, STUDY_DATE))),
        fails("no rescale slope", with_layout(lacking(CT_LAYOUT, 0x00281053))),
        fails("an empty image type", with_layout(blank(CT_LAYOUT, 0x00080008))),
        fails("an empty character set", with_layout(blank(CT_LAYOUT, 0x00080005))),
        fails("a centre without a width", with_layout(lacking(CT_LAYOUT, 0x00281051))),
        fails(
            "colour planes that nobody orders",
            with_layout(
                lacking(CT_LAYOUT, 0x00280006),
                samples_per_pixel=3,
                photometric_interpretation="RGB",
                pixel_data_length=3 * 524288,
                size=1_600_000,
            ),
        ),
        fails("half an overlay", with_layout(Layout(CT_LAYOUT.tags | {0x60000010, 0x60003000}))),
        fails("a report without its status", clean_disc([make_document(layout=lacking(SR_LAYOUT, 0x0040A491))])),
        passes("a condition that is not met", with_layout(lacking(CT_LAYOUT, 0x00280006, 0x00281101, 0x00120063))),
        does_not_apply("a maker's own kind", of(sop_class_uid="1.3.12.2.1107.5.9.1"), "kind_not_known", also="F12"),
        is_blocked(
            "cut off in the header", of(layout=None, truncated="the file ends at byte 700"), "header_unread", also="F09"
        ),
        NO_DICOM,
    ],
    "A02": [
        passes("all there", clean_disc()),
        passes("blank", with_layout(blank(CT_LAYOUT, PATIENT_NAME, STUDY_DATE, 0x00080090))),
        fails("no referring physician", with_layout(lacking(CT_LAYOUT, 0x00080090))),
        fails("no slice thickness", with_layout(lacking(CT_LAYOUT, 0x00180050))),
        fails("a knee of neither side", with_layout(lacking(CT_LAYOUT, 0x00200060), body_part_examined="KNEE")),
        fails("no patient position", with_layout(lacking(CT_LAYOUT, 0x00185100))),
        passes("a head has no side", with_layout(lacking(CT_LAYOUT, 0x00200060), body_part_examined="HEAD")),
        does_not_apply("a maker's own kind", of(sop_class_uid="1.3.12.2.1107.5.9.1"), "kind_not_known", also="F12"),
        NO_DICOM,
    ],
    "A11": [
        passes("none", clean_disc()),
        fails("with its creator", with_layout(Layout(CT_LAYOUT.tags | {0x00190010, 0x00191008}))),
        fails("without its creator", with_layout(Layout(CT_LAYOUT.tags | {0x00191008})), "failed_orphans"),
        fails(
            "the creator of another block",
            with_layout(Layout(CT_LAYOUT.tags | {0x00190010, 0x00191108})),
            "failed_orphans",
        ),
        fails(
            "an empty creator", with_layout(blank(Layout(CT_LAYOUT.tags | {0x00191008}), 0x00190010)), "failed_orphans"
        ),
        is_blocked(
            "cut off in the header", of(layout=None, truncated="the file ends at byte 700"), "header_unread", also="F09"
        ),
        NO_DICOM,
    ],
    "A12": [
        passes("not removed", clean_disc()),
        fails("removed", of(patient_identity_removed="YES"), also="S05"),
        fails("of one, in small letters", clean_disc([*series(), one(9, patient_identity_removed="yes ")]), also="S05"),
        NO_DICOM,
    ],
    "A13": [
        passes("fits on a CD", clean_disc()),
        fails(
            "films of 1,500 frames",
            clean_disc(series(3, number_of_frames=500, size=262_200_000, pixel_data_length=262_144_000)),
        ),
        fails(
            "a file of 5 GB",
            of(size=5 * 1024**3, rows=50_000, columns=50_000, pixel_data_length=5_000_000_000),
            "failed_file",
        ),
        NO_DICOM,
    ],
}
