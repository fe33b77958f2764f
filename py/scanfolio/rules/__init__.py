"""Rules: what a disc is, and how it could be better. `judge(disc)` is the way in; docs/rules.md lists every rule."""

from __future__ import annotations

from scanfolio.rules.judge import judge
from scanfolio.rules.report import Report

__all__ = ["Report", "judge"]
