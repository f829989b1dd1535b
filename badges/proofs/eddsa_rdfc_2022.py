"""Data Integrity proofs with the cryptosuite ``eddsa-rdfc-2022``.

W3C Data Integrity EdDSA Cryptosuites 1.0, section 3.2. What is signed is SHA-256 of the canonical proof
options followed by SHA-256 of the canonical document.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Protocol

from badges.canonical import primary
from badges.errors import ProofError
from badges.instants import write_instant
from badges.multibase import multibase_encode
from badges.proofs.portable import refuse_unportable

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
    refuse_unportable(document)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": write_instant(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    data = data_to_sign(document, options, canonical_form)
    if signer.algorithm != "Ed25519":
        raise ProofError("signer", f"{CRYPTOSUITE} needs an Ed25519 signer, not {signer.algorithm}")
    signature = signer.sign(data)
    if len(signature) != SIGNATURE_BYTES:
        raise ProofError(
            "signer", f"the signer returned {len(signature)} bytes in place of {SIGNATURE_BYTES}"
        )
    return with_proof(document, {**options, "proofValue": multibase_encode(signature)})


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
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    # The document's contexts give the options their meaning, whatever the proof says of itself.
    options["@context"] = document.get("@context")
    options_hash = hashlib.sha256(canonical_form(options)).digest()
    return options_hash + hashlib.sha256(canonical_form(unsecured)).digest()


def with_proof(document: Mapping[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with one more proof."""
    present = document.get("proof")
    if present is None:
        return {**document, "proof": dict(proof)}
    several = list(present) if isinstance(present, list) else [present]
    return {**document, "proof": [*several, dict(proof)]}
