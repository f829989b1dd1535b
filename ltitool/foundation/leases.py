"""Who works on which job, and until when.

A lease ends by itself, so a runner that dies loses nothing. Each taking raises the job's fencing token,
and only the holder of the highest one can say how the work ended: a runner that wakes up late is told
so, instead of undoing what another has done meanwhile.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from ltitool.foundation.errors import LeaseLost
from ltitool.foundation.hints import give_hints
from ltitool.foundation.models import Job

STOPPED = "its runner was stopped each time"
KEPT = timedelta(days=7)  # much longer than any lease
NOT_AT_ONCE = timedelta(seconds=1)


@dataclass(frozen=True)
class Claim:
    """A job that this runner may work on until its lease ends."""

    job_id: uuid.UUID
    name: str
    subject: str
    attempt: int
    fencing_token: int


@dataclass(frozen=True)
class Retry:
    """How often and how soon a failed job is tried again: twice as long each time, up to a limit."""

    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=1)
    attempts: int = 20

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """Give the wait after an attempt (from 1); `jitter` from 0 to 1 spreads it over its upper half."""
        doubled: timedelta = self.first * 2 ** min(attempt - 1, 30)
        return min(doubled, self.longest) * (0.5 + jitter / 2)


def anything_due(session: Session, names: Collection[str], now: datetime) -> bool:
    """Look without a lock whether taking is worth while."""
    return session.execute(select(Job.id).where(_due(names, now)).limit(1)).first() is not None


def take(
    session: Session, names: Collection[str], now: datetime, lease: timedelta, retry: Retry
) -> Claim | None:
    """Take the job that has been due for longest; one that outlived too many runners is given up."""
    while (job := _next(session, names, now)) is not None:
        if (claim := _lend_or_bury(session, job, now, lease, retry)) is not None:
            return claim
    return None


def take_one(
    session: Session, which: tuple[str, str], now: datetime, lease: timedelta, retry: Retry
) -> Claim | None:
    """Take this job, a name and a subject; None where it is not due, is held, or was given up."""
    name, subject = which
    this = select(Job).where(_due([name], now), Job.subject == subject)
    job = session.scalars(this.with_for_update(skip_locked=True)).one_or_none()
    return None if job is None else _lend_or_bury(session, job, now, lease, retry)


def due_in(session: Session, which: tuple[str, str], now: datetime) -> timedelta | None:
    """Say how long a job still waits for its time; None where it waits for nothing."""
    name, subject = which
    waiting = select(Job.run_at).where(Job.name == name, Job.subject == subject, Job.state == "waiting")
    run_at = session.scalar(waiting)
    return None if run_at is None else max(run_at - now, timedelta(0))


def overdue(session: Session, names: Collection[str], now: datetime, limit: int) -> list[tuple[str, str]]:
    """List jobs that could be taken, those that have been due for longest first."""
    found = select(Job.name, Job.subject).where(_due(names, now)).order_by(Job.run_at, Job.id).limit(limit)
    return [(row.name, row.subject) for row in session.execute(found)]


def end_lease(session: Session, which: tuple[str, str], now: datetime) -> None:
    """Let others take a job whose runner is known to have died."""
    name, subject = which
    held = select(Job).where(Job.name == name, Job.subject == subject, Job.state == "running")
    job = session.scalars(held.with_for_update()).one_or_none()
    if job is not None:
        job.lease_until = now


def renew(session: Session, claim: Claim, until: datetime) -> None:
    """Hold a lease for longer. Raises LeaseLost."""
    _held(session, claim).lease_until = until


def finish(session: Session, claim: Claim, now: datetime, continue_at: datetime | None) -> None:
    """Say that the work went well, and when it goes on, if it does. Raises LeaseLost."""
    job = _held(session, claim)
    job.attempts = 0
    if continue_at is None:
        _end(session, job, "done", now, None)
    else:
        _end(session, job, "waiting", max(continue_at, now + NOT_AT_ONCE), None)


def fail(session: Session, claim: Claim, retry_at: datetime, error: str) -> None:
    """Say that the work failed and when to try again. Raises LeaseLost."""
    _end(session, _held(session, claim), "waiting", retry_at, error)


def give_up(session: Session, claim: Claim, now: datetime, error: str) -> None:
    """Say that the work is not to be tried again. Raises LeaseLost."""
    _end(session, _held(session, claim), "dead", now, error)


def forget_done(session: Session, now: datetime) -> None:
    """Drop the jobs that have been done for long."""
    session.execute(delete(Job).where(Job.state == "done", Job.run_at < now - KEPT))


def _due(names: Collection[str], now: datetime) -> ColumnElement[bool]:
    waiting = and_(Job.state == "waiting", Job.run_at <= now)
    abandoned = and_(Job.state == "running", Job.lease_until <= now)
    return and_(Job.name.in_(names), or_(waiting, abandoned))


def _next(session: Session, names: Collection[str], now: datetime) -> Job | None:
    longest_due = select(Job).where(_due(names, now)).order_by(Job.run_at, Job.id).limit(1)
    # SQLite has no row locks and needs none: a use case holds the whole database.
    unlocked = longest_due.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return session.scalars(unlocked).one_or_none()


def _lend_or_bury(session: Session, job: Job, now: datetime, lease: timedelta, retry: Retry) -> Claim | None:
    """Lend a job out, unless it has outlived too many runners."""
    if job.attempts < retry.attempts:
        return _lend(job, now + lease)
    _end(session, job, "dead", now, STOPPED)
    session.flush()
    return None


def _lend(job: Job, until: datetime) -> Claim:
    job.state = "running"
    job.lease_until = until
    job.attempts += 1
    job.fencing_token += 1
    return Claim(job.id, job.name, job.subject, job.attempts, job.fencing_token)


def _held(session: Session, claim: Claim) -> Job:
    ours = (Job.id == claim.job_id, Job.fencing_token == claim.fencing_token, Job.state == "running")
    query = select(Job).where(*ours).with_for_update().execution_options(populate_existing=True)
    job = session.scalars(query).one_or_none()
    if job is None:
        raise LeaseLost(f"{claim.name} {claim.subject}")
    return job


def _end(session: Session, job: Job, state: str, at: datetime, error: str | None) -> None:
    """Leave the running state; news that came meanwhile brings the job back in any case."""
    job.state, job.run_at = state, at
    if job.again_at is not None:
        job.run_at = min(job.again_at, at) if state == "waiting" else job.again_at
        job.attempts = 0
        job.state = "waiting"
    job.again_at = job.lease_until = None
    job.error = error
    if job.state == "waiting":
        give_hints(session, [(job.name, job.subject)], job.run_at)
