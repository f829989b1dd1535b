"""`ltitool sandbox`: the practice LMS alone, for trying a tool against it."""

import argparse
from collections.abc import Mapping
from typing import Any

from ltitool.sandbox.command import main as run_platform


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's word to the command."""
    word = words.add_parser("sandbox", help="start the practice LMS alone")
    word.add_argument("--port", type=int, default=8001)
    word.add_argument("--tool", default="http://localhost:8000", help="where the tool is")
    word.add_argument("--data", default="var/lms", help="where its database lies")
    word.set_defaults(run=run)


def run(arguments: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Serve until told to stop."""
    argv = ["--port", str(arguments.port), "--tool", arguments.tool, "--data", arguments.data]
    return int(run_platform(argv) or 0)
