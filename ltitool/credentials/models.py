"""Tables of credentials: issuer, status list, the confirmed identity, and the award."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base, Tenant, tenant_fk, tenant_key


class Issuer(Tenant, Base):
    """Who signs. Its did:web document is served from its slug."""

    __tablename__ = "issuer"
    __table_args__ = (tenant_key(), ForeignKeyConstraint(["organisation_id"], ["organisation.id"]))

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    url: Mapped[str]
    email: Mapped[str | None]
    description: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class StatusList(Tenant, Base):
    """A bitstring status list: its bits, and the signed credential made of them."""

    __tablename__ = "status_list"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("issuer_id", "number"),
        tenant_fk("issuer_id", "issuer"),
    )

    issuer_id: Mapped[uuid.UUID]
    number: Mapped[int]
    purpose: Mapped[str]  # revocation
    encoded_list: Mapped[str] = mapped_column(Text)  # multibase base64url of the gzipped bits
    version: Mapped[int]  # grows with each revocation; a lower one is never published
    signed: Mapped[dict[str, Any] | None]
    signed_at: Mapped[datetime | None]


class ConfirmedIdentity(Tenant, Base):
    """The name, and if wished the licence, that a holder confirmed for the badge."""

    __tablename__ = "confirmed_identity"
    __table_args__ = (
        UniqueConstraint("offering_id", "person_id"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    full_name: Mapped[str]
    email: Mapped[str | None]
    licence_number: Mapped[str | None]
    confirmed_at: Mapped[datetime]


class Award(Tenant, Base):
    """One credential for one person: reserved before it is signed, released after it was checked."""

    __tablename__ = "award"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("organisation_id", "offering_id", "person_id", "achievement_id"),
        UniqueConstraint("status_list_id", "status_index"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
        tenant_fk("issuer_id", "issuer"),
        tenant_fk("status_list_id", "status_list"),
        Index(None, "state"),
    )

    public_id: Mapped[str] = mapped_column(unique=True)  # in links; 128 random bits
    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    issuer_id: Mapped[uuid.UUID]
    achievement_id: Mapped[str]
    status_list_id: Mapped[uuid.UUID]
    status_index: Mapped[int]
    state: Mapped[str]  # reserved | issued | revoked
    # The forms are long and a list of awards needs none of them: each is read when it is asked for.
    unsigned: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # the exact document that gets signed
    signed: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    jwt: Mapped[str | None] = mapped_column(Text, deferred=True)
    image_png: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    image_svg: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    is_public: Mapped[bool]  # whether the holder shows the badge page to everybody
    reserved_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)  # why the self-check held it back, if it did
