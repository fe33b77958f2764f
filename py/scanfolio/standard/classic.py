"""Which single-frame SOP Class a frame of an enhanced multi-frame image belongs to (PS3.4 C.3.5, PS3.6 Annex A)."""

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
PET = "1.2.840.10008.5.1.4.1.1.128"
CLASSIC = {
    "1.2.840.10008.5.1.4.1.1.2.1": CT,  # Enhanced CT
    "1.2.840.10008.5.1.4.1.1.2.2": CT,  # Legacy Converted Enhanced CT
    "1.2.840.10008.5.1.4.1.1.4.1": MR,  # Enhanced MR
    "1.2.840.10008.5.1.4.1.1.4.4": MR,  # Legacy Converted Enhanced MR
    "1.2.840.10008.5.1.4.1.1.130": PET,  # Enhanced PET
    "1.2.840.10008.5.1.4.1.1.128.1": PET,  # Legacy Converted Enhanced PET
}
"""Enhanced SOP Class UID -> the classic one. Enhanced MR Color has none: MR Image Storage is monochrome."""
