"""Offerings, cohorts, memberships, attendance, coaching and progress."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _create_offering()
    _create_coaching_entry()
    _create_cohort()
    _create_group_session()
    _create_progress()
    _create_attendance()
    _create_board_look()
    _create_course_person()
    _create_membership()
    _create_offering_context()


def downgrade() -> None:
    op.drop_table("offering_context")
    op.drop_table("membership")
    op.drop_table("course_person")
    op.drop_table("board_look")
    op.drop_table("attendance")
    op.drop_table("progress")
    op.drop_table("group_session")
    op.drop_table("cohort")
    op.drop_table("coaching_entry")
    op.drop_table("offering")


def _create_offering() -> None:
    op.create_table(
        "offering",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("program_id", sa.String(), nullable=False),
        sa.Column("program_version", sa.String(), nullable=False),
        sa.Column("program_source", sa.Text(), nullable=False),
        sa.Column("program_digest", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_offering_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_offering_organisation_id_id")),
    )


def _create_coaching_entry() -> None:
    op.create_table(
        "coaching_entry",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("focus", sa.String(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("shared_note", sa.Text(), nullable=False),
        sa.Column("private_note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "minutes > 0 AND minutes <= 1440", name=op.f("ck_coaching_entry_minutes_in_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_coaching_entry_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_coaching_entry_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_entry")),
    )
    op.create_index(
        op.f("ix_coaching_entry_offering_id_person_id"),
        "coaching_entry",
        ["offering_id", "person_id"],
        unique=False,
    )


def _create_cohort() -> None:
    op.create_table(
        "cohort",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_cohort_organisation_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("offering_id", "name", name=op.f("uq_cohort_offering_id_name")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_cohort_organisation_id_id")),
    )


def _create_group_session() -> None:
    op.create_table(
        "group_session",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_group_session_organisation_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_session")),
        sa.UniqueConstraint(
            "offering_id", "activity_key", name=op.f("uq_group_session_offering_id_activity_key")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_group_session_organisation_id_id")),
    )


def _create_progress() -> None:
    op.create_table(
        "progress",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_progress_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_progress_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
        sa.UniqueConstraint(
            "offering_id",
            "person_id",
            "activity_key",
            name=op.f("uq_progress_offering_id_person_id_activity_key"),
        ),
    )


def _create_attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("group_session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes >= 0 AND minutes <= 1440", name=op.f("ck_attendance_minutes_in_a_day")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_session_id"],
            ["group_session.organisation_id", "group_session.id"],
            name=op.f("fk_attendance_organisation_id_group_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_attendance_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "group_session_id", "person_id", name=op.f("uq_attendance_group_session_id_person_id")
        ),
    )


def _create_board_look() -> None:
    op.create_table(
        "board_look",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("news_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cohort_id"],
            ["cohort.organisation_id", "cohort.id"],
            name=op.f("fk_board_look_organisation_id_cohort_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_board_look_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_look")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_board_look_cohort_id_person_id")),
    )


def _create_course_person() -> None:
    op.create_table(
        "course_person",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("lms_subject", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("proved_by", sa.String(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_course_person_organisation_id_context_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_course_person_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_person")),
        sa.UniqueConstraint("context_id", "person_id", name=op.f("uq_course_person_context_id_person_id")),
    )


def _create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=True),
        sa.Column("lms_subject", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role = 'participant' OR cohort_id IS NOT NULL", name=op.f("ck_membership_coach_has_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cohort_id"],
            ["cohort.organisation_id", "cohort.id"],
            name=op.f("fk_membership_organisation_id_cohort_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_membership_organisation_id_context_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_membership_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_membership_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_coach",
        "membership",
        ["cohort_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("role = 'coach'"),
        postgresql_where=sa.text("role = 'coach'"),
    )
    op.create_index(
        "uq_membership_participant",
        "membership",
        ["offering_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("role = 'participant'"),
        postgresql_where=sa.text("role = 'participant'"),
    )


def _create_offering_context() -> None:
    op.create_table(
        "offering_context",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_offering_context_organisation_id_context_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_offering_context_organisation_id_offering_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_context")),
        sa.UniqueConstraint("context_id", name=op.f("uq_offering_context_context_id")),
    )
