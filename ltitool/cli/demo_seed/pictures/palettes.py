"""The colors of a light: morning, evening, desert. Each scene is drawn in any of them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colors by what they paint."""

    sky: tuple[str, str]  # above, and at the horizon
    hills: tuple[str, str, str]  # far, middle, near
    wall: tuple[str, str]  # in light, in shade
    floor: tuple[str, str]
    wood: tuple[str, str]
    glow: str
    ink: str
    leaf: tuple[str, str]
    bright: tuple[str, str, str, str, str]


PALETTES: Mapping[str, Palette] = {
    "morning": Palette(
        sky=("#a9cfd6", "#f6e3c0"),
        hills=("#9fb8a8", "#7a9d84", "#56785f"),
        wall=("#f1e3c8", "#dcc7a2"),
        floor=("#c99b6b", "#b28252"),
        wood=("#a8703f", "#7c4e2a"),
        glow="#ffe9b0",
        ink="#2c3a41",
        leaf=("#5d8f52", "#3f6d45"),
        bright=("#d8643a", "#e9b44c", "#2f7f86", "#8d5a97", "#f4f0e4"),
    ),
    "warm": Palette(
        sky=("#d7b48a", "#f3dcb4"),
        hills=("#b99a77", "#96764f", "#6f5638"),
        wall=("#ecd3b0", "#d2b084"),
        floor=("#b07a50", "#93613c"),
        wood=("#8f5a34", "#663d22"),
        glow="#ffd98c",
        ink="#3a2a26",
        leaf=("#7f8c48", "#5c6a35"),
        bright=("#b5442e", "#e2a03f", "#3f7a6e", "#6c4a78", "#f6ead2"),
    ),
    "evening": Palette(
        sky=("#4d6a8f", "#eab08a"),
        hills=("#6f7c9b", "#54627f", "#3d4a63"),
        wall=("#c9cdd4", "#a3abb8"),
        floor=("#80706b", "#675953"),
        wood=("#85624a", "#5d4332"),
        glow="#ffcf87",
        ink="#232c3f",
        leaf=("#5a7f74", "#3e5f59"),
        bright=("#d4694b", "#efb75a", "#4f93a3", "#8b6aa5", "#eef0ee"),
    ),
    "desert": Palette(
        sky=("#86b9d0", "#f5dcb5"),
        hills=("#d19a77", "#b96f4c", "#8f4d35"),
        wall=("#e8c9a4", "#cfa57a"),
        floor=("#c58a5f", "#a66f47"),
        wood=("#93603c", "#6a4227"),
        glow="#ffe2a0",
        ink="#3b2a27",
        leaf=("#7d9163", "#566b49"),
        bright=("#a83a2c", "#e0a242", "#2e6f78", "#553a52", "#f7ecd6"),
    ),
    "harbor": Palette(
        sky=("#9cc3d8", "#eef0e2"),
        hills=("#8fb0c0", "#5f8ea5", "#3c6a84"),
        wall=("#eef0ea", "#ccd8d8"),
        floor=("#a9a08d", "#8b8474"),
        wood=("#8c7355", "#65523c"),
        glow="#fff1c4",
        ink="#20374a",
        leaf=("#5a9184", "#3a6b64"),
        bright=("#cf5f43", "#e8b95a", "#20687f", "#5f7fa6", "#f7f6ee"),
    ),
    "clay": Palette(
        sky=("#9ecbd6", "#fbe6be"),
        hills=("#c9a58a", "#a97a5f", "#7f553f"),
        wall=("#efc9a6", "#d59f78"),
        floor=("#c57c56", "#a5623f"),
        wood=("#8d5433", "#633a22"),
        glow="#ffe4a6",
        ink="#3a2b30",
        leaf=("#6c8f57", "#4a6d43"),
        bright=("#b93f33", "#eab146", "#1f6f8b", "#7c4a7d", "#faf1dc"),
    ),
}
