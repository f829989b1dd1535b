"""Invitations: single-use links that grant a role in the tool, or let staff sign in again."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.rows import add_once
from ltitool.people.errors import InvitationUnusable
from ltitool.people.grants import STAFF_ROLES, RoleChange, grant, note_role
from ltitool.people.models import Invitation, Person
from ltitool.people.sessions import token_hash

LIFETIME = timedelta(days=7)
SIGN_IN = "sign-in"


@dataclass(frozen=True)
class NewInvitation:
    """What somebody is invited to, and by whom: nobody by name where the command was used."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    role: str
    subject: str | None
    note: str
    by: uuid.UUID | None = None


@dataclass(frozen=True)
class Invited:
    """Who an accepted invitation made or found, and what it was for."""

    invitation_id: uuid.UUID
    organisation_id: uuid.UUID
    person_id: uuid.UUID
    role: str
    subject: str | None


def invite(session: Session, wanted: NewInvitation, *, token: str, at: datetime) -> datetime:
    """Write an invitation down, once by its id; gives until when it works.

    The token goes into the link and is not kept.
    """
    row = Invitation(
        id=wanted.id,
        organisation_id=wanted.organisation_id,
        token_hash=token_hash(token),
        role=wanted.role,
        subject=wanted.subject,
        note=wanted.note,
        created_at=at,
        expires_at=at + LIFETIME,
        accepted_at=None,
        accepted_by=None,
    )
    if not add_once(session, row):
        return session.get_one(Invitation, wanted.id).expires_at
    change = RoleChange("invited", wanted.organisation_id, wanted.by, at)
    note_role(session, change, f"invitation:{wanted.id}", role=wanted.role, place=wanted.subject)
    return row.expires_at


def open_invitation(session: Session, token: str, at: datetime) -> Invitation:
    """Find an invitation that can still be used.

    Raises:
        InvitationUnusable: unknown, used or too old; the three look the same from outside.
    """
    found = session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
    if found is None or found.accepted_at is not None or at >= found.expires_at:
        raise InvitationUnusable
    return found


def accept(
    session: Session,
    token: str,
    *,
    person_id: uuid.UUID | None,
    new_person_id: uuid.UUID,
    full_name: str,
    at: datetime,
) -> Invited:
    """Use an invitation up, for a person already here (`person_id`) or a new one.

    Raises:
        InvitationUnusable: it is none, or somebody else uses it in this moment.
    """
    invitation = open_invitation(session, token, at)
    _use_up(session, invitation, at)
    if invitation.role == SIGN_IN and invitation.subject:
        holder = uuid.UUID(invitation.subject)
    else:
        here = person_id if _is_of(session, invitation, person_id) else None
        holder = here or _new_person(session, invitation, new_person_id, full_name, at)
    invitation.accepted_by = holder
    if invitation.role in STAFF_ROLES:
        grant(
            session,
            organisation_id=invitation.organisation_id,
            person_id=holder,
            role=invitation.role,
            granted_by=None,
            at=at,
            invitation_id=invitation.id,
        )
    return Invited(invitation.id, invitation.organisation_id, holder, invitation.role, invitation.subject)


def _use_up(session: Session, invitation: Invitation, at: datetime) -> None:
    """Of two who use it at once the database lets one pass."""
    free = (Invitation.id == invitation.id, Invitation.accepted_at.is_(None))
    used = session.execute(update(Invitation).where(*free).values(accepted_at=at))
    if cast("CursorResult[object]", used).rowcount != 1:
        raise InvitationUnusable


def _is_of(session: Session, invitation: Invitation, person_id: uuid.UUID | None) -> bool:
    """Say whether somebody belongs to the organisation that invites; nobody crosses the wall."""
    found = select(Person.id).where(
        Person.organisation_id == invitation.organisation_id, Person.id == person_id
    )
    return person_id is not None and session.scalar(found) is not None


def _new_person(
    session: Session, invitation: Invitation, person_id: uuid.UUID, full_name: str, at: datetime
) -> uuid.UUID:
    session.add(
        Person(
            id=person_id,
            organisation_id=invitation.organisation_id,
            display_name=full_name,
            email=None,
            locale=None,
            created_at=at,
        )
    )
    session.flush()
    return person_id
