"""A tool of which single processes are killed, for the tests of faults."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from support.clock import MovableClock
from support.world import Someone

from ltitool.app import HANDLERS, SWEEPERS
from ltitool.foundation.runner import JobRunner

CHILD = Path(__file__).parents[1] / "faults" / "dying.py"
SIGKILLED = -9


@dataclass
class Server:
    """A process that does one piece of work, and may die at its point."""

    pid: int
    mother: "subprocess.Popen[str]"

    def end(self) -> int:
        """Wait for its end; gives how it ended (-9: killed)."""
        assert self.mother.stdout is not None
        return int(self.mother.stdout.readline())


@dataclass
class Tool:
    """The application of this process, and how to start another server on the same data."""

    app: Flask
    clock: MovableClock
    database: str
    data: Path
    mother: "subprocess.Popen[str]"

    def start(self, work: str, point: str = "", person: Someone | None = None) -> Server:
        """Start a process that does some work and dies at a point."""
        asked = {
            "database": self.database,
            "data": str(self.data),
            "now": self.clock().isoformat(),
            "work": work,
            "point": point,
        }
        if person is not None:
            ids = (person.id, person.organisation_id, person.context_id)
            asked |= dict(zip(("person", "organisation", "context"), map(str, ids), strict=True))
        assert self.mother.stdin is not None
        assert self.mother.stdout is not None
        self.mother.stdin.write(json.dumps(asked) + "\n")
        self.mother.stdin.flush()
        return Server(int(self.mother.stdout.readline()), self.mother)

    def run(self, work: str, point: str = "", person: Someone | None = None) -> int:
        """Start one and wait for its end; gives how it ended."""
        return self.start(work, point, person).end()

    def next_runner(self) -> int:
        """Let another server's runner look for what is left to do."""
        return JobRunner(self.app, HANDLERS, SWEEPERS, clock=self.clock, jitter=lambda: 0.0).run_once()


@contextmanager
def mother_of_servers() -> Iterator["subprocess.Popen[str]"]:
    """Start the process that forks them."""
    command = [sys.executable, str(CHILD)]
    environ = {**os.environ, "PYTHONPATH": f"{CHILD.parents[1]}{os.pathsep}{CHILD.parents[2]}"}
    mother = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)
    with mother:
        yield mother
        assert mother.stdin is not None
        mother.stdin.close()
        assert mother.wait(timeout=60) == 0
