"""Base58 (Bitcoin's alphabet) and the two multibase prefixes that Data Integrity uses.

Controlled Identifiers 1.0, section 2.4: ``z`` marks base-58-btc, ``u`` base64url without padding.
"""

from __future__ import annotations

import base64
import binascii
import re

from badges.errors import KeyFormatError

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_STRANGE = 0xFF
_VALUES = bytes(ALPHABET.find(chr(code)) % (_STRANGE + 1) for code in range(256))
# Ten digits fit a machine word, so that the long number is multiplied a tenth as often.
_CHUNK = 10
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
# Pairs halve the divisions: a signature is encoded on every badge.
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def base58_encode(data: bytes) -> str:
    """Base58 text of the bytes; each leading zero byte becomes a leading ``1``."""
    stripped = data.lstrip(b"\x00")
    number = int.from_bytes(stripped, "big")
    pairs: list[str] = []
    while number:
        number, pair = divmod(number, 3364)
        pairs.append(_PAIRS[pair])
    pairs.reverse()
    return "1" * (len(data) - len(stripped)) + "".join(pairs).lstrip("1")


def base58_decode(text: str) -> bytes:
    """The bytes that the base58 text stands for.

    Raises:
        KeyFormatError: ``base58`` when a character is outside the alphabet.
    """
    values = text.encode("ascii", "replace").translate(_VALUES)
    if _STRANGE in values:
        raise KeyFormatError("base58", f"{text[values.index(_STRANGE)]!r} is no base58 character")
    number = 0
    for start in range(0, len(values), _CHUNK):
        chunk = values[start : start + _CHUNK]
        part = 0
        for value in chunk:
            part = part * 58 + value
        number = number * 58 ** len(chunk) + part
    zeros = len(text) - len(text.lstrip("1"))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url_encode(data: bytes) -> str:
    """Base64url text without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: str) -> bytes:
    """The bytes of unpadded base64url text, in its one canonical spelling.

    Raises:
        KeyFormatError: ``base64url`` on padding, foreign characters or stray trailing bits.
    """
    if not _BASE64URL.match(text):
        raise KeyFormatError("base64url", "not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as fault:
        raise KeyFormatError("base64url", "not base64url without padding") from fault
    if base64url_encode(data) != text:
        raise KeyFormatError("base64url", "base64url text with stray trailing bits")
    return data


def multibase_encode(data: bytes, *, prefix: str = "z") -> str:
    """Multibase text of the bytes: ``z`` for base58, ``u`` for base64url."""
    if prefix == "z":
        return "z" + base58_encode(data)
    if prefix == "u":
        return "u" + base64url_encode(data)
    raise KeyFormatError("multibase", f"multibase prefix {prefix!r} is not z or u")


def multibase_decode(text: str) -> bytes:
    """The bytes of multibase text.

    Raises:
        KeyFormatError: ``multibase`` for a prefix other than ``z`` and ``u``; ``base58``, ``base64url``.
    """
    if text.startswith("z"):
        return base58_decode(text[1:])
    if text.startswith("u"):
        return base64url_decode(text[1:])
    raise KeyFormatError("multibase", "multibase text must begin with z or u")
