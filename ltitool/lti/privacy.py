"""Data privacy launches: whose data a session is about, and the copy that it may take with it.

The row of the session says whom it is about; nothing that a browser sends does.
"""

import json
import uuid
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.services import Services
from ltitool.lti.models import Platform, PrivacyRequest
from ltitool.lti.privacy_errors import PrivacyNone
from ltitool.people.models import LtiIdentity, Person
from ltitool.people.personal_data import Erasure, Keeper, Who, copy_of, erase_person, files_of

KEPT = timedelta(days=1)
DATA_NAME = "data.json"


@dataclass(frozen=True)
class Asked:
    """Whom a data privacy launch is about; `who` is None where nothing is kept about them."""

    subject: str
    platform: str
    who: Who | None
    name: str | None


def note_privacy(
    session: Session,
    platform: Platform,
    subject: str,
    *,
    request_id: uuid.UUID,
    session_id: uuid.UUID,
    at: datetime,
) -> None:
    """Keep whom a launch asked about, for the session that it opens."""
    session.add(
        PrivacyRequest(
            id=request_id,
            organisation_id=platform.organisation_id,
            platform_id=platform.id,
            session_id=session_id,
            subject=subject,
            created_at=at,
        )
    )


def asked_about(session: Session, organisation_id: uuid.UUID, session_id: uuid.UUID) -> Asked:
    """Give whom a session is about.

    Raises:
        PrivacyNone: it was not opened for that.
    """
    row = session.execute(
        select(PrivacyRequest.subject, Platform)
        .join(Platform, Platform.id == PrivacyRequest.platform_id)
        .where(PrivacyRequest.organisation_id == organisation_id, PrivacyRequest.session_id == session_id)
    ).first()
    if row is None:
        raise PrivacyNone
    subject, platform = row
    person = session.scalar(
        select(Person)
        .join(LtiIdentity, LtiIdentity.person_id == Person.id)
        .where(
            Person.organisation_id == organisation_id,
            LtiIdentity.issuer == platform.issuer,
            LtiIdentity.client_id == platform.client_id,
            LtiIdentity.subject == subject,
        )
    )
    if person is None:
        return Asked(subject, platform.name, None, None)
    return Asked(subject, platform.name, Who(organisation_id, person.id), person.display_name)


def hand_over_privacy(session: Session, old_session_id: uuid.UUID, new_session_id: uuid.UUID) -> None:
    """Let the tab that continues a session be about the same person; the old session is about nobody then."""
    asked = update(PrivacyRequest).where(PrivacyRequest.session_id == old_session_id)
    session.execute(asked.values(session_id=new_session_id))


def packed_copy(session: Session, who: Who, keepers: tuple[Keeper, ...], found: Services) -> bytes:
    """Pack everything about a person: the rows as JSON, photos and badges as files."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = copy_of(session, who, keepers)
        archive.writestr(DATA_NAME, json.dumps(rows, ensure_ascii=False, indent=2))
        for file in files_of(session, who, keepers, found):
            archive.writestr(file.name, file.body)
    return packed.getvalue()


def erase_asked(session: Session, asked: Asked, keepers: tuple[Keeper, ...], how: Erasure) -> None:
    """Erase the person of a data privacy launch; where nothing is kept, there is nothing to do.

    Raises:
        PersonIsStaff: they run the program here.
    """
    if asked.who is not None:
        erase_person(session, asked.who, keepers, how)


def forget_privacy(session: Session, now: datetime) -> None:
    """Drop what was asked a day ago: those sessions are over."""
    session.execute(delete(PrivacyRequest).where(PrivacyRequest.created_at < now - KEPT))
