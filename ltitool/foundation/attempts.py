"""One attempt at one job: take it, call its handler, write down how it ended. Both runners make them so."""

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation import leases
from ltitool.foundation.clock import Clock
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.errors import LeaseLost
from ltitool.foundation.jobs import GiveUp, Handler, Work, never
from ltitool.foundation.leases import Claim, Retry

LEASE = timedelta(minutes=5)
log = logging.getLogger(__name__)


class Attempts:
    """Takes jobs whose name it has a handler for. Any number of these may share a database."""

    def __init__(
        self,
        app: Flask,
        handlers: Mapping[str, Handler],
        *,
        clock: Clock,
        lease: timedelta = LEASE,
        retry: Retry = Retry(),  # noqa: B008 - frozen
        jitter: Callable[[], float] = random.random,
        stopping: Callable[[], bool] = never,
    ) -> None:
        self.app = app
        self.clock = clock
        self.names = frozenset(handlers)
        self._handlers = dict(handlers)
        self._lease = lease
        self._retry = retry
        self._jitter = jitter
        self._stopping = stopping

    def take(self) -> Claim | None:
        """Take the job that has been due for longest."""
        with self.app.app_context():
            now = self.clock()
            if not leases.anything_due(read_session(), self._handlers, now):
                return None
            with transaction() as session:
                return leases.take(session, self._handlers, now, self._lease, self._retry)

    def take_one(self, name: str, subject: str) -> Claim | None:
        """Take this job, if it is due and nobody else has it."""
        with self.use_case() as session:
            return leases.take_one(session, (name, subject), self.clock(), self._lease, self._retry)

    def work(self, claim: Claim) -> None:
        """Call the handler and write down how it ended."""
        try:
            end = self._attempt(claim)
            with self.use_case() as session:
                end(session)
        except LeaseLost:
            log.warning("%s %s took longer than its lease", claim.name, claim.subject)

    @contextmanager
    def use_case(self) -> Iterator[Session]:
        """Open one transaction, outside any request."""
        with self.app.app_context(), transaction() as session:
            yield session

    def _attempt(self, claim: Claim) -> Callable[[Session], None]:
        """Run the handler; gives what to write down about it."""
        renew, stopping = partial(self._renew, claim), self._stopping
        work = Work(claim.name, claim.subject, claim.attempt, claim.fencing_token, renew, stopping)
        try:
            with self.app.app_context():
                continue_at = self._handlers[claim.name](work)
        except LeaseLost:
            raise
        except GiveUp as fault:
            reason = str(fault)
            return lambda session: leases.give_up(session, claim, self.clock(), reason)
        except Exception as fault:  # whatever it is, the job is tried again
            log.exception("%s %s failed", claim.name, claim.subject)
            return self._failed(claim, _name_of(fault))
        return lambda session: leases.finish(session, claim, self.clock(), continue_at)

    def _failed(self, claim: Claim, error: str) -> Callable[[Session], None]:
        now = self.clock()
        if claim.attempt >= self._retry.attempts:
            return lambda session: leases.give_up(session, claim, now, error)
        retry_at = now + self._retry.delay(claim.attempt, self._jitter())
        return lambda session: leases.fail(session, claim, retry_at, error)

    def _renew(self, claim: Claim) -> None:
        with self.use_case() as session:
            leases.renew(session, claim, self.clock() + self._lease)


def _name_of(fault: Exception) -> str:
    """Name an error without its message, which may hold what somebody wrote."""
    return fault.code if isinstance(fault, ToolError) else type(fault).__name__
