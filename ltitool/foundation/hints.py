"""What procrastinate's queue is told on PostgreSQL: that a job may be due, in the use case's transaction.

A hint names a job and a time, and a job has at most one that waits. A hint may be lost, come twice or come
too early: the job's row decides. On SQLite there is no such queue; the embedded runner looks at the rows.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

QUEUE = "ltitool"
TASK = "ltitool.job"
NOW = timedelta(0)

_AT = "COALESCE(CAST(:at AS timestamptz), now() + CAST(:after AS interval))"
# Workers take the highest priority first: what has been due for longest. Fits 32 bits until 2092.
_PRIORITY = f"CAST(1700000000 - extract(epoch FROM {_AT}) AS integer)"
# Two use cases that want one job meet at its row before they come here, so the second sees the first's hint.
_BRING_FORWARD = text(
    f"UPDATE procrastinate_jobs SET scheduled_at = LEAST(scheduled_at, {_AT}),"  # noqa: S608 - a constant
    f" priority = GREATEST(priority, {_PRIORITY}) WHERE id IN"
    " (SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:locks)"
    " ORDER BY id FOR UPDATE)"
)
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(array_agg(ROW(:queue, :task, " + _PRIORITY + ", NULL, wanted.lock,"  # noqa: S608 - as above
    f" jsonb_build_object('name', wanted.name, 'subject', wanted.subject), {_AT})"
    "::procrastinate_job_to_defer_v1))"
    " FROM unnest(CAST(:names AS text[]), CAST(:subjects AS text[]), CAST(:locks AS text[]))"
    " AS wanted(name, subject, lock)"
    " WHERE NOT EXISTS (SELECT FROM procrastinate_jobs AS waiting"
    " WHERE waiting.status = 'todo' AND waiting.queueing_lock = wanted.lock)"
    " HAVING count(*) > 0"
)


def give_hints(session: Session, jobs: Collection[tuple[str, str]], at: datetime | timedelta) -> None:
    """Have a worker look at jobs, each a name and a subject.

    `at` is a time, or how long from now by the database's clock, which is the one that workers wait by.
    """
    if not jobs or session.get_bind().dialect.name != "postgresql":
        return
    wanted = sorted(set(jobs))
    when = {"at": None, "after": at} if isinstance(at, timedelta) else {"at": at, "after": NOW}
    locks = [_lock_of(*job) for job in wanted]
    session.execute(_BRING_FORWARD, {"locks": locks, **when})
    names, subjects = [name for name, _ in wanted], [subject for _, subject in wanted]
    columns = {"names": names, "subjects": subjects, "locks": locks}
    session.execute(_DEFER, {"queue": QUEUE, "task": TASK, **columns, **when})


def _lock_of(name: str, subject: str) -> str:
    """Name the one hint of a job that may wait."""
    return f"{name} {subject}"
