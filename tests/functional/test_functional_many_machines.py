"""Two web hosts and two workers on one PostgreSQL and one folder of files: what ends when one is killed."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from support.balancer import Balancer, balancing
from support.practice import registration
from support.running_demo import free_port
from support.served_lms import close_lines

from ltitool.app import HANDLERS, SWEEPERS, create_app, services_of
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.pair import Pair, prepare
from ltitool.cli.serve import bring_up_to_date
from ltitool.cli.story.browser import Browser
from ltitool.foundation.db import db, end_read, read_session, transaction
from ltitool.foundation.models import Job
from ltitool.foundation.runners import open_runner
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import BurntNonce, Context, GradeIntent
from ltitool.lti.platforms import add_platform
from ltitool.people.models import LtiIdentity, Organisation
from ltitool.sandbox.seed import DEMO, PARTICIPANTS_3
from ltitool.settings import load_settings

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0  # seconds: other tests may share the machine
GRADES = 6


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

    def states(self) -> dict[str, str]:
        with self.looking.app_context():
            found = read_session().execute(
                select(GradeIntent.subject, GradeIntent.state).where(GradeIntent.activity_key == "keystone")
            )
            states = {row.subject: row.state for row in found}
            end_read()
        return states


@pytest.fixture
def farm(tmp_path: Path, postgres_url: str) -> Iterator[Farm]:
    pair = Pair(free_port(), free_port(), tmp_path / "farm")
    environ = prepare(pair) | {"LTITOOL_DATABASE_URL": postgres_url, "PYTHONPATH": str(ROOT)}
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
        close_lines(app)
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


def test_a_visit_goes_on_whichever_host_answers_and_when_one_is_killed(farm: Farm) -> None:
    assert farm.balancer is not None
    browser = farm.launch(DemoPlace.PARTICIPANT)
    home = browser.page.url
    assert min(farm.balancer.served.get(port, 0) for port in farm.hosts) > 0
    before = dict(farm.balancer.served)
    for _ in range(4):
        assert browser.open(home).status == 200
    assert min(farm.balancer.served[port] - before[port] for port in farm.hosts) > 0
    farm.kill("host-a")
    for _ in range(4):
        assert browser.open(home).status == 200
    assert farm.launch(DemoPlace.COACH).page.status == 200


def test_of_one_launch_sent_to_both_hosts_at_once_one_is_let_in(farm: Farm) -> None:
    farm.launch(DemoPlace.COACH)  # from here on both hosts find the LMS's key
    before = burnt(farm)
    browser = Browser("Amara")
    place = f"{DemoPlace.HOME_PATH}/launch?in=window"
    browser.open(f"{farm.pair.lms_url}/enter/{DemoPlace.PARTICIPANT}?to={place}")
    while (form := browser.page.form_that_sends_itself()) is not None and "id_token" not in form.fields:
        browser.send(form)
    assert form is not None
    with ThreadPoolExecutor(8) as pool:
        answers_of = list(pool.map(lambda _: browser.post_json(form, {}).status, range(8)))
    assert sorted(answers_of) == [200, *[401] * 7]
    assert burnt(farm) == before + 1


def burnt(farm: Farm) -> int:
    with farm.looking.app_context():
        count = read_session().scalar(select(func.count()).select_from(BurntNonce))
        end_read()
    return count or 0


def test_what_a_killed_worker_left_the_other_does(farm: Farm) -> None:
    farm.control(faults={"scores": {"kind": "hanging", "times": 1}})
    subjects = want_grades(farm)
    farm.start("worker-a", "ltitool.cli", "work", "--concurrency", "1")
    until(lambda: list(farm.states().values()).count("sent") == GRADES - 1)
    farm.start("worker-b", "ltitool.cli", "work", "--concurrency", "1")
    farm.kill("worker-a")
    end_all_leases(farm)
    clock = services_of(farm.looking).clock
    until(lambda: open_runner(farm.looking, HANDLERS, SWEEPERS, clock=clock).run_once() or all_sent(farm))
    assert all_sent(farm)
    assert set(farm.states()) == subjects


def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun(farm: Farm) -> None:
    farm.control(faults={"scores": {"kind": "slow", "seconds": 2, "times": 1}})
    want_grades(farm, 1)
    farm.start("worker-a", "ltitool.cli", "work")
    until(lambda: at_work(farm))
    worker = farm.processes.pop("worker-a")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0
    assert list(farm.states().values()) == ["sent"]


def want_grades(farm: Farm, count: int = GRADES) -> set[str]:
    """Have people arrive, and want a score for each; gives their names in the LMS."""
    for person in PARTICIPANTS_3[:count]:
        farm.launch(person)
    with farm.looking.app_context(), transaction() as session:
        context = session.scalars(select(Context)).one()
        people = session.scalars(select(LtiIdentity)).all()
        for one in people:
            want_grade(session, grade_of(one, context), at=datetime.now(UTC))
    assert len(people) == count
    return {one.subject for one in people}


def grade_of(one: LtiIdentity, context: Context) -> WantedGrade:
    return WantedGrade(
        organisation_id=one.organisation_id,
        context_id=context.id,
        activity_key="keystone",
        person_id=one.person_id,
        subject=one.subject,
        label="Keystone",
        score_given=80.0,
        score_maximum=100.0,
    )


def all_sent(farm: Farm) -> bool:
    return set(farm.states().values()) == {"sent"}


def at_work(farm: Farm) -> bool:
    """Say whether somebody has begun to send a grade and has not ended."""
    with farm.looking.app_context():
        leased = select(func.count()).where(GradeIntent.lease_until.is_not(None))
        found = read_session().scalar(leased)
        end_read()
    return bool(found)


def end_all_leases(farm: Farm) -> None:
    """Let the minutes pass after which the work of the dead is free."""
    now = datetime.now(UTC)
    with farm.looking.app_context(), transaction() as session:
        for table in (GradeIntent, Job):
            session.execute(update(table).where(table.lease_until.is_not(None)).values(lease_until=now))
