"""Roles given in the tool: director and operator. An LMS role never gives them."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.people.models import StaffGrant
from ltitool.people.sessions import close_sessions_of

STAFF_ROLES = ("director", "operator")


def grant(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    person_id: uuid.UUID,
    role: str,
    granted_by: uuid.UUID | None,
    at: datetime,
) -> None:
    """Give a person a staff role; giving it twice changes nothing."""
    if role not in STAFF_ROLES:
        message = f"no staff role {role!r}"
        raise ValueError(message)
    if role in roles_of(session, organisation_id, person_id):
        return
    session.add(
        StaffGrant(
            id=uuid.uuid5(person_id, f"grant:{role}"),
            organisation_id=organisation_id,
            person_id=person_id,
            role=role,
            granted_at=at,
            granted_by=granted_by,
        )
    )


def withdraw_grant(
    session: Session, *, organisation_id: uuid.UUID, person_id: uuid.UUID, at: datetime
) -> None:
    """Take all staff roles away; open sessions end with them."""
    session.execute(
        delete(StaffGrant).where(
            StaffGrant.organisation_id == organisation_id, StaffGrant.person_id == person_id
        )
    )
    close_sessions_of(session, person_id, at)


def roles_of(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> frozenset[str]:
    """Give the staff roles of a person."""
    return frozenset(
        session.scalars(
            select(StaffGrant.role).where(
                StaffGrant.organisation_id == organisation_id, StaffGrant.person_id == person_id
            )
        )
    )
