"""A program as a frozen value: what a cohort walks through, and what it takes to complete it."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import Enum

from ltitool.programs.activities import (
    Activity,
    ActivityKind,
    Instrument,
    MapGuide,
    PhotoVoiceGuide,
    TeamAnalysis,
)
from ltitool.programs.calendar import Phase, ProgramDates, Span, phase_of, program_dates
from ltitool.programs.errors import ProgramUnknown
from rubrics import PassRule, Rubric, Text


class StepUnit(Enum):
    """What a step is called in this program."""

    WEEK = "week"
    DAY = "day"
    STEP = "step"


class Setting(Enum):
    """Where a step mainly takes place."""

    WHOLE_GROUP = "whole_group"
    PRACTICE = "practice"
    COACHING = "coaching"
    TRAINING_DAY = "training_day"


@dataclass(frozen=True, slots=True)
class Step:
    """One stone of the arch: a week, a day or another step of the program.

    Attributes:
        number: From 1.
        title: Short, as in "Week 6: Where are decisions made?".
        summary: What happens, in a sentence or two.
        setting: Where it mainly takes place.
        offset_days: Days from the start date to its first day.
        length_days: Days that it lasts, at least 1.
    """

    number: int
    title: Text
    summary: Text
    setting: Setting
    offset_days: int
    length_days: int

    @property
    def span(self) -> Span:
        """The step as days from the start."""
        return Span(self.number, self.offset_days, self.length_days)


@dataclass(frozen=True, slots=True)
class CohortShape:
    """How a cohort is made: coaches per cohort, and fewest and most participants."""

    coaches: int
    smallest: int
    largest: int


@dataclass(frozen=True, slots=True)
class ScoringPolicy:
    """Who scores the keystone and how scores become one: a name known to scoring, and its parameters."""

    name: str
    parameters: tuple[tuple[str, int], ...]

    def parameter(self, name: str) -> int:
        """Give a parameter, or raise KeyError."""
        return dict(self.parameters)[name]


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """What completion means, besides each activity that is marked ``required``.

    Attributes:
        summary: The rule in plain words.
        attendance_minimum: Fewest group sessions attended.
        coaching_minimum: Fewest coaching sessions recorded.
        keystone_passed: Whether the keystone must pass its rubric.
    """

    summary: Text
    attendance_minimum: int
    coaching_minimum: int
    keystone_passed: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """A published standard by code and address; its wording stays with its owner."""

    code: str
    framework: str
    url: str


@dataclass(frozen=True, slots=True)
class Badge:
    """The achievement that completion earns.

    Attributes:
        name: Name of the achievement.
        description: What its holder has shown.
        criteria: How it is earned, for a stranger who verifies it.
        achievement_type: A word of Open Badges 3.0, such as "MicroCredential".
        tags: Words to find it by.
        alignments: Standards that it speaks to.
        image: Which drawing it carries; "arch" is the finished arch of the program's steps.
    """

    name: Text
    description: Text
    criteria: Text
    achievement_type: str
    tags: tuple[str, ...]
    alignments: tuple[Alignment, ...]
    image: str


@dataclass(frozen=True, slots=True)
class Program:
    """One version of one program. ``source`` is the file's text, from which it can be rebuilt at any time.

    ``rubric``, ``pass_rule`` and ``scoring`` are all present when the program has a keystone, and all None
    otherwise. ``clock_hours`` names the kinds whose recorded rows count as clock hours.
    """

    id: str
    version: str
    title: Text
    summary: Text
    languages: tuple[str, ...]
    unit: StepUnit
    cohort: CohortShape
    steps: tuple[Step, ...]
    activities: tuple[Activity, ...]
    photovoice: PhotoVoiceGuide | None
    map: MapGuide | None
    team_analysis: TeamAnalysis | None
    instruments: tuple[Instrument, ...]
    rubric: Rubric | None
    pass_rule: PassRule | None
    scoring: ScoringPolicy | None
    completion: CompletionRule
    badge: Badge
    clock_hours: tuple[ActivityKind, ...]
    source: str

    @property
    def digest(self) -> str:
        """Fingerprint of the source text: "sha256:" and 64 hex digits."""
        return "sha256:" + hashlib.sha256(self.source.encode()).hexdigest()

    def step(self, number: int) -> Step:
        """Find a step by its number.

        Raises:
            ProgramUnknown: There is no such step.
        """
        if not 1 <= number <= len(self.steps):
            raise ProgramUnknown(f"{self.id} has no step {number}")
        return self.steps[number - 1]

    def activity(self, key: str) -> Activity:
        """Find an activity by its key.

        Raises:
            ProgramUnknown: There is no such activity.
        """
        for activity in self.activities:
            if activity.key == key:
                return activity
        raise ProgramUnknown(f"{self.id} has no activity {key!r}")

    def instrument(self, key: str) -> Instrument:
        """Find a survey instrument by its key.

        Raises:
            ProgramUnknown: There is no such instrument.
        """
        for instrument in self.instruments:
            if instrument.key == key:
                return instrument
        raise ProgramUnknown(f"{self.id} has no instrument {key!r}")

    def of_kind(self, kind: ActivityKind) -> tuple[Activity, ...]:
        """All activities of one kind, in the file's order."""
        return tuple(activity for activity in self.activities if activity.kind is kind)

    @property
    def keystone(self) -> Activity | None:
        """The keystone, if the program ends with one."""
        return next(iter(self.of_kind(ActivityKind.KEYSTONE)), None)

    @property
    def required_activities(self) -> tuple[Activity, ...]:
        """What must be done for completion; sessions are counted by the completion rule instead."""
        return tuple(activity for activity in self.activities if activity.required)

    @property
    def graded_activities(self) -> tuple[Activity, ...]:
        """What goes to the LMS gradebook, one line item each."""
        return tuple(activity for activity in self.activities if activity.graded)

    def open_in(self, number: int) -> tuple[Activity, ...]:
        """Activities that are open in a step: opened in it or before, due in it or later."""
        return tuple(activity for activity in self.activities if activity.opens <= number <= activity.due)

    def dates(self, start: date) -> ProgramDates:
        """All dates of a run that starts on this day."""
        return program_dates(tuple(step.span for step in self.steps), start)

    def step_on(self, day: date, start: date) -> Step:
        """The step a run stands in on a day; the first before it starts, the last after it ends.

        In a gap between two steps it is the step that came before. Ask ``phase_on`` to tell these apart.
        """
        begun = [step for step in self.steps if step.offset_days <= (day - start).days]
        return begun[-1] if begun else self.steps[0]

    def phase_on(self, day: date, start: date) -> Phase:
        """Whether the run is still to come, running or over."""
        return phase_of(self.dates(start), day)

    def opens_on(self, activity: Activity, start: date) -> date:
        """The day on which an activity opens."""
        return self.dates(start).of(activity.opens).first

    def due_on(self, activity: Activity, start: date) -> date:
        """The last day on which an activity is on time."""
        return self.dates(start).of(activity.due).last
