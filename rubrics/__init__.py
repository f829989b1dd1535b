"""Criteria and levels, scoring, pass rules as data, and how far two scorers agree.

A pure library: no web framework, no database, no network, no clock.
"""

from rubrics.agreement import Agreement, Coefficient, Undefined, agreement
from rubrics.errors import DataFault, RatingsInvalid, RubricError, RubricInvalid, ScoreFault, ScoresInvalid
from rubrics.model import Criterion, Level, Rubric
from rubrics.reading import parse_pass_rule, parse_rubric
from rubrics.rules import AllOf, CriterionJudgement, EveryCriterion, Judgement, MustPass, PassRule, PointsCut
from rubrics.scoring import GradebookScore, Score, ScoreSheet, scale_for_gradebook, score_faults, score_sheet
from rubrics.sentences import Sentence
from rubrics.text import Text

__all__ = [
    "Agreement",
    "AllOf",
    "Coefficient",
    "Criterion",
    "CriterionJudgement",
    "DataFault",
    "EveryCriterion",
    "GradebookScore",
    "Judgement",
    "Level",
    "MustPass",
    "PassRule",
    "PointsCut",
    "RatingsInvalid",
    "Rubric",
    "RubricError",
    "RubricInvalid",
    "Score",
    "ScoreFault",
    "ScoreSheet",
    "ScoresInvalid",
    "Sentence",
    "Text",
    "Undefined",
    "agreement",
    "parse_pass_rule",
    "parse_rubric",
    "scale_for_gradebook",
    "score_faults",
    "score_sheet",
]
