"""The parts of synthetic instances that are no pictures: a structured report and a PDF."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def content_item(relationship: str, value_type: str, concept: Dataset, **value: Any) -> Dataset:
    """One SR content item (PS3.3 C.17.3); `relationship` "" for the root."""
    item = Dataset()
    if relationship:
        item.RelationshipType = relationship
    item.ValueType, item.ConceptNameCodeSequence = value_type, Sequence([concept])
    for keyword, v in value.items():
        setattr(item, keyword, v)
    return item


def dose_report(ds: Dataset) -> None:
    ds.Modality, ds.CompletionFlag, ds.VerificationFlag = "SR", "COMPLETE", "UNVERIFIED"
    unit = code("mGy.cm", "UCUM", "mGy.cm")
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = "512.5", Sequence([unit])
    total = content_item(
        "CONTAINS",
        "NUM",
        code("113813", "DCM", "CT Dose Length Product Total"),
        MeasuredValueSequence=Sequence([measured]),
    )
    box = content_item(
        "CONTAINS",
        "CONTAINER",
        code("113811", "DCM", "CT Accumulated Dose Data"),
        ContinuityOfContent="SEPARATE",
        ContentSequence=Sequence([total]),
    )
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = Sequence([code("113701", "DCM", "X-Ray Radiation Dose Report")])
    ds.ContentSequence = Sequence([box])


def minimal_pdf(text: str = "Invented report. No real person.") -> bytes:
    """A valid one-page PDF 1.4 with one line of text."""
    stream = f"BT /F1 14 Tf 60 760 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, text_of_object in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text_of_object)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(out))
    )


def encapsulated_pdf(ds: Dataset) -> None:
    document = minimal_pdf()
    ds.Modality, ds.ConversionType, ds.BurnedInAnnotation = "DOC", "WSD", "YES"
    ds.DocumentTitle, ds.MIMETypeOfEncapsulatedDocument = "Invented report", "application/pdf"
    ds.ConceptNameCodeSequence = Sequence()
    ds.EncapsulatedDocumentLength = len(document)
    ds.add_new("EncapsulatedDocument", "OB", document + b"\0" * (len(document) % 2))
