"""A sent score sheet, read against the rubric: level and reason per criterion."""

from collections.abc import Mapping

from rubrics import Rubric, Score

MAX_SENT = 6_000  # characters of one reason as sent; the rubric's own limit is told as a fault


def read_scores(rubric: Rubric, form: Mapping[str, str]) -> list[Score]:
    """Take what was chosen and written so far; criteria not on the rubric are left aside."""
    return [
        Score(one.id, _level(form, one.id), form.get(f"{one.id}-rationale", "")[:MAX_SENT].strip())
        for one in rubric.criteria
    ]


def _level(form: Mapping[str, str], criterion_id: str) -> str:
    return form.get(f"{criterion_id}-level", "")[:64]
