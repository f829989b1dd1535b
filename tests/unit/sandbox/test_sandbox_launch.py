"""A whole launch with a throwaway tool, and every refusal of the authentication endpoint beside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet
from support.lms_visitor import COURSE, LMS, TOOL, Browser, Clock, Form, ThrowawayTool

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.config import PlatformConfig
from ltitool.sandbox.forge import ABSENT, Forge
from ltitool.sandbox.manners import STRICT
from ltitool.sandbox.seed import DEMO


def claims_of(app: Flask, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(app.test_client().get("/lti/jwks", base_url=LMS).get_json())
    decoded = jwt.decode(token, keys, ["RS256"])
    assert decoded.header["kid"]
    return dict(decoded.claims)


def test_a_launch_runs_from_the_course_page_to_a_verified_id_token(
    app: Flask, amara: Browser, tool: ThrowawayTool, clock: Clock
) -> None:
    login = amara.login("rl-keystone-3")
    assert login.action == f"{TOOL}/lti/login"
    answer = amara.authenticate(tool.asks(login.fields))
    assert answer.action == f"{TOOL}/lti/launch"
    assert answer.fields["state"] == "state-1"
    claims = claims_of(app, answer.fields["id_token"])
    person = DEMO.person("amara-okafor")
    now = int(clock.now.timestamp())
    assert (claims["iss"], claims["aud"], claims["azp"]) == (LMS, "keystone-tool", "keystone-tool")
    assert (claims["iat"], claims["exp"], claims["nonce"]) == (now, now + 60, "nonce-1")
    assert (claims["sub"], claims["name"], claims["email"]) == (person.sub, person.name, person.email)
    assert claims[words.DEPLOYMENT_ID] == "valle-verde-1"
    assert claims[words.ROLES] == [words.LEARNER]
    assert claims[words.CONTEXT]["id"] == COURSE
    assert claims[words.RESOURCE_LINK]["id"] == "rl-keystone-3"
    assert claims[words.TARGET_LINK_URI] == login.fields["target_link_uri"]
    assert claims[words.CUSTOM] == {"opens": "keystone", "context_history": ""}
    assert claims[words.AGS]["lineitem"] == f"{LMS}/api/courses/{COURSE}/lineitems/li-keystone-3"
    assert claims[words.NRPS]["context_memberships_url"] == f"{LMS}/api/courses/{COURSE}/memberships"


def test_an_activity_without_a_column_names_no_line_item(
    app: Flask, amara: Browser, tool: ThrowawayTool
) -> None:
    answer = amara.authenticate(tool.asks(amara.login("rl-this-week-3").fields))
    claims = claims_of(app, answer.fields["id_token"])
    assert claims[words.AGS] == {
        "scope": list(words.GRADEBOOK_SCOPES),
        "lineitems": f"{LMS}/api/courses/{COURSE}/lineitems",
    }


@pytest.mark.parametrize(
    ("person", "roles"),
    [
        ("tom-ng", [words.LEARNER]),
        ("ruth-delgado", [words.INSTRUCTOR]),
        ("imani-whitfield", [words.INSTRUCTOR]),
        ("pat-lindqvist", [words.INSTITUTION_ADMINISTRATOR, words.SYSTEM_ADMINISTRATOR]),
    ],
)
def test_each_person_launches_with_their_roles(
    app: Flask, browser: Browser, tool: ThrowawayTool, person: str, roles: list[str]
) -> None:
    browser.enter(person)
    answer = browser.authenticate(tool.asks(browser.login().fields))
    assert claims_of(app, answer.fields["id_token"])[words.ROLES] == roles


@pytest.mark.parametrize(
    ("asked", "target"), [("iframe", "iframe"), ("window", "window"), ("moon", "iframe")]
)
def test_the_launch_says_where_it_is_shown(
    app: Flask, amara: Browser, tool: ThrowawayTool, asked: str, target: str
) -> None:
    answer = amara.authenticate(tool.asks(amara.login(shown=asked).fields))
    presentation = claims_of(app, answer.fields["id_token"])[words.LAUNCH_PRESENTATION]
    assert presentation["document_target"] == target


def test_a_platform_may_keep_name_and_address_to_itself(
    forge: Forge, other_config: Callable[..., PlatformConfig]
) -> None:
    private = replace(STRICT, shares_names=False, shares_emails=False)
    claims = Forge(other_config(manners=private), forge.keys).claims("tom-ng", "rl-this-week-3", "n")
    assert claims["sub"] == DEMO.person("tom-ng").sub
    assert not {"name", "given_name", "family_name", "email"} & set(claims)


def test_the_launch_speaks_the_language_chosen_in_the_lms(
    app: Flask, amara: Browser, tool: ThrowawayTool
) -> None:
    amara.post("/language", {"language": "es", "to": "/courses"})
    answer = amara.authenticate(tool.asks(amara.login().fields))
    claims = claims_of(app, answer.fields["id_token"])
    assert (claims["locale"], claims[words.LAUNCH_PRESENTATION]["locale"]) == ("es", "es")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_type": ABSENT}, "unsupported_response_type"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"scope": ABSENT}, "invalid_scope"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"nonce": ABSENT}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"login_hint": ABSENT}, "invalid_request"),
        ({"login_hint": DEMO.person("tom-ng").sub}, "access_denied"),
        ({"lti_message_hint": ABSENT}, "invalid_request"),
        ({"lti_message_hint": "not.a.hint"}, "invalid_request"),
        ({"lti_message_hint": "x" * 3_000}, "invalid_request"),
    ],
)
def test_a_wrong_authentication_request_is_told_to_the_tool(
    amara: Browser, tool: ThrowawayTool, changes: dict[str, Any], error: str
) -> None:
    login = amara.login().fields
    refused = amara.authenticate(tool.asks(login, **changes))
    assert refused.action == f"{TOOL}/lti/launch"
    assert (refused.fields["error"], refused.fields["state"]) == (error, "state-1")
    assert "id_token" not in refused.fields
    # The refusal burnt nothing: the control, with the same hint, still launches.
    assert "id_token" in amara.authenticate(tool.asks(login)).fields


def test_a_request_without_state_is_refused_without_one(amara: Browser, tool: ThrowawayTool) -> None:
    refused = amara.authenticate(tool.asks(amara.login().fields, state=ABSENT))
    assert refused.fields["error"] == "invalid_request"
    assert "state" not in refused.fields


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "somebody"}, "unknown-client"),
        ({"client_id": ABSENT}, "unknown-client"),
        ({"redirect_uri": f"{TOOL}/lti/launch/"}, "unknown-redirect"),
        ({"redirect_uri": "https://evil.example/lti/launch"}, "unknown-redirect"),
        ({"redirect_uri": ABSENT}, "unknown-redirect"),
        ({"extra": "x" * 5_000}, "bad-login"),
    ],
)
def test_where_no_address_is_safe_the_refusal_is_a_page_of_ours(
    amara: Browser, tool: ThrowawayTool, changes: dict[str, Any], code: str
) -> None:
    asked = tool.asks(amara.login().fields, **changes)
    page = amara.post("/lti/auth", asked)
    assert page.status_code == 400
    assert code in page.text
    assert Form(page.text).action == ""


def test_a_doubled_parameter_is_refused(amara: Browser, tool: ThrowawayTool) -> None:
    asked = tool.asks(amara.login().fields)
    page = amara.post("/lti/auth", {**asked, "nonce": ["one", "two"]})
    assert (page.status_code, "bad-login" in page.text) == (400, True)


def test_a_message_hint_can_be_used_once(amara: Browser, tool: ThrowawayTool) -> None:
    asked = tool.asks(amara.login().fields)
    assert "id_token" in amara.authenticate(asked).fields
    again = amara.authenticate(asked)
    assert again.fields["error"] == "invalid_request"
    assert "used before" in again.fields["error_description"]


@pytest.mark.parametrize(("seconds", "expected"), [(299, "id_token"), (301, "error")])
def test_a_message_hint_lives_for_five_minutes(
    amara: Browser, tool: ThrowawayTool, clock: Clock, seconds: int, expected: str
) -> None:
    asked = tool.asks(amara.login().fields)
    clock.forward(seconds=seconds)
    assert expected in amara.authenticate(asked).fields


def test_a_tampered_message_hint_is_refused(amara: Browser, tool: ThrowawayTool) -> None:
    login = amara.login().fields
    head, body, signature = login["lti_message_hint"].split(".")
    changed_hint = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    refused = amara.authenticate(tool.asks(login, lti_message_hint=changed_hint))
    assert refused.fields["error"] == "invalid_request"


def test_the_person_who_answers_must_be_the_one_who_started(amara: Browser, tool: ThrowawayTool) -> None:
    asked = tool.asks(amara.login().fields)
    amara.enter("tom-ng")
    assert amara.authenticate(asked).fields["error"] == "login_required"
    amara.enter("amara-okafor")
    assert "id_token" in amara.authenticate(asked).fields


def test_somebody_taken_out_of_the_course_no_longer_launches(
    app: Flask, amara: Browser, tool: ThrowawayTool
) -> None:
    asked = tool.asks(amara.login().fields)
    store = app.extensions["practice-lms"].store
    with store.writing() as connection:
        connection.execute("DELETE FROM enrolments WHERE person_key = 'amara-okafor'")
    assert amara.authenticate(asked).fields["error"] == "access_denied"


def test_a_form_that_came_without_our_cookie_is_posted_again_from_our_own_page(
    app: Flask, amara: Browser, tool: ThrowawayTool
) -> None:
    asked = tool.asks(amara.login().fields)
    cookieless = Browser(app)
    again = Form(cookieless.post("/lti/auth", asked, headers={"Origin": TOOL}).text)
    assert again.action == f"{LMS}/lti/auth"
    assert {name: again.fields[name] for name in asked} == asked
    with_cookie = Form(amara.post("/lti/auth", again.fields).text)
    assert with_cookie.action == f"{TOOL}/lti/launch"
    assert "id_token" in with_cookie.fields


def test_nobody_signed_in_is_told_to_the_tool_after_the_second_try(
    app: Flask, amara: Browser, tool: ThrowawayTool
) -> None:
    asked = tool.asks(amara.login().fields)
    stranger = Browser(app)
    again = stranger.authenticate(asked)
    refused = Form(stranger.post("/lti/auth", again.fields).text)
    assert (refused.fields["error"], refused.fields["state"]) == ("login_required", "state-1")


def test_the_platform_configuration_names_the_doors(browser: Browser) -> None:
    told = browser.get("/.well-known/openid-configuration").get_json()
    assert told["issuer"] == LMS
    assert told["authorization_endpoint"] == f"{LMS}/lti/auth"
    assert told["token_endpoint"] == f"{LMS}/lti/token"
    assert told["jwks_uri"] == f"{LMS}/lti/jwks"
    assert set(words.SERVICE_SCOPES) < set(told["scopes_supported"])


def test_the_key_set_holds_public_halves_only(browser: Browser) -> None:
    (key,) = browser.get("/lti/jwks").get_json()["keys"]
    assert set(key) == {"kty", "n", "e", "use", "alg", "kid"}


def test_health(browser: Browser) -> None:
    answer = browser.get("/health")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "mode": "strict"})
