"""Checks 9 and 10: the signatures hold, and the keys that made them belong to the issuer."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from badges.errors import BadgeError
from badges.proofs.eddsa_rdfc_2022 import without_proof
from badges.verify import data_integrity, envelope
from badges.verify.findings import failed, not_reached, passed
from badges.verify.verdicts import ProofFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from badges.proofs.eddsa_rdfc_2022 import CanonicalForm
    from badges.proofs.vc_jwt import OpenedToken
    from badges.report import Check
    from badges.verify.resolution import Resolver

# Proofs on one credential; more is a way to make verifiers work.
MAX_PROOFS = 4


@dataclass(frozen=True)
class Secured:
    """A credential with whatever secures it.

    Attributes:
        document: the credential, its embedded proofs included.
        token: the JWT around it, if there is one.
        issuer: the issuer's identifier, from the document.
        unsecured: the credential without its embedded proofs.
    """

    document: Mapping[str, Any]
    token: OpenedToken | None
    issuer: str
    unsecured: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any], token: OpenedToken | None, issuer: str) -> Secured:
        """With the document's proofs taken off."""
        return cls(document, token, issuer, without_proof(document))


def check_signatures(
    secured: Secured, resolver: Resolver, now: datetime, canonical_form: CanonicalForm
) -> tuple[Check, Check]:
    """Checks 9 (proof) and 10 (issuer binding): every proof there is must hold.

    Returns:
        the proof check and the issuer binding check.
    """
    attempts: list[Callable[[], str]] = []
    if secured.token is not None:
        token = secured.token
        attempts.append(lambda: envelope.verify_token(token, secured.document, secured.issuer, resolver))
    try:
        proofs = embedded_proofs(secured.document)
        for proof in proofs:
            earlier = earlier_proofs(proof, proofs)
            attempts.append(
                functools.partial(
                    data_integrity.verify_proof,
                    secured.unsecured,
                    proof,
                    secured.issuer,
                    resolver,
                    now,
                    canonical_form,
                    earlier=earlier,
                )
            )
        if not attempts:
            raise ProofFault.of_proof("unsigned", "the credential carries no signature", path="$.proof")
        methods = [attempt() for attempt in attempts]
    except ProofFault as fault:
        return fault.checks()
    except BadgeError as fault:
        return failed("proof", fault.code, fault.message, path=fault.path), not_reached("issuer_binding")
    return passed("proof", count=str(len(methods))), passed("issuer_binding", key=" ".join(methods))


def earlier_proofs(proof: Mapping[str, Any], proofs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The proofs that ``previousProof`` names (VC Data Integrity 1.0, section 4.3).

    Raises:
        ProofFault: one of them is not there.
    """
    named = proof.get("previousProof", [])
    names = named if isinstance(named, list) else [named]
    found = [other for other in proofs if "id" in other and other["id"] in names]
    if len(found) != len(names):
        raise ProofFault.of_proof("proof_chain", "an earlier proof that this one rests on is not there")
    return found


def embedded_proofs(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The Data Integrity proofs of a document.

    Raises:
        ProofFault: one is no object, or there are too many.
    """
    present = document.get("proof", [])
    proofs = present if isinstance(present, list) else [present]
    if len(proofs) > MAX_PROOFS:
        raise ProofFault.of_proof("too_many_proofs", f"{len(proofs)} proofs, the limit is {MAX_PROOFS}")
    for proof in proofs:
        if not isinstance(proof, dict):
            raise ProofFault.of_proof("proof_malformed", "a proof is no object", path="$.proof")
    return proofs
