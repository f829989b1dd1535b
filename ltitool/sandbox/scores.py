"""Scores that a tool posts, and the results it may read back (AGS 2.0).

The newest score of a learner replaces the one before it whole: without a scoreGiven there is no score any
more, without a comment no comment. Newer means a strictly later timestamp; anything else is a conflict.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from ltitool.sandbox.config import Endpoints
    from ltitool.sandbox.manners import Manners
    from ltitool.sandbox.paging import Page
    from ltitool.sandbox.seed import LineItem

_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_CLOCK_LEEWAY: Final = timedelta(seconds=60)
_MAX_COMMENT: Final = 10_000

_LEARNER: Final = """
    SELECT person_key FROM enrolments JOIN people USING (person_key)
    WHERE course_id = ?1 AND sub = ?2 AND role = ?3
        AND NOT EXISTS (SELECT 1 FROM absences WHERE course_id = ?1 AND person_key = people.person_key)
"""
# The comparison stands inside the one statement that writes, so that two posts cannot both be the newest.
_WRITE_SCORE: Final = """
    INSERT INTO scores
        (line_item_id, person_key, score_given, score_maximum, comment, activity_progress,
         grading_progress, scored_at, received_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (line_item_id, person_key) DO UPDATE SET
        score_given = excluded.score_given, score_maximum = excluded.score_maximum,
        comment = excluded.comment, activity_progress = excluded.activity_progress,
        grading_progress = excluded.grading_progress, scored_at = excluded.scored_at,
        received_at = excluded.received_at
    WHERE
"""
_STRICTLY_LATER: Final = _WRITE_SCORE + "excluded.scored_at > scores.scored_at"
_NOT_EARLIER: Final = _WRITE_SCORE + "excluded.scored_at >= scores.scored_at"
# Moodle compares with the second in which it stored the grade, by its own clock.
_IN_A_LATER_SECOND: Final = (
    _WRITE_SCORE + "substr(excluded.scored_at, 1, 19) > substr(scores.received_at, 1, 19)"
)


@dataclass(frozen=True)
class Score:
    """One learner's standing in one line item, as the tool last said it."""

    sub: str
    score_given: float | None
    score_maximum: float | None
    comment: str | None
    activity_progress: str
    grading_progress: str
    scored_at: datetime
    new_attempt: bool = True  # what Canvas reads in its own extension

    def on_scale(self, maximum: float) -> float | None:
        """Give the score on the line item's own scale."""
        if self.score_given is None or self.score_maximum is None:
            return None
        if not self.score_maximum:
            return self.score_given
        return round(self.score_given * maximum / self.score_maximum, 6)

    @property
    def final(self) -> bool:
        return self.grading_progress == words.FULLY_GRADED

    @property
    def finished(self) -> bool:
        return self.final and self.score_given is not None

    @property
    def is_attempt(self) -> bool:
        """Say whether Canvas would count it as handed in once more."""
        return self.new_attempt and self.grading_progress in {words.FULLY_GRADED, words.PENDING_MANUAL}

    def erased(self) -> Score:
        return replace(self, score_given=None, score_maximum=None, comment=None)


def parse_score(body: Mapping[str, Any], now: datetime, manners: Manners) -> Score:
    """Read a score; every property is checked before anything is stored."""
    lowest = -math.inf if manners.takes_any_number else 0.0
    given = _number(body, "scoreGiven", lowest=lowest)
    maximum = _number(body, "scoreMaximum", lowest=lowest)
    if given is not None and not maximum and not (manners.takes_any_number and maximum is not None):
        status = 422 if manners.refuses_with_422 else 400
        raise ServiceRefusal(status, "bad_score", "scoreMaximum above 0 must come with scoreGiven")
    return Score(
        sub=_text(body, "userId"),
        score_given=given,
        score_maximum=maximum,
        comment=_comment(body),
        activity_progress=_one_of(body, "activityProgress", words.ACTIVITY_PROGRESS),
        grading_progress=_one_of(body, "gradingProgress", words.GRADING_PROGRESS),
        scored_at=_timestamp(body, None if manners.takes_future_stamps else now),
        new_attempt=_is_new_attempt(body),
    )


def record_score(
    connection: sqlite3.Connection, item: LineItem, score: Score, now: datetime, manners: Manners
) -> bool:
    """Store a score of an enrolled learner, if it is newer than the one we have; say if it is an attempt."""
    learner = connection.execute(_LEARNER, (item.course_id, score.sub, words.Role.LEARNER.value)).fetchone()
    if learner is None:
        status = 422 if manners.refuses_with_422 else 400
        raise ServiceRefusal(status, "not_a_learner", "userId is no learner of this course")
    attempt = manners.makes_attempts and score.is_attempt
    if attempt:
        _check_attempts_left(connection, item, score.sub, manners)
    kept = score.erased() if manners.erases_unfinished and not score.finished else score
    stored = connection.execute(_statement(manners), _score_row(item, learner["person_key"], kept, now))
    if stored.rowcount == 0:
        status = 400 if manners.older_gets_400 else 409
        raise ServiceRefusal(status, "not_newer", "timestamp must be later than that of the score we have")
    return attempt


def _check_attempts_left(connection: sqlite3.Connection, item: LineItem, sub: str, manners: Manners) -> None:
    """Refuse a new attempt when all are used up."""
    (used,) = connection.execute(
        "SELECT count(*) FROM score_events WHERE line_item_id = ? AND sub = ? AND attempt = 1", (item.id, sub)
    ).fetchone()
    if manners.attempts_allowed and used >= manners.attempts_allowed:
        raise ServiceRefusal(
            422,
            "attempts_exhausted",
            "The maximum number of allowed attempts has been reached for this submission",
        )


def write_score(
    connection: sqlite3.Connection, item: LineItem, person_key: str, score: Score, now: datetime
) -> None:
    """Store a score whatever was there before, as a teacher does."""
    connection.execute(_WRITE_SCORE + "true", _score_row(item, person_key, score, now))


def _statement(manners: Manners) -> str:
    if manners.stamps_in_whole_seconds:
        return _IN_A_LATER_SECOND
    return _NOT_EARLIER if manners.older_gets_400 else _STRICTLY_LATER


def _score_row(
    item: LineItem, person_key: str, score: Score, now: datetime
) -> tuple[str | float | None, ...]:
    return (
        item.id,
        person_key,
        score.score_given,
        score.score_maximum,
        score.comment,
        score.activity_progress,
        score.grading_progress,
        stamp(score.scored_at),
        stamp(now),
    )


def list_scores(
    connection: sqlite3.Connection, item: LineItem, user_id: str | None, page: Page
) -> list[Score]:
    """Give one page of a line item's scores, and one more if another page follows."""
    rows = connection.execute(
        "SELECT * FROM scores JOIN people USING (person_key)"
        " WHERE line_item_id = ? AND (? IS NULL OR sub = ?) ORDER BY sequence LIMIT ? OFFSET ?",
        (item.id, user_id, user_id, *page.sql),
    )
    return [score_from(row) for row in rows]


def score_from(row: sqlite3.Row) -> Score:
    return Score(**said_in(row))


def said_in(row: sqlite3.Row) -> dict[str, Any]:
    """Give what the tool said about a learner, from a row of a score or of its log."""
    plain = ("sub", "score_given", "score_maximum", "comment", "activity_progress", "grading_progress")
    return {**{name: row[name] for name in plain}, "scored_at": datetime.fromisoformat(row["scored_at"])}


def result_json(score: Score, item: LineItem, endpoints: Endpoints) -> dict[str, object]:
    """Write a result; a score that is not final yet is not shown as one."""
    points = score.on_scale(item.score_maximum) if score.final else None
    if endpoints.manners.takes_any_number and points is not None:
        points = min(max(points, 0.0), item.score_maximum)
    whole: dict[str, object | None] = {
        "id": endpoints.result(item.course_id, item.id, score.sub),
        "scoreOf": endpoints.line_item(item.course_id, item.id),
        "userId": score.sub,
        "resultScore": points,
        "resultMaximum": item.score_maximum,
        "comment": score.comment,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _number(body: Mapping[str, Any], name: str, *, lowest: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value < math.inf:
        raise ServiceRefusal(400, "bad_score", f"{name} must be a number that is not negative")
    return float(value)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ServiceRefusal(400, "bad_score", f"{name} is missing")
    return value


def _comment(body: Mapping[str, Any]) -> str | None:
    value = body.get("comment")
    if value is not None and (not isinstance(value, str) or len(value) > _MAX_COMMENT):
        raise ServiceRefusal(400, "bad_score", f"comment must be a text of at most {_MAX_COMMENT} characters")
    return value or None


def _one_of(body: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = _text(body, name)
    if value not in allowed:
        raise ServiceRefusal(400, "bad_score", f"{name} must be one of {', '.join(allowed)}")
    return value


def _is_new_attempt(body: Mapping[str, Any]) -> bool:
    """Read Canvas's extension; without it, or with anything but false in it, a score is an attempt."""
    extension = body.get(words.CANVAS_SUBMISSION)
    said = extension if isinstance(extension, dict) else {}
    return said.get("new_submission", said.get("submission_type") != "none") is not False


def _timestamp(body: Mapping[str, Any], now: datetime | None) -> datetime:
    text = _text(body, "timestamp")
    if not _TIMESTAMP.fullmatch(text):
        raise ServiceRefusal(
            400, "bad_timestamp", "timestamp must be ISO 8601 with parts of a second and a zone"
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ServiceRefusal(400, "bad_timestamp", f"timestamp is no real moment: {error}") from error
    if now is not None and moment > now + _CLOCK_LEEWAY:
        raise ServiceRefusal(400, "future_timestamp", "timestamp lies in the future")
    return moment
