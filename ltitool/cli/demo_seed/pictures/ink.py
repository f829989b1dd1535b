"""Few words to draw with: shapes as SVG text, layers that cast a soft shadow as cut paper does."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ltitool.cli.demo_seed.pictures.palettes import Palette

WIDTH, HEIGHT = 1600, 1200
REACHES, SHADE = (13, 6), 0.15
PAINT = re.compile(r'\b(fill|stroke)="(?!none)[^"]+"')
OPACITY = re.compile(r' (fill|stroke)-opacity="[^"]+"')
Point = tuple[float, float]


@dataclass
class Sheet:
    """A picture in the making."""

    colors: Palette
    chance: random.Random
    parts: list[str] = field(default_factory=list)

    def put(self, part: str) -> None:
        self.parts.append(part)

    @contextmanager
    def lifted(self, transform: str = "") -> Iterator[None]:
        """Draw what follows as one layer of paper, a little above what lies below.

        Its shadow is the layer itself in thin ink, laid down three times; a blur would take seconds.
        """
        first = len(self.parts)
        yield
        layer = "".join(self.parts[first:])
        shade = PAINT.sub(rf'\1="{self.colors.ink}" \1-opacity="{SHADE}"', OPACITY.sub("", layer))
        cast = "".join(
            f'<g transform="translate({reach * 0.6:.1f} {reach}) {transform}">{shade}</g>'
            for reach in REACHES
        )
        self.parts[first:] = [f'{cast}<g transform="{transform}">{layer}</g>']

    @contextmanager
    def moved(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0) -> Iterator[None]:
        """Draw what follows elsewhere, smaller or turned."""
        self.put(f'<g transform="translate({x:.1f} {y:.1f}) scale({scale:.3f}) rotate({turn:.2f})">')
        yield
        self.put("</g>")

    def rect(self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, **more: str) -> None:
        extra = _attributes(more, "fill")
        self.put(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r}" fill="{fill}"{extra}/>'
        )

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, **more: str) -> None:
        extra = _attributes(more, "fill")
        self.put(f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}"{extra}/>')

    def shape(self, points: Iterable[Point], fill: str, **more: str) -> None:
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.put(f'<polygon points="{text}" fill="{fill}"{_attributes(more, "fill")}/>')

    def path(self, d: str, fill: str, **more: str) -> None:
        self.put(f'<path d="{d}" fill="{fill}"{_attributes(more, "fill")}/>')

    def line(self, points: Sequence[Point], color: str, width: float, **more: str) -> None:
        d = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.curve(d, color, width, **more)

    def curve(self, d: str, color: str, width: float, **more: str) -> None:
        self.put(
            f'<path d="{d}" fill="none" stroke="{color}" stroke-width="{width}" stroke-linecap="round" '
            f'stroke-linejoin="round"{_attributes(more, "stroke")}/>'
        )

    def around(self, spread: float) -> float:
        """Give a small number on either side of nothing, so that nothing looks ruled."""
        return self.chance.uniform(-spread, spread)

    def bright(self) -> str:
        """Choose one of the bright colors."""
        return self.chance.choice(self.colors.bright)

    def svg(self) -> str:
        """Give the whole picture."""
        c = self.colors
        glow = (
            f'<radialGradient id="glow"><stop offset="0" stop-color="{c.glow}" stop-opacity="0.95"/>'
            f'<stop offset="1" stop-color="{c.glow}" stop-opacity="0"/></radialGradient>'
        )
        paints = (
            _slope("sky", c.sky, (0, 1)),
            _slope("wall", c.wall, (1, 1)),
            _slope("floor", c.floor, (0, 1)),
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
            f"<defs>{''.join(paints)}{glow}</defs>{''.join(self.parts)}</svg>"
        )


def _slope(name: str, colors: tuple[str, str], toward: tuple[int, int]) -> str:
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2="{toward[0]}" y2="{toward[1]}">'
        f'<stop offset="0" stop-color="{colors[0]}"/>'
        f'<stop offset="1" stop-color="{colors[1]}"/></linearGradient>'
    )


def _attributes(more: dict[str, str], kind: str) -> str:
    """Write attributes. Thin paint, never a thin element: that would be drawn apart, which takes time."""
    names = {name: f"{kind}-opacity" if name == "opacity" else name.replace("_", "-") for name in more}
    return "".join(f' {names[name]}="{value}"' for name, value in more.items())
