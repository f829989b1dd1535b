"""Putting away what may not lie around: private keys that were superseded, sessions long over."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.foundation.db import transaction
from ltitool.foundation.jobs import Work
from ltitool.foundation.keys import destroy_retired
from ltitool.foundation.models import SealedKey
from ltitool.foundation.services import services

DESTROY_KEYS_JOB = "keys.destroy"


def destroy_keys_job(work: Work) -> datetime | None:
    """Destroy the private halves of keys that no longer sign; their public halves stay published."""
    del work
    with transaction() as session:
        destroy_retired(session, services().clock())
    return None


def keys_to_destroy(session: Session, now: datetime) -> Iterable[str]:
    """Say whether there is such a key."""
    found = select(SealedKey.id).where(SealedKey.retired_at <= now, SealedKey.sealed_private.is_not(None))
    return [] if session.scalar(found.limit(1)) is None else ["all"]
