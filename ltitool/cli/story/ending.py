"""Week 13."""

from pathlib import Path

from ltitool.cli.story.stage import Stage


def last_week(stage: Stage, out: Path) -> None:
    """Play it."""
