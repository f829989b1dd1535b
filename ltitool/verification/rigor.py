"""How hard a badge was to earn, as the badge says: criteria with the level reached and the level asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from badges.model import OpenBadgeCredential, Result, ResultDescription, RubricCriterionLevel


@dataclass(frozen=True)
class CriterionFact:
    """One criterion: the level reached, the level asked, and whether that is met (None: not said)."""

    name: str
    level: str
    required: str | None
    met: bool | None


@dataclass(frozen=True)
class Rigor:
    """All criteria of a badge; there is at least one."""

    criteria: tuple[CriterionFact, ...]

    @property
    def met(self) -> int:
        """How many are met for certain."""
        return sum(one.met is True for one in self.criteria)

    @property
    def required_everywhere(self) -> str | None:
        """The level that was asked of every criterion, if it is one and the same."""
        asked = {one.required for one in self.criteria}
        return asked.pop() if len(asked) == 1 else None


def rigor_of(credential: OpenBadgeCredential) -> Rigor | None:
    """Read the criteria of a badge whose signature holds; None if it has none."""
    described = {one.id: one for one in credential.credential_subject.achievement.result_description}
    facts = [
        _fact(result, described[result.result_description or ""])
        for result in credential.credential_subject.result
        if result.achieved_level is not None and result.result_description in described
    ]
    return Rigor(tuple(facts)) if facts else None


def _fact(result: Result, description: ResultDescription) -> CriterionFact:
    levels = {level.id: level for level in description.rubric_criterion_level}
    reached = levels.get(result.achieved_level or "")
    required = levels.get(description.required_level or "")
    return CriterionFact(
        name=description.name,
        level=reached.name if reached else "",
        required=required.name if required else None,
        met=_met(reached, required, levels),
    )


def _met(
    reached: RubricCriterionLevel | None,
    required: RubricCriterionLevel | None,
    levels: Mapping[str, RubricCriterionLevel],
) -> bool | None:
    """Compare by points; without points only the very same level is certain."""
    if reached is None or required is None:
        return None
    if reached.id == required.id:
        return True
    points = _points([reached, required])
    if points is None or _points(list(levels.values())) is None:
        return None
    return points[0] >= points[1]


def _points(levels: Sequence[RubricCriterionLevel]) -> list[float] | None:
    try:
        return [float(level.points or "") for level in levels]
    except ValueError:
        return None
