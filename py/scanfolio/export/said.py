"""What an export is said to hold, from its manifest or its record."""

from __future__ import annotations

from typing import Any, NamedTuple

from scanfolio.export.manifest import Manifest
from scanfolio.export.planned import Action


class Said(NamedTuple):
    """What is said to have been written, by SOP Instance UID: from where, under which name; and what was left out."""

    origins: dict[str, str]
    expected: dict[str, str]
    excused: set[str]
    split: set[str]  # of which single images were made
    identity_removed: bool


def said_by(manifest: Manifest) -> Said:
    written = manifest.instances
    return Said(
        {i.sop_instance_uid: i.source_path for i in written},
        {i.sop_instance_uid: i.file_id for i in written},
        {left.sop_instance_uid for left in manifest.left_out},
        {i.source_sop_instance_uid for i in written if i.action is Action.SPLIT},
        manifest.identity is not None,
    )


def said_in(record: dict[str, Any]) -> Said:
    rows = record.get("instances", ())
    return Said(
        {str(i["sop_instance_uid"]): str(i["source_path"]) for i in rows},
        {str(i["sop_instance_uid"]): str(i["file_id"]) for i in rows},
        {str(left["sop_instance_uid"]) for left in record.get("left_out", ())},
        {str(i.get("source_sop_instance_uid", "")) for i in rows if i.get("action") == Action.SPLIT.value},
        bool(record.get("identity")),
    )
