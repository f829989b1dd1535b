"""Notices of an LMS, and which courses a course was copied from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NONE_YET = sa.text("'[]'")


def upgrade() -> None:
    op.add_column("deployment", sa.Column("notices_url", sa.String(), nullable=True))
    op.add_column("deployment", sa.Column("notice_types", sa.JSON(), nullable=False, server_default=NONE_YET))
    op.add_column(
        "deployment", sa.Column("notices_state", sa.String(), nullable=False, server_default="none")
    )
    op.add_column("deployment", sa.Column("notices_error", sa.String(), nullable=True))
    op.add_column("deployment", sa.Column("notice_heard_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("context", sa.Column("copied_from", sa.JSON(), nullable=False, server_default=NONE_YET))


def downgrade() -> None:
    op.drop_column("context", "copied_from")
    for name in ("notice_heard_at", "notices_error", "notices_state", "notice_types", "notices_url"):
        op.drop_column("deployment", name)
