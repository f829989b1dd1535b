"""Servers that are killed at a named point; see test_faults_*.py.

It reads one wish a line, `{"work": …, "point": …, …}`, and forks a process for it, so that what they all
import is read once. At its point the process sends itself SIGKILL (or SIGSTOP, for a machine that sleeps):
nothing is tidied up, nothing is flushed, as when the power goes. Without a point it does its work. Said for
each wish: the process's id, and when it has ended, how: 0, or minus the signal.
"""

import atexit
import io
import itertools
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from support.photos import jpeg
from support.visitor import Visitor

from ltitool.app import HANDLERS, SWEEPERS, create_app
from ltitool.credentials import awarding
from ltitool.evidence import photovoice
from ltitool.foundation.runners import open_runner
from ltitool.foundation.storage import StoredObjects
from ltitool.lti import grade_sending
from ltitool.lti.gradebook import GradebookService
from ltitool.settings import Settings


def die(*_: object, **__: object) -> None:
    """End as a killed process ends."""
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_once(real: Callable[..., Any]) -> Callable[..., Any]:
    """Stand still, as a paused machine does, and go on where it was when woken."""

    def paused(*given: Any, **named: Any) -> Any:
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # this thread, before it goes on
        return real(*given, **named)

    return paused


def dying_after(real: Callable[..., Any], keep: Callable[[Any], None] | None = None) -> Callable[..., Any]:
    """Do it, note what came of it, and die."""

    def done(*given: Any, **named: Any) -> Any:
        result = real(*given, **named)
        if keep:
            keep(result)
        die()

    return done


def dying_at(number: int) -> "Trap":
    """Do it, and die the moment it is to be done for the time of this number."""

    def trap(real: Callable[..., Any]) -> Callable[..., Any]:
        calls = itertools.count(1)

        def counted(*given: Any, **named: Any) -> Any:
            if next(calls) == number:
                die()
            return real(*given, **named)

        return counted

    return trap


Trap = Callable[[Callable[..., Any]], Callable[..., Any]]
TRAPS: Mapping[str, tuple[Any, str, Trap]] = {
    "before the post": (GradebookService, "send", lambda _real: die),
    "after the post": (grade_sending, "sent", lambda _real: die),
    "amid many posts": (grade_sending, "sent", dying_at(12)),
    "asleep before the post": (GradebookService, "send", sleep_once),
    "after reserving": (awarding, "sign_award", lambda _real: die),
    "before reserving is committed": (awarding, "enqueue", dying_after),
    "before the release is committed": (awarding, "record", dying_after),
    "after one file": (StoredObjects, "put", dying_after),
    "before the row": (photovoice, "_write", lambda _real: die),
    "before the row is committed": (photovoice, "_note", dying_after),
}


def arm(point: str, notes: Path) -> None:
    """Lay the trap at a named point."""

    def keep(signed: Any) -> None:
        told = {"proof": signed.document["proof"], "jwt": signed.jwt, "svg": signed.svg.decode()}
        notes.write_text(json.dumps(told), encoding="utf-8")

    traps = {**TRAPS, "after signing": (awarding, "sign_award", lambda real: dying_after(real, keep))}
    if point:
        owner, name, trap = traps[point]
        setattr(owner, name, trap(getattr(owner, name)))


def main(asked: dict[str, str]) -> None:
    now = datetime.fromisoformat(asked["now"])
    app = create_app(
        Settings(
            public_url="http://localhost:8000",
            database_url=asked["database"],
            data_dir=Path(asked["data"]),
            secret_key=b"s" * 32,
            key_encryption_key=b"k" * 32,
            loopback_http=True,
        ),
        clock=lambda: now,
    )
    arm(asked["point"], Path(asked["data"]) / "notes.json")
    if asked["work"] == "jobs":
        open_runner(app, HANDLERS, SWEEPERS, clock=lambda: now).run_once()
    else:
        visit(app, asked, lambda: now)


def visit(app: Any, asked: dict[str, str], clock: Any) -> None:
    """Send a form as its writer's browser does."""
    names = ("person", "organisation", "context")
    person_id, organisation_id, context_id = (UUID(asked[name]) for name in names)
    person = SimpleNamespace(id=person_id, organisation_id=organisation_id, context_id=context_id)
    with app.app_context():
        visitor = Visitor.open(app, person, ["participant"], clock)
    if asked["work"] == "badge":
        sent = {"full_name": "Amara Okafor", "licence_number": "NM-1"}
        answer = visitor.post("badge/confirm", sent)
    else:
        file = (io.BytesIO(jpeg((1600, 1200))), "IMG_1.jpg")
        answer = visitor.post("photos", {"photos": file, "upload_key": "the-first"})
    if answer.status_code != 303:
        raise SystemExit(answer.get_data(as_text=True))


def serve() -> None:
    """Fork a process for each wish, and say how it ended."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            run(line)
        say(pid)
        _, status = os.waitpid(pid, 0)
        say(os.waitstatus_to_exitcode(status))


def run(line: str) -> None:
    """Be the server that does one wish; never returns."""
    status = 1
    try:
        main(json.loads(line))
        status = 0
    finally:  # whatever it was, it must not go on as the one that forks
        if status:
            traceback.print_exc()
        atexit._run_exitfuncs()  # ends the photo decoder
        sys.stderr.flush()
        os._exit(status)


def say(what: int) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
