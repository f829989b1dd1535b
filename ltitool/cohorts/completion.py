"""Is the program complete? Pure: the program's rule, what was done, and the keystone's outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from ltitool.cohorts.progress import ProgressState, Stage
from ltitool.programs.activities import Activity
from ltitool.programs.model import Program


class Requirement(Enum):
    """What a missing item is about."""

    ACTIVITY = "activity"  # a required activity is not sent
    ATTENDANCE = "attendance"  # too few whole-group sessions
    COACHING = "coaching"  # too few 1:1s
    KEYSTONE = "keystone"  # the keystone has not passed


@dataclass(frozen=True)
class Missing:
    """One thing that completion still asks for; counts are given where it is about a number."""

    requirement: Requirement
    activity: Activity | None = None
    have: int = 0
    need: int = 0


@dataclass(frozen=True)
class Completion:
    """The answer, and what is missing in the program's order."""

    missing: tuple[Missing, ...]

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True)
class Done:
    """What a person has done, counted."""

    progress: Mapping[str, ProgressState]
    attended: Mapping[str, int]  # minutes by session; 0: absent
    one_to_ones: int
    keystone_passed: bool


def completion(program: Program, done: Done) -> Completion:
    """Compare what was done with the program's completion rule."""
    rule = program.completion
    missing = [
        Missing(Requirement.ACTIVITY, activity)
        for activity in program.required_activities
        if not (is_sent(done.progress.get(activity.key)) or _is_judged(program, activity))
    ]
    present = sum(minutes > 0 for minutes in done.attended.values())
    if present < rule.attendance_minimum:
        missing.append(Missing(Requirement.ATTENDANCE, have=present, need=rule.attendance_minimum))
    if done.one_to_ones < rule.coaching_minimum:
        missing.append(Missing(Requirement.COACHING, have=done.one_to_ones, need=rule.coaching_minimum))
    if rule.keystone_passed and not done.keystone_passed:
        missing.append(Missing(Requirement.KEYSTONE, program.keystone))
    return Completion(tuple(missing))


def is_sent(progress: ProgressState | None) -> bool:
    """Say whether an activity is off its writer's desk."""
    return progress is not None and progress.state in {Stage.SUBMITTED, Stage.DONE}


def _is_judged(program: Program, activity: Activity) -> bool:
    """Say whether passing is asked of an activity, so that sending it is not asked as well."""
    return program.completion.keystone_passed and activity is program.keystone
