"""One application for a module of tests, put back to a kept state in a few milliseconds."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from support.clock import MovableClock

from ltitool.app import create_app
from ltitool.foundation.db import db
from ltitool.settings import Settings


@dataclass
class Kept:
    """An application whose database and files can be kept under a name, and brought back."""

    app: Flask
    clock: MovableClock
    folder: Path
    states: dict[str, Path] = field(default_factory=dict)

    def keep(self, name: str) -> None:
        self._settle()
        state = self.folder / "kept" / name
        shutil.copytree(self.folder / "data", state / "data")
        shutil.copy(self.folder / "tool.db", state / "tool.db")
        self.states[name] = state

    def restore(self, name: str) -> None:
        self._settle()
        state = self.states[name]
        for ending in ("-wal", "-shm"):
            (self.folder / f"tool.db{ending}").unlink(missing_ok=True)
        shutil.copy(state / "tool.db", self.folder / "tool.db")
        shutil.copytree(state / "data", self.folder / "data", dirs_exist_ok=True)

    def _settle(self) -> None:
        """Have nothing open on the database file, and everything in it."""
        with self.app.app_context():
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def fresh_app(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Callable[[], Kept]]:
    """Make applications that live as long as the module."""
    made: list[Kept] = []

    def make() -> Kept:
        folder = tmp_path_factory.mktemp("house")
        shutil.copy(empty_database, folder / "tool.db")
        (folder / "data").mkdir()
        settings = Settings(
            public_url="http://localhost:8000",
            database_url=f"sqlite:///{folder}/tool.db",
            data_dir=folder / "data",
            secret_key=b"s" * 32,
            key_encryption_key=b"k" * 32,
            loopback_http=True,
        )
        clock = MovableClock()
        made.append(Kept(create_app(settings, clock=clock), clock, folder))
        return made[-1]

    yield make
    for kept in made:
        with kept.app.app_context():
            db.engine.dispose()
