"""Data privacy launches: whose data a session is about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "privacy_request",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "platform_id"],
            ["platform.organisation_id", "platform.id"],
            name=op.f("fk_privacy_request_organisation_id_platform_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
        sa.UniqueConstraint("session_id", name=op.f("uq_privacy_request_session_id")),
    )
    op.create_index(op.f("ix_privacy_request_created_at"), "privacy_request", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("privacy_request")
