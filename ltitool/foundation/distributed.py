"""The runner on PostgreSQL: procrastinate says when and where to look, the job's row says whether to work.

Any number of hosts and workers share one queue. A hint arrives at once (LISTEN/NOTIFY), the sweep runs on one
worker a minute, and a worker whose heartbeat has stopped loses its jobs without waiting for their leases.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Job as Hint
from procrastinate.jobs import Status
from sqlalchemy import make_url

from ltitool.foundation import leases
from ltitool.foundation.attempts import Attempts
from ltitool.foundation.clock import Clock
from ltitool.foundation.db import end_read, read_session
from ltitool.foundation.hints import NOW, QUEUE, TASK, give_hints
from ltitool.foundation.job_thread import JobThread
from ltitool.foundation.jobs import Handler, Sweeper
from ltitool.foundation.sweeping import Sweeping

UPKEEP = "ltitool.upkeep"
SWEEP_TASK = "ltitool.sweep"
RESCUE_TASK = "ltitool.rescue"
EACH_MINUTE, EACH_QUARTER = "* * * * *", "* * * * * */15"
AT_ONCE = 1000  # overdue jobs that one sweep brings back
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pulse:
    """How often a worker shows that it lives, and its queue is looked at; all in seconds."""

    beat: float = 10.0
    dead_after: float = 30.0
    poll: float = 1.0


class DistributedRunner:
    """A procrastinate worker in a thread of this process, or once through the queue by `run_once`."""

    def __init__(
        self,
        app: Flask,
        handlers: Mapping[str, Handler],
        sweepers: Mapping[str, Sweeper],
        *,
        clock: Clock,
        concurrency: int = 1,
        pulse: Pulse = Pulse(),
        **options: Any,
    ) -> None:
        self._thread = JobThread(self._keep_serving, wake=self._end_serving)
        stopping = self._thread.stopping.is_set
        self.attempts = Attempts(app, handlers, clock=clock, stopping=stopping, **options)
        self._sweeping = Sweeping(self.attempts, sweepers)
        self._concurrency = concurrency
        self._pulse = pulse
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run in a thread of this process; call it after forking."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End the thread after the jobs at hand; a job that takes longer is left to its lease."""
        self._thread.stop(timeout)

    def nudge(self) -> None:
        """Do nothing: PostgreSQL tells the workers of new hints by itself."""

    def run_once(self) -> int:
        """Sweep, then work until nothing is due; gives how many jobs were run."""
        self._sweeping.sweep()
        return self.run_due()

    def sweep(self) -> None:
        """Find the rows whose hint was lost, forget what has been done for long, and hint at what is due."""
        self._sweeping.sweep()
        self._bring_back()

    def run_due(self) -> int:
        """Work until nothing is due; gives how many jobs were run."""
        before = self._count
        while self._bring_back():
            with ThreadPoolExecutor(1) as apart:  # the caller's thread may have an event loop of its own
                apart.submit(lambda: asyncio.run(self._serve(wait=False))).result()
        return self._count - before

    def _end_serving(self) -> None:
        with suppress(RuntimeError):  # its loop has just ended by itself
            if self._loop is not None and self._serving is not None:
                self._loop.call_soon_threadsafe(self._serving.cancel)

    def _keep_serving(self) -> None:
        while not self._thread.stopping.is_set():
            try:
                asyncio.run(self._serve(wait=True))
            except asyncio.CancelledError:
                return
            except Exception:  # the database may be away for a while; the thread must outlive that
                log.exception("the job runner could not look for work")
            self._thread.stopping.wait(self._pulse.poll)

    async def _serve(self, *, wait: bool) -> None:
        queue = self._queue()
        if wait:
            self._keep_up(queue)
        async with queue.open_async():
            self._loop, self._serving = asyncio.get_running_loop(), asyncio.current_task()
            if wait:
                await asyncio.to_thread(self.sweep)
            if not self._thread.stopping.is_set():
                await queue.run_worker_async(
                    wait=wait,
                    queues=[QUEUE, UPKEEP] if wait else [QUEUE],
                    concurrency=self._concurrency,
                    listen_notify=wait,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    fetch_job_polling_interval=self._pulse.poll,
                    update_heartbeat_interval=self._pulse.beat,
                    stalled_worker_timeout=self._pulse.dead_after,
                )

    def _queue(self) -> App:
        url = make_url(self.attempts.app.config["SQLALCHEMY_DATABASE_URI"])
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        queue = App(connector=PsycopgConnector(conninfo=address, min_size=1, max_size=4))
        queue.task(name=TASK, queue=QUEUE)(self._follow)
        return queue

    def _keep_up(self, queue: App) -> None:
        """Have one worker of all sweep each minute, and one look for dead workers each quarter of it."""
        sweep = queue.task(name=SWEEP_TASK, queue=UPKEEP, queueing_lock=SWEEP_TASK)(self._sweep_at)
        queue.periodic(cron=EACH_MINUTE)(sweep)
        rescue = queue.task(name=RESCUE_TASK, queue=UPKEEP, queueing_lock=RESCUE_TASK, pass_context=True)
        queue.periodic(cron=EACH_QUARTER)(rescue(self._rescue_at))

    def _follow(self, name: str, subject: str) -> None:
        """Follow a hint: work, or look again when the job is due by our own clock."""
        if name not in self.attempts.names:
            return  # of a newer version of this program: its own workers sweep for it
        claim = self.attempts.take_one(name, subject)
        if claim is not None:
            self._count += 1
            self.attempts.work(claim)
            return
        with self.attempts.use_case() as session:
            wait = leases.due_in(session, (name, subject), self.attempts.clock())
            if wait is not None:
                give_hints(session, [(name, subject)], max(wait, leases.NOT_AT_ONCE))

    def _sweep_at(self, timestamp: int) -> None:
        del timestamp  # procrastinate's note of which minute this sweep is for
        self.sweep()

    def _bring_back(self) -> int:
        """Give hints for what is due by its rows; gives how many."""
        with self.attempts.app.app_context():
            names, now = self.attempts.names, self.attempts.clock()
            found = leases.overdue(read_session(), names, now, AT_ONCE)
            end_read()
        with self.attempts.use_case() as session:
            give_hints(session, found, NOW)
        return len(found)

    async def _rescue_at(self, context: JobContext, timestamp: int) -> None:
        """Take the jobs back from workers that have stopped showing that they live."""
        del timestamp
        manager = context.app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=self._pulse.dead_after))
        for hint in stalled:
            assert hint.id is not None  # noqa: S101 - it came from the table
            await manager.finish_job_by_id_async(hint.id, Status.FAILED, delete_job=True)
        await asyncio.to_thread(self._take_back, [hint for hint in stalled if hint.task_name == TASK])

    def _take_back(self, hints: Sequence[Hint]) -> None:
        for hint in hints:
            job = (str(hint.task_kwargs["name"]), str(hint.task_kwargs["subject"]))
            with self.attempts.use_case() as session:
                leases.end_lease(session, job, self.attempts.clock())
                give_hints(session, [job], timedelta(0))
