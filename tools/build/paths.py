"""Where things are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
DIST = ROOT / "dist"
ARTEFACTS = CACHE / "artefacts"
NODE_MODULES = CACHE / "npm" / "node_modules"
