"""The embedded runner: one thread in each server process, or `run_once` from a test or the command line."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask

from ltitool.foundation.attempts import Attempts
from ltitool.foundation.clock import Clock
from ltitool.foundation.job_thread import JobThread
from ltitool.foundation.jobs import Handler, Sweeper
from ltitool.foundation.sweeping import Sweeping

SWEEP_SECONDS = 60.0
POLL_SECONDS = 1.0
log = logging.getLogger(__name__)


class JobRunner:
    """Looks for due jobs once a second. Any number of runners may share a database."""

    def __init__(
        self,
        app: Flask,
        handlers: Mapping[str, Handler],
        sweepers: Mapping[str, Sweeper],
        *,
        clock: Clock,
        **options: Any,
    ) -> None:
        self._woken = threading.Event()
        self._thread = JobThread(self._loop, wake=self.nudge)
        stopping = self._thread.stopping.is_set
        self.attempts = Attempts(app, handlers, clock=clock, stopping=stopping, **options)
        self._sweeping = Sweeping(self.attempts, sweepers)

    def start(self) -> None:
        """Run in a thread of this process; call it after forking."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End the thread after the job at hand; a job that takes longer is left to its lease."""
        self._thread.stop(timeout)

    def nudge(self) -> None:
        """Look for due jobs now instead of in a second."""
        self._woken.set()

    def run_once(self) -> int:
        """Sweep, then work until nothing is due; gives how many jobs were run."""
        self.sweep()
        return self.run_due()

    def sweep(self) -> None:
        """Find the rows whose hint was lost, and forget what has been done for long."""
        self._sweeping.sweep()

    def run_due(self) -> int:
        """Work until nothing is due or the runner is stopped; gives how many jobs were run."""
        count = 0
        while not self._thread.stopping.is_set() and (claim := self.attempts.take()) is not None:
            self.attempts.work(claim)
            count += 1
        return count

    def _loop(self) -> None:
        next_sweep = time.monotonic()
        while not self._thread.stopping.is_set():
            self._woken.clear()
            try:
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    self.sweep()
                self.run_due()
            except Exception:  # the database may be away for a while; the thread must outlive that
                log.exception("the job runner could not look for work")
            self._woken.wait(POLL_SECONDS)
