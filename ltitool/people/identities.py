"""Recognise a person by how an LMS names them. An e-mail address never joins two people."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.bulk import beside, given_rows, insert_all, table_of
from ltitool.foundation.ids import derived_id
from ltitool.people.models import LtiIdentity, Person

NAME_LENGTH = 400


@dataclass(frozen=True, slots=True)
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
    _take_over(person, user)
    return person


@dataclass(frozen=True)
class Recognised:
    """Who is behind users of one registration."""

    known: Mapping[str, uuid.UUID]  # people by the subject of the LMS
    new: Mapping[str, uuid.UUID]  # those who were not here before


def recognise_all(
    session: Session,
    users: Sequence[LmsUser],
    *,
    organisation_id: uuid.UUID,
    new_id: Callable[[], uuid.UUID],
    at: datetime,
) -> Recognised:
    """Find or make the people behind users of one registration, in a few statements for all of them."""
    rows = _known_of(session, users)
    changes = [change for user in users if (change := _change(rows.get(user.subject), user))]
    if changes:
        session.execute(update(Person), changes)
    strangers = [(user, new_id()) for user in users if user.subject not in rows]
    insert_all(session, Person, (_person(organisation_id, *one, at) for one in strangers))
    insert_all(session, LtiIdentity, (_identity(organisation_id, *one, at) for one in strangers))
    known = {subject: row.id for subject, row in rows.items()}
    return Recognised(known, {user.subject: person_id for user, person_id in strangers})


def _known_of(session: Session, users: Sequence[LmsUser]) -> dict[str, Any]:
    if not users:
        return {}
    identity, person = table_of(LtiIdentity), table_of(Person)
    asked = given_rows(session, [{"subject": user.subject} for user in users], {"subject": String()})
    own = (identity.c.issuer == users[0].issuer, identity.c.client_id == users[0].client_id)
    known = (identity.c.subject, identity.c.person_id)
    shown = (person.c.id, person.c.display_name, person.c.email)
    found, named = beside(session, asked, known, *own, identity.c.subject == asked.c.subject)
    found, who = beside(session, found, shown, person.c.id == named.person_id)
    columns = (named.subject, who.id, who.display_name, who.email)
    rows = session.execute(select(*columns).select_from(found).where(who.id.is_not(None)))
    return {row.subject: row for row in rows}


def _change(row: Any, user: LmsUser) -> dict[str, Any]:
    """Give what an LMS says anew of somebody, with their id; nothing if nothing is new."""
    if row is None:
        return {}
    name, email = (user.name or row.display_name)[:NAME_LENGTH], user.email or row.email
    if (name, email) == (row.display_name, row.email):
        return {}
    return {"id": row.id, "display_name": name, "email": email}


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


def _take_over(person: Person, user: LmsUser) -> None:
    if user.name:
        person.display_name = user.name[:NAME_LENGTH]
    if user.email:
        person.email = user.email


def _make(
    session: Session, user: LmsUser, *, organisation_id: uuid.UUID, person_id: uuid.UUID, at: datetime
) -> Person:
    person = Person(**_person(organisation_id, user, person_id, at))
    session.add(person)
    session.flush()  # the identity's foreign key needs the person's row first
    session.add(LtiIdentity(**_identity(organisation_id, user, person_id, at)))
    return person


def _person(organisation_id: uuid.UUID, user: LmsUser, person_id: uuid.UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": person_id,
        "organisation_id": organisation_id,
        "display_name": (user.name or placeholder_name(person_id))[:NAME_LENGTH],
        "email": user.email,
        "locale": None,
        "created_at": at,
    }


def _identity(
    organisation_id: uuid.UUID, user: LmsUser, person_id: uuid.UUID, at: datetime
) -> dict[str, Any]:
    return {
        "id": derived_id(person_id, "lti-identity"),
        "organisation_id": organisation_id,
        "person_id": person_id,
        "issuer": user.issuer,
        "client_id": user.client_id,
        "subject": user.subject,
        "created_at": at,
    }
