"""The tool and the practice LMS in this process, and browsers that go between them as over the network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import urljoin, urlsplit
from urllib.request import OpenerDirector, Request

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from support.practice import LMS, Wire

from ltitool.app import HANDLERS, SWEEPERS, services_of
from ltitool.cli.story.browser import Browser
from ltitool.foundation.db import db
from ltitool.foundation.runner import JobRunner
from ltitool.foundation.services import EXTENSION
from ltitool.lti.wiring import init_lti
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig

REDIRECTS = frozenset({301, 302, 303, 307})


@dataclass
class Arrived:
    """What an opener gives back."""

    url: str
    status: int
    body: bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def geturl(self) -> str:
        return self.url

    def read(self) -> bytes:
        return self.body


@dataclass
class Wires:
    """Takes a browser's requests to whichever application has that origin; keeps its cookies."""

    clients: dict[str, FlaskClient]

    def open(self, request: Request, timeout: float = 0) -> Arrived:
        del timeout
        method, url, data = request.get_method(), request.full_url, cast("bytes | None", request.data)
        headers = dict(request.header_items())
        for _ in range(10):
            answer = self._ask(method, url, headers, data)
            if answer.status_code not in REDIRECTS:
                return Arrived(url, answer.status_code, answer.data)
            url = urljoin(url, answer.location)
            if answer.status_code != 307:
                method, data = "GET", None
                headers = {name: value for name, value in headers.items() if name != "Content-type"}
        message = f"{request.full_url} goes round in circles"
        raise AssertionError(message)

    def _ask(self, method: str, url: str, headers: dict[str, str], data: bytes | None) -> Any:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        path = parts._replace(scheme="", netloc="", fragment="").geturl()
        return self.clients[origin].open(
            path or "/", method=method, base_url=origin, headers=headers, data=data, buffered=True
        )


@dataclass
class Town:
    """A tool, an LMS that knows it, and the runner of the tool's jobs."""

    tool: Flask
    lms: Flask
    wire: Wire
    runner: JobRunner
    clock: Callable[[], datetime]
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def tool_url(self) -> str:
        return services_of(self.tool).settings.public_url

    def browser(self, who: str) -> Browser:
        """Give somebody's browser; each person has their own."""
        if who not in self.browsers:
            clients = {self.tool_url: self.tool.test_client(), LMS: self.lms.test_client()}
            self.browsers[who] = Browser(who, cast("OpenerDirector", Wires(clients)))
        return self.browsers[who]


def build_town(tool: Flask, folder: Path, clock: Callable[[], datetime]) -> Town:
    """Put a practice LMS beside a tool, and have each reach the other without a socket."""
    wire = Wire(Flask("none"))
    config = PlatformConfig(LMS, services_of(tool).settings.public_url, folder / "lms", clock=clock)
    wire.lms = create_platform(config, lambda _url: wire.tool_keys(), wire.tell_tool)
    wire.tool = tool
    found = replace(services_of(tool), http=wire)
    tool.extensions[EXTENSION] = found
    init_lti(tool, found)
    return Town(tool, wire.lms, wire, JobRunner(tool, HANDLERS, SWEEPERS, clock=clock), clock)


@contextmanager
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """Note each statement that an application's database is asked."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
