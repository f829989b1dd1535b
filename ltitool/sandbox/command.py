"""The command that runs a practice LMS: its options, and a threaded server that stops when it is told to."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ltitool.sandbox.app import create_platform
from ltitool.sandbox.clock import FileClock
from ltitool.sandbox.config import PlatformConfig, utc_now
from ltitool.sandbox.errors import ConfigurationError
from ltitool.sandbox.manners import MODES
from ltitool.sandbox.seed import DEMO, with_members
from ltitool.sandbox.serving import serve
from ltitool.sandbox.store import remove_store

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOST: Final = "127.0.0.1"
_DEFAULT_PORT: Final = 8001
_LAST_PORT: Final = 65_535
_MOST_MEMBERS: Final = 100_000


def main(argv: Sequence[str]) -> int:
    """Run a practice LMS until SIGTERM or SIGINT; give the exit status."""
    options = _parser().parse_args(argv)
    try:
        config = configuration(options)
        if options.reset:
            remove_store(config.data_dir)
        config.clock()
        app = create_platform(config)
    except ConfigurationError as error:
        print(f"practice LMS: {error}", file=sys.stderr)  # noqa: T201 - a command speaks on its terminal
        return 2
    return serve(app, _HOST, options.port)


def configuration(options: argparse.Namespace) -> PlatformConfig:
    """Turn the options of the command into a configuration."""
    return PlatformConfig(
        base_url=options.base_url or f"http://{_HOST}:{options.port}",
        tool_url=options.tool.rstrip("/"),
        data_dir=options.data,
        door_url=options.door_url,
        manners=MODES[options.mode],
        seed=with_members(DEMO, DEMO.courses[0].id, options.members),
        clock=FileClock(options.clock_file) if options.clock_file else utc_now,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ltitool sandbox", description="A practice LMS: an LTI 1.3 platform on this machine."
    )
    parser.add_argument("--port", type=_port, default=_DEFAULT_PORT, help="port on 127.0.0.1 (8001)")
    parser.add_argument("--tool", default="http://localhost:8000", help="the tool's origin")
    parser.add_argument("--data", type=Path, default=Path("var/lms"), help="folder of database and keys")
    parser.add_argument(
        "--base-url", default="", help="the address people use, when it is not the port's own"
    )
    parser.add_argument(
        "--door-url",
        default="",
        help="where sign-on and storage are, if not there, such as http://sso.localhost:8001",
    )
    parser.add_argument("--mode", choices=sorted(MODES), default="strict", help="whose manners to take on")
    parser.add_argument(
        "--members", type=_count, default=0, help="made-up participants to add to the first course"
    )
    parser.add_argument("--clock-file", type=Path, help="a file whose ISO 8601 time is taken for now")
    parser.add_argument("--reset", action="store_true", help="empty the database first; the keys stay")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > _MOST_MEMBERS:
        raise argparse.ArgumentTypeError(f"{text} is no number up to {_MOST_MEMBERS}")
    return int(text)
