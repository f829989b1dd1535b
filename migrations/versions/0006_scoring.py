"""Scoring sheets and outcomes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _create_outcome()
    _create_scoring_task()
    _create_criterion_score()


def downgrade() -> None:
    op.drop_table("criterion_score")
    op.drop_table("scoring_task")
    op.drop_table("outcome")


def _create_outcome() -> None:
    op.create_table(
        "outcome",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.String(), nullable=False),
        sa.Column("rubric_version", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("points_maximum", sa.Float(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decided_by"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_outcome_organisation_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "submission_id"],
            ["keystone_submission.organisation_id", "keystone_submission.id"],
            name=op.f("fk_outcome_organisation_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_outcome_organisation_id_id")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_outcome_submission_id")),
    )


def _create_scoring_task() -> None:
    op.create_table(
        "scoring_task",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("scorer_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "scorer_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_scoring_task_organisation_id_scorer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "submission_id"],
            ["keystone_submission.organisation_id", "keystone_submission.id"],
            name=op.f("fk_scoring_task_organisation_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_task")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_scoring_task_organisation_id_id")),
        sa.UniqueConstraint(
            "submission_id", "scorer_id", name=op.f("uq_scoring_task_submission_id_scorer_id")
        ),
    )


def _create_criterion_score() -> None:
    op.create_table(
        "criterion_score",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("level_id", sa.String(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "task_id"],
            ["scoring_task.organisation_id", "scoring_task.id"],
            name=op.f("fk_criterion_score_organisation_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_score")),
        sa.UniqueConstraint("task_id", "criterion_id", name=op.f("uq_criterion_score_task_id_criterion_id")),
    )
