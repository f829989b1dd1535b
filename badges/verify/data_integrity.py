"""Verify one embedded Data Integrity proof: options, key, signature (VC Data Integrity 1.0, section 4.3)."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from badges.errors import BadgeError, DidSyntaxError, KeyFormatError, ModelError
from badges.instants import read_instant
from badges.keys import verify_signature
from badges.multibase import multibase_decode
from badges.proofs import ecdsa_sd_2023
from badges.proofs.eddsa_rdfc_2022 import SIGNATURE_BYTES, hash_of_options
from badges.verify.resolution import MissingError, Resolver, controller_of
from badges.verify.verdicts import ProofFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from badges.did import VerificationMethod
    from badges.keys import PublicKey
    from badges.proofs.eddsa_rdfc_2022 import CanonicalForm

# Clocks differ; a proof may seem to come from this far in the future.
CLOCK_LEEWAY = timedelta(seconds=60)
# (type, cryptosuite) of proofs that are read. All but the last sign SHA-256(options) + SHA-256(document) with
# Ed25519.
_SUITES = frozenset(
    {
        ("DataIntegrityProof", "eddsa-rdfc-2022"),
        ("DataIntegrityProof", "eddsa-2022"),
        ("Ed25519Signature2020", None),
        ("DataIntegrityProof", ecdsa_sd_2023.CRYPTOSUITE),
    }
)


def verify_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    issuer: str,
    resolver: Resolver,
    now: datetime,
    canonical_form: CanonicalForm,
    *,
    earlier: Sequence[Mapping[str, Any]] = (),
    purpose: str = "assertionMethod",
) -> str:
    """Verify one proof and return the id of the key that made it.

    Args:
        document: the document without its proofs.
        proof: the proof.
        issuer: whose key it has to be.
        resolver: gets key documents.
        now: the moment of asking.
        canonical_form: the canonicalization.
        earlier: the proofs that ``previousProof`` names; they are part of what is signed.
        purpose: what the proof has to be made for.

    Raises:
        ProofFault: it does not hold, is not the issuer's, or could not be checked.
    """
    created = _check_options(proof, now, purpose)
    method = _issuers_method(proof, issuer, resolver)
    _check_key_in_force(method, created, now)
    try:
        signed_document = {**document, "proof": list(earlier)} if earlier else document
        holds = _holds(signed_document, proof, method.public_key(), canonical_form)
    except BadgeError as fault:
        raise ProofFault.of_proof(fault.code, fault.message, path=fault.path) from fault
    if not holds:
        raise ProofFault.of_proof("signature", "the signature does not fit the data and the key")
    return method.id


def _holds(
    document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonical_form: CanonicalForm
) -> bool:
    value = str(proof.get("proofValue", ""))
    if proof.get("cryptosuite") == ecdsa_sd_2023.CRYPTOSUITE:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        options_hash = hash_of_options(document, proof, canonical_form)
        return ecdsa_sd_2023.verify(canonical_form(document), options_hash, value, key)
    signature = multibase_decode(value)
    if not isinstance(key, Ed25519PublicKey) or len(signature) != SIGNATURE_BYTES:
        return False
    options_hash = hash_of_options(document, proof, canonical_form)
    return verify_signature(
        key, "Ed25519", signature, options_hash + sha256(canonical_form(document)).digest()
    )


def _check_options(proof: Mapping[str, Any], now: datetime, purpose: str) -> datetime | None:
    suite = (proof.get("type"), proof.get("cryptosuite"))
    if not all(isinstance(word, str | None) for word in suite):
        raise ProofFault.of_proof("proof_malformed", "the proof's type or cryptosuite is not one text")
    if suite not in _SUITES:
        name = str(suite[1] or suite[0])[:60]
        raise ProofFault.of_proof(
            "cryptosuite_unknown", f"proofs of the kind {name} are not read", unsupported=True
        )
    if proof.get("proofPurpose") != purpose:
        raise ProofFault.of_proof("proof_purpose", "the proof was not made to issue a credential")
    if purpose == "assertionMethod" and ("domain" in proof or "challenge" in proof):
        raise ProofFault.undecided("proof_bound_elsewhere", "the proof was made for one recipient only")
    try:
        return _check_dates(proof, now)
    except ModelError as fault:
        raise ProofFault.of_proof("proof_date", fault.message) from fault


def _check_dates(proof: Mapping[str, Any], now: datetime) -> datetime | None:
    created = read_instant(proof["created"]) if "created" in proof else None
    if created is not None and created > now + CLOCK_LEEWAY:
        raise ProofFault.of_proof("proof_from_future", "the proof says that it was made in the future")
    if "expires" in proof and read_instant(proof["expires"]) <= now:
        raise ProofFault.of_proof("proof_expired", "the proof has expired")
    return created


def _issuers_method(proof: Mapping[str, Any], issuer: str, resolver: Resolver) -> VerificationMethod:
    method_id = proof.get("verificationMethod")
    if not isinstance(method_id, str):
        raise ProofFault.of_proof("verification_method", "the proof names no key")
    return issuers_method(method_id, issuer, resolver)


def issuers_method(method_id: str, issuer: str, resolver: Resolver) -> VerificationMethod:
    """The issuer's key with this id, out of the issuer's own document.

    Raises:
        ProofFault: it is another's key, is not in the document or not for credentials, or cannot be had.
    """
    try:
        if controller_of(method_id) != issuer:
            raise ProofFault.of_binding(
                "issuer_mismatch", f"the key {method_id[:200]} is not one of {issuer[:200]}"
            )
        method = resolver.key_document(issuer).assertion_method(method_id)
    except MissingError as missing:
        raise ProofFault.of_missing(missing) from missing
    except (DidSyntaxError, KeyFormatError) as fault:
        raise ProofFault.of_binding(fault.code, fault.message) from fault
    except BadgeError as fault:
        raise ProofFault.of_binding("key_document", f"the issuer's key document: {fault.message}") from fault
    if method.controller != issuer:
        raise ProofFault.of_binding("controller_mismatch", "the key says that it belongs to somebody else")
    return method


def _check_key_in_force(method: VerificationMethod, created: datetime | None, now: datetime) -> None:
    try:
        revoked = "revoked" in method.source and read_instant(method.source["revoked"]) <= now
        expired = "expires" in method.source and read_instant(method.source["expires"]) <= (created or now)
    except ModelError as fault:
        raise ProofFault.of_binding("key_document", fault.message) from fault
    if revoked:
        raise ProofFault.of_binding("key_revoked", "the issuer has withdrawn this key")
    if expired:
        raise ProofFault.of_binding("key_expired", "the key had expired when the proof was made")
