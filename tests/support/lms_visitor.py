"""What tests of the practice LMS work with: a clock, a browser, a throwaway tool, its service calls."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from flask import Flask, json
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from ltitool.sandbox.forge import changed

LMS = "http://127.0.0.1:8001"
TOOL = "http://localhost:8000"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
COURSE = "collaborative-leadership-3"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Form(HTMLParser):
    """The form of a page that passes the browser on."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and found.get("id") == "forward":
            self.action = found["action"] or ""
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"] or ""] = found["value"] or ""


@dataclass
class ThrowawayTool:
    """Just enough of a tool: it asks for authentication, reads the id_token, signs client assertions."""

    key: RSAKey
    fetched: list[str] = field(default_factory=list)
    body: bytes | Exception | None = None

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        if isinstance(self.body, Exception):
            raise self.body
        if self.body is not None:
            return self.body
        return json.dumps({"keys": [{**self.key.as_dict(private=False), "alg": "RS256"}]}).encode()

    def asks(self, login: dict[str, str], **changes: object) -> dict[str, Any]:
        request = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login["client_id"],
            "redirect_uri": f"{TOOL}/lti/launch",
            "login_hint": login["login_hint"],
            "lti_message_hint": login["lti_message_hint"],
            "state": "state-1",
            "nonce": "nonce-1",
        }
        return changed(request, **changes)

    def assertion(self, clock: Clock, header: dict[str, Any] | None = None, **changes: object) -> str:
        now = int(clock.now.timestamp())
        claims = {
            "iss": "keystone-tool",
            "sub": "keystone-tool",
            "aud": f"{LMS}/lti/token",
            "iat": now,
            "exp": now + 60,
            "jti": "jti-1",
        }
        head = changed({"alg": "RS256", "kid": self.key.kid}, **(header or {}))
        return jwt.encode(head, changed(claims, **changes), self.key, [head["alg"]])


class Browser:
    """A person's browser on the LMS: one cookie jar, one origin."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=LMS, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        headers = {"Origin": LMS, **more.pop("headers", {})}
        return self.client.post(path, data=data, base_url=LMS, headers=headers, **more)

    def enter(self, person: str) -> "Browser":
        assert self.get(f"/enter/{person}").status_code == 303
        return self

    def login(self, activity: str = "rl-this-week-3", shown: str = "iframe") -> Form:
        course = f"collaborative-leadership-{activity[-1]}"
        page = self.get(f"/courses/{course}/activities/{activity}/launch?in={shown}")
        assert page.status_code == 200
        return Form(page.text)

    def authenticate(self, asked: dict[str, Any]) -> Form:
        page = self.get(f"/lti/auth?{urlencode(asked)}")
        assert page.status_code == 200, page.text
        return Form(page.text)


@dataclass(frozen=True)
class Services:
    """The tool's side of the services: a token in hand, the right media types unless told otherwise."""

    client: FlaskClient
    token: str

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.open(path, method=method, base_url=LMS, headers=headers, **more)

    def read(self, path: str, media_type: str) -> TestResponse:
        return self.call("GET", path, headers={"Accept": media_type})

    def send(self, path: str, body: object, media_type: str, method: str = "POST") -> TestResponse:
        return self.call(method, path, data=json.dumps(body), content_type=media_type)
