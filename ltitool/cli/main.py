"""The command's words, each with its own module; this one only reads them."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ltitool.cli import administer, check_program, demo, sandbox, serve
from ltitool.cli.story import command as story
from ltitool.errors import ToolError
from ltitool.settings import SettingsInvalid

OK, FAILED, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one word of the command; errors are one line each, never a stack trace."""
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments, os.environ))
    except SettingsInvalid as error:
        for fault in error.faults:
            print(f"setting: {fault}", file=sys.stderr)
        return USAGE
    except ToolError as error:
        print(f"{error.code}: {error.title}. {error.detail}", file=sys.stderr)
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """Describe every word; the reference page of the command is checked against this."""
    parser = argparse.ArgumentParser(prog="ltitool", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    for module in (serve, demo, sandbox, story, check_program, administer):
        module.add_words(words)
    return parser


def port(text: str) -> int:
    """Read a port number."""
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return number


def folder(text: str) -> Path:
    """Read a folder's path."""
    return Path(text).resolve()
