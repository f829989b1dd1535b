"""Open a compact JWS strictly before a library looks at it: three parts, canonical base64url, plain JSON."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from ltitool.sandbox.bodies import strict_json

_PARTS: Final = 3
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True)
class Compact:
    """What a compact JWS says; nothing here has been verified."""

    header: dict[str, Any]
    claims: dict[str, Any]


def open_compact(text: str) -> Compact:
    """Read header and claims; ValueError for anything that is not exactly a signed compact JWT."""
    parts = text.split(".")
    if len(parts) != _PARTS:
        raise ValueError("a signed JWT has three parts")
    header, claims = (_json_part(part) for part in parts[:2])
    decode_part(parts[2])
    return Compact(header, claims)


def decode_part(part: str) -> bytes:
    """Decode base64url without padding, refusing every spelling but the canonical one."""
    if not _BASE64URL.fullmatch(part):
        raise ValueError("a part is not base64url")
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("a part is not base64url") from error
    if encode_part(data) != part:
        raise ValueError("a part is not canonical base64url")
    return data


def encode_part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json_part(part: str) -> dict[str, Any]:
    value = strict_json(decode_part(part))
    if not isinstance(value, dict):
        raise ValueError("a part is not a JSON object")  # noqa: TRY004 - bad input, not a wrong call
    return value
