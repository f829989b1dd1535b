"""Invitations to register an LMS: an operator makes a link, one registration uses it up."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from ltitool.errors import Invalid, msg
from ltitool.foundation.audit import record
from ltitool.foundation.rows import add_once
from ltitool.lti.models import PlatformInvitation
from ltitool.lti.platforms import MAX_FIELD
from ltitool.lti.registration_errors import InvitationRaced, InvitationUnusable
from ltitool.people.sessions import token_hash

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class NewInvitation:
    """For whom an LMS may register itself, and under which name it will be listed."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    by: uuid.UUID | None = None  # nobody by name where the command was used


def invite_platform(session: Session, wanted: NewInvitation, token: str, at: datetime) -> datetime:
    """Write an invitation down, once by its id; gives until when it works. The token is not kept.

    Raises:
        Invalid: there is no usable name.
    """
    if not 0 < len(wanted.name) <= MAX_FIELD:
        raise Invalid({"name": msg("This is needed, and shorter than 2,000 characters")})
    row = PlatformInvitation(
        id=wanted.id,
        organisation_id=wanted.organisation_id,
        name=wanted.name,
        token_hash=token_hash(token),
        created_at=at,
        expires_at=at + LIFETIME,
        used_at=None,
        platform_id=None,
        product="",
        scopes=[],
    )
    if not add_once(session, row):
        return session.get_one(PlatformInvitation, wanted.id).expires_at
    record(
        session,
        organisation_id=wanted.organisation_id,
        actor_id=wanted.by,
        action="platform.invited",
        subject=f"platform-invitation:{wanted.id}",
        at=at,
    )
    return row.expires_at


def open_platform_invitation(session: Session, token: str, at: datetime) -> PlatformInvitation:
    """Find an invitation that can still be used.

    Raises:
        InvitationUnusable: unknown, used or too old.
    """
    found = session.scalar(
        select(PlatformInvitation).where(PlatformInvitation.token_hash == token_hash(token))
    )
    if found is None or found.used_at is not None or at >= found.expires_at:
        raise InvitationUnusable
    return found


def use_up(session: Session, invitation_id: uuid.UUID, at: datetime) -> None:
    """Use an invitation; of two registrations at once the database lets one pass.

    Raises:
        InvitationRaced: the other one was first.
    """
    free = (PlatformInvitation.id == invitation_id, PlatformInvitation.used_at.is_(None))
    used = session.execute(update(PlatformInvitation).where(*free).values(used_at=at))
    if cast("CursorResult[object]", used).rowcount != 1:
        raise InvitationRaced(str(invitation_id))


def give_back(session: Session, invitation_id: uuid.UUID) -> None:
    """Make an invitation usable again whose registration came to nothing."""
    session.execute(
        update(PlatformInvitation).where(PlatformInvitation.id == invitation_id).values(used_at=None)
    )
