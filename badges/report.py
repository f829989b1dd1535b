"""What a verification says: sixteen numbered checks, one verdict, and never a bare yes or no.

The numbers are the same in the code, in the report, in the documentation and in the names of the tests.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from badges.claims import Claims, claims_of
from badges.errors import CredentialRejectedError
from badges.instants import write_instant
from badges.sentences import CHECK_NAMES, sentence_for, verdict_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from badges.sentences import Language


class Outcome(StrEnum):
    """How one check came out."""

    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_CHECK = "could_not_check"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What all checks together mean."""

    VALID = "valid"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_RECIPIENT = "wrong-recipient"
    COULD_NOT_CHECK = "could-not-check"
    ISSUER_UNKNOWN = "issuer-unknown"


# Failures that say something else than "this badge is not genuine", the graver first.
_OWN_VERDICTS = {
    "revoked": Verdict.REVOKED,
    "suspended": Verdict.SUSPENDED,
    "expired": Verdict.EXPIRED,
    "not_yet_valid": Verdict.NOT_YET_VALID,
    "recipient_does_not_match": Verdict.WRONG_RECIPIENT,
    "issuer_not_trusted": Verdict.ISSUER_UNKNOWN,
}
# Not checked because the key could not be tied to the issuer: the signature may be fine, the issuer is not
# known.
_ISSUER_UNKNOWN_CODES = frozenset({"key_not_bound"})
# Endorsements are other people's words; they are shown with their own results and decide nothing.
_INFORMATIVE = frozenset({"endorsements", "refresh"})
# Doubt that is told and decides nothing: a badge is not worse for telling what its evidence was.
_HARMLESS_DOUBT = frozenset({"digest_not_compared"})


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered check.

    Attributes:
        name: as in ``CHECK_NAMES``.
        outcome: passed, failed, could not check, or not applicable.
        code: a stable word for what was found.
        path: where in the credential, JSONPath-like.
        evidence: what was looked at, as short texts.
        unsupported: a failure of ours to support something, not a fault of the badge.
    """

    name: str
    outcome: Outcome
    code: str
    path: str = "$"
    evidence: Mapping[str, str] = field(default_factory=dict)
    unsupported: bool = False

    @property
    def number(self) -> int:
        """1 to 16."""
        return CHECK_NAMES.index(self.name) + 1

    def sentence(self, language: Language = "en") -> str:
        """What was found, for people."""
        return sentence_for(self.name, self.outcome.value, self.code, self.evidence, language)

    def to_json(self) -> dict[str, Any]:
        """The check as JSON, with both sentences."""
        return {
            "number": self.number,
            "name": self.name,
            "outcome": self.outcome.value,
            "code": self.code,
            "path": self.path,
            "evidence": dict(self.evidence),
            "sentence": {"en": self.sentence("en"), "es": self.sentence("es")},
        }


@dataclass(frozen=True)
class VerificationReport:
    """The outcome of all checks on one badge.

    Attributes:
        checks: all sixteen, in order.
        form: ``json``, ``jwt``, either of them after ``png+`` or ``svg+``, ``png+2.0`` or ``svg+2.0`` for an
            Open Badge 2.0 in a picture, or ``unknown``.
        checked_at: the moment that the verification was asked for.
        proven: the tree that was checked, in the words of VC 2.0; None unless the proof held.
    """

    checks: tuple[Check, ...]
    form: str
    checked_at: datetime
    proven: Mapping[str, Any] | None = field(repr=False)

    @functools.cached_property
    def claims(self) -> Claims | None:
        """What the badge says, taken from the tree that was checked; None unless the proof held."""
        return None if self.proven is None else claims_of(self.proven)

    def check(self, name: str) -> Check:
        """The check of this name."""
        return self.checks[CHECK_NAMES.index(name)]

    @property
    def verdict(self) -> Verdict:
        """What the checks mean together."""
        deciding = [check for check in self.checks if check.name not in _INFORMATIVE]
        failed = [check for check in deciding if check.outcome is Outcome.FAILED]
        if failed:
            return _verdict_of_failures(failed)
        unknown = [
            check
            for check in deciding
            if check.outcome is Outcome.COULD_NOT_CHECK and check.code not in _HARMLESS_DOUBT
        ]
        if unknown and all(check.code in _ISSUER_UNKNOWN_CODES for check in unknown):
            return Verdict.ISSUER_UNKNOWN
        return Verdict.COULD_NOT_CHECK if unknown else Verdict.VALID

    @property
    def missing(self) -> tuple[str, ...]:
        """What would be needed to check what could not be checked: addresses, or a trusted issuer."""
        return tuple(
            dict.fromkeys(check.evidence["missing"] for check in self.checks if "missing" in check.evidence)
        )

    @property
    def unreadable(self) -> bool:
        """Whether nothing could be read as a badge at all: ``invalid``, but nothing to call false."""
        return self.check("parse").outcome is Outcome.FAILED

    def sentence(self, language: Language = "en") -> str:
        """The verdict, for people."""
        return verdict_sentence("unreadable" if self.unreadable else self.verdict.value, language)

    def require_valid(self) -> None:
        """Raise unless the verdict is ``valid``.

        Raises:
            CredentialRejectedError: with this report.
        """
        if self.verdict is not Verdict.VALID:
            raise CredentialRejectedError(self.verdict.value, self.sentence(), report=self)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "verdict": self.verdict.value,
            "sentence": {"en": self.sentence("en"), "es": self.sentence("es")},
            "form": self.form,
            "checkedAt": write_instant(self.checked_at),
            "missing": list(self.missing),
            "checks": [check.to_json() for check in self.checks],
            "claims": self.claims.to_json() if self.claims else None,
        }


def _verdict_of_failures(failed: list[Check]) -> Verdict:
    codes = {check.code for check in failed}
    if codes <= _OWN_VERDICTS.keys():
        return next(verdict for code, verdict in _OWN_VERDICTS.items() if code in codes)
    broken = [check for check in failed if check.code not in _OWN_VERDICTS]
    return Verdict.UNSUPPORTED if all(check.unsupported for check in broken) else Verdict.INVALID
