"""The token endpoint and the bearer guard: each refusal is the control with one thing changed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, json
from joserfc import jwt
from joserfc.jwk import RSAKey
from support.lms_visitor import COURSE, LMS, TOOL, Clock, Services, ThrowawayTool
from werkzeug.test import TestResponse

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.compact import encode_part
from ltitool.sandbox.errors import ToolKeysUnavailableError
from ltitool.sandbox.forge import ABSENT, changed

SCORE = words.SCOPE_SCORE


def ask(app: Flask, assertion: str, **changes: object) -> TestResponse:
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": words.ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": SCORE,
    }
    return app.test_client().post("/lti/token", base_url=LMS, data=changed(fields, **changes))


def test_a_signed_assertion_buys_a_token(app: Flask, tool: ThrowawayTool, clock: Clock) -> None:
    answer = ask(app, tool.assertion(clock))
    assert answer.status_code == 200
    body = answer.get_json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, SCORE)
    assert answer.headers["Cache-Control"] == "no-store"
    assert tool.fetched == [f"{TOOL}/lti/jwks.json"]


def test_tokens_are_stored_as_hashes_only(app: Flask, tool: ThrowawayTool, clock: Clock) -> None:
    token = ask(app, tool.assertion(clock)).get_json()["access_token"]
    with app.extensions["practice-lms"].store.reading() as connection:
        (row,) = connection.execute("SELECT * FROM access_tokens").fetchall()
    assert token not in tuple(row)


@pytest.mark.parametrize(
    ("changes", "error", "status"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type", 400),
        ({"grant_type": ABSENT}, "unsupported_grant_type", 400),
        ({"client_assertion_type": "jwt"}, "invalid_request", 400),
        ({"client_assertion": ABSENT}, "invalid_request", 400),
        ({"client_assertion": "x" * 9_000}, "invalid_request", 400),
        ({"client_assertion": "a.b"}, "invalid_client", 401),
        ({"client_assertion": "a.b.c.d.e"}, "invalid_client", 401),
        ({"scope": ABSENT}, "invalid_scope", 400),
        ({"scope": f"{SCORE} openid"}, "invalid_scope", 400),
        ({"scope": [SCORE, SCORE]}, "invalid_request", 400),
    ],
)
def test_a_wrong_token_request_is_refused(
    app: Flask, tool: ThrowawayTool, clock: Clock, changes: dict[str, Any], error: str, status: int
) -> None:
    assertion = tool.assertion(clock)
    refused = ask(app, assertion, **changes)
    assert (refused.status_code, refused.get_json()["error"]) == (status, error)
    assert ask(app, assertion).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"iss": ABSENT},
        {"sub": "somebody"},
        {"sub": ABSENT},
        {"aud": LMS},
        {"aud": f"{LMS}/lti/token/"},
        {"aud": [f"{LMS}/lti/token", "https://elsewhere.example"]},
        {"aud": ABSENT},
        {"jti": ABSENT},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 256},
        {"exp": ABSENT},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1},
        {"exp": 10**15},
        {"exp": 4_000_000_000},
        {"iat": ABSENT},
        {"iat": 4_000_000_000},
    ],
)
def test_a_wrong_claim_is_refused(
    app: Flask, tool: ThrowawayTool, clock: Clock, changes: dict[str, Any]
) -> None:
    refused = ask(app, tool.assertion(clock, **changes))
    assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_client")
    assert ask(app, tool.assertion(clock)).status_code == 200


def test_an_audience_list_with_the_endpoint_alone_is_accepted(
    app: Flask, tool: ThrowawayTool, clock: Clock
) -> None:
    assert ask(app, tool.assertion(clock, aud=[f"{LMS}/lti/token"])).status_code == 200


def test_an_assertion_can_be_used_once(app: Flask, tool: ThrowawayTool, clock: Clock) -> None:
    assertion = tool.assertion(clock)
    assert ask(app, assertion).status_code == 200
    again = ask(app, assertion)
    assert (again.status_code, again.get_json()["error"]) == (401, "invalid_client")
    # Still so in the last second in which the clocks' leeway would let it pass.
    clock.forward(seconds=69)
    assert "used before" in ask(app, assertion).get_json()["error_description"]
    clock.forward(seconds=1)
    assert "exp" in ask(app, assertion).get_json()["error_description"]


@pytest.mark.parametrize("header", [{"kid": ABSENT}, {"kid": 7}, {"kid": "unknown"}, {"alg": "RS512"}])
def test_a_wrong_header_is_refused(
    app: Flask, tool: ThrowawayTool, clock: Clock, header: dict[str, Any]
) -> None:
    head = changed({"alg": "RS256", "kid": tool.key.kid}, **header)
    claims = {"iss": "keystone-tool"}
    assertion = _sign(head, claims, tool.key)
    assert ask(app, assertion).get_json()["error"] == "invalid_client"
    assert ask(app, tool.assertion(clock)).status_code == 200


def _sign(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    if not isinstance(header.get("kid", ""), str):
        control = jwt.encode({"alg": "RS256"}, claims, key, ["RS256"])
        return ".".join([encode_part(json.dumps(header).encode()), *control.split(".")[1:]])
    return jwt.encode(header, claims, key, [header["alg"]])


def test_a_signature_of_another_key_is_refused(app: Flask, tool: ThrowawayTool, clock: Clock) -> None:
    other = RSAKey.generate_key(2048, {"kid": tool.key.kid})
    forged = ThrowawayTool(other).assertion(clock)
    refused = ask(app, forged)
    assert refused.get_json()["error"] == "invalid_client"
    assert "signature" in refused.get_json()["error_description"]


def test_a_new_key_of_the_tool_is_fetched_and_then_kept(
    app: Flask, tool: ThrowawayTool, clock: Clock
) -> None:
    ask(app, tool.assertion(clock, jti="one"))
    ask(app, tool.assertion(clock, jti="two"))
    assert len(tool.fetched) == 1
    tool.key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
    assert ask(app, tool.assertion(clock, jti="three")).status_code == 200
    assert len(tool.fetched) == 2


@pytest.mark.parametrize(
    "body",
    [
        ToolKeysUnavailableError("the tool is not there"),
        b"<html>",
        b"{}",
        b'{"keys": 1}',
        b'{"keys": [1]}',
        b'{"keys": []}',
        b'{"keys": [{"kty": "RSA", "kid": "k", "n": "!", "e": "AQAB"}]}',
        b"\xff",
        b"[" * 60_000,
    ],
)
def test_a_key_set_that_cannot_be_read_is_said_plainly(
    app: Flask, tool: ThrowawayTool, clock: Clock, body: bytes | Exception
) -> None:
    tool.body = body
    refused = ask(app, tool.assertion(clock))
    assert (refused.status_code, refused.get_json()["error"]) == (401, "invalid_client")
    tool.body = None
    assert ask(app, tool.assertion(clock)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"use": "enc"}, {"alg": "RS512"}, {"kid": ABSENT}, {"kty": "oct", "k": "AAAA"}, {"d": "AQAB"}],
)
def test_a_key_that_is_not_for_signing_is_passed_over(
    app: Flask, tool: ThrowawayTool, clock: Clock, changes: dict[str, Any]
) -> None:
    public = {**tool.key.as_dict(private=False), "alg": "RS256"}
    tool.body = json.dumps({"keys": [changed(public, **changes)]}).encode()
    assert ask(app, tool.assertion(clock)).get_json()["error"] == "invalid_client"
    tool.body = json.dumps({"keys": [public]}).encode()
    assert ask(app, tool.assertion(clock)).status_code == 200


def test_a_token_request_must_be_a_form(app: Flask) -> None:
    refused = app.test_client().post("/lti/token", base_url=LMS, json={"grant_type": "client_credentials"})
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_request")


def roster(services: Services) -> TestResponse:
    return services.read(f"/api/courses/{COURSE}/memberships", words.ROSTER_TYPE)


def test_a_service_asks_for_a_token(app: Flask, services: Services) -> None:
    path = f"/api/courses/{COURSE}/memberships"
    for authorization in ("", "Bearer", "Bearer nonsense", f"Basic {services.token}"):
        refused = app.test_client().get(path, base_url=LMS, headers={"Authorization": authorization})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert roster(services).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 401)])
def test_a_token_lives_for_an_hour(services: Services, clock: Clock, seconds: int, status: int) -> None:
    clock.forward(seconds=seconds)
    assert roster(services).status_code == status


_ITEMS = f"/api/courses/{COURSE}/lineitems"
_ITEM = f"{_ITEMS}/li-keystone-3"


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", _ITEMS, {words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ}),
        ("GET", _ITEM, {words.SCOPE_LINE_ITEM, words.SCOPE_LINE_ITEM_READ}),
        ("POST", _ITEMS, {words.SCOPE_LINE_ITEM}),
        ("PUT", _ITEM, {words.SCOPE_LINE_ITEM}),
        ("DELETE", _ITEM, {words.SCOPE_LINE_ITEM}),
        ("POST", f"{_ITEM}/scores", {words.SCOPE_SCORE}),
        ("GET", f"{_ITEM}/results", {words.SCOPE_RESULT_READ}),
        ("GET", f"/api/courses/{COURSE}/memberships", {words.SCOPE_ROSTER}),
    ],
)
def test_each_service_needs_its_scope(
    services_with: Callable[..., Services], method: str, path: str, scopes: set[str]
) -> None:
    for scope in words.SERVICE_SCOPES:
        answer = services_with(scope).call(method, path)
        refused = answer.status_code == 403 and answer.get_json()["error"] == "insufficient_scope"
        assert refused == (scope not in scopes), scope
