"""The report as plain text of at most 80 columns: for a terminal, and for REPORT.TXT of a copy."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator

from scanfolio.rules.outcome import Issue, Outcome, Severity, State
from scanfolio.rules.profiles import Profile
from scanfolio.rules.report import Report, encodable
from scanfolio.rules.rule import FAMILIES
from scanfolio.words import again, say

WIDTH = 80
MOST_LINES_OF_PLACES = 5
SECOND_COLUMN = "\0"
_JAPANESE, _CLOSING = "\u3040-\u30ff\u3400-\u9fff々", "、。」』）・ー"
AFTER_JAPANESE = re.compile(f"(?<=[{_JAPANESE}{_CLOSING}]{SECOND_COLUMN})(?![{_CLOSING}])")


def write_text(report: Report) -> str:
    """The whole text, lines ended by newlines."""
    return encodable("\n".join(_lines(report)) + "\n")


class _Wrapper(textwrap.TextWrapper):
    """Japanese is written without spaces: a line may end after any of its letters, but not before a full stop."""

    def _split(self, text: str) -> list[str]:
        return [piece for chunk in super()._split(text) for piece in AFTER_JAPANESE.split(chunk)]


def _wrap(text: str, indent: str = "", first: str | None = None) -> list[str]:
    start = indent if first is None else first
    wrapper = _Wrapper(WIDTH, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False)
    lines = wrapper.wrap(_in_columns(text)) or [start.rstrip()]
    return [line.replace(SECOND_COLUMN, "") for line in lines]


def _in_columns(text: str) -> str:
    """The text with a mark behind each letter that takes two columns of a terminal."""
    if text.isascii():
        return text
    return "".join(c + SECOND_COLUMN if unicodedata.east_asian_width(c) in "WF" else c for c in text)


def _heading(text: str, under: str = "-") -> list[str]:
    return ["", text, under * len(_in_columns(text))]


def _lines(report: Report) -> Iterator[str]:
    language, verdict = report.language, report.verdict

    def words(key: str, **values: object) -> str:
        return say(f"rules.report.{key}", language, **values)

    yield from _heading(words("heading"), "=")[1:]
    yield from _wrap(words("scope"))
    yield ""
    yield from _wrap(verdict.title)
    yield from _wrap(verdict.summary)
    yield words("class", letter=verdict.letter)
    yield from _heading(words("meaning"))
    yield from _wrap(verdict.meaning)
    yield from _heading(words("steps"))
    for number, step in enumerate(verdict.next_steps, 1):
        yield from _wrap(step, "   ", f"{number}. ")
    yield from _remarks(report)
    yield from _heading(words("profiles"))
    yield words("profiles_lead")
    for profile in report.profiles:
        yield from _wrap(f"{profile.title}: {_met(profile, language)}", "    ", "  ")
    yield from _receivers(report)
    yield from _heading(words("technical"))
    for letter in FAMILIES:
        yield say(f"rules.family.{letter}", language)
        for outcome in report.outcomes:
            if outcome.family == letter:
                yield from _technical(outcome)
    yield from _heading(words("files"))
    counts = {k: v for k, v in report.counts.items() if k in ("files", "dicom", "other", "unreadable")}
    yield from _wrap(words("counts", **counts))
    for dicomdir in report.dicomdirs:
        name, uid = dicomdir.file_set_id or "-", dicomdir.file_set_uid or "-"
        yield from _wrap(words("file_set", path=dicomdir.path, name=name, uid=uid), "    ")
    for file in report.files:
        if file.reason:
            yield from _wrap(f"{file.path}: {again(file.reason, language)}", "    ", "  ")
    yield ""
    yield from _wrap(words("closing"))


def _remarks(report: Report) -> Iterator[str]:
    language = report.language
    failed = [o for o in report.outcomes if o.state is State.FAILED]
    unanswered = [o for o in report.outcomes if o.state in (State.BLOCKED, State.CRASHED)]
    yield from _heading(say("rules.report.remarks", language))
    states = [o.state for o in report.outcomes]
    yield from _wrap(
        say(
            "rules.report.checks",
            language,
            passed=states.count(State.PASSED),
            remarks=len(failed),
            not_applicable=states.count(State.NOT_APPLICABLE),
            unanswered=len(unanswered),
        )
    )
    if not failed:
        yield say("rules.report.no_remarks", language)
    for severity in Severity:
        group = [o for o in failed if o.severity is severity]
        if group:
            yield ""
            yield say(f"rules.report.severity.{severity.value}", language)
        for outcome in group:
            yield from _wrap(f"{outcome.plain} ({outcome.rule})", "    ", "  - ")
            yield from _wrap(say("rules.report.in_copy", language, text=outcome.in_copy), "    ", "    ")
    if unanswered:
        yield ""
        yield say("rules.report.unanswered", language)
        for outcome in unanswered:
            yield from _wrap(f"{outcome.title}: {outcome.plain} ({outcome.rule})", "    ", "  - ")


def _met(profile: Profile, language: str) -> str:
    if profile.met:
        return say("rules.report.met", language)
    if profile.met is None:
        return say("rules.report.not_known", language)
    if profile.other_kinds and not profile.failing_rules:
        return say("rules.report.other_kinds", language, count=profile.other_kinds)
    return say("rules.report.not_met", language, rules=", ".join(profile.failing_rules))


def _receivers(report: Report) -> Iterator[str]:
    language = report.language
    yield from _heading(say("receivers.heading", language))
    yield from _wrap(say("receivers.lead", language))
    for found in report.receivers:
        yield ""
        yield from _wrap(say(f"receivers.title.{found.receiver.id}", language))
        for answer, of in ((found.as_is, "as_is"), (found.copy, "copy"), (found.copy_as_encoded, "copy_as_encoded")):
            said = answer.as_dict(language)
            line = say(f"receivers.of.{of}", language, answer=say(f"receivers.word.{answer.answer}", language))
            yield from _wrap(f"{line} {said['plain']}", "    ", "  - ")
            for reason in answer.reasons:
                because = say(f"receivers.because.{reason.code}", language, count=reason.instances)
                rules = f" ({', '.join(reason.rules)})" if reason.rules else ""
                yield from _wrap(because + rules, "      ", "      ")


def _technical(outcome: Outcome) -> Iterator[str]:
    """English in every language: for people who read the Standard."""
    state = outcome.state.value.replace("_", " ")
    weight = f" [{outcome.severity.value}]" if outcome.state is State.FAILED else ""
    first = f"{outcome.rule} {state}{weight}: "
    yield from _wrap(first + (outcome.technical or outcome.plain), "    ")
    if outcome.state is State.FAILED:
        yield from _wrap(outcome.reference, "    ", "    ")
        for issue in outcome.issues[:MOST_LINES_OF_PLACES]:
            yield from _wrap(_issue(issue), "      ", "    - ")


def _issue(issue: Issue) -> str:
    places = ", ".join(issue.where[:3])
    if issue.where_count > 3:
        places += f" and {issue.where_count - 3} more"
    return f"{issue.message}: {places}" if places else issue.message
