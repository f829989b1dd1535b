"""Taking a badge back: by a director, with a reason, visible to the next verification."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.credentials.awarding import ISSUED, REVOKED
from ltitool.credentials.errors import AlreadyRevoked, AwardUnknown
from ltitool.credentials.models import Award, Issuer
from ltitool.credentials.status_lists import set_revoked
from ltitool.foundation.audit import record
from ltitool.foundation.services import KeyStore


def revoke_award(
    session: Session,
    award_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID,
    director_id: uuid.UUID,
    reason: str,
    keys: KeyStore,
    public_url: str,
    at: datetime,
) -> Award:
    """Revoke an issued award; the signed status list changes in the same transaction.

    Raises:
        AwardUnknown: not there, not of this organisation, or never issued.
        AlreadyRevoked: it was revoked before.
    """
    award = session.scalar(
        select(Award)
        .where(Award.organisation_id == organisation_id, Award.id == award_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if award is None or award.state not in {ISSUED, REVOKED}:
        raise AwardUnknown(str(award_id))
    if award.state == REVOKED:
        raise AlreadyRevoked(str(award_id))
    award.state = REVOKED
    award.revoked_at = at
    award.revocation_reason = reason
    issuer = session.get_one(Issuer, award.issuer_id)
    set_revoked(session, award, issuer, keys=keys, public_url=public_url, at=at)
    record(
        session,
        organisation_id=organisation_id,
        actor_id=director_id,
        action="credential.revoked",
        subject=f"award:{award.id}",
        at=at,
        details={"status_index": award.status_index},  # the reason stays with the award: it can be erased
    )
    return award
