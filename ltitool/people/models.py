"""Tables of people: organisation (the tenant), person, identity, grants, sessions, kept words."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base, Tenant, tenant_fk, tenant_key


class Organisation(Base):
    """The tenant: runs programs, issues badges, owns platforms and staff."""

    __tablename__ = "organisation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Person(Tenant, Base):
    """Somebody in one organisation. The same human in two organisations is two persons."""

    __tablename__ = "person"
    __table_args__ = (tenant_key(), ForeignKeyConstraint(["organisation_id"], ["organisation.id"]))

    display_name: Mapped[str]
    email: Mapped[str | None]
    locale: Mapped[str | None]  # chosen in the tool; wins over the LMS's
    created_at: Mapped[datetime]


class LtiIdentity(Tenant, Base):
    """How an LMS names a person: issuer, client id and subject together, never the e-mail."""

    __tablename__ = "lti_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "client_id", "subject"),
        tenant_fk("person_id", "person"),
    )

    person_id: Mapped[uuid.UUID]
    issuer: Mapped[str]
    client_id: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]


class StaffGrant(Tenant, Base):
    """A role given in the tool (director or operator), never read from an LMS."""

    __tablename__ = "staff_grant"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id", "role"),
        tenant_fk("person_id", "person"),
    )

    person_id: Mapped[uuid.UUID]
    role: Mapped[str]  # director | operator
    granted_at: Mapped[datetime]
    granted_by: Mapped[uuid.UUID | None]


class Invitation(Tenant, Base):
    """A single-use link that grants a staff role, or signs an invited person in again."""

    __tablename__ = "invitation"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),)

    token_hash: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]  # director | operator | coach | sign-in
    subject: Mapped[str | None]  # a cohort's id for a coach, a person's id for sign-in
    note: Mapped[str]  # whom it is meant for, as the inviter wrote it
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[uuid.UUID | None]


class WebSession(Tenant, Base):
    """One launch or sign-in. Pages live under /l/<short>/, so that two tabs never mix."""

    __tablename__ = "web_session"
    __table_args__ = (
        tenant_fk("person_id", "person"),
        Index(None, "person_id"),
        Index(None, "context_id", "created_at"),  # who came into a course while its roster was read
    )

    short: Mapped[str] = mapped_column(unique=True)  # names the cookie; not a secret
    token_hash: Mapped[str]
    csrf_token: Mapped[str]
    person_id: Mapped[uuid.UUID]
    kind: Mapped[str]  # lti | staff
    roles: Mapped[list[Any]]  # subset of participant, coach, director, operator; as of the launch
    locale: Mapped[str]
    context_id: Mapped[uuid.UUID | None]  # of lti.models.Context; no key, because arrows point down
    resource_link_id: Mapped[uuid.UUID | None]
    deployment_id: Mapped[uuid.UUID | None]  # of lti.models.Deployment: switched off, it ends the visit
    course_title: Mapped[str | None]
    return_url: Mapped[str | None]
    embed_origins: Mapped[list[Any]]  # who may frame these pages
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    path_agent: Mapped[str | None]  # carried in the path: the hash of the one user agent that may; else None


class Draft(Tenant, Base):
    """Words typed and not yet sent: autosaved, or kept from a form whose session had ended."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id", "form_key"),
        tenant_fk("person_id", "person", ondelete="CASCADE"),
    )

    person_id: Mapped[uuid.UUID]
    form_key: Mapped[str]  # the form's path below /l/<short>
    fields: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
