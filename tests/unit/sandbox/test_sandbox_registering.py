"""Dynamic registration at the practice LMS: a control that passes, one thing changed, the exact code."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from support.lms_visitor import LMS, TOOL, Browser, Clock
from werkzeug.test import TestResponse

from ltitool.sandbox import registering
from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.forge import ABSENT, changed
from ltitool.sandbox.runtime import EXTENSION

CONFIGURATION = "/.well-known/openid-configuration"
Body = dict[str, Any]
Send = Callable[..., TestResponse]


@pytest.fixture
def pat(browser: Browser) -> Browser:
    return browser.enter("pat-lindqvist")


def start(pat: Browser) -> dict[str, str]:
    page = pat.post("/admin/tools", {"link": f"{TOOL}/lti/register?invitation=i"})
    frame = re.search(r'<iframe[^>]* src="([^"]+)"', page.text)
    assert frame, page.text
    return dict(parse_qsl(urlsplit(html.unescape(frame[1])).query))


def body(**changes: Any) -> Body:
    usual: Body = {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": f"{TOOL}/lti/login",
        "redirect_uris": [f"{TOOL}/lti/launch"],
        "client_name": "A tool",
        "jwks_uri": f"{TOOL}/lti/jwks.json",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": f"openid {words.SCOPE_SCORE}",
        words.TOOL_CONFIGURATION: tool_part(),
    }
    return changed(usual, **changes)


def tool_part(**changes: Any) -> Body:
    usual = {
        "domain": "localhost:8000",
        "target_link_uri": f"{TOOL}/lti/launch",
        "messages": [{"type": words.RESOURCE_LINK_REQUEST}],
        "claims": ["sub", "iss"],
    }
    return changed(usual, **changes)


@pytest.fixture
def send(pat: Browser) -> Send:
    """Register as a tool would, with a token of the LMS."""
    token = start(pat)["registration_token"]

    def sent(said: Body, bearer: str = token) -> TestResponse:
        head = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        client = pat.client.application.test_client()
        return client.post("/lti/registrations", json=said, base_url=LMS, headers=head)

    return sent


def test_a_tool_registers_and_is_told_its_name(pat: Browser, send: Send) -> None:
    told = send(body()).get_json()
    assert told["scope"] == words.SCOPE_SCORE
    assert told[words.TOOL_CONFIGURATION]["deployment_id"] == f"deployment-{told['client_id']}"
    assert told["client_id"] in pat.get("/admin/tools").text


def test_a_token_is_good_for_one_registration(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send(body()).status_code == 200
    again = send(body())
    assert (again.status_code, again.get_json()["error"]) == (401, "token_already_used")
    monkeypatch.setattr(registering, "burn", lambda *_: True)
    monkeypatch.setattr(registering, "add_registration", lambda *_: None)
    assert send(body()).status_code == 200


def test_a_token_ends_after_an_hour(send: Send, clock: Clock) -> None:
    clock.forward(minutes=61)
    late = send(body())
    assert (late.status_code, late.get_json()["error"]) == (401, "invalid_registration_token")
    clock.forward(minutes=-2)
    assert send(body()).status_code == 200


@pytest.mark.parametrize(
    ("bearer", "code"), [("", "missing_registration_token"), ("made.up.token", "invalid_registration_token")]
)
def test_a_stranger_registers_nothing(pat: Browser, send: Send, bearer: str, code: str) -> None:
    refused = send(body(), bearer)
    assert (refused.status_code, refused.get_json()["error"]) == (401, code)
    assert "data-client" not in pat.get("/admin/tools").text
    assert send(body()).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        body(application_type="native"),
        body(token_endpoint_auth_method="client_secret_basic"),
        body(response_types=["code"]),
        body(response_types=ABSENT),
        body(grant_types=["client_credentials"]),
        body(client_name=ABSENT),
        body(initiate_login_uri="https://evil.example/login"),
        body(jwks_uri=ABSENT),
        body(jwks_uri="https://evil.example/keys"),
        body(redirect_uris=[]),
        body(redirect_uris=["https://evil.example/launch"]),
        body(**{words.TOOL_CONFIGURATION: ABSENT}),
        body(**{words.TOOL_CONFIGURATION: tool_part(domain="evil.example")}),
        body(**{words.TOOL_CONFIGURATION: tool_part(domain=ABSENT)}),
        body(**{words.TOOL_CONFIGURATION: tool_part(target_link_uri="https://evil.example/x")}),
        body(**{words.TOOL_CONFIGURATION: tool_part(messages="all")}),
        body(**{words.TOOL_CONFIGURATION: tool_part(messages=[{"type": "LtiCoffeeRequest"}])}),
    ],
)
def test_a_registration_with_one_thing_wrong(send: Send, said: Body) -> None:
    refused = send(said)
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_client_metadata")
    assert send(body()).status_code == 200


def test_launches_go_to_the_tool_that_is_active(pat: Browser, send: Send) -> None:
    told = send(body(initiate_login_uri=f"{TOOL}/other/login", jwks_uri=f"{TOOL}/other/keys")).get_json()
    assert pat.login().fields["client_id"] == "keystone-tool"
    assert pat.post("/admin/tools/active", {"client_id": told["client_id"]}).status_code == 303
    login = pat.login()
    assert (login.action, login.fields["client_id"]) == (f"{TOOL}/other/login", told["client_id"])
    assert login.fields["lti_deployment_id"] == f"deployment-{told['client_id']}"
    assert pat.post("/admin/tools/active", {"client_id": "nobody"}).status_code == 404
    assert pat.login().fields["client_id"] == told["client_id"]
    pat.post("/admin/tools/active", {"client_id": ""})
    assert pat.login().fields["client_id"] == "keystone-tool"


def test_the_pages_are_the_administrators(pat: Browser, app: Flask) -> None:
    assert pat.get("/admin/tools").status_code == 200
    assert "/admin/tools" in pat.get("/courses").text
    amara = Browser(app).enter("amara-okafor")
    assert amara.get("/admin/tools").status_code == 403
    assert "/admin/tools" not in amara.get("/courses").text
    assert Browser(app).get("/admin/tools").status_code == 302


def test_a_link_to_another_tool_is_refused(pat: Browser) -> None:
    assert pat.post("/admin/tools", {"link": "https://evil.example/register"}).status_code == 400


def test_manners_of_canvas(pat: Browser, app: Flask, send: Send) -> None:
    token = start(pat)["registration_token"]
    live = app.extensions[EXTENSION]
    manners = replace(live.config.manners, guards_configuration=True, names_deployment=False)
    app.extensions[EXTENSION] = replace(live, config=replace(live.config, manners=manners))
    assert pat.get(CONFIGURATION).status_code == 401
    head = {"Authorization": f"Bearer {token}"}
    assert pat.get(CONFIGURATION, headers=head).get_json()["registration_endpoint"].startswith(LMS)
    assert "deployment_id" not in send(body()).get_json()[words.TOOL_CONFIGURATION]


def test_a_token_for_another_use_is_refused(app: Flask) -> None:
    with app.test_request_context(base_url=LMS), pytest.raises(ServiceRefusal):
        registering.read_token(app.extensions[EXTENSION], "Basic abc")
