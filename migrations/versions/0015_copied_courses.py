"""Courses that brought links of ours along, and the groups that an LMS puts people in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "context", sa.Column("brings_links", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "course_person", sa.Column("lms_groups", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )


def downgrade() -> None:
    op.drop_column("course_person", "lms_groups")
    op.drop_column("context", "brings_links")
