"""The same launch from four processes on PostgreSQL: one session each time. And one question to a slow LMS.

LAUNCH_ROUNDS says how often the copies are posted. A thousand rounds were played: a thousand sessions.
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from support import pg_tool, postgres
from support.clock import MovableClock
from support.launching_processes import Post, crowd
from support.practice import ACTIVITY, PERSON, PLATFORM, Browser, seed_registration

from ltitool.app import create_app
from ltitool.foundation.db import db, read_session, transaction
from ltitool.lti.kept_tokens import Grant, keep_token
from ltitool.lti.models import AccessToken, BurntNonce, Platform
from ltitool.people.models import WebSession
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.forge import Forge, changed
from ltitool.sandbox.keys import KeyRing, open_key_ring

pytestmark = [pytest.mark.postgres, pytest.mark.server]
PROCESSES = 4
ROUNDS = int(os.environ.get("LAUNCH_ROUNDS", "200"))
STRANGERS = 10  # so many rounds are somebody's first: the ordinary way has to hold as well
REFUSED = {"launch.state-used", "launch.nonce-raced", "launch.nonce-replayed"}


@dataclass
class KeySet:
    """The key set of an LMS, as a server that counts, and answers when it is let."""

    body: bytes
    asked: int = 0
    may_answer: threading.Event = field(default_factory=threading.Event)
    was_asked: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return open_key_ring(tmp_path_factory.mktemp("lms"))


@pytest.fixture
def served(ring: KeyRing) -> Iterator[tuple[str, KeySet]]:
    keys = [dict(one.as_dict(private=False)) | {"kid": str(one.kid)} for one in ring.signing]
    shown = KeySet(json.dumps({"keys": keys}).encode())
    shown.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with shown.lock:
                shown.asked += 1
            shown.was_asked.set()
            shown.may_answer.wait(30)
            self.send_response(200)
            self.send_header("Content-Length", str(len(shown.body)))
            self.end_headers()
            self.wfile.write(shown.body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever hung up did so on purpose
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/lti/jwks", shown
    shown.may_answer.set()
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Place:
    """A tool on PostgreSQL with one LMS, seen from this process."""

    app: Flask
    browser: Browser
    database: str
    folder: Path
    keys: KeySet

    def processes(self) -> Any:
        return crowd(PROCESSES, self.database, self.folder)

    def post_of(self, *, kid: str = "", copies: int = 1, **changes: Any) -> Post:
        """Log in and give the launch that an LMS would have posted."""
        query = self.browser.ask()
        claims = changed(self.browser.forge.claims(PERSON, ACTIVITY, query["nonce"]), **changes)
        token = self.browser.forge.mint(claims, header={"kid": kid} if kid else {})
        cookies = vars(self.browser.client)["_cookies"].values()
        held = {one.key: one.value for one in cookies if "lti_" in one.key}
        return Post({"state": query["state"], "id_token": token}, held, copies)

    def count(self, table: Any) -> int:
        with self.app.app_context():
            return read_session().scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def place(
    postgres_cluster: str, tmp_path: Path, ring: KeyRing, served: tuple[str, KeySet]
) -> Iterator[Place]:
    database = postgres.create_database(postgres_cluster)
    settings = pg_tool.settings_on(database, tmp_path)
    app = create_app(settings)
    with app.app_context():
        postgres.create_tables(db.engine)
        seed_registration(MovableClock(), settings)
        with transaction() as session:
            session.execute(update(Platform).values(jwks_url=served[0]))
    config = PlatformConfig("http://127.0.0.1:8001", settings.public_url, tmp_path / "lms")
    yield Place(app, Browser(app.test_client(), Forge(config, ring)), database, tmp_path, served[1])
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a25_of_copies_in_four_processes_exactly_one_gets_in_each_time(place: Place) -> None:
    assert place.browser.launch_well().status_code == 303
    with place.processes() as many:
        for number in range(ROUNDS):
            somebody = {"sub": f"stranger-{number}"} if number < STRANGERS else {}
            check_one_of(many.post(place.post_of(**somebody)), number)
    assert (place.count(WebSession), place.count(BurntNonce)) == (ROUNDS + 1, ROUNDS + 1)


def check_one_of(answers: list[tuple[int, str]], number: int) -> None:
    got = Counter(status for status, _code in answers)
    assert got == {303: 1, 401: PROCESSES - 1}, (number, answers)
    assert {code for status, code in answers if status != 303} <= REFUSED


def test_different_launches_at_once_all_get_in(place: Place) -> None:
    assert place.browser.launch_well().status_code == 303
    with place.processes() as many:
        posts = [place.post_of() for _ in range(PROCESSES)]
        assert {status for status, _code in many.post_each(posts)} == {303}


def test_a09_a_hundred_launches_with_an_unknown_key_ask_the_lms_once(place: Place) -> None:
    assert place.browser.launch_well().status_code == 303
    before = place.keys.asked
    place.keys.may_answer.clear()
    with place.processes() as many:
        release = threading.Thread(target=let_answer, args=(place.keys,))
        place.keys.was_asked.clear()
        release.start()
        answers = many.post(place.post_of(kid="nobody", copies=25))
        release.join()
        assert Counter(answers) == {(401, "launch.key-unknown"): 100}
        assert place.keys.asked == before + 1
        assert many.post(place.post_of())[0][0] in {303, 401}


def let_answer(keys: KeySet) -> None:
    assert keys.was_asked.wait(60)
    keys.may_answer.set()


def test_while_the_lms_hangs_known_keys_launch_and_logins_are_answered(place: Place) -> None:
    assert place.browser.launch_well().status_code == 303
    unknown, browser = place.post_of(kid="nobody"), place.browser
    place.keys.may_answer.clear()
    place.keys.was_asked.clear()
    with place.processes() as many:
        many.ends[0].send(unknown)
        for end in many.ends[1:]:
            end.send(place.post_of())
        assert place.keys.was_asked.wait(60)  # the first process waits for the LMS now
        assert [end.recv()[0][0] for end in many.ends[1:]] == [303] * (PROCESSES - 1)
        assert browser.launch_well().status_code == 303
        place.keys.may_answer.set()
        assert many.ends[0].recv()[0][0] != 303


def test_two_processes_that_asked_for_a_token_at_once_both_keep_theirs(place: Place) -> None:
    """The second one finds the first one's row only when it writes, and waits for it."""
    grants = [Grant(name, datetime(2030, 1, 1, tzinfo=UTC)) for name in ("first", "second")]
    faults: list[Exception] = []

    def keep_second() -> None:
        try:
            with place.app.app_context(), transaction() as session:
                keep_token(session, PLATFORM, "scope", grants[1])
        except IntegrityError as fault:
            faults.append(fault)

    second = threading.Thread(target=keep_second)
    with place.app.app_context(), transaction() as session:
        keep_token(session, PLATFORM, "scope", grants[0])
        session.flush()
        second.start()
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while session.scalar(blocked) == 0:
            assert second.is_alive()
    second.join()
    assert faults == []
    with place.app.app_context():
        assert read_session().scalars(select(AccessToken.token)).all() == ["second"]
