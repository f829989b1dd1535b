"""Migrations: each goes up, down and up again; the head is what the models say; rows survive."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text
from support.clock import MovableClock
from support.world import build_world

from ltitool.app import MIGRATIONS, create_app
from ltitool.foundation.audit import record
from ltitool.foundation.db import Base, db, transaction
from ltitool.settings import Settings

REVISIONS = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
SQLITE = "sqlite"
NOTHING_FOR = {SQLITE: ("0011",)}  # the job queue of many machines


@pytest.fixture(params=[SQLITE, pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without tables."""
    url = f"sqlite:///{tmp_path}/tool.db"
    if request.param != SQLITE:
        url = request.getfixturevalue("postgres_url")
    settings = Settings(
        public_url="http://localhost:8000",
        database_url=url,
        data_dir=tmp_path,
        secret_key=b"s" * 32,
        key_encryption_key=b"k" * 32,
        loopback_http=True,
    )
    app = create_app(settings, clock=MovableClock())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def parts() -> set[tuple[str, str]]:
    """Name each table's columns and indexes."""
    found = inspect(db.engine)
    return {
        (table, str(part["name"]))
        for table in tables()
        for part in (*found.get_columns(table), *found.get_indexes(table))
    }


def is_ours(name: str | None) -> bool:
    """Tell our tables from those of the job queue, which its own library describes."""
    return not (name or "").startswith("procrastinate_")


def differences() -> list[object]:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": lambda name, *_: is_ours(name)}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def test_revisions_are_numbered_in_one_line() -> None:
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:4] for name in files] == REVISIONS


def test_the_head_is_what_the_models_say(empty: Flask) -> None:
    upgrade()
    assert differences() == []
    assert {name for name in tables() if is_ours(name)} == set(Base.metadata.tables)


def test_each_revision_goes_up_down_and_up_again(empty: Flask) -> None:
    for revision in REVISIONS:
        before = parts()
        upgrade(revision=revision)
        after = parts()
        assert after > before or revision in NOTHING_FOR.get(db.engine.dialect.name, ())
        downgrade(revision="-1")
        assert parts() == before
        upgrade(revision=revision)
        assert parts() == after
    assert differences() == []
    downgrade(revision="base")
    assert tables() == set()


def test_the_job_queue_is_of_the_release_that_is_installed() -> None:
    """A newer schema of procrastinate's needs a revision of our own that applies its migrations."""
    files = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    queue = ScriptDirectory(str(MIGRATIONS)).get_revision("0011").module
    assert files[-1] == queue.LAST_OF_ITS_MIGRATIONS


def test_rows_survive_a_second_upgrade(empty: Flask) -> None:
    upgrade()
    world = build_world(MovableClock())
    upgrade()
    with db.engine.connect() as connection:
        names = connection.scalars(text("SELECT display_name FROM person")).all()
    assert world.amara.name in names


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_the_audit_chain(empty: Flask, change: str) -> None:
    upgrade()
    clock = MovableClock()
    with transaction() as session:
        record(session, organisation_id=None, actor_id=None, action="a", subject="s", at=clock(), details={})
    with pytest.raises(Exception, match="audit entries are never changed"), db.engine.begin() as connection:
        connection.execute(text(change))


def test_postgres_is_there_where_everything_is_asked_for() -> None:
    if os.environ.get("CHECK_ALL") == "yes":
        assert Path("/usr/lib/postgresql/15/bin/initdb").exists()
