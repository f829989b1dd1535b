"""Who is in a course, as the LMS lists it (NRPS 2.0): page by page, and only ever from the LMS itself.

Reading a roster stores nobody. The feature above takes the members and decides; a role here may be less
than what a launch has shown (Moodle lists its non-editing teachers as learners), never a reason to demote.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.errors import LeaseLost
from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import with_query
from ltitool.lti.course_groups import NamedGroup, groups_of_member, keep_groups, read_groups
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.openings import OPEN
from ltitool.lti.platform_client import Call, PlatformClient, read_answer
from ltitool.lti.roles import LtiRole, is_test_user, read_role
from ltitool.lti.service_errors import (
    RosterEndless,
    RosterNotLinked,
    ServiceAnswerUnreadable,
    ServiceBusy,
)
from ltitool.lti.service_pages import read_pages

MAX_ID = 255
MAX_NAME = 400
MAX_MEMBERS = 50_000
PART = 1200  # people in one transaction; while SQLite takes one, a launch waits for up to 0.3 s
ATTEMPTS = 5  # at a part whose newcomers launch meanwhile


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a roster."""

    subject: str
    name: str | None
    email: str | None
    role: LtiRole
    active: bool
    test_user: bool
    groups: tuple[str, ...] | None = None  # their ids; None where the roster says nothing of groups


@dataclass(frozen=True)
class _Services:
    """Where a course lists its people, and where its groups, if it does."""

    roster: str
    groups: str | None
    group_sets: str | None


class TakesRoster(Protocol):
    """Takes a roster over, part by part; each call is one transaction."""

    def take(self, session: Session, members: Sequence[Member]) -> None:
        """Store what one part of the roster means here."""

    def finish(self, session: Session) -> None:
        """Do what only a whole roster tells: who is not listed any more."""


def hold_nothing() -> None:
    """Stand in for a job's `renew` where somebody reads a roster who has no lease to keep."""


def refresh_roster(
    context_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID,
    client_for: Callable[[Platform], PlatformClient],
    taking: TakesRoster,
    new_id: Callable[[], uuid.UUID],
    at: datetime,
    renew: Callable[[], None] = hold_nothing,
) -> int:
    """Read a course's roster and take it over while it comes; gives how many are listed.

    No more than one part of it is in memory; `renew` is called before each is taken. If it breaks off,
    those who were read are there, and nobody is missed: who has gone is asked only when the whole roster
    was seen. A reading that was overtaken stops where it is: what it would write is older than what is there.

    Raises:
        RosterNotLinked: no launch has named a roster, the course is not this organisation's, or its LMS is
            switched off.
        ToolError: the LMS refused or does not answer, or `taking` does not believe what it says.
        LeaseLost: somebody else reads this roster now, and says how it ends.
    """
    platform, services = _where(organisation_id, context_id)
    client, count = client_for(platform), 0
    turn = partial(course_in_turn, organisation_id=organisation_id, context_id=context_id, began=at)
    try:
        named, groups_error = _groups(client, services)
        for part in _parts(read_members(client, services.roster, with_groups=services.groups is not None)):
            renew()
            if not _take(taking, part, turn):
                return count
            count += len(part)
        with transaction() as session:
            if (context := turn(session)) is not None:
                taking.finish(session)
                context.roster_read_at, context.roster_error, context.groups_error = at, None, groups_error
                if named is not None:
                    keep_groups(session, context, named, new_id=new_id)
    except LeaseLost:
        raise
    except ToolError as error:
        with transaction() as session:
            if (context := turn(session)) is not None:
                context.roster_error = error.code
        raise
    return count


def course_in_turn(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID, *, began: datetime
) -> Context | None:
    """Hold a course while a reading of its roster writes; None where one that began later has ended.

    The course's row is taken before any row of its people, as launches do that change it. So what several
    readings write of a course, they write one after the other, and none can deny what a later one has said.
    """
    query = select(Context).where(Context.organisation_id == organisation_id, Context.id == context_id)
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    context = session.scalars(held).one()
    return context if context.roster_read_at is None or context.roster_read_at <= began else None


def _take(taking: TakesRoster, part: Sequence[Member], turn: Callable[[Session], Context | None]) -> bool:
    """Take a part over, or say that the reading was overtaken; anew where a launch stored somebody in it."""
    for left in reversed(range(ATTEMPTS)):
        try:
            with transaction() as session:
                if turn(session) is None:
                    return False
                taking.take(session, part)
        except IntegrityError:
            if not left:
                raise
        else:
            return True
    raise AssertionError("the loop above returns or raises")


def _groups(client: PlatformClient, services: _Services) -> tuple[list[NamedGroup] | None, str | None]:
    """Read the course's groups where it lists them, or say why not: what fails here is no roster's fault.

    Raises:
        ServiceBusy: the LMS wants peace; the roster would be asked of the same one.
    """
    if services.groups is None:
        return None, None
    try:
        return read_groups(client, services.groups, services.group_sets), None
    except ServiceBusy:
        raise
    except ToolError as error:
        return None, error.code


def read_members(
    client: PlatformClient, url: str, *, link: str | None = None, with_groups: bool = False
) -> Iterator[Member]:
    """Read a roster page by page: of the course, or as one of its links would show it (P21).

    `with_groups` asks for each person's groups as well, which only an LMS that lists groups understands.

    Raises:
        RosterEndless: the pages go in a circle, or there are more people than in any course.
        ServiceAddressForeign: a page lies at another origin than the first.
    """
    wishes = ([("rlid", link)] if link is not None else []) + ([("groups", "true")] if with_groups else [])
    asked = with_query(url, wishes) if wishes else url
    call = Call("GET", asked, (words.SCOPE_ROSTER,), accept=words.ROSTER_TYPE)
    count = 0
    for answer in read_pages(client, call, endless=RosterEndless):
        for member in _members_of(read_answer(answer)):
            count += 1
            if count > MAX_MEMBERS:
                raise RosterEndless(f"more than {MAX_MEMBERS} people")
            yield member


def _parts(members: Iterator[Member]) -> Iterator[list[Member]]:
    while part := list(islice(members, PART)):
        yield part


def _members_of(body: object) -> Iterator[Member]:
    members = body.get("members") if isinstance(body, dict) else None
    if not isinstance(members, list):
        raise ServiceAnswerUnreadable("no list of members")
    standing = _Standing()
    for listed in members:
        if isinstance(listed, dict):
            yield _member(listed, standing)


class _Standing(dict[tuple[Any, ...], tuple[LtiRole, bool]]):
    """What lists of roles mean, each read once a page: few kinds of people, many of each."""

    def __missing__(self, roles: tuple[Any, ...]) -> tuple[LtiRole, bool]:
        if not all(isinstance(role, str) for role in roles):
            raise ServiceAnswerUnreadable("a member whose roles are no list of words")
        found = self[roles] = read_role(roles), is_test_user(roles)
        return found

    def of(self, roles: object) -> tuple[LtiRole, bool]:
        if not isinstance(roles, list):
            raise ServiceAnswerUnreadable("a member whose roles are no list")
        try:
            return self[tuple(roles)]
        except TypeError as error:
            raise ServiceAnswerUnreadable("a member whose roles are no list of words") from error


def _member(listed: Mapping[str, Any], standing: _Standing) -> Member:
    subject = listed.get("user_id")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_ID:
        raise ServiceAnswerUnreadable("a member without user_id")
    role, test_user = standing.of(listed.get("roles") or [])
    return Member(
        subject=subject,
        name=_text(listed.get("name")) or _full_name(listed),
        email=_text(listed.get("email")),
        role=role,
        active=str(listed.get("status") or "Active").lower() == "active",
        test_user=test_user,
        groups=groups_of_member(listed),
    )


def _full_name(listed: Mapping[str, Any]) -> str | None:
    parts = (_text(listed.get("given_name")), _text(listed.get("family_name")))
    return " ".join(filter(None, parts)) or None


def _text(value: object) -> str | None:
    return value[:MAX_NAME] if isinstance(value, str) and value else None


def _where(organisation_id: uuid.UUID, context_id: uuid.UUID) -> tuple[Platform, _Services]:
    row = (
        read_session()
        .execute(
            select(Platform, Context.memberships_url, Context.groups_url, Context.group_sets_url)
            .join(Deployment, Deployment.platform_id == Platform.id)
            .join(Context, Context.deployment_id == Deployment.id)
            .where(Context.organisation_id == organisation_id, Context.id == context_id, *OPEN)
        )
        .first()
    )
    end_read()
    if row is None or row.memberships_url is None:
        raise RosterNotLinked(str(context_id))
    return row.Platform, _Services(row.memberships_url, row.groups_url, row.group_sets_url)
