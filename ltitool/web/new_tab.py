"""From the frame to a tab of its own.

A partitioned cookie of the frame does not reach a top-level tab, so the page carries a short-lived
ticket for its own visit; the tab trades it, once, for a new session of the same person.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Flask, current_app, g, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.foundation.db import transaction
from ltitool.foundation.services import Services, services
from ltitool.people.errors import SessionEnded, TicketUsed
from ltitool.people.models import WebSession
from ltitool.people.sessions import Entry, OpenedSession, is_alive, open_session
from ltitool.web.csrf import ForeignRequest, comes_from_us
from ltitool.web.drafts import below_visit
from ltitool.web.visit import visit_or_none

EXTENSION = "ltitool.web.new_tab"
SALT = "new-tab"
MAX_AGE = 1800  # seconds: as long as an idle session lives


# Hands what belongs to one session over to the tab that continues it: the old session, the new one.
Handover = Callable[[Session, uuid.UUID, uuid.UUID], None]


@dataclass(frozen=True)
class NewTab:
    """What the page's "Open in a new tab" form sends."""

    action: str
    ticket: str
    next: str
    fresh: str | None = None  # where the page gets the next ticket, when this one is used up


def bind_handover(app: Flask, handover: Handover) -> None:
    """Bind what goes over to a tab; nothing does from a session in the path, whose address can be copied."""
    app.extensions[EXTENSION] = handover


def stay_here() -> None:
    """Offer no tab for this page: what it shows belongs to its own session, and no other one continues it."""
    g.stays_here = True


def new_tab() -> NewTab | None:
    """Give the form of this page, or None where there is no visit or no plain page."""
    visit = visit_or_none()
    if visit is None or request.method != "GET" or g.get("stays_here"):
        return None
    tab = new_tab_of(visit.short, below_visit(request.full_path.rstrip("?")))
    return replace(tab, fresh=url_for("visit.tab_ticket"))


def new_tab_of(short: str, path: str) -> NewTab:
    """Give the form that opens a page of a session, named by its path below the visit, in a tab."""
    found = services()
    ticket = _serializer(found).dumps([short, found.new_id().hex])
    return NewTab(url_for("site.open_tab"), ticket, path)


def trade_ticket(ticket: str) -> OpenedSession:
    """Open a session in this tab for the visit a ticket was made for.

    Raises:
        ForeignRequest: the form was not on one of our pages.
        SessionEnded: the ticket is too old, or its visit is over.
        TicketUsed: it has opened a tab already.
    """
    found = services()
    if not comes_from_us(nameless=True):
        raise ForeignRequest("new tab")
    try:
        short, number = _serializer(found).loads(ticket, max_age=MAX_AGE)
    except BadSignature as error:
        raise SessionEnded("ticket") from error
    try:
        with transaction() as session:
            return _copy_session(session, short, uuid.UUID(number), found)
    except IntegrityError as error:
        raise TicketUsed(f"of session {short}") from error


def _copy_session(session: Session, short: str, ticket_id: uuid.UUID, found: Services) -> OpenedSession:
    """Open the tab's session under the ticket's own id: the database takes that id once."""
    now = found.clock()
    row = session.scalar(select(WebSession).where(WebSession.short == short))
    if row is None or not is_alive(row, now):
        raise SessionEnded("visit of the ticket")
    entry = Entry(
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        kind=row.kind,
        roles=row.roles,
        locale=row.locale,
        context_id=row.context_id,
        resource_link_id=row.resource_link_id,
        deployment_id=row.deployment_id,
        course_title=row.course_title,
        return_url=row.return_url,
    )
    opened = open_session(
        session,
        entry,
        session_id=ticket_id,
        new_token=found.new_token,
        at=now,
        expires_at=row.expires_at,
    )
    if row.path_agent is None:
        current_app.extensions[EXTENSION](session, row.id, ticket_id)
    return opened


def _serializer(found: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(found.settings.secret_key, salt=SALT)
