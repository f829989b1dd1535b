"""Rubrics and rules read from data: one mutation each, the exact code and path, the control beside it."""

from collections.abc import Callable
from typing import Any

import pytest

import rubrics
from rubrics import (
    AllOf,
    EveryCriterion,
    MustPass,
    PointsCut,
    Rubric,
    RubricInvalid,
    Text,
    parse_pass_rule,
    parse_rubric,
)
from rubrics.errors import dotted

Change = Callable[[dict[str, Any]], object]


def put(*path: str | int, value: object) -> Change:
    def change(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    def change(data: Any) -> None:
        for part in path[:-1]:
            data = data[part]
        del data[path[-1]]

    return change


VOICE = ("criteria", 0)
CASES: dict[str, tuple[Change, str, str]] = {
    "no id": (drop("id"), "id", "missing"),
    "empty title": (put("title", value=None), "title", "empty"),
    "unknown key": (put("colour", value="red"), "colour", "unknown_key"),
    "key with spaces": (put("id", value="My rubric"), "id", "wrong_shape"),
    "version of two numbers": (put("version", value="1.0"), "version", "wrong_shape"),
    "version as number": (put("version", value=1), "version", "wrong_type"),
    "title in one language": (put("title", value={"en": "x"}), "title", "language_missing"),
    "title in a third": (put("title", "fr", value="x"), "title.fr", "unknown_key"),
    "blank Spanish": (put("title", "es", value=" "), "title.es", "blank"),
    "endless title": (put("title", "es", value="x" * 4001), "title.es", "too_long"),
    "title as text": (put("title", value="x"), "title", "wrong_type"),
    "no levels": (put("levels", value=[]), "levels", "wrong_length"),
    "levels as mapping": (put("levels", value={}), "levels", "wrong_type"),
    "level as text": (put("levels", 0, value="low"), "levels[0]", "wrong_type"),
    "points true": (put("levels", 1, "points", value=True), "levels[1].points", "wrong_type"),
    "points as text": (put("levels", 1, "points", value="2"), "levels[1].points", "wrong_type"),
    "points below zero": (put("levels", 0, "points", value=-1), "levels[0].points", "out_of_range"),
    "points not rising": (put("levels", 2, "points", value=2), "levels[2].points", "not_ascending"),
    "level twice": (put("levels", 1, "id", value="low"), "levels[1].id", "used_twice"),
    "no criteria": (put("criteria", value=[]), "criteria", "wrong_length"),
    "criterion twice": (put("criteria", 2, "id", value="trust"), "criteria[2].id", "used_twice"),
    "descriptor missing": (drop(*VOICE, "descriptors", "low"), "criteria[0].descriptors", "missing"),
    "descriptor too many": (
        put(*VOICE, "descriptors", "top", value={"en": "x", "es": "x"}),
        "criteria[0].descriptors.top",
        "unknown_reference",
    ),
    "descriptors as list": (put(*VOICE, "descriptors", value=[]), "criteria[0].descriptors", "wrong_type"),
    "descriptor blank": (
        put(*VOICE, "descriptors", "low", "en", value=""),
        "criteria[0].descriptors.low.en",
        "blank",
    ),
    "must_pass yes": (put(*VOICE, "must_pass", value="yes"), "criteria[0].must_pass", "wrong_type"),
    "alignment number": (put(*VOICE, "alignment", value=[7]), "criteria[0].alignment[0]", "wrong_type"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_mutation_is_one_fault(data: dict[str, Any], name: str) -> None:
    assert parse_rubric(data).id == "small"  # the control
    change, path, code = CASES[name]
    change(data)
    with pytest.raises(RubricInvalid) as caught:
        parse_rubric(data)
    assert [(dotted(fault.path), fault.code) for fault in caught.value.faults] == [(path, code)]
    assert path in str(caught.value)
    assert all(fault.problem and fault.expected for fault in caught.value.faults)


@pytest.mark.parametrize("document", [None, "rubric", 3, [], 2.5])
def test_something_else_than_a_mapping_is_refused(document: object) -> None:
    with pytest.raises(RubricInvalid) as caught:
        parse_rubric(document)
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [((), "wrong_type")]


def test_several_faults_are_told_at_once(data: dict[str, Any]) -> None:
    del data["id"]
    data["levels"][0]["points"] = "none"
    data["criteria"][1]["title"]["es"] = ""
    with pytest.raises(RubricInvalid) as caught:
        parse_rubric(data)
    assert {dotted(fault.path) for fault in caught.value.faults} == {
        "id", "levels[0].points", "criteria[1].title.es",
    }  # fmt: skip


def test_a_rubric_is_read_whole(rubric: Rubric) -> None:
    assert rubric.level_ids == ("low", "middle", "high")
    assert (rubric.minimum, rubric.maximum) == (0, 15)
    assert rubric.criterion("voice").must_pass
    assert rubric.criterion("action").alignment == ("PSEL-7",)
    assert rubric.criterion("trust").level("high").descriptor.in_("en") == "trust high"
    with pytest.raises(KeyError):
        rubric.criterion("charm")
    with pytest.raises(KeyError):
        rubric.criterion("trust").level("top")


RULES = [
    ({"every_criterion": "middle"}, EveryCriterion("middle")),
    ({"must_pass": "high"}, MustPass("high")),
    ({"points": {"percent": 85}}, PointsCut(85)),
    (
        {"all_of": [{"must_pass": "middle"}, {"points": {"percent": 70, "weights": {"trust": 2}}}]},
        AllOf((MustPass("middle"), PointsCut(70, (("trust", 2),)))),
    ),
]


@pytest.mark.parametrize(("data_of_rule", "expected"), RULES)
def test_rules_are_read_from_data(rubric: Rubric, data_of_rule: object, expected: object) -> None:
    assert parse_pass_rule(data_of_rule, rubric) == expected


BAD_RULES = [
    ({}, "(whole file)", "wrong_length"),
    ({"every_criterion": "middle", "must_pass": "low"}, "(whole file)", "wrong_length"),
    ({"every_criterion": "top"}, "every_criterion", "unknown_reference"),
    ({"must_pass": "top"}, "must_pass", "unknown_reference"),
    ({"points": {"percent": 101}}, "points.percent", "out_of_range"),
    ({"points": {"percent": 50, "weights": {"charm": 2}}}, "points.weights.charm", "unknown_reference"),
    ({"points": {"percent": 50, "weights": {"trust": 0}}}, "points.weights.trust", "out_of_range"),
    ({"all_of": []}, "all_of", "wrong_length"),
    ({"all_of": [{"all_of": []}]}, "all_of[0].all_of", "unknown_key"),
    (
        {"all_of": [{"points": {"percent": 9}}, {"must_pass": "top"}]},
        "all_of[1].must_pass",
        "unknown_reference",
    ),
    ({"majority": "middle"}, "majority", "unknown_key"),
]


@pytest.mark.parametrize(("rule", "path", "code"), BAD_RULES)
def test_a_bad_rule_is_refused_at_its_place(rubric: Rubric, rule: object, path: str, code: str) -> None:
    with pytest.raises(RubricInvalid) as caught:
        parse_pass_rule(rule, rubric)
    assert (dotted(caught.value.faults[0].path), caught.value.faults[0].code) == (path, code)


def test_a_must_pass_rule_that_asks_nothing_is_refused(data: dict[str, Any]) -> None:
    assert parse_pass_rule({"must_pass": "middle"}, parse_rubric(data))  # the control
    data["criteria"][0]["must_pass"] = False
    with pytest.raises(RubricInvalid) as caught:
        parse_pass_rule({"must_pass": "middle"}, parse_rubric(data))
    assert [fault.code for fault in caught.value.faults] == ["asks_nothing"]


def test_languages_can_be_declared(data: dict[str, Any]) -> None:
    with pytest.raises(RubricInvalid) as caught:
        parse_rubric(data, languages=("en",))
    assert {fault.path[-1] for fault in caught.value.faults} == {"es"}


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "Trust"), ("es", "Confianza"), ("es-MX", "Confianza"), ("ES_us", "Confianza"), ("fr", "Trust")],
)
def test_a_text_is_said_in_the_nearest_language(locale: str, words: str) -> None:
    assert Text.of({"en": "Trust", "es": "Confianza"}).in_(locale) == words


def test_a_text_needs_words() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Text(())


def test_the_public_names_are_sorted_and_there() -> None:
    assert list(rubrics.__all__) == sorted(rubrics.__all__)
    assert all(hasattr(rubrics, name) for name in rubrics.__all__)
