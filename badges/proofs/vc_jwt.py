"""Badges as compact JWS, exactly as Open Badges 3.0 asks (section 8.2, "JSON Web Token Proof Format").

The credential itself is the payload, with ``iss``, ``jti``, ``nbf``, ``sub`` and (if it expires) ``exp``
beside it. The header has ``alg``, ``kid`` and ``typ`` and nothing else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.canonical.portable import refuse_unportable
from badges.canonical.reader import MAX_BYTES, read_object
from badges.errors import KeyFormatError, ProofError
from badges.instants import read_instant
from badges.keys import verify_signature
from badges.multibase import base64url_decode, base64url_encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from badges.keys import JwtSigner, PublicKey

SIGNING_ALGORITHMS = ("RS256", "ES256")
VERIFYING_ALGORITHMS = ("RS256", "ES256", "EdDSA")
# The claims that the envelope adds to the credential.
ENVELOPE = ("iss", "jti", "nbf", "sub", "exp", "iat", "aud")
_HEADER_NAMES = frozenset({"alg", "kid", "typ", "jwk"})
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")
_MAX_HEADER_BYTES = 8 * 1024
_MAX_KID_LENGTH = 2048
_JWT_TYPES = ("JWT", "jwt")


@dataclass(frozen=True)
class OpenedToken:
    """A token taken apart; nothing in it has been verified.

    Attributes:
        header: the protected header.
        payload: the claims.
        signing_input: the bytes that were signed.
        signature: as RFC 7518 writes it.
    """

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def credential(self) -> dict[str, Any]:
        """The credential inside: the payload without the envelope's claims, or the VC 1.1 ``vc`` claim."""
        inner = self.payload.get("vc")
        if isinstance(inner, dict):
            return dict(inner)
        return {name: value for name, value in self.payload.items() if name not in ENVELOPE}

    @property
    def envelope(self) -> dict[str, Any]:
        """The header, and the claims around the credential."""
        claims = {name: self.payload[name] for name in ENVELOPE if name in self.payload}
        return {"header": dict(self.header), "claims": claims}


def sign(document: Mapping[str, Any], *, signer: JwtSigner, kid: str) -> str:
    """The document as a compact JWS.

    Args:
        document: an Open Badge; it may carry an embedded Data Integrity proof.
        signer: ``RS256`` or ``ES256``.
        kid: a DID URL or an https URL that leads to a single JWK.

    Raises:
        ProofError: ``jwt_algorithm`` for another algorithm, ``jwt_needs`` when the document lacks what a
            claim is made of (a subject with ``id`` above all), ``number_not_portable``,
            ``character_not_portable``.
    """
    if signer.algorithm not in SIGNING_ALGORITHMS:
        raise ProofError(
            "jwt_algorithm", f"Open Badges are signed with RS256 or ES256, not {signer.algorithm}"
        )
    refuse_unportable(document)
    payload = {**document, **envelope_of(document)}
    header = {"alg": signer.algorithm, "kid": kid, "typ": "JWT"}
    signing_input = f"{_segment(header)}.{_segment(payload)}"
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode('ascii')))}"


def envelope_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The claims that repeat what the credential says: ``iss``, ``jti``, ``nbf``, ``sub`` and ``exp``.

    Raises:
        ProofError: ``jwt_needs`` with the place of what is missing.
    """
    issuer = document.get("issuer")
    claims: dict[str, Any] = {
        "iss": _needed(issuer.get("id") if isinstance(issuer, dict) else issuer, "$.issuer"),
        "jti": _needed(document.get("id"), "$.id"),
        "nbf": _seconds(_needed(document.get("validFrom"), "$.validFrom"), "$.validFrom"),
        "sub": _needed(_subject_id(document), "$.credentialSubject.id"),
    }
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"], "$.validUntil")
    return claims


def open_token(token: str | bytes) -> OpenedToken:
    """Take a compact JWS apart, strictly; whether it is genuine is decided by ``verify``.

    Raises:
        ProofError: ``jwt_form`` when it is no compact JWS of three canonical base64url parts, ``jwt_header``
            when the header holds anything Open Badges does not allow, ``jwt_algorithm`` for an algorithm
            other than RS256, ES256 and EdDSA.
        JsonRefusedError: the header or payload is not strict JSON.
    """
    text = token.decode("utf-8", "replace") if isinstance(token, bytes) else token
    if len(text) > MAX_BYTES or not _COMPACT.match(text):
        raise ProofError("jwt_form", "not a compact JWS of three base64url parts")
    head, body, tail = text.split(".")
    try:
        header_bytes, payload_bytes = base64url_decode(head), base64url_decode(body)
        signature = base64url_decode(tail)
    except KeyFormatError as fault:
        raise ProofError("jwt_form", "a part of the JWS is not canonical base64url") from fault
    header = read_object(header_bytes, max_bytes=_MAX_HEADER_BYTES)
    _check_header(header)
    payload = read_object(payload_bytes)
    return OpenedToken(header, payload, f"{head}.{body}".encode("ascii"), signature)


def verify(token: OpenedToken, key: PublicKey) -> bool:
    """Whether the token was signed with the key, by the algorithm its header names."""
    return verify_signature(key, str(token.header["alg"]), token.signature, token.signing_input)


def _check_header(header: Mapping[str, Any]) -> None:
    foreign = sorted(set(header) - _HEADER_NAMES)
    if foreign:
        raise ProofError(
            "jwt_header", f"the header holds {foreign[0][:40]!r}, which Open Badges does not allow"
        )
    if header.get("alg") not in VERIFYING_ALGORITHMS:
        raise ProofError("jwt_algorithm", f"the algorithm {str(header.get('alg'))[:20]!r} is not accepted")
    if header.get("typ", "JWT") not in _JWT_TYPES:
        raise ProofError("jwt_header", "the header's typ is not JWT")
    kid = header.get("kid")
    if kid is None:
        if not isinstance(header.get("jwk"), dict):
            raise ProofError("jwt_header", "the header names no key")
    elif not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID_LENGTH:
        raise ProofError("jwt_header", "the header's kid is not a short text")


def _segment(value: Mapping[str, Any]) -> str:
    return base64url_encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))


def _subject_id(document: Mapping[str, Any]) -> object:
    subject = document.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    return subject.get("id") if isinstance(subject, dict) else None


def _needed(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise ProofError("jwt_needs", "a badge in JWT form needs this", path=path)
    return value


def _seconds(text: str, path: str) -> int:
    return int(read_instant(text, path=path).timestamp())
