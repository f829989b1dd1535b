"""What a rubric is: criteria, each with levels from lowest to highest, all as frozen values."""

from dataclasses import dataclass

from rubrics.text import Text


@dataclass(frozen=True, slots=True)
class Level:
    """One step of quality on one criterion.

    Attributes:
        id: Key of the level, the same on every criterion of a rubric ("proficient").
        points: Whole points for reaching this level; higher levels have more.
        title: The level's name as people see it.
        descriptor: What work at this level looks like on this criterion.
    """

    id: str
    points: int
    title: Text
    descriptor: Text


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question that a scorer answers about the work.

    Attributes:
        id: Key of the criterion within its rubric.
        title: Short name.
        question: What the scorer asks of the work.
        levels: From lowest to highest.
        alignment: Codes of published standards that the criterion speaks to; texts stay with their owners.
        must_pass: Whether a pass rule with a must-pass floor applies to this criterion.
    """

    id: str
    title: Text
    question: Text
    levels: tuple[Level, ...]
    alignment: tuple[str, ...] = ()
    must_pass: bool = False

    def level(self, level_id: str) -> Level:
        """Find a level by its key.

        Raises:
            KeyError: The criterion has no such level.
        """
        for level in self.levels:
            if level.id == level_id:
                return level
        raise KeyError(level_id)

    def has_level(self, level_id: str) -> bool:
        """Say whether the criterion declares this level."""
        return any(level.id == level_id for level in self.levels)

    @property
    def minimum(self) -> int:
        """Points of the lowest level."""
        return self.levels[0].points

    @property
    def maximum(self) -> int:
        """Points of the highest level."""
        return self.levels[-1].points


@dataclass(frozen=True, slots=True)
class Rubric:
    """A published set of criteria; a new wording is a new version.

    Attributes:
        id: Key of the rubric.
        version: Version of its text; scores keep the version that they were given on.
        title: Name as people see it.
        criteria: In the order in which scorers meet them.
    """

    id: str
    version: str
    title: Text
    criteria: tuple[Criterion, ...]

    def criterion(self, criterion_id: str) -> Criterion:
        """Find a criterion by its key.

        Raises:
            KeyError: The rubric has no such criterion.
        """
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    @property
    def criterion_ids(self) -> tuple[str, ...]:
        """Keys of the criteria, in order."""
        return tuple(criterion.id for criterion in self.criteria)

    @property
    def level_ids(self) -> tuple[str, ...]:
        """Keys of the declared levels from lowest to highest, the same on every criterion."""
        return tuple(level.id for level in self.criteria[0].levels)

    @property
    def minimum(self) -> int:
        """Fewest points that complete scores can add up to."""
        return sum(criterion.minimum for criterion in self.criteria)

    @property
    def maximum(self) -> int:
        """Most points that complete scores can add up to."""
        return sum(criterion.maximum for criterion in self.criteria)
