"""How many scores a platform is sent at a time, until when it wants none, and whose each score is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("platform") as table:
        table.add_column(sa.Column("scores_at_once", sa.Integer(), nullable=True))
        table.add_column(sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("grade_intent") as table:
        table.add_column(sa.Column("platform_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE grade_intent SET platform_id = (SELECT deployment.platform_id FROM context"
        " JOIN deployment ON deployment.id = context.deployment_id"
        " WHERE context.id = grade_intent.context_id)"
    )
    with op.batch_alter_table("grade_intent") as table:
        table.alter_column("platform_id", existing_type=sa.Uuid(), nullable=False)
        table.create_foreign_key(
            "fk_grade_intent_organisation_id_platform_id",
            "platform",
            ["organisation_id", "platform_id"],
            ["organisation_id", "id"],
        )
        table.create_index(
            "ix_grade_intent_wanted",
            ["platform_id", "next_attempt_at"],
            sqlite_where=sa.text("state = 'wanted'"),
            postgresql_where=sa.text("state = 'wanted'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("grade_intent") as table:
        table.drop_index("ix_grade_intent_wanted")
        table.drop_constraint("fk_grade_intent_organisation_id_platform_id", type_="foreignkey")
        table.drop_column("platform_id")
    with op.batch_alter_table("platform") as table:
        table.drop_column("busy_until")
        table.drop_column("scores_at_once")
