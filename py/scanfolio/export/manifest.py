"""What an export turned out to be: files and their SHA-256, changes, what was left out. EXPORT.JSN holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from scanfolio.export.planned import Action, LeftOut
from scanfolio.export.supply import Supplied
from scanfolio.export.viewer import START
from scanfolio.pieces import json_parts

SCHEMA = "scanfolio-export/1"


@dataclass(frozen=True, slots=True)
class WrittenInstance:
    """One instance as written. `changes` are technical sentences; empty when only name and file head differ.

    Of one made of a frame, `frame` counts from 1 and `source_sop_instance_uid` names the enhanced image.
    """

    file_id: str
    source_path: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    action: Action
    size: int
    sha256: str
    changes: tuple[str, ...] = ()
    frame: int | None = None
    source_sop_instance_uid: str = ""

    def as_dict(self) -> dict[str, Any]:
        of_frame = {"frame": self.frame, "source_sop_instance_uid": self.source_sop_instance_uid}
        return {
            "file_id": self.file_id,
            "source_path": self.source_path,
            "sop_instance_uid": self.sop_instance_uid,
            "transfer_syntax_uid": self.transfer_syntax_uid,
            "action": self.action.value,
            "size": self.size,
            "sha256": self.sha256,
            "changes": list(self.changes),
            **(of_frame if self.frame is not None else {}),
        }


@dataclass(frozen=True, slots=True)
class Manifest:
    """`sha256` maps every path of the export but SHA256SUM.TXT itself to its digest; `created` is ISO 8601."""

    file_set_uid: str
    created: str
    encoding: str
    instances: tuple[WrittenInstance, ...]
    left_out: tuple[LeftOut, ...]
    supplied: tuple[Supplied, ...]
    not_chosen: int
    sha256: dict[str, str]
    total_bytes: int
    identity: dict[str, Any] | None = None  # what was removed, where it was

    def as_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "file_set_uid": self.file_set_uid,
            "created": self.created,
            "encoding": self.encoding,
            "instances": [i.as_dict() for i in self.instances],
            "left_out": [f.as_dict() for f in self.left_out],
            "supplied": [s.as_dict() for s in self.supplied],
            "not_chosen": self.not_chosen,
            "viewer": START in self.sha256,
            **({"identity": self.identity} if self.identity else {}),
        }

    def summary(self) -> dict[str, Any]:
        """What the page shows: sums, not one row per image; those are in EXPORT.JSN."""
        actions: dict[str, dict[str, Any]] = {}
        for instance in self.instances:
            sums = actions.setdefault(instance.action.value, {"instances": 0, "transfer_syntax_uids": []})
            sums["instances"] += 1
            if instance.transfer_syntax_uid not in sums["transfer_syntax_uids"]:
                sums["transfer_syntax_uids"].append(instance.transfer_syntax_uid)
        return {
            "file_set_uid": self.file_set_uid,
            "created": self.created,
            "encoding": self.encoding,
            "instances": len(self.instances),
            "first_file": self.instances[0].file_id if self.instances else "",
            "actions": actions,
            "left_out": [f.as_dict() for f in self.left_out],
            "supplied": len(self.supplied),
            "supplied_keywords": sorted({s.keyword for s in self.supplied}),
            "not_chosen": self.not_chosen,
            "total_bytes": self.total_bytes,
            "viewer": START in self.sha256,
            "identity": self.identity,
        }

    def as_json(self) -> Iterator[str]:
        """The content of EXPORT.JSN part by part (".json" would break the 8.3 names IHE PDI asks for)."""
        rows: dict[str, Iterable[WrittenInstance | LeftOut]] = {"instances": self.instances, "left_out": self.left_out}
        listed = {name: (row.as_dict() for row in given) for name, given in rows.items()}
        yield from json_parts(replace(self, instances=(), left_out=()).as_dict(), listed)
        yield "\n"
