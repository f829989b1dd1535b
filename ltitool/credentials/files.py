"""The forms in which a badge is handed out: each with its media type and file name."""

import json
from dataclasses import dataclass

from flask import Response

from ltitool.credentials.errors import AwardUnknown
from ltitool.credentials.models import Award


@dataclass(frozen=True)
class FileKind:
    """One downloadable form."""

    suffix: str
    media_type: str


SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"  # a picture must not act
KINDS = {
    "json": FileKind("json", "application/vc+ld+json"),
    "jwt": FileKind("jwt", "text/plain; charset=utf-8"),
    "png": FileKind("png", "image/png"),
    "svg": FileKind("svg", "image/svg+xml"),
}


def badge_file(award: Award, kind: str) -> Response:
    """Give one form of an issued badge as a download.

    Raises:
        AwardUnknown: no such form, or the badge was never issued.
    """
    if kind not in KINDS or award.signed is None:
        raise AwardUnknown(f"{award.id} as {kind}")
    body: bytes | None = {
        "json": json.dumps(award.signed, ensure_ascii=False, indent=2).encode(),
        "jwt": (award.jwt or "").encode(),
        "png": award.image_png,
        "svg": award.image_svg,
    }[kind]
    found = KINDS[kind]
    response = Response(body, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="badge.{found.suffix}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def badge_picture(award: Award) -> Response:
    """Give the baked PNG to be looked at.

    Raises:
        AwardUnknown: the badge was never issued.
    """
    if award.image_png is None:
        raise AwardUnknown(f"picture of {award.id}")
    response = Response(award.image_png, content_type=KINDS["png"].media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
