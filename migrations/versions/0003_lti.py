"""Platforms, deployments, contexts, burnt nonces and grade intents."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _create_burnt_nonce()
    _create_platform()
    _create_access_token()
    _create_deployment()
    _create_platform_key()
    _create_context()
    _create_grade_intent()
    _create_line_item()
    _create_resource_link()


def downgrade() -> None:
    op.drop_table("resource_link")
    op.drop_table("line_item")
    op.drop_table("grade_intent")
    op.drop_table("context")
    op.drop_table("platform_key")
    op.drop_table("deployment")
    op.drop_table("access_token")
    op.drop_table("platform")
    op.drop_table("burnt_nonce")


def _create_burnt_nonce() -> None:
    op.create_table(
        "burnt_nonce",
        sa.Column("nonce_hash", sa.String(), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_burnt_nonce")),
    )
    op.create_index(op.f("ix_burnt_nonce_keep_until"), "burnt_nonce", ["keep_until"], unique=False)


def _create_platform() -> None:
    op.create_table(
        "platform",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("auth_login_url", sa.String(), nullable=False),
        sa.Column("auth_token_url", sa.String(), nullable=False),
        sa.Column("token_audience", sa.String(), nullable=True),
        sa.Column("jwks_url", sa.String(), nullable=False),
        sa.Column("service_origins", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("deployment_policy", sa.String(), nullable=False),
        sa.Column("jwks_refetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_platform_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_platform_issuer_client_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_platform_organisation_id_id")),
    )


def _create_access_token() -> None:
    op.create_table(
        "access_token",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_access_token_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "scopes", name=op.f("pk_access_token")),
    )


def _create_deployment() -> None:
    op.create_table(
        "deployment",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("lms_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("embed_origins", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "platform_id"],
            ["platform.organisation_id", "platform.id"],
            name=op.f("fk_deployment_organisation_id_platform_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_deployment_organisation_id_id")),
        sa.UniqueConstraint("platform_id", "lms_id", name=op.f("uq_deployment_platform_id_lms_id")),
    )


def _create_platform_key() -> None:
    op.create_table(
        "platform_key",
        sa.Column("platform_id", sa.Uuid(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_platform_key_platform_id")),
        sa.PrimaryKeyConstraint("platform_id", "kid", name=op.f("pk_platform_key")),
    )


def _create_context() -> None:
    op.create_table(
        "context",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("lms_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("lineitems_url", sa.String(), nullable=True),
        sa.Column("memberships_url", sa.String(), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("roster_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster_error", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "deployment_id"],
            ["deployment.organisation_id", "deployment.id"],
            name=op.f("fk_context_organisation_id_deployment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context")),
        sa.UniqueConstraint("deployment_id", "lms_id", name=op.f("uq_context_deployment_id_lms_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_context_organisation_id_id")),
    )


def _create_grade_intent() -> None:
    op.create_table(
        "grade_intent",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=False),
        sa.Column("score_given", sa.Float(), nullable=True),
        sa.Column("score_maximum", sa.Float(), nullable=False),
        sa.Column("activity_progress", sa.String(), nullable=False),
        sa.Column("grading_progress", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("last_stamp", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fencing_token", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_grade_intent_organisation_id_context_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_grade_intent_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_intent")),
        sa.UniqueConstraint(
            "context_id",
            "activity_key",
            "subject",
            name=op.f("uq_grade_intent_context_id_activity_key_subject"),
        ),
    )
    op.create_index(
        op.f("ix_grade_intent_state_next_attempt_at"),
        "grade_intent",
        ["state", "next_attempt_at"],
        unique=False,
    )


def _create_line_item() -> None:
    op.create_table(
        "line_item",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("score_maximum", sa.Float(), nullable=False),
        sa.Column("made_by_us", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_line_item_organisation_id_context_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_item")),
        sa.UniqueConstraint("context_id", "activity_key", name=op.f("uq_line_item_context_id_activity_key")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_line_item_organisation_id_id")),
    )


def _create_resource_link() -> None:
    op.create_table(
        "resource_link",
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("lms_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("lineitem_url", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "context_id"],
            ["context.organisation_id", "context.id"],
            name=op.f("fk_resource_link_organisation_id_context_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_link")),
        sa.UniqueConstraint("context_id", "lms_id", name=op.f("uq_resource_link_context_id_lms_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_resource_link_organisation_id_id")),
    )
