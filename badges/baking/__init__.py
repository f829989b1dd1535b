"""Baking: a badge inside its own picture, PNG or SVG, and out of it again (Open Badges 3.0, section 5.3)."""

from __future__ import annotations

from codecs import BOM_UTF8

from badges.baking.form import Baked
from badges.baking.png import PNG_SIGNATURE, bake_png, unbake_png
from badges.baking.svg import bake_svg, unbake_svg
from badges.errors import BakingError

__all__ = ["Baked", "bake", "bake_png", "bake_svg", "is_picture", "unbake", "unbake_png", "unbake_svg"]


def is_picture(data: bytes) -> bool:
    """Whether the bytes look like a PNG or an SVG, by their content."""
    return data.startswith(PNG_SIGNATURE) or _looks_like_svg(data)


def _looks_like_svg(data: bytes) -> bool:
    """Whether it begins like XML; drawing programs may write a byte order mark first."""
    return data.removeprefix(BOM_UTF8).lstrip()[:1] == b"<"


def bake(picture: bytes, credential: str) -> bytes:
    """The picture with the credential in it.

    Args:
        picture: a PNG or an SVG without a badge.
        credential: JSON text, or a compact JWS, without spaces around it.

    Raises:
        BakingError: ``not_a_picture``; see ``bake_png`` and ``bake_svg``.
    """
    if picture.startswith(PNG_SIGNATURE):
        return bake_png(picture, credential)
    if _looks_like_svg(picture):
        return bake_svg(picture, credential)
    raise BakingError("not_a_picture", "neither a PNG nor an SVG")


def unbake(picture: bytes) -> Baked:
    """The one credential inside a picture.

    Raises:
        BakingError: ``not_a_picture``, ``no_badge``, ``several_badges`` and whatever makes the picture
            malformed.
    """
    if picture.startswith(PNG_SIGNATURE):
        return unbake_png(picture)
    if _looks_like_svg(picture):
        return unbake_svg(picture)
    raise BakingError("not_a_picture", "neither a PNG nor an SVG")
