"""`ltitool demo`: the tool and the practice LMS side by side, with a cohort that stands in week 13."""

import argparse
import signal
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from ltitool.app import create_app
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.demo_seed.seeding import seed_demo, why_start_over
from ltitool.cli.pair import Pair, check_ports, prepare, put_aside, start, stop, wait_until_ready
from ltitool.cli.serve import bring_up_to_date
from ltitool.foundation.db import db
from ltitool.settings import load_settings

VAR = Path("var/demo")


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's word to the command."""
    word = words.add_parser("demo", help="start the tool and the practice LMS with a cohort in week 13")
    word.add_argument("--port", type=int, default=8000)
    word.add_argument("--lms-port", type=int, default=8001)
    word.add_argument(
        "--data", type=Path, help=f"where its data lie ({VAR}, a folder for each pair of ports)"
    )
    word.set_defaults(run=run)


def run(arguments: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Set up what is missing, start both, print the three links, and wait for Ctrl-C."""
    folder = arguments.data or VAR / f"{arguments.port}-{arguments.lms_port}"
    pair = Pair(arguments.port, arguments.lms_port, folder.resolve())
    check_ports(pair)
    servers: list[subprocess.Popen[bytes]] = []
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _as_interrupt)
    try:
        environ = set_up(pair, datetime.now(UTC))
        servers += start(pair, environ)
        wait_until_ready(pair, servers)
        print(_links(pair), flush=True)
        return _watch(servers)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(servers)


def set_up(pair: Pair, now: datetime) -> dict[str, str]:
    """Bring database and cohort to where the demo begins, and give the environment of the servers."""
    environ = prepare(pair)
    place = DemoPlace(pair.tool_url, pair.lms_url, now)
    _say("bringing the database up to date")
    app, reason = _open(environ, place)
    if reason is not None:
        _say(f"the data of an earlier start are put aside in {put_aside(pair, now)}: {reason}")
        app, _none = _open(environ, place)
    seed_demo(app, place, _say)
    _close(app)
    return environ


def _open(environ: Mapping[str, str], place: DemoPlace) -> tuple[Flask, str | None]:
    """Open the database, and say why it cannot be used if it cannot."""
    app = create_app(load_settings(environ))
    try:
        bring_up_to_date(app)
    except SystemExit as error:  # Flask-Migrate's way to say that it does not know the database's revision
        _close(app)
        return app, f"another version of the tool made them ({error.__context__})"
    reason = why_start_over(app, place)
    if reason is not None:
        _close(app)
    return app, reason


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _watch(servers: list[subprocess.Popen[bytes]]) -> int:
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
                   read the keystone and send it to the coach
  2  coach         {enter}/{DemoPlace.COACH}?to={DemoPlace.HOME_PATH}
                   score it on the rubric; the badge follows once the participant confirms their name
  3  verifier      {pair.tool_url}/verify
                   drop the downloaded badge in, as a state would

Also there: the program's director ({enter}/{DemoPlace.DIRECTOR}?to={DemoPlace.HOME_PATH}).
Ctrl-C stops both. The demo's data lie in {pair.folder}.
"""


def _say(words: str) -> None:
    print(f"• {words}", flush=True)
