"""Tables of LTI: platforms and what lies inside them, burnt nonces, keys, grades on their way."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base, Tenant, tenant_fk, tenant_key


class Platform(Tenant, Base):
    """One registration of this tool in an LMS: issuer and client id together name it."""

    __tablename__ = "platform"
    __table_args__ = (
        UniqueConstraint("issuer", "client_id"),
        tenant_key(),
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
    )

    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_login_url: Mapped[str]
    auth_token_url: Mapped[str]
    token_audience: Mapped[str | None]
    jwks_url: Mapped[str]
    product: Mapped[str] = mapped_column(default="")  # canvas, moodle, …: whose manners it has, if known
    service_origins: Mapped[list[Any]] = mapped_column(default=list)  # a service token goes nowhere else
    status: Mapped[str]  # pending | active | disabled
    deployment_policy: Mapped[str]  # approve | auto
    jwks_refetched_at: Mapped[datetime | None]  # of the last refetch for an unknown key id
    last_launch_at: Mapped[datetime | None]  # noted some time after it, never while somebody waits
    scores_at_once: Mapped[int | None]  # how many it is sent at a time; None: as the settings say
    busy_until: Mapped[datetime | None]  # it asked to be left alone until then
    created_at: Mapped[datetime]


class PlatformInvitation(Tenant, Base):
    """A single-use link by which an LMS registers itself, and what it was granted then."""

    __tablename__ = "platform_invitation"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        tenant_fk("platform_id", "platform"),
    )

    name: Mapped[str]  # under which the LMS will be listed
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    platform_id: Mapped[uuid.UUID | None]
    product: Mapped[str]  # canvas, moodle, …: as the LMS calls itself
    scopes: Mapped[list[Any]]  # what the LMS granted


class PlatformProposal(Tenant, Base):
    """What an LMS that renewed its registration says of its addresses now; the operator decides."""

    __tablename__ = "platform_proposal"
    __table_args__ = (UniqueConstraint("platform_id"), tenant_fk("platform_id", "platform"))

    platform_id: Mapped[uuid.UUID]
    auth_login_url: Mapped[str]
    auth_token_url: Mapped[str]
    token_audience: Mapped[str | None]
    jwks_url: Mapped[str]
    proposed_at: Mapped[datetime]


class PlatformCheck(Tenant, Base):
    """The self-test of a platform: the one that runs, or the last one."""

    __tablename__ = "platform_check"
    __table_args__ = (UniqueConstraint("platform_id"), tenant_fk("platform_id", "platform"))

    platform_id: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int]  # how many findings there will be
    findings: Mapped[list[Any]]  # see selftest/findings.py; grows while the test runs


class PlatformKey(Base):
    """A public key of a platform, cached by key id."""

    __tablename__ = "platform_key"

    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[dict[str, Any]]
    fetched_at: Mapped[datetime]


class AccessToken(Base):
    """A service token of one registration and one set of scopes; never shared by issuer."""

    __tablename__ = "access_token"

    platform_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("platform.id"), primary_key=True)
    scopes: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    expires_at: Mapped[datetime]
    asked_until: Mapped[datetime | None]  # a process is asking for a new one, and the others wait


class Deployment(Tenant, Base):
    """One place in a platform where this tool is used; one that only a launch named waits for approval."""

    __tablename__ = "deployment"
    __table_args__ = (
        UniqueConstraint("platform_id", "lms_id"),
        tenant_key(),
        tenant_fk("platform_id", "platform"),
    )

    platform_id: Mapped[uuid.UUID]
    lms_id: Mapped[str]  # the deployment_id claim
    status: Mapped[str]  # pending | active | disabled
    embed_origins: Mapped[list[Any]]  # learnt: who frames us
    created_at: Mapped[datetime]
    notices_url: Mapped[str | None]  # where it wants to be told that we take its notices
    notice_types: Mapped[list[Any]] = mapped_column(default=list)  # those that it sends and we take
    notices_state: Mapped[str] = mapped_column(default="none")  # none | wanted | registered | refused
    notices_error: Mapped[str | None]
    notice_heard_at: Mapped[datetime | None]  # the last notice that was in order


class Context(Tenant, Base):
    """A course of an LMS."""

    __tablename__ = "context"
    __table_args__ = (
        UniqueConstraint("deployment_id", "lms_id"),
        tenant_key(),
        tenant_fk("deployment_id", "deployment"),
    )

    deployment_id: Mapped[uuid.UUID]
    lms_id: Mapped[str]
    title: Mapped[str]
    lineitems_url: Mapped[str | None]
    memberships_url: Mapped[str | None]
    groups_url: Mapped[str | None]
    group_sets_url: Mapped[str | None]
    groups_error: Mapped[str | None]  # why its groups could not be read the last time, though its people were
    scopes: Mapped[list[Any]]
    roster_read_at: Mapped[datetime | None]
    roster_error: Mapped[str | None]
    copied_from: Mapped[list[Any]] = mapped_column(default=list)  # the LMS's ids of courses, nearest first
    noticed_origins: Mapped[list[Any]] = mapped_column(default=list)  # those that a notice named: no link did
    brings_links: Mapped[bool] = mapped_column(default=False)  # opened by a link that names a step of ours
    grades_checked_at: Mapped[datetime | None]


class CourseGroup(Tenant, Base):
    """A group of a course, as the LMS calls it: a person's groups are ids."""

    __tablename__ = "course_group"
    __table_args__ = (
        UniqueConstraint("context_id", "lms_id"),
        tenant_fk("context_id", "context"),
    )

    context_id: Mapped[uuid.UUID]
    lms_id: Mapped[str]
    name: Mapped[str]
    set_name: Mapped[str]  # of the set of groups that it belongs to; empty where it belongs to none


class ResourceLink(Tenant, Base):
    """One link to this tool in a course."""

    __tablename__ = "resource_link"
    __table_args__ = (
        UniqueConstraint("context_id", "lms_id"),
        tenant_key(),
        tenant_fk("context_id", "context"),
    )

    context_id: Mapped[uuid.UUID]
    lms_id: Mapped[str]
    title: Mapped[str]
    lineitem_url: Mapped[str | None]


class DeepLinkRequest(Tenant, Base):
    """A course that waits for links: where they go, kept for the session that its launch opened."""

    __tablename__ = "deep_link_request"
    __table_args__ = (
        UniqueConstraint("session_id"),
        tenant_fk("deployment_id", "deployment"),
        Index(None, "created_at"),
    )

    session_id: Mapped[uuid.UUID]  # of people.models.WebSession; sessions end sooner than this row
    deployment_id: Mapped[uuid.UUID]
    return_url: Mapped[str]
    takes_links: Mapped[bool]
    takes_several: Mapped[bool]
    data: Mapped[str | None]  # the LMS's own note, echoed letter by letter
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class PrivacyRequest(Tenant, Base):
    """Whose data a session is about, that an LMS's privacy officer opened, or the person themselves."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        UniqueConstraint("session_id"),
        tenant_fk("platform_id", "platform"),
        Index(None, "created_at"),
    )

    session_id: Mapped[uuid.UUID]  # of people.models.WebSession; sessions end sooner than this row
    platform_id: Mapped[uuid.UUID]
    subject: Mapped[str]  # their user id in the LMS
    created_at: Mapped[datetime]


class BurntNonce(Base):
    """One insert burns a launch. Kept until the login it belonged to can no longer be accepted."""

    __tablename__ = "burnt_nonce"
    __table_args__ = (Index(None, "keep_until"),)

    nonce_hash: Mapped[str] = mapped_column(primary_key=True)
    keep_until: Mapped[datetime]


class LineItem(Tenant, Base):
    """A gradebook column of an LMS that an activity of ours reports to."""

    __tablename__ = "line_item"
    __table_args__ = (
        UniqueConstraint("context_id", "activity_key"),
        tenant_key(),
        tenant_fk("context_id", "context"),
    )

    context_id: Mapped[uuid.UUID]
    activity_key: Mapped[str]
    url: Mapped[str]  # empty while somebody is finding or making it
    score_maximum: Mapped[float] = mapped_column(Float)
    made_by_us: Mapped[bool]
    claimed_until: Mapped[datetime | None]  # by whoever is finding or making it
    lost_at: Mapped[datetime | None]  # deleted in the LMS; somebody has to say whether to make it again


class GradeIntent(Tenant, Base):
    """The score an LMS should show for one learner. The row is the intent; sending makes it true."""

    __tablename__ = "grade_intent"
    __table_args__ = (
        UniqueConstraint("context_id", "activity_key", "subject"),
        tenant_fk("context_id", "context"),
        tenant_fk("person_id", "person"),
        tenant_fk("platform_id", "platform"),
        Index(None, "state", "next_attempt_at"),
        Index(
            "ix_grade_intent_wanted",
            "platform_id",
            "next_attempt_at",
            sqlite_where=text("state = 'wanted'"),
            postgresql_where=text("state = 'wanted'"),
        ),
    )

    platform_id: Mapped[uuid.UUID]  # of its course: how much at a time and how soon is the platform's matter
    context_id: Mapped[uuid.UUID]
    activity_key: Mapped[str]
    person_id: Mapped[uuid.UUID]
    subject: Mapped[str]  # the learner's user id in the LMS
    version: Mapped[int]  # grows with each wanted change
    sent_version: Mapped[int] = mapped_column(default=0)
    score_given: Mapped[float | None] = mapped_column(Float)
    score_maximum: Mapped[float] = mapped_column(Float)
    activity_progress: Mapped[str]
    grading_progress: Mapped[str]
    comment: Mapped[str | None]
    label: Mapped[str]  # of the gradebook column, should we have to make it
    last_stamp: Mapped[datetime | None]  # strictly rising, at least one second apart
    wanted_at: Mapped[datetime]  # this version; we try for fourteen days from here
    state: Mapped[str]  # wanted | sent | withheld | superseded | overridden | absent | dead
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fencing_token: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    unclear: Mapped[bool] = mapped_column(default=False)  # something was sent, and nobody said it arrived
    sent_comment: Mapped[str | None]  # the last one that arrived
    shown_score: Mapped[float | None] = mapped_column(Float)  # what the LMS shows where it is not ours
    healed_at: Mapped[datetime | None]  # when we last sent again what the LMS had lost
