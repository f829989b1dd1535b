"""The arch: where stones lie, what it says, and the badge drawn from it."""

import math
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from ltitool.web.arch import (
    SIDE,
    Stone,
    draw_arch,
    draw_badge,
    draw_favicon,
    draw_mark,
    place_stones,
    render_png,
)
from ltitool.web.assets import badge_fonts

SVG = "{http://www.w3.org/2000/svg}"
WEB = Path(__file__).resolve().parents[3] / "ltitool" / "web"


def parse(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 13, 14])
def test_stones_fill_the_half_circle_without_overlap(count: int) -> None:
    wedges = sorted(place_stones(count))
    assert len(wedges) == count
    assert wedges[0].start == pytest.approx(0)
    assert wedges[-1].end == pytest.approx(math.pi)
    for lower, upper in pairwise(wedges):
        assert upper.start == pytest.approx(lower.end)


@pytest.mark.parametrize("count", [3, 5, 10, 13])
def test_stones_rise_from_both_sides_and_the_keystone_is_last(count: int) -> None:
    *sides, keystone = place_stones(count)
    assert keystone.keystone
    assert (keystone.start + keystone.end) / 2 == pytest.approx(math.pi / 2)
    middles = [(wedge.start + wedge.end) / 2 for wedge in sides]
    assert not any(wedge.keystone for wedge in sides)
    assert all(middle > math.pi / 2 for middle in middles[::2])
    assert all(middle < math.pi / 2 for middle in middles[1::2])
    assert middles[::2] == sorted(middles[::2], reverse=True)
    assert middles[1::2] == sorted(middles[1::2])


def test_joints_of_an_even_count_still_face_each_other() -> None:
    joints = {round(angle, 4) + 0.0 for wedge in place_stones(10) for angle in (wedge.start, wedge.end)}
    mirrored = {
        round(math.pi - angle, 4) + 0.0 for wedge in place_stones(10) for angle in (wedge.start, wedge.end)
    }
    assert len(mirrored - joints) == 1  # the right-hand springer covers one joint of the left


def test_no_stones_make_no_arch() -> None:
    with pytest.raises(ValueError, match="at least one"):
        place_stones(0)


def test_arch_says_what_it_shows() -> None:
    stones = [Stone("Week 1 of 3, done", "done"), Stone("Week 2 & now", "now"), Stone("Week 3 of 3", "ahead")]
    drawn = parse(draw_arch(stones, title="Your <weeks>", description="1 of 3 done", size=200))
    assert drawn.get("role") == "img"
    assert drawn.get("width") == "200"
    assert drawn.findtext(f"{SVG}title") == "Your <weeks>"
    assert drawn.findtext(f"{SVG}desc") == "1 of 3 done"
    drawn_stones = [path for path in drawn.iter(f"{SVG}path") if path.get("class") != "ground"]
    assert [path.get("class") for path in drawn_stones] == [
        "stone stone--done",
        "stone stone--now",
        "stone stone--ahead",
    ]
    assert [path.findtext(f"{SVG}title") for path in drawn_stones] == [stone.label for stone in stones]


def test_stored_mark_and_favicon_are_todays_drawings() -> None:
    assert (WEB / "templates" / "mark.html").read_text() == draw_mark()
    assert (WEB / "static" / "favicon.svg").read_text() == draw_favicon()
    assert len(parse(draw_mark())) == 13


def test_badge_is_a_document_of_its_own() -> None:
    badge = draw_badge("Leading & <Together>\x00", "Instituto Ñandú")
    root = parse(badge)
    assert root.findtext(f"{SVG}title") == "Leading & <Together>"
    assert [text.text for text in root.iter(f"{SVG}text")] == ["Leading & <Together>", "Instituto Ñandú"]
    assert "var(" not in badge
    assert "class=" not in badge


@pytest.mark.parametrize(
    "name", ["Collaborative Leadership", "Strong Shared Leadership " * 3, "W" * 400, "palabra " * 60]
)
def test_badge_keeps_its_words_inside(name: str) -> None:
    *lines, issuer = parse(draw_badge(name, "Y" * 120)).iter(f"{SVG}text")
    assert 1 <= len(lines) <= 3
    assert all(0 < float(text.get("y")) < SIDE for text in [*lines, issuer])
    assert issuer.text.endswith("…")
    assert " ".join(text.text for text in lines).rstrip("…").strip() == name.strip() or lines[
        -1
    ].text.endswith("…")


def test_png_needs_its_fonts(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make assets"):
        render_png(draw_badge("A", "B"), [tmp_path / "none.ttf"])


def test_png_without_fonts_draws_the_stones_alone() -> None:
    picture = Image.open(
        BytesIO(render_png(draw_badge("Collaborative Leadership", "Riverbend"), [], width=320))
    )
    assert picture.size == (320, 320)
    colours = {colour[:3] for _count, colour in picture.convert("RGBA").getcolors(1 << 20)}
    assert (0xA4, 0x55, 0x2F) in colours
    assert (0x1D, 0x24, 0x33) not in colours


def test_png_with_the_built_fonts_draws_the_words() -> None:
    picture = Image.open(
        BytesIO(render_png(draw_badge("Collaborative Leadership", "Riverbend"), badge_fonts()))
    )
    assert picture.size == (SIDE, SIDE)
    ink = [name for name, y in (("name", 468), ("issuer", 571)) if dark_pixels(picture, y)]
    assert ink == ["name", "issuer"]


def dark_pixels(picture: Image.Image, row: int) -> int:
    """How many pixels of a line of text are darker than paper and line."""
    line = picture.convert("L").crop((60, row - 12, SIDE - 60, row + 12))
    return sum(line.histogram()[:140])
