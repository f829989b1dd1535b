"""Serve a practice LMS over HTTP: one process, several threads, a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from flask import Flask

# Threads, since the tool asks us for something while we wait for its key set.
_SETTINGS: Final = {
    "workers": 1,
    "worker_class": "gthread",
    "threads": 8,
    "graceful_timeout": 5,
    "keepalive": 5,
    "loglevel": "warning",
    "limit_request_line": 8190,
    "control_socket_disable": True,
    "proc_name": "practice-lms",
}


class _Server(BaseApplication):
    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._app = app
        self._bind = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        for name, value in {**_SETTINGS, "bind": self._bind}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # gunicorn asks for a bare WSGI callable, which Flask types otherwise
        return self._app


def serve(app: Flask, host: str, port: int) -> int:
    """Serve until a signal ends it; give the exit status."""
    try:
        _Server(app, host, port).run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0
