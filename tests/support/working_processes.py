"""Worker processes on one database, as `ltitool work` runs them, with a clock that stands."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path

from support import pg_tool

from ltitool.app import HANDLERS, SWEEPERS, create_app
from ltitool.foundation.db import db
from ltitool.foundation.distributed import Pulse
from ltitool.foundation.runners import open_runner

SPAWN = multiprocessing.get_context("spawn")
WAIT = 90.0  # seconds: other work may share the machine


@contextmanager
def workers(count: int, database: str, folder: Path, now: datetime) -> Iterator[None]:
    """Start some workers, and stop them afterwards."""
    stop, up = SPAWN.Event(), [SPAWN.Event() for _ in range(count)]
    processes = [SPAWN.Process(target=_work, args=(database, folder, now, one, stop)) for one in up]
    for process in processes:
        process.start()
    try:
        for one in up:
            assert one.wait(WAIT), "a worker did not start"
        yield
    finally:
        stop.set()
        for process in processes:
            process.join(timeout=WAIT)


def _work(database: str, folder: Path, now: datetime, up: Event, stop: Event) -> None:
    app = create_app(pg_tool.settings_on(database, folder), clock=lambda: now)
    pulse = Pulse(poll=0.05)
    runner = open_runner(app, HANDLERS, SWEEPERS, clock=lambda: now, concurrency=4, pulse=pulse)
    runner.start()
    up.set()
    stop.wait()
    runner.stop()
    with app.app_context():
        db.engine.dispose()


def until(said: Callable[[], object]) -> None:
    """Wait for what other processes do."""
    deadline = time.monotonic() + WAIT
    while not said():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
