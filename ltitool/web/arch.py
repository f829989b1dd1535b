"""The arch: one stone for each step of a program, the keystone last, drawn as SVG.

The same drawing is the participant's progress, the product's mark, the empty state of a cohort and,
finished, the picture on the badge. Everything here is pure: data in, text (or PNG bytes) out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import resvg_py
from markupsafe import Markup, escape

State = Literal["done", "now", "ahead"]

# The drawing's own units. The opening is just over half the width, as in a Roman arch.
WIDTH = 320
HEIGHT = 182
CENTRE = (160.0, 172.0)
INNER, OUTER = 84.0, 148.0
KEY_INNER, KEY_OUTER = 76.0, 160.0
JOINT = 3.0

INK = "#1d2433"
QUIET = "#5a6272"
PAPER = "#fbfaf7"
LINE = "#d9d5cc"
STONE = "#a4552f"
STONE_LIFTED = "#c4703f"


@dataclass(frozen=True)
class Stone:
    """One step: what a reader is told ("Week 6 of 13, done") and how it stands."""

    label: str
    state: State


class Wedge(NamedTuple):
    """Where a stone lies: its two joints, as angles in radians from the right-hand springing."""

    start: float
    end: float
    keystone: bool


def place_stones(count: int) -> list[Wedge]:
    """Lay the stones from both sides upward; the last closes the crown.

    An even number leaves one stone fewer on the right; its lowest stone is then twice as long, as a
    springer is, so that the joints of both sides still face each other.
    """
    if count < 1:
        raise ValueError("an arch needs at least one stone")
    side = count // 2
    slot = math.pi / (2 * side + 1)
    wedges: list[Wedge] = []
    left = right = 0
    for index in range(count - 1):
        if index % 2 == 0:
            wedges.append(Wedge(math.pi - (left + 1) * slot, math.pi - left * slot, keystone=False))
            left += 1
        else:
            length = 2 if right == 0 and count % 2 == 0 else 1
            wedges.append(Wedge(right * slot, (right + length) * slot, keystone=False))
            right += length
    return [*wedges, Wedge(right * slot, (side + 1) * slot, keystone=True)]


def draw_arch(
    stones: Sequence[Stone],
    *,
    title: str,
    description: str,
    size: int = WIDTH,
    css_class: str = "arch__drawing",
) -> Markup:
    """The arch for a page; its colours come from the style sheet by class, its words from the caller.

    Args:
        stones: the steps in the order in which they are done.
        title: the accessible name ("Your thirteen weeks").
        description: how it stands, in a sentence; it should say what the picture says.
        size: intrinsic width in px, so that the page keeps its room; CSS may stretch it.
        css_class: class of the svg element.
    """
    parts = [
        Markup('<path class="stone stone--{}" d="{}"><title>{}</title></path>').format(
            stone.state, outline(wedge), stone.label
        )
        for stone, wedge in zip(stones, place_stones(len(stones)), strict=True)
    ]
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{}" role="img" width="{}" height="{}"'
        ' viewBox="0 0 {} {}"><title>{}</title><desc>{}</desc>'
    ).format(css_class, size, round(size * HEIGHT / WIDTH), WIDTH, HEIGHT, title, description)
    return (
        head
        + Markup('<path class="ground" d="{}"/>').format(ground())
        + Markup("").join(parts)
        + Markup("</svg>")
    )


def outline(wedge: Wedge) -> str:
    """The path of one stone. Joints are parallel lines, so that every gap is equally wide."""
    inner, outer = (KEY_INNER, KEY_OUTER) if wedge.keystone else (INNER, OUTER)
    points = [
        _point(outer, wedge.end, -1),
        _point(outer, wedge.start, 1),
        _point(inner, wedge.start, 1),
        _point(inner, wedge.end, -1),
    ]
    a, b, c, d = (f"{x:.2f} {y:.2f}" for x, y in points)
    return f"M{a}A{outer:g} {outer:g} 0 0 1 {b}L{c}A{inner:g} {inner:g} 0 0 0 {d}Z"


def ground() -> str:
    """The line on which the arch stands."""
    return f"M4 {CENTRE[1] + 4:g}H{WIDTH - 4}"


def _point(radius: float, angle: float, side: int) -> tuple[float, float]:
    turned = angle + side * math.asin(JOINT / 2 / radius)
    return CENTRE[0] + radius * math.cos(turned), CENTRE[1] - radius * math.sin(turned)


def draw_mark(colour: str = "currentColor") -> Markup:
    """The product's mark: the whole arch, in one colour, for the head of a page (decorative)."""
    paths = Markup("").join(Markup('<path d="{}"/>').format(outline(wedge)) for wedge in place_stones(13))
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="44" height="25"'
        ' fill="{}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT - 6, colour, paths)


def draw_favicon() -> str:
    """The mark on a square, in a tone for light and dark tabs; seven stones, for thirteen blur at 16 px."""
    paths = "".join(f'<path d="{outline(wedge)}"/>' for wedge in place_stones(7))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -72 {WIDTH} {WIDTH}" fill="{STONE_LIFTED}">'
        f"{paths}</svg>\n"
    )


# The badge: a square picture that has to work alone, in any viewer, at 96 px as at 600.
SIDE = 640
_NAME_SIZES = (44, 38, 33, 28)
_NAME_LINES = 3
_ISSUER_SIZES = (22, 18)
_TEXT_WIDTH = 530

# Advance widths in em of both faces, by the shape of a letter and a little generous: enough to break
# lines without opening a font file.
_NARROW, _COMMON, _BROAD, _BROADEST = 0.32, 0.56, 0.68, 0.92
_NARROW_LETTERS = frozenset("iIjlftr.,;:'\u2019!|()[]- ")
_BROADEST_LETTERS = frozenset("mwMW@—%…")


def draw_badge(achievement: str, issuer: str, *, stones: int = 13) -> str:
    """The achievement's image: the finished arch, what was achieved, and who says so.

    A complete SVG document with colours of its own. Words that do not fit are shortened with an
    ellipsis: the credential holds them whole.
    """
    achievement, issuer = _printable(achievement), _printable(issuer)
    size, lines = _fit_name(achievement)
    leading = round(size * 1.18)
    first = 452 - (len(lines) - 1) * leading // 2 + size // 3
    name = "".join(
        f'<text x="320" y="{first + row * leading}" font-size="{size}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    small = next((step for step in _ISSUER_SIZES if _fits(issuer, step)), _ISSUER_SIZES[-1])
    by = _shorten(issuer, small)
    wedges = "".join(f'<path d="{outline(wedge)}"/>' for wedge in place_stones(stones))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" viewBox="0 0 {SIDE} {SIDE}"'
        f' role="img"><title>{escape(achievement)}</title><desc>{escape(issuer)}</desc>'
        f'<rect width="{SIDE}" height="{SIDE}" rx="36" fill="{PAPER}"/>'
        f'<rect x="14" y="14" width="612" height="612" rx="26" fill="none" stroke="{LINE}" stroke-width="3"/>'
        f'<g fill="{STONE}" transform="translate(88 66) scale(1.45)">{wedges}'
        f'<path d="{ground()}" fill="none" stroke="{STONE}" stroke-width="3" stroke-linecap="round"/></g>'
        f'<g fill="{INK}" text-anchor="middle" font-weight="600"'
        f" font-family=\"'Source Serif 4', Georgia, serif\">{name}</g>"
        f'<text x="320" y="578" fill="{QUIET}" text-anchor="middle" font-size="{small}"'
        f" font-family=\"'Public Sans', Arial, sans-serif\">{escape(by)}</text></svg>\n"
    )


def render_png(svg: str, font_files: Sequence[Path], *, width: int = SIDE) -> bytes:
    """Draw an SVG as PNG, with the given fonts and no others, so that every machine draws the same."""
    missing = [str(path) for path in font_files if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"fonts for the badge are missing (make assets): {', '.join(missing)}")
    picture = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        skip_system_fonts=True,
        font_files=[str(path) for path in font_files],
        serif_family="Source Serif 4",
        sans_serif_family="Public Sans",
        font_family="Public Sans",
    )
    return bytes(picture)


def _printable(text: str) -> str:
    """Drop what an XML document may not hold."""
    return "".join(letter for letter in text if letter.isprintable())


def _fit_name(name: str) -> tuple[int, list[str]]:
    """The largest size at which the name keeps to its lines; else the smallest, shortened."""
    for size in _NAME_SIZES:
        lines = _wrap(name, size)
        if len(lines) <= _NAME_LINES:
            return size, lines
    smallest = _NAME_SIZES[-1]
    lines = _wrap(name, smallest)
    last = _shorten(" ".join(lines[_NAME_LINES - 1 :]), smallest)
    return smallest, [*lines[: _NAME_LINES - 1], last]


def _wrap(text: str, size: int) -> list[str]:
    lines = [""]
    for word in text.split():
        piece = _shorten(word, size)
        joined = f"{lines[-1]} {piece}".strip()
        if _fits(joined, size):
            lines[-1] = joined
        else:
            lines.append(piece)
    return [line for line in lines if line]


def _shorten(text: str, size: int) -> str:
    if _fits(text, size):
        return text
    kept = text
    while not _fits(f"{kept}…", size):
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _fits(text: str, size: int) -> bool:
    return sum(map(_advance, text)) * size <= _TEXT_WIDTH


def _advance(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return _NARROW
    if letter in _BROADEST_LETTERS or ord(letter) > 0x2FF:  # noqa: PLR2004 - beyond Latin: be generous
        return _BROADEST
    return _BROAD if letter.isupper() else _COMMON
