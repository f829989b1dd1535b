"""A second practice LMS in front of a running demo's tool: the same people and keys, with manners of its own.

The tool knows one registration. While such an LMS runs, that registration's sign-on address and origins are
its own; afterwards they are what they were. A tool remembers registrations for half a minute, so both changes
take a while: one LMS serves all tests of a module, and changes its habits between them.
"""

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask
from support.running_demo import RunningDemo, free_port
from werkzeug.serving import make_server

from ltitool.lti.browser import PROBE
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.manners import STRICT, Manners
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import DEMO

KNOWN_WITHIN = 90.0  # seconds: three times what a tool remembers


@dataclass(frozen=True)
class OtherLms:
    """An LMS that serves, and the tool that it launches."""

    url: str
    tool: str
    app: Flask
    manners: Manners

    def enter(self, person: str, path: str) -> str:
        """Give the link by which somebody enters the LMS."""
        return f"{self.url}/enter/{person}?to={path}"

    @contextmanager
    def behaving(self, **habits: object) -> Iterator["OtherLms"]:
        """Change some habits for a while."""
        board = self.app.extensions[EXTENSION].board
        before = board.manners
        board.manners = replace(before or self.manners, **habits)  # type: ignore[arg-type] # fields of Manners
        try:
            yield self
        finally:
            board.manners = before


@contextmanager
def other_lms(demo: RunningDemo, folder: Path, *, door_host: str = "") -> Iterator[OtherLms]:
    """Serve such an LMS; `door_host` gives sign-on and storage an origin of their own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    door = f"http://{door_host}:{port}" if door_host else url
    shutil.copytree(demo.pair.folder / "lms", folder / "lms")
    manners = replace(STRICT, shared_issuer=demo.lms)
    config = PlatformConfig(url, demo.tool, folder / "lms", manners, door_url=door if door_host else "")
    app = create_platform(config)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with _registered(demo, f"{door}/lti/auth", [demo.lms, url, door]):
            yield OtherLms(url, demo.tool, app, manners)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _registered(demo: RunningDemo, auth_login_url: str, origins: list[str]) -> Iterator[None]:
    with closing(sqlite3.connect(demo.pair.folder / "tool.db", timeout=10)) as database:
        before = database.execute("SELECT auth_login_url, service_origins FROM platform").fetchone()
        _store(database, demo, auth_login_url, json.dumps(sorted(set(origins))))
        try:
            yield
        finally:
            _store(database, demo, *before)


def _store(database: sqlite3.Connection, demo: RunningDemo, auth_login_url: str, origins: str) -> None:
    database.execute("UPDATE platform SET auth_login_url = ?, service_origins = ?", (auth_login_url, origins))
    database.commit()
    deadline = time.monotonic() + KNOWN_WITHIN
    while not _sign_on_of(demo).startswith(auth_login_url):
        assert time.monotonic() < deadline, "the tool does not notice its changed registration"
        time.sleep(0.2)


def _sign_on_of(demo: RunningDemo) -> str:
    """Ask the tool's door where it sends a login to."""
    login = {"iss": demo.lms, "client_id": DEMO.client_id, "login_hint": "nobody"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"{PROBE}=1"}
    with closing(HTTPConnection(urlsplit(demo.tool).netloc, timeout=30)) as connection:
        connection.request("POST", "/lti/login", urlencode(login), headers)
        with connection.getresponse() as answer:
            return answer.headers.get("Location", "")
