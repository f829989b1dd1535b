"""The running platform as one value: its configuration, store, keys, and the tool's keys."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from ltitool.sandbox.faults import Switchboard
from ltitool.sandbox.notice_post import post_notices
from ltitool.sandbox.registrations import active_tool
from ltitool.sandbox.toolkeys import ToolKeys

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ltitool.sandbox.config import Endpoints, PlatformConfig
    from ltitool.sandbox.keys import KeyRing
    from ltitool.sandbox.store import Store

EXTENSION = "practice-lms"


@dataclass(frozen=True)
class Platform:
    """What every request works with; only the switchboard changes while the server runs."""

    config: PlatformConfig
    store: Store
    keys: KeyRing
    tool_keys: ToolKeys
    board: Switchboard = field(default_factory=Switchboard)
    post: Callable[[str, bytes], str] = post_notices  # how a notice goes to a tool

    @property
    def endpoints(self) -> Endpoints:
        return self.config.endpoints

    def now(self) -> datetime:
        moment = self.config.clock()
        return moment + self.board.skew if self.board.skew else moment


def current_platform() -> Platform:
    """Give the platform with the tool that launches go to now; the database is asked once per request."""
    if "practice_platform" not in g:
        g.practice_platform = _with_active_tool(_as_switched(_started_platform()))
    return cast("Platform", g.practice_platform)


def switchboard() -> Switchboard:
    """Give what can be switched while the platform runs."""
    return _started_platform().board


def _started_platform() -> Platform:
    return cast("Platform", current_app.extensions[EXTENSION])


def _as_switched(platform: Platform) -> Platform:
    """Put what was switched in the place of what the platform was started with."""
    board = platform.board
    manners, keys = board.manners or platform.config.manners, board.keys or platform.keys
    return replace(platform, config=replace(platform.config, manners=manners), keys=keys)


def _with_active_tool(platform: Platform) -> Platform:
    with platform.store.reading() as connection:
        tool = active_tool(connection, platform.config.tool_url)
    if tool is None:
        return platform
    keys = platform.tool_keys
    keys = keys if keys.url == tool.jwks_url else ToolKeys(tool.jwks_url, keys.fetch)
    return replace(platform, config=replace(platform.config, registered=tool), tool_keys=keys)
