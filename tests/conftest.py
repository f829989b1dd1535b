"""What every test may ask for: an application with its own database, a clock, a small world, visitors."""

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from sqlalchemy import create_engine, text  # noqa: E402
from support import buckets, postgres  # noqa: E402
from support.clock import MovableClock  # noqa: E402 - tests/support is found by the line above
from support.visitor import Visitor  # noqa: E402
from support.world import World, build_world  # noqa: E402

from ltitool.app import create_app  # noqa: E402
from ltitool.foundation.db import db  # noqa: E402
from ltitool.settings import Settings  # noqa: E402

ORIGIN = "http://localhost:8000"
# A shared machine is no clock: what takes long is measured in bench/, not here.
hypothesis.settings.register_profile(
    "ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")


def pytest_configure() -> None:
    """Let what tests start hear Ctrl-C: a shell's background job ignores it, and hands that on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return _settings_in(tmp_path)


@dataclass(frozen=True)
class Template:
    """A database that tests copy, and the world that was laid down in it."""

    path: Path
    world: World | None = None


def _settings_in(folder: Path) -> Settings:
    return Settings(
        public_url=ORIGIN,
        database_url=f"sqlite:///{folder}/tool.db",
        data_dir=folder / "data",
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
    )


def _lay_template(folder: Path, build: Callable[[], World] | None) -> Template:
    app = create_app(_settings_in(folder), clock=MovableClock())
    with app.app_context():
        postgres.create_tables(db.engine)
        world = build() if build else None
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return Template(folder / "tool.db", world)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the tables once; each test gets a copy of the file."""
    return _lay_template(tmp_path_factory.mktemp("empty"), None).path


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Lay the small world once; each test that asks for `world` gets a copy of the file."""
    return _lay_template(tmp_path_factory.mktemp("world"), lambda: build_world(MovableClock()))


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Compile each template once, not once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    settings: Settings,
    clock: MovableClock,
    compiled_pages: FileSystemBytecodeCache,
    tmp_path: Path,
) -> Iterator[Flask]:
    wants_world = "world" in request.fixturenames
    template = request.getfixturevalue("world_template" if wants_world else "empty_database")
    shutil.copy(template.path if wants_world else template, tmp_path / "tool.db")
    settings.data_dir.mkdir(exist_ok=True)
    application = create_app(settings, clock=clock)
    application.jinja_env.bytecode_cache = compiled_pages
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


@pytest.fixture(scope="session")
def bucket_url() -> Iterator[str]:
    """Give a bucket of a real S3 server of our own; obstore finds it by the environment."""
    with buckets.server() as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        yield "s3://photos"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(app: Flask, world_template: Template) -> World:
    """Give an organisation in week 6 of the program, and a second organisation behind its wall."""
    del app  # the world lies in its database
    assert world_template.world is not None
    return world_template.world


@pytest.fixture
def visit_as(app: Flask, clock: MovableClock) -> Callable[..., Visitor]:
    """Open a session for somebody of the world: `visit_as(world.amara, "participant")`."""

    def opened(person: Any, *roles: str) -> Visitor:
        return Visitor.open(app, person, roles, clock)

    return opened
