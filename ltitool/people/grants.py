"""Roles given in the tool: director and operator. An LMS role never gives them.

Whatever changes who may do something goes into the audit chain: `note_role`, for a cohort's coaches too.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.foundation.audit import record
from ltitool.people.models import StaffGrant
from ltitool.people.sessions import close_sessions_of

STAFF_ROLES = ("director", "operator")


@dataclass(frozen=True)
class RoleChange:
    """What became of a role, on whose word and when; nobody by name where the command was used."""

    what: str  # invited | granted | withdrawn
    organisation_id: uuid.UUID
    by: uuid.UUID | None
    at: datetime


def grant(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    person_id: uuid.UUID,
    role: str,
    granted_by: uuid.UUID | None,
    at: datetime,
    invitation_id: uuid.UUID | None = None,
) -> None:
    """Give a person a staff role; giving it twice changes nothing. By invitation they take it themselves."""
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
    change = RoleChange("granted", organisation_id, person_id if invitation_id else granted_by, at)
    note_role(session, change, f"person:{person_id}", role=role, invitation=invitation_id)


def withdraw_grant(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    person_id: uuid.UUID,
    withdrawn_by: uuid.UUID | None,
    at: datetime,
) -> None:
    """Take all staff roles away; open sessions end with them."""
    change = RoleChange("withdrawn", organisation_id, withdrawn_by, at)
    gone = session.scalars(  # what went is told by the statement that took it: two at once take it once
        delete(StaffGrant)
        .where(StaffGrant.organisation_id == organisation_id, StaffGrant.person_id == person_id)
        .returning(StaffGrant.role)
    )
    for role in sorted(gone):
        note_role(session, change, f"person:{person_id}", role=role)
    close_sessions_of(session, person_id, at)


def note_role(session: Session, change: RoleChange, subject: str, **details: object) -> None:
    """Write down in the audit chain what became of a role; details are names of roles, and ids."""
    record(
        session,
        organisation_id=change.organisation_id,
        actor_id=change.by,
        action=f"role.{change.what}",
        subject=subject,
        at=change.at,
        details={name: str(value) for name, value in details.items() if value is not None},
    )


def staff_of(session: Session, organisation_id: uuid.UUID) -> list[StaffGrant]:
    """Give all staff roles of an organisation, the oldest first."""
    found = select(StaffGrant).where(StaffGrant.organisation_id == organisation_id)
    return list(session.scalars(found.order_by(StaffGrant.granted_at, StaffGrant.id)))


def roles_of(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> frozenset[str]:
    """Give the staff roles of a person."""
    return frozenset(
        session.scalars(
            select(StaffGrant.role).where(
                StaffGrant.organisation_id == organisation_id, StaffGrant.person_id == person_id
            )
        )
    )
