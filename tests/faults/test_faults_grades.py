"""Kill -9 while a grade is on its way: the LMS ends with the right score, never with an older one.

The LMS is the practice LMS behind a real socket, and writes down each score that it is sent.
"""

import io
import json
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.killed import SIGKILLED, Tool
from support.practice import registration
from werkzeug.serving import make_server

from ltitool.app import services_of
from ltitool.cli.story.stage import free_port
from ltitool.foundation.attempts import LEASE as JOB_LEASE
from ltitool.foundation.db import read_session, transaction
from ltitool.lti import vocabulary as words
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import Context, Deployment, GradeIntent
from ltitool.lti.platforms import add_platform
from ltitool.people.models import Organisation, Person
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import COHORT_3, DEMO

pytestmark = pytest.mark.server
ORGANISATION = uuid.uuid5(uuid.NAMESPACE_URL, "faults")
LEARNER = DEMO.person("amara-okafor")


@dataclass
class Gradebook:
    """The LMS: what it was sent, in order, and what it shows."""

    url: str
    app: Any
    sent: list[tuple[float, datetime, int]] = field(default_factory=list)  # score, its time, our answer

    def log(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Pass a request on, and note it if it is a score."""
        if environ["REQUEST_METHOD"] != "POST" or not environ["PATH_INFO"].endswith("/scores"):
            return self.app.wsgi_app(environ, start_response)
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(raw)
        body = json.loads(raw)

        def started(status: str, headers: Any, *rest: Any) -> Any:
            moment = datetime.fromisoformat(body["timestamp"])
            self.sent.append((body["scoreGiven"], moment, int(status[:3])))
            return start_response(status, headers, *rest)

        return self.app.wsgi_app(environ, started)

    @property
    def shown(self) -> float | None:
        """What stands in the gradebook."""
        with self.app.extensions[EXTENSION].store.reading() as connection:
            row = connection.execute("SELECT score_given FROM scores").fetchone()
        return row["score_given"] if row else None

    @property
    def accepted(self) -> list[tuple[float, datetime]]:
        return [(score, moment) for score, moment, status in self.sent if status < 300]


@pytest.fixture
def gradebook(tool: Tool, tmp_path: Path) -> Iterator[Gradebook]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = PlatformConfig(
        url, services_of(tool.app).settings.public_url, tmp_path / "lms", clock=tool.clock
    )
    keys = tool.app.test_client()
    with tool.app.app_context():
        services_of(tool.app).keys.ensure("tool", "lti-rs256")
        public = keys.get("/lti/jwks.json").data
    book = Gradebook(url, create_platform(config, lambda _url: public))
    server = make_server("127.0.0.1", port, book.log, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    _register(tool, url)
    yield book
    server.shutdown()
    thread.join()
    server.server_close()


def _register(tool: Tool, url: str) -> None:
    """Register the LMS, its course and a learner, as a launch would have left them."""
    with transaction() as session:
        session.add(Organisation(id=ORGANISATION, slug="f", name="Faults", created_at=tool.clock()))
        session.flush()
        known = registration(
            client_id=DEMO.client_id,
            deployment_ids=(DEMO.deployment_id,),
            issuer=url,
            auth_login_url=f"{url}/lti/auth",
            auth_token_url=f"{url}/lti/token",
            jwks_url=f"{url}/lti/jwks",
        )
        settings = services_of(tool.app).settings
        platform_id = uuid.uuid5(ORGANISATION, "platform")
        add_platform(
            session,
            known,
            organisation_id=ORGANISATION,
            platform_id=platform_id,
            settings=settings,
            at=tool.clock(),
        )
        session.flush()
        deployment = session.scalars(select(Deployment)).one()
        scopes = [words.SCOPE_LINE_ITEM, words.SCOPE_RESULT, words.SCOPE_SCORE]
        session.add(
            Context(
                id=uuid.uuid5(ORGANISATION, "context"),
                organisation_id=ORGANISATION,
                deployment_id=deployment.id,
                lms_id=COHORT_3,
                title="Course",
                lineitems_url=f"{url}/api/courses/{COHORT_3}/lineitems",
                scopes=scopes,
            )
        )
        session.add(
            Person(
                id=uuid.uuid5(ORGANISATION, "amara"),
                organisation_id=ORGANISATION,
                display_name="Amara",
                created_at=tool.clock(),
            )
        )


def want(tool: Tool, given: float) -> None:
    """Decide on a score: the row is there, nothing is sent yet."""
    with transaction() as session:
        wanted = WantedGrade(
            organisation_id=ORGANISATION,
            context_id=uuid.uuid5(ORGANISATION, "context"),
            activity_key="keystone",
            person_id=uuid.uuid5(ORGANISATION, "amara"),
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


def assert_true(tool: Tool, gradebook: Gradebook, score: float) -> None:
    """The LMS shows the newest score, no older one came after a newer, and nothing is left to do."""
    row = intent()
    assert (row.state, row.sent_version, gradebook.shown) == ("sent", row.version, score)
    stamps = [moment for _, moment in gradebook.accepted]
    assert stamps == sorted(set(stamps))
    posts = len(gradebook.sent)
    leases_end(tool)
    tool.next_runner()
    assert len(gradebook.sent) == posts


def test_nobody_is_killed(tool: Tool, gradebook: Gradebook) -> None:
    """The control: the same process without a trap sends the score."""
    want(tool, 70.0)
    assert gradebook.shown is None
    assert tool.run("jobs") == 0
    assert_true(tool, gradebook, 70.0)
    assert len(gradebook.sent) == 1


def test_killed_before_the_score_is_sent(tool: Tool, gradebook: Gradebook) -> None:
    want(tool, 70.0)
    assert tool.run("jobs", "before the post") == SIGKILLED
    assert (gradebook.shown, intent().state) == (None, "wanted")
    tool.next_runner()
    assert gradebook.sent == [], "the dead one's lease is not over yet"
    leases_end(tool)
    tool.next_runner()
    assert_true(tool, gradebook, 70.0)


def test_killed_between_sending_and_writing_it_down(tool: Tool, gradebook: Gradebook) -> None:
    want(tool, 70.0)
    assert tool.run("jobs", "after the post") == SIGKILLED
    assert (gradebook.shown, intent().state) == (70.0, "wanted")
    leases_end(tool)
    tool.next_runner()
    assert_true(tool, gradebook, 70.0)
    assert [score for score, _ in gradebook.accepted] == [70.0]  # it was looked for, and not sent again


def test_a_newer_score_that_came_meanwhile_wins(tool: Tool, gradebook: Gradebook) -> None:
    want(tool, 70.0)
    assert tool.run("jobs", "after the post") == SIGKILLED
    tool.clock.forward(seconds=5)
    want(tool, 90.0)
    leases_end(tool)
    tool.next_runner()
    assert_true(tool, gradebook, 90.0)
    assert [score for score, _ in gradebook.accepted] == [70.0, 90.0]


def test_a_sleeper_that_wakes_up_late_changes_nothing(tool: Tool, gradebook: Gradebook) -> None:
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


def _wait_until_asleep(pid: int) -> None:
    for _ in range(600):
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        if state == "T":
            return
        time.sleep(0.1)
    pytest.fail("the process did not come to its point")
