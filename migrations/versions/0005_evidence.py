"""Photos, power maps, guided entries and keystones."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _create_guided_entry()
    _create_keystone()
    _create_photo()
    _create_photo_arrival()
    _create_power_map()
    _create_keystone_submission()
    _create_power_map_version()


def downgrade() -> None:
    op.drop_table("power_map_version")
    op.drop_table("keystone_submission")
    op.drop_table("power_map")
    op.drop_table("photo_arrival")
    op.drop_table("photo")
    op.drop_table("keystone")
    op.drop_table("guided_entry")


def _create_guided_entry() -> None:
    op.create_table(
        "guided_entry",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_guided_entry_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_guided_entry_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_entry")),
        sa.UniqueConstraint(
            "offering_id",
            "person_id",
            "activity_key",
            name=op.f("uq_guided_entry_offering_id_person_id_activity_key"),
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_guided_entry_organisation_id_id")),
    )


def _create_keystone() -> None:
    op.create_table(
        "keystone",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_keystone_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_keystone_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keystone")),
        sa.UniqueConstraint("offering_id", "person_id", name=op.f("uq_keystone_offering_id_person_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_keystone_organisation_id_id")),
    )


def _create_photo() -> None:
    op.create_table(
        "photo",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("upload_key", sa.String(), nullable=False),
        sa.Column("lens", sa.String(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("who_is_in_it", sa.String(), nullable=False),
        sa.Column("object_key", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_photo_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_photo_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint(
            "offering_id", "person_id", "upload_key", name=op.f("uq_photo_offering_id_person_id_upload_key")
        ),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_photo_organisation_id_id")),
    )


def _create_photo_arrival() -> None:
    op.create_table(
        "photo_arrival",
        sa.Column("object_key", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_photo_arrival_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_arrival")),
    )
    op.create_index(op.f("ix_photo_arrival_begun_at"), "photo_arrival", ["begun_at"])


def _create_power_map() -> None:
    op.create_table(
        "power_map",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_power_map_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_power_map_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_power_map")),
        sa.UniqueConstraint("offering_id", "person_id", name=op.f("uq_power_map_offering_id_person_id")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_power_map_organisation_id_id")),
    )


def _create_keystone_submission() -> None:
    op.create_table(
        "keystone_submission",
        sa.Column("keystone_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "keystone_id"],
            ["keystone.organisation_id", "keystone.id"],
            name=op.f("fk_keystone_submission_organisation_id_keystone_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "offering_id"],
            ["offering.organisation_id", "offering.id"],
            name=op.f("fk_keystone_submission_organisation_id_offering_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_keystone_submission_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keystone_submission")),
        sa.UniqueConstraint("keystone_id", "number", name=op.f("uq_keystone_submission_keystone_id_number")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_keystone_submission_organisation_id_id")),
    )
    op.create_index(
        op.f("ix_keystone_submission_offering_id_state"),
        "keystone_submission",
        ["offering_id", "state"],
        unique=False,
    )


def _create_power_map_version() -> None:
    op.create_table(
        "power_map_version",
        sa.Column("power_map_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "power_map_id"],
            ["power_map.organisation_id", "power_map.id"],
            name=op.f("fk_power_map_version_organisation_id_power_map_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_power_map_version")),
        sa.UniqueConstraint("power_map_id", "number", name=op.f("uq_power_map_version_power_map_id_number")),
    )
