"""The story, scene by scene: who does what in which week, through pages and forms alone."""

from pathlib import Path

from ltitool.cli.story.beginning import before_the_start, first_week
from ltitool.cli.story.ending import last_week
from ltitool.cli.story.middle import weeks_between
from ltitool.cli.story.stage import Stage


def play(stage: Stage, out: Path) -> None:
    """Play the thirteen weeks and leave what is worth keeping in `out`."""
    before_the_start(stage)
    first_week(stage)
    weeks_between(stage)
    last_week(stage, out)
    (out / "story.md").write_text("# Thirteen weeks\n" + "\n".join(stage.steps) + "\n", encoding="utf-8")
