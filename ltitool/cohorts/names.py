"""Names of people, for pages that already know whom they may show."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.people.models import Person


def name_of(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """Give the name that a person goes by."""
    return session.scalars(
        select(Person.display_name).where(Person.organisation_id == organisation_id, Person.id == person_id)
    ).one()
