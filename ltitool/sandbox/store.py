"""The SQLite file of the practice LMS: opening it, one transaction at a time, and emptying it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE_NAME: Final = "practice-lms.sqlite3"
_BUSY_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Store:
    """A database file; each use takes a connection of its own, so threads never share one."""

    path: Path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        # Taking the write lock at once means that a check and its write cannot be parted.
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def open_store(data_dir: Path) -> Store:
    """Open the store in a folder, making folder and tables where they are missing."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(data_dir / DATABASE_NAME)
    schema = files("ltitool.sandbox").joinpath("schema.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(store.path, timeout=_BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(schema)
    return store


def remove_store(data_dir: Path) -> None:
    """Delete the database, its journal files included; the keys stay, so that registrations hold."""
    for ending in ("", "-wal", "-shm"):
        (data_dir / (DATABASE_NAME + ending)).unlink(missing_ok=True)


def stamp(moment: datetime) -> str:
    """Write a moment so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
