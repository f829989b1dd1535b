"""Processes that each run the tool on one database, and post the same launch at the same moment."""

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path

from flask import Flask
from support import pg_tool
from support.practice import code_of

from ltitool.app import create_app
from ltitool.foundation.db import db

SPAWN = multiprocessing.get_context("spawn")
AT_ONCE = 5  # launches in each process
WAIT = 240.0  # seconds: other work may share the machine


@dataclass(frozen=True)
class Post:
    """A launch to post: its form, and the browser's cookies."""

    form: Mapping[str, str]
    cookies: Mapping[str, str]
    copies: int = 1  # in each process


@dataclass
class Crowd:
    """Several such processes."""

    ends: list[Connection] = field(default_factory=list)
    processes: list[SpawnProcess] = field(default_factory=list)

    def post(self, post: Post) -> list[tuple[int, str]]:
        """Have every process post the same; gives each answer's status and error code."""
        return self.post_each([post] * len(self.ends))

    def post_each(self, posts: Sequence[Post]) -> list[tuple[int, str]]:
        """Have every process post its own, all at once."""
        for end, post in zip(self.ends, posts, strict=True):
            end.send(post)
        answers: list[tuple[int, str]] = []
        for end in self.ends:
            if not end.poll(WAIT):
                raise AssertionError("a process gave no answer")
            answers += end.recv()
        return answers


@contextmanager
def crowd(size: int, database: str, folder: Path) -> Iterator[Crowd]:
    """Start the processes, and end them afterwards."""
    found, together = Crowd(), SPAWN.Barrier(size)
    for _ in range(size):
        here, there = SPAWN.Pipe()
        process = SPAWN.Process(target=_serve, args=(there, together, database, folder), daemon=True)
        process.start()
        found.ends.append(here)
        found.processes.append(process)
    try:
        yield found
    finally:
        for end in found.ends:
            end.send(None)
        for process in found.processes:
            process.join(timeout=WAIT)


def _serve(end: Connection, together: Barrier, database: str, folder: Path) -> None:
    app = create_app(pg_tool.settings_on(database, folder))
    while (post := end.recv()) is not None:
        together.wait(WAIT)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            end.send(list(pool.map(lambda _: _post(app, post), range(post.copies))))
    with app.app_context():
        db.engine.dispose()


def _post(app: Flask, post: Post) -> tuple[int, str]:
    client = app.test_client()
    for name, value in post.cookies.items():
        client.set_cookie(name, value, secure=True)
    response = client.post("/lti/launch", data=dict(post.form))
    return response.status_code, code_of(response)
