"""A badge of the world's organisation, and somebody who asks the public page about it."""

import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
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
def _fresh_buckets(app: Flask) -> None:
    app.extensions.pop(BUCKETS, None)


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


@dataclass
class Asker:
    """A browser on /verify."""

    client: FlaskClient

    def page(self, content: bytes = b"", *, text: str = "", person: str = "", **more: Any) -> TestResponse:
        data: dict[str, Any] = {"badge": text, "person": person}
        if content:
            data["badge_file"] = (io.BytesIO(content), "badge")
        return self.client.post("/verify", data=data, content_type="multipart/form-data", **more)

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
