"""Data Integrity proofs with the cryptosuite ``eddsa-rdfc-2022``.

W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.2. What is signed is SHA-256 of the canonical proof
options followed by SHA-256 of the canonical document.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Protocol

from badges.canonical import primary
from badges.canonical.portable import refuse_unportable
from badges.errors import ProofError
from badges.instants import write_instant
from badges.multibase import multibase_encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from badges.keys import Ed25519Signer

CRYPTOSUITE = "eddsa-rdfc-2022"
SIGNATURE_BYTES = 64


class CanonicalForm(Protocol):
    """Turns a document into the bytes that are hashed: ``primary.canonical_form`` or ``second_path``'s."""

    def __call__(self, document: Mapping[str, Any], /) -> bytes:
        """RDFC-1.0 canonical N-Quads of the document."""


def sign(
    document: Mapping[str, Any],
    *,
    signer: Ed25519Signer,
    verification_method: str,
    created: datetime,
    canonical_form: CanonicalForm = primary.canonical_form,
) -> dict[str, Any]:
    """A copy of the document with a proof added; a proof that is already there stays beside it.

    Args:
        document: a JSON-LD document; credentials/v2 (or data-integrity/v2) must be among its contexts.
        signer: holds the Ed25519 key.
        verification_method: the DID URL of the key, exactly as the DID document writes it.
        created: when the proof is made, with a time zone.
        canonical_form: the canonicalization to sign with.

    Raises:
        ProofError: ``number_not_portable``, ``character_not_portable``, ``signer`` when the signer is of
            another algorithm or returns something else than 64 bytes.
        BadgeError: whatever the canonicalization refuses (context, shape, data loss).
    """
    unsecured = without_proof(document)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": write_instant(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    data = _portable_data(unsecured, options, canonical_form)
    if signer.algorithm != "Ed25519":
        raise ProofError("signer", f"{CRYPTOSUITE} needs an Ed25519 signer, not {signer.algorithm}")
    signature = signer.sign(data)
    if len(signature) != SIGNATURE_BYTES:
        raise ProofError(
            "signer", f"the signer returned {len(signature)} bytes in place of {SIGNATURE_BYTES}"
        )
    return with_proof(document, {**options, "proofValue": multibase_encode(signature)})


def _portable_data(
    unsecured: Mapping[str, Any], options: Mapping[str, Any], canonical_form: CanonicalForm
) -> bytes:
    """As ``data_to_sign``, for a document that all verifiers have to read alike."""
    if canonical_form is not primary.canonical_form:
        refuse_unportable(unsecured)
        return data_to_sign(unsecured, options, canonical_form)
    prepared = primary.prepare(unsecured)
    prepared.refuse_unportable()
    return hash_of_options(unsecured, options, canonical_form) + _sha256(prepared.canonical_form())


def data_to_sign(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    canonical_form: CanonicalForm = primary.canonical_form,
) -> bytes:
    """The 64 bytes that are signed: the hash of the proof options, then the hash of the document.

    Args:
        document: with or without its ``proof``, which is left out.
        proof: the proof, with or without its ``proofValue``, which is left out.
        canonical_form: the canonicalization.
    """
    unsecured = without_proof(document)
    return hash_of_options(unsecured, proof, canonical_form) + _sha256(canonical_form(unsecured))


def hash_of_options(
    document: Mapping[str, Any], proof: Mapping[str, Any], canonical_form: CanonicalForm
) -> bytes:
    """SHA-256 of the canonical proof options.

    The document's contexts give the options their meaning, whatever the proof says of itself.
    """
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    options["@context"] = document.get("@context")
    return _sha256(canonical_form(options))


def without_proof(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document without its embedded proofs."""
    if "proof" not in document:
        return document
    return {name: value for name, value in document.items() if name != "proof"}


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def with_proof(document: Mapping[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with one more proof."""
    present = document.get("proof")
    if present is None:
        return {**document, "proof": dict(proof)}
    several = list(present) if isinstance(present, list) else [present]
    return {**document, "proof": [*several, dict(proof)]}
