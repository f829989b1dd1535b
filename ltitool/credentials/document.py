"""The credential's document: what the records say, in the words of Open Badges 3.0.

Nothing here is a constant of ours: hours are the ledger's sum or absent, results are the released
scores, and the holder appears only as salted hashes of what they confirmed.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from badges.canonical.pinned import CREDENTIALS_V2, OPEN_BADGES
from badges.instants import write_instant
from badges.model import IdentityObject
from ltitool.cohorts.hours import as_hours
from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.issuers import IssuerAddresses
from ltitool.credentials.models import ConfirmedIdentity, Issuer
from ltitool.credentials.standing import Standing
from ltitool.credentials.status_lists import REVOCATION, StatusSlot
from ltitool.programs import ActivityKind
from rubrics import Criterion

ENGLISH = "en"  # the signed text; pages show the program's other languages beside it

HOUR_NAMES = {
    ActivityKind.GROUP_SESSION: "Clock hours in whole-group sessions",
    ActivityKind.COACHING_SESSION: "Clock hours in one-to-one coaching",
}


@dataclass(frozen=True)
class Facts:
    """Everything that enters one credential."""

    scope: ParticipantScope
    issuer: Issuer
    addresses: IssuerAddresses
    standing: Standing
    identity: ConfirmedIdentity
    slot: StatusSlot
    public_id: str
    subject_id: uuid.UUID
    new_salt: Callable[[], str]
    awarded_at: datetime


def credential_document(facts: Facts) -> dict[str, Any]:
    """Give the unsigned credential."""
    awarded = write_instant(facts.awarded_at)
    status = facts.addresses.status_list(facts.slot.number)
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": facts.addresses.credential(facts.public_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.scope.program.badge.name.in_(ENGLISH),
        "issuer": _profile(facts),
        "validFrom": awarded,
        "awardedDate": awarded,
        "credentialSubject": _subject(facts),
        "credentialStatus": {
            "id": f"{status}#{facts.slot.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": REVOCATION,
            "statusListIndex": str(facts.slot.index),
            "statusListCredential": status,
        },
    }


def achievement_document(facts: Facts) -> dict[str, Any]:
    """Give the achievement: what anybody who completes the program has shown."""
    program, badge = facts.scope.program, facts.scope.program.badge
    address = facts.addresses.achievement(program.id)
    document: dict[str, Any] = {
        "id": address,
        "type": ["Achievement"],
        "achievementType": badge.achievement_type,
        "name": badge.name.in_(ENGLISH),
        "description": badge.description.in_(ENGLISH),
        "criteria": {"id": address, "narrative": badge.criteria.in_(ENGLISH)},
        "image": {"id": f"{address}/image.svg", "type": "Image", "caption": badge.name.in_(ENGLISH)},
        "inLanguage": ENGLISH,
        "version": program.version,
        "tag": list(badge.tags),
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": f"{one.framework} {one.code}",
                "targetUrl": one.url,
                "targetCode": one.code,
                "targetFramework": one.framework,
            }
            for one in badge.alignments
        ],
        "resultDescription": [
            *(_result_description(facts, one) for one in _criteria(facts)),
            *(_hours_description(facts, key, name) for key, name, _hours_of in _hours(facts)),
        ],
    }
    return {name: value for name, value in document.items() if value not in ([], "")}


def _profile(facts: Facts) -> dict[str, Any]:
    profile = {
        "id": facts.addresses.did,
        "type": ["Profile"],
        "name": facts.issuer.name,
        "url": facts.issuer.url,
        "email": facts.issuer.email,
        "description": facts.issuer.description,
    }
    return {name: value for name, value in profile.items() if value}


def _subject(facts: Facts) -> dict[str, Any]:
    dates = facts.scope.program.dates(facts.scope.starts_on)
    subject = {
        "id": f"urn:uuid:{facts.subject_id}",
        "type": ["AchievementSubject"],
        "identifier": [one.to_json() for one in _identities(facts)],
        "activityStartDate": f"{dates.steps[0].first.isoformat()}T00:00:00Z",
        "activityEndDate": write_instant(facts.awarded_at),
        "achievement": achievement_document(facts),
        "result": [*_results(facts), *_hours_results(facts)],
    }
    return {name: value for name, value in subject.items() if value}


def _identities(facts: Facts) -> Iterator[IdentityObject]:
    confirmed = facts.identity
    for kind, value in (
        ("name", confirmed.full_name),
        ("emailAddress", confirmed.email),
        ("ext:LicenseNumber", confirmed.licence_number),
    ):
        if value:
            yield IdentityObject.hashed_from(value, kind, facts.new_salt())


def _criteria(facts: Facts) -> tuple[Criterion, ...]:
    rubric = facts.scope.program.rubric
    return rubric.criteria if rubric else ()


def _result_description(facts: Facts, criterion: Criterion) -> dict[str, Any]:
    base = _result_address(facts, criterion.id)
    return {
        "id": base,
        "type": ["ResultDescription"],
        "name": criterion.title.in_(ENGLISH),
        "resultType": "RubricCriterionLevel",
        "requiredLevel": _level_address(base, _required_level(facts, criterion)),
        "rubricCriterionLevel": [
            {
                "id": _level_address(base, level.id),
                "type": ["RubricCriterionLevel"],
                "name": level.title.in_(ENGLISH),
                "description": level.descriptor.in_(ENGLISH),
                "points": str(level.points),
            }
            for level in criterion.levels
        ],
    }


def _required_level(facts: Facts, criterion: Criterion) -> str:
    released = facts.standing.released
    if released is not None:
        for judged in released.judgement.per_criterion:
            if judged.criterion_id == criterion.id and judged.required_level_id:
                return judged.required_level_id
    return criterion.levels[0].id


def _results(facts: Facts) -> Iterator[dict[str, Any]]:
    released = facts.standing.released
    if released is None:
        return
    for criterion, level in released.sheet.decisions():
        base = _result_address(facts, criterion.id)
        yield {
            "type": ["Result"],
            "resultDescription": base,
            "achievedLevel": _level_address(base, level.id),
            "status": "Completed",
        }


def _hours(facts: Facts) -> list[tuple[str, str, Decimal]]:
    """Give each figure of the ledger as (key, name, hours); nothing at all without rows."""
    ledger = facts.standing.hours
    if ledger is None:
        return []
    kinds = [
        (f"clock-hours-{kind.value}", HOUR_NAMES[kind], as_hours(minutes))
        for kind, minutes in ledger.minutes_by_kind.items()
    ]
    return [("clock-hours", "Clock hours recorded", ledger.hours), *kinds]


def _hours_description(facts: Facts, key: str, name: str) -> dict[str, Any]:
    return {
        "id": _result_address(facts, key),
        "type": ["ResultDescription"],
        "name": name,
        "resultType": "ext:ClockHours",
        "valueMin": "0",
    }


def _hours_results(facts: Facts) -> Iterator[dict[str, Any]]:
    for key, _name, hours in _hours(facts):
        yield {
            "type": ["Result"],
            "resultDescription": _result_address(facts, key),
            "value": str(hours),
            "status": "Completed",
        }


def _result_address(facts: Facts, name: str) -> str:
    return f"{facts.addresses.achievement(facts.scope.program.id)}#{name}"


def _level_address(base: str, level_id: str) -> str:
    return f"{base}-{level_id}"
