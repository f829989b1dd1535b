"""A practice LMS in a folder of its own, somebody at a browser, and a throwaway tool."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.faults import Switchboard
from ltitool.sandbox.forge import Forge
from ltitool.sandbox.runtime import EXTENSION, Platform
from ltitool.sandbox.store import DATABASE_NAME, Store
from ltitool.sandbox.toolkeys import ToolKeys

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.lms_visitor import LMS, TOOL, Browser, Clock, Services, ThrowawayTool


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Start one practice LMS: keys, tables, routes and templates are made once, for they take long."""
    return create_platform(PlatformConfig(LMS, TOOL, tmp_path_factory.mktemp("lms")))


@pytest.fixture(scope="session")
def tool_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tool(tool_key: RSAKey) -> ThrowawayTool:
    return ThrowawayTool(tool_key)


@pytest.fixture
def config(tmp_path: Path, started: Flask, clock: Clock) -> PlatformConfig:
    """Give each test a data folder of its own: a copy of the folder of the LMS that was started."""
    folder = tmp_path / "lms"
    shutil.copytree(started.extensions[EXTENSION].config.data_dir, folder)
    return PlatformConfig(LMS, TOOL, folder, clock=clock)


@pytest.fixture
def app(started: Flask, config: PlatformConfig, tool: ThrowawayTool) -> Iterator[Flask]:
    """Put the test's own platform behind the doors of the LMS that was started."""
    first: Platform = started.extensions[EXTENSION]
    store = Store(config.data_dir / DATABASE_NAME)
    started.extensions[EXTENSION] = replace(
        first,
        config=config,
        store=store,
        tool_keys=ToolKeys(config.tool.jwks_url, tool.fetch),
        board=Switchboard(),
    )
    yield started
    started.extensions[EXTENSION] = first


@pytest.fixture
def forge(started: Flask, config: PlatformConfig) -> Forge:
    return Forge(config, started.extensions[EXTENSION].keys)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def amara(browser: Browser) -> Browser:
    return browser.enter("amara-okafor")


@pytest.fixture
def services_with(app: Flask, tool: ThrowawayTool, clock: Clock) -> Callable[..., Services]:
    """Ask the token endpoint for these scopes."""
    issued: list[int] = []

    def granted(*scopes: str) -> Services:
        issued.append(1)
        answer = app.test_client().post(
            "/lti/token",
            base_url=LMS,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": words.ASSERTION_TYPE,
                "client_assertion": tool.assertion(clock, jti=f"services-{len(issued)}"),
                "scope": " ".join(scopes),
            },
        )
        assert answer.status_code == 200, answer.text
        return Services(app.test_client(), answer.get_json()["access_token"])

    return granted


@pytest.fixture
def services(services_with: Callable[..., Services]) -> Services:
    return services_with(*words.SERVICE_SCOPES)


@pytest.fixture
def other_config(config: PlatformConfig) -> Callable[..., PlatformConfig]:
    def made(**changes: Any) -> PlatformConfig:
        return replace(config, **changes)

    return made
