"""Which runner works jobs off: the embedded one on SQLite, procrastinate's on PostgreSQL."""

from collections.abc import Mapping
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import make_url

from ltitool.foundation.attempts import Attempts
from ltitool.foundation.clock import Clock
from ltitool.foundation.jobs import Handler, Sweeper
from ltitool.foundation.runner import JobRunner


class Runner(Protocol):
    """What works jobs off, wherever its queue is."""

    attempts: Attempts

    def start(self) -> None:
        """Run in a thread of this process; call it after forking."""

    def stop(self, timeout: float = 10.0) -> None:
        """End the thread after the jobs at hand; a job that takes longer is left to its lease."""

    def nudge(self) -> None:
        """Look for due jobs now."""

    def sweep(self) -> None:
        """Find the rows whose hint was lost."""

    def run_due(self) -> int:
        """Work until nothing is due; gives how many jobs were run."""

    def run_once(self) -> int:
        """Sweep, then work until nothing is due; gives how many jobs were run."""


def open_runner(
    app: Flask,
    handlers: Mapping[str, Handler],
    sweepers: Mapping[str, Sweeper],
    *,
    clock: Clock,
    concurrency: int = 1,
    **options: Any,
) -> Runner:
    """Make the runner that suits the database; `concurrency` is how many jobs one worker runs at a time."""
    if make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() != "postgresql":
        return JobRunner(app, handlers, sweepers, clock=clock, **options)
    from ltitool.foundation.distributed import DistributedRunner  # noqa: PLC0415 - SQLite needs none of it

    return DistributedRunner(app, handlers, sweepers, clock=clock, concurrency=concurrency, **options)
