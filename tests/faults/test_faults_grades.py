"""Kill -9 while a grade is on its way: the LMS ends with the right score, never with an older one.

The LMS is the practice LMS behind a real socket, and writes down each score that it is sent.
"""

import os
import signal
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.killed import SIGKILLED, Tool
from support.many_scores import LEARNERS, MANY, SUBJECTS, know_people, states, want_scores
from support.served_lms import COURSE, ORGANISATION, ServedLms, serving_lms

from ltitool.foundation.attempts import LEASE as JOB_LEASE
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import GradeIntent
from ltitool.people.models import Person
from ltitool.sandbox.seed import DEMO

pytestmark = pytest.mark.server
AMARA = uuid.uuid5(ORGANISATION, "amara")
LEARNER = DEMO.person("amara-okafor")


@pytest.fixture
def gradebook(tool: Tool, tmp_path: Path) -> Iterator[ServedLms]:
    with serving_lms(tool.app, tmp_path / "lms", clock=tool.clock) as lms:
        with transaction() as session:
            session.add(
                Person(id=AMARA, organisation_id=ORGANISATION, display_name="Amara", created_at=tool.clock())
            )
        yield lms


def want(tool: Tool, given: float) -> None:
    """Decide on a score: the row is there, nothing is sent yet."""
    with transaction() as session:
        wanted = WantedGrade(
            organisation_id=ORGANISATION,
            context_id=COURSE,
            activity_key="keystone",
            person_id=AMARA,
            subject=LEARNER.sub,
            label="Keystone",
            score_given=given,
            score_maximum=100.0,
        )
        want_grade(session, wanted, at=tool.clock())


def intent() -> GradeIntent:
    session = read_session()
    session.rollback()
    row = session.scalars(select(GradeIntent).execution_options(populate_existing=True)).one()
    session.rollback()
    return row


def leases_end(tool: Tool) -> None:
    tool.clock.now += JOB_LEASE + timedelta(seconds=1)


def assert_true(tool: Tool, gradebook: ServedLms, score: float) -> None:
    """The LMS shows the newest score, no older one came after a newer, and nothing is left to do."""
    row = intent()
    assert (row.state, row.sent_version, gradebook.shown) == ("sent", row.version, score)
    stamps = [moment for _, moment in gradebook.accepted]
    assert stamps == sorted(set(stamps))
    posts = len(gradebook.sent)
    leases_end(tool)
    tool.next_runner()
    assert len(gradebook.sent) == posts


def test_nobody_is_killed(tool: Tool, gradebook: ServedLms) -> None:
    """The control: the same process without a trap sends the score."""
    want(tool, 70.0)
    assert gradebook.shown is None
    assert tool.run("jobs") == 0
    assert_true(tool, gradebook, 70.0)
    assert len(gradebook.sent) == 1


def test_killed_before_the_score_is_sent(tool: Tool, gradebook: ServedLms) -> None:
    want(tool, 70.0)
    assert tool.run("jobs", "before the post") == SIGKILLED
    assert (gradebook.shown, intent().state) == (None, "wanted")
    tool.next_runner()
    assert gradebook.sent == [], "the dead one's lease is not over yet"
    leases_end(tool)
    tool.next_runner()
    assert_true(tool, gradebook, 70.0)


def test_killed_between_sending_and_writing_it_down(tool: Tool, gradebook: ServedLms) -> None:
    want(tool, 70.0)
    assert tool.run("jobs", "after the post") == SIGKILLED
    assert (gradebook.shown, intent().state) == (70.0, "wanted")
    leases_end(tool)
    tool.next_runner()
    assert_true(tool, gradebook, 70.0)
    assert [score for score, _ in gradebook.accepted] == [70.0]  # it was looked for, and not sent again


def test_a_newer_score_that_came_meanwhile_wins(tool: Tool, gradebook: ServedLms) -> None:
    want(tool, 70.0)
    assert tool.run("jobs", "after the post") == SIGKILLED
    tool.clock.forward(seconds=5)
    want(tool, 90.0)
    leases_end(tool)
    tool.next_runner()
    assert_true(tool, gradebook, 90.0)
    assert [score for score, _ in gradebook.accepted] == [70.0, 90.0]


def test_a_sleeper_that_wakes_up_late_changes_nothing(tool: Tool, gradebook: ServedLms) -> None:
    """It sleeps with the old score in hand; another sends a newer one; then it wakes and sends its own."""
    want(tool, 70.0)
    sleeper = tool.start("jobs", "asleep before the post")
    try:
        _wait_until_asleep(sleeper.pid)
        leases_end(tool)
        want(tool, 90.0)
        tool.next_runner()
        assert gradebook.shown == 90.0
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
        ended = sleeper.end()
    assert ended == 0
    assert [(score, status) for score, _, status in gradebook.sent if status >= 300] == [(70.0, 409)]
    assert_true(tool, gradebook, 90.0)


def test_killed_amid_many_scores_none_is_lost_and_none_comes_twice(tool: Tool, tmp_path: Path) -> None:
    """Of those that were sent some are written down and some are not; of the others some were claimed."""
    with serving_lms(tool.app, tmp_path / "lms", clock=tool.clock, seed=MANY) as lms:
        know_people(LEARNERS, tool.clock())
        want_scores(SUBJECTS[:LEARNERS], tool.clock())
        assert tool.run("jobs", "amid many posts") == SIGKILLED
        lms.end_answering()  # in the minutes of a lease it has
        assert 11 <= len(lms.accepted) < LEARNERS
        assert states()["sent"] < len(lms.accepted)
        leases_end(tool)
        tool.next_runner()
        assert states() == {"sent": LEARNERS}
        assert (len(lms.subjects), set(lms.subjects.values())) == (LEARNERS, {1})


def _wait_until_asleep(pid: int) -> None:
    for _ in range(600):
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        if state == "T":
            return
        time.sleep(0.1)
    pytest.fail("the process did not come to its point")
