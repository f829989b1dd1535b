"""Where the built browser assets are: plain names to addresses, and the fonts for drawing badges."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ltitool.errors import ToolError

DIST = Path(__file__).parent / "static" / "dist"
BASE_URL = "/static/dist/"
# The build writes a hash of the content into names: such a file never changes, only its name does.
_HASHED = re.compile(r"-[0-9A-Z]{8}\.\w+$")
YEAR, HOUR = 31_536_000, 3600  # seconds
_BADGE_FONTS = ("PublicSans_400Regular.ttf", "PublicSans_600SemiBold.ttf", "SourceSerif4_600SemiBold.ttf")


class AssetsMissing(ToolError):
    """The assets were not built, or this one is not among them: an installation fault."""

    code = "web.assets-missing"


@dataclass(frozen=True)
class Assets:
    """The built files; `files` maps a plain name ("app.css") to the built one below `base_url`."""

    base_url: str
    files: Mapping[str, str]

    def url(self, name: str) -> str:
        try:
            return self.base_url + self.files[name]
        except KeyError:
            raise AssetsMissing(f"no asset is called {name!r}; there are {', '.join(self.files)}") from None


def read_assets(folder: Path = DIST, base_url: str = BASE_URL) -> Assets:
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        raise AssetsMissing(f"{folder} holds no manifest: run `make assets`") from None
    return Assets(base_url, dict(manifest["files"]))


@functools.cache
def _built() -> Assets:
    return read_assets()


def asset_url(name: str) -> str:
    """The address of a built file: "app.css", "app.js", "favicon.svg", …; read once a process."""
    return _built().url(name)


def seconds_to_keep(filename: str | None) -> int:
    """Say how long browsers may keep a static file without asking."""
    return YEAR if filename and _HASHED.search(filename) else HOUR


def badge_fonts(folder: Path = DIST) -> tuple[Path, ...]:
    """The fonts that `ltitool.web.arch.render_png` needs; they lie beside the other built files."""
    return tuple(folder / "fonts" / name for name in _BADGE_FONTS)
