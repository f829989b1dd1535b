"""The practice LMS behind our HTTP door, and somebody in front of it: for tests of launches and services."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support.clock import MovableClock
from werkzeug.test import TestResponse

from ltitool.foundation.db import transaction
from ltitool.foundation.errors import FetchFailed, FetchTooLarge
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.landing import Launched, Place
from ltitool.lti.platforms import Registration, add_platform
from ltitool.people.models import Organisation
from ltitool.sandbox.forge import Forge, changed
from ltitool.sandbox.seed import DEMO
from ltitool.settings import Settings

LMS = "http://127.0.0.1:8001"
ORGANISATION = uuid.uuid5(uuid.NAMESPACE_URL, LMS)
PLATFORM = uuid.uuid5(ORGANISATION, "platform")
PERSON, ACTIVITY = "amara-okafor", "rl-this-week-3"


@dataclass
class Wire:
    """Our outbound HTTP in tests: it hands each request to the practice LMS in this process."""

    lms: Flask
    tool: Flask | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, str], bytes | None]] = field(default_factory=list)
    faults: list[HttpAnswer | Exception] = field(default_factory=list)  # given instead, first one first
    told: list[bytes] = field(default_factory=list)  # notices that went to the tool
    overrides: dict[str, HttpAnswer | Exception] = field(default_factory=dict)  # by path
    later: list[tuple[str, int, Callable[[], None]]] = field(default_factory=list)

    def after_requests(self, part: str, count: int, act: Callable[[], None]) -> None:
        """Do something once so many requests have gone to addresses with this part."""
        self.later.append((part, self.count(part) + count, act))

    def _do_what_is_due(self) -> None:
        due = [one for one in self.later if self.count(one[0]) >= one[1]]
        self.later = [one for one in self.later if one not in due]
        for _, _, act in due:
            act()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 262_144,
        timeout: float = 5.0,
    ) -> HttpAnswer:
        del timeout
        self._do_what_is_due()
        self.requests.append((method, url))
        self.sent.append((url, dict(headers or {}), body))
        path = urlsplit(url).path
        planned = self.overrides.get(path) or (self.faults.pop(0) if self.faults else None)
        if isinstance(planned, Exception):
            raise planned
        if planned is not None:
            return planned
        answer = self.lms.test_client().open(
            urlsplit(url)._replace(scheme="", netloc="").geturl(),
            method=method,
            base_url=LMS,
            headers=dict(headers or {}),
            data=body,
        )
        low = {name.lower(): value for name, value in answer.headers.items()}
        return HttpAnswer(answer.status_code, low, _read(answer, max_bytes), answer.status.partition(" ")[2])

    def tool_keys(self) -> bytes:
        """Give the practice LMS what our key set door answers."""
        assert self.tool is not None
        return self.tool.test_client().get("/lti/jwks.json").data

    def tell_tool(self, url: str, body: bytes) -> str:
        """Take a notice of the practice LMS to our own door."""
        assert self.tool is not None
        self.told.append(body)
        path = urlsplit(url).path
        answer = self.tool.test_client().post(path, data=body, content_type="application/json")
        return str(answer.status_code)

    def count(self, part: str) -> int:
        return sum(part in url for _, url in self.requests)


def _read(answer: TestResponse, max_bytes: int) -> bytes:
    """Read a body piece by piece, as our door does: no further than it may, and as far as it comes."""
    body = bytearray()
    try:
        for piece in answer.iter_encoded():
            body += piece
            if len(body) > max_bytes:
                raise FetchTooLarge("size", f"more than {max_bytes} bytes")
    except ConnectionError as dropped:
        raise FetchFailed("connect", str(dropped)) from dropped
    finally:
        answer.close()
    return bytes(body)


class Learners:
    """A landing that gives learners the participant's rights, and remembers who came."""

    def __init__(self) -> None:
        self.launched: list[Launched] = []
        self.fault: Exception | None = None

    def __call__(self, session: Session, launched: Launched) -> Place:
        del session
        if self.fault:
            raise self.fault
        self.launched.append(launched)
        return Place(frozenset({"participant"}), "week/")


@dataclass
class Browser:
    """Somebody in front of the practice LMS, who lets it launch the tool."""

    client: FlaskClient
    forge: Forge

    def login(self, **changes: Any) -> TestResponse:
        return self.client.post("/lti/login", data=self.forge.login(PERSON, ACTIVITY, **changes))

    def ask(self, **changes: Any) -> dict[str, str]:
        """Log in, with the cookie check behind us, and give what we ask the LMS for."""
        self.client.set_cookie("__Host-lti_probe", "1", secure=True)
        return asked(self.login(**changes))

    def launch(self, form: Mapping[str, str]) -> TestResponse:
        return self.client.post("/lti/launch", data=form)

    def launch_well(self, person: str = PERSON, activity: str = ACTIVITY) -> TestResponse:
        return self.launch(self.forge.answer(person, activity, self.ask()))


def asked(response: TestResponse) -> dict[str, str]:
    assert response.status_code == 302, response.get_data(as_text=True)
    return dict(parse_qsl(urlsplit(response.location).query))


def code_of(response: TestResponse) -> str:
    """Give the error code that a page shows."""
    found = re.search(r"<code>([a-z]+\.[a-z-]+)</code>", response.get_data(as_text=True))
    return found.group(1) if found else ""


def registration(lms: str = LMS, **changes: Any) -> Registration:
    usual = Registration(
        name="Practice LMS",
        issuer=lms,
        client_id="",
        auth_login_url=f"{lms}/lti/auth",
        auth_token_url=f"{lms}/lti/token",
        jwks_url=f"{lms}/lti/jwks",
    )
    return replace(usual, **changes)


def seed_registration(clock: MovableClock, settings: Settings) -> None:
    with transaction() as session:
        session.add(Organisation(id=ORGANISATION, slug="practice", name="Practice", created_at=clock()))
        session.flush()
        add_platform(
            session,
            registration(client_id=DEMO.client_id, deployment_ids=(DEMO.deployment_id,)),
            organisation_id=ORGANISATION,
            platform_id=PLATFORM,
            settings=settings,
            at=clock(),
        )


def down() -> FetchFailed:
    return FetchFailed("connect", "refused")


def launch_with(browser: Browser, **changes: Any) -> TestResponse:
    """Launch with some claims changed after a login that was in order."""
    query = browser.ask()
    claims = changed(browser.forge.claims(PERSON, ACTIVITY, query["nonce"]), **changes)
    return browser.launch({"state": query["state"], "id_token": browser.forge.mint(claims)})
