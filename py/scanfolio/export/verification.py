"""What came of reading an export back: what was found again, and what is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanfolio.export.manifest import Manifest
from scanfolio.export.planned import Action
from scanfolio.rules.after import Copy
from scanfolio.words import say


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be; `path` within the export, or of the source where it is missing there."""

    path: str
    what: str

    def as_dict(self) -> dict[str, str]:
        return {"path": self.path, "what": self.what}


@dataclass(frozen=True, slots=True)
class Verification:
    """`identical` of `instances_in` were found again and equal the source (without one: their check sums).

    `verdict` is the class the rules give the export (A to H); `inherited` are codes of the rules above
    INFO that it fails because the source does.
    """

    instances_in: int
    instances_out: int
    identical: int
    files_checked: int
    compared_with_source: bool
    differences: tuple[Difference, ...]
    left_out: int = 0
    verdict: str = ""
    inherited: tuple[str, ...] = ()
    identity_removed: bool = False  # compared with what had to be written, and its pixels with the source

    @property
    def ok(self) -> bool:
        return not self.differences and self.identical == self.instances_in == self.instances_out > 0

    def sentence(self, language: str = "en") -> str:
        """What the page says: "1,843 of 1,843 images re-read and identical"."""
        if self.differences:
            return say("export.not_verified", language, count=len(self.differences))
        key = "removal.verified" if self.identity_removed else "export.verified"
        return say(key, language, count=self.instances_in, identical=self.identical)

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "instances_in": self.instances_in,
            "instances_out": self.instances_out,
            "identical": self.identical,
            "files_checked": self.files_checked,
            "compared_with_source": self.compared_with_source,
            "differences": [d.as_dict() for d in self.differences],
            "left_out": self.left_out,
            "verdict": self.verdict,
            "inherited": list(self.inherited),
            "sentence": self.sentence(),
        }


def as_copy(manifest: Manifest, verification: Verification) -> Copy:
    """What the P rules are told of an export that was read back; `manifest` is what was written."""
    actions = [i.action for i in manifest.instances]
    paths = {i.file_id for i in manifest.instances}
    return Copy(
        written=len(manifest.instances),
        read_back=verification.instances_out,
        compared=verification.instances_out if verification.compared_with_source else 0,
        identical=verification.identical,
        different=tuple(sorted({d.path for d in verification.differences if d.path in paths})),
        unreadable=tuple(sorted({d.path for d in verification.differences if d.path not in paths})),
        changes={
            "given another name": sum(i.file_id != i.source_path for i in manifest.instances),
            "re-encoded as Explicit VR Little Endian": actions.count(Action.RE_ENCODE),
            "decompressed": actions.count(Action.DECOMPRESS),
            "made of one frame of an enhanced image": actions.count(Action.SPLIT),
            "given a new preamble and File Meta Information": len(manifest.instances),
            "with directory entries supplied": len({s.file_id for s in manifest.supplied}),
        },
    )
