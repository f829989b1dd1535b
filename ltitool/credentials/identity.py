"""The name, and if wished the licence, under which somebody wants to hold their badge."""

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.errors import IdentityIncomplete
from ltitool.credentials.models import ConfirmedIdentity
from ltitool.errors import msg

# The words of Open Badges 3.0 for what an identity object holds.
NAME, EMAIL, LICENCE = "name", "emailAddress", "ext:LicenseNumber"
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
        raise IdentityIncomplete({"full_name": msg("Write your name as it stands on your license.")})
    row = confirmed_identity(session, scope)
    if row is None:
        row = ConfirmedIdentity(
            id=uuid.uuid5(scope.offering_id, f"identity:{scope.person_id}"),
            organisation_id=scope.organisation_id,
            offering_id=scope.offering_id,
            person_id=scope.person_id,
        )
        session.add(row)
    row.full_name = as_written(identity.full_name)
    row.email = as_written(identity.email).lower() if identity.email else None
    row.licence_number = as_written(identity.licence_number) if identity.licence_number else None
    row.confirmed_at = at


def as_written(text: str) -> str:
    """Write an identifier the one way in which it is hashed: composed characters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def confirmed_identity(session: Session, scope: ParticipantScope) -> ConfirmedIdentity | None:
    """Give what a participant confirmed, if they did."""
    return session.scalar(
        select(ConfirmedIdentity).where(
            ConfirmedIdentity.organisation_id == scope.organisation_id,
            ConfirmedIdentity.offering_id == scope.offering_id,
            ConfirmedIdentity.person_id == scope.person_id,
        )
    )
