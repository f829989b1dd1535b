"""Tables of the foundation: sealed keys, durable jobs, the audit chain."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base


class SealedKey(Base):
    """A signing key; the private half is encrypted under the key-encryption key of the settings."""

    __tablename__ = "sealed_key"
    __table_args__ = (Index(None, "owner", "purpose"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner: Mapped[str]  # "tool", or an issuer's id
    purpose: Mapped[str]  # lti-rs256 | badge-ed25519 | badge-rs256
    thumbprint: Mapped[str] = mapped_column(unique=True)  # RFC 7638; the key's public name
    public_jwk: Mapped[dict[str, Any]]
    sealed_private: Mapped[bytes | None] = mapped_column(LargeBinary)  # None: destroyed
    created_at: Mapped[datetime]
    active_from: Mapped[datetime]  # published at once, used from then on
    retired_at: Mapped[datetime | None]  # from then on it only verifies; may lie ahead


class Job(Base):
    """A hint that some row wants work. The row is the intent; losing a job loses nothing.

    A job that is done stays for a while, so that its fencing token never goes back.
    """

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("name", "subject"), Index(None, "state", "run_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    subject: Mapped[str]  # which row; one job per name and subject
    state: Mapped[str]  # waiting | running | done | dead
    run_at: Mapped[datetime]  # when done: since when
    again_at: Mapped[datetime | None]  # news came while it was running: run once more
    attempts: Mapped[int] = mapped_column(default=0)  # since it last went well
    lease_until: Mapped[datetime | None]
    fencing_token: Mapped[int] = mapped_column(default=0)  # one more with each runner that takes it
    error: Mapped[str | None]


class AuditEntry(Base):
    """What was done, by whom, to what: append-only and hash-chained."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "organisation_id", "at"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    organisation_id: Mapped[uuid.UUID | None]
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str]  # e.g. credential.revoked
    subject: Mapped[str]  # e.g. award:<id>
    at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(unique=True)  # sha256(previous digest, this entry)
