"""P16 with processes: our key changes twice while people launch and an LMS checks what we sign."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
from urllib.parse import parse_qs
from urllib.request import urlopen

import pytest
from joserfc.jws import extract_compact
from sqlalchemy import select
from support.deep_linking import TEACHER
from support.farm import PATIENCE, ROOT, Farm, farming, until

from ltitool.app import services_of
from ltitool.cli.administer import KEY_LEAD_TIME
from ltitool.cli.story.browser import Browser
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.fetch import SafeHttpClient
from ltitool.foundation.models import SealedKey
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import vocabulary as words
from ltitool.lti.access_tokens import AccessTokens
from ltitool.lti.models import Platform
from ltitool.lti.selftest.running import KEY_OWNER, KEY_PURPOSE
from ltitool.sandbox.seed import PARTICIPANTS_3

pytestmark = pytest.mark.postgres

COURSE = "collaborative-leadership-3"
EACH_TIME = 3  # rounds of every kind of traffic before the next step is taken


@pytest.fixture
def farm(tmp_path: Path, postgres_url: str) -> Iterator[Farm]:
    with farming(tmp_path / "farm", postgres_url) as found:
        yield found


@dataclass
class Traffic:
    """People who launch, a teacher who takes links, and token requests, until told to stop."""

    farm: Farm
    stop: Event = field(default_factory=Event)
    links: list[str] = field(default_factory=list)  # key ids of answers that the LMS took
    tokens: list[str] = field(default_factory=list)  # key ids of assertions that bought a token
    launches: list[int] = field(default_factory=list)
    running: "list[Future[None]]" = field(default_factory=list)

    def launch(self) -> None:
        while not self.stop.is_set():
            person = PARTICIPANTS_3[len(self.launches) % len(PARTICIPANTS_3)]
            self.launches.append(self.farm.launch(person).page.status)

    def take_links(self) -> None:
        while not self.stop.is_set():
            self.links.append(taken_link(self.farm))

    def ask_for_tokens(self) -> None:
        spy = Spy(SafeHttpClient(loopback_http=True))
        found = services_of(self.farm.looking)
        asking = AccessTokens(
            http=spy, keys=found.keys, clock=found.clock, new_token=lambda: uuid.uuid4().hex
        )
        while not self.stop.is_set():
            with self.farm.looking.app_context():
                platform = read_session().scalars(select(Platform)).one()
                end_read()
                assert asking.ask(platform, (words.SCOPE_ROSTER,)).token
                end_read()
            self.tokens.append(spy.kid)
        spy.inner.close()

    def goes_on(self) -> None:
        """Wait until each kind has gone through some more times."""
        kinds = (self.launches, self.links, self.tokens)
        wanted = [len(one) + EACH_TIME for one in kinds]
        until(
            lambda: self._failed() or all(len(one) >= least for one, least in zip(kinds, wanted, strict=True))
        )

    def _failed(self) -> bool:
        """Raise what ended one of them too soon."""
        for one in self.running:
            if one.done():
                one.result()
        return False


@dataclass
class Spy:
    """Our HTTP door, which notes the key that signed the last assertion."""

    inner: SafeHttpClient
    kid: str = ""

    def request(self, method: str, url: str, **rest: object) -> HttpAnswer:
        assertion = parse_qs(bytes(rest["body"]).decode())["client_assertion"][0]  # type: ignore[call-overload] # ours
        self.kid = kid_of(assertion)
        return self.inner.request(method, url, **rest)  # type: ignore[arg-type] # handed on


def kid_of(token: str) -> str:
    return str(extract_compact(token.encode()).headers()["kid"])


def taken_link(farm: Farm) -> str:
    """Have a teacher add a link, which the LMS takes only if it can verify our answer; give the key."""
    browser = Browser("Imani")
    browser.launch(f"{farm.pair.lms_url}/enter/{TEACHER}?to=/courses/{COURSE}/links/start")
    browser.send(browser.page.form("/links/"), {"link": "activity-keystone"})
    answer = browser.page.form("/links/return")
    token = answer.fields["JWT"]
    assert isinstance(token, str)
    added = browser.send(answer)
    assert (added.status, "1 link was added" in added.words) == (200, True), added.words
    return kid_of(token)


def published(farm: Farm) -> set[str]:
    """Give the ids of the keys that both hosts publish."""
    found = []
    for port in farm.hosts:
        with urlopen(f"http://127.0.0.1:{port}/lti/jwks.json", timeout=PATIENCE) as answer:
            found.append({key["kid"] for key in json.load(answer)["keys"]})
    assert found[0] == found[1]
    return found[0]


def rotate(farm: Farm) -> str:
    """Rotate as an operator does, and give the new key's id."""
    command = [sys.executable, "-m", "ltitool.cli", "keys", "rotate", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=farm.environ, capture_output=True, check=True)
    return str(json.loads(done.stdout)["kid"])


def rotate_without_overlap(farm: Farm) -> str:
    """The mutation: a key that signs as soon as it is made."""
    with farm.looking.app_context():
        kid = services_of(farm.looking).keys.rotate(KEY_OWNER, KEY_PURPOSE)
        end_read()
    return kid


def let_the_overlap_pass(farm: Farm) -> None:
    """Put the keys' times back, as if the lead time were over."""
    with farm.looking.app_context(), transaction() as session:
        for row in session.scalars(select(SealedKey).where(SealedKey.owner == KEY_OWNER)):
            row.active_from -= KEY_LEAD_TIME + timedelta(seconds=1)
            if row.retired_at is not None:
                row.retired_at -= KEY_LEAD_TIME + timedelta(seconds=1)


def test_p16_two_rotations_under_load_fail_nobody(farm: Farm) -> None:
    farm.launch(PARTICIPANTS_3[0])
    traffic, signed_by = Traffic(farm), []
    with ThreadPoolExecutor(4) as pool:
        jobs = (traffic.launch, traffic.launch, traffic.take_links, traffic.ask_for_tokens)
        traffic.running += [pool.submit(job) for job in jobs]
        try:
            traffic.goes_on()
            for _ in range(2):
                before = published(farm)
                made = rotate(farm)
                signatures = len(traffic.links), len(traffic.tokens)
                traffic.goes_on()
                assert published(farm) == before | {made}
                # An LMS that read our keys the moment before knows whatever is signed until the overlap ends.
                assert {*traffic.links[signatures[0] :], *traffic.tokens[signatures[1] :]} <= before
                let_the_overlap_pass(farm)
                traffic.goes_on()
                signed_by.append((made, traffic.links[-1], traffic.tokens[-1]))
        finally:
            traffic.stop.set()
        for one in traffic.running:
            one.result(timeout=PATIENCE)
    assert all(made == link == token for made, link, token in signed_by)
    assert set(traffic.launches) == {200}
    assert len({made for made, _, _ in signed_by}) == 2


@pytest.mark.parametrize(("rotating", "known"), [(rotate, True), (rotate_without_overlap, False)])
def test_p16_without_the_overlap_an_lms_meets_a_key_that_it_has_not_read(
    farm: Farm, rotating: Callable[[Farm], str], *, known: bool
) -> None:
    farm.launch(PARTICIPANTS_3[0])
    before = published(farm)
    rotating(farm)
    assert (taken_link(farm) in before) is known
