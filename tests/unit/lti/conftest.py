"""A tool with the practice LMS registered, and a browser in front of both."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request_started
from jinja2 import FileSystemBytecodeCache
from joserfc.jwk import RSAKey
from sqlalchemy import select
from support.clock import MovableClock
from support.grade_desk import Desk
from support.practice import LMS, ORGANISATION, Browser, Learners, Wire, registration, seed_registration

from ltitool.app import create_app, services_of
from ltitool.foundation.db import db, read_session, transaction
from ltitool.foundation.keys import SealedKeyStore
from ltitool.foundation.services import EXTENSION
from ltitool.lti.landing import bind_landing
from ltitool.lti.models import Platform
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.platforms import add_platform
from ltitool.lti.wiring import LtiMemory, init_lti, lti_memory
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.forge import Forge
from ltitool.sandbox.keys import KeyRing, open_key_ring
from ltitool.sandbox.planting import plant
from ltitool.sandbox.runtime import EXTENSION as LMS_EXTENSION
from ltitool.sandbox.runtime import Platform as LmsPlatform
from ltitool.sandbox.store import open_store
from ltitool.sandbox.toolkeys import ToolKeys
from ltitool.settings import Settings


@pytest.fixture(scope="session")
def lms_keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """Make the practice LMS's keys once: reading RSA keys takes longer than a launch."""
    return open_key_ring(tmp_path_factory.mktemp("lms"))


@pytest.fixture(scope="session")
def strange_key(lms_keys: KeyRing) -> RSAKey:
    """A key that nobody has published, under the LMS's key id."""
    return RSAKey.generate_key(2048, {"use": "sig", "kid": str(lms_keys.signing[0].kid)})


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Build the application once: laying its routes takes longer than a launch."""
    folder = tmp_path_factory.mktemp("one-app")
    app = create_app(
        Settings(
            public_url="http://localhost:8000",
            database_url=f"sqlite:///{folder}/tool.db",
            data_dir=folder,
            secret_key=b"s" * 32,
            key_encryption_key=b"k" * 32,
            loopback_http=True,
        )
    )
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return app


@pytest.fixture(scope="session")
def one_lms(lms_keys: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Build the practice LMS once; each test gives it a store of its own."""
    del lms_keys
    folder = tmp_path_factory.mktemp("one-lms")
    return create_platform(PlatformConfig(LMS, "http://localhost:8000", folder), lambda _url: b"{}")


@pytest.fixture
def settings(one_app: Flask) -> Settings:
    return services_of(one_app).settings


@pytest.fixture
def app(one_app: Flask, settings: Settings, empty_database: Path, clock: MovableClock) -> Iterator[Flask]:
    """Give the application an empty database, the test's clock and no memory of keys and tokens."""
    path = settings.data_dir / "tool.db"
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.copy(empty_database, path)
    keys = SealedKeyStore(settings.key_encryption_key, clock)
    one_app.extensions[EXTENSION] = replace(services_of(one_app), clock=clock, keys=keys)
    with one_app.app_context(), request_started.connected_to(forget_request, one_app):
        yield one_app
        db.session.remove()
        db.engine.dispose()


def forget_request(_app: Flask) -> None:
    """Empty `g` at each request: the test's own application context would share it between them."""
    for name in list(g):
        g.pop(name)


@pytest.fixture
def config(settings: Settings, clock: MovableClock, tmp_path: Path) -> PlatformConfig:
    return PlatformConfig(LMS, settings.public_url, tmp_path / "lms", clock=clock)


@pytest.fixture
def forge(config: PlatformConfig, lms_keys: KeyRing, strange_key: RSAKey) -> Forge:
    forge = Forge(config, lms_keys)
    vars(forge)["stranger"] = strange_key
    return forge


@pytest.fixture
def landing() -> Learners:
    return Learners()


@pytest.fixture
def wire(config: PlatformConfig, lms_keys: KeyRing, one_lms: Flask) -> Wire:
    """Our outbound HTTP: it ends at the practice LMS, which asks our own door for our keys."""
    store = open_store(config.data_dir)
    with store.writing() as connection:
        plant(connection, config.seed)
    wire = Wire(one_lms)
    tool_keys = ToolKeys(config.tool.jwks_url, lambda _url: wire.tool_keys())
    one_lms.extensions[LMS_EXTENSION] = LmsPlatform(config, store, lms_keys, tool_keys, post=wire.tell_tool)
    return wire


@pytest.fixture
def tool(app: Flask, wire: Wire, landing: Learners, clock: MovableClock) -> Flask:
    """The application with the practice LMS registered."""
    found = replace(services_of(app), http=wire)
    app.extensions[EXTENSION] = found
    init_lti(app, found)
    bind_landing(app, landing)
    wire.tool = app
    seed_registration(clock, found.settings)
    return app


@pytest.fixture
def browser(tool: Flask, forge: Forge) -> Browser:
    return Browser(tool.test_client(), forge)


@pytest.fixture
def desk(tool: Flask, browser: Browser, landing: Learners, wire: Wire, clock: MovableClock) -> Desk:
    """A course that was launched, and the runner that sends its grades."""
    tool.extensions["ltitool"].keys.ensure("tool", "lti-rs256")
    return Desk(tool, browser, landing, wire, clock)


@pytest.fixture
def second_platform(tool: Flask, clock: MovableClock, settings: Settings) -> Callable[..., Platform]:
    """Register another LMS: `second_platform(client_id="other")`."""

    def register(**changes: Any) -> Platform:
        with transaction() as session:
            return add_platform(
                session,
                registration(**changes),
                organisation_id=ORGANISATION,
                platform_id=uuid.uuid5(ORGANISATION, repr(sorted(changes.items()))),
                settings=settings,
                at=clock(),
            )

    del tool
    return register


@pytest.fixture
def memory(tool: Flask) -> LtiMemory:
    """What the tool keeps of platforms between requests, with a key to sign with."""
    tool.extensions["ltitool"].keys.ensure("tool", "lti-rs256")
    return lti_memory()


@pytest.fixture
def platform(tool: Flask) -> Platform:
    """The one registered platform."""
    del tool
    found = read_session().scalars(select(Platform)).one()
    read_session().commit()
    return found


@pytest.fixture
def client(memory: LtiMemory, platform: Platform) -> PlatformClient:
    """Speak to that platform's services."""
    return memory.client_for(platform)
