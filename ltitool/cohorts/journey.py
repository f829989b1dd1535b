"""How one person stands in a program on a day: step by step, and what comes next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from ltitool.cohorts.progress import ProgressState, Stage
from ltitool.programs.activities import Activity, ActivityKind
from ltitool.programs.calendar import Phase, StepDates
from ltitool.programs.model import Program, Step


class StepState(Enum):
    """How a step stands."""

    DONE = "done"
    OPEN = "open"  # behind us, and something that it asked for is not sent
    NOW = "now"
    AHEAD = "ahead"


class Standing(Enum):
    """How an activity stands."""

    AHEAD = "ahead"  # not open yet
    OPEN = "open"
    STARTED = "started"
    SENT = "sent"  # with the coach
    RETURNED = "returned"
    DONE = "done"
    HELD = "held"  # a session that took place
    MISSED = "missed"  # a session that this person was not at


@dataclass(frozen=True)
class ActivityStanding:
    """One activity of one person."""

    activity: Activity
    standing: Standing
    opens_on: date
    due_on: date
    late: bool

    @property
    def waits_for_writer(self) -> bool:
        """Whether it is now this person's turn."""
        return self.standing in {Standing.OPEN, Standing.STARTED, Standing.RETURNED}


@dataclass(frozen=True)
class StepStanding:
    """One step of one person."""

    step: Step
    dates: StepDates
    state: StepState
    outstanding: tuple[Activity, ...]  # required, due here, and not sent


@dataclass(frozen=True)
class Journey:
    """A person's way through a program, as of a day."""

    program: Program
    today: date
    phase: Phase
    current: Step
    steps: tuple[StepStanding, ...]
    activities: tuple[ActivityStanding, ...]

    @property
    def next_up(self) -> ActivityStanding | None:
        """The one thing to do next: what came back, then what is late, then what is due first."""
        return min(self._waiting, key=_urgency, default=None)

    @property
    def next_required(self) -> ActivityStanding | None:
        """The next thing that completion asks for."""
        required = [item for item in self._waiting if item.activity.required]
        return min(required, key=_urgency, default=None)

    @property
    def keystone_passed(self) -> bool:
        """Whether the keystone is done, with which the arch closes."""
        return any(
            item.activity.kind is ActivityKind.KEYSTONE and item.standing is Standing.DONE
            for item in self.activities
        )

    @property
    def _waiting(self) -> list[ActivityStanding]:
        return [item for item in self.activities if item.waits_for_writer and not item.activity.is_session]

    @property
    def late(self) -> tuple[ActivityStanding, ...]:
        """Required work that is past its day and still with its writer."""
        return tuple(item for item in self.activities if item.late and item.activity.required)

    def of_step(self, number: int) -> tuple[ActivityStanding, ...]:
        """What is open in a step: opened in it or before, due in it or later."""
        return tuple(item for item in self.activities if item.activity.opens <= number <= item.activity.due)

    def find(self, key: str) -> ActivityStanding:
        """Find one activity by its key, or raise KeyError."""
        for item in self.activities:
            if item.activity.key == key:
                return item
        raise KeyError(key)


@dataclass(frozen=True)
class Recorded:
    """What is written down about a person: by features, by coaches."""

    progress: Mapping[str, ProgressState]
    attended: Mapping[str, int]  # minutes by session
    one_to_ones: tuple[date, ...]


def journey(program: Program, starts_on: date, today: date, recorded: Recorded) -> Journey:
    """Lay a person's records along the program."""
    phase = program.phase_on(today, starts_on)
    current = program.step_on(today, starts_on)
    reached = 0 if phase is Phase.AHEAD else current.number
    activities = tuple(
        _activity(program, activity, starts_on, today, recorded) for activity in program.activities
    )
    dates = program.dates(starts_on)
    steps = tuple(
        _step(step, dates.of(step.number), activities, reached, over=phase is Phase.OVER)
        for step in program.steps
    )
    return Journey(program, today, phase, current, steps, activities)


def _activity(
    program: Program, activity: Activity, starts_on: date, today: date, recorded: Recorded
) -> ActivityStanding:
    opens_on, due_on = program.opens_on(activity, starts_on), program.due_on(activity, starts_on)
    standing = _standing(activity, opens_on, due_on, today, recorded)
    at_hand = standing in {Standing.OPEN, Standing.STARTED, Standing.RETURNED}
    late = at_hand and today > due_on and not activity.is_session
    return ActivityStanding(activity, standing, opens_on, due_on, late)


def _standing(activity: Activity, opens_on: date, due_on: date, today: date, recorded: Recorded) -> Standing:
    if activity.kind is ActivityKind.GROUP_SESSION and activity.key in recorded.attended:
        return Standing.HELD if recorded.attended[activity.key] else Standing.MISSED
    if activity.kind is ActivityKind.COACHING_SESSION and any(
        opens_on <= day <= due_on for day in recorded.one_to_ones
    ):
        return Standing.HELD
    found = recorded.progress.get(activity.key)
    if found is not None:
        return _BY_STAGE[found.state]
    return Standing.AHEAD if today < opens_on else Standing.OPEN


_BY_STAGE = {
    Stage.STARTED: Standing.STARTED,
    Stage.SUBMITTED: Standing.SENT,
    Stage.RETURNED: Standing.RETURNED,
    Stage.DONE: Standing.DONE,
}


def _step(
    step: Step,
    dates: StepDates,
    activities: tuple[ActivityStanding, ...],
    reached: int,
    *,
    over: bool,
) -> StepStanding:
    outstanding = tuple(
        item.activity
        for item in activities
        if item.activity.required and item.activity.due == step.number and not _is_off_desk(item)
    )
    if _is_crowned(step, activities) and not outstanding:
        state = StepState.DONE  # even before its last day: nothing more is asked
    elif step.number > reached:
        state = StepState.AHEAD
    elif step.number == reached and not over:
        state = StepState.NOW
    else:
        state = StepState.OPEN if outstanding else StepState.DONE
    return StepStanding(step, dates, state, outstanding)


def _is_crowned(step: Step, activities: tuple[ActivityStanding, ...]) -> bool:
    """Say whether the keystone that a step asks for has passed."""
    return any(
        item.activity.kind is ActivityKind.KEYSTONE
        and item.activity.due == step.number
        and item.standing is Standing.DONE
        for item in activities
    )


def _is_off_desk(item: ActivityStanding) -> bool:
    """Say whether a stone may be laid for it; the keystone's own only when it has passed."""
    if item.activity.kind is ActivityKind.KEYSTONE:
        return item.standing is Standing.DONE
    return item.standing in {Standing.SENT, Standing.DONE}


def _urgency(item: ActivityStanding) -> tuple[int, int, bool]:
    if item.standing is Standing.RETURNED:
        rank = 0
    elif item.late:
        rank = 1 if item.activity.required else 3
    else:
        rank = 2
    return (rank, item.activity.due, not item.activity.required)
