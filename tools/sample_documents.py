"""The two documents on the sample disc: a CT dose report (SR) and an encapsulated PDF, both invented."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from sample_instances import CT, DATE, DOSE_REPORT, PDF, SLICES, _common, code, dataset, uid


def _item(relationship: str, value_type: str, concept: Dataset, **value: Any) -> Dataset:
    return dataset(RelationshipType=relationship, ValueType=value_type, ConceptNameCodeSequence=[concept], **value)


def _text(concept: Dataset, value: str) -> Dataset:
    return _item("CONTAINS", "TEXT", concept, TextValue=value)


def _number(concept: Dataset, value: str, unit: str) -> Dataset:
    measured = dataset(NumericValue=value, MeasurementUnitsCodeSequence=[code(unit, "UCUM", unit)])
    return _item("CONTAINS", "NUM", concept, MeasuredValueSequence=[measured])


def _coded(concept: Dataset, value: Dataset, relationship: str = "CONTAINS", **more: Any) -> Dataset:
    return _item(relationship, "CODE", concept, ConceptCodeSequence=[value], **more)


def _box(concept: Dataset, *items: Dataset) -> Dataset:
    return _item("CONTAINS", "CONTAINER", concept, ContinuityOfContent="SEPARATE", ContentSequence=list(items))


def _acquisition(number: int, protocol: str, length_mm: str, ctdi_mgy: str, dlp: str) -> Dataset:
    kind = (
        code("113805", "DCM", "Constant Angle Acquisition")
        if number == 1
        else code("116152004", "SCT", "Spiral Acquisition")
    )
    return _box(
        code("113819", "DCM", "CT Acquisition"),
        _text(code("125203", "DCM", "Acquisition Protocol"), protocol),
        _coded(code("123014", "DCM", "Target Region"), code("51185008", "SCT", "Chest")),
        _coded(code("113820", "DCM", "CT Acquisition Type"), kind),
        _item(
            "CONTAINS", "UIDREF", code("113769", "DCM", "Irradiation Event UID"), UID=uid("irradiation event", number)
        ),
        _box(
            code("113822", "DCM", "CT Acquisition Parameters"),
            _number(code("113825", "DCM", "Scanning Length"), length_mm, "mm"),
        ),
        _box(
            code("113829", "DCM", "CT Dose"),
            _number(code("113830", "DCM", "Mean CTDIvol"), ctdi_mgy, "mGy"),
            _coded(code("113835", "DCM", "CTDIw Phantom Type"), code("113691", "DCM", "IEC Body Dosimetry Phantom")),
            _number(code("113838", "DCM", "DLP"), dlp, "mGy.cm"),
        ),
    )


def dose_report() -> Dataset:
    """An X-Ray Radiation Dose SR (PS3.16 TID 10011) for the two CT irradiation events."""
    ds = _common(DOSE_REPORT, "SR", 5, 1, "104500", "Dose report")
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "UNVERIFIED"
    ds.ReferencedPerformedProcedureStepSequence, ds.PerformedProcedureCodeSequence = [], []
    evidence = [dataset(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=uid(2, n)) for n in range(1, SLICES + 1)]
    ds.CurrentRequestedProcedureEvidenceSequence = [
        dataset(
            StudyInstanceUID=uid("study"),
            ReferencedSeriesSequence=[dataset(SeriesInstanceUID=uid(2), ReferencedSOPSequence=evidence)],
        )
    ]
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [code("113701", "DCM", "X-Ray Radiation Dose Report")]
    ds.ContentTemplateSequence = [dataset(MappingResource="DCMR", TemplateIdentifier="10011")]
    intent = _coded(
        code("363703001", "SCT", "Has Intent"), code("261004008", "SCT", "Diagnostic Intent"), "HAS CONCEPT MOD"
    )
    ds.ContentSequence = [
        _coded(
            code("121058", "DCM", "Procedure reported"),
            code("77477000", "SCT", "Computed Tomography X-Ray"),
            "HAS CONCEPT MOD",
            ContentSequence=[intent],
        ),
        _item(
            "HAS OBS CONTEXT",
            "CODE",
            code("121005", "DCM", "Observer Type"),
            ConceptCodeSequence=[code("121007", "DCM", "Device")],
        ),
        _item("HAS OBS CONTEXT", "UIDREF", code("121012", "DCM", "Device Observer UID"), UID=uid("scanner")),
        _item(
            "HAS OBS CONTEXT", "DATETIME", code("113809", "DCM", "Start of X-Ray Irradiation"), DateTime=DATE + "101600"
        ),
        _item(
            "HAS OBS CONTEXT", "DATETIME", code("113810", "DCM", "End of X-Ray Irradiation"), DateTime=DATE + "102000"
        ),
        _coded(
            code("113705", "DCM", "Scope of Accumulation"),
            code("113014", "DCM", "Study"),
            "HAS OBS CONTEXT",
            ContentSequence=[
                _item("HAS PROPERTIES", "UIDREF", code("110180", "DCM", "Study Instance UID"), UID=uid("study"))
            ],
        ),
        _box(
            code("113811", "DCM", "CT Accumulated Dose Data"),
            _number(code("113812", "DCM", "Total Number of Irradiation Events"), "2", "{events}"),
            _number(code("113813", "DCM", "CT Dose Length Product Total"), "246.4", "mGy.cm"),
        ),
        _acquisition(1, "Localizer (invented)", "420", "0.08", "3.4"),
        _acquisition(2, "Chest and upper abdomen (invented)", "305", "7.97", "243.0"),
        _coded(code("113854", "DCM", "Source of Dose Information"), code("113856", "DCM", "Automated Data Collection")),
    ]
    return ds


LETTER = (
    ("F2 17", "Example General Hospital (invented)"),
    ("F1 11", "Department of Imaging"),
    ("", ""),
    ("F2 13", "Report: PET/CT of the chest and upper abdomen"),
    ("F1 11", "Patient: Sample, Jane     Born: 1 January 1970     Number: SAMPLE-001"),
    ("F1 11", "Date of the examination: 14 March 2025"),
    ("", ""),
    ("F2 11", "This is not a report about a real person."),
    ("F1 11", "The pictures on this disc were drawn by a program from simple shapes, so that you can"),
    ("F1 11", "try Scanfolio without a disc of your own. Nobody was scanned, and nothing here has any"),
    ("F1 11", "medical meaning. A real disc often carries its report as a page like this one."),
)


def letter_pdf() -> bytes:
    """A one-page PDF 1.4, put together by hand."""
    lines, y = [], 780
    for font, text in LETTER:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        if font:
            lines.append(f"BT /{font} Tf 62 {y} Td ({escaped}) Tj ET")
        y -= 24 if font.startswith("F2") else 17
    stream = ("0.75 G 62 722 m 533 722 l S\n" + "\n".join(lines)).encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def report() -> Dataset:
    """The letter as an Encapsulated PDF (PS3.3 A.45.1)."""
    document = letter_pdf()
    ds = _common(PDF, "DOC", 6, 1, "120000", "Report (invented)")
    ds.ConversionType, ds.BurnedInAnnotation, ds.RecognizableVisualFeatures = "WSD", "YES", "NO"
    ds.AcquisitionDateTime = ""
    ds.DocumentTitle, ds.MIMETypeOfEncapsulatedDocument = "Report (invented)", "application/pdf"
    ds.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic imaging study")]
    ds.EncapsulatedDocumentLength = len(document)
    ds.add_new("EncapsulatedDocument", "OB", document + b"\0" * (len(document) % 2))
    return ds
