"""Tables: each belongs to one package, keys point down the layers only, and never across a tenant's wall."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from flask import Flask
from sourcetree import the_tree
from sqlalchemy import Column, ForeignKeyConstraint, MetaData, Table, UniqueConstraint, Uuid
from test_architecture_layers import layer_names

from ltitool.foundation.db import Base

WALL = "organisation_id"


def owners(base: type[Base] = Base) -> dict[str, str]:
    """Give the package of each table, such as ltitool.people."""
    return {
        mapper.local_table.name: ".".join(mapper.class_.__module__.split(".")[:2])
        for mapper in base.registry.mappers
        if isinstance(mapper.local_table, Table)
    }


def upward_keys(metadata: MetaData, owner: dict[str, str]) -> list[str]:
    """Give the foreign keys that point at a table of a higher layer."""
    height = {name: -depth for depth, name in enumerate(layer_names())}
    return [
        f"{table.name} -> {key.referred_table.name}"
        for table, key in _keys(metadata)
        if height[owner[key.referred_table.name]] > height[owner[table.name]]
    ]


def keys_through_the_wall(metadata: MetaData) -> list[str]:
    """Give the keys between tenants' tables that leave the organisation out, or do not pin it."""
    return [
        f"{table.name} -> {key.referred_table.name}"
        for table, key in _keys(metadata)
        if _is_tenant(table) and _is_tenant(key.referred_table) and not _pins_the_wall(key)
    ]


def unanchored(metadata: MetaData) -> list[str]:
    """Give the tenant tables whose organisation no foreign key makes sure of."""
    return [
        table.name
        for table in metadata.sorted_tables
        if _is_tenant(table)
        and not any(WALL in key.column_keys for key in table.foreign_key_constraints)
        and table.name not in WITHOUT_ANCHOR
    ]


def targets_without_key(metadata: MetaData) -> list[str]:
    """Give the tenant tables that others point at, without the unique pair that makes this exact."""
    aimed_at = {key.referred_table.name for _, key in _keys(metadata) if _is_tenant(key.referred_table)}
    return sorted(name for name in aimed_at if not _has_pair(metadata.tables[name]))


# The audit chain outlives what it tells of, also an organisation that is erased.
WITHOUT_ANCHOR = {"audit_entry"}


def _keys(metadata: MetaData) -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda one: one.column_keys):
            yield table, key


def _is_tenant(table: Table) -> bool:
    return WALL in table.columns


def _pins_the_wall(key: ForeignKeyConstraint) -> bool:
    pairs = {element.parent.name: element.column.name for element in key.elements}
    return pairs.get(WALL) == WALL


def _has_pair(table: Table) -> bool:
    return any(
        isinstance(one, UniqueConstraint) and {column.name for column in one.columns} == {WALL, "id"}
        for one in table.constraints
    )


@pytest.fixture(autouse=True)
def _everything_loaded(app: Flask) -> None:
    """The application is built, so every table it knows is known here."""


def test_every_model_file_is_loaded_by_the_application() -> None:
    files = [path for path in the_tree().files if path.startswith("ltitool/") and path.endswith("/models.py")]
    loaded = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    assert loaded == {path.removesuffix(".py").replace("/", ".") for path in files}
    app_source = the_tree().files["ltitool/app.py"]
    assert [module for module in sorted(loaded) if f"import {module}" not in app_source] == []
    assert all(import_module(module).__doc__ for module in loaded)


def test_foreign_keys_point_down_the_layers() -> None:
    assert upward_keys(Base.metadata, owners()) == []


def test_foreign_keys_between_tenants_rows_are_composite() -> None:
    assert keys_through_the_wall(Base.metadata) == []


def test_every_tenants_row_hangs_on_its_organisation() -> None:
    assert unanchored(Base.metadata) == []


def test_tables_that_are_pointed_at_have_the_unique_pair() -> None:
    assert targets_without_key(Base.metadata) == []


def _with_table(*constraints: ForeignKeyConstraint) -> MetaData:
    """Give the tables with one more, of the people package."""
    metadata = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(metadata)
    columns = [Column(name, Uuid) for name in ("id", WALL, "other_id")]
    Table("hobby", metadata, *columns, *constraints)
    return metadata


def walled() -> ForeignKeyConstraint:
    return ForeignKeyConstraint([WALL], ["organisation.id"])


def test_a_key_that_points_up_is_found() -> None:
    upward = ForeignKeyConstraint([WALL, "other_id"], ["award.organisation_id", "award.id"])
    metadata = _with_table(upward)
    assert upward_keys(metadata, {**owners(), "hobby": "ltitool.people"}) == ["hobby -> award"]
    assert upward_keys(metadata, {**owners(), "hobby": "ltitool.dashboards"}) == []


@pytest.mark.parametrize(
    "columns", [(["other_id"], ["person.id"]), ([WALL, "other_id"], ["person.id", "person.organisation_id"])]
)
def test_a_key_through_the_wall_is_found(columns: tuple[list[str], list[str]]) -> None:
    metadata = _with_table(ForeignKeyConstraint(*columns))
    assert keys_through_the_wall(metadata) == ["hobby -> person"]


def test_a_row_that_hangs_on_nothing_is_found() -> None:
    assert unanchored(_with_table()) == ["hobby"]
    assert unanchored(_with_table(walled())) == []


def test_a_target_without_the_pair_is_found() -> None:
    metadata = _with_table(walled())
    key = ForeignKeyConstraint([WALL, "hobby_id"], ["hobby.organisation_id", "hobby.id"])
    Table("club", metadata, Column("hobby_id", Uuid), Column(WALL, Uuid), key)
    assert targets_without_key(metadata) == ["hobby"]
