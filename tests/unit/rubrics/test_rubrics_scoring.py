"""Score sheets: what may be locked, what is missing, and the gradebook's scale."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics import (
    Rubric,
    Score,
    ScoreFault,
    ScoreSheet,
    ScoresInvalid,
    parse_rubric,
    score_faults,
    score_sheet,
)
from rubrics.scoring import MAX_RATIONALE, SMALLEST_SCORE, scale_for_gradebook

Sheet = Callable[..., ScoreSheet]
GOOD = [
    Score("voice", "high", " seen "),
    Score("trust", "low", "not seen"),
    Score("action", "middle", "partly"),
]

CASES = {
    "not_scored": ("trust", lambda s: [x for x in s if x.criterion_id != "trust"]),
    "scored_twice": ("trust", lambda s: [*s, replace(s[1], level_id="high")]),
    "unknown_criterion": ("charm", lambda s: [*s, Score("charm", "high", "yes")]),
    "unknown_level": ("voice", lambda s: [replace(s[0], level_id="highest"), *s[1:]]),
    "rationale_missing": ("action", lambda s: [*s[:2], replace(s[2], rationale=" \n\u00a0")]),
    "rationale_too_long": ("action", lambda s: [*s[:2], replace(s[2], rationale="x" * (MAX_RATIONALE + 1))]),
}


@pytest.mark.parametrize("code", CASES)
def test_one_fault_keeps_a_sheet_open_and_names_its_criterion(rubric: Rubric, code: str) -> None:
    assert score_faults(rubric, GOOD) == ()  # the control
    name, mutate = CASES[code]
    with pytest.raises(ScoresInvalid) as caught:
        score_sheet(rubric, mutate(list(GOOD)))
    assert caught.value.faults == (ScoreFault(name, code),)
    assert name in str(caught.value)


def test_all_faults_are_told_at_once(rubric: Rubric) -> None:
    faults = score_faults(rubric, [Score("voice", "?", "")])
    assert {(fault.criterion_id, fault.code) for fault in faults} == {
        ("voice", "unknown_level"), ("voice", "rationale_missing"),
        ("trust", "not_scored"), ("action", "not_scored"),
    }  # fmt: skip


def test_a_sheet_is_in_the_rubrics_order_with_trimmed_rationales(rubric: Rubric) -> None:
    sheet = score_sheet(rubric, reversed(GOOD))
    assert [score.criterion_id for score in sheet.scores] == ["voice", "trust", "action"]
    assert sheet.score_on("voice").rationale == "seen"
    assert (sheet.points, sheet.maximum) == (7, 15)
    with pytest.raises(KeyError):
        sheet.score_on("charm")


def test_the_longest_rationale_still_fits(rubric: Rubric) -> None:
    assert score_sheet(rubric, [*GOOD[:2], replace(GOOD[2], rationale="x" * MAX_RATIONALE)])


def test_a_gradebook_never_gets_a_zero_for_scored_work(sheet: Sheet) -> None:
    lowest = scale_for_gradebook(sheet("low", "low", "low"))
    assert (lowest.given, lowest.maximum) == (Decimal(1), Decimal(16))
    highest = scale_for_gradebook(sheet("high", "high", "high"), out_of=100)
    assert (highest.given, highest.maximum) == (Decimal(100), Decimal(100))


def test_a_scale_without_zero_is_sent_as_it_is(data: dict[str, Any]) -> None:
    data["levels"][0]["points"] = 1
    shifted = parse_rubric(data)
    score = scale_for_gradebook(score_sheet(shifted, GOOD))
    assert (score.given, score.maximum) == (Decimal(8), Decimal(15))


def test_a_tiny_line_item_still_gets_more_than_zero(data: dict[str, Any]) -> None:
    for level, points in zip(data["levels"], (0, 999, 1000), strict=True):
        level["points"] = points
    wide = parse_rubric(data)
    low = score_sheet(wide, [replace(score, level_id="low") for score in GOOD])
    assert scale_for_gradebook(low, out_of=1).given == SMALLEST_SCORE


@pytest.mark.parametrize("out_of", [0, -5])
def test_a_line_item_needs_a_positive_maximum(sheet: Sheet, out_of: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        scale_for_gradebook(sheet("low", "low", "low"), out_of=out_of)


levels = st.sampled_from(("low", "middle", "high"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.tuples(levels, levels, levels),
    second=st.tuples(levels, levels, levels),
    out_of=st.integers(1, 500),
)
def test_the_gradebook_keeps_the_order_of_points(
    sheet: Sheet, first: tuple[str, ...], second: tuple[str, ...], out_of: int
) -> None:
    one, other = sheet(*first), sheet(*second)
    sent, sent_other = scale_for_gradebook(one, out_of), scale_for_gradebook(other, out_of)
    assert 0 < sent.given <= sent.maximum == out_of
    if one.points <= other.points:
        assert sent.given <= sent_other.given
