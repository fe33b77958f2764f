"""Instances that refer to others, for tests. Everything in them is invented."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from instances import make_instance

CT = "1.2.840.10008.5.1.4.1.1.2"
PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.1"


def reference(uid: str, sop_class: str = CT) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
    return item


def series_of(*references: Dataset) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID, item.ReferencedImageSequence = "1.2.3", Sequence(references)
    return item


def presentation(*uids: str, undefined: bool = False) -> Dataset:
    """A presentation state of these images, and of one study, which is no image."""
    ds = make_instance("pdf", 9, series=9, SOPClassUID=PRESENTATION, Modality="PR", EncapsulatedDocument=None)
    ds.ContentLabel, ds.ContentDescription, ds.PresentationCreationDate = "MARKS", "", "20240229"
    ds.PresentationCreationTime, ds.ContentCreatorName = "101500", ""
    ds.ReferencedSeriesSequence = Sequence([series_of(*(reference(uid) for uid in uids))])
    ds.ReferencedStudySequence = Sequence([reference("1.2.99", "1.2.840.10008.3.1.2.3.1")])
    for sequence in (ds["ReferencedSeriesSequence"], ds.ReferencedSeriesSequence[0]["ReferencedImageSequence"]):
        sequence.is_undefined_length = undefined
        for item in sequence.value:
            item.is_undefined_length_sequence_item = undefined
    return ds
