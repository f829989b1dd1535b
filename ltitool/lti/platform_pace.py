"""How fast a platform may be sent scores: how many at a time, and until when it wants to be left alone."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.db import end_read, read_session
from ltitool.lti.models import Platform

GENTLE = timedelta(minutes=5)  # after a call for peace a platform is sent one score at first


@dataclass(frozen=True)
class Pace:
    """What one platform bears."""

    at_once: int
    busy_until: datetime | None

    def is_busy(self, at: datetime) -> bool:
        """Say whether the platform wants to be left alone at a moment."""
        return self.busy_until is not None and self.busy_until > at

    def first_step(self, at: datetime) -> int:
        """Say how many scores to begin with; each that arrives allows one more, up to `at_once`."""
        was_busy = self.busy_until is not None and self.busy_until > at - GENTLE
        return 1 if was_busy else self.at_once


def pace_of(platform_id: uuid.UUID, usual: int) -> Pace | None:
    """Read a platform's pace; None if there is no such platform."""
    row = (
        read_session()
        .execute(select(Platform.scores_at_once, Platform.busy_until).where(Platform.id == platform_id))
        .first()
    )
    end_read()
    return None if row is None else Pace(row.scores_at_once or usual, row.busy_until)


def leave_alone(session: Session, platform_id: uuid.UUID, until: datetime) -> None:
    """Note that a platform wants no scores before a moment; an earlier note of a later one stays."""
    earlier = or_(Platform.busy_until.is_(None), Platform.busy_until < until)
    session.execute(
        update(Platform)
        .where(Platform.id == platform_id, earlier)
        .values(busy_until=until)
        .execution_options(synchronize_session=False)
    )
