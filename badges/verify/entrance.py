"""The entrance: runs the sixteen checks in order and makes the report.

A check that does not pass stops the ones that rest on it; they are reported as not reached. Claims come only
from a tree whose shape, terms, model and signature have all been checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from badges.canonical import primary
from badges.canonical.pinned import pinned_contexts
from badges.instants import require_zone
from badges.proofs.eddsa_rdfc_2022 import without_proof
from badges.report import Check, Outcome, VerificationReport
from badges.sentences import CHECK_NAMES
from badges.verify import refreshing, structure
from badges.verify.citations import CITING, check_citation_forms, compare_citations
from badges.verify.data_integrity import CLOCK_LEEWAY
from badges.verify.endorsing import check_endorsements
from badges.verify.familiar import FamiliarShapes
from badges.verify.findings import StoppedError, failed, not_applicable, not_reached, passed, unknown
from badges.verify.intake import Intake, take_in
from badges.verify.recipient import Recipient, check_recipient
from badges.verify.resolution import MissingError, Resolver
from badges.verify.signatures import Secured, check_signatures
from badges.verify.standing import StatusQuestion, check_status
from badges.verify.view import BadgeView
from badges.verify.vocabularies import check_exact_contexts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from badges.canonical.primary import Prepared
    from badges.documents import Fetcher
    from badges.policy import Policy
    from badges.proofs.eddsa_rdfc_2022 import CanonicalForm

_FAMILIAR = FamiliarShapes()
_ENDORSING = frozenset({"endorsement", "endorsementJwt"})


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
        policy: whom to trust, and where a newer copy may be asked for; one without a rule refuses.
        now: the moment for which the question is asked, with a time zone.
        fetcher: gets DID documents, keys and status lists, and a newer copy where the policy allows; without
            one, what needs them could not be checked.
        recipient: identifiers that somebody typed, to be compared with those in the badge.
        canonical_form: the canonicalization; ``second_path.canonical_form`` gives an independent second
            opinion.

    Returns:
        the report; whatever the source holds, no error is raised for it.

    Raises:
        PolicyIsEmptyError: the policy has no rule.
        ModelError: ``instant``: ``now`` has no time zone.
        ContextError: ``context_missing`` or ``context_altered``: this installation cannot verify anything.
    """
    policy.require_rules()
    require_zone(now)
    pinned_contexts()
    asked = (recipient,) if isinstance(recipient, Recipient) else tuple(recipient or ())
    run = _Run(policy, now, Resolver(fetcher), asked, canonical_form)
    try:
        run.go(source)
    except StoppedError as stopped:
        run.note(stopped.check)
    return run.report()


@dataclass(frozen=True, slots=True)
class Examined:
    """A badge as it was taken in, taken apart, and read."""

    intake: Intake
    prepared: Prepared
    badge: BadgeView


@dataclass
class _Run:
    policy: Policy
    now: datetime
    resolver: Resolver
    recipients: Sequence[Recipient]
    canonical_form: CanonicalForm
    checks: dict[str, Check] = field(default_factory=dict)
    form: str = "unknown"
    proven: Mapping[str, Any] | None = None

    def note(self, check: Check) -> Check:
        self.checks[check.name] = check
        return check

    def go(self, source: bytes | str) -> None:
        self.conclude(self.refreshed(self.examine(source)))

    def examine(self, source: bytes | str) -> Examined:
        """Checks 1 to 11: all that can be said of a badge without asking what became of it since."""
        # (1) parse
        intake = take_in(source)
        self.form = intake.form
        self.note(passed("parse", form=intake.form))
        prepared = self.check_structure(intake)
        badge = BadgeView(structure.in_current_words(intake.document))
        # (6) subject, (7) evidence, (8) issuer
        self.note(structure.check_subject(badge))
        self.note(structure.check_evidence(badge))
        if not CITING.isdisjoint(prepared.shape.names):
            check_citation_forms(badge)
        self.note(structure.check_issuer(badge))
        # (9) proof, (10) issuer binding
        issuer = badge.issuer_id
        secured = Secured(intake.document, intake.token, issuer, prepared.document)
        form = self.form_with(prepared)
        proof, binding = check_signatures(secured, self.resolver, self.now, form)
        self.note(proof)
        self.note(binding)
        if proof.outcome is Outcome.PASSED and binding.outcome is not Outcome.FAILED:
            self.proven = badge.json
        # (11) issuer trust
        self.note(self.check_trust(issuer, binding))
        return Examined(intake, prepared, badge)

    def refreshed(self, original: Examined) -> Examined:
        """(12) refresh: the newer copy if there is one that may stand in, else the original."""
        proven = self.checks["issuer_binding"].outcome is self.checks["proof"].outcome is Outcome.PASSED
        reason = refreshing.reason_not_to_ask(original.badge, self.policy.refresh, proven=proven)
        if reason is not None:
            self.note(reason)
            return original
        url = original.badge.json["refreshService"]["id"]
        try:
            content = self.resolver.fetch(url).content
        except MissingError as missing:
            self.note(unknown("refresh", "refresh_not_had", missing.reason, address=url))
            return original
        copy = _Run(self.policy, self.now, self.resolver, self.recipients, self.canonical_form)
        newer = copy.examine_or_stop(content)
        found = self.note(refreshing.judge(original.badge, copy.proven, copy.checks.values(), url))
        if newer is None or found.outcome is not Outcome.PASSED:
            return original
        self.checks = {**copy.checks, "refresh": found}
        self.proven = copy.proven
        return newer

    def examine_or_stop(self, source: bytes | str) -> Examined | None:
        """The examined badge, or None when a check stopped the others."""
        try:
            return self.examine(source)
        except StoppedError as stopped:
            self.note(stopped.check)
            return None

    def conclude(self, examined: Examined) -> None:
        """Checks 13 to 16, of the badge that stands after check 12.

        Of a badge whose proof failed nothing more is said, and nothing is asked: its addresses are a
        stranger's.
        """
        if Outcome.FAILED in {self.checks[name].outcome for name in ("proof", "issuer_binding")}:
            return
        badge = examined.badge
        # (7) evidence, its contents: nothing was asked for before the proof held
        if self.proven is not None and not CITING.isdisjoint(examined.prepared.shape.names):
            self.note(compare_citations(badge, self.resolver, may_ask=self.policy.compare_cited))
        # (13) status
        question = StatusQuestion(badge, self.resolver, self.now, self.canonical_form)
        self.note(check_status(question))
        # (14) dates, (15) recipient, (16) endorsements
        self.note(check_dates(badge, self.now))
        self.note(check_recipient(badge, self.recipients))
        if _ENDORSING.isdisjoint(examined.prepared.shape.names):
            self.note(not_applicable("endorsements"))
        else:
            self.note(check_endorsements(examined.intake.document, question))

    def check_structure(self, intake: Intake) -> Prepared:
        document: Any = intake.document
        # An Open Badges 2.0 assertion is named for what it is before its contexts are held against it.
        if structure.is_second_generation(document, intake.generation):
            structure.check_type(document, intake.generation)
        prepared = structure.prepared_if_sound(document)
        known = _FAMILIAR.checks_of(prepared) if prepared else None
        # (2) shape, (3) context, (4) type, (5) schema
        if known is not None:
            for check in known:
                self.note(check)
        else:
            # A proof is no part of the shape: it is guarded by itself when its options are canonicalized.
            self.note(structure.check_shape(without_proof(document)))
            self.note(structure.check_type(document, intake.generation))
            self.note(structure.check_context(document))
            self.note(structure.check_schema(document))
        if intake.token is None:
            check_exact_contexts(document)
        prepared = prepared or primary.prepare(without_proof(document))
        if known is None:
            structure.check_single_description(prepared)
            _FAMILIAR.learn(prepared, [self.checks[name] for name in CHECK_NAMES[1:5]])
        return prepared

    def form_with(self, prepared: Prepared) -> CanonicalForm:
        """The canonicalization, which uses what is already known of the badge itself."""
        if self.canonical_form is not primary.canonical_form:
            return self.canonical_form

        def canonical_form(document: Mapping[str, Any]) -> bytes:
            if document is prepared.document:
                return prepared.canonical_form()
            return primary.canonical_form(document)

        return canonical_form

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
        return VerificationReport(checks, self.form, self.now, self.proven)


def check_dates(badge: BadgeView, now: datetime) -> Check:
    """Check 14: in force at that moment."""
    starts, ends = badge.valid_from, badge.valid_until
    if ends is not None and ends <= starts:
        return failed("dates", "dates_contradict", "it ends before it begins", path="$.validUntil")
    if starts > now + CLOCK_LEEWAY:
        since = starts.date().isoformat()
        return Check("dates", Outcome.FAILED, "not_yet_valid", "$.validFrom", {"from": since})
    if ends is not None and ends < now:
        return Check("dates", Outcome.FAILED, "expired", "$.validUntil", {"until": ends.date().isoformat()})
    return passed("dates")
