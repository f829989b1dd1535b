"""Processes that each run the tool on one database, and want a service token at the same moment."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

from support import pg_tool

from ltitool.app import create_app
from ltitool.errors import ToolError
from ltitool.foundation.db import db, end_read, read_session
from ltitool.lti import access_tokens
from ltitool.lti.models import Platform
from ltitool.lti.vocabulary import SCOPE_SCORE
from ltitool.lti.wiring import lti_memory

SPAWN = multiprocessing.get_context("spawn")
THREADS = 3  # in each process
WAIT = 240.0  # seconds: other work may share the machine


class Askers:
    """Several such processes."""

    def __init__(self, ends: list[Connection]) -> None:
        self._ends = ends

    def get(self, instead_of: str | None = None) -> list[str]:
        """Have every thread of every process get a token; gives each one's, or the code of its refusal."""
        for end in self._ends:
            end.send(("get", instead_of))
        found: list[str] = []
        for end in self._ends:
            assert end.poll(WAIT), "a process gave no answer"
            found += end.recv()
        return found


@contextmanager
def askers(
    size: int, database: str, folder: Path, platform: UUID, *, in_turn: bool = True
) -> Iterator[Askers]:
    """Start the processes, and end them afterwards."""
    together = SPAWN.Barrier(size)
    pairs = [SPAWN.Pipe() for _ in range(size)]
    given = (together, database, folder, platform, in_turn)
    processes = [SPAWN.Process(target=_serve, args=(there, *given), daemon=True) for _, there in pairs]
    for process in processes:
        process.start()
    try:
        yield Askers([here for here, _ in pairs])
    finally:
        for here, _ in pairs:
            here.send(None)
        for process in processes:
            process.join(timeout=WAIT)


def _serve(
    end: Connection,
    together: Barrier,
    database: str,
    folder: Path,
    platform: UUID,
    in_turn: bool,
) -> None:
    if not in_turn:
        access_tokens.take_turn = lambda *_: True
    app = create_app(pg_tool.settings_on(database, folder))

    def get(instead_of: str | None) -> str:
        with app.app_context():
            found = read_session().get_one(Platform, platform)
            end_read()
            try:
                return lti_memory().tokens.get(found, [SCOPE_SCORE], instead_of=instead_of)
            except ToolError as refused:
                return refused.code

    while (asked := end.recv()) is not None:
        together.wait(WAIT)
        with ThreadPoolExecutor(THREADS) as pool:
            end.send(list(pool.map(get, [asked[1]] * THREADS)))
    with app.app_context():
        db.engine.dispose()
