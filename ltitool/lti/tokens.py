"""Read an id_token strictly, once, then let joserfc verify it: RS256, and a key of the registration alone.

Nothing in the token chooses how it is checked. The header's `kid` picks among the keys that the
registered key set lists; `jwk`, `jku`, `x5u` and `x5c` are never looked at.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import RSAKey

from ltitool.lti.launch_errors import (
    AlgorithmNone,
    AlgorithmNotAllowed,
    AlgorithmSymmetric,
    KeyIdMissing,
    SignatureWrong,
    TokenAltered,
    TokenCritical,
    TokenTooLarge,
    TokenTypeWrong,
    TokenUnreadable,
)
from ltitool.lti.strictjson import NotStrictJson, read_object

ALGORITHM = "RS256"
MAX_TOKEN = 64 * 1024
MAX_KEY_ID = 255
SEGMENTS = 3


# Unknown header names are allowed, because platforms add their own, and none of them is obeyed.
_REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
_RS256 = _REGISTRY.get_alg(ALGORITHM)


@dataclass(frozen=True)
class ReadToken:
    """A token that has been read and NOT verified: good for finding the key, and for nothing else."""

    text: str
    header: dict[str, Any]
    unverified_claims: dict[str, Any]
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        return self.text.rpartition(".")[0].encode("ascii")


def read_token(text: str) -> ReadToken:
    """Take a compact JWS apart.

    Raises:
        TokenTooLarge, TokenUnreadable: it is no token that has exactly one meaning.
    """
    if len(text) > MAX_TOKEN:
        raise TokenTooLarge(f"{len(text)} characters")
    segments = text.split(".")
    if len(segments) != SEGMENTS:
        raise TokenUnreadable(f"{len(segments)} segments")
    try:
        header, claims, signature = map(_decode, segments)
        return ReadToken(text, read_object(header), read_object(claims), signature)
    except (ValueError, binascii.Error, NotStrictJson) as error:
        raise TokenUnreadable(str(error)) from error


def check_header(header: dict[str, Any]) -> str:
    """Check the header and give the key id.

    Raises:
        LaunchMalformed, LaunchNotAuthentic: in the case that applies.
    """
    for check in HEADER_CHECKS:
        check(header)
    return str(header["kid"])


def verify_signature(token: ReadToken, key: RSAKey) -> dict[str, Any]:
    """Verify a token and give its claims, which stand in the very bytes that are verified.

    These are joserfc's own steps; what it would read again has been read, more strictly than it does.

    Raises:
        SignatureWrong: another key signed it.
        TokenAltered: this key signed something else.
    """
    try:
        _REGISTRY.check_header(token.header)
        _RS256.check_key(key)
        if not _RS256.verify(token.signed_bytes, token.signature, key):
            raise BadSignatureError
    except JoseError as error:
        raise _why_wrong(token, key)(str(error)) from error
    return token.unverified_claims


def _why_wrong(token: ReadToken, key: RSAKey) -> type[SignatureWrong] | type[TokenAltered]:
    """Tell an altered token from one signed by another key, by opening the signature with ours."""
    try:
        signed = key.public_key.recover_data_from_signature(token.signature, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return SignatureWrong
    return SignatureWrong if signed == hashlib.sha256(token.signed_bytes).digest() else TokenAltered


def _decode(segment: str) -> bytes:
    """Decode base64url that has no padding and no second spelling."""
    raw = segment.encode("ascii")
    data = base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(data).rstrip(b"=") != raw:
        raise ValueError("not canonical base64url")
    return data


def _check_type(header: dict[str, Any]) -> None:
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise TokenTypeWrong(repr(kind)[:40])


def _check_critical(header: dict[str, Any]) -> None:
    if "crit" in header or "b64" in header:
        raise TokenCritical


def _check_algorithm(header: dict[str, Any]) -> None:
    algorithm = header.get("alg")
    if algorithm == ALGORITHM:
        return
    name = algorithm.upper() if isinstance(algorithm, str) else ""
    if name == "NONE":
        raise AlgorithmNone
    if name.startswith("HS"):
        raise AlgorithmSymmetric(name[:20])
    raise AlgorithmNotAllowed(repr(algorithm)[:40])


def _check_key_id(header: dict[str, Any]) -> None:
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_KEY_ID or not key_id.isprintable():
        raise KeyIdMissing


HEADER_CHECKS = (_check_type, _check_critical, _check_algorithm, _check_key_id)
