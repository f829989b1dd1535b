"""The cohort board: who needs their coach, and what is new since the coach last looked."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.days import local_day
from ltitool.cohorts.journey import ActivityStanding, Journey, Recorded, journey
from ltitool.cohorts.memberships import Member, members
from ltitool.cohorts.models import BoardLook
from ltitool.cohorts.programs_in_use import program_of
from ltitool.cohorts.progress import Stage
from ltitool.cohorts.scope import CoachedCohort
from ltitool.dashboards.gathering import recorded_about
from ltitool.programs.activities import Activity
from ltitool.programs.calendar import Phase
from ltitool.scoring.outcomes import Waiting, waiting_submissions

ONE_LOOK = timedelta(hours=1)  # coming back within it is still the same look
NO_ONE_TO_ONE = timedelta(weeks=3)
QUIET = timedelta(weeks=2)


@dataclass(frozen=True)
class News:
    """Something that was sent since the last look."""

    activity: Activity
    at: datetime


@dataclass(frozen=True)
class Row:
    """One person of the board."""

    person_id: uuid.UUID
    name: str
    journey: Journey
    waiting: Waiting | None
    late: tuple[ActivityStanding, ...]  # what has waited longest first
    one_to_one_missing_since: date | None  # day of the last one, or the start
    had_one_to_one: bool
    quiet_since: date | None
    news: tuple[News, ...]

    @property
    def need(self) -> int:
        """How much this person needs their coach: larger first."""
        return (
            8 * (self.waiting is not None)
            + 4 * bool(self.late)
            + 2 * (self.one_to_one_missing_since is not None)
            + (self.quiet_since is not None)
        )


@dataclass(frozen=True)
class Board:
    """A cohort's board."""

    cohort: CoachedCohort
    since: datetime | None  # None: the first look
    rows: tuple[Row, ...]


def look_at_board(
    session: Session, cohort: CoachedCohort, *, organisation_id: uuid.UUID, coach_id: uuid.UUID, at: datetime
) -> datetime | None:
    """Note that a coach looks at the board, and give the moment since which things are news."""
    row = session.scalar(
        select(BoardLook).where(
            BoardLook.organisation_id == organisation_id,
            BoardLook.cohort_id == cohort.cohort_id,
            BoardLook.person_id == coach_id,
        )
    )
    if row is None:
        session.add(
            BoardLook(
                id=uuid.uuid5(cohort.cohort_id, f"look:{coach_id}"),
                organisation_id=organisation_id,
                cohort_id=cohort.cohort_id,
                person_id=coach_id,
                news_since=at,
                looked_at=at,
            )
        )
        return None
    if at - row.looked_at > ONE_LOOK:
        row.news_since = row.looked_at
    row.looked_at = at
    return row.news_since


def board(
    session: Session,
    cohort: CoachedCohort,
    *,
    organisation_id: uuid.UUID,
    since: datetime | None,
    at: datetime,
) -> Board:
    """Read a cohort's board, those who need their coach first."""
    people = members(session, organisation_id, cohort.offering_id, cohort_id=cohort.cohort_id)
    ids = [member.person_id for member in people]
    recorded = recorded_about(session, organisation_id, cohort.offering_id, ids)
    waiting = keystones_waiting(session, organisation_id, cohort.offering_id, ids)
    program = program_of(session, organisation_id, cohort.offering_id)
    today = local_day(at, cohort.timezone)
    rows = [
        _row(
            member,
            journey(program, cohort.starts_on, today, recorded[member.person_id]),
            recorded[member.person_id],
            waiting.get(member.person_id),
            cohort,
            since,
        )
        for member in people
    ]
    return Board(cohort, since, tuple(sorted(rows, key=lambda row: (-row.need, -len(row.news), row.name))))


def keystones_waiting(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, people: list[uuid.UUID]
) -> Mapping[uuid.UUID, Waiting]:
    """Say whose keystone waits for scores."""
    return {one.person_id: one for one in waiting_submissions(session, organisation_id, offering_id, people)}


def _row(
    member: Member,
    way: Journey,
    recorded: Recorded,
    waiting: Waiting | None,
    cohort: CoachedCohort,
    since: datetime | None,
) -> Row:
    running = way.phase is Phase.RUNNING and not way.keystone_passed
    last_met = recorded.one_to_ones[-1] if recorded.one_to_ones else cohort.starts_on
    last_moved = _last_moved(recorded, cohort)
    return Row(
        person_id=member.person_id,
        name=member.name,
        journey=way,
        waiting=waiting,
        late=tuple(sorted(way.late, key=lambda item: item.due_on)),
        one_to_one_missing_since=last_met if running and way.today - last_met >= NO_ONE_TO_ONE else None,
        had_one_to_one=bool(recorded.one_to_ones),
        quiet_since=last_moved if running and way.today - last_moved >= QUIET else None,
        news=_news(way, recorded, since),
    )


def _last_moved(recorded: Recorded, cohort: CoachedCohort) -> date:
    days = [local_day(state.changed_at, cohort.timezone) for state in recorded.progress.values()]
    return max([*days, cohort.starts_on])


def _news(way: Journey, recorded: Recorded, since: datetime | None) -> tuple[News, ...]:
    """List what was sent since then, newest first. A draft's progress is its writer's own affair."""
    if since is None:
        return ()
    sent = [
        News(item.activity, state.changed_at)
        for item in way.activities
        if (state := recorded.progress.get(item.activity.key)) is not None
        and state.changed_at > since
        and state.state in {Stage.SUBMITTED, Stage.DONE}
    ]
    return tuple(sorted(sent, key=lambda news: news.at, reverse=True))
