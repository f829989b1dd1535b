"""The tool and the practice LMS as two processes: their environment, their start and their end."""

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ltitool.settings import PREFIX

READY_WITHIN = 30.0  # seconds
LAST_PORT = 65_535


@dataclass(frozen=True)
class Pair:
    """The two servers of a demo: their addresses, and where their data lie."""

    port: int
    lms_port: int
    folder: Path
    clock_file: Path | None = None

    @property
    def tool_url(self) -> str:
        """Where the tool is; another host name than the LMS's, so that the frame is cross-site."""
        return f"http://localhost:{self.port}"

    @property
    def lms_url(self) -> str:
        """Where the practice LMS is."""
        return f"http://127.0.0.1:{self.lms_port}"


def prepare(pair: Pair) -> dict[str, str]:
    """Make the data folder and its secrets, and give the environment of the tool."""
    pair.folder.mkdir(parents=True, exist_ok=True)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
        f"{PREFIX}PUBLIC_URL": pair.tool_url,
        f"{PREFIX}DATABASE_URL": f"sqlite:///{pair.folder}/tool.db",
        f"{PREFIX}DATA_DIR": str(pair.folder / "data"),
        f"{PREFIX}LOOPBACK_HTTP": "yes",
        **_secrets(pair.folder / "secrets.json"),
    }
    if pair.clock_file:
        environ[f"{PREFIX}CLOCK_FILE"] = str(pair.clock_file)
    return environ


def _secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        made = {
            f"{PREFIX}{name}": base64.b64encode(secrets.token_bytes(32)).decode()
            for name in ("SECRET_KEY", "KEY_ENCRYPTION_KEY")
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="ascii")
    found: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    return found


def check_ports(pair: Pair) -> None:
    """Make sure that nobody else answers where the two are going to.

    Raises:
        SystemExit: with a sentence that says what to type instead.
    """
    if pair.port == pair.lms_port:
        raise SystemExit(f"The tool and the practice LMS cannot both use port {pair.port}.")
    for name, port in (("PORT", pair.port), ("LMS_PORT", pair.lms_port)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do themselves
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                other = port + 10 if port + 10 <= LAST_PORT else port - 10
                raise SystemExit(
                    f"Port {port} is taken or not ours to use. Choose another one: make demo {name}={other}"
                ) from error


def put_aside(pair: Pair, now: datetime) -> Path:
    """Move what an earlier start left into a folder of its own beside it; the secrets stay."""
    aside = pair.folder / f"aside-{now:%Y%m%d-%H%M%S}"
    aside.mkdir()
    for one in (*pair.folder.glob("tool.db*"), pair.folder / "data", pair.folder / "lms"):
        if one.exists():
            one.rename(aside / one.name)
    return aside


def start(pair: Pair, environ: Mapping[str, str]) -> list[subprocess.Popen[bytes]]:
    """Start the tool and the practice LMS, each as a process of its own."""
    lms = [sys.executable, "-m", "ltitool.sandbox", "--port", str(pair.lms_port)]
    lms += ["--tool", pair.tool_url, "--data", str(pair.folder / "lms")]
    if pair.clock_file:
        lms += ["--clock-file", str(pair.clock_file)]
    tool = [sys.executable, "-m", "ltitool.cli", "serve", "--port", str(pair.port)]
    return [
        subprocess.Popen(command, env=dict(environ), start_new_session=True)  # noqa: S603 - our own two commands
        for command in (tool, lms)
    ]


def stop(servers: list[subprocess.Popen[bytes]]) -> None:
    """End the servers, gently first."""
    for server in servers:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
    for server in servers:
        try:
            server.wait(timeout=8)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(pair: Pair, servers: list[subprocess.Popen[bytes]]) -> None:
    """Wait until both answer.

    Raises:
        SystemExit: one of them ended, or was not ready in time.
    """
    deadline = time.monotonic() + READY_WITHIN
    for url in (f"{pair.tool_url}/health", f"{pair.lms_url}/"):
        while not _answers(url):
            if any(server.poll() is not None for server in servers):
                raise SystemExit(f"a server ended before it was ready; is port {url.split(':')[2]} taken?")
            if time.monotonic() > deadline:
                raise SystemExit(f"{url} did not answer within {READY_WITHIN:.0f} s")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - a loopback address of ours
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (urllib.error.URLError, OSError):
        return False
