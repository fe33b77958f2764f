"""P: examples of the rules about a copy."""

from __future__ import annotations

from facts import clean_disc
from rule_examples.case import Case, does_not_apply, fails, passes
from scanfolio.rules.after import Copy

DISC = clean_disc()
DONE = Copy(written=8, read_back=8, compared=8, identical=8)
NO_COPY = does_not_apply("no copy yet", DISC, "no_copy_yet")

EXAMPLES: dict[str, list[Case]] = {
    "P01": [
        passes("eight of eight", DISC, copy=DONE),
        fails("one differs", DISC, copy=Copy(8, 8, 8, 7, different=("DICOM/IM000003",))),
        fails("one was not compared", DISC, copy=Copy(8, 8, 7, 7)),
        NO_COPY,
    ],
    "P02": [
        passes("eight of eight", DISC, copy=DONE),
        fails("one is not there", DISC, copy=Copy(8, 7, 7, 7), also="P01"),
        fails("one cannot be read", DISC, copy=Copy(8, 7, 8, 8, unreadable=("DICOM/IM000003",))),
        NO_COPY,
    ],
    "P03": [
        passes("nothing changed", DISC, copy=DONE),
        fails("pixels unpacked", DISC, copy=Copy(8, 8, 8, 8, changes={"decompressed": 8})),
        fails("renamed", DISC, copy=Copy(8, 8, 8, 8, changes={"renamed": 8, "re-encoded": 0})),
        NO_COPY,
    ],
}
