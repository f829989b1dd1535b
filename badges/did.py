"""did:web and did:key: the addresses, the documents, the keys in them.

DID Core 1.0, the did:web and did:key method specifications, and Controlled Identifiers 1.0 for Multikey and
JsonWebKey. A retired key stays in the document and in ``assertionMethod``: verifiers look at the current
document only, and an old badge has to stay verifiable.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from badges.errors import DidSyntaxError, KeyFormatError
from badges.instants import read_instant, write_instant
from badges.keys import PublicKey, decode_multikey, encode_multikey, key_from_jwk, public_jwk, thumbprint

if TYPE_CHECKING:
    from datetime import datetime

# More keys than any issuer rotates through in a lifetime; a document with thousands is an attack.
MAX_METHODS = 64
_MAX_LENGTH = 1024
_MAX_SEGMENTS = 16
_HOST = re.compile(
    r"(?=.{1,253}(?:%|\Z))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z"
)
_PORT = re.compile(r"[1-9][0-9]{0,4}\Z")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~-]|%20)+\Z")
_FRAGMENT = re.compile(r"[A-Za-z0-9._~:-]+\Z")
_MAX_PORT = 65535
_MULTIBASE_TYPES = frozenset({"Multikey", "Ed25519VerificationKey2020"})
_JWK_TYPES = frozenset({"JsonWebKey", "JsonWebKey2020"})
_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


@dataclass(frozen=True)
class VerificationMethod:
    """One key of a DID document, as the document tells it.

    Attributes:
        id: the absolute DID URL.
        type: ``Multikey``, ``JsonWebKey`` and their older names.
        controller: whose key it says it is.
        source: the whole entry.
    """

    id: str
    type: str
    controller: str
    source: Mapping[str, Any]

    def public_key(self) -> PublicKey:
        """The key.

        Raises:
            KeyFormatError: ``method_type`` for an unknown type, and whatever the key's notation refuses.
        """
        if self.type in _MULTIBASE_TYPES:
            return decode_multikey(str(self.source.get("publicKeyMultibase", "")))
        jwk = self.source.get("publicKeyJwk")
        if self.type in _JWK_TYPES and isinstance(jwk, Mapping):
            return key_from_jwk(jwk)
        raise KeyFormatError("method_type", f"keys of type {self.type[:60]!r} are not read here")

    def ended_before(self, moment: datetime) -> bool:
        """Whether the document says that the key was revoked, or had expired by then."""
        ends = [self.source[name] for name in ("revoked", "expires") if name in self.source]
        return any(read_instant(end) <= moment for end in ends)


@dataclass(frozen=True)
class DidDocument:
    """A DID document, as far as verification needs it.

    Attributes:
        id: the DID.
        methods: every key by its absolute id.
        assertion_methods: ids of the keys that may sign credentials.
    """

    id: str
    methods: Mapping[str, VerificationMethod]
    assertion_methods: frozenset[str]

    def assertion_method(self, method_id: str) -> VerificationMethod:
        """The key with this id, if it may sign credentials.

        Raises:
            DidSyntaxError: ``key_not_in_document`` or ``key_not_for_assertion``.
        """
        method = self.methods.get(method_id)
        if method is None:
            raise DidSyntaxError(
                "key_not_in_document", f"{method_id[:200]} is not in the document of {self.id}"
            )
        if method_id not in self.assertion_methods:
            raise DidSyntaxError("key_not_for_assertion", f"{method_id[:200]} may not sign credentials")
        return method


@dataclass(frozen=True)
class PublishedKey:
    """A key to publish in a DID document.

    Attributes:
        key: the public key. Ed25519 is published as Multikey, RSA as JsonWebKey, P-256 as JsonWebKey.
        fragment: the part of its id after ``#``; the RFC 7638 thumbprint of the key if not given.
        revoked: set only for a key that must no longer be trusted, not for one merely retired.
    """

    key: PublicKey
    fragment: str | None = None
    revoked: datetime | None = None

    def id_in(self, did: str) -> str:
        """The DID URL of the key."""
        return f"{did}#{self.fragment or thumbprint(public_jwk(self.key))}"


def did_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """A DID document with all the issuer's keys, the retired ones included.

    Args:
        did: a did:web identifier.
        keys: current and retired keys, in the order in which they are to stand.

    Raises:
        DidSyntaxError: ``did_syntax``, or ``duplicate_key_id`` when two keys share a fragment.
    """
    did_web_url(did)
    methods = [_method_entry(did, key) for key in keys]
    ids = [method["id"] for method in methods]
    if len(set(ids)) != len(ids):
        raise DidSyntaxError("duplicate_key_id", "two keys have the same id", path="$.verificationMethod")
    return {"@context": list(_CONTEXTS), "id": did, "verificationMethod": methods, "assertionMethod": ids}


def _method_entry(did: str, published: PublishedKey) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": published.id_in(did), "type": "Multikey", "controller": did}
    if isinstance(published.key, Ed25519PublicKey):
        entry["publicKeyMultibase"] = encode_multikey(published.key)
    else:
        entry["type"] = "JsonWebKey"
        entry["publicKeyJwk"] = published_jwk(published.key, kid=entry["id"])
    if published.revoked is not None:
        entry["revoked"] = write_instant(published.revoked)
    return entry


def published_jwk(key: PublicKey, *, kid: str) -> dict[str, str]:
    """A JWK with ``kid`` and ``alg``, as a JWT's ``kid`` leads to it."""
    algorithm = "EdDSA"
    if not isinstance(key, Ed25519PublicKey):
        algorithm = "ES256" if isinstance(key, ec.EllipticCurvePublicKey) else "RS256"
    return {**public_jwk(key), "kid": kid, "alg": algorithm, "use": "sig"}


def read_did_document(document: Mapping[str, Any], *, expected: str) -> DidDocument:
    """Read a DID document that was asked for by its DID.

    Raises:
        DidSyntaxError: ``did_mismatch`` when it is another DID's, ``did_document`` when it is malformed,
            ``duplicate_key_id``, ``too_many_keys``.
    """
    if document.get("id") != expected:
        raise DidSyntaxError("did_mismatch", f"the document is not that of {expected[:200]}", path="$.id")
    declared = [_read_method(entry, expected) for entry in _entries(document, "verificationMethod")]
    assertion = _entries(document, "assertionMethod")
    embedded = [_read_method(entry, expected) for entry in assertion if isinstance(entry, Mapping)]
    references = [_absolute(entry, expected) for entry in assertion if isinstance(entry, str)]
    methods = {method.id: method for method in (*declared, *embedded)}
    if len(methods) != len(declared) + len(embedded):
        raise DidSyntaxError("duplicate_key_id", "two keys have the same id", path="$.verificationMethod")
    return DidDocument(expected, methods, frozenset(references) | {method.id for method in embedded})


def _entries(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    entries = document.get(name, [])
    if not isinstance(entries, list):
        raise DidSyntaxError("did_document", f"{name} is not an array", path=f"$.{name}")
    if len(entries) > MAX_METHODS:
        raise DidSyntaxError(
            "too_many_keys", f"{len(entries)} keys, the limit is {MAX_METHODS}", path=f"$.{name}"
        )
    return entries


def _read_method(entry: object, did: str) -> VerificationMethod:
    if not isinstance(entry, Mapping):
        raise DidSyntaxError(
            "did_document", "a verification method is not an object", path="$.verificationMethod"
        )
    values = [entry.get(name) for name in ("id", "type", "controller")]
    if not all(isinstance(value, str) for value in values):
        message = "a verification method lacks id, type or controller"
        raise DidSyntaxError("did_document", message, path="$.verificationMethod")
    return VerificationMethod(_absolute(str(values[0]), did), str(values[1]), str(values[2]), entry)


def _absolute(reference: str, did: str) -> str:
    return f"{did}{reference}" if reference.startswith("#") else reference


@functools.lru_cache(maxsize=1024)
def split_did_url(text: str) -> tuple[str, str]:
    """A DID URL as its DID and its fragment (empty if it has none).

    Raises:
        DidSyntaxError: ``did_syntax``; a path or a query is not accepted in a key's id.
    """
    did, separator, fragment = text.partition("#")
    if separator and not _FRAGMENT.match(fragment):
        raise DidSyntaxError("did_syntax", f"{text[:200]!r} has a malformed fragment")
    if did.startswith("did:web:"):
        did_web_url(did)
    elif not did.startswith("did:key:") or not did[8:].isalnum() or len(did) > _MAX_LENGTH:
        raise DidSyntaxError("did_syntax", f"{text[:200]!r} is neither did:web nor did:key")
    return did, fragment


@functools.lru_cache(maxsize=1024)
def did_web_url(did: str) -> str:
    """The https address of a did:web document.

    Raises:
        DidSyntaxError: ``did_syntax`` for anything but a lower-case host name, an optional percent-encoded
            port and plain path segments.
    """
    parts = did.split(":")[2:]
    if not did.startswith("did:web:") or len(did) > _MAX_LENGTH or len(parts) > _MAX_SEGMENTS:
        raise DidSyntaxError("did_syntax", f"{did[:200]!r} is no did:web identifier")
    host, marker, port = parts[0].partition("%3A")
    if not _HOST.match(host) or (marker and not (_PORT.match(port) and int(port) <= _MAX_PORT)):
        raise DidSyntaxError("did_syntax", f"{did[:200]!r} does not name a host")
    for segment in parts[1:]:
        if not _SEGMENT.match(segment) or set(segment) == {"."}:
            raise DidSyntaxError("did_syntax", f"{did[:200]!r} has a malformed path")
    authority = f"{host}:{port}" if marker else host
    path = "/".join(parts[1:]) if len(parts) > 1 else ".well-known"
    return f"https://{authority}/{path}/did.json"


def did_web_from_url(url: str) -> str:
    """The did:web identifier whose document stands at (or under) this address.

    ``https://example.org`` gives ``did:web:example.org``, ``http://localhost:8000/issuers/a`` gives
    ``did:web:localhost%3A8000:issuers:a``; a trailing ``did.json`` is left out.

    Raises:
        DidSyntaxError: ``did_syntax`` when the address has a query, a fragment, user information or odd
            segments.
    """
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username or not parts.hostname:
        raise DidSyntaxError("did_syntax", f"{url[:200]!r} cannot be a did:web address")
    authority = parts.hostname + (f"%3A{parts.port}" if parts.port else "")
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments and segments[-1] == "did.json":
        segments.pop()
    if segments == [".well-known"]:
        segments = []
    did = ":".join(["did:web", authority, *segments])
    did_web_url(did)
    return did


def did_web_host(did: str) -> str:
    """The host of a did:web identifier, with its port if it names one; the report shows it."""
    did_web_url(did)
    return unquote(did.split(":")[2])


def did_key(key: PublicKey) -> str:
    """The did:key identifier of an Ed25519 or P-256 key."""
    return f"did:key:{encode_multikey(key)}"


def did_key_method(key: PublicKey) -> str:
    """The DID URL under which a did:key's only key is known."""
    multikey = encode_multikey(key)
    return f"did:key:{multikey}#{multikey}"


def did_key_document(did: str) -> DidDocument:
    """The document that a did:key identifier stands for; nothing has to be fetched.

    Raises:
        DidSyntaxError: ``did_syntax``.
        KeyFormatError: the identifier holds no key that is understood here.
    """
    if not did.startswith("did:key:"):
        raise DidSyntaxError("did_syntax", f"{did[:200]!r} is no did:key identifier")
    multikey = did.removeprefix("did:key:")
    decode_multikey(multikey)
    method_id = f"{did}#{multikey}"
    entry = {"id": method_id, "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}
    method = VerificationMethod(method_id, "Multikey", did, entry)
    return DidDocument(did, {method_id: method}, frozenset({method_id}))
