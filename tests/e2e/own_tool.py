"""Our tool as a process of its own, beside a real LMS: fresh data, loopback, the operator's words."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support.running_demo import free_port, interrupt

from ltitool.app import create_app
from ltitool.cli.pair import Pair, prepare
from ltitool.cli.serve import bring_up_to_date
from ltitool.foundation.services import services
from ltitool.settings import PREFIX, load_settings

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0  # seconds
ORGANISATION = "valle-verde"


@dataclass(frozen=True)
class OwnTool:
    """A running tool that knows no LMS yet."""

    url: str
    environ: Mapping[str, str]

    @property
    def port(self) -> int:
        return int(urlsplit(self.url).port or 0)

    def operate(self, *words: str) -> dict[str, Any]:
        """Say a word of the operator's command and read its answer."""
        command = [sys.executable, "-m", "ltitool.cli", *words, "--json"]
        said = subprocess.run(command, env=dict(self.environ), cwd=ROOT, check=True, capture_output=True)
        answer: dict[str, Any] = json.loads(said.stdout)
        return answer

    def rotate_keys_at_once(self) -> str:
        """Sign with a new key now: what `ltitool keys rotate` leads to when its day has passed."""
        with create_app(load_settings(self.environ)).app_context():
            return services().keys.rotate("tool", "lti-rs256", lead_time=timedelta(0))


@contextmanager
def own_tool(folder: Path, lms: str) -> Iterator[OwnTool]:
    """Start a tool with an empty database; its host name is not the LMS's, so its frame is cross-site."""
    host = "localhost" if urlsplit(lms).hostname == "127.0.0.1" else "127.0.0.1"
    port = free_port()
    url = f"http://{host}:{port}"
    environ = {**prepare(Pair(port, 0, folder)), f"{PREFIX}PUBLIC_URL": url}
    bring_up_to_date(create_app(load_settings(environ)))
    command = [sys.executable, "-m", "ltitool.cli", "serve", "--port", str(port)]
    log = folder / "tool.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, port, log)
        tool = OwnTool(url, environ)
        tool.operate("organisations", "add", ORGANISATION, "Valle Verde")
        yield tool
    finally:
        interrupt(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the tool did not start:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
