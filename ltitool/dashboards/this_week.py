"""This week: where a participant stands, the one thing to do next, and what their coach said last."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from ltitool.cohorts.coaching import SharedEntry, shared_entries
from ltitool.cohorts.hours import HoursLedger, hours_ledger
from ltitool.cohorts.journey import ActivityStanding, Journey, Standing
from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.awarding import ISSUED, REVOKED, award_of
from ltitool.credentials.models import Award
from ltitool.credentials.standing import standing
from ltitool.dashboards.gathering import journey_of
from ltitool.programs.activities import ActivityKind


class Closing(Enum):
    """What is left to do once the keystone has passed."""

    MISSING = "missing"  # the badge asks for more than the keystone
    CONFIRM = "confirm"  # the name
    PREPARED = "prepared"  # being signed and checked
    AWARDED = "awarded"
    REVOKED = "revoked"


_BY_STATE = {ISSUED: Closing.AWARDED, REVOKED: Closing.REVOKED}


@dataclass(frozen=True)
class ThisWeek:
    """All that the participant's home shows."""

    journey: Journey
    last_one_to_one: SharedEntry | None
    hours: HoursLedger | None
    closing: Closing | None = None  # None: the keystone has not passed

    @property
    def next_up(self) -> ActivityStanding | None:
        """The one activity to do next; behind a passed keystone only what the badge still asks for."""
        if self.closing is None:
            return self.journey.next_up
        return self.journey.next_required if self.closing is Closing.MISSING else None

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


def this_week(session: Session, scope: ParticipantScope, at: datetime) -> ThisWeek:
    """Gather a participant's home."""
    entries = shared_entries(session, scope)
    way = journey_of(session, scope, at)
    return ThisWeek(
        journey=way,
        last_one_to_one=entries[0] if entries else None,
        hours=hours_ledger(session, scope),
        closing=_closing(session, scope) if way.keystone_passed else None,
    )


def _closing(session: Session, scope: ParticipantScope) -> Closing:
    award: Award | None = award_of(session, scope)
    if award is not None:
        return _BY_STATE.get(award.state, Closing.PREPARED)
    return Closing.CONFIRM if standing(session, scope).completion.met else Closing.MISSING
