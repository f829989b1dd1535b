"""What notices of the LMS alone say a course was copied from; a launch may hold a link editor's words."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("context", sa.Column("noticed_origins", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("context", "noticed_origins")
