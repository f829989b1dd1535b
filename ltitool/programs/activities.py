"""What people do in a program: activities, their prompts, and the guides that some kinds need."""

from dataclasses import dataclass
from enum import Enum

from rubrics import Text


class ActivityKind(Enum):
    """What kind of page and record an activity needs."""

    GROUP_SESSION = "group_session"
    COACHING_SESSION = "coaching_session"
    PRACTICE_LOG = "practice_log"
    PHOTOVOICE = "photovoice"
    POWER_MAP = "power_map"
    GUIDED_ANALYSIS = "guided_analysis"
    REFLECTION = "reflection"
    SURVEY = "survey"
    PRIORITY_FINDER = "priority_finder"
    TEAM_COMPOSITION = "team_composition"
    RESOURCE_INVENTORY = "resource_inventory"
    KEYSTONE = "keystone"
    PEER_REFLECTION = "peer_reflection"


SESSION_KINDS = frozenset({ActivityKind.GROUP_SESSION, ActivityKind.COACHING_SESSION})
"""Kinds that happen at an hour with somebody else; staff record them, participants do not submit them."""


class Answer(Enum):
    """How a prompt is answered."""

    TEXT = "text"
    LIST = "list"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen, in a prompt or on a survey's scale."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question of a guided form.

    Attributes:
        key: Key within its activity, round or guide.
        text: The question.
        hint: Help beneath it, if any.
        required: Whether it must be answered to submit; a draft may always be saved without.
        max_length: Characters in the answer (for a list: in each entry).
        answer: Free text, a list of short entries, or a choice.
        choices: For a choice only.
        minutes: Time box when a team answers together, if any.
    """

    key: str
    text: Text
    hint: Text | None
    required: bool
    max_length: int
    answer: Answer
    choices: tuple[Choice, ...]
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing to do.

    Attributes:
        key: Key within the program; evidence and grades refer to it.
        kind: What kind of page and record it needs.
        opens: Number of the step in which it opens.
        due: Number of the step by whose last day it is due.
        title: Name as people see it.
        purpose: Why it is worth the time, in a sentence or two.
        minutes: Minutes that it takes to do, outside sessions.
        planned_minutes: Planned length of a session; None for other kinds. Never signed: hours are recorded.
        guide: How to lead it, for whoever facilitates, if needed.
        prompts: Questions of its form.
        graded: Whether a grade goes to the LMS gradebook.
        points: The line item's maximum; None when not graded.
        required: Whether completion asks for it.
        instrument: Key of the instrument, for surveys.
        wave: Which of the instrument's waves, from 1, for surveys.
    """

    key: str
    kind: ActivityKind
    opens: int
    due: int
    title: Text
    purpose: Text
    minutes: int
    planned_minutes: int | None
    guide: Text | None
    prompts: tuple[Prompt, ...]
    graded: bool
    points: int | None
    required: bool
    instrument: str | None
    wave: int | None

    @property
    def is_session(self) -> bool:
        """Whether staff record it instead of the participant submitting it."""
        return self.kind in SESSION_KINDS

    def prompt(self, key: str) -> Prompt:
        """Find a prompt by its key, or raise KeyError."""
        for prompt in self.prompts:
            if prompt.key == key:
                return prompt
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Lens:
    """One way of looking for strengths with a camera."""

    key: str
    title: Text
    question: Text


@dataclass(frozen=True, slots=True)
class PhotoVoiceGuide:
    """How photos are taken and told: lenses, and prompts worded for strengths.

    Attributes:
        introduction: What PhotoVoice is for here.
        care: How to photograph without exposing anybody.
        minimum_photos: Fewest photos to submit.
        lenses: Each photo is filed under one of them.
        prompts: Asked of each photo.
    """

    introduction: Text
    care: Text
    minimum_photos: int
    lenses: tuple[Lens, ...]
    prompts: tuple[Prompt, ...]

    def lens(self, key: str) -> Lens:
        """Find a lens by its key, or raise KeyError."""
        for lens in self.lenses:
            if lens.key == key:
                return lens
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class MapGuide:
    """How the power and decision-making map is drawn.

    Attributes:
        introduction: What the map is for.
        care: How to map informal power without harming trust.
        questions: What to walk through while drawing, in order.
        readings: What to ask of the finished map.
    """

    introduction: Text
    care: Text
    questions: tuple[Prompt, ...]
    readings: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of collaborative leadership with which a team compares itself."""

    key: str
    title: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Round:
    """One time-boxed part of a team's dialogue."""

    key: str
    title: Text
    minutes: int
    instruction: Text
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class OpportunityGuide:
    """How many opportunities a team settles on; each gets a sentence, an owner and a date."""

    introduction: Text
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class TeamAnalysis:
    """The team's structured dialogue over its evidence.

    Attributes:
        activity: Key of the guided_analysis activity that holds it.
        introduction: What the team is about to do.
        voices: Groups whose voices should be heard; the page shows who has not been.
        attributes: What the team compares itself with.
        rounds: The dialogue, part by part.
        opportunities: What it ends in.
    """

    activity: str
    introduction: Text
    voices: tuple[Choice, ...]
    attributes: tuple[Attribute, ...]
    rounds: tuple[Round, ...]
    opportunities: OpportunityGuide

    @property
    def minutes(self) -> int:
        """The whole dialogue's time box."""
        return sum(part.minutes for part in self.rounds)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A set of statements rated on one scale, answered in one or more waves.

    Attributes:
        key: Key within the program.
        title: Name as people see it.
        introduction: How to answer, and who will see the answers.
        waves: How many times it is answered.
        scale: From least to most.
        items: The statements.
    """

    key: str
    title: Text
    introduction: Text
    waves: int
    scale: tuple[Choice, ...]
    items: tuple[Choice, ...]
