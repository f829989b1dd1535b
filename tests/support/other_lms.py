"""A second practice LMS in front of a running demo's tool: the same people and keys, with manners of its own.

The tool knows one registration. While such an LMS runs, that registration's sign-on address and origins are
its own; afterwards they are what they were.
"""

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from support.running_demo import RunningDemo, free_port
from werkzeug.serving import make_server

from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.manners import STRICT, Manners


@dataclass(frozen=True)
class OtherLms:
    """An LMS that serves, and the tool that it launches."""

    url: str
    door: str
    tool: str

    def enter(self, person: str, path: str) -> str:
        """Give the link by which somebody enters the LMS."""
        return f"{self.url}/enter/{person}?to={path}"


@contextmanager
def other_lms(
    demo: RunningDemo, folder: Path, *, door_host: str = "", **habits: object
) -> Iterator[OtherLms]:
    """Serve an LMS with some habits changed; `door_host` gives sign-on and storage an origin of their own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    door = f"http://{door_host}:{port}" if door_host else url
    manners: Manners = replace(STRICT, shared_issuer=demo.lms, **habits)  # type: ignore[arg-type] # fields of Manners
    shutil.copytree(demo.pair.folder / "lms", folder / "lms")
    config = PlatformConfig(url, demo.tool, folder / "lms", manners, door_url=door if door_host else "")
    server = make_server("127.0.0.1", port, create_platform(config), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with _registered(demo, f"{door}/lti/auth", [demo.lms, url, door]):
            yield OtherLms(url, door, demo.tool)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _registered(demo: RunningDemo, auth_login_url: str, origins: list[str]) -> Iterator[None]:
    with closing(sqlite3.connect(demo.pair.folder / "tool.db", timeout=10)) as database:
        before = database.execute("SELECT auth_login_url, service_origins FROM platform").fetchone()
        _store(database, auth_login_url, json.dumps(sorted(set(origins))))
        try:
            yield
        finally:
            _store(database, *before)


def _store(database: sqlite3.Connection, auth_login_url: str, origins: str) -> None:
    database.execute("UPDATE platform SET auth_login_url = ?, service_origins = ?", (auth_login_url, origins))
    database.commit()
