"""Which column of a gradebook an activity reports to: known, found, or made by exactly one of us (P25).

Whoever looks first claims the place with a row; others wait for what it finds, in this process or another.
A column that a teacher deleted is not made again until somebody says so (P30).
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.lti.grade_claims import Attempt
from ltitool.lti.gradebook import Column, GradebookService, WantedColumn
from ltitool.lti.models import LineItem, ResourceLink
from ltitool.lti.service_errors import ColumnLost, ServiceOccupied

CLAIM = timedelta(minutes=2)  # longer than finding and making may take
ASK_AGAIN = timedelta(seconds=5)


def known_column(attempt: Attempt) -> str | None:
    """Give the address of an activity's column.

    Raises:
        ColumnLost: it was deleted in the LMS.
    """
    row = read_session().execute(select(LineItem.url, LineItem.lost_at).where(*_place(attempt))).first()
    end_read()
    if row is not None and row.lost_at is not None:
        raise ColumnLost(row.url)
    return row.url or None if row is not None else None


def find_column(attempt: Attempt, service: GradebookService, now: datetime) -> str:
    """Find an activity's column in the gradebook, or make it.

    Raises:
        ServiceOccupied: somebody else is at it.
        GradebookNotLinked: there is none, and we may not make one.
    """
    if not _claim(attempt, now):
        raise ServiceOccupied("another sender looks for this column", now + ASK_AGAIN)
    try:
        column = service.column(_wanted(attempt))
    except BaseException:
        _let_go(attempt)
        raise
    _keep(attempt, column)
    return column.url


def lose_column(attempt: Attempt, now: datetime) -> None:
    """Note that a column was deleted in the LMS."""
    with transaction() as session:
        lose_columns(session, *_place(attempt), at=now)


def lose_columns(session: Session, *place: ColumnElement[bool], at: datetime) -> None:
    """Note that columns were deleted in the LMS."""
    session.execute(
        update(LineItem)
        .where(*place, LineItem.lost_at.is_(None))
        .values(lost_at=at)
        .execution_options(synchronize_session=False)
    )


def forget_lost_column(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID, activity_key: str
) -> None:
    """Let the next attempt look for a lost column again, or make a new one."""
    session.execute(
        delete(LineItem)
        .where(
            LineItem.organisation_id == organisation_id,
            LineItem.context_id == context_id,
            LineItem.activity_key == activity_key,
            LineItem.lost_at.is_not(None),
        )
        .execution_options(synchronize_session=False)
    )


def _wanted(attempt: Attempt) -> WantedColumn:
    claimed = read_session().scalars(
        select(ResourceLink.lineitem_url)
        .where(
            ResourceLink.organisation_id == attempt.organisation_id,
            ResourceLink.context_id == attempt.context_id,
            ResourceLink.title == attempt.label,
            ResourceLink.lineitem_url.is_not(None),
        )
        .distinct()
    )
    urls = tuple(url for url in claimed if url)
    end_read()
    return WantedColumn(attempt.activity_key, attempt.label, attempt.score.maximum, urls)


def _claim(attempt: Attempt, now: datetime) -> bool:
    """Take the place, if nobody has it or whoever had it is overdue."""
    try:
        with transaction() as session:
            row = session.scalar(select(LineItem).where(*_place(attempt)).with_for_update())
            if row is None:
                session.add(_empty(attempt, now + CLAIM))
                return True
            if row.url or (row.claimed_until is not None and row.claimed_until > now):
                return False
            row.claimed_until = now + CLAIM
            return True
    except IntegrityError:  # two took it at the same moment; the other one has it
        return False


def _empty(attempt: Attempt, until: datetime) -> LineItem:
    return LineItem(
        id=uuid.uuid5(attempt.context_id, f"line-item:{attempt.activity_key}"),
        organisation_id=attempt.organisation_id,
        context_id=attempt.context_id,
        activity_key=attempt.activity_key,
        url="",
        score_maximum=attempt.score.maximum,
        made_by_us=False,
        claimed_until=until,
        lost_at=None,
    )


def _keep(attempt: Attempt, column: Column) -> None:
    with transaction() as session:
        session.execute(
            update(LineItem)
            .where(*_place(attempt))
            .values(
                url=column.url,
                score_maximum=column.score_maximum,
                made_by_us=column.made_by_us,
                claimed_until=None,
            )
            .execution_options(synchronize_session=False)
        )


def _let_go(attempt: Attempt) -> None:
    with transaction() as session:
        session.execute(
            delete(LineItem)
            .where(*_place(attempt), LineItem.url == "")
            .execution_options(synchronize_session=False)
        )


def _place(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    return (
        LineItem.organisation_id == attempt.organisation_id,
        LineItem.context_id == attempt.context_id,
        LineItem.activity_key == attempt.activity_key,
    )
