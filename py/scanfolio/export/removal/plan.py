"""From the plan of an export to the plan of the same export without identifying data.

All headers are read once, when the plan is made: for the preview, and to know what must not be found in the copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any

from scanfolio.effects import LoadPackage, Part, Progress, Steps, patiently
from scanfolio.errors import ExportError, ReadingError, ScanfolioError, SourceError
from scanfolio.export.compare import stored_differences
from scanfolio.export.elements import RawElement, element, read_elements
from scanfolio.export.large import MAX_WHOLE_BYTES
from scanfolio.export.manifest import Manifest
from scanfolio.export.planned import Action, Choices, LeftOut, Plan, PlannedFile, decoded_size
from scanfolio.export.records import WANTED_TAGS
from scanfolio.export.removal.choices import Dates, RemovalChoices
from scanfolio.export.removal.clean import CLASS_UIDS, Outcome, Treatment, clean, clean_pixels_apart
from scanfolio.export.removal.papers import standing_texts
from scanfolio.export.removal.preview import Preview, name_of
from scanfolio.export.removal.risks import left_out_code, may_hold_writing, shows_a_face
from scanfolio.export.removal.search import Forbidden, Hit
from scanfolio.export.removal.values import NO_DATE, Secret, shifted
from scanfolio.export.transcode import data_set_head, transcode
from scanfolio.model import SopInstance
from scanfolio.source.entry import Entry
from scanfolio.standard.removal import codes, edition
from scanfolio.words import say

CHARACTER_SET = 0x00080005


class Removal:
    """One export's removing of identity: what is known of the originals, and what becomes of each instance."""

    def __init__(self, choices: RemovalChoices, language: str, secret: Secret | None = None) -> None:
        self.choices = choices
        self.language = language
        self.secret = secret or Secret()
        self.preview = Preview()
        self.forbidden = Forbidden()
        self.treatments: dict[str, Treatment] = {}  # by File ID
        self.warnings: dict[str, int] = {}  # instances by kind of risk
        self.moved: set[str] = set()  # days that dates were moved to
        self.new_uids: frozenset[str] = frozenset()  # of the instances that are written

    # -- planning

    def treatment(self, planned: PlannedFile, pseudonym: str) -> Treatment:
        instance = planned.instance
        patient = f"{instance.patient_id}\0{instance.issuer_of_patient_id}"
        days = self.secret.days(patient) if self.choices.dates is Dates.SHIFT else 0
        return Treatment(instance.sop_class_uid, pseudonym, self.secret, self.choices.dates, days)

    def look(self, planned: PlannedFile, treatment: Treatment) -> None:
        """Read one header: for the preview and for the search. Raises SourceError, ReadingError."""
        instance = planned.instance
        charset = instance.specific_character_set

        def see(tag: int, vr: bytes, value: bytes, outcome: Outcome) -> None:
            self.preview.note(tag, vr, value, outcome, charset)
            if outcome is Outcome.KEPT or not value or tag >> 16 & 1:
                return
            if identifies(tag, vr):
                self.forbidden.add(tag, vr, value, charset)
            if outcome is Outcome.REPLACED and vr in (b"DA", b"DT"):
                new = shifted(value.decode("latin-1"), treatment.days)
                self.moved.update(one[:8] for one in new.split("\\"))

        clean(data_set_head(planned.entry, instance), treatment, see)

    def facts(self, instance: SopInstance, treatment: Treatment) -> SopInstance:
        """`instance` as the papers and the table of contents may know it."""
        uid = self.secret.uid
        shift = treatment.dates is Dates.SHIFT
        moved: Callable[[str], str] = (lambda value: shifted(value, treatment.days)) if shift else (lambda value: "")
        return replace(
            instance,
            path="",
            sop_instance_uid=uid(instance.sop_instance_uid),
            media_storage_sop_instance_uid=uid(instance.sop_instance_uid),
            study_instance_uid=uid(instance.study_instance_uid),
            series_instance_uid=uid(instance.series_instance_uid),
            frame_of_reference_uid=uid(instance.frame_of_reference_uid),
            patient_name=treatment.pseudonym,
            patient_id=treatment.pseudonym,
            issuer_of_patient_id="",
            patient_birth_date="",
            patient_sex="",
            patient_identity_removed="YES",
            study_date=moved(instance.study_date),
            series_date=moved(instance.series_date),
            content_date=moved(instance.content_date),
            study_time=instance.study_time if shift else "",
            content_time=instance.content_time if shift else "",
            acquisition_time=instance.acquisition_time if shift else "",
            study_id="",
            study_description="",
            series_description="",
            accession_number="",
            institution_name="",
            protocol_name="",
            implementation_version_name="",
            text_hint="",
            notes=(),
        )

    # -- writing

    def cleaned(self, file_id: str, parts: list[Part]) -> list[Part]:
        """The data set (Explicit VR Little Endian) to write instead of `parts`."""
        data = parts[0] if len(parts) == 1 and isinstance(parts[0], bytes) else b"".join(parts)
        return clean(data, self.treatments[file_id])

    def cleaned_elements(self, file_id: str, elements: dict[int, RawElement]) -> dict[int, RawElement]:
        """The same for the elements a directory record is made of."""
        data = b"".join(element(tag, vr, value) for tag, (vr, value) in sorted(elements.items()))
        return read_elements(b"".join(clean(data, self.treatments[file_id])), WANTED_TAGS)

    def search(self, path: str, data: bytes, created: datetime) -> None:
        """Raises ExportError where a file to be written still holds what had to go."""
        self.forbidden.allow([f"{created:%Y%m%d}"])
        hits = self.forbidden.find(data)
        if hits:
            what = "; ".join(sorted({_in_words(hit) for hit in hits}))
            raise ExportError(
                say("removal.stopped.found", self.language, attribute=name_of(hits[0].of)),
                hint=say("removal.stopped.found_hint", self.language),
                where=path,
                detail=what,
            )

    def of_manifest(self, manifest: Manifest) -> Manifest:
        """Without paths and sizes of the source; with what was done."""
        left_out = []
        for left in manifest.left_out:
            old = left.sop_instance_uid
            new = old if old in self.new_uids else self.secret.uid(old)
            left_out.append(LeftOut("", left.code, left.reason, 0, new))
        return replace(manifest, left_out=tuple(left_out), identity=self.as_record())

    def as_record(self) -> dict[str, Any]:
        """What EXPORT.JSN says about it. Holds no old value."""
        return {
            "removed": True,
            "profile": f"PS3.15 {edition()} Annex E, Basic Application Level Confidentiality Profile",
            "dates": self.choices.dates.value,
            "reports_included": self.choices.documents,
            "images_with_possible_writing_included": self.choices.burned_in,
            "searched_for": len(self.forbidden),
        }

    # -- reading back

    def faults_of(self, planned: PlannedFile, entry: Entry, copy: SopInstance, data_set: bytes) -> list[str]:
        """What is wrong with a copy that was read back. Its pixels are compared with the source, not with ours."""
        made = transcode(planned.entry, planned.instance, planned.action).parts
        found = []
        if b"".join(self.cleaned(planned.file_id, made)) != data_set:
            found.append("the data set is not what was to be written")
        if clean_pixels_apart(b"".join(made)) != clean_pixels_apart(data_set):
            found.append("the pixel data differs")
        if planned.action is Action.DECOMPRESS:
            found += stored_differences(planned.entry, planned.instance, entry, copy)
        return found

    # -- saying

    def changes(self) -> list[str]:
        dates = "shifted" if self.choices.dates is Dates.SHIFT else "no_dates"
        keys = ("attributes", "numbers", dates, "pixels")
        said = [say(f"removal.change.{key}", self.language) for key in keys]
        return [*said, *self._warned(), say("removal.promise", self.language)]

    def _warned(self) -> list[str]:
        return [say(f"removal.warn.{kind}", self.language, count=n) for kind, n in self.warnings.items()]

    def as_dict(self) -> dict[str, Any]:
        """The preview. Holds old values: for the screen only."""
        return {
            "dates": self.choices.dates.value,
            "rows": [row.as_dict() for row in self.preview.rows()],
            "warnings": self._warned(),
        }


def without_identity(plan: Plan, choices: Choices, secret: Secret | None = None) -> Steps:
    """The plan of a copy without identifying data. Yields Progress("looking"); returns a Plan with a Removal.

    Raises ExportError where nothing is left, or a choice does not go together with removing identity.
    """
    assert choices.removal is not None
    language = choices.language
    choices.removal.check(language)
    removal = Removal(choices.removal, language, secret)
    yield LoadPackage("pydicom")
    patients = sorted({(f.instance.patient_id, f.instance.issuer_of_patient_id) for f in plan.files})
    pseudonyms = dict(zip(patients, choices.removal.pseudonyms(len(patients)), strict=True))
    files: list[PlannedFile] = []
    left_out = list(plan.left_out)
    for done, planned in enumerate(plan.files):
        if done % 16 == 0:
            yield Progress("looking", done, len(plan.files))
        instance = planned.instance
        code = _stays_out(planned, choices.removal)
        if not code:
            treatment = removal.treatment(planned, pseudonyms[instance.patient_id, instance.issuer_of_patient_id])
            try:
                yield from patiently(partial(_understood, partial(removal.look, planned, treatment)))
            except SourceError:
                code = "unreadable"
            except ReadingError:
                code = "damaged"
        if code:
            ours = code.removeprefix("identity-")
            reason = say(f"removal.left_out.{ours}" if ours != code else f"export.left_out.{code}", language)
            left_out.append(LeftOut(instance.path, code, reason, instance.size, instance.sop_instance_uid))
            continue
        for kind, concerned in (("faces", shows_a_face(instance)), ("writing", may_hold_writing(instance))):
            if concerned:
                removal.warnings[kind] = removal.warnings.get(kind, 0) + 1
        if choices.removal.burned_in and left_out_code(instance, documents=True, burned_in=False):
            removal.warnings["burned_in"] = removal.warnings.get("burned_in", 0) + 1
        removal.treatments[planned.file_id] = treatment
        files.append(replace(planned, instance=removal.facts(instance, treatment)))
    yield Progress("looking", len(plan.files), len(plan.files))
    if not files:
        raise ExportError(say("removal.refused.nothing", language), hint=say("removal.refused.nothing_hint", language))
    instances = [f.instance for f in files]
    removal.new_uids = frozenset(i.sop_instance_uid for i in instances)
    removal.forbidden.allow([NO_DATE, *removal.moved])
    made = replace(
        plan,
        disc_name="",
        files=tuple(files),
        left_out=tuple(left_out),
        patients=len({i.patient_id for i in instances}),
        studies=len({i.study_instance_uid for i in instances}),
        series=len({(i.study_instance_uid, i.series_instance_uid) for i in instances}),
        needs=tuple(dict.fromkeys((*plan.needs, "pydicom"))),
        removal=removal,
    )
    removal.forbidden.own_words(standing_texts(made))
    return made


@cache
def identifies(tag: int, vr: bytes) -> bool:
    """Whether a value that goes must not stand anywhere else either.

    Descriptions may. So may what goes only because the sequence around it goes: a code, the kind of an identifier.
    """
    if tag in CLASS_UIDS or "Description" in name_of(tag) or name_of(tag).startswith("Comments on"):
        return False
    return tag in codes() or vr in (b"PN", b"UI", b"DA", b"DT")


def _stays_out(planned: PlannedFile, choices: RemovalChoices) -> str:
    instance = planned.instance
    if planned.action is Action.KEEP:
        return "identity-encoding"
    if max(instance.size, decoded_size(instance)) > MAX_WHOLE_BYTES:
        return "identity-large"
    return left_out_code(instance, documents=choices.documents, burned_in=choices.burned_in)


def _understood(read: Callable[[], None]) -> None:
    try:
        read()
    except (ScanfolioError, MemoryError, ImportError):
        raise
    except Exception as problem:
        raise ReadingError(say("reading.error.parse"), detail=type(problem).__name__) from problem


def _in_words(hit: Hit) -> str:
    def place(tag: int) -> str:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"

    return f"a value of {place(hit.of)} in {place(hit.within) if hit.within else 'its text'}"
