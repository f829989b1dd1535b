"""The practice LMS as a process of its own: it starts, reads the clock file, serves, and stops when told."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.server


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def running(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    clock = tmp_path / "clock"
    clock.write_text("2026-08-25T09:00:00Z", encoding="ascii")
    options = ["--port", str(port), "--data", str(tmp_path / "lms"), "--clock-file", str(clock)]
    process = subprocess.Popen([sys.executable, "-m", "ltitool.sandbox", *options])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def health(port: int) -> dict[str, str]:
    for _ in range(200):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                return dict(json.load(answer))
        except (URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail("the practice LMS did not start within ten seconds")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_serves_and_stops(
    running: "subprocess.Popen[bytes]", port: int, tmp_path: Path, end: signal.Signals
) -> None:
    assert health(port) == {"status": "ok", "mode": "strict"}
    os.kill(running.pid, end)
    assert running.wait(timeout=60) == 0
    with pytest.raises((URLError, ConnectionError)):
        urlopen(f"http://127.0.0.1:{port}/health", timeout=2)
    assert {path.name for path in (tmp_path / "lms").iterdir()} >= {"practice-lms.sqlite3"}
