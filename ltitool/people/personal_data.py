"""What is kept about a person, across all features: listing it, copying it out, erasing it.

Each feature says which of its rows are about a person (a `Keeper`), and app.py binds them, the highest
layer first: rows are erased before what they point at. What somebody did for others, such as an attendance
that a coach wrote down, stays: their row in `person` becomes a nameless marker that such records point at.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from flask import Flask, current_app
from sqlalchemy import ColumnElement, delete, func, inspect, select
from sqlalchemy.orm import Session

from ltitool.errors import msg
from ltitool.foundation.audit import record
from ltitool.foundation.db import Base
from ltitool.foundation.services import Services
from ltitool.people.errors import PersonIsStaff
from ltitool.people.grants import roles_of
from ltitool.people.models import Draft, Invitation, LtiIdentity, Person, StaffGrant, WebSession

EXTENSION = "ltitool.people.personal_data"
ERASED = "—"  # the name of somebody who was erased
REVOKE, KEEP = "revoke", "keep"  # what becomes of badges in the person's own hands


@dataclass(frozen=True)
class Who:
    """Whose data it is about."""

    organisation_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True)
class Erasure:
    """How to erase, and on whose word."""

    badges: str  # revoke | keep
    asked_by: uuid.UUID
    at: datetime
    services: Services


@dataclass(frozen=True)
class Held:
    """Rows of one table that are about a person."""

    model: type[Base]
    words: str  # what they are, for people
    about: Callable[[Who], ColumnElement[bool]]
    left_out: frozenset[str] = frozenset()  # columns that no copy holds: secrets, others' private words


@dataclass(frozen=True)
class KeptFile:
    """One stored file about a person, under its name in a copy."""

    name: str
    body: bytes


class Keeper(Protocol):
    """A feature that keeps data about people."""

    @property
    def held(self) -> Sequence[Held]:
        """Give the tables, the dependent ones first."""

    def files(self, session: Session, who: Who, found: Services) -> Iterable[KeptFile]:
        """Give what lies outside the tables."""

    def erase(self, session: Session, who: Who, how: Erasure) -> None:
        """Erase everything about a person, within the caller's transaction."""


def _no_files(_session: Session, _who: Who, _found: Services) -> Iterable[KeptFile]:
    return ()


def _nothing_more(_session: Session, _who: Who, _how: Erasure) -> None:
    return None


@dataclass(frozen=True)
class TableKeeper:
    """A keeper whose rows simply go; `before` does what must be done first."""

    held: Sequence[Held]
    listed: Callable[[Session, Who, Services], Iterable[KeptFile]] = _no_files
    before: Callable[[Session, Who, Erasure], None] = _nothing_more
    stays: frozenset[str] = field(default_factory=frozenset)  # tables that `before` has seen to

    def files(self, session: Session, who: Who, found: Services) -> Iterable[KeptFile]:
        return self.listed(session, who, found)

    def erase(self, session: Session, who: Who, how: Erasure) -> None:
        self.before(session, who, how)
        for one in self.held:
            if one.model.__tablename__ not in self.stays:
                session.execute(delete(one.model).where(one.about(who)))


def bind_keepers(app: Flask, keepers: Sequence[Keeper]) -> None:
    """Bind the features of an application, the highest layer first."""
    app.extensions[EXTENSION] = tuple(keepers)


def bound_keepers() -> Sequence[Keeper]:
    """Give what app.py bound."""
    found: Sequence[Keeper] = current_app.extensions[EXTENSION]
    return found


def counts(session: Session, who: Who, keepers: Sequence[Keeper]) -> list[tuple[str, int]]:
    """Say how much of each kind is kept; kinds of which there is nothing are left out."""
    found = []
    for one in _all_held(keepers):
        number = session.scalar(select(func.count()).select_from(one.model).where(one.about(who))) or 0
        if number:
            found.append((one.words, number))
    return found


def copy_of(session: Session, who: Who, keepers: Sequence[Keeper]) -> dict[str, list[dict[str, Any]]]:
    """Give everything as plain values, by table; secrets and others' private words are left out."""
    return {
        one.model.__tablename__: [
            _plain(row, one.left_out) for row in session.scalars(select(one.model).where(one.about(who)))
        ]
        for one in reversed(_all_held(keepers))
    }


def files_of(session: Session, who: Who, keepers: Sequence[Keeper], found: Services) -> Iterable[KeptFile]:
    """Give the stored files, one after the other."""
    for keeper in keepers:
        yield from keeper.files(session, who, found)


def erase_person(session: Session, who: Who, keepers: Sequence[Keeper], how: Erasure) -> None:
    """Erase a person in one transaction; what remains is a nameless marker, and a line in the audit chain.

    Raises:
        PersonIsStaff: they run the program here; that is taken away in the tool first.
    """
    if roles_of(session, who.organisation_id, who.person_id):
        raise PersonIsStaff(str(who.person_id))
    for keeper in keepers:
        keeper.erase(session, who, how)
        session.flush()
    record(
        session,
        organisation_id=who.organisation_id,
        actor_id=how.asked_by,
        action="person.erased",
        subject=f"person:{who.person_id}",
        at=how.at,
        details={"badges": how.badges},
    )


def _all_held(keepers: Sequence[Keeper]) -> list[Held]:
    return [one for keeper in keepers for one in keeper.held]


def _plain(row: Base, left_out: frozenset[str]) -> dict[str, Any]:
    names = [column.key for column in inspect(type(row)).column_attrs]
    return {name: _value(getattr(row, name)) for name in names if name not in left_out}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _leave_a_marker(session: Session, who: Who, _how: Erasure) -> None:
    person = session.get_one(Person, who.person_id)
    person.display_name, person.email, person.locale = ERASED, None, None


# The row of the person stays, nameless, for the records of others that point at it.
KEEPER = TableKeeper(
    held=(
        Held(Draft, msg("Words typed and not sent"), lambda who: Draft.person_id == who.person_id),
        Held(
            WebSession,
            msg("Visits"),
            lambda who: WebSession.person_id == who.person_id,
            frozenset({"token_hash", "csrf_token", "short"}),
        ),
        Held(
            Invitation,
            msg("Invitations"),
            lambda who: (
                (Invitation.organisation_id == who.organisation_id)
                & ((Invitation.accepted_by == who.person_id) | (Invitation.subject == str(who.person_id)))
            ),
            frozenset({"token_hash"}),
        ),
        Held(StaffGrant, msg("Roles given here"), lambda who: StaffGrant.person_id == who.person_id),
        Held(LtiIdentity, msg("How the LMS names them"), lambda who: LtiIdentity.person_id == who.person_id),
        Held(Person, msg("Name, e-mail and language"), lambda who: Person.id == who.person_id),
    ),
    before=_leave_a_marker,
    stays=frozenset({"person"}),
)
