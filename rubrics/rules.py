"""Pass rules as data: what a sheet of scores must show for the work to pass.

A rule is a frozen value that can be stored, compared and shown; ``judge`` applies it to a checked sheet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from rubrics.errors import DataFault, Path
from rubrics.model import Criterion, Rubric
from rubrics.scoring import ScoreSheet
from rubrics.sentences import Sentence

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class CriterionJudgement:
    """How one criterion stands under the rule.

    Attributes:
        criterion_id: Which criterion.
        level_id: The level that was chosen.
        points: Points of that level, unweighted.
        maximum: Points of the criterion's highest level.
        required_level_id: The level that the rule asks here, or None when it asks for none by itself.
        met: Whether the required level was reached; True where none is required.
    """

    criterion_id: str
    level_id: str
    points: int
    maximum: int
    required_level_id: str | None
    met: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of a rule on a sheet.

    Attributes:
        passed: Whether the work passes.
        per_criterion: One entry per criterion, in the rubric's order.
        missing: Keys of the criteria that fall short of their required level.
        sentences: Why, one sentence for each part of the rule.
    """

    passed: bool
    per_criterion: tuple[CriterionJudgement, ...]
    missing: tuple[str, ...]
    sentences: tuple[Sentence, ...]


class PassRule(Protocol):
    """Anything that can judge a sheet and can say whether it fits a rubric."""

    def judge(self, sheet: ScoreSheet) -> Judgement:
        """Apply the rule to checked scores."""
        ...

    def misfits(self, rubric: Rubric) -> Iterator[DataFault]:
        """Yield a fault, its path within the rule's data, for each thing that the rubric lacks."""
        ...


@dataclass(frozen=True, slots=True)
class EveryCriterion:
    """All criteria reach at least one level; a strong one never makes up for a weak one."""

    level: str

    def judge(self, sheet: ScoreSheet) -> Judgement:
        """Pass when no criterion is below the level."""
        return _floor(sheet, sheet.rubric.criteria, self.level, "every_criterion")

    def misfits(self, rubric: Rubric) -> Iterator[DataFault]:
        """Name the level if the rubric lacks it."""
        if self.level not in rubric.level_ids:
            yield _lacks(("every_criterion",), self.level)


@dataclass(frozen=True, slots=True)
class MustPass:
    """The criteria marked ``must_pass`` reach at least one level; the others are left to other rules."""

    level: str

    def judge(self, sheet: ScoreSheet) -> Judgement:
        """Pass when no must-pass criterion is below the level."""
        chosen = tuple(criterion for criterion in sheet.rubric.criteria if criterion.must_pass)
        return _floor(sheet, chosen, self.level, "must_pass")

    def misfits(self, rubric: Rubric) -> Iterator[DataFault]:
        """Name the level if the rubric lacks it, and a rubric without a must-pass criterion."""
        if self.level not in rubric.level_ids:
            yield _lacks(("must_pass",), self.level)
        if not any(criterion.must_pass for criterion in rubric.criteria):
            problem = "no criterion is marked must_pass, so this rule would pass everything"
            yield DataFault(("must_pass",), "asks_nothing", problem, "a criterion with must_pass: true")


@dataclass(frozen=True, slots=True)
class PointsCut:
    """A compensatory cut: the weighted total reaches a share of the weighted maximum.

    Attributes:
        percent: The share, 1 to 100, compared exactly (no rounding).
        weights: Pairs of criterion key and whole weight; a criterion that is not named weighs 1.
    """

    percent: int
    weights: tuple[tuple[str, int], ...] = ()

    def judge(self, sheet: ScoreSheet) -> Judgement:
        """Pass when the weighted points reach the share."""
        points = sum(self._weight(criterion) * level.points for criterion, level in sheet.decisions())
        maximum = sum(self._weight(criterion) * criterion.maximum for criterion in sheet.rubric.criteria)
        passed = points * HUNDRED >= maximum * self.percent
        needed = -(-maximum * self.percent // HUNDRED)
        values = (("points", points), ("maximum", maximum), ("required", needed))
        sentence = Sentence("points.met" if passed else "points.short", values)
        return Judgement(passed, _unconditional(sheet), (), (sentence,))

    def misfits(self, rubric: Rubric) -> Iterator[DataFault]:
        """Name each weighted criterion that the rubric lacks."""
        for name, _ in self.weights:
            if name not in rubric.criterion_ids:
                yield _lacks(("points", "weights", name), name)

    def _weight(self, criterion: Criterion) -> int:
        return dict(self.weights).get(criterion.id, 1)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Several rules at once; the work passes when each of them passes. Never empty: no rule is no pass."""

    rules: tuple[PassRule, ...]

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError("a pass rule without parts would pass everything")

    def judge(self, sheet: ScoreSheet) -> Judgement:
        """Join the parts' judgements; a criterion carries the highest level that any part asks of it."""
        parts = [rule.judge(sheet) for rule in self.rules]
        merged = tuple(
            _stricter(sheet, entries) for entries in zip(*(part.per_criterion for part in parts), strict=True)
        )
        missing = tuple(entry.criterion_id for entry in merged if not entry.met)
        sentences = tuple(sentence for part in parts for sentence in part.sentences)
        return Judgement(all(part.passed for part in parts), merged, missing, sentences)

    def misfits(self, rubric: Rubric) -> Iterator[DataFault]:
        """Pass on what the parts lack."""
        for index, rule in enumerate(self.rules):
            for fault in rule.misfits(rubric):
                yield replace(fault, path=("all_of", index, *fault.path))


def _lacks(path: Path, name: str) -> DataFault:
    return DataFault(path, "unknown_reference", f"the rubric has no “{name}”", "a key of this rubric")


def _unconditional(sheet: ScoreSheet) -> tuple[CriterionJudgement, ...]:
    return tuple(
        CriterionJudgement(criterion.id, level.id, level.points, criterion.maximum, None, met=True)
        for criterion, level in sheet.decisions()
    )


def _floor(sheet: ScoreSheet, asked: tuple[Criterion, ...], level_id: str, key: str) -> Judgement:
    """Judge that each of the asked criteria reaches the level."""
    names = {criterion.id for criterion in asked}
    per_criterion = tuple(
        _required(sheet, entry, level_id) if entry.criterion_id in names else entry
        for entry in _unconditional(sheet)
    )
    missing = tuple(entry.criterion_id for entry in per_criterion if not entry.met)
    title = sheet.rubric.criteria[0].level(level_id).title
    values = (("level", title), ("short", len(missing)), ("total", len(asked)))
    return Judgement(not missing, per_criterion, missing, (Sentence(f"{key}.{_state(missing)}", values),))


def _state(missing: tuple[str, ...]) -> str:
    return "short" if missing else "met"


def _required(sheet: ScoreSheet, entry: CriterionJudgement, level_id: str) -> CriterionJudgement:
    needed = sheet.rubric.criterion(entry.criterion_id).level(level_id).points
    return replace(entry, required_level_id=level_id, met=entry.points >= needed)


def _stricter(sheet: ScoreSheet, entries: tuple[CriterionJudgement, ...]) -> CriterionJudgement:
    """Of one criterion's entries under several rules, keep the one that asks most."""
    criterion = sheet.rubric.criterion(entries[0].criterion_id)

    def demand(entry: CriterionJudgement) -> int:
        asked = entry.required_level_id
        return criterion.minimum - 1 if asked is None else criterion.level(asked).points

    return max(entries, key=demand)
