"""A tool with the practice LMS registered, and a browser in front of both."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from support.clock import MovableClock
from support.practice import LMS, ORGANISATION, Browser, Learners, Wire, registration, seed_registration

from ltitool.foundation.db import transaction
from ltitool.foundation.services import EXTENSION, Services
from ltitool.lti.landing import bind_landing
from ltitool.lti.models import Platform
from ltitool.lti.platforms import add_platform
from ltitool.lti.views import pages
from ltitool.lti.wiring import init_lti
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.forge import Forge
from ltitool.sandbox.keys import KeyRing, open_key_ring
from ltitool.settings import Settings


@pytest.fixture(scope="session")
def lms_keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """Make the practice LMS's keys once: reading RSA keys takes longer than a launch."""
    return open_key_ring(tmp_path_factory.mktemp("lms"))


@pytest.fixture(scope="session")
def strange_key(lms_keys: KeyRing) -> RSAKey:
    """A key that nobody has published, under the LMS's key id."""
    return RSAKey.generate_key(2048, {"use": "sig", "kid": str(lms_keys.signing[0].kid)})


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
def wire(config: PlatformConfig, lms_keys: KeyRing, monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setattr("ltitool.sandbox.app.open_key_ring", lambda _folder: lms_keys)
    wire: Wire = Wire(create_platform(config, lambda _url: wire.tool_keys()))
    return wire


@pytest.fixture
def tool(app: Flask, wire: Wire, landing: Learners, clock: MovableClock) -> Flask:
    """The application with the practice LMS registered."""
    found: Services = replace(app.extensions[EXTENSION], http=wire)
    app.extensions[EXTENSION] = found
    if pages.name not in app.blueprints:
        app.register_blueprint(pages)
    if "welcome.page" not in app.view_functions:
        app.add_url_rule("/", "welcome.page", lambda: "")
    init_lti(app, found)
    bind_landing(app, landing)
    wire.tool = app
    seed_registration(clock, found.settings)
    return app


@pytest.fixture
def browser(tool: Flask, forge: Forge) -> Browser:
    return Browser(tool.test_client(), forge)


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
