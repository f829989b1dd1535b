"""Line items of the gradebook: find, make, change and delete them, as AGS 2.0 has it."""

from __future__ import annotations

import math
from dataclasses import astuple
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.seed import LineItem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from ltitool.sandbox.config import Endpoints
    from ltitool.sandbox.manners import Manners
    from ltitool.sandbox.paging import Page

_MAX_TEXT: Final = 255
_REFUSED: Final = 400

_FILTERED: Final = """
    SELECT * FROM line_items
    WHERE course_id = ?1 AND (?2 IS NULL OR activity_id = ?2)
        AND (?3 IS NULL OR resource_id = ?3) AND (?4 IS NULL OR tag = ?4)
    ORDER BY sequence LIMIT ?5 OFFSET ?6
"""
# In the order of the fields of LineItem.
INSERT_LINE_ITEM: Final = """
    INSERT INTO line_items
        (line_item_id, course_id, activity_id, label, score_maximum, resource_id, tag,
         starts_at, ends_at, owner)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def list_line_items(
    connection: sqlite3.Connection, course_id: str, fields: Mapping[str, str], page: Page
) -> list[LineItem]:
    """Give one page of a course's line items, and one more if another page follows."""
    asked = [fields.get(name) for name in ("resource_link_id", "resource_id", "tag")]
    rows = connection.execute(_FILTERED, (course_id, *asked, *page.sql))
    return [_line_item(row) for row in rows]


def course_line_items(connection: sqlite3.Connection, course_id: str) -> list[LineItem]:
    rows = connection.execute("SELECT * FROM line_items WHERE course_id = ? ORDER BY sequence", (course_id,))
    return [_line_item(row) for row in rows]


def find_line_item(connection: sqlite3.Connection, course_id: str, line_item_id: str) -> LineItem:
    row = connection.execute(
        "SELECT * FROM line_items WHERE course_id = ? AND line_item_id = ?", (course_id, line_item_id)
    ).fetchone()
    if row is None:
        raise ServiceRefusal(404, "no_such_line_item", "there is no such line item in this course")
    return _line_item(row)


def single_line_item(connection: sqlite3.Connection, activity_id: str) -> LineItem | None:
    """Give the line item of an activity when it has exactly one: only then may a launch name it."""
    rows = connection.execute("SELECT * FROM line_items WHERE activity_id = ?", (activity_id,)).fetchall()
    return _line_item(rows[0]) if len(rows) == 1 else None


def parse_line_item(body: Mapping[str, Any], course_id: str, line_item_id: str) -> LineItem:
    """Read a line item that the tool wants; properties we do not know are extensions and stay aside."""
    return LineItem(
        id=line_item_id,
        course_id=course_id,
        activity_id=_text(body, "resourceLinkId"),
        label=_required_text(body, "label"),
        score_maximum=_maximum(body),
        resource_id=_text(body, "resourceId"),
        tag=_text(body, "tag"),
        starts_at=_moment(body, "startDateTime"),
        ends_at=_moment(body, "endDateTime"),
        owner="tool",
    )


def create_line_item(connection: sqlite3.Connection, item: LineItem) -> None:
    if item.activity_id and not _is_activity(connection, item.course_id, item.activity_id):
        raise ServiceRefusal(400, "unknown_resource_link", "resourceLinkId is no link of this course")
    connection.execute(INSERT_LINE_ITEM, astuple(item))


def change_line_item(connection: sqlite3.Connection, wanted: LineItem) -> LineItem:
    """Replace a line item whole; its link stays what it was, and scores follow a new maximum."""
    current = find_line_item(connection, wanted.course_id, wanted.id)
    if wanted.activity_id != current.activity_id:
        raise ServiceRefusal(400, "fixed_resource_link", "resourceLinkId cannot change: send it as it is")
    connection.execute(
        "UPDATE line_items SET label = ?, score_maximum = ?, resource_id = ?, tag = ?,"
        " starts_at = ?, ends_at = ? WHERE line_item_id = ?",
        (
            wanted.label,
            wanted.score_maximum,
            wanted.resource_id,
            wanted.tag,
            wanted.starts_at,
            wanted.ends_at,
            wanted.id,
        ),
    )
    return find_line_item(connection, wanted.course_id, wanted.id)


def delete_line_item(
    connection: sqlite3.Connection, course_id: str, line_item_id: str, manners: Manners
) -> None:
    """Delete a line item and its scores; an activity's own column is not the tool's to delete."""
    coupled = find_line_item(connection, course_id, line_item_id).owner != "tool"
    if coupled and manners.coupled_delete_status >= _REFUSED:
        status = manners.coupled_delete_status
        raise ServiceRefusal(status, "not_yours", "the platform made this line item with its activity")
    remove_line_item(connection, line_item_id)


def remove_line_item(connection: sqlite3.Connection, line_item_id: str) -> None:
    """Delete a column and its scores, as a teacher may."""
    connection.execute("DELETE FROM line_items WHERE line_item_id = ?", (line_item_id,))


def line_item_json(item: LineItem, endpoints: Endpoints) -> dict[str, object]:
    """Write a line item as AGS has it; properties without a value are left out."""
    whole: dict[str, object | None] = {
        "id": endpoints.line_item(item.course_id, item.id),
        "label": item.label,
        "scoreMaximum": item.score_maximum,
        "resourceLinkId": item.activity_id,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "startDateTime": item.starts_at,
        "endDateTime": item.ends_at,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _line_item(row: sqlite3.Row) -> LineItem:
    return LineItem(
        id=row["line_item_id"],
        course_id=row["course_id"],
        activity_id=row["activity_id"],
        label=row["label"],
        score_maximum=row["score_maximum"],
        resource_id=row["resource_id"],
        tag=row["tag"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        owner=row["owner"],
    )


def _is_activity(connection: sqlite3.Connection, course_id: str, activity_id: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM activities WHERE course_id = ? AND activity_id = ?", (course_id, activity_id)
    ).fetchone()
    return row is not None


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > _MAX_TEXT):
        raise ServiceRefusal(400, "bad_line_item", f"{name} must be a text of at most {_MAX_TEXT} characters")
    return value


def _required_text(body: Mapping[str, Any], name: str) -> str:
    value = _text(body, name)
    if not value or not value.strip():
        raise ServiceRefusal(400, "bad_line_item", f"{name} is missing")
    return value


def _maximum(body: Mapping[str, Any]) -> float:
    value = body.get("scoreMaximum")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ServiceRefusal(400, "bad_line_item", "scoreMaximum must be a number above 0")
    return float(value)


def _moment(body: Mapping[str, Any], name: str) -> str | None:
    text = _text(body, name)
    if text is None:
        return None
    try:
        zone = datetime.fromisoformat(text).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise ServiceRefusal(400, "bad_line_item", f"{name} must be an ISO 8601 time with its zone")
    return text
