"""Runs durable jobs: one thread in each server process, or `run_once` from a test or the command line."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation import leases
from ltitool.foundation.clock import Clock
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.errors import LeaseLost
from ltitool.foundation.jobs import GiveUp, Handler, Sweeper, Work, enqueue_missing
from ltitool.foundation.leases import Claim, Retry

SWEEP_SECONDS = 60.0
POLL_SECONDS = 1.0
LEASE = timedelta(minutes=5)
log = logging.getLogger(__name__)


class JobRunner:
    """Takes jobs whose name it has a handler for. Any number of runners may share a database."""

    def __init__(
        self,
        app: Flask,
        handlers: Mapping[str, Handler],
        sweepers: Mapping[str, Sweeper],
        *,
        clock: Clock,
        lease: timedelta = LEASE,
        retry: Retry = Retry(),  # noqa: B008 - frozen
        jitter: Callable[[], float] = random.random,
    ) -> None:
        unknown = set(sweepers) - set(handlers)
        if unknown:
            message = f"sweepers without a handler: {sorted(unknown)}"
            raise ValueError(message)
        self._app = app
        self._handlers = dict(handlers)
        self._sweepers = dict(sweepers)
        self._clock = clock
        self._lease = lease
        self._retry = retry
        self._jitter = jitter
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of this process; call it after forking."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End the thread after the job at hand; a job that takes longer is left to its lease."""
        if self._thread is not None:
            self._stopping.set()
            self._woken.set()
            self._thread.join(timeout)
            self._thread = None

    def nudge(self) -> None:
        """Look for due jobs now instead of in a second."""
        self._woken.set()

    def run_once(self) -> int:
        """Sweep, then work until nothing is due; gives how many jobs were run."""
        self.sweep()
        return self.run_due()

    def run_due(self) -> int:
        """Work until nothing is due or the runner is stopped; gives how many jobs were run."""
        count = 0
        while not self._stopping.is_set() and (claim := self._take()) is not None:
            self._work(claim)
            count += 1
        return count

    def sweep(self) -> None:
        """Find the rows whose hint was lost, and forget what has been done for long."""
        for name in self._sweepers:
            try:
                self._sweep_for(name)
            except Exception:  # one feature's fault must not keep the others from their work
                log.exception("the sweeper of %s failed", name)
        with self._use_case() as session:
            leases.forget_done(session, self._clock())

    def _sweep_for(self, name: str) -> None:
        with self._app.app_context():
            now = self._clock()
            subjects = list(self._sweepers[name](read_session(), now))
            if subjects:
                with transaction() as session:
                    enqueue_missing(session, name, subjects, now)

    def _loop(self) -> None:
        next_sweep = time.monotonic()
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + SWEEP_SECONDS
                    self.sweep()
                self.run_due()
            except Exception:  # the database may be away for a while; the thread must outlive that
                log.exception("the job runner could not look for work")
            self._woken.wait(POLL_SECONDS)

    def _take(self) -> Claim | None:
        with self._app.app_context():
            now = self._clock()
            if not leases.anything_due(read_session(), self._handlers, now):
                return None
            with transaction() as session:
                return leases.take(session, self._handlers, now, self._lease, self._retry)

    def _work(self, claim: Claim) -> None:
        try:
            end = self._attempt(claim)
            with self._use_case() as session:
                end(session)
        except LeaseLost:
            log.warning("%s %s took longer than its lease", claim.name, claim.subject)

    def _attempt(self, claim: Claim) -> Callable[[Session], None]:
        """Run the handler; gives what to write down about it."""
        work = Work(claim.name, claim.subject, claim.attempt, claim.fencing_token, lambda: self._renew(claim))
        try:
            with self._app.app_context():
                continue_at = self._handlers[claim.name](work)
        except LeaseLost:
            raise
        except GiveUp as fault:
            reason = str(fault)
            return lambda session: leases.give_up(session, claim, self._clock(), reason)
        except Exception as fault:  # whatever it is, the job is tried again
            log.exception("%s %s failed", claim.name, claim.subject)
            return self._failed(claim, _name_of(fault))
        return lambda session: leases.finish(session, claim, self._clock(), continue_at)

    def _failed(self, claim: Claim, error: str) -> Callable[[Session], None]:
        now = self._clock()
        if claim.attempt >= self._retry.attempts:
            return lambda session: leases.give_up(session, claim, now, error)
        retry_at = now + self._retry.delay(claim.attempt, self._jitter())
        return lambda session: leases.fail(session, claim, retry_at, error)

    def _renew(self, claim: Claim) -> None:
        with self._use_case() as session:
            leases.renew(session, claim, self._clock() + self._lease)

    @contextmanager
    def _use_case(self) -> Iterator[Session]:
        with self._app.app_context(), transaction() as session:
            yield session


def _name_of(fault: Exception) -> str:
    """Name an error without its message, which may hold what somebody wrote."""
    return fault.code if isinstance(fault, ToolError) else type(fault).__name__
