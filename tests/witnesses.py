"""Programs nobody here wrote, asked about DICOM files. What they print is parsed: their exit codes mislead."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60  # dcdirdmp never comes back from a loop of offsets


def tool(name: str) -> str:
    """The program's path, that of the PyPI package before an older one of the system. Skips where it is missing."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def ask(name: str, *arguments: str | Path, folder: Path | None = None) -> tuple[int, list[str]]:
    """(exit code, every line printed) of a program run in `folder`."""
    done = subprocess.run(
        [tool(name), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()


def errors_of_dciodvfy(file: Path) -> set[str]:
    """Its Error lines. It aborts on some 32-bit images of any origin; then there are none."""
    _, lines = ask("dciodvfy", file)
    return {line for line in lines if line.startswith("Error")}


def refused_by_dcmmkdir(folder: Path, profile: str, scratch: Path) -> dict[str, list[str]]:
    """{File ID: what it says against it} where dcmmkdir makes a table of contents of `folder` for a profile (-Pgp …).

    "+I" has it fill in, as our writer does, what records must have and images lack.
    """
    target = scratch / f"DICOMDIR{profile}"
    _, lines = ask("dcmmkdir", profile, "+I", "+r", "+id", folder, "+p", "IM*", "+D", target, folder=folder)
    refused: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith(("E:", "F:")):
            what, _, file_id = line[2:].strip().rpartition(": ")
            refused.setdefault(file_id if file_id.startswith("DICOM/") else "", []).append(what or line)
    return refused


def by_dicomsdl(file: Path) -> dict[int, bytes | None]:
    """{tag: value} at the top level of a file's data set, None for sequences; of texts the padding is gone."""
    import dicomsdl

    ds = dicomsdl.open_file(str(file))
    try:
        return {e.tag(): None if str(e.vr()) == "type.SQ" else e.toBytes() for e in ds if e.tag() >> 16 > 2}
    finally:
        ds.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Orthanc:
    """A running server with an empty database, on this machine only."""

    def __init__(self, port: int, dicom_port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.dicom_port = dicom_port

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=SECONDS) as answer:
            return json.load(answer)

    def sent_by_dcmsend(self, directory: Path) -> int:
        """How many instances dcmsend brings here over the network (C-STORE), going by a DICOMDIR alone."""
        address = ("-aec", "ORTHANC", "127.0.0.1", str(self.dicom_port))
        _, lines = ask("dcmsend", "-v", "-nh", "-nuc", *address, "+rd", directory)
        numbers = [line.rpartition(":")[2] for line in lines if "with status SUCCESS" in line]
        return sum(map(int, numbers))

    def upload(self, data: bytes) -> list[dict[str, Any]]:
        request = urllib.request.Request(self.url + "/instances", data, method="POST")
        request.add_header("Content-Type", "application/zip")
        with urllib.request.urlopen(request, timeout=10 * SECONDS) as answer:
            result = json.load(answer)
        return result if isinstance(result, list) else [result]


@contextmanager
def orthanc(folder: Path) -> Iterator[Orthanc]:
    """Orthanc with its database in `folder`, stopped at the end. Skips the test where it is not installed."""
    program = tool("Orthanc")
    port, dicom_port = _free_port(), _free_port()
    configuration = {
        "Name": "tests", "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"), "HttpPort": port,
        "DicomPort": dicom_port, "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "Plugins": [],
        "OverwriteInstances": False, "HttpBindAddresses": ["127.0.0.1"],
    }  # fmt: skip
    file = folder / "orthanc.json"
    file.write_text(json.dumps(configuration))
    with subprocess.Popen(
        [program, str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    ) as process:
        server = Orthanc(port, dicom_port)
        try:
            for _ in range(200):
                try:
                    server.get("/system")
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.05)
            else:
                pytest.fail("Orthanc did not start")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=SECONDS)
