"""Writes docs/protocol.md and static/js/messages.d.ts from scanfolio.bridge.messages. `--check`: up to date?"""

from __future__ import annotations

import dataclasses
import sys
import typing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "py"))

from scanfolio.bridge import messages  # noqa: E402

TS_OF = {str: "string", int: "number", float: "number", bool: "boolean"}


def ts_type(hint: typing.Any) -> str:
    """The TypeScript type of a field's Python type."""
    if hint in TS_OF:
        return TS_OF[hint]
    if typing.get_origin(hint) is list:
        return f"{ts_type(typing.get_args(hint)[0])}[]"
    if dataclasses.is_dataclass(hint):
        return typing.cast(type, hint).__name__
    options = [ts_type(o) if o is not type(None) else "null" for o in typing.get_args(hint)]
    return " | ".join(options)


def fields(cls: type) -> list[tuple[str, str, bool]]:
    hints = typing.get_type_hints(cls)
    return [
        (f.name, ts_type(hints[f.name]), f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING)
        for f in dataclasses.fields(cls)
    ]


def used_types() -> list[type]:
    """Every parameter type, those they are made of first."""
    seen: list[type] = []

    def visit(cls: type) -> None:
        for hint in typing.get_type_hints(cls).values():
            for part in (hint, *typing.get_args(hint)):
                if dataclasses.is_dataclass(part):
                    visit(typing.cast(type, part))
        if cls not in seen:
            seen.append(cls)

    for method in messages.METHODS.values():
        visit(method.params)
    return seen


def d_ts() -> str:
    lines = ["// Generated from py/scanfolio/bridge/messages.py by tools/write_protocol.py. Do not edit.", ""]
    for cls in used_types():
        lines.append(
            f"/** {(cls.__doc__ or '').strip()} */" if not (cls.__doc__ or "").startswith(cls.__name__) else ""
        )
        lines.append(f"export interface {cls.__name__} {{")
        lines.extend(f"  {name}{'' if needed else '?'}: {kind};" for name, kind, needed in fields(cls))
        lines.append("}")
    lines.append("/** What each request takes. */")
    lines.append("export interface Requests {")
    lines.extend(f"  /** {m.does} */\n  {name}: {m.params.__name__};" for name, m in messages.METHODS.items())
    lines.append("}")
    return "\n".join(line for line in lines if line) + "\n"


def markdown() -> str:
    lines = ["# Messages between the page and the worker", ""]
    lines.append("Generated from `py/scanfolio/bridge/messages.py` by `tools/write_protocol.py`. Do not edit.")
    lines += ["", "```", *(messages.__doc__ or "").strip().splitlines()[2:], "```", ""]
    for name, method in messages.METHODS.items():
        lines += [f"## `{name}`", "", method.does, ""]
        rows = fields(method.params)
        if rows:
            lines += ["| parameter | type | |", "|---|---|---|"]
            lines += [
                f"| `{n}` | `{t.replace('|', chr(92) + '|')}` | {'' if needed else 'optional'} |"
                for n, t, needed in rows
            ]
            lines.append("")
        lines.append(
            f"Answers `{method.answers}`." + (" Long: reports progress, can be cancelled." if method.long else "")
        )
        if method.packages:
            lines.append(f"Needs {', '.join(method.packages)}.")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    wanted = {ROOT / "static/js/messages.d.ts": d_ts(), ROOT / "docs/protocol.md": markdown()}
    if "--check" in sys.argv:
        stale = [
            str(p.relative_to(ROOT)) for p, text in wanted.items() if not p.exists() or p.read_text("utf-8") != text
        ]
        if stale:
            print(f"{', '.join(stale)}: not up to date; run python3 tools/write_protocol.py")
        return 1 if stale else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
