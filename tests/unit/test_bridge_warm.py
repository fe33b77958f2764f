"""The file that is read before anybody asks is read like any other, and leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

from scanfolio.bridge.warm import made_up_file, warm_up


def test_the_made_up_file_is_found_to_be_an_image_with_a_recipe() -> None:
    posted: list[dict[str, Any]] = []
    warm_up(lambda message, buffers: posted.append(message), lambda: 0.0)
    assert [message["type"] for message in posted] == ["result"] * 4
    for answer in (posted[1]["result"], posted[3]["result"]):
        assert answer["counts"]["dicom"] == 1
        assert answer["needs"] == []
        recipe = answer["first_image"]["recipe"]
        location = recipe["location"]
        assert (recipe["rows"], recipe["columns"], recipe["dtype"]) == (2, 2, "uint16")
        assert location["offset"] + location["length"] == len(made_up_file())
    json.dumps(posted)
