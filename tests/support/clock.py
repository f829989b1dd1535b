"""A clock that tests set."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)
