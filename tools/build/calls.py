"""Python's WebAssembly with every indirect call in a function of its own, too long to be put into its caller.

Chromium's compiler guesses where an indirect call will lead, puts that function in its place, and compiles the caller
anew each time it guessed wrong. Python's interpreter loop is one function of 79 kB with a hundred such calls: it was
compiled ten times in the first two seconds, 0.3 s of a processor each. See docs/decisions/0004-indirect-calls.md.

The binary format is that of the WebAssembly Core Specification, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .console import Problem

TYPES, IMPORTS, FUNCTIONS, CODE = 1, 2, 3, 10
FUNCTION_TYPE, INT32 = 0x60, 0x7F
NOP, END, CALL, CALL_INDIRECT, LOCAL_GET = 0x01, 0x0B, 0x10, 0x11, 0x20
# Chromium puts no function of more than 500 bytes into another.
TOO_LONG = 512

NOTHING = frozenset((*range(0x45, 0xC5), 0x00, NOP, 0x05, 0x0A, END, 0x0F, 0x19, 0x1A, 0x1B, 0xD1))
ONE_NUMBER = frozenset((*range(0x02, 0x05), *range(0x06, 0x0A), 0x0C, 0x0D, CALL, 0x12, 0x14, 0x15, 0x18))
ONE_NUMBER |= frozenset((*range(0x20, 0x27), 0x3F, 0x40, 0x41, 0x42, 0xD0, 0xD2))
TWO_NUMBERS = frozenset((CALL_INDIRECT, 0x13, *range(0x28, 0x3F)))
BYTES_OF = {0x43: 4, 0x44: 8}
BRANCH_TABLE, SELECT, TRY_TABLE, BULK = 0x0E, 0x1C, 0x1F, 0xFC
CATCH_WITH_TAG = (0, 1)
BULK_NUMBERS = (
    dict.fromkeys(range(8), 0) | dict.fromkeys((8, 10, 12, 14), 2) | dict.fromkeys((9, 11, 13, 15, 16, 17), 1)
)


class NotUnderstood(Problem):
    """The binary holds what this module does not know."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Python's WebAssembly is not as the build expects it ({what}); nothing was built.")


class Bytes:
    """A place in a binary that moves on while it is read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """An unsigned LEB128 number."""
        value = shift = 0
        while (byte := self.byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def skip_number(self, count: int = 1) -> None:
        """Past so many LEB128 numbers, signed or not."""
        for _ in range(count):
            while self.data[self.at] & 0x80:
                self.at += 1
            self.at += 1

    @property
    def is_at_end(self) -> bool:
        return self.at >= len(self.data)


def number(value: int) -> bytes:
    """`value` as unsigned LEB128."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def sized(data: bytes) -> bytes:
    return number(len(data)) + data


@dataclass
class Ways:
    """The functions through which indirect calls go: one for each type and table."""

    types: list[bytes]
    first: int
    """index of the first of them"""
    index: dict[tuple[int, int], int] = field(default_factory=dict)
    type_of: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def to(self, type_index: int, table: int) -> int:
        """The function that takes what this type takes and a place in `table`, and calls the one there."""
        key = type_index, table
        if key not in self.index:
            self.index[key] = self.first + len(self.bodies)
            self._add(type_index, table)
        return self.index[key]

    def _add(self, type_index: int, table: int) -> None:
        signature = Bytes(self.types[type_index])
        signature.byte()
        takes = signature.take(signature.number())
        gives = signature.data[signature.at :]
        wanted = bytes([FUNCTION_TYPE]) + sized(takes + bytes([INT32])) + gives
        if wanted not in self.types:
            self.types.append(wanted)
        self.type_of.append(self.types.index(wanted))
        arguments = b"".join(bytes([LOCAL_GET]) + number(n) for n in range(len(takes) + 1))
        call = bytes([CALL_INDIRECT]) + number(type_index) + number(table)
        self.bodies.append(b"\0" + arguments + call + bytes([NOP]) * TOO_LONG + bytes([END]))


def through_functions(module: bytes) -> bytes:
    """`module` doing the same, each call_indirect being a call of a function that does it. Raises NotUnderstood."""
    sections = sections_of(module)
    types = types_of(sections[TYPES])
    imported = imported_functions(sections[IMPORTS])
    functions = Bytes(sections[FUNCTIONS])
    count = functions.number()
    code = Bytes(sections[CODE])
    if code.number() != count:
        raise NotUnderstood("as many bodies as functions were expected")
    ways = Ways(types, imported + count)
    bodies = [rewritten(code.take(code.number()), ways) for _ in range(count)]
    bodies += ways.bodies
    sections[TYPES] = number(len(types)) + b"".join(types)
    sections[FUNCTIONS] = number(len(bodies)) + functions.data[functions.at :] + b"".join(map(number, ways.type_of))
    sections[CODE] = number(len(bodies)) + b"".join(map(sized, bodies))
    return module[:8] + b"".join(bytes([kind]) + sized(sections.get(kind, data)) for kind, data in parts_of(module))


def parts_of(module: bytes) -> list[tuple[int, bytes]]:
    """Number and content of every section, in their order."""
    if module[:8] != b"\0asm\1\0\0\0":
        raise NotUnderstood("not a WebAssembly module of version 1")
    read = Bytes(module)
    read.at = 8
    found = []
    while not read.is_at_end:
        found.append((read.byte(), read.take(read.number())))
    return found


def sections_of(module: bytes) -> dict[int, bytes]:
    """The sections there is one of (0 is the number of all custom ones)."""
    return {kind: data for kind, data in parts_of(module) if kind}


def types_of(section: bytes) -> list[bytes]:
    read = Bytes(section)
    found = []
    for _ in range(read.number()):
        start = read.at
        if read.byte() != FUNCTION_TYPE:
            raise NotUnderstood("a type that is not a function's")
        read.take(read.number())
        read.take(read.number())
        found.append(section[start : read.at])
    return found


def imported_functions(section: bytes) -> int:
    read = Bytes(section)
    count = 0
    for _ in range(read.number()):
        read.take(read.number())
        read.take(read.number())
        kind = read.byte()
        if kind == 0:  # a function
            count += 1
            read.skip_number()
        elif kind in (1, 2):  # a table with the type of what it holds, a memory; both with their limits
            if kind == 1:
                read.byte()
            read.skip_number(2 if read.byte() & 1 else 1)
        elif kind == 3:  # a global
            read.take(2)
        elif kind == 4:  # an exception's tag
            read.skip_number(2)
        else:
            raise NotUnderstood(f"an import of kind {kind}")
    return count


def rewritten(body: bytes, ways: Ways) -> bytes:
    read = Bytes(body)
    for _ in range(read.number()):  # local variables: how many of which type
        read.skip_number()
        read.byte()
    parts = []
    kept = 0
    while not read.is_at_end:
        start = read.at
        if read.byte() == CALL_INDIRECT:
            call = bytes([CALL]) + number(ways.to(read.number(), read.number()))
            parts += [body[kept:start], call]
            kept = read.at
        else:
            read.at = start
            skip_instruction(read)
    if read.at != len(body):
        raise NotUnderstood("an instruction ends behind its function")
    return b"".join((*parts, body[kept:]))


def skip_instruction(read: Bytes) -> None:
    code = read.byte()
    if code in NOTHING:
        return
    if code in ONE_NUMBER:
        read.skip_number()
    elif code in TWO_NUMBERS:
        read.skip_number(2)
    elif code in BYTES_OF:
        read.take(BYTES_OF[code])
    elif code == BRANCH_TABLE:
        read.skip_number(read.number() + 1)
    elif code == SELECT:
        read.take(read.number())
    elif code == TRY_TABLE:
        read.skip_number()
        for _ in range(read.number()):
            read.skip_number(2 if read.byte() in CATCH_WITH_TAG else 1)
    elif code == BULK and (more := read.number()) in BULK_NUMBERS:
        read.skip_number(BULK_NUMBERS[more])
    else:
        raise NotUnderstood(f"instruction {code:#x}")
