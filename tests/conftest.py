"""What every test may ask for: an application with its own database, a clock, a small world, visitors."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request_started
from flask.testing import FlaskClient

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from sqlalchemy import create_engine, text  # noqa: E402
from support import postgres  # noqa: E402
from support.clock import MovableClock  # noqa: E402 - tests/support is found by the line above
from support.visitor import Visitor  # noqa: E402
from support.world import World, build_world  # noqa: E402

from ltitool.app import create_app  # noqa: E402
from ltitool.foundation.db import Base, db  # noqa: E402
from ltitool.settings import Settings  # noqa: E402

ORIGIN = "http://localhost:8000"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        public_url=ORIGIN,
        database_url=f"sqlite:///{tmp_path}/tool.db",
        data_dir=tmp_path / "data",
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the tables once; each test gets a copy of the file."""
    folder = tmp_path_factory.mktemp("empty")
    path = folder / "empty.db"
    app = create_app(
        Settings(
            public_url=ORIGIN,
            database_url=f"sqlite:///{path}",
            data_dir=folder,
            secret_key=b"s" * 32,
            key_encryption_key=b"k" * 32,
            loopback_http=True,
        )
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return path


@pytest.fixture
def app(settings: Settings, clock: MovableClock, empty_database: Path, tmp_path: Path) -> Iterator[Flask]:
    shutil.copy(empty_database, tmp_path / "tool.db")
    settings.data_dir.mkdir(exist_ok=True)
    application = create_app(settings, clock=clock)
    with application.app_context(), request_started.connected_to(_forget_request, application):
        yield application
        db.session.remove()
        db.engine.dispose()


def _forget_request(_app: Flask) -> None:
    """Empty `g` at each request: the test's own application context would share it between them."""
    for name in list(g):
        g.pop(name)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    if not postgres.BINARIES.exists():
        pytest.fail(f"PostgreSQL 15 is not installed: {postgres.BINARIES} is missing")
    with postgres.cluster() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_cluster: str) -> Iterator[str]:
    """Give an empty database of our own PostgreSQL."""
    name = postgres.database_name()
    engine = create_engine(postgres_cluster, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_cluster.replace("/postgres?", f"/{name}?")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    """Build an organisation in week 6 of the program, and a second organisation behind its wall."""
    del app  # the world lies in its database
    return build_world(clock)


@pytest.fixture
def visit_as(app: Flask, clock: MovableClock) -> Callable[..., Visitor]:
    """Open a session for somebody of the world: `visit_as(world.amara, "participant")`."""

    def opened(person: Any, *roles: str) -> Visitor:
        return Visitor.open(app, person, roles, clock)

    return opened
