"""What each service scope is good for, and what stops where an LMS does not grant it (P18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import msg
from ltitool.lti import vocabulary as words
from ltitool.lti.models import Context, Deployment, Platform, PlatformInvitation
from ltitool.lti.toolconfig import SCOPES


@dataclass(frozen=True)
class Service:
    """A scope in words: what we do with it, and what does not happen without it."""

    name: str
    without: str
    optional: bool = False  # many an LMS does not have it at all, which is no fault of its settings


SERVICES = {
    words.SCOPE_SCORE: Service(msg("Send scores"), msg("No score reaches the gradebook.")),
    words.SCOPE_LINE_ITEM: Service(
        msg("Make gradebook columns"),
        msg("We cannot make a column: scores go only to activities that have one in the LMS."),
    ),
    words.SCOPE_LINE_ITEM_READ: Service(
        msg("Read gradebook columns"), msg("Columns are found only through the right to make them.")
    ),
    words.SCOPE_RESULT: Service(
        msg("Read what the gradebook shows"),
        msg("A grade that a teacher changed by hand is not noticed."),
    ),
    words.SCOPE_ROSTER: Service(
        msg("Read the list of people"), msg("People appear only after they have opened the activity.")
    ),
    words.SCOPE_GROUPS: Service(
        msg("Read the groups of a course"),
        msg("Groups are shown by their numbers, and only of people who have opened the activity."),
        optional=True,
    ),
    words.SCOPE_NOTICES: Service(
        msg("Hear of copied courses"),
        msg("A copied course is noticed only when somebody opens the activity in it."),
        optional=True,
    ),
}


class Granted(StrEnum):
    """What we know of a scope; `UNKNOWN` until the LMS has said anything about its services."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ScopeStanding:
    """One scope that we need, and whether the LMS grants it."""

    scope: str
    granted: Granted
    service: Service

    @property
    def is_missing(self) -> bool:
        """Whether the LMS could grant it and does not."""
        return self.granted is Granted.NO and not self.service.optional


def scope_standing(
    session: Session, platform: Platform, *, tested: Iterable[tuple[str, bool]] = ()
) -> list[ScopeStanding]:
    """Compare what is granted with what is needed; what a self-test was given or refused counts most."""
    said = granted_scopes(session, platform)
    known = dict(tested)
    return [
        ScopeStanding(scope, _granted(scope, said, known.get(scope)), service_of(scope)) for scope in SCOPES
    ]


def service_of(scope: str) -> Service:
    """Give a scope's words; a scope that has none yet is named by itself."""
    return SERVICES.get(scope, Service(scope, ""))


def granted_scopes(session: Session, platform: Platform) -> frozenset[str]:
    """Give the scopes that a registration or a launch has granted; empty where none has said anything."""
    invited = session.scalars(
        select(PlatformInvitation.scopes)
        .where(PlatformInvitation.platform_id == platform.id)
        .order_by(PlatformInvitation.used_at.desc())
        .limit(1)
    ).all()
    courses = session.execute(
        select(Context.scopes, Context.memberships_url, Context.groups_url)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.platform_id == platform.id)
    ).all()
    found = {scope for scopes in invited for scope in scopes}
    found |= {scope for course in courses for scope in course.scopes}
    if any(course.memberships_url for course in courses):
        found.add(words.SCOPE_ROSTER)
    if any(course.groups_url for course in courses):
        found.add(words.SCOPE_GROUPS)
    return frozenset(map(str, found))


def _granted(scope: str, said: frozenset[str], tested: bool | None) -> Granted:
    if tested is not None:
        return Granted.YES if tested else Granted.NO
    if not said:
        return Granted.UNKNOWN
    return Granted.YES if scope in said else Granted.NO
