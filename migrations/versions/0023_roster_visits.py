"""Who has come into a course since its roster was asked for."""

from collections.abc import Sequence

from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_web_session_context_id_created_at"


def upgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.create_index(INDEX, ["context_id", "created_at"])


def downgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.drop_index(INDEX)
