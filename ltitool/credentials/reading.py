"""A badge as its pages show it, read from the signed document; its words in the page's language.

The signed text is English. Where the program has the same criterion or level in the page's language,
that is shown in its place: the identifiers say that they are the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.programs_in_use import program_of
from ltitool.credentials.document import ALL_HOURS, level_address
from ltitool.credentials.errors import AwardUnknown
from ltitool.credentials.models import Award, Issuer
from ltitool.errors import msg
from ltitool.programs import ActivityKind, Program

HOUR_WORDS = {
    ALL_HOURS: msg("All together"),
    f"{ALL_HOURS}-{ActivityKind.GROUP_SESSION.value}": msg("Whole-group sessions"),
    f"{ALL_HOURS}-{ActivityKind.COACHING_SESSION.value}": msg("One-to-one coaching"),
}


@dataclass(frozen=True)
class CriterionLine:
    """One criterion with the level that was reached."""

    name: str
    level: str
    description: str


@dataclass(frozen=True)
class HoursLine:
    """One figure of recorded hours; `word` is a message id, `name` the signed words."""

    name: str
    hours: str
    word: str | None
    is_total: bool


@dataclass(frozen=True)
class BadgeView:
    """What the holder and, if they wish, everybody may read."""

    name: str
    signed_name: str  # as the credential says it, whatever the page's language
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
    achievement_address: str
    steps: int


@dataclass(frozen=True)
class _Words:
    """The program's words in one language, by the identifiers that the document uses."""

    names: Mapping[str, str]
    levels: Mapping[str, tuple[str, str]]


def shown_award(session: Session, public_id: str) -> Award:
    """Give an award that its holder shows to everybody.

    Raises:
        AwardUnknown: no such badge, or its holder does not show it: the same answer.
    """
    award = session.scalar(select(Award).where(Award.public_id == public_id))
    if award is None or not award.is_public or award.signed is None:
        raise AwardUnknown(public_id)
    return award


def badge_view(session: Session, award: Award, language: str) -> BadgeView:
    """Read an award's document for showing."""
    document = award.signed or award.unsigned
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    issuer = session.get_one(Issuer, award.issuer_id)
    program = program_of(session, award.organisation_id, award.offering_id)
    return BadgeView(
        name=program.badge.name.in_(language),
        signed_name=achievement["name"],
        description=program.badge.description.in_(language),
        criteria=program.badge.criteria.in_(language),
        issuer=document["issuer"]["name"],
        issuer_url=issuer.url,
        awarded=award.reserved_at,
        revoked_at=award.revoked_at,
        revocation_reason=award.revocation_reason,
        lines=tuple(_lines(subject, _words(program, achievement["id"], language))),
        hours=tuple(_hours(subject)),
        address=str(document["id"]),
        achievement_address=f"{achievement['id']}?{urlencode({'version': program.version})}",
        steps=len(program.steps),
    )


def _words(program: Program, achievement: str, language: str) -> _Words:
    names: dict[str, str] = {}
    levels: dict[str, tuple[str, str]] = {}
    for criterion in program.rubric.criteria if program.rubric else ():
        base = f"{achievement}#{criterion.id}"
        names[base] = criterion.title.in_(language)
        for level in criterion.levels:
            words = (level.title.in_(language), level.descriptor.in_(language))
            levels[level_address(base, level.id)] = words
    return _Words(names, levels)


def _lines(subject: Mapping[str, Any], words: _Words) -> Iterator[CriterionLine]:
    signed = {
        level["id"]: (description, level)
        for description in subject["achievement"].get("resultDescription", [])
        for level in description.get("rubricCriterionLevel", [])
    }
    for result in subject.get("result", []):
        if "achievedLevel" in result:
            description, level = signed[result["achievedLevel"]]
            name = words.names.get(description["id"], description["name"])
            title, text = words.levels.get(level["id"], (level["name"], level["description"]))
            yield CriterionLine(name, title, text)


def _hours(subject: Mapping[str, Any]) -> Iterator[HoursLine]:
    names = {one["id"]: one["name"] for one in subject["achievement"].get("resultDescription", [])}
    for result in subject.get("result", []):
        if "value" in result:
            key = result["resultDescription"].rpartition("#")[2]
            yield HoursLine(
                names[result["resultDescription"]], result["value"], HOUR_WORDS.get(key), key == ALL_HOURS
            )
