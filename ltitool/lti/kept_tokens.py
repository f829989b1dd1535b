"""Service tokens in the database, and the turn to ask for a new one: one process asks, the others look.

A turn is a time in the token's row, so nothing of the database is held while an LMS is asked, and the turn of
a process that died ends by itself.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.lti.models import AccessToken

TURN = timedelta(seconds=10)  # longer than one request to a token endpoint may take


@dataclass(frozen=True)
class Grant:
    """What a token endpoint gave."""

    token: str
    expires_at: datetime


def kept_token(platform_id: uuid.UUID, scopes: str) -> Grant | None:
    """Read what is kept for a registration and its scopes."""
    row = (
        read_session()
        .execute(
            select(AccessToken.token, AccessToken.expires_at).where(
                AccessToken.platform_id == platform_id, AccessToken.scopes == scopes
            )
        )
        .first()
    )
    end_read()
    return None if row is None else Grant(row.token, row.expires_at)


def take_turn(platform_id: uuid.UUID, scopes: str, now: datetime) -> bool:
    """Take the turn to ask for a token, unless somebody has it."""
    with transaction() as session:
        insert = _insert(session).values(
            platform_id=platform_id, scopes=scopes, token="", expires_at=now, asked_until=now + TURN
        )
        taken = session.execute(
            insert.on_conflict_do_update(
                index_elements=[AccessToken.platform_id, AccessToken.scopes],
                set_={"asked_until": insert.excluded.asked_until},
                where=_is_free(now),
            ).returning(AccessToken.platform_id)
        )
        return taken.first() is not None


def end_turn(platform_id: uuid.UUID, scopes: str) -> None:
    """Let the next one ask: ours brought nothing, or was not needed."""
    with transaction() as session:
        session.execute(
            update(AccessToken)
            .where(AccessToken.platform_id == platform_id, AccessToken.scopes == scopes)
            .values(asked_until=None)
            .execution_options(synchronize_session=False)
        )


def keep_token(session: Session, platform_id: uuid.UUID, scopes: str, grant: Grant) -> None:
    """Keep a token in the place of an older one, and end the turn; of two at once, the later stays."""
    insert = _insert(session).values(
        platform_id=platform_id, scopes=scopes, token=grant.token, expires_at=grant.expires_at
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[AccessToken.platform_id, AccessToken.scopes],
            set_={
                "token": insert.excluded.token,
                "expires_at": insert.excluded.expires_at,
                "asked_until": None,
            },
        )
    )


def forget_tokens(session: Session, now: datetime) -> None:
    """Drop the tokens that are over, but for those that somebody is renewing."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now, _is_free(now)))


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(AccessToken.asked_until.is_(None), AccessToken.asked_until <= now)


def _insert(session: Session) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(AccessToken)
    return sqlite.insert(AccessToken)
