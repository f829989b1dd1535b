"""Who is in a course, as the LMS lists it (NRPS 2.0): page by page, and only ever from the LMS itself.

Reading a roster stores nobody. The feature above takes the members and decides; a role here may be less
than what a launch has shown (Moodle lists its non-editing teachers as learners), never a reason to demote.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, Protocol
from urllib.parse import urljoin

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import vocabulary as words
from ltitool.lti.addresses import origin_of
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.platform_client import Call, PlatformClient, read_answer
from ltitool.lti.roles import LtiRole, is_test_user, read_role
from ltitool.lti.service_errors import (
    RosterEndless,
    RosterNotLinked,
    ServiceAddressForeign,
    ServiceAnswerUnreadable,
)

MAX_PAGES = 100
MAX_ID = 255
MAX_NAME = 400
_LINK = re.compile(r"<([^>]*)>([^,<]*)")
_NEXT = re.compile(r"\brel\s*=\s*[\"'“”]?\s*next\b", re.IGNORECASE)


@dataclass(frozen=True)
class Member:
    """One person of a roster."""

    subject: str
    name: str | None
    email: str | None
    role: LtiRole
    active: bool
    test_user: bool


class TakeMembers(Protocol):
    """Takes a whole roster over, inside the transaction that also notes when it was read."""

    def __call__(self, session: Session, members: Sequence[Member]) -> None:
        """Store what the roster means here."""


def refresh_roster(
    context_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID,
    client_for: Callable[[Platform], PlatformClient],
    take: TakeMembers,
    at: datetime,
) -> int:
    """Read a course's whole roster, then take it over in one transaction; gives how many are listed.

    Raises:
        RosterNotLinked: no launch has named a roster, or the course is not this organisation's.
        ToolError: the LMS refused or does not answer. The roster we have stays as it was.
    """
    platform, url = _where(organisation_id, context_id)
    try:
        members = list(read_members(client_for(platform), url))
    except ToolError as error:
        with transaction() as session:
            _context(session, organisation_id, context_id).roster_error = error.code
        raise
    with transaction() as session:
        take(session, members)
        context = _context(session, organisation_id, context_id)
        context.roster_read_at, context.roster_error = at, None
    return len(members)


def read_members(client: PlatformClient, url: str) -> Iterator[Member]:
    """Read a roster page by page.

    Raises:
        RosterEndless: the pages go in a circle, or there are more than MAX_PAGES.
        ServiceAddressForeign: a page lies at another origin than the first.
    """
    seen: set[str] = set()
    page: str | None = url
    while page is not None:
        if page in seen or len(seen) >= MAX_PAGES:
            raise RosterEndless(f"{len(seen)} pages")
        seen.add(page)
        answer = client.send(Call("GET", page, (words.SCOPE_ROSTER,), accept=words.ROSTER_TYPE))
        yield from _members_of(read_answer(answer))
        page = next_page(answer, page)
        if page is not None and origin_of(page) != origin_of(url):
            raise ServiceAddressForeign(page[:200])


def next_page(answer: HttpAnswer, here: str) -> str | None:
    """Give the address of the next page, if a Link header names one, however it is quoted."""
    for address, parameters in _LINK.findall(answer.headers.get("link", "")):
        if _NEXT.search(parameters):
            return urljoin(here, unescape(address))
    return None


def _members_of(body: object) -> Iterator[Member]:
    members = body.get("members") if isinstance(body, dict) else None
    if not isinstance(members, list):
        raise ServiceAnswerUnreadable("no list of members")
    for listed in members:
        if isinstance(listed, dict):
            yield _member(listed)


def _member(listed: Mapping[str, Any]) -> Member:
    subject, roles = listed.get("user_id"), listed.get("roles") or []
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_ID:
        raise ServiceAnswerUnreadable("a member without user_id")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise ServiceAnswerUnreadable("a member whose roles are no list")
    return Member(
        subject=subject,
        name=_text(listed.get("name")) or _full_name(listed),
        email=_text(listed.get("email")),
        role=read_role(roles),
        active=str(listed.get("status") or "Active").lower() == "active",
        test_user=is_test_user(roles),
    )


def _full_name(listed: Mapping[str, Any]) -> str | None:
    parts = (_text(listed.get("given_name")), _text(listed.get("family_name")))
    return " ".join(filter(None, parts)) or None


def _text(value: object) -> str | None:
    return value[:MAX_NAME] if isinstance(value, str) and value else None


def _where(organisation_id: uuid.UUID, context_id: uuid.UUID) -> tuple[Platform, str]:
    row = (
        read_session()
        .execute(
            select(Platform, Context.memberships_url)
            .join(Deployment, Deployment.platform_id == Platform.id)
            .join(Context, Context.deployment_id == Deployment.id)
            .where(Context.organisation_id == organisation_id, Context.id == context_id)
        )
        .first()
    )
    if row is None or row.memberships_url is None:
        raise RosterNotLinked(str(context_id))
    return row.Platform, row.memberships_url


def _context(session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID) -> Context:
    return session.scalars(
        select(Context).where(Context.organisation_id == organisation_id, Context.id == context_id)
    ).one()
