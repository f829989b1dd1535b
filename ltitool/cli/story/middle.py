"""Weeks 2 to 12."""

from ltitool.cli.story.stage import Stage


def weeks_between(stage: Stage) -> None:
    """Play them."""
