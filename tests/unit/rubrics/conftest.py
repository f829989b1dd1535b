"""A small rubric as data, which tests mutate, and as a value."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from rubrics import Rubric, Score, ScoreSheet, parse_rubric, score_sheet


def said(words: str) -> dict[str, str]:
    return {"en": words, "es": f"{words} (es)"}


def criterion(name: str, **more: object) -> dict[str, Any]:
    described = {level: said(f"{name} {level}") for level in ("low", "middle", "high")}
    return {"id": name, "title": said(name), "question": said(f"{name}?"), "descriptors": described, **more}


DATA: dict[str, Any] = {
    "id": "small",
    "version": "1.0.0",
    "title": said("Small rubric"),
    "levels": [
        {"id": "low", "points": 0, "title": said("Low")},
        {"id": "middle", "points": 2, "title": said("Middle")},
        {"id": "high", "points": 5, "title": said("High")},
    ],
    "criteria": [
        criterion("voice", must_pass=True),
        criterion("trust"),
        criterion("action", alignment=["PSEL-7"]),
    ],
}


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(DATA)


@pytest.fixture
def rubric(data: dict[str, Any]) -> Rubric:
    return parse_rubric(data)


@pytest.fixture
def sheet(rubric: Rubric) -> Callable[..., ScoreSheet]:
    """A sheet from one level per criterion, in order."""

    def make(*levels: str) -> ScoreSheet:
        scores = [Score(c.id, level, "because") for c, level in zip(rubric.criteria, levels, strict=True)]
        return score_sheet(rubric, scores)

    return make
