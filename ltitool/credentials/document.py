"""The credential's document: what the records say, in the words of Open Badges 3.0.

Nothing here is a constant of ours: hours are the ledger's sum or absent, results are the released
scores, and the holder appears only as salted hashes of what they confirmed.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from badges.model import (
    CLOCK_HOURS,
    Achievement,
    AchievementSubject,
    Alignment,
    CredentialStatus,
    Criteria,
    IdentityObject,
    Image,
    OpenBadgeCredential,
    Profile,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.identity import EMAIL, LICENCE, NAME
from ltitool.credentials.issuers import IssuerAddresses
from ltitool.credentials.models import ConfirmedIdentity, Issuer
from ltitool.credentials.standing import Standing
from ltitool.credentials.status_lists import REVOCATION, StatusSlot
from ltitool.programs import ActivityKind
from rubrics import Criterion

HOW_EARNED = "how-it-is-earned"  # part of the achievement's page, and a node of its own in the signed graph
ENGLISH = "en"  # the signed text; pages show the program's other languages beside it
ALL_HOURS = "clock-hours"
HOUR_NAMES = {
    ActivityKind.GROUP_SESSION: "Clock hours in whole-group sessions",
    ActivityKind.COACHING_SESSION: "Clock hours in one-to-one coaching",
}
# The total alone is of the type that readers look for; its parts would be counted twice under it.
HOURS_BY_KIND = "ext:ClockHoursByKind"


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
    awarded = facts.awarded_at.astimezone(UTC).replace(microsecond=0)
    status_list = facts.addresses.status_list(facts.slot.number)
    credential = OpenBadgeCredential(
        id=facts.addresses.credential(facts.public_id),
        name=facts.scope.program.badge.name.in_(ENGLISH),
        issuer=_profile(facts),
        valid_from=awarded,
        awarded_date=awarded,
        credential_subject=_subject(facts, awarded),
        credential_status=(
            CredentialStatus.bitstring(purpose=REVOCATION, index=facts.slot.index, list_id=status_list),
        ),
    )
    return credential.to_json()


def _profile(facts: Facts) -> Profile:
    issuer = facts.issuer
    return Profile(
        id=facts.addresses.did,
        name=issuer.name,
        url=issuer.url,
        email=issuer.email or None,
        description=issuer.description or None,
    )


def _subject(facts: Facts, awarded: datetime) -> AchievementSubject:
    first_day = facts.scope.program.dates(facts.scope.starts_on).steps[0].first
    return AchievementSubject(
        id=f"urn:uuid:{facts.subject_id}",
        identifier=tuple(_identities(facts)),
        activity_start_date=datetime.combine(first_day, time(), ZoneInfo(facts.scope.timezone)),
        activity_end_date=awarded,
        achievement=_achievement(facts),
        result=(*_results(facts), *_hours_results(facts)),
    )


def _achievement(facts: Facts) -> Achievement:
    """Give the achievement: what anybody who completes the program has shown."""
    program, badge = facts.scope.program, facts.scope.program.badge
    address = facts.addresses.achievement(program.id)
    name = badge.name.in_(ENGLISH)
    return Achievement(
        id=address,
        achievement_type=badge.achievement_type,
        name=name,
        description=badge.description.in_(ENGLISH),
        criteria=Criteria(id=f"{address}#{HOW_EARNED}", narrative=badge.criteria.in_(ENGLISH)),
        image=Image(id=f"{address}/image.svg", caption=name),
        in_language=ENGLISH,
        version=program.version,
        tag=badge.tags,
        alignment=tuple(
            Alignment(
                target_name=f"{one.framework} {one.code}",
                target_url=one.url,
                target_code=one.code,
                target_framework=one.framework,
            )
            for one in badge.alignments
        ),
        result_description=(
            *(_criterion_description(facts, one) for one in _criteria(facts)),
            *(_hours_description(facts, figure) for figure in _hours(facts)),
        ),
    )


def _identities(facts: Facts) -> Iterator[IdentityObject]:
    confirmed = facts.identity
    for kind, value in (
        (NAME, confirmed.full_name),
        (EMAIL, confirmed.email),
        (LICENCE, confirmed.licence_number),
    ):
        if value:
            yield IdentityObject.hashed_from(value, kind, facts.new_salt())


def _criteria(facts: Facts) -> tuple[Criterion, ...]:
    rubric = facts.scope.program.rubric
    return rubric.criteria if rubric else ()


def _criterion_description(facts: Facts, criterion: Criterion) -> ResultDescription:
    base = result_address(facts.addresses, facts.scope.program.id, criterion.id)
    required = _required_levels(facts).get(criterion.id)
    return ResultDescription(
        id=base,
        name=criterion.title.in_(ENGLISH),
        result_type="RubricCriterionLevel",
        required_level=level_address(base, required) if required else None,
        rubric_criterion_level=tuple(
            RubricCriterionLevel(
                id=level_address(base, level.id),
                name=level.title.in_(ENGLISH),
                description=level.descriptor.in_(ENGLISH),
                points=str(level.points),
            )
            for level in criterion.levels
        ),
    )


def _required_levels(facts: Facts) -> Mapping[str, str | None]:
    """Give the level that the pass rule asked of each criterion, where it asks for one."""
    released = facts.standing.released
    if released is None:
        return {}
    return {judged.criterion_id: judged.required_level_id for judged in released.judgement.per_criterion}


def _results(facts: Facts) -> Iterator[Result]:
    released = facts.standing.released
    if released is None:
        return
    for criterion, level in released.sheet.decisions():
        base = result_address(facts.addresses, facts.scope.program.id, criterion.id)
        yield Result(
            result_description=base, achieved_level=level_address(base, level.id), status="Completed"
        )


@dataclass(frozen=True)
class _Figure:
    """One figure of the ledger as the badge says it."""

    key: str
    name: str
    result_type: str
    hours: Decimal


def _hours(facts: Facts) -> list[_Figure]:
    """Give the ledger's figures; nothing at all without rows."""
    ledger = facts.standing.hours
    if ledger is None:
        return []
    kinds = [
        _Figure(f"{ALL_HOURS}-{kind.value}", HOUR_NAMES[kind], HOURS_BY_KIND, hours)
        for kind, hours in ledger.hours_by_kind.items()
    ]
    return [_Figure(ALL_HOURS, "Clock hours recorded", CLOCK_HOURS, ledger.hours), *kinds]


def _hours_description(facts: Facts, figure: _Figure) -> ResultDescription:
    return ResultDescription(
        id=result_address(facts.addresses, facts.scope.program.id, figure.key),
        name=figure.name,
        result_type=figure.result_type,
        value_min="0",
    )


def _hours_results(facts: Facts) -> Iterator[Result]:
    for figure in _hours(facts):
        address = result_address(facts.addresses, facts.scope.program.id, figure.key)
        yield Result(result_description=address, value=str(figure.hours), status="Completed")


def result_address(addresses: IssuerAddresses, program_id: str, name: str) -> str:
    """Name a possible result of an achievement: one criterion, or one figure of hours."""
    return f"{addresses.achievement(program_id)}#{name}"


def level_address(result: str, level_id: str) -> str:
    """Name one level of a criterion."""
    return f"{result}-{level_id}"
