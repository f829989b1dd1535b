"""Digests of what a credential cites: integrity texts and multihashes (VC Data Model 2.0, section 5.3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from badges.errors import KeyFormatError, ModelError
from badges.multibase import multibase_decode

DIGESTS = ("digestSRI", "digestMultibase")
# Subresource Integrity, section 3.3: the strongest kind that is there counts.
_SRI = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})(?:\?[!-~]*)?\Z", re.ASCII)
# Multihash: code and length before the digest. A bare SHA-256 is met as well.
_MULTIHASHES = {b"\x12\x20": "sha256", b"\x20\x30": "sha384", b"\x13\x40": "sha512"}
_BARE = 32
_DATA = re.compile(r"data:[^,]*?(;base64)?,(.*)\Z", re.DOTALL | re.IGNORECASE)


def digest_fits(resource: Mapping[str, Any], content: bytes) -> bool:
    """Whether the content has every digest that the resource names.

    Args:
        resource: an object with ``digestSRI``, ``digestMultibase`` or both.
        content: the bytes that stand at its ``id``.

    Raises:
        ModelError: ``digest_form`` for a digest that is misspelled or of a kind that is not read.
    """
    return all(
        any(hashlib.new(kind, content).digest() == digest for kind, digest in digests)
        for digests in _wanted(resource)
    )


def require_form(resource: Mapping[str, Any]) -> None:
    """Refuse a resource whose digests could never be compared.

    Raises:
        ModelError: ``digest_form``, also when nothing says what the digest is of.
    """
    _wanted(resource)
    if not isinstance(resource.get("id"), str):
        raise ModelError("digest_form", "a digest stands on an object without an id")


def data_url_content(address: str) -> bytes:
    """The content of a ``data:`` address (RFC 2397).

    Raises:
        ModelError: ``data_address``.
    """
    parts = _DATA.match(address)
    if parts is None:
        raise ModelError("data_address", "the data: address has no comma")
    content = unquote_to_bytes(parts[2])
    if not parts[1]:
        return content
    return _from_base64(content, "data_address", "the data: address is not base64")


def _wanted(resource: Mapping[str, Any]) -> list[list[tuple[str, bytes]]]:
    """Every digest that must fit, as the kinds and values of which one is enough."""
    return [
        _READERS[name](value)
        for name in DIGESTS
        if name in resource
        for value in (resource[name] if isinstance(resource[name], list) else [resource[name]])
    ]


def _read_sri(text: object) -> list[tuple[str, bytes]]:
    found = [_SRI.match(part) for part in text.split()] if isinstance(text, str) else []
    if not found or not all(found):
        raise ModelError("digest_form", "digestSRI is not sha256-, sha384- or sha512- with base64")
    read = [
        (match[1], _from_base64(match[2], "digest_form", "digestSRI is not base64"))
        for match in found
        if match
    ]
    strongest = max(kind for kind, _ in read)
    return [(kind, digest) for kind, digest in read if kind == strongest]


def _from_base64(text: str | bytes, code: str, message: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ModelError(code, message) from fault


def _read_multibase(text: object) -> list[tuple[str, bytes]]:
    try:
        value = multibase_decode(text) if isinstance(text, str) else b""
    except KeyFormatError as fault:
        raise ModelError("digest_form", "digestMultibase is not multibase") from fault
    if len(value) == _BARE:
        return [("sha256", value)]
    kind = _MULTIHASHES.get(value[:2])
    if kind is None or len(value) != 2 + value[1]:
        raise ModelError("digest_form", "digestMultibase is not a SHA-2 multihash")
    return [(kind, value[2:])]


_READERS = {"digestSRI": _read_sri, "digestMultibase": _read_multibase}
