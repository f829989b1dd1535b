"""The shape of a program file, one marshmallow schema per part; each makes the part's value."""

from typing import Any
from urllib.parse import urlsplit

from marshmallow import post_load

from ltitool.programs.activities import (
    Activity,
    ActivityKind,
    Answer,
    Attribute,
    Choice,
    Instrument,
    Lens,
    MapGuide,
    OpportunityGuide,
    PhotoVoiceGuide,
    Prompt,
    Round,
    TeamAnalysis,
)
from ltitool.programs.model import (
    Alignment,
    Badge,
    CohortShape,
    CompletionRule,
    ScoringPolicy,
    Setting,
    Step,
    StepUnit,
)
from rubrics import PassRule, Rubric
from rubrics.fields import (
    Flag,
    Key,
    Keyed,
    Many,
    Of,
    OneOf,
    StrictSchema,
    Texts,
    Version,
    Whatever,
    Whole,
    Words,
    refuse,
)
from rubrics.reading import PassRuleSchema, RubricSchema

MAX_LANGUAGES = 12
MAX_STEPS = 60
MAX_DAYS = 1_500
MAX_MINUTES = 1_440
MAX_ANSWER = 10_000
USUAL_ANSWER = 2_000
TITLE = 160
ACHIEVEMENT_TYPES = ("MicroCredential", "Badge", "CertificateOfCompletion", "Course", "LearningProgram")
"""Of the Open Badges 3.0 words, those that a program of this sort can earn."""


class Making(StrictSchema):
    """A schema that builds ``makes`` from its own keys."""

    makes: Whatever = dict

    @post_load
    def make(self, data: dict[str, Any], **_rest: object) -> object:
        return self.makes(**data)


class Word(Words):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...], **arguments: Whatever) -> None:
        self.words = words
        super().__init__(64, **arguments)
        self.expected = "one of: " + ", ".join(words)

    def read(self, value: object) -> str:
        word = super().read(value)
        if word not in self.words:
            raise refuse("unknown_word", f"“{word}” is not known here", self.expected)
        return word


class Address(Words):
    """An https address that a stranger may follow."""

    expected = "an https:// address"

    def read(self, value: object) -> str:
        address = super().read(value)
        if not address.startswith("https://") or not _has_host(address):
            raise refuse("wrong_shape", "this is no https:// address", self.expected)
        return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname) and not any(sign.isspace() for sign in address)
    except ValueError:
        return False


class StepSchema(Making):
    makes = dict
    title = Texts(TITLE)
    summary = Texts(600)
    setting = OneOf(Setting)
    offset = Whole(0, MAX_DAYS, load_default=None)
    length = Whole(1, MAX_DAYS, load_default=None)


class ChoiceSchema(Making):
    makes = Choice
    key = Key()
    title = Texts(400)


class PromptSchema(Making):
    makes = Prompt
    key = Key()
    text = Texts(600)
    hint = Texts(600, load_default=None)
    required = Flag(load_default=True)
    max_length = Whole(1, MAX_ANSWER, load_default=USUAL_ANSWER)
    answer = OneOf(Answer, load_default=Answer.TEXT)
    choices = Many[Choice](Of(ChoiceSchema), 2, 20, load_default=())
    minutes = Whole(1, MAX_MINUTES, load_default=None)


class ActivitySchema(Making):
    makes = Activity
    key = Key()
    kind = OneOf(ActivityKind)
    opens = Whole(1, MAX_STEPS)
    due = Whole(1, MAX_STEPS)
    title = Texts(TITLE)
    purpose = Texts(800)
    minutes = Whole(0, MAX_MINUTES * 7)
    planned_minutes = Whole(1, MAX_MINUTES, load_default=None)
    guide = Texts(load_default=None)
    prompts = Many[Prompt](Of(PromptSchema), 0, 40, load_default=())
    graded = Flag(load_default=False)
    points = Whole(1, 1_000, load_default=None)
    required = Flag(load_default=False)
    instrument = Key(load_default=None)
    wave = Whole(1, 12, load_default=None)


class LensSchema(Making):
    makes = Lens
    key = Key()
    title = Texts(TITLE)
    question = Texts(600)


class PhotoVoiceSchema(Making):
    makes = PhotoVoiceGuide
    introduction = Texts()
    care = Texts()
    minimum_photos = Whole(1, 80)
    lenses = Many[Lens](Of(LensSchema), 1, 12)
    prompts = Many[Prompt](Of(PromptSchema), 1, 12)


class MapSchema(Making):
    makes = MapGuide
    introduction = Texts()
    care = Texts()
    questions = Many[Prompt](Of(PromptSchema), 1, 20)
    readings = Many[Prompt](Of(PromptSchema), 1, 20)


class AttributeSchema(Making):
    makes = Attribute
    key = Key()
    title = Texts(TITLE)
    description = Texts(800)


class RoundSchema(Making):
    makes = Round
    key = Key()
    title = Texts(TITLE)
    minutes = Whole(1, MAX_MINUTES)
    instruction = Texts(1_500)
    prompts = Many[Prompt](Of(PromptSchema), 0, 12, load_default=())


class OpportunitySchema(Making):
    makes = OpportunityGuide
    introduction = Texts(1_500)
    minimum = Whole(1, 10)
    maximum = Whole(1, 10)


class TeamAnalysisSchema(Making):
    makes = TeamAnalysis
    activity = Key()
    introduction = Texts()
    voices = Many[Choice](Of(ChoiceSchema), 1, 20)
    attributes = Many[Attribute](Of(AttributeSchema), 1, 20)
    rounds = Many[Round](Of(RoundSchema), 1, 20)
    opportunities = Of[OpportunityGuide](OpportunitySchema)


class InstrumentSchema(Making):
    makes = Instrument
    key = Key()
    title = Texts(TITLE)
    introduction = Texts()
    waves = Whole(1, 12)
    scale = Many[Choice](Of(ChoiceSchema), 2, 11)
    items = Many[Choice](Of(ChoiceSchema), 1, 80)


class CohortSchema(Making):
    makes = CohortShape
    coaches = Whole(1, 2)
    smallest = Whole(1, 500)
    largest = Whole(1, 500)


class ScoringSchema(StrictSchema):
    policy = Key()
    parameters = Keyed[int](Whole(0, 1_000), load_default=dict)

    @post_load
    def make(self, data: dict[str, Any], **_rest: object) -> ScoringPolicy:
        return ScoringPolicy(data["policy"], tuple(data["parameters"].items()))


class CompletionSchema(Making):
    makes = CompletionRule
    summary = Texts(1_500)
    attendance_minimum = Whole(0, MAX_STEPS)
    coaching_minimum = Whole(0, MAX_STEPS)
    keystone_passed = Flag()


class AlignmentSchema(Making):
    makes = Alignment
    code = Words(64)
    framework = Words(200)
    url = Address(500)


class BadgeSchema(Making):
    makes = Badge
    name = Texts(TITLE)
    description = Texts(1_500)
    criteria = Texts()
    achievement_type = Word(ACHIEVEMENT_TYPES)
    tags = Many[str](Words(40), 0, 20, load_default=())
    alignments = Many[Alignment](Of(AlignmentSchema), 0, 40, load_default=())
    image = Word(("arch",))


class ProgramSchema(StrictSchema):
    """The whole file. ``reading`` fills in the steps' days and checks what only the whole can show."""

    id = Key()
    version = Version()
    title = Texts(TITLE)
    summary = Texts(1_500)
    languages = Many[str](Key(), 1, MAX_LANGUAGES)
    unit = OneOf(StepUnit)
    cohort = Of[CohortShape](CohortSchema)
    steps = Many[Step](Of(StepSchema), 1, MAX_STEPS)
    activities = Many[Activity](Of(ActivitySchema), 1, 120)
    photovoice = Of[PhotoVoiceGuide](PhotoVoiceSchema, load_default=None)
    map = Of[MapGuide](MapSchema, load_default=None)
    team_analysis = Of[TeamAnalysis](TeamAnalysisSchema, load_default=None)
    instruments = Many[Instrument](Of(InstrumentSchema), 0, 12, load_default=())
    rubric = Of[Rubric](RubricSchema, load_default=None)
    pass_rule = Of[PassRule](PassRuleSchema, load_default=None)
    scoring = Of[ScoringPolicy](ScoringSchema, load_default=None)
    completion = Of[CompletionRule](CompletionSchema)
    badge = Of[Badge](BadgeSchema)
    clock_hours = Many[ActivityKind](OneOf(ActivityKind), 0, 13)
