"""The running platform as one value: its configuration, store, keys, and the tool's keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from datetime import datetime

    from ltitool.sandbox.config import Endpoints, PlatformConfig
    from ltitool.sandbox.keys import KeyRing
    from ltitool.sandbox.store import Store
    from ltitool.sandbox.toolkeys import ToolKeys

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
    return cast("Platform", current_app.extensions[EXTENSION])
