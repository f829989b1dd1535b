"""Sessions: one row a launch or sign-in, found by a short public name and a secret token.

A session's pages live under /l/<short>/ and its cookie carries <short> in its name, so that two
courses, or two people, in one browser never mix. Where a browser keeps no cookie in the LMS's frame, the
token stands in the path instead: /l/<short>~<token>/. The database holds only the token's hash.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.db import LoneQuery
from ltitool.people.models import WebSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
TOUCH_EVERY = timedelta(minutes=1)  # so that reading a page is not always a write
KEPT_AFTER_END = timedelta(days=2)  # long enough to recognise the sender of a form that came too late
SHORT_LENGTH = 8
SEPARATOR = "~"  # between name and token; in neither of them, and never escaped in an address
NEVER_IN_PATH = frozenset({"director", "operator"})  # staff administration needs a cookie


@dataclass(frozen=True)
class Entry:
    """Who comes in, through which door, with which rights."""

    organisation_id: uuid.UUID
    person_id: uuid.UUID
    kind: str  # lti | staff
    roles: Sequence[str]
    locale: str
    context_id: uuid.UUID | None = None
    resource_link_id: uuid.UUID | None = None
    deployment_id: uuid.UUID | None = None
    course_title: str | None = None
    return_url: str | None = None
    embed_origins: Sequence[str] = field(default_factory=tuple)
    path_agent: str | None = None  # the browser keeps no cookie: the hash of its user agent

    @property
    def in_path(self) -> bool:
        """Say whether the session's token may stand in the path: it must, and no staff comes in."""
        return self.path_agent is not None and not NEVER_IN_PATH & set(self.roles)


@dataclass(frozen=True)
class OpenedSession:
    """What the browser is given: the path's short name, and the secret for the cookie or the path."""

    short: str
    token: str
    in_path: bool = False

    @property
    def segment(self) -> str:
        """Give what stands behind /l/ in every address of the session."""
        return f"{self.short}{SEPARATOR}{self.token}" if self.in_path else self.short


@dataclass(frozen=True)
class Secrets:
    """What a new session is made of that nobody can guess."""

    opened: OpenedSession
    csrf_token: str


def make_secrets(new_token: Callable[[], str], *, in_path: bool = False) -> Secrets:
    """Make the names and secrets of a session."""
    short, token, csrf_token = new_token(), new_token(), new_token()
    return Secrets(OpenedSession(_short_name(short), token, in_path), csrf_token)


def open_session(
    session: Session,
    entry: Entry,
    *,
    session_id: uuid.UUID,
    new_token: Callable[[], str],
    at: datetime,
    expires_at: datetime | None = None,
) -> OpenedSession:
    """Open a new session; an older one of the same person stays as it was.

    `expires_at` is given where the session continues another one, and must end with it.
    """
    secrets = make_secrets(new_token, in_path=entry.in_path)
    opened = secrets.opened
    session.add(
        WebSession(
            id=session_id,
            organisation_id=entry.organisation_id,
            short=opened.short,
            token_hash=token_hash(opened.token),
            csrf_token=secrets.csrf_token,
            person_id=entry.person_id,
            kind=entry.kind,
            roles=sorted(entry.roles),
            locale=entry.locale,
            context_id=entry.context_id,
            resource_link_id=entry.resource_link_id,
            deployment_id=entry.deployment_id,
            course_title=entry.course_title,
            return_url=entry.return_url,
            embed_origins=list(entry.embed_origins),
            created_at=at,
            last_seen_at=at,
            expires_at=expires_at or at + ABSOLUTE,
            closed_at=None,
            path_agent=entry.path_agent if entry.in_path else None,
        )
    )
    return opened


def look_up(is_open: ColumnElement[bool]) -> LoneQuery:
    """Give the query of `find_session`: a session's columns, and `is_open` of where it came from."""
    columns = WebSession.__table__.c
    return LoneQuery(select(*columns, is_open.label("is_open")).where(columns.short == bindparam("short")))


def find_session(query: LoneQuery, short: str, token: str) -> Any:
    """Find a session that this browser holds the secret of, alive or ended, in one statement."""
    row = query.first({"short": short})
    if row is None or not hmac.compare_digest(row.token_hash, token_hash(token)):
        return None
    return row


def is_alive(row: Any, at: datetime) -> bool:
    """Say whether a session may still be used."""
    return bool(row.closed_at is None and at < row.expires_at and at < row.last_seen_at + IDLE)


def touch(session: Session, session_id: uuid.UUID, at: datetime) -> None:
    """Note that the session was used."""
    session.execute(update(WebSession).where(WebSession.id == session_id).values(last_seen_at=at))


def close_sessions_of(session: Session, person_id: uuid.UUID, at: datetime) -> None:
    """End all sessions of a person, as when a role is taken away."""
    session.execute(
        update(WebSession)
        .where(WebSession.person_id == person_id, WebSession.closed_at.is_(None))
        .values(closed_at=at)
    )


def purge_sessions(session: Session, at: datetime) -> None:
    """Delete sessions whose late forms need no recognising any more."""
    session.execute(delete(WebSession).where(WebSession.expires_at < at - KEPT_AFTER_END))


def token_hash(token: str) -> str:
    """Hash a secret for keeping; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _short_name(token: str) -> str:
    return token.lower().replace("-", "").replace("_", "")[:SHORT_LENGTH]
