"""From what a scorer typed to a sheet that may be locked, judged and sent to a gradebook."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rubrics.errors import ScoreFault, ScoresInvalid
from rubrics.model import Criterion, Level, Rubric

MAX_RATIONALE = 5_000
"""Characters in one rationale: room for a long paragraph, not for a pasted document."""

SMALLEST_SCORE = Decimal("0.01")
"""A gradebook that shows 0 as "needs grading" must never be sent a 0 for scored work."""


@dataclass(frozen=True, slots=True)
class Score:
    """One scorer's decision on one criterion, as entered.

    Attributes:
        criterion_id: Which criterion.
        level_id: Which level was chosen.
        rationale: Why, in the scorer's words.
    """

    criterion_id: str
    level_id: str
    rationale: str


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """Complete, checked scores. Made only by :func:`score_sheet`; holding one means the checks passed.

    Attributes:
        rubric: The rubric version that was scored on.
        scores: One score per criterion, in the rubric's order, rationales trimmed.
    """

    rubric: Rubric
    scores: tuple[Score, ...]

    def score_on(self, criterion_id: str) -> Score:
        """Give the score on one criterion.

        Raises:
            KeyError: The rubric has no such criterion.
        """
        for score in self.scores:
            if score.criterion_id == criterion_id:
                return score
        raise KeyError(criterion_id)

    def decisions(self) -> Iterator[tuple[Criterion, Level]]:
        """Walk through each criterion with the level chosen on it."""
        for criterion, score in zip(self.rubric.criteria, self.scores, strict=True):
            yield criterion, criterion.level(score.level_id)

    @property
    def points(self) -> int:
        """Total of the chosen levels' points, unweighted."""
        return sum(level.points for _, level in self.decisions())

    @property
    def maximum(self) -> int:
        """Most points that the rubric allows, unweighted."""
        return self.rubric.maximum


@dataclass(frozen=True, slots=True)
class GradebookScore:
    """A score as an LMS line item takes it (LTI AGS: scoreGiven, scoreMaximum); ``given`` is never 0."""

    given: Decimal
    maximum: Decimal


def score_faults(rubric: Rubric, scores: Iterable[Score]) -> tuple[ScoreFault, ...]:
    """List all that keeps these scores from being locked, in the rubric's order; empty when complete.

    Use it to tell a scorer what is missing before the lock; use :func:`score_sheet` for the lock itself.
    """
    entered = tuple(scores)
    times = Counter(score.criterion_id for score in entered)
    known = set(rubric.criterion_ids)
    faults = [
        fault
        for criterion in rubric.criteria
        for fault in _faults_on(criterion, [s for s in entered if s.criterion_id == criterion.id])
    ]
    faults += [ScoreFault(name, "unknown_criterion") for name in times if name not in known]
    return tuple(faults)


def score_sheet(rubric: Rubric, scores: Iterable[Score]) -> ScoreSheet:
    """Check scores against the rubric and seal them as a sheet.

    Args:
        rubric: The rubric scored on.
        scores: Exactly one score per criterion, in any order.

    Raises:
        ScoresInvalid: A criterion is not scored, scored twice, unknown, on an unknown level, or without a
            rationale of 1 to ``MAX_RATIONALE`` characters; each fault names its criterion.
    """
    entered = tuple(scores)
    faults = score_faults(rubric, entered)
    if faults:
        raise ScoresInvalid(faults)
    by_criterion = {score.criterion_id: score for score in entered}
    ordered = (by_criterion[name] for name in rubric.criterion_ids)
    return ScoreSheet(rubric, tuple(Score(s.criterion_id, s.level_id, s.rationale.strip()) for s in ordered))


def scale_for_gradebook(sheet: ScoreSheet, out_of: int | None = None) -> GradebookScore:
    """Put a sheet's points on a scale where no scored work gets 0.

    A rubric whose lowest total is 0 or less is shifted up, given and maximum alike, until its lowest total is
    1; order is kept. Some gradebooks read a 0 as "not graded yet".

    Args:
        sheet: The locked scores.
        out_of: The line item's maximum, if it differs from the rubric's; the score is scaled to it and
            rounded to two decimals, never below ``SMALLEST_SCORE``.

    Raises:
        ValueError: ``out_of`` is not positive.
    """
    shift = max(0, 1 - sheet.rubric.minimum)
    given, maximum = Decimal(sheet.points + shift), Decimal(sheet.maximum + shift)
    if out_of is None:
        return GradebookScore(given, maximum)
    if out_of <= 0:
        raise ValueError("a line item's maximum is positive")
    scaled = (given * out_of / maximum).quantize(SMALLEST_SCORE, rounding=ROUND_HALF_UP)
    return GradebookScore(max(scaled, SMALLEST_SCORE), Decimal(out_of))


def _faults_on(criterion: Criterion, scores: list[Score]) -> Iterator[ScoreFault]:
    if not scores:
        yield ScoreFault(criterion.id, "not_scored")
        return
    if len(scores) > 1:
        yield ScoreFault(criterion.id, "scored_twice")
    score = scores[0]
    if not criterion.has_level(score.level_id):
        yield ScoreFault(criterion.id, "unknown_level")
    if not score.rationale.strip():
        yield ScoreFault(criterion.id, "rationale_missing")
    if len(score.rationale) > MAX_RATIONALE:
        yield ScoreFault(criterion.id, "rationale_too_long")
