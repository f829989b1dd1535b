"""What becomes of grades: whose manners, which column was lost, what an LMS shows instead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("platform") as table:
        table.add_column(sa.Column("product", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("context") as table:
        table.add_column(sa.Column("grades_checked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("line_item") as table:
        table.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("grade_intent") as table:
        table.add_column(sa.Column("unclear", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("sent_comment", sa.String(), nullable=True))
        table.add_column(sa.Column("shown_score", sa.Float(), nullable=True))
        table.add_column(sa.Column("healed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE platform SET product = coalesce((SELECT max(product) FROM platform_invitation"
        " WHERE platform_invitation.platform_id = platform.id), '')"
    )


def downgrade() -> None:
    # Columns that nobody has found yet, or that are gone, have no address to keep.
    op.execute("DELETE FROM line_item WHERE url = '' OR lost_at IS NOT NULL")
    op.execute("UPDATE grade_intent SET state = 'dead' WHERE state = 'absent'")
    op.execute("UPDATE grade_intent SET state = 'sent' WHERE state IN ('overridden', 'withheld')")
    with op.batch_alter_table("grade_intent") as table:
        for name in ("healed_at", "shown_score", "sent_comment", "unclear"):
            table.drop_column(name)
    with op.batch_alter_table("line_item") as table:
        table.drop_column("lost_at")
        table.drop_column("claimed_until")
    with op.batch_alter_table("context") as table:
        table.drop_column("grades_checked_at")
    with op.batch_alter_table("platform") as table:
        table.drop_column("product")
