"""A real S3 server of our own: SeaweedFS on loopback, from the wheel that the check's requirements bring."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

READY_WITHIN = 40.0  # seconds
KEY, SECRET = "test-key", "test-secret"
IDENTITY = {
    "identities": [
        {
            "name": "tests",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
    ]
}


@contextmanager
def server() -> Iterator[Mapping[str, str]]:
    """Start the server; gives what obstore reads from the environment to reach it."""
    program = Path(sys.executable).parent / "weed"
    if not program.exists():
        raise FileNotFoundError(f"SeaweedFS is not installed: {program} is missing (requirements/check.txt)")
    folder = Path(tempfile.mkdtemp(prefix="s3-"))
    (folder / "s3.json").write_text(json.dumps(IDENTITY), encoding="ascii")
    port, others = _free_ports()
    command = [
        *(str(program), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}"),
        *("-s3", f"-s3.port={port}", f"-s3.config={folder / 's3.json'}"),
        *(f"-master.port={others[0]}", f"-volume.port={others[1]}", f"-filer.port={others[2]}"),
        *("-volume.max=200", "-master.volumeSizeLimitMB=64"),
    ]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(port, running)
        yield {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        running.kill()  # nothing in it is to be kept
        running.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports() -> tuple[int, list[int]]:
    """Find four ports below 50000: each server opens a second one 10000 above its own."""
    found: list[int] = []
    first = 21000 + os.getpid() % 1000 * 20  # two processes do not look at the same ports at once
    for port in range(first, 50000, 5):
        if len(found) == 4:
            break
        with socket.socket() as low, socket.socket() as high:
            if low.connect_ex(("127.0.0.1", port)) and high.connect_ex(("127.0.0.1", port + 10000)):
                found.append(port)
    return found[0], found[1:]


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    """Wait until it answers anything: without a signature it says 403."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and running.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.3)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError("SeaweedFS did not answer in time")
