"""`make demo`'s own command as a process, on free ports and in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.pair import Pair, prepare

ROOT = Path(__file__).resolve().parents[2]
READY = "Ctrl-C stops both."
READY_WITHIN = 120.0  # seconds: other tests may share the machine


@dataclass(frozen=True)
class RunningDemo:
    """A demo that has printed its links."""

    pair: Pair
    process: subprocess.Popen[bytes]
    said: str

    @property
    def tool(self) -> str:
        return self.pair.tool_url

    @property
    def lms(self) -> str:
        return self.pair.lms_url

    def enter(self, person: str, path: str) -> str:
        """Give the link by which somebody enters the LMS."""
        return f"{self.lms}/enter/{person}?to={path}"

    def in_a_tab(self, person: str, path: str = DemoPlace.HOME_PATH) -> str:
        """Give the link that launches the tool in a tab of its own."""
        return self.enter(person, f"{path}/launch?in=window")

    def operate(self, *words: str) -> dict[str, Any]:
        """Say a word of the operator's command to the demo's database."""
        command = [sys.executable, "-m", "ltitool.cli", *words, "--json"]
        done = subprocess.run(command, cwd=ROOT, env=prepare(self.pair), check=True, capture_output=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@contextmanager
def running_demo(folder: Path) -> Iterator[RunningDemo]:
    """Start a demo, wait until it has printed its links, and stop it as Ctrl-C does."""
    pair = Pair(free_port(), free_port(), folder)
    command = [sys.executable, "-m", "ltitool.cli", "demo", "--data", str(folder)]
    command += ["--port", str(pair.port), "--lms-port", str(pair.lms_port)]
    log = folder.with_suffix(".log")
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield RunningDemo(pair, process, _until_ready(process, log))
    finally:
        interrupt(process)


def interrupt(process: subprocess.Popen[bytes]) -> int:
    """Press Ctrl-C: the terminal tells the whole group of processes."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    return process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + READY_WITHIN
    while READY not in (said := log.read_text(encoding="utf-8")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the demo did not become ready:\n{said}")
        time.sleep(0.1)
    return said
