"""A tool on SQLite or PostgreSQL, whose servers are killed and whose next runner must make things true."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.clock import MovableClock
from support.killed import Tool, mother_of_servers
from support.postgres import create_tables
from support.world import World, build_world

from ltitool.app import create_app
from ltitool.foundation.db import db
from ltitool.settings import Settings


@pytest.fixture(scope="session")
def mother() -> "Iterator[subprocess.Popen[str]]":
    with mother_of_servers() as process:
        yield process


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def tool(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path, clock: MovableClock, mother: Any
) -> Iterator[Tool]:
    """Give a tool with empty tables."""
    data, url = tmp_path / "data", f"sqlite:///{tmp_path}/tool.db"
    data.mkdir()
    if request.param == "sqlite":
        shutil.copy(empty_database, tmp_path / "tool.db")
    else:
        url = request.getfixturevalue("postgres_url")
    settings: dict[str, Any] = {"secret_key": b"s" * 32, "key_encryption_key": b"k" * 32}
    app = create_app(
        Settings(
            public_url="http://localhost:8000",
            database_url=url,
            data_dir=data,
            loopback_http=True,
            **settings,
        ),
        clock=clock,
    )
    with app.app_context():
        if request.param != "sqlite":
            create_tables(db.engine)
        yield Tool(app, clock, url, data, mother)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def people(tool: Tool) -> World:
    """Give an organisation in week 6 of the program."""
    return build_world(tool.clock)
