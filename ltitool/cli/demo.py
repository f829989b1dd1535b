"""`ltitool demo`: the tool and the practice LMS side by side, with a cohort that stands in week 13."""

import argparse
import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ltitool.app import create_app
from ltitool.cli.demo_seed import DemoPlace, seed_demo
from ltitool.cli.serve import bring_up_to_date
from ltitool.settings import PREFIX, load_settings

READY_WITHIN = 30.0  # seconds
VAR = Path("var/demo")


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


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's word to the command."""
    word = words.add_parser("demo", help="start the tool and the practice LMS with a cohort in week 13")
    word.add_argument("--port", type=int, default=8000)
    word.add_argument("--lms-port", type=int, default=8001)
    word.add_argument("--data", type=Path, default=VAR)
    word.set_defaults(run=run)


def run(arguments: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Set up what is missing, start both, print the three links, and wait for Ctrl-C."""
    pair = Pair(arguments.port, arguments.lms_port, arguments.data.resolve())
    environ = prepare(pair)
    app = create_app(load_settings(environ))
    _say("bringing the database up to date")
    bring_up_to_date(app)
    _say("seeding a cohort in week 13 (kept from an earlier start, if there was one)")
    seed_demo(app, DemoPlace(pair.tool_url, pair.lms_url, datetime.now(UTC)))
    servers = start(pair, environ)
    try:
        wait_until_ready(pair, servers)
        print(_links(pair), flush=True)
        return _watch(servers)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(servers)


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


def _watch(servers: list[subprocess.Popen[bytes]]) -> int:
    signal.signal(signal.SIGTERM, _as_interrupt)
    while all(server.poll() is None for server in servers):
        time.sleep(0.5)
    _say("a server ended; stopping the other")
    return 1


def _as_interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _links(pair: Pair) -> str:
    enter = f"{pair.lms_url}/enter"
    return f"""
Everything is running. Open these in a browser, in this order:

  1  participant   {enter}/{DemoPlace.PARTICIPANT}?to={DemoPlace.KEYSTONE_PATH}
                   finish the keystone and send it to the coach
  2  coach         {enter}/{DemoPlace.COACH}?to={DemoPlace.HOME_PATH}
                   score it on the rubric; the badge follows once the participant confirms their name
  3  verifier      {pair.tool_url}/verify
                   drop the downloaded badge in, as a state would

Also there: the programme director ({enter}/{DemoPlace.DIRECTOR}?to={DemoPlace.HOME_PATH}).
Ctrl-C stops both. The demo's data lie in {pair.folder}.
"""


def _say(words: str) -> None:
    print(f"• {words}", flush=True)
