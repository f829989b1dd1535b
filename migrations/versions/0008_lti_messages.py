"""Invitations by which an LMS registers itself, and courses that wait for links."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _create_platform_invitation()
    _create_deep_link_request()


def downgrade() -> None:
    op.drop_table("deep_link_request")
    op.drop_table("platform_invitation")


def _create_platform_invitation() -> None:
    op.create_table(
        "platform_invitation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.Uuid(), nullable=True),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "platform_id"],
            ["platform.organisation_id", "platform.id"],
            name=op.f("fk_platform_invitation_organisation_id_platform_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_platform_invitation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_platform_invitation_token_hash")),
    )


def _create_deep_link_request() -> None:
    op.create_table(
        "deep_link_request",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("takes_links", sa.Boolean(), nullable=False),
        sa.Column("takes_several", sa.Boolean(), nullable=False),
        sa.Column("data", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "deployment_id"],
            ["deployment.organisation_id", "deployment.id"],
            name=op.f("fk_deep_link_request_organisation_id_deployment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deep_link_request")),
        sa.UniqueConstraint("session_id", name=op.f("uq_deep_link_request_session_id")),
    )
    op.create_index(
        op.f("ix_deep_link_request_created_at"), "deep_link_request", ["created_at"], unique=False
    )
