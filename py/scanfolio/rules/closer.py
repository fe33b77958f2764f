"""What a closer look at few instances gave: see scanfolio.closer, which takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Closer:
    """Each maps entry_id to an answer, and holds only instances that could be read.

    `digests`: SHA-256 of the data set, of instances that share a SOP Instance UID. `trailing`: bytes behind the data
    set that are no elements, of instances with anything behind their pixel data. `references`: (SOP Class UID, SOP
    Instance UID) of everything a presentation state, report, segmentation and the like refers to.
    """

    digests: Mapping[int, str] = field(default_factory=dict)
    trailing: Mapping[int, int] = field(default_factory=dict)
    references: Mapping[int, frozenset[tuple[str, str]]] = field(default_factory=dict)
