"""Dates of a run, derived from its start date; days only, because a due day ends where the people are."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class Phase(Enum):
    """How a day stands to a run."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Span:
    """A step as days from the start."""

    number: int
    offset_days: int
    length_days: int


@dataclass(frozen=True, slots=True)
class StepDates:
    """First and last day of a step, both included."""

    number: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ProgramDates:
    """First and last day of a run, both included, and those of each step."""

    start: date
    end: date
    steps: tuple[StepDates, ...]

    def of(self, number: int) -> StepDates:
        """Dates of the step with this number (from 1)."""
        return self.steps[number - 1]


def program_dates(spans: tuple[Span, ...], start: date) -> ProgramDates:
    steps = tuple(_dates(span, start) for span in spans)
    return ProgramDates(start, steps[-1].last, steps)


def phase_of(dates: ProgramDates, day: date) -> Phase:
    if day < dates.start:
        return Phase.AHEAD
    return Phase.OVER if day > dates.end else Phase.RUNNING


def _dates(span: Span, start: date) -> StepDates:
    first = start + timedelta(days=span.offset_days)
    return StepDates(span.number, first, first + timedelta(days=span.length_days - 1))
