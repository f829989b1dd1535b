"""Where "now" comes from. The core never asks: it is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Give the machine's time in UTC."""
    return datetime.now(UTC)


def file_clock(path: Path) -> Clock:
    """Give a clock that reads an ISO instant from a file at each call, for the story's thirteen weeks."""

    def read() -> datetime:
        return datetime.fromisoformat(path.read_text(encoding="ascii").strip()).astimezone(UTC)

    return read
