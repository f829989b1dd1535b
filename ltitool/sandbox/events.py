"""Every score that was posted, refused or not, in the order of arrival: the tool developer's evidence.

Canvas counts attempts and collects comments; both are counted from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ltitool.sandbox.scores import said_in
from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    import sqlite3

    from ltitool.sandbox.scores import Score
    from ltitool.sandbox.seed import LineItem

STORED: Final = "stored"
BY_TEACHER: Final = "teacher"
SHOWN: Final = 200  # on the page; the table keeps all


@dataclass(frozen=True)
class ScoreEvent:
    """One score as it was posted; `outcome` is "stored", "teacher", or the code of the refusal."""

    label: str
    sub: str
    name: str
    score_given: float | None
    score_maximum: float | None
    comment: str | None
    activity_progress: str
    grading_progress: str
    scored_at: datetime
    received_at: datetime
    attempt: bool
    outcome: str


def note_event(
    connection: sqlite3.Connection,
    item: LineItem,
    score: Score,
    now: datetime,
    outcome: str,
    *,
    attempt: bool,
) -> None:
    """Keep one posted score."""
    connection.execute(
        "INSERT INTO score_events (course_id, line_item_id, label, sub, score_given, score_maximum, comment,"
        " activity_progress, grading_progress, scored_at, received_at, attempt, outcome)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            item.course_id,
            item.id,
            item.label,
            score.sub,
            score.score_given,
            score.score_maximum,
            score.comment,
            score.activity_progress,
            score.grading_progress,
            stamp(score.scored_at),
            stamp(now),
            int(attempt),
            outcome,
        ),
    )


def course_events(connection: sqlite3.Connection, course_id: str) -> list[ScoreEvent]:
    """List a course's events, newest first."""
    rows = connection.execute(
        "SELECT score_events.*, coalesce(given_name || ' ' || family_name, score_events.sub) AS name"
        " FROM score_events LEFT JOIN people USING (sub) WHERE course_id = ?"
        " ORDER BY sequence DESC LIMIT ?",
        (course_id, SHOWN),
    )
    return [_event(row) for row in rows]


def comments_on(connection: sqlite3.Connection, line_item_id: str, sub: str) -> list[str]:
    """List every comment that was stored for one cell, oldest first."""
    rows = connection.execute(
        "SELECT comment FROM score_events"
        " WHERE line_item_id = ? AND sub = ? AND outcome = ? AND comment IS NOT NULL ORDER BY sequence",
        (line_item_id, sub, STORED),
    )
    return [row["comment"] for row in rows]


def _event(row: sqlite3.Row) -> ScoreEvent:
    return ScoreEvent(
        **said_in(row),
        label=row["label"],
        name=row["name"],
        received_at=datetime.fromisoformat(row["received_at"]),
        attempt=bool(row["attempt"]),
        outcome=row["outcome"],
    )
