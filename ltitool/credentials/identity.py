"""The name, and if wished the licence, under which somebody wants to hold their badge."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.errors import IdentityIncomplete
from ltitool.credentials.models import ConfirmedIdentity
from ltitool.errors import msg

NAME_LENGTH = 200
LICENCE_LENGTH = 64


@dataclass(frozen=True)
class HolderIdentity:
    """What goes into the badge as salted hashes: the full name always, the others if given."""

    full_name: str
    email: str | None = None
    licence_number: str | None = None


def confirm_identity(
    session: Session, scope: ParticipantScope, identity: HolderIdentity, *, at: datetime
) -> None:
    """Write down what the holder confirmed; until the award it may be confirmed anew.

    Raises:
        IdentityIncomplete: there is no name.
    """
    if not identity.full_name:
        raise IdentityIncomplete({"full_name": msg("Write your name as it stands on your licence.")})
    row = confirmed_identity(session, scope)
    if row is None:
        row = ConfirmedIdentity(
            id=uuid.uuid5(scope.offering_id, f"identity:{scope.person_id}"),
            organisation_id=scope.organisation_id,
            offering_id=scope.offering_id,
            person_id=scope.person_id,
        )
        session.add(row)
    row.full_name = identity.full_name
    row.email = identity.email
    row.licence_number = identity.licence_number
    row.confirmed_at = at


def confirmed_identity(session: Session, scope: ParticipantScope) -> ConfirmedIdentity | None:
    """Give what a participant confirmed, if they did."""
    return session.scalar(
        select(ConfirmedIdentity).where(
            ConfirmedIdentity.organisation_id == scope.organisation_id,
            ConfirmedIdentity.offering_id == scope.offering_id,
            ConfirmedIdentity.person_id == scope.person_id,
        )
    )
