"""The practice LMS behind a real socket: what it was asked for, which scores it got, how many at a time."""

import io
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from support.practice import registration
from werkzeug.serving import WSGIRequestHandler, make_server

from ltitool.app import services_of
from ltitool.foundation.db import transaction
from ltitool.foundation.fetch import SafeHttpClient
from ltitool.lti import vocabulary as words
from ltitool.lti.models import Context
from ltitool.lti.platforms import add_platform
from ltitool.people.models import Organisation
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import PlatformConfig, utc_now
from ltitool.sandbox.faults import Switchboard
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import COHORT_3, DEMO, Seed

ORGANISATION = uuid.uuid5(uuid.NAMESPACE_URL, "served-lms")
PLATFORM = uuid.uuid5(ORGANISATION, "platform")
COURSE = uuid.uuid5(ORGANISATION, "context")
PATIENCE = 30.0  # seconds, for what other threads do


@dataclass
class ServedLms:
    """The LMS as a server: it counts whatever comes, and can keep scores waiting until several are there."""

    url: str
    app: Flask
    asked: Counter[str] = field(default_factory=Counter)  # requests by the last part of their path
    sent: list[tuple[float, datetime, int]] = field(default_factory=list)  # score, its time, our answer
    subjects: Counter[str] = field(default_factory=Counter)  # scores that were taken, by learner
    gather: int = 1  # so many scores have to be there at a time before the first is answered
    on_score: Callable[[int], None] = lambda _number: None  # called with the number of each score that comes
    present: int = 0
    most: int = 0  # scores that were there at the same time
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Count a request and pass it on."""
        last = environ["PATH_INFO"].rpartition("/")[2]
        with self._changed:
            self.asked[last] += 1
        if environ["REQUEST_METHOD"] != "POST" or last != "scores":
            return self.app.wsgi_app(environ, start_response)
        self._arrive()
        try:
            return [b"".join(self._take_score(environ, start_response))]
        finally:
            with self._changed:
                self.present -= 1
                self._changed.notify_all()

    def end_answering(self) -> None:
        """Let it finish what it was sent; it must be nothing that waits for others."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.present == 0, PATIENCE)

    @property
    def board(self) -> Switchboard:
        """What it can be switched by."""
        board: Switchboard = self.app.extensions[EXTENSION].board
        return board

    @property
    def shown(self) -> float | None:
        """What stands in the gradebook, if it is one score."""
        with self.app.extensions[EXTENSION].store.reading() as connection:
            row = connection.execute("SELECT score_given FROM scores").fetchone()
        return row["score_given"] if row else None

    @property
    def refused(self) -> int:
        """How many scores were not taken."""
        return sum(status >= 300 for _, _, status in self.sent)

    @property
    def accepted(self) -> list[tuple[float, datetime]]:
        """The scores that were taken."""
        return [(score, moment) for score, moment, status in self.sent if status < 300]

    def _arrive(self) -> None:
        with self._changed:
            self.on_score(self.asked["scores"])
            self.present += 1
            self.most = max(self.most, self.present)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self.most >= self.gather, PATIENCE)

    def _take_score(self, environ: dict[str, Any], start_response: Any) -> Any:
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(raw)
        body = json.loads(raw)

        def started(status: str, headers: Any, *rest: Any) -> Any:
            answered = int(status[:3])
            with self._changed:
                self.sent.append((body["scoreGiven"], datetime.fromisoformat(body["timestamp"]), answered))
                self.subjects[body["userId"]] += answered < 300
            return start_response(status, headers, *rest)

        return self.app.wsgi_app(environ, started)


class _Quiet(WSGIRequestHandler):
    """Keeps connections, as an LMS does, and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, *_given: Any) -> None:
        """Say nothing."""


@contextmanager
def serving_lms(tool: Flask, folder: Path, *, clock: Any = utc_now, seed: Seed = DEMO) -> Iterator[ServedLms]:
    """Serve the practice LMS, and register it with a course; the tool's application context is open."""
    services_of(tool).keys.ensure("tool", "lti-rs256")
    public = tool.test_client().get("/lti/jwks.json").data
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.port}"
    config = PlatformConfig(url, services_of(tool).settings.public_url, folder, clock=clock, seed=seed)
    lms = ServedLms(url, create_platform(config, lambda _url: public))
    server.app = lms.answer
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    register_course(tool, url, clock())
    try:
        yield lms
    finally:
        close_lines(tool)
        server.shutdown()
        thread.join()
        server.server_close()


def close_lines(tool: Flask) -> None:
    """Close the connections that an application keeps to LMSs."""
    http = services_of(tool).http
    if isinstance(http, SafeHttpClient):
        http.close()


def register_course(tool: Flask, url: str, at: datetime) -> None:
    """Register the LMS and its course, as a launch would have left them."""
    with transaction() as session:
        session.add(Organisation(id=ORGANISATION, slug="served", name="Served", created_at=at))
        session.flush()
        platform = add_platform(
            session,
            registration(url, client_id=DEMO.client_id, deployment_ids=(DEMO.deployment_id,)),
            organisation_id=ORGANISATION,
            platform_id=PLATFORM,
            settings=services_of(tool).settings,
            at=at,
        )
        session.flush()
        session.add(
            Context(
                id=COURSE,
                organisation_id=ORGANISATION,
                deployment_id=uuid.uuid5(platform.id, f"deployment:{DEMO.deployment_id}"),
                lms_id=COHORT_3,
                title="Course",
                lineitems_url=f"{url}/api/courses/{COHORT_3}/lineitems",
                scopes=[words.SCOPE_LINE_ITEM, words.SCOPE_RESULT, words.SCOPE_SCORE],
            )
        )


def _not_yet(_environ: Any, _start_response: Any) -> Any:
    raise RuntimeError("the practice LMS is not laid yet")
