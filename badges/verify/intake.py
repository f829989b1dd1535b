"""Check 1: from whatever somebody hands in (PNG, SVG, JSON, JWT) to one credential as strict JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.baking import is_picture, unbake
from badges.baking.form import MAX_PICTURE_BYTES
from badges.baking.png import PNG_SIGNATURE
from badges.canonical.reader import read_object
from badges.errors import BadgeError, JsonRefusedError
from badges.proofs.vc_jwt import OpenedToken, open_token
from badges.verify.findings import StoppedError, failed, failed_by

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADDRESS = re.compile(r"https?://[^\s]+\Z")
_JWT_START = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]")


@dataclass(frozen=True)
class Intake:
    """A credential as it was handed in.

    Attributes:
        form: ``json`` or ``jwt``, after ``png+`` or ``svg+`` if it came in a picture; ``png+2.0`` or
            ``svg+2.0`` for an Open Badge 2.0 in one.
        document: the credential; for a JWT, its payload without the envelope's claims.
        token: the JWT, if it came as one.
        generation: ``3.0``, or ``2.0`` for a badge out of an Open Badges 2.0 place in a picture.
    """

    form: str
    document: Mapping[str, Any]
    token: OpenedToken | None
    generation: str = "3.0"


def take_in(source: bytes | str) -> Intake:
    """Read the source.

    Raises:
        StoppedError: check 1 failed.
    """
    try:
        return _taken(source)
    except BadgeError as fault:
        raise StoppedError(failed_by("parse", fault)) from fault


def _taken(source: bytes | str) -> Intake:
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(data) > MAX_PICTURE_BYTES:
        raise JsonRefusedError("too_large", f"more than {MAX_PICTURE_BYTES} bytes")
    if not is_picture(data):
        return _from_text(data, "")
    baked = unbake(data)
    carrier = "png+" if data.startswith(PNG_SIGNATURE) else "svg+"
    if baked.version == "2.0":
        return _second_generation(baked.text, carrier)
    return _from_text(baked.text.encode("utf-8"), carrier)


def _second_generation(text: str, carrier: str) -> Intake:
    """An Open Badges 2.0 picture holds an assertion, a JWS of one, or its address; none is verified here."""
    document: Mapping[str, Any] = {}
    if text.lstrip().startswith("{"):
        document = read_object(text)
    return Intake(f"{carrier}2.0", document, None, "2.0")


def _from_text(data: bytes, carrier: str) -> Intake:
    stripped = data.strip(b" \t\r\n")
    if stripped[:1] == b"{":
        return Intake(f"{carrier}json", read_object(stripped), None)
    text = stripped.decode("utf-8", "replace")
    if _ADDRESS.match(text):
        message = "this is an address; fetch what stands there and verify that"
        raise JsonRefusedError("address", message)
    if not _JWT_START.match(text):
        # The strict reader's own complaint is the better one for text that is nearly JSON.
        read_object(data)
    token = open_token(text)
    _refuse_two_credentials(token)
    return Intake(f"{carrier}jwt", token.credential, token)


def _refuse_two_credentials(token: OpenedToken) -> None:
    """A ``vc`` claim beside a credential at the top level: two badges under one signature."""
    payload = token.payload
    if "vc" in payload and ("credentialSubject" in payload or "@context" in payload):
        check = failed("parse", "two_credentials", "the token holds a vc claim and a credential beside it")
        raise StoppedError(check)
