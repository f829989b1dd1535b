"""Clocks for a platform that may live in another week: a file that names the moment, read at each call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ltitool.sandbox.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class FileClock:
    """Tell the moment that stands in a file as an ISO 8601 timestamp with its zone.

    While somebody writes the file it may be empty or cut short: then the last moment read still holds.
    """

    path: Path
    last: datetime | None = None

    def __call__(self) -> datetime:
        try:
            self.last = _read(self.path)
        except (OSError, ValueError) as error:
            if self.last is None:
                raise ConfigurationError(f"{self.path} must hold an ISO 8601 time with its zone") from error
        return self.last


def _read(path: Path) -> datetime:
    moment = datetime.fromisoformat(path.read_text(encoding="ascii").strip())
    if moment.tzinfo is None:
        raise ValueError("the time has no zone")
    return moment.astimezone(UTC)
