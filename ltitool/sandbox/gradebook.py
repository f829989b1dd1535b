"""The gradebook page's grid: learners down, line items across, the newest score in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ltitool.sandbox.directory import SHOWN, members_of
from ltitool.sandbox.events import comments_on
from ltitool.sandbox.lineitems import course_line_items
from ltitool.sandbox.manners import STRICT
from ltitool.sandbox.scores import score_from
from ltitool.sandbox.vocabulary import Role

if TYPE_CHECKING:
    import sqlite3

    from ltitool.sandbox.directory import Participation
    from ltitool.sandbox.manners import Manners
    from ltitool.sandbox.scores import Score
    from ltitool.sandbox.seed import LineItem, Person


@dataclass(frozen=True)
class Cell:
    """What the gradebook knows of one learner and one line item."""

    score: Score
    points: float | None
    received_at: datetime
    comments: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """The page: `cells` holds only what has been scored."""

    columns: tuple[LineItem, ...]
    learners: tuple[Person, ...]
    cells: dict[tuple[str, str], Cell]

    def cell(self, learner: Person, column: LineItem) -> Cell | None:
        return self.cells.get((learner.key, column.id))


def read_grid(
    connection: sqlite3.Connection, viewer: Participation, manners: Manners = STRICT, page: int = 0
) -> Grid:
    """Read one page of a course's grid; a learner sees one row, their own."""
    columns = {item.id: item for item in course_line_items(connection, viewer.course.id)}
    everybody = not viewer.teaches
    limit, offset = (-1, 0) if everybody else (SHOWN, page * SHOWN)
    members = members_of(connection, viewer.course.id, limit=limit, offset=offset)
    learners = tuple(
        person
        for person, role in members
        if role is Role.LEARNER and (viewer.teaches or person.key == viewer.person.key)
    )
    seen = {learner.key for learner in learners}
    rows = connection.execute(
        "SELECT scores.*, people.sub FROM scores"
        " JOIN line_items USING (line_item_id) JOIN people USING (person_key) WHERE course_id = ?",
        (viewer.course.id,),
    )
    cells = {
        (row["person_key"], row["line_item_id"]): _cell(
            row, columns[row["line_item_id"]], _comments(connection, row, manners)
        )
        for row in rows
        if row["person_key"] in seen
    }
    return Grid(tuple(columns.values()), learners, cells)


def _cell(row: sqlite3.Row, column: LineItem, comments: tuple[str, ...]) -> Cell:
    score = score_from(row)
    points = score.on_scale(column.score_maximum)
    return Cell(score, points, datetime.fromisoformat(row["received_at"]), comments)


def _comments(connection: sqlite3.Connection, row: sqlite3.Row, manners: Manners) -> tuple[str, ...]:
    """Give the comments that a cell shows: the score's own, or on Canvas all that ever came."""
    if manners.comments_pile_up:
        return tuple(comments_on(connection, row["line_item_id"], row["sub"]))
    return (row["comment"],) if row["comment"] else ()
