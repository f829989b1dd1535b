"""Keys in the standards' notations; did:web and did:key."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from support.badge_samples import NOW, sample_issuer, vectors

from badges import did
from badges.errors import DidSyntaxError, KeyFormatError
from badges.keys import (
    InMemoryEd25519,
    decode_multikey,
    encode_multikey,
    key_from_jwk,
    public_jwk,
    thumbprint,
    verify_signature,
)
from badges.multibase import (
    base58_decode,
    base58_encode,
    base64url_decode,
    base64url_encode,
    multibase_decode,
    multibase_encode,
)

ISSUER = sample_issuer()


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"\x00", "1"), (b"\x00\x00a", "112g"), (b"hello", "Cn8eVZg"), (b"\xff" * 4, "7YXq9G")],
)
def test_base58(data: bytes, text: str) -> None:
    assert base58_encode(data) == text
    assert base58_decode(text) == data


def test_base58_of_every_length_comes_back() -> None:
    for length in range(70):
        data = bytes((7 * n + length) % 256 for n in range(length))
        assert base58_decode(base58_encode(data)) == data


@pytest.mark.parametrize(
    ("decode", "text", "code"),
    [
        (base58_decode, "0OIl", "base58"),
        (base64url_decode, "YQ==", "base64url"),
        (base64url_decode, "YR", "base64url"),
        (base64url_decode, "a", "base64url"),
        (base64url_decode, "ñ", "base64url"),
        (multibase_decode, "mYQ", "multibase"),
        (decode_multikey, "z6Mk", "multikey"),
        (decode_multikey, multibase_encode(b"\x80\x24" + bytes(33)), "multikey"),
        (decode_multikey, multibase_encode(b"\x12\x05" + bytes(32)), "multikey"),
    ],
)
def test_malformed_notation(decode: Callable[[str], object], text: str, code: str) -> None:
    with pytest.raises(KeyFormatError) as refused:
        decode(text)
    assert refused.value.code == code


def test_multibase_prefixes() -> None:
    assert multibase_decode(multibase_encode(b"abc", prefix="u")) == b"abc"
    with pytest.raises(KeyFormatError):
        multibase_encode(b"abc", prefix="f")


def test_multikey_of_the_w3c_key_pair() -> None:
    pair = json.loads((vectors("vc-di-eddsa") / "keyPair.json").read_text())
    signer = InMemoryEd25519.from_seed(multibase_decode(pair["privateKeyMultibase"])[2:34])
    assert encode_multikey(signer.public_key) == pair["publicKeyMultibase"]


def test_every_kind_of_key_comes_back_from_its_jwk() -> None:
    for signer in (ISSUER.ed25519, ISSUER.rs256, ISSUER.es256):
        jwk = public_jwk(signer.public_key)
        assert public_jwk(key_from_jwk(jwk)) == jwk
    for key in (ISSUER.ed25519.public_key, ISSUER.es256.public_key):
        assert public_jwk(decode_multikey(encode_multikey(key))) == public_jwk(key)


def test_rfc_7638_example() -> None:
    jwk = {
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",  # noqa: E501 - the RFC's number
        "e": "AQAB",
        "alg": "RS256",
        "kid": "2011-04-29",
    }
    assert thumbprint(jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        ({"kty": "oct", "k": "x", "crv": "y"}, "jwk"),
        ({"kty": "RSA", "n": 5, "e": "AQAB"}, "jwk"),
        ({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "rsa_size"),
        ({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}, "jwk"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "AQ"}, "jwk"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "AQ", "d": "AQ"}, "private_jwk"),
    ],
)
def test_malformed_jwk(jwk: dict[str, object], code: str) -> None:
    with pytest.raises(KeyFormatError) as refused:
        key_from_jwk(jwk)
    assert refused.value.code == code


def test_keys_that_are_not_written() -> None:
    with pytest.raises(KeyFormatError, match="key_kind"):
        encode_multikey(ISSUER.rs256.public_key)
    with pytest.raises(KeyFormatError, match="key_kind"):
        public_jwk(ec.generate_private_key(ec.SECP384R1()).public_key())
    with pytest.raises(KeyFormatError, match="jwk"):
        thumbprint({"kty": "oct"})


def test_a_signature_fits_only_its_own_algorithm() -> None:
    data = b"data"
    for signer, algorithm in ((ISSUER.ed25519, "EdDSA"), (ISSUER.rs256, "RS256"), (ISSUER.es256, "ES256")):
        signature = signer.sign(data)
        assert verify_signature(signer.public_key, algorithm, signature, data)
        assert not verify_signature(signer.public_key, algorithm, signature, data + b"x")
        for other in {"EdDSA", "RS256", "ES256", "HS256", "none"} - {algorithm}:
            assert not verify_signature(signer.public_key, other, signature, data)
    assert not verify_signature(ISSUER.es256.public_key, "ES256", b"short", data)


GOOD_DIDS = [
    ("did:web:example.org", "https://example.org/.well-known/did.json"),
    ("did:web:example.org:issuers:a", "https://example.org/issuers/a/did.json"),
    ("did:web:localhost%3A8000:i:1", "https://localhost:8000/i/1/did.json"),
]


@pytest.mark.parametrize(("identifier", "url"), GOOD_DIDS)
def test_did_web_and_its_address(identifier: str, url: str) -> None:
    assert did.did_web_url(identifier) == url
    assert did.did_web_from_url(url) == identifier
    assert did.did_web_host(identifier) == url.split("/")[2]


def test_did_web_of_a_loopback_address() -> None:
    assert did.did_web_from_url("http://localhost:8000/issuers/a") == "did:web:localhost%3A8000:issuers:a"


@pytest.mark.parametrize(
    "identifier",
    [
        "did:web:",
        "did:web:EXAMPLE.org",
        "did:web:example.org:..",
        "did:web:example.org:a%2fb",
        "did:web:example.org:a%00",
        "did:web:user@example.org",
        "did:web:example.org/path",
        "did:web:example.org?x=1",
        "did:web:example.org:a\r\nb",
        "did:web:example.org%3A0",
        "did:web:example.org%3A99999",
        "did:web:example.org%3a8000",
        "did:web:[::1]",
        "did:web:ex①mple.org",
        "did:web:example.org" + ":a" * 300,
        "did:web:" + "a" * 2000,
        "did:web:example.org:",
        "did:key:z6Mk",
    ],
)
def test_b41_b42_malformed_did_web(identifier: str) -> None:
    with pytest.raises(DidSyntaxError, match="did_syntax"):
        did.did_web_url(identifier)


@pytest.mark.parametrize(
    "url", ["https://example.org/?a=1", "https://example.org/#a", "https://u@example.org/", "mailto:a@b"]
)
def test_addresses_that_are_no_did_web(url: str) -> None:
    with pytest.raises(DidSyntaxError):
        did.did_web_from_url(url)


@pytest.mark.parametrize("text", ["did:web:x.org#a b", "did:example:1", "did:key:z6!", "x"])
def test_malformed_did_url(text: str) -> None:
    with pytest.raises(DidSyntaxError):
        did.split_did_url(text)


def test_document_holds_all_keys_side_by_side() -> None:
    document = ISSUER.did_document
    kinds = [method["type"] for method in document["verificationMethod"]]
    assert kinds == ["Multikey", "JsonWebKey", "JsonWebKey"]
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    assert {method["controller"] for method in document["verificationMethod"]} == {ISSUER.did}
    assert [m["publicKeyJwk"]["alg"] for m in document["verificationMethod"][1:]] == ["RS256", "ES256"]
    read = did.read_did_document(document, expected=ISSUER.did)
    assert set(read.methods) == read.assertion_methods


def test_a_withdrawn_key_says_so() -> None:
    keys = [did.PublishedKey(ISSUER.ed25519.public_key, fragment="a", revoked=NOW)]
    document = did.did_document(ISSUER.did, keys)
    read = did.read_did_document(document, expected=ISSUER.did)
    assert read.methods[f"{ISSUER.did}#a"].ended_before(NOW)
    with pytest.raises(DidSyntaxError, match="duplicate_key_id"):
        did.did_document(ISSUER.did, keys * 2)


def test_methods_may_stand_inside_assertion_method_and_be_relative() -> None:
    entry = {**ISSUER.did_document["verificationMethod"][0], "id": "#embedded"}
    other = {**entry, "id": "#named"}
    document = {"id": ISSUER.did, "verificationMethod": [other], "assertionMethod": [entry, "#named"]}
    read = did.read_did_document(document, expected=ISSUER.did)
    for name in ("embedded", "named"):
        assert read.assertion_method(f"{ISSUER.did}#{name}").controller == ISSUER.did


@pytest.mark.parametrize(
    "change",
    [{"verificationMethod": "x"}, {"verificationMethod": ["x"]}, {"verificationMethod": [{"id": 5}]}],
)
def test_malformed_document(change: dict[str, Any]) -> None:
    with pytest.raises(DidSyntaxError, match="did_document"):
        did.read_did_document({**ISSUER.did_document, **change}, expected=ISSUER.did)


def test_did_key() -> None:
    identifier = did.did_key(ISSUER.ed25519.public_key)
    document = did.did_key_document(identifier)
    method = document.assertion_method(did.did_key_method(ISSUER.ed25519.public_key))
    assert public_jwk(method.public_key()) == public_jwk(ISSUER.ed25519.public_key)
    with pytest.raises(DidSyntaxError):
        did.did_key_document("did:web:x.org")


def test_published_jwk_of_each_kind() -> None:
    algorithms = [
        did.published_jwk(s.public_key, kid="k")["alg"] for s in (ISSUER.ed25519, ISSUER.rs256, ISSUER.es256)
    ]
    assert algorithms == ["EdDSA", "RS256", "ES256"]


def test_rsa_keys_of_1024_bits_are_refused() -> None:
    numbers = {"kty": "RSA", "e": "AQAB", "n": base64url_encode(b"\xc5" * 128)}
    with pytest.raises(KeyFormatError, match="rsa_size"):
        key_from_jwk(numbers)
