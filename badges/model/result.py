"""Results: what was measured, the rubric's levels, and what this recipient reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from badges.model.alignment import Alignment
from badges.model.nodes import Node, iri, kind, node, several, text

# The result type under which clock hours stand in a badge: the sum of recorded rows, never a constant.
CLOCK_HOURS = "ext:ClockHours"


@dataclass(frozen=True, kw_only=True)
class RubricCriterionLevel(Node):
    """One level of one criterion; ``level`` and ``points`` are texts (B.1, RubricCriterionLevel)."""

    TYPE: ClassVar[str] = "RubricCriterionLevel"

    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(default=("RubricCriterionLevel",), metadata=kind(several(text)))
    name: str = field(metadata=kind(text))
    description: str | None = field(default=None, metadata=kind(text))
    level: str | None = field(default=None, metadata=kind(text))
    points: str | None = field(default=None, metadata=kind(text))
    alignment: tuple[Alignment, ...] = field(default=(), metadata=kind(several(node(lambda: Alignment))))


@dataclass(frozen=True, kw_only=True)
class ResultDescription(Node):
    """A possible result of an achievement, for example one criterion of a rubric (B.1, ResultDescription)."""

    TYPE: ClassVar[str] = "ResultDescription"

    id: str = field(metadata=kind(iri))
    type: tuple[str, ...] = field(default=("ResultDescription",), metadata=kind(several(text)))
    name: str = field(metadata=kind(text))
    result_type: str = field(metadata=kind(text))
    allowed_value: tuple[str, ...] = field(default=(), metadata=kind(several(text)))
    required_level: str | None = field(default=None, metadata=kind(iri))
    required_value: str | None = field(default=None, metadata=kind(text))
    rubric_criterion_level: tuple[RubricCriterionLevel, ...] = field(
        default=(), metadata=kind(several(node(lambda: RubricCriterionLevel)))
    )
    value_max: str | None = field(default=None, metadata=kind(text))
    value_min: str | None = field(default=None, metadata=kind(text))
    alignment: tuple[Alignment, ...] = field(default=(), metadata=kind(several(node(lambda: Alignment))))


@dataclass(frozen=True, kw_only=True)
class Result(Node):
    """What the recipient reached (B.1, Result).

    Give each result its own ``result_description``: two results that say the same cannot be told apart when a
    badge is canonicalized, which is slow.
    """

    TYPE: ClassVar[str] = "Result"

    type: tuple[str, ...] = field(default=("Result",), metadata=kind(several(text)))
    achieved_level: str | None = field(default=None, metadata=kind(iri))
    result_description: str | None = field(default=None, metadata=kind(iri))
    status: str | None = field(default=None, metadata=kind(text))
    value: str | None = field(default=None, metadata=kind(text))
    alignment: tuple[Alignment, ...] = field(default=(), metadata=kind(several(node(lambda: Alignment))))
