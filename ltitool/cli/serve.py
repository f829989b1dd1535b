"""`ltitool serve` and `ltitool migrate`: the tool as a server, and its database brought up to date."""

import argparse
import atexit
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication

from ltitool.app import create_app, start_runner
from ltitool.foundation.services import services
from ltitool.settings import load_settings


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's words to the command."""
    word = words.add_parser("serve", help="start the tool")
    word.add_argument("--host", default="127.0.0.1")
    word.add_argument("--port", type=int, default=8000)
    word.add_argument("--workers", type=int, default=1)
    word.add_argument("--threads", type=int, default=8, help="of each worker")
    word.set_defaults(run=serve)
    word = words.add_parser("migrate", help="bring the database up to date")
    word.set_defaults(run=migrate)


def serve(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    app = create_app(load_settings(environ))
    _Server(app, arguments).run()
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
            "post_worker_init": self._start_runner,
        }.items():
            self.cfg.set(name, value)
        if "control_socket_disable" in self.cfg.settings:
            self.cfg.set("control_socket_disable", True)  # noqa: FBT003 - gunicorn's setter

    def _start_runner(self, _worker: object) -> None:
        atexit.register(start_runner(self._flask).stop)

    def load(self) -> Any:  # gunicorn asks for a bare WSGI callable, which Flask types otherwise
        return self._flask
