"""ecdsa-sd-2023: what a holder discloses verifies, and nothing else does."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from support.badge_samples import NOW, SampleIssuer, sample_badge, sample_issuer, vectors

from badges.canonical import primary
from badges.errors import ProofError
from badges.keys import InMemoryES256, decode_multikey, encode_multikey, verify_signature
from badges.multibase import base64url_encode, multibase_decode, multibase_encode
from badges.proofs import ecdsa_sd_2023
from badges.proofs.eddsa_rdfc_2022 import hash_of_options

Document = dict[str, Any]
ISSUER = sample_issuer()
OWN = InMemoryES256(ec.derive_private_key(12345, ec.SECP256R1()))


def cbor(value: Any) -> bytes:
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(cbor(item) for item in value)
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


def head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size = 1 if number < 256 else 2
    return bytes([kind << 5 | (23 + size)]) + number.to_bytes(size, "big")


def proof_parts(
    document: Document, options: Document, issuer: SampleIssuer, mandatory: list[int]
) -> list[Any]:
    """What an issuer and a holder make together when everything is disclosed."""
    canonical = primary.canonical_form(document)
    count = canonical.count(b"_:c14n")
    labels = {n: hashlib.sha256(f"label {n}".encode()).digest() for n in range(count)}
    named = {n: "u" + base64url_encode(label) for n, label in labels.items()}
    lines = ecdsa_sd_2023.relabelled(canonical, named)
    used = {n: labels[n] for n, name in named.items() if any(f"_:{name} " in line for line in lines)}
    must = "".join(lines[place] for place in mandatory)
    key = multibase_decode(encode_multikey(OWN.public_key))
    options_hash = hash_of_options(document, options, primary.canonical_form)
    base = issuer.es256.sign(options_hash + key + hashlib.sha256(must.encode()).digest())
    signatures = [OWN.sign(line.encode()) for place, line in enumerate(lines) if place not in mandatory]
    return [base, key, signatures, used, mandatory]


def disclosed(
    change: Callable[[list[Any]], Any] = lambda _parts: None,
    header: bytes = b"\xd9\x5d\x01",
    tail: bytes = b"",
) -> Document:
    document = sample_badge().to_json()
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-sd-2023",
        "created": "2026-11-21T12:00:00Z",
        "verificationMethod": ISSUER.methods[2],
        "proofPurpose": "assertionMethod",
    }
    parts = proof_parts(document, options, ISSUER, [0, 3, 7])
    change(parts)
    value = multibase_encode(header + cbor(parts) + tail, prefix="u")
    return {**document, "proof": {**options, "proofValue": value}}


def test_the_control_is_valid() -> None:
    report = ISSUER.verify(disclosed(), now=NOW)
    assert report.verdict.value == "valid", report.to_json()


def test_one_character_or_one_statement_more_is_refused() -> None:
    good = disclosed()
    changed = copy.deepcopy(good)
    changed["credentialSubject"]["achievement"]["name"] += "!"
    assert ISSUER.verify(changed).check("proof").code == "signature"
    more = copy.deepcopy(good)
    more["credentialSubject"]["achievement"]["tag"].append("more")
    assert ISSUER.verify(more).check("proof").code == "signature"
    other_key = copy.deepcopy(good)
    other_key["proof"]["verificationMethod"] = ISSUER.methods[0]
    assert ISSUER.verify(other_key).check("proof").code == "signature"


def set_part(place: int, value: Any) -> Callable[[list[Any]], None]:
    return lambda parts: parts.__setitem__(place, value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (set_part(0, bytes(64)), "signature"),
        (set_part(0, bytes(63)), "disclosure_proof"),
        (set_part(1, b"\x80\x24" + bytes(33)), "signature"),
        (lambda parts: parts[2].pop(), "signature"),
        (lambda parts: parts[2].reverse(), "signature"),
        (lambda parts: parts[3].popitem(), "disclosure_proof"),
        (lambda parts: parts[3].update(dict.fromkeys(parts[3], bytes(32))), "disclosure_proof"),
        (lambda parts: parts[4].append(5), "signature"),
        (lambda parts: parts[4].append(60_000), "signature"),
        (lambda parts: parts[4].append(0), "disclosure_proof"),
        (lambda parts: parts.append([]), "disclosure_proof"),
        (set_part(4, 5), "disclosure_proof"),
    ],
)
def test_bent_proofs(change: Callable[[list[Any]], Any], code: str) -> None:
    report = ISSUER.verify(disclosed(change))
    assert (report.check("proof").code, report.verdict.value) == (code, "invalid")


@pytest.mark.parametrize(
    ("header", "tail"), [(b"\xd9\x5d\x00", b""), (b"\xd9\x5d\x02", b""), (b"\xd9\x5d\x01", b"\x00")]
)
def test_other_headers_and_trailing_bytes(header: bytes, tail: bytes) -> None:
    assert ISSUER.verify(disclosed(header=header, tail=tail)).check("proof").code == "disclosure_proof"


@pytest.mark.parametrize(
    "data", [b"", b"\x85", b"\x9f", b"\x1b", b"\xa1\x61a\x00", b"\x81\x81\x81\x81\x00", b"\x99\xff\xff"]
)
def test_malformed_cbor(data: bytes) -> None:
    with pytest.raises(ProofError, match="disclosure_proof"):
        ecdsa_sd_2023.read_proof_value(multibase_encode(b"\xd9\x5d\x01" + data, prefix="u"))
    with pytest.raises(ProofError, match="disclosure_proof"):
        ecdsa_sd_2023.read_proof_value("!")


@pytest.mark.parametrize("name", ["prc", "employ"])
def test_w3c_vectors_of_the_derived_proof(name: str) -> None:
    """The proof value comes apart as in the vector, and every signature in it fits its statement."""
    folder = vectors("vc-di-ecdsa", "ecdsa-sd-2023", name)
    document = json.loads((folder / "derivedRevealDocument.json").read_text())
    parsed = json.loads((folder / "verifyDerivedProofValue.json").read_text())
    proof = ecdsa_sd_2023.read_proof_value(document["proof"]["proofValue"])
    assert proof.base_signature.hex() == parsed["baseSignature"]
    assert multibase_encode(proof.public_key) == parsed["publicKey"]
    assert [signature.hex() for signature in proof.signatures] == parsed["signatures"]
    assert {f"c14n{n}": label for n, label in proof.labels.items()} == dict(parsed["labelMap"])
    assert list(proof.mandatory) == parsed["mandatoryIndexes"]
    verified = json.loads((folder / "verifyCreateVerifyData.json").read_text())
    own = decode_multikey(parsed["publicKey"])
    for signature, line in zip(proof.signatures, verified["nonMandatory"], strict=True):
        assert verify_signature(own, "ES256", signature, line.encode())
        assert not verify_signature(own, "ES256", signature, line.encode() + b" ")
