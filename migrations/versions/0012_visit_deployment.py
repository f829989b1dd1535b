"""Which deployment a visit came through, so that it ends when that is switched off."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("deployment_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.drop_column("deployment_id")
