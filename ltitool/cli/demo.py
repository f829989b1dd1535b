"""`ltitool demo`: the tool and the practice LMS side by side, with a cohort that stands in week 13."""

import argparse
import signal
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ltitool.app import create_app
from ltitool.cli.demo_seed import DemoPlace, seed_demo
from ltitool.cli.pair import Pair, prepare, start, stop, wait_until_ready
from ltitool.cli.serve import bring_up_to_date
from ltitool.settings import load_settings

VAR = Path("var/demo")


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
