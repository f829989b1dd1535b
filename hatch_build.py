"""What a wheel needs beyond the sources: browser assets and compiled catalogues."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

from build_support.assets import build_assets, compile_catalogues


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel is put together. An editable install stays quick: `make assets` is its way."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build what the wheel will carry; `version` is "standard" or "editable"."""
        if version == "editable":
            return
        build_assets()
        compile_catalogues()
