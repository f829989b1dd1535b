"""The visit: what a page may know of the session it is shown in."""

import hmac
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import ColumnElement

from ltitool.foundation.db import transaction
from ltitool.foundation.services import services
from ltitool.people.errors import SessionEnded, SessionMissing, SessionOnlyInFrame
from ltitool.people.sessions import SEPARATOR, TOUCH_EVERY, find_session, is_alive, look_up, touch
from ltitool.web.cookies import session_cookie_name
from ltitool.web.path_sessions import agent_hash, is_in_frame

LOOK_UP = "ltitool.web.visit"


@dataclass(frozen=True)
class Visit:
    """Somebody's session, as a guard read it. Use cases still ask the cohort what this person may do."""

    session_id: uuid.UUID
    short: str
    csrf_token: str
    organisation_id: uuid.UUID
    person_id: uuid.UUID
    kind: str
    roles: frozenset[str]
    locale: str
    context_id: uuid.UUID | None
    resource_link_id: uuid.UUID | None
    course_title: str | None
    return_url: str | None
    embed_origins: tuple[str, ...]
    in_path: bool  # the browser keeps no cookie of ours in this frame


def current_visit() -> Visit:
    """Give the visit of this request.

    Raises:
        SessionMissing: on a page that no guard opened.
    """
    visit = visit_or_none()
    if visit is None:
        raise SessionMissing
    return visit


def visit_or_none() -> Visit | None:
    """Give the visit of this request, if there is one."""
    visit = g.get("visit")
    return visit if isinstance(visit, Visit) else None


def bind_visits(app: Flask, is_open: ColumnElement[bool]) -> None:
    """Bind what keeps visits open besides their own row: an expression over the table web_session.

    It is read with the row, so that a visit ends with the next request once an LMS is switched off.
    """
    app.extensions[LOOK_UP] = look_up(is_open)


def load_visit(launch: str) -> Visit:
    """Read the session row that this browser holds the secret of; `launch` is what stands behind /l/.

    Raises:
        SessionMissing: no such session in this browser.
        SessionOnlyInFrame: its token stands in the path, and this is no frame.
        SessionEnded: it is over; `g.ended_visit` then says whose it was.
    """
    short, _, in_path = launch.partition(SEPARATOR)
    token = in_path or request.cookies.get(session_cookie_name(short), "")
    row = find_session(current_app.extensions[LOOK_UP], short, token) if token else None
    if row is None:
        raise SessionMissing(f"no session {short}")
    _check_carried(row, in_path=bool(in_path))
    now = services().clock()
    if not (row.is_open and is_alive(row, now)):
        g.ended_visit = _visit(row)
        raise SessionEnded(f"session {short}")
    if now - row.last_seen_at >= TOUCH_EVERY:
        with transaction() as session:
            touch(session, row.id, now)
    g.visit = _visit(row)
    return current_visit()


def _check_carried(row: Any, *, in_path: bool) -> None:
    """Take a token only from where it was put: never a cookie's from the path, nor the other way round."""
    if in_path != (row.path_agent is not None):
        raise SessionMissing(f"session {row.short} is carried otherwise")
    if row.path_agent is None:
        return
    if not hmac.compare_digest(row.path_agent, agent_hash()):
        raise SessionMissing(f"session {row.short} belongs to another user agent")
    if not is_in_frame():
        raise SessionOnlyInFrame(f"session {row.short}")


def _visit(row: Any) -> Visit:
    return Visit(
        session_id=row.id,
        short=row.short,
        csrf_token=row.csrf_token,
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        kind=row.kind,
        roles=frozenset(map(str, row.roles)),
        locale=row.locale,
        context_id=row.context_id,
        resource_link_id=row.resource_link_id,
        course_title=row.course_title,
        return_url=row.return_url,
        embed_origins=tuple(map(str, row.embed_origins)),
        in_path=row.path_agent is not None,
    )
