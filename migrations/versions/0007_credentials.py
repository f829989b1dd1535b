"""Issuers, status lists, confirmed identities and awards."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _create_issuer()
    _create_confirmed_identity()
    _create_status_list()
    _create_award()


def downgrade() -> None:
    op.drop_table("award")
    op.drop_table("status_list")
    op.drop_table("confirmed_identity")
    op.drop_table("issuer")


def _create_issuer() -> None:
    op.create_table(
        "issuer",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_issuer_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_issuer_organisation_id_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_issuer_slug")),
    )


def _create_confirmed_identity() -> None:
    op.create_table(
        "confirmed_identity",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("licence_number", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_confirmed_identity_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_confirmed_identity_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmed_identity")),
        sa.UniqueConstraint(
            "offering_id", "person_id", name=op.f("uq_confirmed_identity_offering_id_person_id")
        ),
    )


def _create_status_list() -> None:
    op.create_table(
        "status_list",
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("encoded_list", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "issuer_id"],
            ["issuer.organisation_id", "issuer.id"],
            name=op.f("fk_status_list_organisation_id_issuer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_list")),
        sa.UniqueConstraint("issuer_id", "number", name=op.f("uq_status_list_issuer_id_number")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_status_list_organisation_id_id")),
    )


def _create_award() -> None:
    op.create_table(
        "award",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.String(), nullable=False),
        sa.Column("status_list_id", sa.Uuid(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unsigned", sa.JSON(), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=True),
        sa.Column("jwt", sa.Text(), nullable=True),
        sa.Column("image_png", sa.LargeBinary(), nullable=True),
        sa.Column("image_svg", sa.LargeBinary(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "issuer_id"],
            ["issuer.organisation_id", "issuer.id"],
            name=op.f("fk_award_organisation_id_issuer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_award_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_award_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "status_list_id"],
            ["status_list.organisation_id", "status_list.id"],
            name=op.f("fk_award_organisation_id_status_list_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_award_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "offering_id",
            "person_id",
            "achievement_id",
            name=op.f("uq_award_organisation_id_offering_id_person_id_achievement_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_award_public_id")),
        sa.UniqueConstraint(
            "status_list_id", "status_index", name=op.f("uq_award_status_list_id_status_index")
        ),
    )
    op.create_index(op.f("ix_award_state"), "award", ["state"], unique=False)
