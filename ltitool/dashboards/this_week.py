"""This week: where a participant stands, the one thing to do next, and what their coach said last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ltitool.cohorts.coaching import SharedEntry, shared_entries
from ltitool.cohorts.hours import HoursLedger, hours_ledger
from ltitool.cohorts.journey import ActivityStanding, Journey, Standing
from ltitool.cohorts.scope import ParticipantScope
from ltitool.dashboards.gathering import journey_of
from ltitool.programs.activities import ActivityKind


@dataclass(frozen=True)
class ThisWeek:
    """All that the participant's home shows."""

    journey: Journey
    last_one_to_one: SharedEntry | None
    hours: HoursLedger | None

    @property
    def with_coach(self) -> tuple[ActivityStanding, ...]:
        """What is sent and not answered yet."""
        return tuple(item for item in self.journey.activities if item.standing is Standing.SENT)

    @property
    def opens_next(self) -> ActivityStanding | None:
        """What opens next, for somebody who has nothing to do now."""
        ahead = [
            item
            for item in self.journey.activities
            if item.standing is Standing.AHEAD and not item.activity.is_session
        ]
        return min(ahead, key=lambda item: item.opens_on, default=None)

    @property
    def sessions(self) -> tuple[ActivityStanding, ...]:
        """Sessions of the current step that are not recorded yet."""
        return tuple(
            item
            for item in self.journey.of_step(self.journey.current.number)
            if item.activity.is_session and item.standing is Standing.OPEN
        )

    @property
    def keystone_answered(self) -> bool:
        """Whether a coach has said something about the keystone."""
        return any(
            item.activity.kind is ActivityKind.KEYSTONE
            and item.standing in {Standing.RETURNED, Standing.DONE}
            for item in self.journey.activities
        )

    @property
    def finished(self) -> bool:
        """Whether the keystone is done, with which the arch closes."""
        return any(
            item.activity.kind is ActivityKind.KEYSTONE and item.standing is Standing.DONE
            for item in self.journey.activities
        )


def this_week(session: Session, scope: ParticipantScope, at: datetime) -> ThisWeek:
    """Gather a participant's home."""
    entries = shared_entries(session, scope)
    return ThisWeek(
        journey=journey_of(session, scope, at),
        last_one_to_one=entries[0] if entries else None,
        hours=hours_ledger(session, scope),
    )
