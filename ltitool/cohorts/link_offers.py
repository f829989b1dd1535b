"""What a course can link to: this week, each step of its program, and what is graded by itself.

Implements `ltitool.lti.link_offers.Offering`.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ltitool.cohorts.arrivals import OPENS, WEEK
from ltitool.cohorts.memberships import offering_of_course
from ltitool.cohorts.offerings import find_offering
from ltitool.cohorts.programs_in_use import program_of
from ltitool.lti.link_offers import LinkOffers, OfferedColumn, OfferedLink, Span
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.programs.activities import Activity
from ltitool.programs.model import Program, Step


def link_offers(
    session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID | None, locale: str
) -> LinkOffers:
    """Give the links of a course's program; a course without one is offered the usual program's.

    Where the course runs an offering, links bring its days: when they open, and when work is due. Nothing
    closes: what comes late is taken here, and the LMS must not stand in its way.
    """
    offering_id = offering_of_course(session, organisation_id, context_id)
    if offering_id is None:
        return offers_of(load_shipped()[DEFAULT_PROGRAM], locale)
    run = find_offering(session, organisation_id, offering_id)
    days = Days(program_of(session, organisation_id, offering_id), run.starts_on, ZoneInfo(run.timezone))
    return offers_of(days.program, locale, days)


@dataclass(frozen=True)
class Days:
    """The days of a run, as moments where it takes place."""

    program: Program
    starts_on: date
    zone: ZoneInfo

    def of_step(self, step: Step) -> Span:
        return Span(self._first(self.program.dates(self.starts_on).of(step.number).first))

    def of_activity(self, activity: Activity) -> tuple[Span, Span]:
        """Give from when an activity is there, and from when to when its work is on time."""
        start = self._first(self.program.opens_on(activity, self.starts_on))
        end = self._last(self.program.due_on(activity, self.starts_on))
        return Span(start), Span(start, end)

    def _first(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)

    def _last(self, day: date) -> datetime:
        return datetime.combine(day, time(23, 59, 59), self.zone)


def offers_of(program: Program, locale: str, days: Days | None = None) -> LinkOffers:
    """Give the links of a program in the words of a language."""
    whole = OfferedLink(
        "program", program.title.in_(locale), program.summary.in_(locale), {OPENS: "this-week"}
    )
    alone = [_activity(one, locale, days) for one in program.activities if not one.is_session]
    return LinkOffers(steps=[_step(one, locale, days) for one in program.steps], others=[whole, *alone])


def _step(step: Step, locale: str, days: Days | None) -> OfferedLink:
    custom = {OPENS: "week", WEEK: str(step.number)}
    title, text = step.title.in_(locale), step.summary.in_(locale)
    return OfferedLink(f"step-{step.number}", title, text, custom, open=days.of_step(step) if days else None)


def _activity(activity: Activity, locale: str, days: Days | None) -> OfferedLink:
    """Link to an activity: its own page where links may open that, else the step in which it begins."""
    title = activity.title.in_(locale)
    column = None
    if activity.graded and activity.points:
        column = OfferedColumn(activity.key, title, float(activity.points))
    custom = {OPENS: activity.kind.value, WEEK: str(activity.opens)}
    there, due = days.of_activity(activity) if days else (None, None)
    return OfferedLink(
        f"activity-{activity.key}", title, activity.purpose.in_(locale), custom, column, there, due
    )
