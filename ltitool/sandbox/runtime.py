"""The running platform as one value: its configuration, store, keys, and the tool's keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from ltitool.sandbox.registrations import active_tool
from ltitool.sandbox.toolkeys import ToolKeys

if TYPE_CHECKING:
    from datetime import datetime

    from ltitool.sandbox.config import Endpoints, PlatformConfig
    from ltitool.sandbox.keys import KeyRing
    from ltitool.sandbox.store import Store

EXTENSION = "practice-lms"


@dataclass(frozen=True)
class Platform:
    """What every request works with; nothing here changes while the server runs."""

    config: PlatformConfig
    store: Store
    keys: KeyRing
    tool_keys: ToolKeys

    @property
    def endpoints(self) -> Endpoints:
        return self.config.endpoints

    def now(self) -> datetime:
        return self.config.clock()


def current_platform() -> Platform:
    """Give the platform with the tool that launches go to now; the database is asked once per request."""
    if "practice_platform" not in g:
        g.practice_platform = _with_active_tool(cast("Platform", current_app.extensions[EXTENSION]))
    return cast("Platform", g.practice_platform)


def _with_active_tool(platform: Platform) -> Platform:
    with platform.store.reading() as connection:
        tool = active_tool(connection, platform.config.tool_url)
    if tool is None:
        return platform
    keys = platform.tool_keys
    keys = keys if keys.url == tool.jwks_url else ToolKeys(tool.jwks_url, keys.fetch)
    return replace(platform, config=replace(platform.config, registered=tool), tool_keys=keys)
