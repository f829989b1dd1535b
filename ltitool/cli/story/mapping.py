"""Drawing the power and decision map by its forms."""

from ltitool.cli.story.stage import Stage


def draw_map(stage: Stage, key: str) -> None:
    """Draw it."""
