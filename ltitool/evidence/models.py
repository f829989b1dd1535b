"""Tables of evidence: photo and arrival, power map and versions, guided entry, keystone and submissions."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base, Tenant, tenant_fk, tenant_key


class Photo(Tenant, Base):
    """A photo's words and where its two re-encoded sizes lie. The original is never kept."""

    __tablename__ = "photo"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("offering_id", "person_id", "upload_key"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    upload_key: Mapped[str]  # of the browser's name for the upload and its bytes: a repeat is the same photo
    lens: Mapped[str]  # key of one of the program's lenses; empty until it is chosen
    caption: Mapped[str] = mapped_column(Text)
    alt_text: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, Any]]  # to the program's photo prompts
    who_is_in_it: Mapped[str]  # nobody | adults_agreed; empty until it is said
    object_key: Mapped[str]  # of the stored sizes: <key>/2048.webp and <key>/480.webp
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class PhotoArrival(Tenant, Base):
    """A photo's files are being stored. The photo's row takes its place; one left over is tidied up."""

    __tablename__ = "photo_arrival"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]), Index(None, "begun_at"))

    object_key: Mapped[str]
    begun_at: Mapped[datetime]


class PowerMap(Tenant, Base):
    """The power and decision-making map a person works on."""

    __tablename__ = "power_map"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("offering_id", "person_id"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    document: Mapped[dict[str, Any]]  # nodes, links, decisions; see evidence/map_document.py
    revision: Mapped[int]  # each edit must name the one it saw
    updated_at: Mapped[datetime]


class PowerMapVersion(Tenant, Base):
    """A map as it stood when its owner kept it."""

    __tablename__ = "power_map_version"
    __table_args__ = (UniqueConstraint("power_map_id", "number"), tenant_fk("power_map_id", "power_map"))

    power_map_id: Mapped[uuid.UUID]
    number: Mapped[int]
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]


class GuidedEntry(Tenant, Base):
    """Answers to an activity's prompts: practice log, map analysis, the team's analysis, a reflection."""

    __tablename__ = "guided_entry"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("offering_id", "person_id", "activity_key"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    activity_key: Mapped[str]
    answers: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class Keystone(Tenant, Base):
    """The keystone in the making: a title, a summary, and claims that cite evidence."""

    __tablename__ = "keystone"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("offering_id", "person_id"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, Any]]  # to the program's other keystone prompts, by question name
    claims: Mapped[list[Any]]  # {criterion, text, citations: [{kind, id}]}; see evidence/keystone.py
    revision: Mapped[int]
    updated_at: Mapped[datetime]


class KeystoneSubmission(Tenant, Base):
    """What was sent to the coach, frozen with the evidence it cites."""

    __tablename__ = "keystone_submission"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("keystone_id", "number"),
        tenant_fk("keystone_id", "keystone"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
        Index(None, "offering_id", "state"),
    )

    keystone_id: Mapped[uuid.UUID]
    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    state: Mapped[str]  # submitted | scored
    submitted_at: Mapped[datetime]
