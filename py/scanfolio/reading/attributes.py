"""The attributes the fast reader looks for: which field of SopInstance each fills, and how its value is told."""

from __future__ import annotations

from typing import NamedTuple

PIXEL_KEYWORDS = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}


class Attribute(NamedTuple):
    """One looked-for attribute. `convert` names how its value becomes the field's:

    text (character set applies) · text name (a person's) · texts · code (ASCII) · codes · integer (IS) ·
    number (DS) · numbers · double (FD) · short (US, or SS as its bits) · present (only whether it has
    a value or items) · private (text of a private element, which anybody may use for anything: what is no text counts
    as absent) · private float (FL of one, likewise). `cached`: the value is mostly the same in all files of a series.
    """

    tag: int
    vr: str
    keyword: str
    field: str
    convert: str
    cached: bool = True


ATTRIBUTES = (
    Attribute(0x00041220, "SQ", "DirectoryRecordSequence", "has_directory_records", "present"),
    Attribute(0x00080005, "CS", "SpecificCharacterSet", "specific_character_set", "codes"),
    Attribute(0x00080008, "CS", "ImageType", "image_type", "codes"),
    Attribute(0x00080016, "UI", "SOPClassUID", "sop_class_uid", "code"),
    Attribute(0x00080018, "UI", "SOPInstanceUID", "sop_instance_uid", "code", cached=False),
    Attribute(0x00080020, "DA", "StudyDate", "study_date", "code"),
    Attribute(0x00080021, "DA", "SeriesDate", "series_date", "code"),
    Attribute(0x00080023, "DA", "ContentDate", "content_date", "code"),
    Attribute(0x00080030, "TM", "StudyTime", "study_time", "code"),
    Attribute(0x00080032, "TM", "AcquisitionTime", "acquisition_time", "code", cached=False),
    Attribute(0x00080033, "TM", "ContentTime", "content_time", "code", cached=False),
    Attribute(0x00080050, "SH", "AccessionNumber", "accession_number", "text"),
    Attribute(0x00080060, "CS", "Modality", "modality", "code"),
    Attribute(0x00080064, "CS", "ConversionType", "conversion_type", "code"),
    Attribute(0x00080080, "LO", "InstitutionName", "institution_name", "text"),
    Attribute(0x00081030, "LO", "StudyDescription", "study_description", "text"),
    Attribute(0x0008103E, "LO", "SeriesDescription", "series_description", "text"),
    Attribute(0x00100010, "PN", "PatientName", "patient_name", "text name"),
    Attribute(0x00100020, "LO", "PatientID", "patient_id", "text"),
    Attribute(0x00100021, "LO", "IssuerOfPatientID", "issuer_of_patient_id", "text"),
    Attribute(0x00100030, "DA", "PatientBirthDate", "patient_birth_date", "code"),
    Attribute(0x00100040, "CS", "PatientSex", "patient_sex", "code"),
    Attribute(0x00120062, "CS", "PatientIdentityRemoved", "patient_identity_removed", "code"),
    Attribute(0x00180015, "CS", "BodyPartExamined", "body_part_examined", "code"),
    Attribute(0x00180050, "DS", "SliceThickness", "slice_thickness_mm", "number"),
    Attribute(0x00180060, "DS", "KVP", "kvp", "number"),
    Attribute(0x00180081, "DS", "EchoTime", "echo_time_ms", "number"),
    Attribute(0x00180082, "DS", "InversionTime", "inversion_time_ms", "number"),
    Attribute(0x00180086, "IS", "EchoNumbers", "echo_number", "integer"),
    Attribute(0x00180088, "DS", "SpacingBetweenSlices", "spacing_between_slices_mm", "number"),
    Attribute(0x00181030, "LO", "ProtocolName", "protocol_name", "text"),
    Attribute(0x00181060, "DS", "TriggerTime", "trigger_time_ms", "number"),
    Attribute(0x00181120, "DS", "GantryDetectorTilt", "gantry_tilt_degrees", "number"),
    Attribute(0x00181164, "DS", "ImagerPixelSpacing", "imager_pixel_spacing_mm", "numbers"),
    Attribute(0x00181210, "SH", "ConvolutionKernel", "convolution_kernel", "code"),
    Attribute(0x00186011, "SQ", "SequenceOfUltrasoundRegions", "has_ultrasound_regions", "present"),
    Attribute(0x00189087, "FD", "DiffusionBValue", "diffusion_b_value", "double"),
    Attribute(0x00190010, "LO", "creator of group 0019", "private_creator_0019", "private"),
    Attribute(0x0019100C, "IS", "Siemens b-value", "private_0019_100c", "private"),
    Attribute(0x0020000D, "UI", "StudyInstanceUID", "study_instance_uid", "code"),
    Attribute(0x0020000E, "UI", "SeriesInstanceUID", "series_instance_uid", "code"),
    Attribute(0x00200010, "SH", "StudyID", "study_id", "text"),
    Attribute(0x00200011, "IS", "SeriesNumber", "series_number", "integer"),
    Attribute(0x00200012, "IS", "AcquisitionNumber", "acquisition_number", "integer"),
    Attribute(0x00200013, "IS", "InstanceNumber", "instance_number", "integer"),
    Attribute(0x00200032, "DS", "ImagePositionPatient", "image_position_mm", "numbers", cached=False),
    Attribute(0x00200037, "DS", "ImageOrientationPatient", "image_orientation", "numbers"),
    Attribute(0x00200052, "UI", "FrameOfReferenceUID", "frame_of_reference_uid", "code"),
    Attribute(0x00200060, "CS", "Laterality", "laterality", "code"),
    Attribute(0x00200062, "CS", "ImageLaterality", "image_laterality", "code"),
    Attribute(0x00200100, "IS", "TemporalPositionIdentifier", "temporal_position", "integer"),
    Attribute(0x00201002, "IS", "ImagesInAcquisition", "images_in_acquisition", "integer"),
    Attribute(0x00280002, "US", "SamplesPerPixel", "samples_per_pixel", "short"),
    Attribute(0x00280004, "CS", "PhotometricInterpretation", "photometric_interpretation", "code"),
    Attribute(0x00280006, "US", "PlanarConfiguration", "planar_configuration", "short"),
    Attribute(0x00280008, "IS", "NumberOfFrames", "number_of_frames", "integer"),
    Attribute(0x00280010, "US", "Rows", "rows", "short"),
    Attribute(0x00280011, "US", "Columns", "columns", "short"),
    Attribute(0x00280030, "DS", "PixelSpacing", "pixel_spacing_mm", "numbers"),
    Attribute(0x00280034, "IS", "PixelAspectRatio", "pixel_aspect_ratio", "numbers"),
    Attribute(0x00280100, "US", "BitsAllocated", "bits_allocated", "short"),
    Attribute(0x00280101, "US", "BitsStored", "bits_stored", "short"),
    Attribute(0x00280102, "US", "HighBit", "high_bit", "short"),
    Attribute(0x00280103, "US", "PixelRepresentation", "pixel_representation", "short"),
    Attribute(0x00280120, "US", "PixelPaddingValue", "pixel_padding_value", "short"),
    Attribute(0x00280121, "US", "PixelPaddingRangeLimit", "pixel_padding_range_limit", "short"),
    Attribute(0x00280301, "CS", "BurnedInAnnotation", "burned_in_annotation", "code"),
    Attribute(0x00281050, "DS", "WindowCenter", "window_centers", "numbers"),
    Attribute(0x00281051, "DS", "WindowWidth", "window_widths", "numbers"),
    Attribute(0x00281052, "DS", "RescaleIntercept", "rescale_intercept", "number"),
    Attribute(0x00281053, "DS", "RescaleSlope", "rescale_slope", "number"),
    Attribute(0x00281054, "LO", "RescaleType", "rescale_type", "text"),
    Attribute(0x00281055, "LO", "WindowCenterWidthExplanation", "window_explanations", "texts"),
    Attribute(0x00281056, "CS", "VOILUTFunction", "voi_lut_function", "code"),
    Attribute(0x00281201, "OW", "RedPaletteColorLookupTableData", "has_palette", "present"),
    Attribute(0x00281221, "OW", "SegmentedRedPaletteColorLookupTableData", "has_segmented_palette", "present"),
    Attribute(0x00282110, "CS", "LossyImageCompression", "lossy_image_compression", "code"),
    Attribute(0x00282112, "DS", "LossyImageCompressionRatio", "lossy_image_compression_ratio", "code"),
    Attribute(0x00283000, "SQ", "ModalityLUTSequence", "has_modality_lut", "present"),
    Attribute(0x00283010, "SQ", "VOILUTSequence", "has_voi_lut", "present"),
    Attribute(0x00430010, "LO", "creator of group 0043", "private_creator_0043", "private"),
    Attribute(0x00431039, "IS", "GE b-value", "private_0043_1039", "private"),
    Attribute(0x00541001, "CS", "Units", "units", "code"),
    Attribute(0x20010010, "LO", "creator of group 2001", "private_creator_2001", "private"),
    Attribute(0x20011003, "FL", "Philips b-value", "private_2001_1003", "private float"),
    Attribute(0x20500020, "CS", "PresentationLUTShape", "presentation_lut_shape", "code"),
    Attribute(0x52009229, "SQ", "SharedFunctionalGroupsSequence", "has_shared_groups", "present"),
    Attribute(0x52009230, "SQ", "PerFrameFunctionalGroupsSequence", "has_functional_groups", "present"),
)

PRIVATE_VRS = {"private": (b"IS", b"LO", b"UN"), "private float": (b"FL", b"UN")}
"""The VRs under which a private value is taken, by its `convert`."""
BY_TAG = {attribute.tag: attribute for attribute in ATTRIBUTES}
KEYWORDS = frozenset(a.keyword for a in ATTRIBUTES[1:] if a.convert not in PRIVATE_VRS)  # a directory is no instance
EXACT_COUNT = {
    "image_position_mm": 3,
    "image_orientation": 6,
    "pixel_spacing_mm": 2,
    "imager_pixel_spacing_mm": 2,
    "pixel_aspect_ratio": 2,
}
"""Fields that are None unless their attribute has exactly this many values."""
