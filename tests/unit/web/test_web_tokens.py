"""Every pair of colours that the style sheets put on each other, measured in both themes."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[3] / "frontend" / "css"
TOKENS = (CSS / "tokens.css").read_text()

TEXT, CONTROL = 4.5, 3.0
SURFACES = ("paper", "raised", "sunken")
SOFT = ("good-soft", "care-soft", "stop-soft", "action-soft")
PAIRS = [
    *((word, surface, TEXT) for surface in SURFACES for word in ("ink", "quiet", "action", "action-strong")),
    *((word, "paper", TEXT) for word in ("good", "care", "stop", "stone")),
    *((word, "raised", TEXT) for word in ("good", "care", "stop")),
    *(("ink", soft, TEXT) for soft in SOFT),
    *(("action", soft, TEXT) for soft in SOFT),
    *(("quiet", soft, TEXT) for soft in SOFT),
    *((word, f"{word}-soft", TEXT) for word in ("good", "care", "stop")),
    ("on-action", "action", TEXT),
    ("on-action", "action-strong", TEXT),
    *((edge, surface, CONTROL) for surface in SURFACES for edge in ("control", "focus", "action", "stone")),
    *(("focus", soft, CONTROL) for soft in SOFT),
    ("stop", "raised", CONTROL),
    ("stone", "stone-ahead", CONTROL),
]


def theme(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def themes() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    return {"light": theme(light), "dark": {**theme(light), **theme(dark)}}


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_pair_can_be_read(name: str, front: str, back: str, least: float) -> None:
    colours = themes()[name]
    assert contrast(colours[front], colours[back]) >= least


def test_dark_theme_changes_every_colour_of_the_light_one() -> None:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    assert theme(light).keys() == theme(dark).keys()


def test_colours_live_in_the_tokens_alone() -> None:
    others = [path for path in CSS.glob("*.css") if path.name not in {"tokens.css", "print.css"}]
    assert others
    found = [
        path.name
        for path in others
        if re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", path.read_text())
    ]
    assert found == []


def test_every_token_used_is_defined() -> None:
    sheets = {path.name: path.read_text() for path in CSS.glob("*.css")}
    defined = {name for sheet in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", sheet)}
    used = {name for sheet in sheets.values() for name in re.findall(r"var\((--[\w-]+)", sheet)}
    assert used - defined == set()
