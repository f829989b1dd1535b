"""What a verified badge says, ready to be shown; made by the verifier only, from the tree it checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from badges.instants import write_instant
from badges.model import CLOCK_HOURS, IdentityObject, OpenBadgeCredential, Profile, Result, ResultDescription

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class ResultClaim:
    """One result, with the names that its description gives it."""

    name: str
    result_type: str
    value: str | None
    level: str | None
    status: str | None


@dataclass(frozen=True)
class IdentityClaim:
    """That the badge is about somebody with an identifier of this type; a hashed one is not told."""

    identity_type: str
    hashed: bool
    value: str | None


@dataclass(frozen=True)
class EvidenceClaim:
    """A piece of evidence; its address is shown, never fetched."""

    id: str | None
    name: str | None
    narrative: str | None
    genre: str | None


@dataclass(frozen=True)
class Claims:
    """What the badge says.

    Attributes:
        credential_id: the badge's own identifier.
        achievement_id, name, description, criteria: the achievement; texts may be Markdown, unsanitized.
        issuer_id: who is proven to have signed.
        issuer_name, issuer_url: what the issuer calls itself; a claim, not a proof.
        subject_id: the recipient's identifier, if it has one.
        valid_from, valid_until, awarded, activity_start, activity_end: dates.
        credits: ``creditsEarned``.
        hours: clock hours, from the result of type ``ext:ClockHours``.
        license_number, role, term, narrative: further statements about the recipient.
        results, identities, evidence: see their classes.
    """

    credential_id: str
    achievement_id: str
    name: str
    description: str
    criteria: str | None
    issuer_id: str
    issuer_name: str | None
    issuer_url: str | None
    subject_id: str | None
    valid_from: datetime
    valid_until: datetime | None
    awarded: datetime | None
    activity_start: datetime | None
    activity_end: datetime | None
    credits: float | None
    hours: str | None
    license_number: str | None
    role: str | None
    term: str | None
    narrative: str | None
    results: tuple[ResultClaim, ...]
    identities: tuple[IdentityClaim, ...]
    evidence: tuple[EvidenceClaim, ...]

    def to_json(self) -> dict[str, Any]:
        """The claims as JSON, without those that are absent."""
        plain: dict[str, Any] = _plain(self)
        return plain


def claims_of(proven: Mapping[str, Any]) -> Claims:
    """The claims of a credential whose every check that they rest on has passed, from its JSON."""
    credential = OpenBadgeCredential.from_json(proven)
    subject = credential.credential_subject
    achievement = subject.achievement
    issuer = credential.issuer.id if isinstance(credential.issuer, Profile) else credential.issuer
    results = tuple(_result(result, achievement.result_description) for result in subject.result)
    return Claims(
        credential_id=credential.id,
        achievement_id=achievement.id,
        name=achievement.name,
        description=achievement.description,
        criteria=achievement.criteria.narrative or achievement.criteria.id,
        issuer_id=issuer,
        issuer_name=_said_of(issuer, "name", proven),
        issuer_url=_said_of(issuer, "url", proven),
        subject_id=subject.id,
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        awarded=credential.awarded_date,
        activity_start=subject.activity_start_date,
        activity_end=subject.activity_end_date,
        credits=subject.credits_earned,
        hours=next((result.value for result in results if result.result_type == CLOCK_HOURS), None),
        license_number=subject.license_number,
        role=subject.role,
        term=subject.term,
        narrative=subject.narrative,
        results=results,
        identities=tuple(_identity(identity) for identity in subject.identifier),
        evidence=tuple(EvidenceClaim(e.id, e.name, e.narrative, e.genre) for e in credential.evidence),
    )


def _said_of(node_id: str, name: str, value: Any) -> str | None:
    """What a badge says of a node, wherever it says so: the signature does not tell the places apart."""
    return " / ".join(sorted(set(_sayings(node_id, name, value)))) or None


def _sayings(node_id: str, name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("id") == node_id and isinstance(value.get(name), str):
            yield value[name]
        for key, inner in value.items():
            if key != "endorsement":
                yield from _sayings(node_id, name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _sayings(node_id, name, inner)


def _result(result: Result, descriptions: tuple[ResultDescription, ...]) -> ResultClaim:
    described = next((d for d in descriptions if d.id == result.result_description), None)
    if described is None:
        return ResultClaim("", "", result.value, None, result.status)
    levels = {level.id: level.name for level in described.rubric_criterion_level}
    level = levels.get(result.achieved_level or "")
    return ResultClaim(described.name, described.result_type, result.value, level, result.status)


def _identity(identity: IdentityObject) -> IdentityClaim:
    value = None if identity.hashed else identity.identity_hash
    return IdentityClaim(identity.identity_type, identity.hashed, value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, (Claims, ResultClaim, IdentityClaim, EvidenceClaim)):
        members = {known.name: getattr(value, known.name) for known in fields(value)}
        return {name: _plain(inner) for name, inner in members.items() if inner not in {None, ()}}
    return value
