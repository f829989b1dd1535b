"""`ltitool story`: play the thirteen weeks, and leave the badge and everything about it in a folder."""

import argparse
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ltitool.cli.story.scenes import play
from ltitool.cli.story.stage import stage


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's word to the command."""
    word = words.add_parser("story", help="play the thirteen weeks over real HTTP")
    word.add_argument("--out", type=Path, default=Path("build/story"), help="where the badge is left")
    word.set_defaults(run=run)


def run(arguments: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Play it from the beginning, in a fresh folder."""
    out = arguments.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    began = time.monotonic()
    with stage(out / "data", datetime.now(UTC).replace(microsecond=0)) as set_up:
        play(set_up, out)
    print(f"• thirteen weeks in {time.monotonic() - began:.0f} s; see {out / 'story.md'}")
    return 0
