"""MR Image (PS3.3 C.8.3.1) from Enhanced MR (C.8.13)."""

from __future__ import annotations

from scanfolio.export.classic.common import IMAGE_TYPE, add_number
from scanfolio.export.classic.flat import Flat

SCANNING_SEQUENCE, SEQUENCE_VARIANT, SCAN_OPTIONS = 0x00180020, 0x00180021, 0x00180022
IN_PLANE_PHASE_ENCODING = 0x00181312


def add_mr(flat: Flat) -> str:
    """Complete an MR frame. Returns why it cannot be an MR image, "" where it can."""
    for tag, values in (
        (SCANNING_SEQUENCE, _scanning_sequence(flat)),
        (SEQUENCE_VARIANT, _sequence_variant(flat)),
        (SCAN_OPTIONS, _scan_options(flat)),
    ):
        if values and not flat.has(tag):
            flat.put(tag, b"CS", "\\".join(values))
    said = flat.has(SCANNING_SEQUENCE) and flat.has(SEQUENCE_VARIANT)
    if not said and flat.texts(IMAGE_TYPE)[0] != "ORIGINAL":
        # Of an original image Enhanced MR asks for the same: if it lacks it, the copy lacks it too. A derived one may.
        return "kind"
    if flat.number(0x00189082):  # Effective Echo Time; 0 says that there is none
        flat.pop(0x00180081, None)
        add_number(flat, 0x00180081, b"DS", 0x00189082)
    flat.setdefault(0x00180080, (b"DS", b""))  # Repetition Time, Type 2C
    if len(flat.numbers(0x00189079)) == 1:
        add_number(flat, 0x00180082, b"DS", 0x00189079)  # Inversion Time
    add_number(flat, 0x00180084, b"DS", 0x00189098)  # Imaging Frequency from Transmitter Frequency, MHz
    add_number(flat, 0x00181060, b"DS", 0x00209153)  # Trigger Time from Nominal Cardiac Trigger Delay Time, ms
    if flat.has(0x00189100) and not flat.has(0x00180085):
        flat[0x00180085] = (b"SH", flat.raw(0x00189100))  # Imaged Nucleus from Resonant Nucleus
    if flat.has(0x00189005) and not flat.has(0x00180024):
        flat[0x00180024] = (b"SH", flat.raw(0x00189005))  # Sequence Name from Pulse Sequence Name
    direction = {"COLUMN": "COL", "COL": "COL", "ROW": "ROW"}.get(flat.text(IN_PLANE_PHASE_ENCODING), "")
    flat.pop(IN_PLANE_PHASE_ENCODING, None)
    if direction:
        flat.put(IN_PLANE_PHASE_ENCODING, b"CS", direction)
    gradients = flat.sequence_items(0x00189076)
    if len(gradients) == 1 and 0x00189089 in gradients[0]:
        flat.setdefault(0x00189089, gradients[0][0x00189089])  # where classic images have the gradient's direction
    return ""


def _scanning_sequence(flat: Flat) -> list[str]:
    """C.8.3.1.1.2. [] where the pulse sequence is not said."""
    values = {"SPIN": ["SE"], "GRADIENT": ["GR"], "BOTH": ["SE", "GR"]}.get(flat.text(0x00189008), [])
    if values and flat.text(0x00189009) == "YES":
        values = [*values, "IR"]
    if values and flat.text(0x00189018) == "YES":
        values = [*values, "EP"]
    return values


def _sequence_variant(flat: Flat) -> list[str]:
    """C.8.3.1.1.3. NONE only where all that could be one is said not to be."""
    traversal, steady = flat.text(0x00189033), flat.text(0x00189017)
    transfer, spoiling, oversampling = flat.text(0x00189020), flat.text(0x00189016), flat.text(0x00189029)
    values = [
        *(["SK"] if traversal in ("PARTIAL", "FULL") else []),
        *(["MTC"] if transfer not in ("", "NONE") else []),
        *(["TRSS" if steady == "TIME_REVERSED" else "SS"] if steady not in ("", "NONE") else []),
        *(["SP"] if spoiling not in ("", "NONE") else []),
        *(["OSP"] if oversampling not in ("", "NONE") else []),
    ]
    return values or (["NONE"] if traversal and steady and transfer and spoiling and oversampling else [])


def _scan_options(flat: Flat) -> list[str]:
    """C.8.3.1.1.4, as far as it is said."""
    gated = flat.text(0x00189037) in ("PROSPECTIVE", "RETROSPECTIVE", "REALTIME", "PACED")
    breathing = flat.text(0x00189170) in ("GATING", "REALTIME", "PROSPECTIVE", "RETROSPECTIVE")
    partial = {"PHASE": "PFP", "FREQUENCY": "PFF"}.get(flat.text(0x00189036), "")
    return [
        *(["RG"] if breathing else []),
        *(["CG"] if gated and flat.text(0x00189085) in ("ECG", "VCG") else []),
        *(["PPG"] if gated and flat.text(0x00189085) == "PP" else []),
        *(["FC"] if flat.text(0x00189010) not in ("", "NONE") else []),
        *([partial] if partial and flat.text(0x00189081) == "YES" else []),
        *(["SP"] if flat.text(0x00189027) not in ("", "NONE") else []),
        *(["FS"] if flat.text(0x00189025) in ("FAT", "FAT_AND_WATER") else []),
    ]
