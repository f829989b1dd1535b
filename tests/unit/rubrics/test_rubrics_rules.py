"""Pass rules: each alone, joined, and their properties."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rubrics import AllOf, EveryCriterion, MustPass, PassRule, PointsCut, Rubric, ScoreSheet
from rubrics.sentences import SENTENCES

Sheet = Callable[..., ScoreSheet]
Levels = tuple[str, str, str]


def test_every_criterion_must_reach_the_level(sheet: Sheet) -> None:
    rule = EveryCriterion("middle")
    assert rule.judge(sheet("middle", "high", "middle")).passed
    short = rule.judge(sheet("high", "low", "middle"))
    assert not short.passed
    assert short.missing == ("trust",)
    assert [entry.met for entry in short.per_criterion] == [True, False, True]
    assert {entry.required_level_id for entry in short.per_criterion} == {"middle"}


def test_must_pass_looks_only_at_marked_criteria(sheet: Sheet) -> None:
    rule = MustPass("middle")
    passed = rule.judge(sheet("middle", "low", "low"))
    assert passed.passed
    assert [entry.required_level_id for entry in passed.per_criterion] == ["middle", None, None]
    assert rule.judge(sheet("low", "high", "high")).missing == ("voice",)


@pytest.mark.parametrize(("percent", "passed"), [(66, True), (67, False)])
def test_a_cut_is_exact(sheet: Sheet, percent: int, passed: bool) -> None:
    # 5 + 5 + 0 of 15 points is two thirds: 66 % is reached, 67 % is not.
    judgement = PointsCut(percent).judge(sheet("high", "high", "low"))
    assert judgement.passed is passed
    assert judgement.missing == ()


def test_weights_count_a_criterion_more_than_once(sheet: Sheet) -> None:
    scores = sheet("low", "high", "high")  # 10 of 15 plain; 10 of 20 with voice counted twice
    assert PointsCut(60).judge(scores).passed
    assert not PointsCut(60, (("voice", 2),)).judge(scores).passed


def test_all_of_needs_each_part_and_keeps_the_highest_demand(sheet: Sheet) -> None:
    rule = AllOf((EveryCriterion("middle"), MustPass("high"), PointsCut(50)))
    assert rule.judge(sheet("high", "middle", "middle")).passed
    judgement = rule.judge(sheet("middle", "high", "high"))
    assert not judgement.passed
    assert judgement.missing == ("voice",)
    assert [entry.required_level_id for entry in judgement.per_criterion] == ["high", "middle", "middle"]
    assert [sentence.key for sentence in judgement.sentences] == [
        "every_criterion.met",
        "must_pass.short",
        "points.met",
    ]


def test_a_rule_without_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="pass everything"):
        AllOf(())


def test_reasons_are_said_in_both_languages(sheet: Sheet) -> None:
    short = EveryCriterion("middle").judge(sheet("low", "low", "high")).sentences[0]
    assert short.in_("en") == "2 of 3 criteria are still below Middle."
    assert short.in_("es-MX") == "Criterios que aún no llegan al nivel Middle (es): 2 de 3."
    cut = PointsCut(50).judge(sheet("low", "low", "high")).sentences[0]
    assert cut.in_("en") == "The work earned 5 of 15 points; 8 are needed."


def test_every_sentence_has_both_languages_and_the_same_values() -> None:
    for text in SENTENCES.values():
        assert text.languages == ("en", "es")
        english, spanish = (set(_names(words)) for words in text.as_data().values())
        assert english == spanish


def _names(words: str) -> list[str]:
    return [part.split("}")[0] for part in words.split("{")[1:]]


ORDER = ("low", "middle", "high")
level = st.sampled_from(ORDER)
triple = st.tuples(level, level, level)
rules = st.sampled_from(
    [
        EveryCriterion("middle"),
        MustPass("high"),
        PointsCut(60, (("trust", 3),)),
        AllOf((PointsCut(40), MustPass("middle"))),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules, scores=triple, better=triple)
def test_better_scores_never_lose_a_pass(
    sheet: Sheet, rule: PassRule, scores: Levels, better: Levels
) -> None:
    raised = tuple(max(a, b, key=ORDER.index) for a, b in zip(scores, better, strict=True))
    assert rule.judge(sheet(*raised)).passed or not rule.judge(sheet(*scores)).passed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules, scores=triple)
def test_a_pass_misses_nothing_and_judges_every_criterion(
    sheet: Sheet, rubric: Rubric, rule: PassRule, scores: Levels
) -> None:
    judgement = rule.judge(sheet(*scores))
    assert tuple(entry.criterion_id for entry in judgement.per_criterion) == rubric.criterion_ids
    assert not (judgement.passed and judgement.missing)
    assert judgement.sentences
