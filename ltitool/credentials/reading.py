"""A badge as its pages show it, read from the signed document alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.credentials.errors import AwardUnknown
from ltitool.credentials.models import Award, Issuer


@dataclass(frozen=True)
class CriterionLine:
    """One criterion with the level that was reached."""

    name: str
    level: str
    description: str


@dataclass(frozen=True)
class HoursLine:
    """One figure of recorded hours."""

    name: str
    hours: str


@dataclass(frozen=True)
class BadgeView:
    """What the holder and, if they wish, everybody may read."""

    name: str
    description: str
    criteria: str
    issuer: str
    issuer_url: str
    awarded: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    lines: tuple[CriterionLine, ...]
    hours: tuple[HoursLine, ...]
    address: str


def shown_award(session: Session, public_id: str) -> Award:
    """Give an award that its holder shows to everybody.

    Raises:
        AwardUnknown: no such badge, or its holder does not show it: the same answer.
    """
    award = session.scalar(select(Award).where(Award.public_id == public_id))
    if award is None or not award.is_public or award.signed is None:
        raise AwardUnknown(public_id)
    return award


def badge_view(session: Session, award: Award) -> BadgeView:
    """Read an award's document for showing."""
    document = award.signed or award.unsigned
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    issuer = session.get_one(Issuer, award.issuer_id)
    return BadgeView(
        name=achievement["name"],
        description=achievement["description"],
        criteria=achievement["criteria"]["narrative"],
        issuer=document["issuer"]["name"],
        issuer_url=issuer.url,
        awarded=award.reserved_at,
        revoked_at=award.revoked_at,
        revocation_reason=award.revocation_reason,
        lines=tuple(_lines(subject)),
        hours=tuple(_hours(subject)),
        address=str(document["id"]),
    )


def _lines(subject: dict[str, Any]) -> Iterator[CriterionLine]:
    levels = {
        level["id"]: (description["name"], level)
        for description in subject["achievement"].get("resultDescription", [])
        for level in description.get("rubricCriterionLevel", [])
    }
    for result in subject.get("result", []):
        if "achievedLevel" in result:
            name, level = levels[result["achievedLevel"]]
            yield CriterionLine(name, level["name"], level["description"])


def _hours(subject: dict[str, Any]) -> Iterator[HoursLine]:
    names = {one["id"]: one["name"] for one in subject["achievement"].get("resultDescription", [])}
    for result in subject.get("result", []):
        if "value" in result:
            yield HoursLine(names[result["resultDescription"]], result["value"])
