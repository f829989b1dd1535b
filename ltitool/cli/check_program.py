"""`ltitool check-program FILE`: what is wrong with a program file, line by line."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ltitool.programs import check_program_file


def add_words(words: Any) -> None:  # argparse's subparser action has no public type
    """Add this module's word to the command."""
    word = words.add_parser("check-program", help="check a program file")
    word.add_argument("file", type=Path)
    word.set_defaults(run=run)


def run(arguments: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Print every fault with its line and column."""
    faults = check_program_file(arguments.file)
    for fault in faults:
        print(f"{arguments.file}:{fault}", file=sys.stderr)
    if not faults:
        print(f"{arguments.file}: fine")
    return 1 if faults else 0
