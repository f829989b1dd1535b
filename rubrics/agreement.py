"""How far two scorers agree: percent agreement, Cohen's kappa, Gwet's AC1 and AC2, Krippendorff's alpha.

Distances between levels are distances between their positions in the declared order. AC1 and AC2 depend on
how many levels were *declared*, not on how many were used, so the rubric's levels are an argument.
Formulas: Cohen 1960 and 1968 (kappa), Gwet 2008 and 2014 (AC1, AC2), Krippendorff 2011 (alpha).
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from rubrics.errors import RatingsInvalid

Matrix = list[list[Fraction]]
Weight = Callable[[int, int], Fraction]


class Undefined(Enum):
    """Why a coefficient has no value."""

    NO_VARIATION = "no variation"

    def __str__(self) -> str:
        return self.value


Coefficient = float | Undefined
"""A coefficient, or the reason why there is none. Never NaN."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two scorers over the same works.

    Attributes:
        n: Number of works that both scored.
        exact: Share with the same level, 0 to 1.
        adjacent: Share with the same or a neighbouring level, 0 to 1.
        kappa: Cohen's kappa, unweighted.
        kappa_linear: Kappa with linear weights.
        kappa_quadratic: Kappa with quadratic weights.
        ac1: Gwet's AC1.
        ac2_linear: Gwet's AC2 with linear weights.
        ac2_quadratic: Gwet's AC2 with quadratic weights.
        alpha_nominal: Krippendorff's alpha for names.
        alpha_ordinal: Krippendorff's alpha for ranks.
        alpha_interval: Krippendorff's alpha for equal steps.
    """

    n: int
    exact: float
    adjacent: float
    kappa: Coefficient
    kappa_linear: Coefficient
    kappa_quadratic: Coefficient
    ac1: Coefficient
    ac2_linear: Coefficient
    ac2_quadratic: Coefficient
    alpha_nominal: Coefficient
    alpha_ordinal: Coefficient
    alpha_interval: Coefficient


def agreement(first: Sequence[Hashable], second: Sequence[Hashable], levels: Sequence[Hashable]) -> Agreement:
    """Compare two scorers' levels for the same works, in the same order.

    Args:
        first: One scorer's levels.
        second: The other scorer's levels.
        levels: All declared levels, lowest first, at least two.

    Raises:
        RatingsInvalid: Nothing was rated, lengths differ, or a level is not declared or declared twice.
    """
    table = _shares(first, second, levels)
    size = len(levels)
    same, linear, quadratic = _identity, _linear(size), _quadratic(size)
    return Agreement(
        n=len(first),
        exact=float(_observed(table, same)),
        adjacent=float(_observed(table, _neighbouring)),
        kappa=_kappa(table, same),
        kappa_linear=_kappa(table, linear),
        kappa_quadratic=_kappa(table, quadratic),
        ac1=_gwet(table, same),
        ac2_linear=_gwet(table, linear),
        ac2_quadratic=_gwet(table, quadratic),
        alpha_nominal=_alpha(table, len(first), _differs),
        alpha_ordinal=_alpha(table, len(first), _rank_distance(_pooled(table))),
        alpha_interval=_alpha(table, len(first), _squared),
    )


def _shares(first: Sequence[Hashable], second: Sequence[Hashable], levels: Sequence[Hashable]) -> Matrix:
    """Cross-tabulate: cell [i][j] is the share of works at level i for the first and j for the second."""
    position = {level: index for index, level in enumerate(levels)}
    if len(position) != len(levels) or len(levels) < 2:  # noqa: PLR2004 - one level leaves nothing to choose
        raise RatingsInvalid("levels must be two or more, each declared once")
    if not first or len(first) != len(second):
        raise RatingsInvalid(f"both must rate the same works: {len(first)} and {len(second)} ratings")
    strangers = {*first, *second} - position.keys()
    if strangers:
        raise RatingsInvalid(f"levels not declared: {', '.join(sorted(str(s) for s in strangers))}")
    table = [[Fraction(0)] * len(levels) for _ in levels]
    for a, b in zip(first, second, strict=True):
        table[position[a]][position[b]] += Fraction(1, len(first))
    return table


def _identity(i: int, j: int) -> Fraction:
    return Fraction(i == j)


def _neighbouring(i: int, j: int) -> Fraction:
    return Fraction(abs(i - j) <= 1)


def _linear(size: int) -> Weight:
    return lambda i, j: 1 - Fraction(abs(i - j), size - 1)


def _quadratic(size: int) -> Weight:
    return lambda i, j: 1 - Fraction((i - j) ** 2, (size - 1) ** 2)


def _differs(i: int, j: int) -> Fraction:
    return Fraction(i != j)


def _squared(i: int, j: int) -> Fraction:
    return Fraction((i - j) ** 2)


def _rank_distance(frequency: list[Fraction]) -> Weight:
    """Krippendorff's ordinal metric: squared number of values between two ranks, half of each end counted."""

    def distance(i: int, j: int) -> Fraction:
        low, high = min(i, j), max(i, j)
        between = sum(frequency[low : high + 1], Fraction(0)) - (frequency[low] + frequency[high]) / 2
        return between**2

    return distance


def _observed(table: Matrix, weight: Weight) -> Fraction:
    return sum(
        (weight(i, j) * cell for i, row in enumerate(table) for j, cell in enumerate(row)), start=Fraction(0)
    )


def _rows(table: Matrix) -> list[Fraction]:
    return [sum(row, Fraction(0)) for row in table]


def _columns(table: Matrix) -> list[Fraction]:
    return [sum(column, Fraction(0)) for column in zip(*table, strict=True)]


def _pooled(table: Matrix) -> list[Fraction]:
    """Share of each level over both scorers together."""
    return [(row + column) / 2 for row, column in zip(_rows(table), _columns(table), strict=True)]


def _beyond_chance(observed: Fraction, chance: Fraction) -> Coefficient:
    if chance == 1:
        return Undefined.NO_VARIATION
    return float((observed - chance) / (1 - chance))


def _kappa(table: Matrix, weight: Weight) -> Coefficient:
    expected = [[row * column for column in _columns(table)] for row in _rows(table)]
    return _beyond_chance(_observed(table, weight), _observed(expected, weight))


def _gwet(table: Matrix, weight: Weight) -> Coefficient:
    size = len(table)
    total_weight = sum((weight(i, j) for i in range(size) for j in range(size)), start=Fraction(0))
    spread = sum((share * (1 - share) for share in _pooled(table)), start=Fraction(0))
    chance = total_weight * spread / (size * (size - 1))
    return _beyond_chance(_observed(table, weight), chance)


def _alpha(table: Matrix, works: int, distance: Weight) -> Coefficient:
    """One minus observed over expected disagreement, with the correction for few ratings."""
    pooled = _pooled(table)
    values = 2 * works
    expected = [[a * b for b in pooled] for a in pooled]
    disagreement_by_chance = _observed(expected, distance) * Fraction(values, values - 1)
    if disagreement_by_chance == 0:
        return Undefined.NO_VARIATION
    return float(1 - _observed(table, distance) / disagreement_by_chance)
