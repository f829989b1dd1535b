"""A badge of the world's organisation, and somebody who asks the public page about it."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import refresh
from support.clock import MovableClock
from support.holders import award_to
from support.world import World, build_world
from werkzeug.test import TestResponse

from ltitool.app import create_app
from ltitool.credentials.models import Award
from ltitool.foundation.db import db
from ltitool.foundation.services import EXTENSION, Services
from ltitool.settings import Settings
from ltitool.verification.views import BUCKETS


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
def app(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path, clock: MovableClock
) -> Iterator[Flask]:
    """One application for a whole file: checking a badge changes nothing, so tests cannot disturb another."""
    folder = tmp_path_factory.mktemp("tool")
    shutil.copy(empty_database, folder / "tool.db")
    (folder / "data").mkdir()
    settings = Settings(
        public_url="http://localhost:8000",
        database_url=f"sqlite:///{folder}/tool.db",
        data_dir=folder / "data",
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
        trusted_issuers=("did:web:known.example",),
    )
    application = create_app(settings, clock=clock)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def world(app: Flask, clock: MovableClock) -> World:
    return build_world(clock)


@pytest.fixture(autouse=True)
def _fresh_visitor(app: Flask) -> None:
    """Nobody has asked yet, in any language."""
    app.extensions.pop(BUCKETS, None)
    refresh()


@pytest.fixture
def found(app: Flask) -> Services:
    services = app.extensions[EXTENSION]
    assert isinstance(services, Services)
    return services


@pytest.fixture(scope="module")
def award(app: Flask, world: World, clock: MovableClock) -> Award:
    return award_to(app, world, world.amara, clock)


@pytest.fixture(scope="module")
def signed(award: Award) -> dict[str, Any]:
    assert award.signed is not None
    return dict(award.signed)


BOUNDARY = "----boundary-of-the-tests"


def part(name: str, content: bytes, filename: str = "") -> bytes:
    """Write one part of a form: the test client would write large ones to files that it leaves open."""
    file = f'; filename="{filename}"' if filename else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


@dataclass
class Asker:
    """A browser on /verify."""

    client: FlaskClient

    def page(self, content: bytes = b"", *, text: str = "", person: str = "", **more: Any) -> TestResponse:
        body = b"".join(
            [part("badge", text.encode()), part("person", person.encode())]
            + ([part("badge_file", content, "badge")] if content else [])
        )
        media_type = f"multipart/form-data; boundary={BOUNDARY}"
        return self.client.post(
            "/verify", data=body + f"--{BOUNDARY}--\r\n".encode(), content_type=media_type, **more
        )

    def report(self, content: bytes = b"", **more: Any) -> tuple[int, dict[str, Any]]:
        """Give the status and the JSON answer."""
        response = self.page(content, headers={"Accept": "application/json"}, **more)
        body = response.get_json()
        assert isinstance(body, dict)
        return response.status_code, body


@pytest.fixture
def ask(client: FlaskClient) -> Asker:
    return Asker(client)


@pytest.fixture
def failures() -> Callable[[Mapping[str, Any]], list[tuple[int, str]]]:
    """Give the number and the code of each check that failed."""

    def failed(report: Mapping[str, Any]) -> list[tuple[int, str]]:
        return [(one["number"], one["code"]) for one in report["checks"] if one["outcome"] == "failed"]

    return failed


def as_json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()
