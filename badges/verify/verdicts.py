"""How a proof's fault is divided between check 9 (the signature) and check 10 (whose key it is)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from badges.verify.findings import failed, not_reached, passed, unknown

if TYPE_CHECKING:
    from badges.report import Check
    from badges.verify.resolution import MissingError


class ProofFault(Exception):
    """A proof that did not pass, as the two checks that say so."""

    def __init__(self, proof: Check, binding: Check) -> None:
        super().__init__(proof.code, binding.code)
        self.proof = proof
        self.binding = binding

    def checks(self) -> tuple[Check, Check]:
        """Check 9 and check 10."""
        return self.proof, self.binding

    @classmethod
    def of_proof(
        cls, code: str, reason: str, *, path: str = "$.proof", unsupported: bool = False
    ) -> ProofFault:
        """The signature itself fails; whose key it is does not matter any more."""
        return cls(
            failed("proof", code, reason, path=path, unsupported=unsupported), not_reached("issuer_binding")
        )

    @classmethod
    def of_binding(cls, code: str, reason: str) -> ProofFault:
        """The key is not the issuer's, so the signature was not even looked at."""
        return cls(not_reached("proof"), failed("issuer_binding", code, reason, path="$.issuer"))

    @classmethod
    def of_unbound_key(cls, reason: str) -> ProofFault:
        """The signature fits a key that nobody ties to the issuer."""
        return cls(passed("proof"), unknown("issuer_binding", "key_not_bound", reason, path="$.issuer"))

    @classmethod
    def of_missing(cls, missing: MissingError) -> ProofFault:
        """The key could not be had."""
        evidence = {"missing": missing.url}
        return cls(
            unknown("proof", missing.code, missing.reason, path="$.proof", **evidence),
            unknown("issuer_binding", missing.code, missing.reason, path="$.issuer", **evidence),
        )

    @classmethod
    def undecided(cls, code: str, reason: str) -> ProofFault:
        """Something about the proof cannot be judged here."""
        return cls(unknown("proof", code, reason, path="$.proof"), not_reached("issuer_binding"))
