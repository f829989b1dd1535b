"""A team's analysis cut into screens: who is in the room, each question of each round, what comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ltitool.evidence.answers import opportunity_fields
from ltitool.evidence.errors import EvidenceUnknown
from ltitool.evidence.questions import VOICES, Question, Section, Sheet


class StepKind(StrEnum):
    VOICES = "voices"
    ROUND = "round"  # nothing to write: the team does something
    QUESTION = "question"
    OPPORTUNITIES = "opportunities"


@dataclass(frozen=True)
class TeamStep:
    """One screen, and the names of the fields on it."""

    kind: StepKind
    section: Section | None
    question: Question | None
    names: tuple[str, ...]


def team_steps(sheet: Sheet) -> tuple[TeamStep, ...]:
    """Give the screens of a team's sheet in order."""
    return tuple(_steps(sheet))


def step_at(sheet: Sheet, number: int) -> TeamStep:
    """Give a screen by its number, from 1.

    Raises:
        EvidenceUnknown: there is no such screen.
    """
    steps = team_steps(sheet)
    if not sheet.by_team or not 1 <= number <= len(steps):
        raise EvidenceUnknown(f"{sheet.activity.key} has no question {number}")
    return steps[number - 1]


def _steps(sheet: Sheet) -> Iterator[TeamStep]:
    if sheet.voices:
        yield TeamStep(StepKind.VOICES, None, None, (VOICES,))
    for section in sheet.sections:
        if not section.questions:
            yield TeamStep(StepKind.ROUND, section, None, ())
        for question in section.questions:
            yield TeamStep(StepKind.QUESTION, section, question, (question.name,))
    if sheet.opportunities is not None:
        names = tuple(name for name, _, _ in opportunity_fields(sheet))
        yield TeamStep(StepKind.OPPORTUNITIES, None, None, names)
