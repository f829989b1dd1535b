"""The entrance: runs the sixteen checks in order and makes the report.

A check that does not pass stops the ones that rest on it; they are reported as not reached. Claims come only
from a tree whose shape, terms, model and signature have all been checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from badges.canonical import primary
from badges.claims import claims_of
from badges.model import Profile
from badges.report import Check, Outcome, VerificationReport
from badges.sentences import CHECK_NAMES
from badges.verify import structure
from badges.verify.data_integrity import CLOCK_LEEWAY
from badges.verify.endorsing import check_endorsements
from badges.verify.findings import StoppedError, failed, not_applicable, not_reached, passed, unknown
from badges.verify.intake import Intake, take_in
from badges.verify.recipient import Recipient, check_recipient
from badges.verify.resolution import Resolver
from badges.verify.signatures import Secured, check_signatures
from badges.verify.standing import StatusQuestion, check_status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from badges.documents import Fetcher
    from badges.model import OpenBadgeCredential
    from badges.policy import Policy
    from badges.proofs.eddsa_rdfc_2022 import CanonicalForm


def verify(
    source: bytes | str,
    *,
    policy: Policy,
    now: datetime,
    fetcher: Fetcher | None = None,
    recipient: Recipient | Sequence[Recipient] | None = None,
    canonical_form: CanonicalForm = primary.canonical_form,
) -> VerificationReport:
    """Verify a badge.

    Args:
        source: JSON, a compact JWS, a PNG or an SVG.
        policy: whom to trust; an empty one refuses.
        now: the moment for which the question is asked, with a time zone.
        fetcher: gets DID documents, keys and status lists; without one, what needs them could not be checked.
        recipient: identifiers that somebody typed, to be compared with those in the badge.
        canonical_form: the canonicalization; ``second_path.canonical_form`` gives an independent second
            opinion.

    Returns:
        the report; whatever the source holds, no error is raised for it.

    Raises:
        PolicyIsEmptyError: the policy has no rule.
    """
    policy.require_rules()
    asked = (recipient,) if isinstance(recipient, Recipient) else tuple(recipient or ())
    run = _Run(policy, now, Resolver(fetcher), asked, canonical_form)
    try:
        run.go(source)
    except StoppedError as stopped:
        run.note(stopped.check)
    return run.report()


@dataclass
class _Run:
    policy: Policy
    now: datetime
    resolver: Resolver
    recipients: Sequence[Recipient]
    canonical_form: CanonicalForm
    checks: dict[str, Check] = field(default_factory=dict)
    form: str = "unknown"
    credential: OpenBadgeCredential | None = None

    def note(self, check: Check) -> Check:
        self.checks[check.name] = check
        return check

    def go(self, source: bytes | str) -> None:
        # (1) parse
        intake = take_in(source)
        self.form = intake.form
        self.note(passed("parse", form=intake.form))
        credential = self.check_structure(intake)
        issuer = credential.issuer.id if isinstance(credential.issuer, Profile) else credential.issuer
        # (9) proof, (10) issuer binding
        secured = Secured(intake.document, intake.token, issuer)
        proof, binding = check_signatures(secured, self.resolver, self.now, self.canonical_form)
        self.note(proof)
        self.note(binding)
        if proof.outcome is Outcome.PASSED and binding.outcome is not Outcome.FAILED:
            self.credential = credential
        # (11) issuer trust, (12) refresh
        self.note(self.check_trust(issuer, binding))
        self.note(_check_refresh(credential))
        # (13) status
        question = StatusQuestion(credential, self.resolver, self.now, self.canonical_form)
        if binding.outcome is not Outcome.FAILED:
            self.note(check_status(question))
        # (14) dates, (15) recipient, (16) endorsements
        self.note(check_dates(credential, self.now))
        self.note(check_recipient(credential.credential_subject, self.recipients))
        self.note(check_endorsements(intake.document, question))

    def check_structure(self, intake: Intake) -> OpenBadgeCredential:
        document: Any = intake.document
        # An Open Badges 2.0 assertion is named for what it is before its contexts are held against it.
        if structure.is_second_generation(document, intake.generation):
            structure.check_type(document, intake.generation)
        # (2) shape, (3) context, (4) type
        self.note(structure.check_shape(document))
        self.note(structure.check_type(document, intake.generation))
        self.note(structure.check_context(document))
        # (5) schema
        check, credential = structure.check_schema(document)
        self.note(check)
        # (6) subject, (7) evidence, (8) issuer
        self.note(structure.check_subject(credential))
        self.note(structure.check_evidence(credential))
        self.note(structure.check_issuer(credential, document))
        return credential

    def check_trust(self, issuer: str, binding: Check) -> Check:
        if binding.code == "key_not_bound":
            return unknown("issuer_trust", binding.code, "nobody knows who holds the key", issuer=issuer)
        if binding.outcome is not Outcome.PASSED:
            return not_reached("issuer_trust")
        code = self.policy.trusts(issuer)
        if code is None:
            reason = "the issuer is not among those that are trusted here"
            return failed(
                "issuer_trust", "issuer_not_trusted", reason, issuer=issuer, missing=f"trust in {issuer}"
            )
        return passed("issuer_trust", code, issuer=issuer)

    def report(self) -> VerificationReport:
        checks = tuple(self.checks.get(name) or not_reached(name) for name in CHECK_NAMES)
        claims = claims_of(self.credential) if self.credential else None
        return VerificationReport(checks, self.form, self.now, claims)


def _check_refresh(credential: OpenBadgeCredential) -> Check:
    if credential.refresh_service is None:
        return not_applicable("refresh")
    address = credential.refresh_service.id
    return unknown("refresh", "refresh_not_followed", "a newer copy was not asked for", address=address)


def check_dates(credential: OpenBadgeCredential, now: datetime) -> Check:
    """Check 14: in force at that moment."""
    starts, ends = credential.valid_from, credential.valid_until
    if ends is not None and ends <= starts:
        return failed("dates", "dates_contradict", "it ends before it begins", path="$.validUntil")
    if starts > now + CLOCK_LEEWAY:
        since = starts.date().isoformat()
        return Check("dates", Outcome.FAILED, "not_yet_valid", "$.validFrom", {"from": since})
    if ends is not None and ends < now:
        return Check("dates", Outcome.FAILED, "expired", "$.validUntil", {"until": ends.date().isoformat()})
    return passed("dates")
