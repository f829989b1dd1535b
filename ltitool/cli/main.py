"""The command's words, each with its own module; this one only reads them."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ltitool.cli import administer, check_program, demo, grades, platforms, sandbox, serve
from ltitool.cli.story import command as story
from ltitool.errors import Invalid, ToolError
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
        _complain(error, as_json=getattr(arguments, "json", False))
        return FAILED


def _complain(error: ToolError, *, as_json: bool) -> None:
    """Say what was refused, a line for each fault; a script reads the same as JSON."""
    faults = error.faults if isinstance(error, Invalid) else {}
    if as_json:
        said = {"code": error.code, "title": error.title, "detail": error.detail, "faults": faults}
        print(json.dumps({"error": said}))
    print(f"{error.code}: {error.title}. {error.detail}", file=sys.stderr)
    for field, fault in faults.items():
        print(f"{field}: {fault}", file=sys.stderr)


def build_parser() -> argparse.ArgumentParser:
    """Describe every word; the reference page of the command is checked against this."""
    parser = argparse.ArgumentParser(prog="ltitool", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    for module in (serve, demo, sandbox, story, check_program, administer, platforms, grades):
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
