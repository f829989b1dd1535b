"""The groups of a course, as a tool may read them (LTI Course Groups Service 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

    from ltitool.sandbox.paging import Page

_GROUPS: Final = """
    SELECT * FROM groups
    WHERE course_id = ?1 AND (?2 IS NULL OR group_id IN (
        SELECT group_id FROM group_members JOIN people USING (person_key) WHERE sub = ?2))
    ORDER BY rowid LIMIT ?3 OFFSET ?4
"""
_SETS: Final = """
    SELECT DISTINCT set_id, set_name FROM groups WHERE course_id = ? ORDER BY set_id LIMIT ? OFFSET ?
"""


def list_groups(
    connection: sqlite3.Connection, course_id: str, user_id: str | None, page: Page
) -> list[dict[str, str]]:
    """Give one page of a course's groups, all or one person's, and one more if another page follows."""
    rows = connection.execute(_GROUPS, (course_id, user_id, *page.sql))
    return [{"id": row["group_id"], "name": row["name"], "set_id": row["set_id"]} for row in rows]


def list_sets(connection: sqlite3.Connection, course_id: str, page: Page) -> list[dict[str, str]]:
    """Give one page of a course's sets of groups, and one more if another page follows."""
    rows = connection.execute(_SETS, (course_id, *page.sql))
    return [{"id": row["set_id"], "name": row["set_name"]} for row in rows]


def groups_by_person(connection: sqlite3.Connection, course_id: str) -> dict[str, list[str]]:
    """Give the ids of the groups that each person of a course is in."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(
        "SELECT person_key, group_id FROM group_members JOIN groups USING (group_id)"
        " WHERE course_id = ? ORDER BY group_id",
        (course_id,),
    ):
        found.setdefault(row["person_key"], []).append(row["group_id"])
    return found
