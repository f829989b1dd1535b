"""Two web hosts and two workers on one PostgreSQL and one folder of files: what ends when one is killed."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from support.farm import PATIENCE, Farm, farming, until

from ltitool.app import HANDLERS, SWEEPERS, services_of
from ltitool.cli.demo_seed.place import DemoPlace
from ltitool.cli.story.browser import Browser
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.models import Job
from ltitool.foundation.runners import open_runner
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import BurntNonce, Context, GradeIntent
from ltitool.people.models import LtiIdentity
from ltitool.sandbox.seed import PARTICIPANTS_3

pytestmark = pytest.mark.postgres

GRADES = 6


@pytest.fixture
def farm(tmp_path: Path, postgres_url: str) -> Iterator[Farm]:
    with farming(tmp_path / "farm", postgres_url) as found:
        yield found


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
    until(lambda: sweep_once(farm) is None and all_sent(farm))
    assert set(farm.states()) == subjects


def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun(farm: Farm) -> None:
    farm.control(faults={"scores": {"kind": "slow", "seconds": 2, "times": 1}})
    want_grades(farm, 1)
    farm.start("worker-a", "ltitool.cli", "work")
    until(lambda: "scores" not in farm.faults())  # a request of the worker's has met the slowness
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


def sweep_once(farm: Farm) -> None:
    """Do what is due, as the sweep of any worker does; another may have taken it already."""
    open_runner(farm.looking, HANDLERS, SWEEPERS, clock=services_of(farm.looking).clock).run_once()


def end_all_leases(farm: Farm) -> None:
    """Let the minutes pass after which the work of the dead is free."""
    now = datetime.now(UTC)
    with farm.looking.app_context(), transaction() as session:
        for table in (GradeIntent, Job):
            session.execute(update(table).where(table.lease_until.is_not(None)).values(lease_until=now))
