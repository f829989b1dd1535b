"""Which questions an activity asks, read off the program: one sheet of sections for every kind."""

from collections.abc import Iterator
from dataclasses import dataclass

from ltitool.errors import msg
from ltitool.evidence.errors import ActivityWithoutPage
from ltitool.programs import Activity, ActivityKind, Answer, OpportunityGuide, Program, Prompt, TeamAnalysis
from ltitool.programs.activities import Attribute, Choice
from rubrics import Text

OWN_PAGES = frozenset({ActivityKind.PHOTOVOICE, ActivityKind.POWER_MAP, ActivityKind.KEYSTONE})
"""Kinds with a page of their own; a sheet of questions may stand beside it."""

VOICES = "team.voices"
RATING_LENGTH = 64
OPPORTUNITY_PARTS = (
    ("what", msg("What will the team do?"), 600),
    ("who", msg("Who sees to it?"), 160),
    ("when", msg("By which day?"), 10),
)


@dataclass(frozen=True)
class Question:
    """A prompt under the name that its answer is kept by: unique on the sheet, stable for citations."""

    name: str
    prompt: Prompt


@dataclass(frozen=True)
class Section:
    """Questions that belong together: all of a plain form, or one round of a team's dialogue."""

    key: str
    title: Text | None
    instruction: Text | None
    minutes: int | None
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Sheet:
    """All that an activity asks; the last three are the team's analysis alone."""

    activity: Activity
    introduction: Text | None
    sections: tuple[Section, ...]
    voices: tuple[Choice, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    opportunities: OpportunityGuide | None = None

    @property
    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    @property
    def is_empty(self) -> bool:
        return not any(section.questions for section in self.sections) and not self.by_team

    @property
    def by_team(self) -> bool:
        """Whether it is asked one question at a time, for a group before one screen."""
        return self.opportunities is not None


def sheet_of(program: Program, key: str) -> Sheet:
    """Give the sheet of an activity; it may be empty for kinds with a page of their own.

    Raises:
        ProgramUnknown: no such activity.
        ActivityWithoutPage: nothing is filled in for it.
    """
    activity = program.activity(key)
    if activity.is_session:
        raise ActivityWithoutPage(key)
    team = program.team_analysis
    if team is not None and team.activity == key:
        return _team_sheet(activity, team)
    sheet = Sheet(activity, None, (_plain_section(program, activity),))
    if sheet.is_empty and activity.kind not in OWN_PAGES:
        raise ActivityWithoutPage(key)
    return sheet


def opportunity_name(number: int, part: str) -> str:
    """Name the field of one part of one opportunity, from 1."""
    return f"team.opportunity.{number}.{part}"


def _plain_section(program: Program, activity: Activity) -> Section:
    if activity.instrument is not None:
        return _survey_section(program, activity.instrument)
    prompts = activity.prompts
    if activity.kind is ActivityKind.POWER_MAP and program.map is not None:
        prompts = (*prompts, *program.map.readings)
    return Section("all", None, None, None, tuple(Question(prompt.key, prompt) for prompt in prompts))


def _survey_section(program: Program, key: str) -> Section:
    instrument = program.instrument(key)
    questions = tuple(Question(item.key, _rating(item, instrument.scale)) for item in instrument.items)
    return Section("all", instrument.title, instrument.introduction, None, questions)


def _rating(item: Choice, scale: tuple[Choice, ...]) -> Prompt:
    return Prompt(
        key=item.key,
        text=item.title,
        hint=None,
        required=True,
        max_length=RATING_LENGTH,
        answer=Answer.CHOICE,
        choices=scale,
        minutes=None,
    )


def _team_sheet(activity: Activity, team: TeamAnalysis) -> Sheet:
    own = Section("own", None, None, None, tuple(Question(p.key, p) for p in activity.prompts))
    rounds = tuple(
        Section(
            part.key,
            part.title,
            part.instruction,
            part.minutes,
            tuple(Question(f"{part.key}.{prompt.key}", prompt) for prompt in part.prompts),
        )
        for part in team.rounds
    )
    sections = (own, *rounds) if own.questions else rounds
    return Sheet(activity, team.introduction, sections, team.voices, team.attributes, team.opportunities)
