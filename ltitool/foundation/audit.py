"""The audit chain: what was done, by whom, to what. Entries are added and never changed.

Each entry's digest covers the digest before it, so that nothing can be taken out or altered without
every later digest telling.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ltitool.foundation.models import AuditEntry

BEGINNING = "0" * 64  # what the first entry's digest covers
CHAIN_LOCK = 0x6C74697561756469  # any number that nothing else locks in PostgreSQL


@dataclass(frozen=True)
class BrokenLink:
    """The first entry that does not follow from the one before it."""

    sequence: int


def record(
    session: Session,
    *,
    organisation_id: uuid.UUID | None,
    actor_id: uuid.UUID | None,
    action: str,
    subject: str,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry, inside the caller's use case: what is undone there was never recorded."""
    _one_at_a_time(session)
    entry = AuditEntry(
        organisation_id=organisation_id,
        actor_id=actor_id,
        action=action,
        subject=subject,
        at=at,
        details=dict(details or {}),
    )
    last = select(AuditEntry.digest).order_by(AuditEntry.sequence.desc()).limit(1)
    entry.digest = digest_of(entry, session.scalar(last) or BEGINNING)
    session.add(entry)
    session.flush()


def broken_link(session: Session) -> BrokenLink | None:
    """Walk the whole chain; None when every entry follows from the one before it."""
    previous = BEGINNING
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)):
        if entry.digest != digest_of(entry, previous):
            return BrokenLink(entry.sequence)
        previous = entry.digest
    return None


def digest_of(entry: AuditEntry, previous: str) -> str:
    """Give the digest of an entry that stands after another one's digest."""
    said = [
        previous,
        str(entry.organisation_id or ""),
        str(entry.actor_id or ""),
        entry.action,
        entry.subject,
        entry.at.astimezone(UTC).isoformat(),
        entry.details,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _one_at_a_time(session: Session) -> None:
    """Keep two use cases from adding to the same end; SQLite has one writer anyhow."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
