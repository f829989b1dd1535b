"""Recognise a person by how an LMS names them. An e-mail address never joins two people."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.people.models import LtiIdentity, Person

NAME_LENGTH = 400


@dataclass(frozen=True)
class LmsUser:
    """A person as an LMS describes them; name and e-mail may be withheld."""

    issuer: str
    client_id: str
    subject: str
    name: str | None
    email: str | None


def recognise(
    session: Session, user: LmsUser, *, organisation_id: uuid.UUID, person_id: uuid.UUID, at: datetime
) -> Person:
    """Find the person behind an LMS user, or make them under `person_id`. A changed name is taken over."""
    person = _known(session, user)
    if person is None:
        return _make(session, user, organisation_id=organisation_id, person_id=person_id, at=at)
    if user.name:
        person.display_name = user.name[:NAME_LENGTH]
    if user.email:
        person.email = user.email
    return person


def placeholder_name(person_id: uuid.UUID) -> str:
    """Name somebody whose LMS keeps their name back, the same way each time."""
    return f"Participant {person_id.hex[:4].upper()}"


def _known(session: Session, user: LmsUser) -> Person | None:
    return session.scalar(
        select(Person)
        .join(LtiIdentity, LtiIdentity.person_id == Person.id)
        .where(
            LtiIdentity.issuer == user.issuer,
            LtiIdentity.client_id == user.client_id,
            LtiIdentity.subject == user.subject,
        )
    )


def _make(
    session: Session, user: LmsUser, *, organisation_id: uuid.UUID, person_id: uuid.UUID, at: datetime
) -> Person:
    person = Person(
        id=person_id,
        organisation_id=organisation_id,
        display_name=(user.name or placeholder_name(person_id))[:NAME_LENGTH],
        email=user.email,
        locale=None,
        created_at=at,
    )
    session.add(person)
    session.flush()  # the identity's foreign key needs the person's row first
    session.add(
        LtiIdentity(
            id=uuid.uuid5(person_id, "lti-identity"),
            organisation_id=organisation_id,
            person_id=person_id,
            issuer=user.issuer,
            client_id=user.client_id,
            subject=user.subject,
            created_at=at,
        )
    )
    return person
