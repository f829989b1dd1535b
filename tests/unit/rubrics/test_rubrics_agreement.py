"""Agreement statistics against vectors that other implementations gave to four digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import RatingsInvalid, Undefined, agreement

LEVELS = (1, 2, 3)
NAMES = (
    "exact", "kappa", "kappa_linear", "kappa_quadratic", "ac1", "ac2_linear", "ac2_quadratic",
    "alpha_nominal", "alpha_ordinal", "alpha_interval",
)  # fmt: skip
# First column: percent agreement; the others checked against scikit-learn, irrCAC and krippendorff.
VECTORS = {
    "mixed": (
        [1, 1, 2, 2, 2, 3, 3, 3, 3, 3], [1, 2, 2, 2, 3, 3, 3, 3, 3, 2],
        (0.70, 0.5082, 0.6053, 0.7170, 0.5699, 0.6975, 0.8101, 0.5289, 0.7086, 0.7299),
    ),
    "kappa paradox": (
        [3] * 10, [3] * 9 + [2],
        (0.90, 0.0, 0.0, 0.0, 0.8950, 0.9457, 0.9724, 0.0, 0.0, 0.0),
    ),
    "two strays": (
        [2] + [3] * 9, [3] * 9 + [2],
        (0.80, -0.1111, -0.1111, -0.1111, 0.7802, 0.8824, 0.9390, -0.0556, -0.0556, -0.0556),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VECTORS)
def test_reproduces_the_checked_vectors_to_four_digits(name: str) -> None:
    first, second, expected = VECTORS[name]
    result = agreement(first, second, LEVELS)
    assert tuple(round(getattr(result, field), 4) for field in NAMES) == expected
    assert result.n == 10


def test_gwet_depends_on_declared_levels_not_on_used_ones() -> None:
    narrow = agreement([3] * 10, [3] * 9 + [2], (2, 3))
    assert isinstance(narrow.ac1, float)
    assert round(narrow.ac1, 4) == 0.8895


def test_identical_ratings_have_no_variation_to_measure() -> None:
    result = agreement([3] * 10, [3] * 10, LEVELS)
    undefined = (result.kappa, result.kappa_linear, result.kappa_quadratic, result.alpha_nominal,
                 result.alpha_ordinal, result.alpha_interval)  # fmt: skip
    assert set(undefined) == {Undefined.NO_VARIATION}
    assert str(result.kappa) == "no variation"
    assert result.ac1 == 1.0


def test_adjacent_counts_neighbours_and_not_more() -> None:
    assert agreement([1, 1, 1, 1], [1, 2, 3, 3], LEVELS).adjacent == 0.5


@pytest.mark.parametrize(
    ("first", "second", "levels"),
    [
        ([], [], LEVELS),
        ([1], [1, 2], LEVELS),
        ([1], [4], LEVELS),
        ([1], [1], (1,)),
        ([1], [1], (1, 1, 2)),
    ],
    ids=["nothing rated", "unequal", "undeclared level", "one level", "level twice"],
)
def test_refuses_what_cannot_be_compared(
    first: list[int], second: list[int], levels: tuple[int, ...]
) -> None:
    assert agreement([1], [1], LEVELS).exact == 1.0  # the control
    with pytest.raises(RatingsInvalid):
        agreement(first, second, levels)


pairs = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), min_size=1, max_size=30)


@given(pairs)
def test_agreement_does_not_depend_on_who_is_first(rated: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in rated], [b for _, b in rated]
    assert agreement(first, second, LEVELS) == agreement(second, first, LEVELS)


@given(pairs)
def test_no_coefficient_exceeds_one_and_one_means_full_agreement(rated: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in rated], [b for _, b in rated]
    result = agreement(first, second, LEVELS)
    for name in NAMES:
        value = getattr(result, name)
        assert value is Undefined.NO_VARIATION or (value <= 1 and (value < 1 or result.exact == 1))
