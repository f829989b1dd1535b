"""`ltitool serve`, `work`, `migrate`: the tool as a server, its workers, its database brought up to date."""

import argparse
import atexit
import gc
import signal
import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication

from ltitool.app import create_app, start_runner
from ltitool.foundation.services import services
from ltitool.settings import load_settings

STOP_SECONDS = 30.0  # that a job at hand has left, when a worker is told to stop


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's words to the command."""
    word = words.add_parser("serve", help="start the tool")
    word.add_argument("--host", default="127.0.0.1")
    word.add_argument("--port", type=int, default=8000)
    word.add_argument("--workers", type=int, default=1)
    word.add_argument("--threads", type=int, default=8, help="of each worker")
    word.add_argument(
        "--jobs",
        choices=["here", "elsewhere"],
        default="here",
        help="where durable jobs are worked off: in these processes, or by `ltitool work`",
    )
    word.set_defaults(run=serve)
    word = words.add_parser("work", help="work off durable jobs, until told to stop")
    word.add_argument("--concurrency", type=int, default=4, help="jobs at a time (PostgreSQL; else one)")
    word.set_defaults(run=work)
    word = words.add_parser("migrate", help="bring the database up to date")
    word.set_defaults(run=migrate)


def serve(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    app = create_app(load_settings(environ))
    _Server(app, arguments).run()
    return 0


def work(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Work until told to stop; the jobs at hand are ended first."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    runner = start_runner(create_app(load_settings(environ)), concurrency=arguments.concurrency)
    told.wait()
    runner.stop(timeout=STOP_SECONDS)
    return 0


def migrate(_arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Bring the database of the settings up to date."""
    bring_up_to_date(create_app(load_settings(environ)))
    return 0


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that the database has not seen, and make the tool's own key if there is none."""
    with app.app_context():
        upgrade()
        services().keys.ensure("tool", "lti-rs256")


class _Server(BaseApplication):
    """Gunicorn with threads: slow phones on slow networks must not hold up a launch."""

    def __init__(self, app: Flask, arguments: argparse.Namespace) -> None:
        self._flask = app
        self._arguments = arguments
        super().__init__()

    def load_config(self) -> None:
        chosen = self._arguments
        for name, value in {
            "bind": f"{chosen.host}:{chosen.port}",
            "workers": chosen.workers,
            "threads": chosen.threads,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 5,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "limit_request_line": 8190,
            "post_worker_init": self._begin,
        }.items():
            self.cfg.set(name, value)
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)  # noqa: FBT003 - gunicorn's setter

    def _begin(self, _worker: object) -> None:
        gc.freeze()  # what is loaded now stays: the collector need not walk through it again and again
        if self._arguments.jobs == "here":
            atexit.register(start_runner(self._flask).stop)

    def load(self) -> Any:  # gunicorn asks for a bare WSGI callable, which Flask types otherwise
        return self._flask
