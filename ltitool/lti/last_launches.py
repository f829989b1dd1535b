"""When somebody last came from a platform.

A launch writes nothing for it: sessions tell, as long as they are kept, and the job that forgets old nonces
notes it on the platform before the sessions go.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from ltitool.lti.models import Platform
from ltitool.people.models import LtiIdentity, WebSession

LAUNCHED = "lti"


def last_launches(session: Session, organisation_id: uuid.UUID) -> Mapping[uuid.UUID, datetime]:
    """Give the last launch of each of an organisation's platforms that had one."""
    noted = session.execute(
        select(Platform.id, Platform.last_launch_at).where(
            Platform.organisation_id == organisation_id, Platform.last_launch_at.is_not(None)
        )
    )
    found = {row.id: row.last_launch_at for row in noted}
    for row in _seen(session, organisation_id):
        found[row.id] = max(row.last, found.get(row.id, row.last))
    return found


def note_last_launches(session: Session) -> None:
    """Write down what the sessions tell."""
    for row in _seen(session, None):
        session.execute(
            update(Platform)
            .where(Platform.id == row.id)
            .values(last_launch_at=row.last)
            .execution_options(synchronize_session=False)
        )


def _seen(session: Session, organisation_id: uuid.UUID | None) -> list[Row[uuid.UUID, datetime]]:
    query = (
        select(Platform.id, func.max(WebSession.created_at).label("last"))
        .join(
            LtiIdentity,
            (LtiIdentity.issuer == Platform.issuer) & (LtiIdentity.client_id == Platform.client_id),
        )
        .join(WebSession, WebSession.person_id == LtiIdentity.person_id)
        .where(WebSession.kind == LAUNCHED)
        .group_by(Platform.id)
    )
    if organisation_id is not None:
        query = query.where(Platform.organisation_id == organisation_id)
    return list(session.execute(query).all())
