"""The audit chain: what was done, by whom, to what. Entries are added and never changed.

Each entry's digest covers its place and the digest before it, so that nothing can be altered, taken out
or moved without the chain telling. What a chain cannot tell is that its end was cut off: for that,
publish `chain_head` from time to time. Details name things by their ids and hold nothing personal,
because they cannot be erased.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ltitool.foundation.models import AuditEntry

BEGINNING = (0, "0" * 64)  # the place and digest that the first entry follows
CHAIN_LOCK = 0x6C74697561756469  # any number that nothing else locks in PostgreSQL
PIECE = 500  # entries in memory while the chain is walked

# For the migration that lays the table: the database itself refuses to change what was written.
APPEND_ONLY: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        (
            "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry"
            " BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
        ),
        (
            "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry"
            " BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'audit entries are never changed'; END$$"
        ),
        (
            "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
        ),
        (
            "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
        ),
    ),
}
# For its way down, before the table is dropped.
APPEND_ONLY_DOWN: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"),
    "postgresql": (
        "DROP TRIGGER audit_entry_no_change ON audit_entry",
        "DROP TRIGGER audit_entry_no_truncate ON audit_entry",
        "DROP FUNCTION audit_entry_refuse()",
    ),
}


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
    last_sequence, last_digest = chain_head(session)
    entry = AuditEntry(
        sequence=last_sequence + 1,
        organisation_id=organisation_id,
        actor_id=actor_id,
        action=action,
        subject=subject,
        at=at,
        details=json.loads(_canonical(dict(details or {}))),
    )
    entry.digest = _digest(entry, last_digest)
    session.add(entry)
    session.flush()


def chain_head(session: Session) -> tuple[int, str]:
    """Give the place and digest of the last entry; with it published, nothing before it can be cut off."""
    last = select(AuditEntry.sequence, AuditEntry.digest).order_by(AuditEntry.sequence.desc()).limit(1)
    found = session.execute(last).one_or_none()
    return (found.sequence, found.digest) if found else BEGINNING


def verify_chain(session: Session) -> int | None:
    """Walk the whole chain.

    Returns:
        The place of the first entry that does not follow from the one before it, or None.
    """
    piecewise = {"populate_existing": True, "yield_per": PIECE}
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence), execution_options=piecewise)
    with closing(entries):
        return _first_broken(entries)


def _first_broken(entries: Iterable[AuditEntry]) -> int | None:
    before, digest = BEGINNING
    for entry in entries:
        if entry.sequence != before + 1 or entry.digest != _digest(entry, digest):
            return entry.sequence
        before, digest = entry.sequence, entry.digest
    return None


def _digest(entry: AuditEntry, previous: str) -> str:
    said = [
        previous,
        entry.sequence,
        str(entry.organisation_id or ""),
        str(entry.actor_id or ""),
        entry.action,
        entry.subject,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.details,
    ]
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _one_at_a_time(session: Session) -> None:
    """Keep two use cases from adding to the same end; SQLite has one writer anyhow."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
