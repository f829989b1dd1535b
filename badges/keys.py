"""Keys as the standards write them: Multikey, JWK, RFC 7638 thumbprints; and signers.

Private keys need not come near this library: whatever signs has only to look like ``Ed25519Signer`` or
``JwtSigner``. The in-memory signers are for tests, demonstrations and the command line.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from badges.errors import KeyFormatError
from badges.multibase import base64url_decode, base64url_encode, multibase_decode, multibase_encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

# Multicodec prefixes (varint) of public keys: Controlled Identifiers 1.0, section 2.2.2.
_ED25519_PREFIX = b"\xed\x01"
_P256_PREFIX = b"\x80\x24"
_P256_BYTES = 32
# RSA below 2048 bits is not accepted (NIST SP 800-131A); above 8192 verification becomes a way to burn CPU.
RSA_BITS = range(2048, 8193)


class Ed25519Signer(Protocol):
    """Signs bytes with an Ed25519 key; ``sign`` returns the 64 bytes of RFC 8032."""

    @property
    def algorithm(self) -> str:
        """Always ``Ed25519``."""

    def sign(self, data: bytes) -> bytes:
        """The signature over exactly these bytes."""


class JwtSigner(Protocol):
    """Signs bytes for a JWS; ``sign`` returns the signature as RFC 7518 writes it (raw r||s for ES256)."""

    @property
    def algorithm(self) -> str:
        """The JWS ``alg``: ``RS256`` or ``ES256``."""

    def sign(self, data: bytes) -> bytes:
        """The signature over exactly these bytes."""


@dataclass(frozen=True)
class InMemoryEd25519:
    """An Ed25519 key held in this process."""

    key: Ed25519PrivateKey
    algorithm: str = "Ed25519"

    @classmethod
    def from_seed(cls, seed: bytes) -> InMemoryEd25519:
        """The key of a 32-byte seed."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The public half."""
        return self.key.public_key()

    def sign(self, data: bytes) -> bytes:
        """64 bytes of signature."""
        return self.key.sign(data)


@dataclass(frozen=True)
class InMemoryRS256:
    """An RSA key held in this process, for JWS ``RS256``."""

    key: rsa.RSAPrivateKey
    algorithm: str = "RS256"

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        """The public half."""
        return self.key.public_key()

    def sign(self, data: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256."""
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class InMemoryES256:
    """A P-256 key held in this process, for JWS ``ES256``."""

    key: ec.EllipticCurvePrivateKey
    algorithm: str = "ES256"

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self.key.public_key()

    def sign(self, data: bytes) -> bytes:
        """64 bytes, r then s (RFC 7518, section 3.4)."""
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")


def signer_from_pem(pem: bytes) -> InMemoryEd25519 | InMemoryRS256 | InMemoryES256:
    """A signer over the unencrypted private key of a PEM file.

    Raises:
        KeyFormatError: ``private_key`` when it is no PEM key, is encrypted, or is of a kind not used here.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as fault:
        raise KeyFormatError("private_key", "no unencrypted private key in PEM form") from fault
    if isinstance(key, Ed25519PrivateKey):
        return InMemoryEd25519(key)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size in RSA_BITS:
        return InMemoryRS256(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return InMemoryES256(key)
    raise KeyFormatError("private_key", "the key is neither Ed25519, RSA of 2048 to 8192 bits, nor P-256")


def encode_multikey(key: PublicKey) -> str:
    """The key as ``publicKeyMultibase``: Ed25519 (``z6Mk…``) or P-256 (``zDn…``).

    Raises:
        KeyFormatError: ``key_kind`` for any other kind.
    """
    if isinstance(key, Ed25519PublicKey):
        return multibase_encode(_ED25519_PREFIX + key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return multibase_encode(_P256_PREFIX + key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    raise KeyFormatError("key_kind", "a Multikey is written here for Ed25519 and P-256 only")


@functools.lru_cache(maxsize=256)
def decode_multikey(text: str) -> Ed25519PublicKey | ec.EllipticCurvePublicKey:
    """The public key that a ``publicKeyMultibase`` value holds.

    Raises:
        KeyFormatError: ``multikey`` when it is malformed or of a kind not read here.
    """
    data = multibase_decode(text)
    try:
        if data.startswith(_ED25519_PREFIX):
            return Ed25519PublicKey.from_public_bytes(data[2:])
        if data.startswith(_P256_PREFIX):
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data[2:])
    except ValueError as fault:
        raise KeyFormatError("multikey", "the Multikey's bytes are no key of its kind") from fault
    raise KeyFormatError("multikey", "the Multikey is neither Ed25519 nor P-256")


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The public key as a JWK (RFC 7517) with its required members only."""
    if isinstance(key, Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(raw)}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _unsigned(numbers.n), "e": _unsigned(numbers.e)}
    if isinstance(key.curve, ec.SECP256R1):
        point = key.public_numbers()
        x, y = point.x.to_bytes(_P256_BYTES, "big"), point.y.to_bytes(_P256_BYTES, "big")
        return {"kty": "EC", "crv": "P-256", "x": base64url_encode(x), "y": base64url_encode(y)}
    raise KeyFormatError("key_kind", "of the elliptic curves only P-256 is supported")


def key_from_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """The public key of a JWK.

    Raises:
        KeyFormatError: ``private_jwk`` when it holds a private part, ``jwk`` when it cannot be read,
            ``rsa_size`` for RSA under 2048 or over 8192 bits.
    """
    if "d" in jwk:
        raise KeyFormatError(
            "private_jwk", "the JWK holds a private key; whoever published it must replace it"
        )
    readers: dict[tuple[str, str | None], Callable[[Mapping[str, object]], PublicKey]] = {
        ("RSA", None): _rsa_from,
        ("EC", "P-256"): _p256_from,
        ("OKP", "Ed25519"): _ed25519_from,
    }
    reader = readers.get((_text(jwk, "kty"), None if jwk.get("kty") == "RSA" else _text(jwk, "crv")))
    if reader is None:
        raise KeyFormatError("jwk", "the JWK is neither RSA, P-256 nor Ed25519")
    try:
        return reader(jwk)
    except ValueError as fault:
        raise KeyFormatError("jwk", "the JWK's numbers are no key of its kind") from fault


def thumbprint(jwk: Mapping[str, object]) -> str:
    """RFC 7638 SHA-256 thumbprint of a public JWK, base64url."""
    members = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
    kind = _text(jwk, "kty")
    if kind not in members:
        raise KeyFormatError("jwk", "a thumbprint is defined here for RSA, EC and OKP keys")
    canonical = json.dumps({name: _text(jwk, name) for name in members[kind]}, separators=(",", ":"))
    return base64url_encode(hashlib.sha256(canonical.encode()).digest())


def verify_signature(key: PublicKey, algorithm: str, signature: bytes, data: bytes) -> bool:
    """Whether the signature over the data was made with the key; the algorithm must fit the kind of key.

    Args:
        key: the public key.
        algorithm: ``RS256``, ``ES256``, ``EdDSA`` or ``Ed25519``.
        signature: as RFC 7518 and RFC 8032 write it.
        data: the signed bytes.
    """
    try:
        if isinstance(key, Ed25519PublicKey) and algorithm in {"EdDSA", "Ed25519"}:
            key.verify(signature, data)
        elif _is_p256(key) and algorithm == "ES256" and len(signature) == 2 * _P256_BYTES:
            key.verify(_der(signature), data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == "RS256":
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _is_p256(key: PublicKey) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _der(signature: bytes) -> bytes:
    r = int.from_bytes(signature[:_P256_BYTES], "big")
    s = int.from_bytes(signature[_P256_BYTES:], "big")
    return encode_dss_signature(r, s)


def _unsigned(number: int) -> str:
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _text(jwk: Mapping[str, object], name: str) -> str:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise KeyFormatError("jwk", f"the JWK's {name} is not text", path=f"$.{name}")
    return value


def _number(jwk: Mapping[str, object], name: str) -> int:
    return int.from_bytes(base64url_decode(_text(jwk, name)), "big")


def _rsa_from(jwk: Mapping[str, object]) -> rsa.RSAPublicKey:
    modulus = _number(jwk, "n")
    if modulus.bit_length() not in RSA_BITS:
        raise KeyFormatError("rsa_size", "RSA keys must have 2048 to 8192 bits", path="$.n")
    return rsa.RSAPublicNumbers(_number(jwk, "e"), modulus).public_key()


def _p256_from(jwk: Mapping[str, object]) -> ec.EllipticCurvePublicKey:
    numbers = ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), ec.SECP256R1())
    return numbers.public_key()


def _ed25519_from(jwk: Mapping[str, object]) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64url_decode(_text(jwk, "x")))
