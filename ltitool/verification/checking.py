"""Check one badge: the library's sixteen checks, and what a person wants to read from them."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from badges.documents import Fetcher
from badges.errors import BadgeError
from badges.model import CLOCK_HOURS, IdentityObject, OpenBadgeCredential
from badges.policy import Policy
from badges.report import Outcome, VerificationReport
from badges.verify import Recipient, verify
from badges.verify.findings import StoppedError
from badges.verify.intake import take_in
from badges.verify.structure import in_current_words
from ltitool.credentials.document import HOURS_BY_KIND
from ltitool.verification.effort import BoundedEffort
from ltitool.verification.rigor import Rigor, rigor_of


class PersonMatch(StrEnum):
    """Whether the badge is about whom somebody named."""

    NOT_ASKED = "not-asked"
    MATCHES = "matches"
    DIFFERS = "does-not-match"
    NOTHING_TO_COMPARE = "nothing-to-compare"
    NOT_COMPARED = "not-compared"  # the badge itself did not pass


@dataclass(frozen=True)
class HoursFact:
    """One figure of clock hours that the badge states."""

    name: str
    hours: str
    is_total: bool


@dataclass(frozen=True)
class Answer:
    """Everything that the page says. What was typed is not in it."""

    report: VerificationReport
    person: PersonMatch
    hours: tuple[HoursFact, ...]
    rigor: Rigor | None

    @property
    def is_of_newer_copy(self) -> bool:
        """Whether the issuer's newer copy was checked in place of what was handed in."""
        return self.report.check("refresh").outcome is Outcome.PASSED

    def to_json(self) -> dict[str, Any]:
        """The library's report with the answer about the person, the hours and the criteria beside it."""
        return {
            **self.report.to_json(),
            "person": self.person.value,
            "hours": [{"name": one.name, "hours": one.hours} for one in self.hours],
            "criteria": _criteria_json(self.rigor),
        }


def check_badge(content: bytes, typed: str, *, policy: Policy, fetcher: Fetcher, now: datetime) -> Answer:
    """Check a badge in any form, and whether it is about whom somebody typed ("" asks nothing)."""
    identities = _identities(_document(content))
    recipient = Recipient(typed, spellings=_spellings(typed)) if typed and identities else None
    report = verify(
        content,
        policy=policy,
        fetcher=fetcher,
        recipient=recipient,
        now=now,
        canonical_form=BoundedEffort(),
    )
    return Answer(
        report=report,
        person=_person(typed, identities, report),
        hours=tuple(_hours(report)),
        rigor=_rigor(report.proven) if report.proven is not None else None,
    )


def _document(content: bytes) -> dict[str, Any]:
    """Read the credential as the library does; what it refuses is empty here, and named by its report."""
    try:
        return dict(in_current_words(take_in(content).document))
    except StoppedError:
        return {}


def _identities(document: dict[str, Any]) -> Sequence[IdentityObject]:
    subject = document.get("credentialSubject")
    entries = subject.get("identifier", []) if isinstance(subject, dict) else []
    try:
        return [
            IdentityObject.from_json(one) for one in (entries if isinstance(entries, list) else [entries])
        ]
    except BadgeError:
        return []


def _spellings(typed: str) -> tuple[str, ...]:
    """Give the ways in which a badge may hold what was typed: people type in haste."""
    tidy = " ".join(unicodedata.normalize("NFC", typed).split())
    return tidy, tidy.lower(), tidy.upper(), tidy.title()


def _person(typed: str, identities: Sequence[IdentityObject], report: VerificationReport) -> PersonMatch:
    if not typed:
        return PersonMatch.NOT_ASKED
    if report.claims is None:
        return PersonMatch.NOT_COMPARED
    if not identities:
        return PersonMatch.NOTHING_TO_COMPARE
    passed = report.check("recipient").outcome is Outcome.PASSED
    return PersonMatch.MATCHES if passed else PersonMatch.DIFFERS


def _hours(report: VerificationReport) -> Iterator[HoursFact]:
    for result in report.claims.results if report.claims else ():
        if result.result_type in {CLOCK_HOURS, HOURS_BY_KIND} and result.value is not None:
            yield HoursFact(result.name, result.value, result.result_type == CLOCK_HOURS)


def _rigor(document: Mapping[str, Any]) -> Rigor | None:
    return rigor_of(OpenBadgeCredential.from_json(document))


def _criteria_json(rigor: Rigor | None) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "level": one.level, "required": one.required, "met": one.met}
        for one in (rigor.criteria if rigor else ())
    ]
