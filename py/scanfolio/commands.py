"""What each command does: drives a session, prints, and says in the exit status whether something wrong was found."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from os import environ
from pathlib import Path
from textwrap import wrap

from scanfolio.catalogue import as_dict
from scanfolio.errors import RequestError
from scanfolio.export.drive import is_zip_name, refuse_taken, run, sink_for
from scanfolio.export.manifest import Manifest
from scanfolio.export.parts import OTHER_PART, divide
from scanfolio.export.planned import FIRST_SET, Choices, LeftOut, Plan, second_set
from scanfolio.export.removal.choices import Dates, RemovalChoices
from scanfolio.export.removal.clean import Outcome
from scanfolio.export.verification import Verification
from scanfolio.export.verify import verify as verify_alone
from scanfolio.export.viewer import built_viewer
from scanfolio.model import Kind
from scanfolio.reading.roles import roles_on
from scanfolio.session import Session
from scanfolio.source import Source, open_path
from scanfolio.words import again, number, say, tenths

ELSEWHERE = (OTHER_PART, FIRST_SET)  # left out here because another part of the same copy has it


def report(options: argparse.Namespace) -> int:
    session = _read(options)
    judged = run(session.judge(options.lang))
    if options.letter:
        _print(_letter_text(session, options.lang))
    else:
        _print(session.report_json() if options.json else session.report_text())
    return 0 if judged.verdict.letter == "A" else 1


def _letter_text(session: Session, language: str) -> str:
    """The letters one after the other, in 80 columns. Raises RequestError where there is nothing to ask for."""
    letters = session.letters(language, date.today().strftime("%Y%m%d"))
    if not letters:
        raise RequestError(say("letter.none" if session.disc.complete else "letter.none_yet", language))
    blocks = []
    for letter in letters:
        lines = [line for paragraph in letter.paragraphs for line in (*paragraph, "")]
        hanging = [wrap(line, 80, subsequent_indent="  " if line.startswith("- ") else "") or [""] for line in lines]
        blocks.append("\n".join(text for wrapped in hanging for text in wrapped))
    return ("-" * 80 + "\n\n").join(blocks)


def listing(options: argparse.Namespace) -> int:
    session = _read(options)
    listed = as_dict(session.disc, session.index.counts())
    listed["instances"] = [
        {
            "sop_instance_uid": i.sop_instance_uid,
            "series_instance_uid": i.series_instance_uid,
            "path": i.path,
            "frames": i.number_of_frames,
            "transfer_syntax_uid": i.transfer_syntax_uid,
        }
        for i in session.disc.instances
    ]
    listed["files"] = [
        {"path": f.path, "kind": f.kind.value, "size": f.size, "signature": f.signature, "reason": f.reason}
        for f in session.disc.files
    ]
    if options.json:
        _print(json.dumps(again(listed, options.lang), ensure_ascii=False, indent=1))
    else:
        _print(_listing_text(session, options.lang))
    return 0


def image(options: argparse.Namespace) -> int:
    session = _read(options)
    output = Path(options.output)
    if output.suffix.lower() not in (".png", ".npy"):
        raise RequestError(say("session.picture_name"), where=str(output))
    try:
        if output.suffix.lower() == ".npy":
            import numpy as np

            np.save(output, session.stored_values(options.sop, options.frame - 1))
        else:
            from scanfolio.pixels.png import encode

            window = tuple(options.window) if options.window else None
            output.write_bytes(encode(session.display_values(options.sop, options.frame - 1, window)))
    except OSError as error:
        raise RequestError(say("session.picture_not_written"), where=str(output), detail=str(error)) from error
    return 0


def export(options: argparse.Namespace) -> int:
    viewer = run(built_viewer(environ.get("SCANFOLIO_DIST", ""))) if options.with_viewer else None
    session = _read(options)
    patient_key = _patient_key(session, options.patient)
    without = tuple(roles_on(session.disc)) if options.essential else ()
    removal = _removal(options)
    choices = Choices(
        options.study,
        options.series,
        patient_key,
        options.encoding,
        options.lang,
        for_old_software=options.for_old_software,
        without=without,
        viewer=viewer,
        removal=removal,
    )
    destination = Path(options.destination)
    plan = run(session.plan(choices), on_progress=_progress_in(options.lang))
    parts = divide(plan, int(options.media_size * 1e6)) if options.media_size else [plan]
    places = _places(destination, len(parts))
    second_place = destination.with_name(f"{destination.stem}-OTHER{destination.suffix}")
    if options.dry_run:
        parts_text = _parts_text(parts, places, options.media_size)
        _print(_plan_text(plan, str(destination)) + parts_text + _second_text(plan, second_place) + _removal_text(plan))
        return 0
    for place in places:
        refuse_taken(place)
    # All or nothing of one part; a part that is written and verified stays, whatever becomes of the next.
    written = [_write_part(session, part, place) for part, place in zip(parts, places, strict=True)]
    left_out = [left for manifest, _ in written for left in manifest.left_out]
    second = second_set(choices, left_out)
    if second is not None:
        refuse_taken(second_place)
        plan = run(session.plan(second), on_progress=_progress_in(options.lang))
        _print(say("export.plan.second_written", options.lang, where=str(second_place)))
        written.append(_write_part(session, plan, second_place))
    return 0 if all(ok for _, ok in written) else 1


def _removal(options: argparse.Namespace) -> RemovalChoices | None:
    """Raises RequestError where something is asked for that belongs to --remove-identity, without it."""
    asked = (options.dates != "remove", options.pseudonym, options.include_documents, options.include_burned_in)
    if options.remove_identity:
        documents, burned_in = options.include_documents, options.include_burned_in
        return RemovalChoices(Dates(options.dates), options.pseudonym, documents, burned_in)
    if any(asked):
        raise RequestError(say("removal.refused.not_asked", options.lang))
    return None


def _removal_text(plan: Plan) -> str:
    """The preview: every attribute, what becomes of it, how often, and what stood in it."""
    if plan.removal is None:
        return ""
    language = plan.choices.language
    lines = []
    for outcome in Outcome:
        rows = [row for row in plan.removal.preview.rows() if row.outcome is outcome]
        if rows:
            lines.append(say(f"removal.preview.{outcome}", language, count=len(rows)))
            for row in rows:
                examples = ": " + " | ".join(row.examples) if row.examples else ""
                lines.append(f"  {number(row.count, language)} × {row.as_dict()['name']}{examples}")
    return "\n".join(lines) + "\n"


def _places(destination: Path, parts: int) -> list[Path]:
    """Where each part goes: `destination` itself, or COPY-1, COPY-2 … and copy-1.zip, copy-2.zip …"""
    if parts == 1:
        return [destination]
    return [destination.with_name(f"{destination.stem}-{n}{destination.suffix}") for n in range(1, parts + 1)]


def _write_part(session: Session, part: Plan, place: Path) -> tuple[Manifest, bool]:
    kind = "zip" if is_zip_name(place) else "folder"
    language = part.choices.language
    progress = _progress_in(language)
    sink = sink_for(place, compared=True)
    manifest: Manifest = run(session.write(part, kind), sink, progress)
    verification: Verification = run(session.verify(run(open_path(str(sink.written)))), on_progress=progress)
    if verification.ok:
        sink.confirm()
    if part.part:
        _print(say("export.plan.part", language, number=part.part.number, of=part.part.of, where=str(place)))
    _print(_export_text(verification, [f for f in manifest.left_out if f.code not in ELSEWHERE], language))
    return manifest, verification.ok


def verify(options: argparse.Namespace) -> int:
    written: Source = run(open_path(options.export), on_progress=_progress_in(options.lang))
    options.source = options.against
    steps = _read(options).verify(written) if options.against else verify_alone(written)
    verification = run(steps, on_progress=_progress_in(options.lang))
    _print(_export_text(verification, (), options.lang))
    return 0 if verification.ok else 1


def _plan_text(plan: Plan, where: str) -> str:
    language = plan.choices.language
    viewer = plan.choices.viewer
    lines = [
        say("export.plan.would_write", language, count=len(plan.files), where=where),
        say(
            "export.plan.size",
            language,
            before=_megabytes(plan.size_before, language),
            after=_megabytes(plan.size_after, language),
        ),
        *([say("export.plan.viewer", language, size=_megabytes(viewer.size, language))] if viewer else []),
        say("export.plan.changes", language),
        *(f"  {sentence}" for sentence in plan.changes()),
    ]
    if plan.left_out:
        lines.append(say("export.plan.left_out", language, count=len(plan.left_out)))
        for reason, files, _ in plan.left_out_by_reason():
            lines.append(f"  {number(files, language)} × {reason}")
            lines.extend(f"      {left.path}" for left in plan.left_out if left.reason == reason)
    if plan.not_chosen:
        lines.append(say("export.plan.not_chosen", language, count=plan.not_chosen))
    lines.append(say("export.plan.nothing_written", language))
    return "\n".join(lines) + "\n"


def _second_text(plan: Plan, place: Path) -> str:
    second = second_set(plan.choices, plan.left_out)
    count = len(second.only or ()) if second else 0
    return say("export.plan.second", plan.choices.language, count=count, where=str(place)) + "\n" if count else ""


def _parts_text(parts: list[Plan], places: list[Path], media_size: float | None) -> str:
    if media_size is None:
        return ""
    language = parts[0].choices.language
    lines = [say("export.plan.parts", language, count=len(parts))]
    if len(parts) > 1:
        for part, place in zip(parts, places, strict=True):
            holds = say("export.plan.would_write", language, count=len(part.files), where=str(place))
            lines.append(f"  {holds} {_megabytes(part.size_after, language)}")
    return "\n".join(lines) + "\n"


def _megabytes(size: int, language: str) -> str:
    return f"{tenths(size / 1e6, language)} MB"


def _export_text(verification: Verification, left_out: Iterable[LeftOut], language: str) -> str:
    lines = [str(verification.sentence(language))]
    lines.extend(f"  {d.path}: {d.what}" for d in verification.differences)
    left = list(left_out)
    if left:
        lines.append(say("session.left_out", language, count=len(left)))
        if any(f.path for f in left):
            lines.extend(f"  {f.path}: {f.reason}" for f in left)
        else:  # a copy without identifying data names no path of the source
            lines.extend(f"  {number(n, language)} × {reason}" for reason, n in Counter(f.reason for f in left).items())
    return "\n".join(lines) + "\n"


def _read(options: argparse.Namespace) -> Session:
    progress = _progress_in(options.lang)
    source: Source = run(open_path(options.source), on_progress=progress)
    session = Session(source.name)
    run(session.read(source), on_progress=progress)
    if options.open_archives:
        run(session.open_archives(), on_progress=progress)
    return session


def _patient_key(session: Session, patient_id: str | None) -> str | None:
    if patient_id is None:
        return None
    for patient in session.disc.patients:
        if patient.patient_id == patient_id:
            return patient.key
    raise RequestError(say("session.no_person"), hint=say("session.no_person_hint"))


def _listing_text(session: Session, language: str) -> str:
    lines: list[str] = []
    no_name, no_description = (say(f"session.{key}", language) for key in ("no_name", "no_description"))
    for patient in session.disc.patients:
        lines.append(
            " · ".join(filter(None, (patient.patient_name or no_name, patient.patient_id, patient.patient_birth_date)))
        )
        for study in patient.studies:
            lines.append(
                f"  {study.study_date} {study.study_description or no_description}  {study.study_instance_uid}"
            )
            for series in study.series:
                what = f"{series.modality or '??'} {series.series_description or no_description}"
                counts = {"count": len(series.instances), "frames": series.frame_count}
                lines.append(
                    f"    {say('session.series', language, what=what, **counts)}  {series.series_instance_uid}"
                )
                lines.extend(f"      {i.path}  {i.sop_instance_uid}" for i in series.instances)
    others = [f for f in session.disc.files if f.kind != Kind.DICOM]
    if others:
        lines.append("")
        lines.append(say("session.other_files", language, count=len(others)))
        lines.extend(
            f"  {f.path}  [{f.kind.value}] {f.signature}" + (f": {again(f.reason, language)}" if f.reason else "")
            for f in others
        )
    return "\n".join(lines) + "\n"


def _progress_in(language: str) -> Callable[[str, int, int], None]:
    def show(stage: str, done: int, total: int) -> None:
        end = "\n" if done == total else "\r"
        what = say(f"session.stage.{stage}", language)
        counted = f"{number(done, language)} / {number(total, language)}"
        print(f"{what}: {counted}", end=end, file=sys.stderr, flush=True)

    return show if sys.stderr.isatty() else _say_nothing


def _say_nothing(stage: str, done: int, total: int) -> None:
    """Progress, where nobody watches."""


def _print(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
