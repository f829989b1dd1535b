from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from support.postgres import create_tables

from ltitool.foundation import models
from ltitool.foundation.db import db, init_db

TABLES = [model.__table__ for model in (models.SealedKey, models.Job, models.AuditEntry)]


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tool.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def make_app() -> Iterator[Callable[[str], Flask]]:
    """Build applications that have a database and nothing else; each stands for a process."""
    made: list[Flask] = []

    def make(url: str) -> Flask:
        app = Flask("foundation")
        app.config.update(SQLALCHEMY_DATABASE_URI=url, MIGRATIONS_DIRECTORY="migrations")
        init_db(app)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def bare_app(database_url: str, make_app: Callable[[str], Flask]) -> Flask:
    app = make_app(database_url)
    with app.app_context():
        create_tables(db.engine, TABLES)
    return app


@pytest.fixture
def inside(bare_app: Flask) -> Iterator[Flask]:
    with bare_app.app_context():
        yield bare_app
