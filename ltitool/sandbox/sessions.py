"""Who is signed in to the LMS: a random cookie value, of which the database keeps the hash."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from ltitool.sandbox.directory import person_from
from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from ltitool.sandbox.seed import Person

# Ports of one host share a cookie jar, so the name says whose it is.
COOKIE_NAME: Final = "practice_lms_session"


def start_session(connection: sqlite3.Connection, person: Person, now: datetime) -> str:
    """Sign a person in; the value returned goes into the cookie and is stored nowhere else."""
    value = secrets.token_urlsafe(32)
    connection.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_hashed(value), person.key, stamp(now)))
    return value


def end_session(connection: sqlite3.Connection, value: str) -> None:
    connection.execute("DELETE FROM sessions WHERE session_hash = ?", (_hashed(value),))


def person_of(connection: sqlite3.Connection, value: str) -> Person | None:
    row = connection.execute(
        "SELECT people.* FROM sessions JOIN people USING (person_key) WHERE session_hash = ?",
        (_hashed(value),),
    ).fetchone()
    return person_from(row) if row else None


def _hashed(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
