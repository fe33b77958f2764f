"""What was read, as plain frozen data. No I/O, no pydicom, no numpy.

Names are the DICOM Standard's in snake_case; units are in the names. Text values are decoded strings, stripped of
padding; "" means absent or empty (rules that must tell the two apart look at `absent`). Absent numbers are None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

PLAUSIBLE_FRAMES = 1000  # a claim up to here is taken at its word
MAX_FRAMES = 1 << 18  # listed of one object and of one series; whole-slide pictures have some ten thousand
ITEM_HEADER_BITS = 64
MOST_KINDS = 1000


K = TypeVar("K")
V = TypeVar("V")


class Row(Mapping[K, V]):
    """A mapping that shares its keys with its like; see Rows."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: dict[K, int], values: tuple[V, ...]) -> None:
        self._places, self._values = places, values

    def __getitem__(self, key: K) -> V:
        return self._values[self._places[key]]

    def __iter__(self) -> Iterator[K]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._places


class Rows(Generic[K, V]):
    """Makes mappings of few kinds small: there may be 70,000 of them, and dicts take three times as much."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[K, ...], dict[K, int]] = {}

    def row(self, values: Mapping[K, V]) -> Row[K, V]:
        keys = tuple(values)
        places = self._kinds.get(keys)
        if places is None:
            if len(self._kinds) > MOST_KINDS:
                self._kinds.clear()
            places = self._kinds[keys] = {key: place for place, key in enumerate(keys)}
        return Row(places, tuple(values.values()))


class Kind(StrEnum):
    """What an entry is, told from its content, never from its name."""

    DICOM = "dicom"
    DICOMDIR = "dicomdir"
    PROGRAM = "program"
    PICTURE = "picture"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    OTHER = "other"
    UNREADABLE = "unreadable"


class Inside(StrEnum):
    """Whether an archive or disc image was looked into."""

    NOTHING = ""
    CLOSED = "closed"
    LISTED = "listed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One row of the list of everything given; every entry stands in it exactly once.

    `signature` is a short exact name of the content ("Windows program (PE)", "JPEG picture", "DICOM instance",
    "encrypted (CMS)"); `reason` is a sentence for people, set where the entry is not simply shown (unreadable,
    not DICOM, damaged); `locked` is true for encrypted content. `first_bytes` are the first 16 in
    hexadecimal, where nobody knows what they are or what they promise could not be read. `inside` is CLOSED for an
    archive that can be looked into on request, LISTED when its files stand in the list too (as "archive.zip/FILE"),
    REFUSED when that failed.
    """

    entry_id: int
    path: str
    size: int
    kind: Kind
    signature: str = ""
    reason: str = ""
    sop_instance_uid: str = ""
    locked: bool = False
    first_bytes: str = ""
    inside: Inside = Inside.NOTHING


@dataclass(frozen=True, slots=True)
class Layout:
    """Which elements stand at the top level of a data set up to the pixel data: tags, as (group << 16) + element.

    `empty` are those of length zero, or sequences without an item; `odd` those of an odd length. Instances of one
    layout share one object: a series written by one program has a handful of them.
    """

    tags: frozenset[int]
    empty: frozenset[int] = frozenset()
    odd: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SopInstance:
    """The facts of one DICOM instance that the index, the rules and the viewport need.

    Offsets and lengths are bytes from the first byte of the file. `pixel_data_length` is None where the file declares
    undefined length (encapsulated). `truncated` says in a technical sentence what is missing, "" when nothing is.
    `absent` holds the keywords of looked-for attributes that are not in the data set at all (empty ones are there).
    """

    entry_id: int
    path: str
    size: int
    # File Meta Information, PS3.10 7.1
    preamble: str = "zero"  # none | zero | tiff | program | other
    has_file_meta: bool = True
    meta_faults: tuple[str, ...] = ()
    media_storage_sop_class_uid: str = ""
    media_storage_sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    implementation_version_name: str = ""
    data_set_offset: int = 0
    # SOP Common and identity
    specific_character_set: tuple[str, ...] = ()
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    frame_of_reference_uid: str = ""
    patient_name: str = ""
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    patient_identity_removed: str = ""
    study_date: str = ""
    study_time: str = ""
    study_id: str = ""
    study_description: str = ""
    accession_number: str = ""
    institution_name: str = ""
    modality: str = ""
    series_number: int | None = None
    series_description: str = ""
    series_date: str = ""
    body_part_examined: str = ""
    laterality: str = ""
    protocol_name: str = ""
    instance_number: int | None = None
    acquisition_number: int | None = None
    content_date: str = ""
    content_time: str = ""
    image_type: tuple[str, ...] = ()
    burned_in_annotation: str = ""
    conversion_type: str = ""
    images_in_acquisition: int | None = None
    acquisition_time: str = ""
    temporal_position: int | None = None
    trigger_time_ms: float | None = None
    echo_number: int | None = None
    echo_time_ms: float | None = None
    inversion_time_ms: float | None = None
    diffusion_b_value: float | None = None  # s/mm2; of (0018,9087), or where Siemens, GE, Philips kept it before
    kvp: float | None = None
    convolution_kernel: str = ""
    gantry_tilt_degrees: float | None = None
    # Image Pixel, C.7.6.3
    rows: int | None = None
    columns: int | None = None
    number_of_frames: int = 1
    samples_per_pixel: int | None = None
    photometric_interpretation: str = ""
    planar_configuration: int | None = None
    bits_allocated: int | None = None
    bits_stored: int | None = None
    high_bit: int | None = None
    pixel_representation: int | None = None
    lossy_image_compression: str = ""
    lossy_image_compression_ratio: str = ""
    # Image Plane, C.7.6.2; mm and direction cosines
    image_position_mm: tuple[float, float, float] | None = None
    image_orientation: tuple[float, float, float, float, float, float] | None = None
    pixel_spacing_mm: tuple[float, float] | None = None  # (between rows, between columns)
    imager_pixel_spacing_mm: tuple[float, float] | None = None
    slice_thickness_mm: float | None = None
    spacing_between_slices_mm: float | None = None
    pixel_aspect_ratio: tuple[float, float] | None = None  # (vertical, horizontal)
    # Modality LUT and VOI LUT, C.11.1, C.11.2
    rescale_slope: float | None = None
    rescale_intercept: float | None = None
    rescale_type: str = ""
    window_centers: tuple[float, ...] = ()
    window_widths: tuple[float, ...] = ()
    window_explanations: tuple[str, ...] = ()
    voi_lut_function: str = ""
    has_modality_lut: bool = False
    has_voi_lut: bool = False
    has_palette: bool = False
    has_functional_groups: bool = False  # enhanced multi-frame: per-frame facts are read when asked for
    presentation_lut_shape: str = ""  # (2050,0020) IDENTITY | INVERSE
    pixel_padding_value: int | None = None  # (0028,0120), its 16 bits as an unsigned number
    pixel_padding_range_limit: int | None = None  # (0028,0121), likewise
    units: str = ""  # (0054,1001) of PET images: BQML, CNTS ...
    has_ultrasound_regions: bool = False  # (0018,6011): scale and place of several areas in one picture
    # where the pixels are
    pixel_keyword: str = ""  # PixelData | FloatPixelData | DoubleFloatPixelData | ""
    pixel_data_offset: int | None = None  # of the value: first byte of pixels, or of the Basic Offset Table item
    pixel_data_length: int | None = None
    truncated: str = ""
    trailing_bytes: int = 0
    absent: frozenset[str] = frozenset()
    layout: Layout | None = None  # None where the header could not be read to its end
    undecodable_text: bool = False
    text_hint: str = ""  # the character set a text looks like that its own does not explain; for showing only
    notes: tuple[str, ...] = ()

    @property
    def encapsulated(self) -> bool:
        """Pixel data are compressed fragments (PS3.5 A.4)."""
        return self.pixel_data_offset is not None and self.pixel_data_length is None

    @property
    def is_image(self) -> bool:
        return bool(self.pixel_keyword) and bool(self.rows) and bool(self.columns)

    @property
    def frames_here(self) -> int:
        """How many frames to list: Number of Frames, but of absurd ones no more than can begin in the pixel data.

        Real objects are listed with all they claim to hold, so that missing frames are seen to be missing.
        """
        claimed = self.number_of_frames
        if claimed <= PLAUSIBLE_FRAMES:
            return claimed
        there = self.size * 1032 if self.pixel_data_offset is None else max(0, self.size - self.pixel_data_offset)
        if self.pixel_data_length is not None:
            there = min(there, self.pixel_data_length)
        cell_bits = (self.samples_per_pixel or 1) * (self.bits_allocated or 8)
        frame_bits = ITEM_HEADER_BITS if self.encapsulated else (self.rows or 1) * (self.columns or 1) * cell_bits
        beginning = -(-there * 8 // frame_bits)
        return min(claimed, max(beginning, PLAUSIBLE_FRAMES), MAX_FRAMES)


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """One record of a DICOMDIR. `file_id` is the Referenced File ID's components as written; keys are text."""

    record_type: str
    offset: int
    in_use: bool = True
    file_id: tuple[str, ...] = ()
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)  # keyword -> text value
    absent: frozenset[str] = frozenset()
    children: tuple[DirectoryRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Dicomdir:
    """One DICOMDIR as read. `faults` are technical sentences; `usable` is false when no records could be read."""

    entry_id: int
    path: str
    transfer_syntax_uid: str = ""
    file_set_id: str = ""
    file_set_uid: str = ""
    roots: tuple[DirectoryRecord, ...] = ()
    faults: tuple[str, ...] = ()
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Stack:
    """Where the slices of a series lie, PS3.3 C.7.6.2. Places closer than the scanner rounds count as one.

    `spacing_mm` is the usual distance of neighbouring slices along their normal, `table_step_mm` that of their
    positions: the two differ where the gantry is tilted, by `tilt_degrees` (0 where the slices stand upright on their
    axis). `even` is false where distances vary; `wide_gaps` counts distances of 1.5 times the usual one and more;
    `doubled` the images that lie where another one of the same run lies.
    """

    places: int
    spacing_mm: float
    table_step_mm: float
    tilt_degrees: float
    even: bool
    wide_gaps: int
    doubled: int


@dataclass(frozen=True, slots=True)
class Series:
    """Instances of one Series Instance UID that belong on one scroll bar, sorted.

    `key` is stable within a session and unique ("<Series UID>" or "<Series UID>#2" when a series had to be split;
    `split_reason` says why, `part` what this part is). `shows` is image | document | report | waveform | video | other.
    `sorted_by` is geometry | time | instance_number | path. Where the images run through the body several times, `runs`
    holds where each run begins, `runs_are` what tells one from the next (an i18n key tail) and `order_note` a sentence.
    """

    key: str
    series_instance_uid: str
    modality: str
    series_number: int | None
    series_description: str
    shows: str
    sorted_by: str
    instances: tuple[SopInstance, ...]
    split_reason: str = ""
    part: str = ""
    runs: tuple[int, ...] = ()
    runs_are: str = ""
    order_note: str = ""
    stack: Stack | None = None

    @property
    def frame_count(self) -> int:
        return sum(i.frames_here for i in self.instances if i.is_image)


@dataclass(frozen=True, slots=True)
class Study:
    study_instance_uid: str
    study_date: str
    study_time: str
    study_id: str
    study_description: str
    accession_number: str
    institution_name: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """`key` is stable within a session. One per Patient ID + issuer, or per name and birth date without an ID."""

    key: str
    patient_name: str
    patient_id: str
    patient_birth_date: str
    patient_sex: str
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True)
class Disc:
    """Everything known of what was opened, once indexing is done: what rules judge and exports take from.

    `complete` is false when reading was stopped early. `files` is in the order given.
    """

    name: str
    files: tuple[FileRecord, ...]
    instances: tuple[SopInstance, ...]
    dicomdirs: tuple[Dicomdir, ...]
    patients: tuple[Patient, ...]
    complete: bool = True
