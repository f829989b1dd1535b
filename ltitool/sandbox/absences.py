"""Who is enrolled but not there: an inactive person is still listed, a removed one is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ltitool.sandbox.errors import PageRefusal

if TYPE_CHECKING:
    import sqlite3

PRESENT: Final = "present"
KINDS: Final = (PRESENT, "inactive", "removed")


def set_absence(connection: sqlite3.Connection, course_id: str, person_key: str, kind: str) -> None:
    """Say whether a person is there, inactive or removed."""
    enrolled = connection.execute(
        "SELECT 1 FROM enrolments WHERE course_id = ? AND person_key = ?", (course_id, person_key)
    ).fetchone()
    if kind not in KINDS or enrolled is None:
        raise PageRefusal(404, "no-such-person")
    connection.execute("DELETE FROM absences WHERE course_id = ? AND person_key = ?", (course_id, person_key))
    if kind != PRESENT:
        connection.execute("INSERT INTO absences VALUES (?, ?, ?)", (course_id, person_key, kind))


def absences_of(connection: sqlite3.Connection, course_id: str) -> dict[str, str]:
    """Give the kind of absence by person's key."""
    rows = connection.execute("SELECT person_key, kind FROM absences WHERE course_id = ?", (course_id,))
    return {row["person_key"]: row["kind"] for row in rows}
