"""P: after a copy was made. These rules see what the export says it did and what reading it back showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanfolio.rules.context import DiscContext
from scanfolio.rules.outcome import Result, failed, issue, not_applicable, passed
from scanfolio.rules.rule import rule


@dataclass(frozen=True, slots=True)
class Copy:
    """What an export did. `different` and `unreadable` are paths in the copy; `changes` counts instances per change.

    `written` instances were written, `read_back` found again; `compared` of these were compared with the source,
    pixel by pixel, and `identical` were equal.
    """

    written: int
    read_back: int
    compared: int
    identical: int
    different: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)


@rule("P01", "B", "never", "export", "PS3.5 section 8")
def every_pixel_is_identical(c: DiscContext) -> Result:
    """What it checks: every image of the copy, decoded again and compared with the original, pixel by pixel.

    Why it matters: only then is a copy a copy.
    Reference: PS3.5 section 8 (encoding of pixel data).
    """
    copy = c.copy
    if copy is None:
        return not_applicable("no_copy_yet")
    if copy.identical == copy.compared == copy.written and not copy.different:
        return passed(
            f"{copy.identical} of {copy.written} instances are identical.", count=copy.identical, total=copy.written
        )
    wrong = copy.written - copy.identical
    found = issue(f"{copy.compared} compared, {copy.identical} identical", copy.different, compared=copy.compared)
    return failed(
        f"{wrong} of {copy.written} instances are not proved identical.", [found], count=wrong, total=copy.written
    )


@rule("P02", "B", "never", "export", "PS3.10 section 8")
def the_copy_was_read_back(c: DiscContext) -> Result:
    """What it checks: whether every instance written was found again when the finished copy was read.

    Why it matters: sticks and discs fail silently; what was not read back may not be there.
    Reference: PS3.10 section 8 (File-set).
    """
    copy = c.copy
    if copy is None:
        return not_applicable("no_copy_yet")
    if copy.read_back == copy.written and not copy.unreadable:
        return passed(f"{copy.read_back} of {copy.written} instances were read back.", count=copy.read_back)
    missing = copy.written - copy.read_back
    found = issue(f"{copy.read_back} of {copy.written} read back", copy.unreadable, read_back=copy.read_back)
    return failed(f"{missing} instances were not read back.", [found], count=missing, total=copy.written)


@rule("P03", "I", "never", "export", "PS3.10 sections 7.1 and 8", says=("passed", "failed"))
def what_was_changed(c: DiscContext) -> Result:
    """What it checks: what differs between source and copy besides pixels: names, encodings, headers, supplied entries.

    Why it matters: a technician must be able to tell what we wrote from what the hospital wrote.
    Reference: PS3.10 sections 7.1 (File Meta Information) and 8 (File-set).
    """
    copy = c.copy
    if copy is None:
        return not_applicable("no_copy_yet")
    changes = {name: count for name, count in sorted(copy.changes.items()) if count}
    if not changes:
        return passed("Nothing was changed.")
    issues = [issue(f"{name}: {count} instances", instances=count) for name, count in changes.items()]
    return failed(", ".join(i.message for i in issues) + ".", issues, count=len(issues))


RULES = (every_pixel_is_identical, the_copy_was_read_back, what_was_changed)
