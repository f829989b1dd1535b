"""Sessions that a browser without cookies carries in the path."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("path_agent", sa.String(), nullable=True))


def downgrade() -> None:
    # Without the column, a session of the path would be taken from a cookie.
    op.execute("DELETE FROM web_session WHERE path_agent IS NOT NULL")
    with op.batch_alter_table("web_session") as table:
        table.drop_column("path_agent")
