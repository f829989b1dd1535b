"""Tables of a running program: offering, cohort, membership, sessions, coaching, progress."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ltitool.foundation.db import Base, Tenant, tenant_fk, tenant_key


def _one_each(name: str, role: str, *columns: str) -> Index:
    """Keep a role's rows unique: a person is a participant once, but may coach several cohorts."""
    condition = text(f"role = '{role}'")
    return Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


class Offering(Tenant, Base):
    """One run of a program version. It keeps the program file it began with."""

    __tablename__ = "offering"
    __table_args__ = (tenant_key(), ForeignKeyConstraint(["organisation_id"], ["organisation.id"]))

    title: Mapped[str]
    program_id: Mapped[str]
    program_version: Mapped[str]
    program_source: Mapped[str] = mapped_column(Text, deferred=True)  # long; read once a process
    program_digest: Mapped[str]
    starts_on: Mapped[date]
    timezone: Mapped[str]  # IANA name, for due days
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class OfferingContext(Tenant, Base):
    """A course of an LMS through which people reach an offering."""

    __tablename__ = "offering_context"
    __table_args__ = (
        UniqueConstraint("context_id"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("context_id", "context"),
    )

    offering_id: Mapped[uuid.UUID]
    context_id: Mapped[uuid.UUID]


class CoursePerson(Tenant, Base):
    """What an LMS says of a person in one of its courses; kept before the course runs a program, too."""

    __tablename__ = "course_person"
    __table_args__ = (
        UniqueConstraint("context_id", "person_id"),
        tenant_fk("context_id", "context"),
        tenant_fk("person_id", "person"),
    )

    context_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    lms_subject: Mapped[str]  # their user id there
    role: Mapped[str]  # learner | instructor | administrator
    proved_by: Mapped[str]  # launch | roster: a roster never lowers what a launch proved
    listed: Mapped[bool]  # False: gone from the last roster, and not seen since
    listed_at: Mapped[datetime | None]  # the reading of the roster that listed them last
    seen_at: Mapped[datetime]
    lms_groups: Mapped[list[Any]] = mapped_column(default=list)  # a hint for placing people in cohorts


class Cohort(Tenant, Base):
    """Eight to ten people and their coach or pair of coaches."""

    __tablename__ = "cohort"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("offering_id", "name"),
        tenant_fk("offering_id", "offering"),
    )

    offering_id: Mapped[uuid.UUID]
    name: Mapped[str]


class Membership(Tenant, Base):
    """A person's place in an offering. Coaches are granted, participants come by launch or roster."""

    __tablename__ = "membership"
    __table_args__ = (
        _one_each("uq_membership_participant", "participant", "offering_id", "person_id"),
        _one_each("uq_membership_coach", "coach", "cohort_id", "person_id"),
        CheckConstraint("role = 'participant' OR cohort_id IS NOT NULL", name="coach_has_cohort"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
        tenant_fk("cohort_id", "cohort"),
        tenant_fk("context_id", "context"),
        Index(None, "person_id"),
    )

    offering_id: Mapped[uuid.UUID]
    cohort_id: Mapped[uuid.UUID | None]  # None: enrolled, not yet placed
    person_id: Mapped[uuid.UUID]
    role: Mapped[str]  # participant | coach
    status: Mapped[str]  # active | inactive
    source: Mapped[str]  # launch | roster | tool
    context_id: Mapped[uuid.UUID | None]  # the course they came through: where their grade goes
    lms_subject: Mapped[str | None]  # their user id there
    created_at: Mapped[datetime]


class GroupSession(Tenant, Base):
    """A whole-group meeting that was held or is planned."""

    __tablename__ = "group_session"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("offering_id", "activity_key"),
        tenant_fk("offering_id", "offering"),
    )

    offering_id: Mapped[uuid.UUID]
    activity_key: Mapped[str]
    held_on: Mapped[date]
    minutes: Mapped[int]


class Attendance(Tenant, Base):
    """Minutes that a person was present, as recorded by a coach. A row of the hours ledger."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("group_session_id", "person_id"),
        tenant_fk("group_session_id", "group_session"),
        tenant_fk("person_id", "person"),
        CheckConstraint("minutes >= 0 AND minutes <= 1440", name="minutes_in_a_day"),
    )

    group_session_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    minutes: Mapped[int]  # 0: was absent
    note: Mapped[str]
    corrections: Mapped[list[Any]]  # {minutes: what it was, note: why, by, at}, oldest first
    recorded_by: Mapped[uuid.UUID]
    recorded_at: Mapped[datetime]


class CoachingEntry(Tenant, Base):
    """A 1:1 that took place. A row of the hours ledger; the private note stays with coaches."""

    __tablename__ = "coaching_entry"
    __table_args__ = (
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
        CheckConstraint("minutes > 0 AND minutes <= 1440", name="minutes_in_a_day"),
        Index(None, "offering_id", "person_id"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    held_on: Mapped[date]
    minutes: Mapped[int]
    focus: Mapped[str]
    next_step: Mapped[str]
    shared_note: Mapped[str] = mapped_column(Text)
    private_note: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[uuid.UUID]
    recorded_at: Mapped[datetime]


class BoardLook(Tenant, Base):
    """When a coach last looked at a cohort's board, so that it can say what is new since then."""

    __tablename__ = "board_look"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        tenant_fk("cohort_id", "cohort"),
        tenant_fk("person_id", "person"),
    )

    cohort_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    news_since: Mapped[datetime]
    looked_at: Mapped[datetime]


class Progress(Tenant, Base):
    """Where a person stands with one activity. Features write it, dashboards and completion read it."""

    __tablename__ = "progress"
    __table_args__ = (
        UniqueConstraint("offering_id", "person_id", "activity_key"),
        tenant_fk("offering_id", "offering"),
        tenant_fk("person_id", "person"),
    )

    offering_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    activity_key: Mapped[str]
    state: Mapped[str]  # started | submitted | returned | done
    details: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
