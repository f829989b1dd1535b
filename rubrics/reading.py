"""Read rubrics and pass rules from plain data (already parsed YAML or JSON)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, post_load

from rubrics.errors import RubricInvalid
from rubrics.fields import (
    REQUIRED_LANGUAGES,
    Flag,
    Key,
    Keyed,
    Many,
    Of,
    StrictSchema,
    Texts,
    Version,
    Whatever,
    Whole,
    Words,
    faults_in,
    refuse_at,
    written_in,
)
from rubrics.model import Criterion, Level, Rubric
from rubrics.rules import AllOf, EveryCriterion, MustPass, PassRule, PointsCut
from rubrics.text import Text

MAX_POINTS = 1_000
MAX_WEIGHT = 100
MAX_LEVELS = 12
MAX_CRITERIA = 40
RULE_KEYS = ("every_criterion", "must_pass", "points", "all_of")


def parse_rubric(data: object, languages: Sequence[str] = REQUIRED_LANGUAGES) -> Rubric:
    """Read a rubric.

    Args:
        data: A mapping with ``id``, ``version``, ``title``, ``levels`` (id, points, title; lowest first) and
            ``criteria`` (id, title, question, descriptors by level id, and if wished alignment, must_pass).
        languages: Languages in which every text must be written.

    Raises:
        RubricInvalid: With every fault found, each with its path.
    """
    rubric: Rubric = _load(RubricSchema(), data, languages)
    return rubric


def parse_pass_rule(data: object, rubric: Rubric) -> PassRule:
    """Read a pass rule and check that it fits the rubric.

    Args:
        data: One of ``{every_criterion: LEVEL}``, ``{must_pass: LEVEL}``,
            ``{points: {percent: N, weights: {CRITERION: N}}}``, ``{all_of: [RULE, …]}``.
        rubric: The rubric that it will judge.

    Raises:
        RubricInvalid: With every fault found, each with its path.
    """
    rule: PassRule = _load(PassRuleSchema(), data, REQUIRED_LANGUAGES)
    misfits = tuple(rule.misfits(rubric))
    if misfits:
        raise RubricInvalid(misfits)
    return rule


def _load(schema: StrictSchema, data: object, languages: Sequence[str]) -> Whatever:
    try:
        with written_in(tuple(languages)):
            return schema.load(data)  # type: ignore[arg-type]  # the schema itself refuses other types
    except ValidationError as error:
        raise RubricInvalid(tuple(faults_in(error.messages))) from error


@dataclass(frozen=True, slots=True)
class _Step:
    """A declared level before it meets a criterion's descriptor."""

    id: str
    points: int
    title: Text


class LevelSchema(StrictSchema):
    """``{id, points, title}``: one entry of the rubric's scale."""

    id = Key()
    points = Whole(0, MAX_POINTS)
    title = Texts(80)

    @post_load
    def make(self, data: dict[str, Any], **_rest: object) -> _Step:
        """Build the step."""
        return _Step(**data)


class CriterionSchema(StrictSchema):
    """``{id, title, question, descriptors, alignment, must_pass}``."""

    id = Key()
    title = Texts(120)
    question = Texts()
    descriptors = Keyed[Text](Texts())
    alignment = Many[str](Words(64), load_default=())
    must_pass = Flag(load_default=False)


class RubricSchema(StrictSchema):
    """The whole rubric; levels are declared once and described on each criterion."""

    id = Key()
    version = Version()
    title = Texts(200)
    levels = Many[_Step](Of(LevelSchema), 2, MAX_LEVELS)
    criteria = Many[dict[str, Any]](Of(CriterionSchema), 1, MAX_CRITERIA)

    @post_load
    def make(self, data: dict[str, Any], **_rest: object) -> Rubric:
        """Check what only the whole can show, then build."""
        scale: tuple[_Step, ...] = data["levels"]
        _check_scale(scale)
        refuse_twice("criteria", [criterion["id"] for criterion in data["criteria"]])
        criteria = tuple(_criterion(index, raw, scale) for index, raw in enumerate(data["criteria"]))
        return Rubric(data["id"], data["version"], data["title"], criteria)


class PointsSchema(StrictSchema):
    """``{percent, weights}``."""

    percent = Whole(1, 100)
    weights = Keyed[int](Whole(1, MAX_WEIGHT), load_default=dict)

    @post_load
    def make(self, data: dict[str, Any], **_rest: object) -> PointsCut:
        """Build the cut."""
        return PointsCut(data["percent"], tuple(data["weights"].items()))


class SimpleRuleSchema(StrictSchema):
    """One key that names the kind of rule; rules inside ``all_of`` are simple, so depth stays bounded."""

    every_criterion = Key(load_default=None)
    must_pass = Key(load_default=None)
    points = Of[PointsCut](PointsSchema, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_rest: object) -> PassRule:
        """Build the one rule that is given."""
        given = {key: value for key, value in data.items() if value is not None}
        if len(given) != 1:
            raise refuse_at(
                (), "wrong_length", f"{len(given)} rules", f"exactly one of: {', '.join(RULE_KEYS)}"
            )
        key, value = given.popitem()
        makers: Mapping[str, Any] = {
            "every_criterion": EveryCriterion,
            "must_pass": MustPass,
            "points": lambda cut: cut,
            "all_of": AllOf,
        }
        rule: PassRule = makers[key](value)
        return rule


class PassRuleSchema(SimpleRuleSchema):
    """A simple rule, or several of them at once."""

    all_of = Many[PassRule](Of(SimpleRuleSchema), 1, MAX_CRITERIA, load_default=None)


def _check_scale(scale: Sequence[_Step]) -> None:
    refuse_twice("levels", [step.id for step in scale])
    for index, (lower, higher) in enumerate(pairwise(scale), start=1):
        if higher.points <= lower.points:
            path = ("levels", index, "points")
            raise refuse_at(path, "not_ascending", f"{higher.points} points", f"more than {lower.points}")


def _criterion(index: int, raw: Mapping[str, Any], scale: Sequence[_Step]) -> Criterion:
    described: Mapping[str, Text] = raw["descriptors"]
    path = ("criteria", index, "descriptors")
    names = [step.id for step in scale]
    absent = [name for name in names if name not in described]
    if absent:
        raise refuse_at(path, "missing", f"no descriptor for: {', '.join(absent)}", "one for each level")
    for name in described:
        if name not in names:
            raise refuse_at((*path, name), "unknown_reference", "no level has this key", ", ".join(names))
    levels = tuple(Level(step.id, step.points, step.title, described[step.id]) for step in scale)
    return Criterion(raw["id"], raw["title"], raw["question"], levels, raw["alignment"], raw["must_pass"])


def refuse_twice(place: str, keys: Sequence[str], name: str = "id") -> None:
    """Refuse a list in which two entries carry the same key, at the second one."""
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise refuse_at((place, index, name), "used_twice", f"“{key}” is used twice", "a key of its own")
