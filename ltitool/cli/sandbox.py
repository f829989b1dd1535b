"""`ltitool sandbox`: the practice LMS alone, for trying a tool against it."""

import argparse
from collections.abc import Mapping
from typing import Any

from ltitool.sandbox.command import main as run_platform
from ltitool.sandbox.manners import MODES


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's word to the command."""
    word = words.add_parser("sandbox", help="start the practice LMS alone")
    word.add_argument("--port", type=int, default=8001)
    word.add_argument("--tool", default="http://localhost:8000", help="where the tool is")
    word.add_argument("--data", default="var/lms", help="where its database lies")
    word.add_argument("--mode", default="strict", choices=sorted(MODES), help="whose manners it takes on")
    word.add_argument(
        "--members", type=int, default=0, help="made-up participants to add to its first course"
    )
    word.add_argument("--reset", action="store_true", help="empty the database first; the keys stay")
    word.set_defaults(run=run)


def run(arguments: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    argv = ["--port", str(arguments.port), "--tool", arguments.tool, "--data", arguments.data]
    argv += ["--mode", arguments.mode, "--members", str(arguments.members)]
    argv += ["--reset"] if arguments.reset else []
    return int(run_platform(argv) or 0)
