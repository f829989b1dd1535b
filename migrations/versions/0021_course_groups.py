"""Where a course lists its groups, and what they are called."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDED = ("groups_url", "group_sets_url", "groups_error")


def upgrade() -> None:
    with op.batch_alter_table("context") as table:
        for name in ADDED:
            table.add_column(sa.Column(name, sa.String(), nullable=True))
    op.create_table(
        "course_group",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("lms_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("set_name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_course_group_organisation_id_context_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_group")),
        sa.UniqueConstraint("context_id", "lms_id", name=op.f("uq_course_group_context_id_lms_id")),
    )


def downgrade() -> None:
    op.drop_table("course_group")
    with op.batch_alter_table("context") as table:
        for name in reversed(ADDED):
            table.drop_column(name)
