"""Two web hosts on one PostgreSQL, with the practice LMS in front of them, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import select
from support.balancer import Balancer, balancing
from support.practice import registration
from support.running_demo import free_port

from ltitool.app import create_app, services_of
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.pair import Pair, prepare
from ltitool.cli.serve import bring_up_to_date
from ltitool.cli.story.browser import Browser
from ltitool.foundation.db import db, end_read, read_session, transaction
from ltitool.lti.models import GradeIntent
from ltitool.lti.platforms import add_platform
from ltitool.people.models import Organisation
from ltitool.sandbox.seed import DEMO
from ltitool.settings import load_settings

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds: other tests may share the machine


@dataclass
class Farm:
    """Everything that runs, and a tool of our own on the same database to look with."""

    pair: Pair
    environ: dict[str, str]
    looking: Flask
    hosts: list[int]
    balancer: Balancer | None = None
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        command = [sys.executable, "-m", *words]
        log = (self.pair.folder / f"{name}.log").open("wb")
        with log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """End a host or worker with all its processes, as when its machine loses power."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if name.startswith("host-"):
            port = self.hosts["ab".index(name[-1])]
            until(lambda: not answers(f"http://127.0.0.1:{port}/health"))

    def end(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def launch(self, person: str) -> Browser:
        place = DemoPlace.HOME_PATH
        browser = Browser(person)
        browser.launch(f"{self.pair.lms_url}/enter/{person}?to={place}/launch?in=window")
        return browser

    def control(self, **wishes: object) -> None:
        request = Request(  # noqa: S310 - loopback
            f"{self.pair.lms_url}/control",
            data=json.dumps(wishes).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            assert answer.status == 200

    def faults(self) -> dict[str, object]:
        """Give the LMS's faults that no request has used up yet."""
        with urlopen(f"{self.pair.lms_url}/control", timeout=10) as answer:  # noqa: S310 - loopback
            found: dict[str, object] = json.load(answer)["faults"]
        return found

    def states(self) -> dict[str, str]:
        with self.looking.app_context():
            found = read_session().execute(
                select(GradeIntent.subject, GradeIntent.state).where(GradeIntent.activity_key == "keystone")
            )
            states = {row.subject: row.state for row in found}
            end_read()
        return states


@contextmanager
def farming(folder: Path, database_url: str) -> Iterator[Farm]:
    """Start the LMS, both hosts and what shares the requests out among them; end all of it afterwards."""
    pair = Pair(free_port(), free_port(), folder)
    environ = prepare(pair) | {"LTITOOL_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    app = create_app(load_settings(environ))
    bring_up_to_date(app)
    register(app, pair)
    farm = Farm(pair, environ, app, [free_port(), free_port()])
    with ExitStack() as closing:
        closing.callback(farm.end)
        lms = ("--port", str(pair.lms_port), "--tool", pair.tool_url, "--data", str(pair.folder / "lms"))
        farm.start("lms", "ltitool.sandbox", *lms)
        for name, port in zip("ab", farm.hosts, strict=True):
            farm.start(f"host-{name}", "ltitool.cli", "serve", "--port", str(port), "--jobs", "elsewhere")
        farm.balancer = closing.enter_context(balancing(pair.port, farm.hosts))
        for url in (f"{pair.lms_url}/", *(f"http://127.0.0.1:{port}/health" for port in farm.hosts)):
            until(lambda url=url: answers(url))
        yield farm
        services_of(app).http.close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def register(app: Flask, pair: Pair) -> None:
    """Make an organisation, and the practice LMS known to it."""
    organisation_id, now = uuid.uuid4(), datetime.now(UTC)
    with app.app_context(), transaction() as session:
        session.add(Organisation(id=organisation_id, slug="valle-verde", name="Valle Verde", created_at=now))
        session.flush()
        add_platform(
            session,
            registration(pair.lms_url, client_id=DEMO.client_id, deployment_ids=(DEMO.deployment_id,)),
            organisation_id=organisation_id,
            platform_id=uuid.uuid4(),
            settings=services_of(app).settings,
            at=now,
        )


def until(said: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not said():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except OSError:
        return False
