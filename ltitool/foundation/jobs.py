"""Durable jobs: hints, written in the transaction of the use case, that some row wants work.

The row that wants work is the intent. A job only says where to look; a sweeper per job name finds the
rows whose hint was lost. Handlers run at least once, so they must be idempotent: read the row, make it
true, say so. Who has taken a job is in leases.py, the two runners are in runner.py and distributed.py.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ltitool.foundation.errors import JobMissing
from ltitool.foundation.hints import give_hints
from ltitool.foundation.models import Job

NAMESPACE = uuid.UUID("6d0c8f7e-6c1c-4d0e-9a43-0b7f0e2f8a51")
BATCH = 200


def never() -> bool:
    """Say no."""
    return False


@dataclass(frozen=True)
class Work:
    """What a handler is given."""

    name: str
    subject: str
    attempt: int  # from 1
    fencing_token: int  # grows with each runner that takes the job: keep it beside what you write
    renew: Callable[[], None]  # in long work, outside a transaction; raises LeaseLost
    stopping: Callable[[], bool] = never  # in long work: the runner wants to end, go on another time


# A handler gives None when all is done, or when it wants to go on later: a poll, the next portion.
Handler = Callable[[Work], datetime | None]
# A sweeper gives the subjects that want work now.
Sweeper = Callable[[Session, datetime], Iterable[str]]


class GiveUp(Exception):
    """A handler says that no other attempt will help; the text is shown in the list of dead jobs."""


def enqueue(session: Session, name: str, subject: str, at: datetime) -> None:
    """Have a job run at a time, or soon after, once this transaction is committed.

    There is one job per name and subject. A waiting one is brought forward, a running one runs once
    more, a done or dead one begins anew.
    """
    insert = _insert(session).values(_row(name, subject, at))
    given = insert.excluded.run_at
    running, over = Job.state == "running", Job.state.in_(("done", "dead"))
    sooner = or_(Job.again_at.is_(None), Job.again_at > given)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[Job.name, Job.subject],
            set_={
                "run_at": case((running, Job.run_at), (over | (Job.run_at > given), given), else_=Job.run_at),
                "again_at": case((running & sooner, given), else_=Job.again_at),
                "attempts": case((over, 0), else_=Job.attempts),
                "state": case((over, "waiting"), else_=Job.state),
            },
        )
    )
    give_hints(session, [(name, subject)], at)


def hold(session: Session, name: str, subject: str) -> None:
    """Let whoever wishes for a job wait until this transaction has ended, and wait for who wished before."""
    session.execute(select(Job.id).where(Job.name == name, Job.subject == subject).with_for_update())


def enqueue_missing(session: Session, name: str, subjects: Iterable[str], at: datetime) -> None:
    """Have jobs run for subjects that have none: what is waiting keeps its time, what is dead stays dead."""
    rows = [_row(name, subject, at) for subject in sorted(set(subjects))]
    for start in range(0, len(rows), BATCH):
        insert = _insert(session).values(rows[start : start + BATCH])
        begun = session.execute(
            insert.on_conflict_do_update(
                index_elements=[Job.name, Job.subject],
                set_={"run_at": insert.excluded.run_at, "attempts": 0, "state": "waiting"},
                where=Job.state == "done",
            ).returning(Job.name, Job.subject)
        )
        give_hints(session, [(row.name, row.subject) for row in begun], at)


def dead_jobs(session: Session) -> Sequence[Job]:
    """List the jobs that were given up, for somebody to look at."""
    return session.scalars(select(Job).where(Job.state == "dead").order_by(Job.run_at, Job.id)).all()


def revive(session: Session, job_id: uuid.UUID, at: datetime) -> None:
    """Begin a dead job anew.

    Raises:
        JobMissing: there is no dead job of this id.
    """
    job = session.get(Job, job_id, populate_existing=True)
    if job is None or job.state != "dead":
        raise JobMissing(str(job_id))
    enqueue(session, job.name, job.subject, at)
    session.expire(job)


def _insert(session: Session) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Job)
    return sqlite.insert(Job)


def _row(name: str, subject: str, at: datetime) -> dict[str, object]:
    job_id = uuid.uuid5(NAMESPACE, f"{name}\0{subject}")
    return {
        "id": job_id,
        "name": name,
        "subject": subject,
        "state": "waiting",
        "run_at": at,
        "attempts": 0,
        "fencing_token": 0,
    }
