"""The rewriting of indirect calls: a small module does the same as before, and what is not understood is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tools.build import calls, fetch
from tools.build.node import node

I64_I32_TO_I64 = b"\x60\x02\x7e\x7f\x01\x7e"
WITH_A_NUMBER_MORE = b"\x60\x03\x7e\x7f\x7f\x01\x7e"
NOTHING_TO_I32 = b"\x60\x00\x01\x7f"
ADD = b"\x00\x20\x00\x20\x01\xac\x7c\x0b"
SUBTRACT = b"\x00\x20\x00\x20\x01\xac\x7d\x0b"
SEVEN = b"\x00\x41\x07\x0b"
# calls the one of the table that its third parameter says, out of a block with a branch out of it
CHOOSE = b"\x00\x02\x7e\x20\x00\x20\x01\x20\x02\x11\x00\x00\x0c\x00\x0b\x0b"
# calls the third of the table; has a constant in it that looks like a call
THIRD = b"\x01\x01\x7f\x41\x91\x22\x21\x00\x41\x02\x11\x02\x00\x0b"
BODIES = (ADD, SUBTRACT, SEVEN, CHOOSE, THIRD)


def section(kind: int, items: tuple[bytes, ...]) -> bytes:
    return bytes([kind]) + calls.sized(calls.number(len(items)) + b"".join(items))


def module(bodies: tuple[bytes, ...] = BODIES) -> bytes:
    """Imports a function, so that the numbers of its own begin at 1; its table holds them all but for the last place."""
    parts = (
        section(1, (I64_I32_TO_I64, WITH_A_NUMBER_MORE, NOTHING_TO_I32)),
        section(2, (b"\x01e\x01f\x00\x02",)),
        section(3, (b"\0", b"\0", b"\x02", b"\x01", b"\x02")),
        section(4, (b"\x70\x00\x04",)),
        section(7, (b"\x06choose\x00\x04", b"\x05third\x00\x05")),
        section(9, (b"\x00\x41\x00\x0b\x03\x01\x02\x03",)),
        section(10, tuple(map(calls.sized, bodies))),
        b"\x00" + calls.sized(b"\x04note" + b"kept"),
    )
    return b"\0asm\1\0\0\0" + b"".join(parts)


def answers(binary: bytes, folder: Path) -> list[str]:
    """What the module says under Node.js: both functions, then two calls that must not go through."""
    (folder / "m.wasm").write_bytes(binary)
    script = """
      const { choose, third } = new WebAssembly.Instance(new WebAssembly.Module(require("fs").readFileSync(process.argv[1])), { e: { f: () => 1 } }).exports;
      const said = (act) => { try { return String(act()); } catch (error) { return error.message; } };
      console.log(JSON.stringify([said(() => choose(40n, -2, 0)), said(() => choose(40n, -2, 1)), said(third), said(() => choose(1n, 1, 2)), said(() => choose(1n, 1, 3)), said(() => choose(1n, 1, 99))]));
    """
    command = [str(node()), "-e", script, str(folder / "m.wasm")]
    found: list[str] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def test_it_does_the_same(tmp_path: Path) -> None:
    before, after = module(), calls.through_functions(module())
    told = answers(before, tmp_path)
    assert told[:3] == ["38", "42", "7"]
    assert not any(word.lstrip("-").isdigit() for word in told[3:])  # another type, nothing there, beyond the end
    assert answers(after, tmp_path) == told


def test_each_kind_of_call_gets_one_function_too_long_to_be_put_elsewhere() -> None:
    sections = calls.sections_of(calls.through_functions(module((ADD, SUBTRACT, SEVEN, CHOOSE, CHOOSE))))
    code = calls.Bytes(sections[calls.CODE])
    bodies = [code.take(code.number()) for _ in range(code.number())]
    assert len(bodies) == len(BODIES) + 1
    assert bodies[3] == bodies[4] == CHOOSE.replace(b"\x11\x00\x00", b"\x10\x06")
    assert len(bodies[5]) > calls.TOO_LONG


def test_what_is_not_understood_is_refused() -> None:
    with pytest.raises(calls.NotUnderstood, match="instruction 0xfd"):
        calls.through_functions(module((*BODIES[:4], b"\x00\xfd\x0c" + bytes(16) + b"\x0b")))
    with pytest.raises(calls.NotUnderstood, match="ends behind"):
        calls.through_functions(module((*BODIES[:4], b"\x00\x44\x00\x00\x0b")))
    with pytest.raises(calls.NotUnderstood, match="version 1"):
        calls.through_functions(b"\0asm\2\0\0\0")


def test_the_published_runtime_is_rewritten_whole() -> None:
    published = fetch.artefact("pyodide.asm.wasm").cached.read_bytes()
    made = calls.through_functions(published)
    left, ways = [], calls.Ways([], 0)
    code = calls.Bytes(calls.sections_of(made)[calls.CODE])
    bodies = [code.take(code.number()) for _ in range(code.number())]
    ways.types = calls.types_of(calls.sections_of(made)[calls.TYPES])
    for body in bodies:
        if calls.rewritten(body, ways) != body:
            left.append(body)
    assert all(len(body) > calls.TOO_LONG and body.count(bytes([calls.NOP])) >= calls.TOO_LONG for body in left)
    assert 0 < len(left) < 100
