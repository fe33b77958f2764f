"""Instances grouped by what decides whether a system can take them: so each question is asked once per group."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scanfolio.effects import Progress, Steps
from scanfolio.model import SopInstance
from scanfolio.pixels.syntax import is_native
from scanfolio.rules import uids
from scanfolio.rules.context import DiscContext
from scanfolio.rules.file_ends import cut_off
from scanfolio.rules.file_names import name_fault, root_folder
from scanfolio.rules.files import header_faults
from scanfolio.rules.inside import pixel_faults
from scanfolio.rules.uids import uid_fault

PER_STEP = 500
MOST_COMPATIBLE, AS_ENCODED = "most-compatible", "keep-encoding"
_NON_PATIENT = frozenset(f"1.2.840.10008.5.1.4.{tail}" for tail in ("38.1", "39.1", "43.1", "44.1", "45.1"))
"""Hanging protocols, palettes and implants: no patient's, so the copy leaves them out (PS3.3 Table F.4-1)."""


class Form(NamedTuple):
    """What a receiving system would stumble over.

    `nameless`: an identifier is missing; `mixed`: compressed pixels under a transfer syntax without compression;
    `doubtful`: the transfer syntax is not stated, or not true; `left_out`: a copy would not hold it.
    """

    transfer_syntax_uid: str
    sop_class_uid: str
    image: bool
    pixels: bool
    several_frames: bool
    listed: bool = True
    odd_name: bool = False
    bare: bool = False
    header_faults: bool = False
    cut_off: bool = False
    odd_numbers: bool = False
    odd_uid: bool = False
    nameless: bool = False
    mixed: bool = False
    doubtful: bool = False
    left_out: bool = False


def forms_of(c: DiscContext, progress: Progress) -> Steps:
    """{Form: {Series Instance UID: how many}}; yields `progress` after every PER_STEP instances."""
    root = root_folder(c)
    listed = c.listed_entry_ids
    odd: dict[tuple[object, ...], bool] = {}
    found: dict[Form, dict[str, int]] = {}
    for at, i in enumerate(c.instances):
        if at % PER_STEP == 0:
            yield progress
        form = _form(i, i.entry_id in listed, bool(name_fault(i.path, root)), odd)
        if i.entry_id in c.inside_other_files:
            form = form._replace(bare=True)
        series = found.setdefault(form, {})
        series[i.series_instance_uid] = series.get(i.series_instance_uid, 0) + 1
    return found


def _form(i: SopInstance, listed: bool, odd_name: bool, odd: dict[tuple[object, ...], bool]) -> Form:
    pixels = (i.rows, i.columns, i.bits_allocated, i.bits_stored, i.high_bit, i.samples_per_pixel,
              i.photometric_interpretation, i.planar_configuration, i.pixel_representation, i.has_palette,
              i.pixel_keyword)  # fmt: skip
    odd_numbers = odd.get(pixels)
    if odd_numbers is None:
        odd_numbers = odd[pixels] = bool(i.pixel_keyword and pixel_faults(i))
    shared = (i.series_instance_uid, i.study_instance_uid)
    odd_uid = odd.get(shared)
    if odd_uid is None:
        odd_uid = odd[shared] = any(not uid or uid_fault(uid) for uid in shared)
    disagree = (i.media_storage_sop_class_uid and i.media_storage_sop_class_uid != i.sop_class_uid) or (
        i.media_storage_sop_instance_uid and i.media_storage_sop_instance_uid != i.sop_instance_uid
    )
    return Form(
        transfer_syntax_uid=i.transfer_syntax_uid,
        sop_class_uid=i.sop_class_uid,
        image=i.is_image,
        pixels=i.pixel_data_offset is not None,
        several_frames=i.number_of_frames > 1 or i.has_functional_groups,
        listed=listed,
        odd_name=odd_name,
        bare=not i.has_file_meta or i.preamble == "none",
        header_faults=bool(disagree) or bool((i.meta_faults or i.notes) and i.has_file_meta and header_faults(i)),
        cut_off=bool(i.truncated) or bool(cut_off(i)),
        odd_numbers=odd_numbers,
        odd_uid=odd_uid or not i.sop_instance_uid or bool(uid_fault(i.sop_instance_uid)),
        nameless=not (i.sop_instance_uid and i.sop_class_uid and i.study_instance_uid and i.series_instance_uid),
        mixed=i.encapsulated and (not i.transfer_syntax_uid or is_native(i.transfer_syntax_uid)),
        doubtful=not i.transfer_syntax_uid or any(n.startswith("the transfer syntax says") for n in i.notes),
    )


def form_in_copy(form: Form, encoding: str, decodable: Callable[[str], bool]) -> Form:
    """What our export makes of it; a test holds this against the export's own plan."""
    syntax, left_out = form.transfer_syntax_uid, form.cut_off or form.nameless
    plain = syntax in uids.NOT_FOR_DISCS or syntax in ("", uids.EXPLICIT_VR_LITTLE_ENDIAN) or not form.pixels
    if encoding == MOST_COMPATIBLE:
        left_out = left_out or form.sop_class_uid in _NON_PATIENT or form.mixed
        if plain:
            syntax = uids.EXPLICIT_VR_LITTLE_ENDIAN
        elif uids.is_video(syntax) or is_native(syntax) or not decodable(syntax):
            left_out = True
        else:
            syntax = uids.EXPLICIT_VR_LITTLE_ENDIAN
    elif syntax in ("", uids.EXPLICIT_VR_LITTLE_ENDIAN):
        left_out = left_out or form.mixed
    return form._replace(
        transfer_syntax_uid=syntax,
        listed=True,
        odd_name=False,
        bare=False,
        header_faults=False,
        cut_off=False,
        doubtful=form.doubtful and encoding == AS_ENCODED,
        left_out=left_out,
    )
