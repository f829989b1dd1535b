"""The achievement's picture, drawn by us, and baked badges made of it."""

import functools
from dataclasses import dataclass

from ltitool.web.arch import draw_badge, render_png
from ltitool.web.assets import badge_fonts


@dataclass(frozen=True)
class Picture:
    """One drawing in two formats."""

    svg: str
    png: bytes


@functools.lru_cache(maxsize=64)
def achievement_picture(achievement: str, issuer: str, stones: int) -> Picture:
    """Draw the finished arch with the achievement's name and its issuer; drawn once a process."""
    svg = draw_badge(achievement, issuer, stones=stones)
    return Picture(svg=svg, png=render_png(svg, badge_fonts()))
