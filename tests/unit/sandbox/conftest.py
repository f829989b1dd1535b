"""A practice LMS in a folder of its own, somebody at a browser, and a throwaway tool."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.forge import Forge
from ltitool.sandbox.keys import KEYS_NAME, open_key_ring

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.practice import LMS, TOOL, Browser, Clock, Services, ThrowawayTool


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the platform's keys once: RSA keys are slow to find."""
    folder = tmp_path_factory.mktemp("keys")
    open_key_ring(folder)
    return folder


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
def config(tmp_path: Path, key_folder: Path, clock: Clock) -> PlatformConfig:
    data = tmp_path / "lms"
    data.mkdir()
    shutil.copy(key_folder / KEYS_NAME, data)
    return PlatformConfig(LMS, TOOL, data, clock=clock)


@pytest.fixture
def app(config: PlatformConfig, tool: ThrowawayTool) -> Flask:
    return create_platform(config, tool.fetch)


@pytest.fixture
def forge(config: PlatformConfig) -> Forge:
    return Forge.open(config)


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
