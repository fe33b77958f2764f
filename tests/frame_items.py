"""What the page makes of a series told column by column (static/js/frame-items.js)."""

from __future__ import annotations

from typing import Any


def frame_items(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """{sop_instance_uid, entry_id, frame, label, recipe} of each frame; `recipe` is None where it is not known yet."""
    items = []
    for n, of in enumerate(answer["recipe_of"]):
        offset, entry_id = answer["offsets"][n], answer["entry_ids"][n]
        uid, frame = answer["sop_instance_uids"][n], answer["frames"][n]
        location = None if offset < 0 else {"entry_id": entry_id, "offset": offset, "length": answer["lengths"][n]}
        own = {"sop_instance_uid": uid, "frame": frame, "location": location, "position_mm": answer["positions_mm"][n]}
        recipe = None if of < 0 else {**answer["shared"][of], **own}
        label = answer["labels"][answer["label_of"][n]]
        items.append({"sop_instance_uid": uid, "entry_id": entry_id, "frame": frame, "label": label, "recipe": recipe})
    return items
