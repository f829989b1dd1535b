"""Attacks on a launch by their numbers (A01 to A54), where the rows of lticases.py do not stand for them.

Each is one change to a launch that is in order; the control passes, the attack stores nothing.
"""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from support.clock import MovableClock
from support.lticases import LEARNER, Mint, claim, claims, header, shifted
from support.practice import ACTIVITY, LMS, PERSON, Browser, Learners, Wire, code_of

from ltitool.foundation.db import read_session
from ltitool.lti import vocabulary as words
from ltitool.lti.models import BurntNonce
from ltitool.lti.roles import LtiRole
from ltitool.lti.wiring import init_lti
from ltitool.people.models import LtiIdentity, Person, WebSession
from ltitool.sandbox.forge import Forge, changed

ISSUED = "https://purl.imsglobal.org/spec/lti/claim/"
VENDOR = "https://vendor.example/roles#Instructor"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


def bytes_key(form: str) -> Mint:
    """Sign with HMAC, the platform's public key being the secret, in one of its written forms (A02)."""

    def mint(forge: Forge, valid: dict[str, Any]) -> str:
        key = forge.keys.signing[0]
        secrets = {
            "PEM": key.as_pem(private=False),
            "DER": key.as_der(private=False),
            "JWK": json.dumps(key.as_dict(private=False)).encode(),
        }
        return forge.mint(valid, header={"alg": "HS256"}, key=secrets[form])

    return mint


def es256(forge: Forge, valid: dict[str, Any]) -> str:
    return forge.mint(valid, header={"alg": "ES256"}, key=ECKey.generate_key("P-256"))  # type: ignore[arg-type] # any key


def cut(count: int) -> Mint:
    return lambda forge, valid: forge.mint(valid)[:-count]


def flipped(forge: Forge, valid: dict[str, Any]) -> str:
    """Change one bit of the signature."""
    head, body, signature = forge.mint(valid).split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[0] ^= 1
    return f"{head}.{body}.{base64.urlsafe_b64encode(bytes(raw)).decode().rstrip('=')}"


def loose_base64(forge: Forge, valid: dict[str, Any]) -> str:
    """Set bits that base64 ignores: the same bytes, written in a second way."""
    token = forge.mint(valid)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) | 1]


def text(head: str, body: str) -> Mint:
    return lambda forge, _valid: forge.mint_text(head.replace("KID", forge.kid), body)


def json_serialised(forge: Forge, valid: dict[str, Any]) -> str:
    protected, payload, signature = forge.mint(valid).split(".")
    return json.dumps({"protected": protected, "payload": payload, "signature": signature})


def raw(name: str, value: str) -> Mint:
    """Put a value into the claims as JSON text, which Python could not write."""

    def mint(forge: Forge, valid: dict[str, Any]) -> str:
        body = json.dumps(changed(valid, **{name: "HERE"})).replace('"HERE"', value)
        return forge.mint_text(json.dumps({"alg": "RS256", "typ": "JWT", "kid": forge.kid}), body)

    return mint


UNREADABLE = "launch.token-unreadable"
ATTACKS: tuple[tuple[str, Mint, str, int], ...] = (
    ("A01 None", header(alg="None"), "launch.algorithm-none", 401),
    ("A02 PEM", bytes_key("PEM"), "launch.algorithm-symmetric", 401),
    ("A02 DER", bytes_key("DER"), "launch.algorithm-symmetric", 401),
    ("A02 JWK", bytes_key("JWK"), "launch.algorithm-symmetric", 401),
    ("A03 ES256", es256, "launch.algorithm-not-allowed", 401),
    ("A07 path", header(kid="../../dev/null"), "launch.key-unknown", 401),
    ("A07 SQL", header(kid="' OR 1=1 --"), "launch.key-unknown", 401),
    ("A07 NUL", header(kid="a\0b"), UNREADABLE, 400),
    ("A07 64 KB", header(kid="k" * 65_536), "launch.token-too-large", 400),
    ("A08 lone surrogate", text('{"alg":"RS256","kid":"\\ud800"}', "{}"), UNREADABLE, 400),
    ("A10 unknown crit", header(crit=["x"], x=1), "launch.token-critical-header", 400),
    ("A10 b64 false", header(crit=["b64"], b64=False), "launch.token-critical-header", 400),
    ("A11 header twice", text('{"alg":"RS256","kid":"KID","alg":"none"}', "{}"), UNREADABLE, 400),
    ("A12 five segments", lambda forge, valid: forge.mint(valid) + ".e30.e30", UNREADABLE, 400),
    ("A12 JSON serialised", json_serialised, UNREADABLE, 400),
    ("A13 10 MB", claim(words.CUSTOM, {"x": "y" * 7_500_000}), "request.too-large", 413),
    ("A13 70 KB", claim(words.CUSTOM, {"x": "y" * 70_000}), "launch.token-too-large", 400),
    ("A13 deep", raw("x", "[" * 5_000 + "]" * 5_000), UNREADABLE, 400),
    ("A13 5,000 digits", raw("exp", "9" * 5_000), UNREADABLE, 400),
    ("A14 one bit", flipped, "launch.signature-wrong", 401),
    ("A14 truncated", cut(5), UNREADABLE, 400),  # a length that no base64 has
    ("A14 truncated by bytes", cut(2), "launch.signature-wrong", 401),  # good base64 of 255 bytes
    ("A14 base64 in a second way", loose_base64, UNREADABLE, 400),
    ("A17 substring", claims(iss=LMS[:-1]), "launch.issuer-wrong", 401),
    ("A17 superstring", claims(iss=LMS + "0"), "launch.issuer-wrong", 401),
    ("A18 empty", claims(aud=""), "launch.audience-missing", 401),
    ("A18 null", claims(aud=None), "launch.audience-missing", 401),
    ("A20 null", claims(exp=None), "launch.expiry-missing", 401),
    ("A20 true", claims(exp=True), "launch.time-unreadable", 400),
    ("A20 1e400", raw("exp", "1e400"), UNREADABLE, 400),
    ("A20 ten years", shifted("exp", 3.2e8), "launch.expiry-too-far", 401),
    ("A21 a day old", shifted("iat", -86_400), "launch.issued-too-long-ago", 401),
    ("A35 1.3.1", claim(words.VERSION, "1.3.1"), "launch.version-wrong", 400),
    ("A36 10,000 roles", claim(words.ROLES, [""] * 10_000), "launch.roles-unreadable", 400),
    ("A41 NUL", claims(sub="a\0b"), UNREADABLE, 400),
    ("A43 //evil", claim(words.TARGET_LINK_URI, "//evil.example/lti/launch"), "launch.target-foreign", 400),
    ("A43 backslash", claim(words.TARGET_LINK_URI, "\\evil.example"), "launch.target-foreign", 400),
)


def stored() -> list[int]:
    tables = (BurntNonce, LtiIdentity, Person, WebSession)
    found = [read_session().scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    read_session().commit()
    return found


@pytest.mark.parametrize(("case", "mint", "code", "status"), ATTACKS, ids=[row[0] for row in ATTACKS])
def test_an_attack_by_token_is_refused(
    browser: Browser, case: str, mint: Mint, code: str, status: int
) -> None:
    del case
    assert browser.launch_well().status_code == 303
    before, query = stored(), browser.ask()
    token = mint(browser.forge, browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
    response = browser.launch({"state": query["state"], "id_token": token})
    assert (code_of(response), response.status_code) == (code, status)
    assert (stored(), response.headers.getlist("Set-Cookie")) == (before, [])


def test_a26_a_replay_after_a_restart_and_after_the_purge_is_refused(
    browser: Browser, tool: Flask, clock: MovableClock
) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    assert browser.launch(form).status_code == 303
    init_lti(tool, tool.extensions["ltitool"])  # nothing of the process's memory is left
    assert code_of(browser.launch(form)) == "launch.state-used"
    clock.now += timedelta(days=2)  # whatever was burnt is forgotten by now; the login is too old anyway
    assert browser.launch(form).status_code == 401


def launched(browser: Browser, landing: Learners, **changes: Any) -> Any:
    query = browser.ask()
    valid = changed(browser.forge.claims(PERSON, ACTIVITY, query["nonce"]), **changes)
    response = browser.launch({"state": query["state"], "id_token": browser.forge.mint(valid)})
    assert response.status_code == 303, code_of(response)
    return landing.launched[-1]


@pytest.mark.parametrize("roles", [[VENDOR], ["https://evil.example/x#Instructor", LEARNER]])
def test_a36_a_role_that_only_ends_like_one_gives_no_right(
    browser: Browser, landing: Learners, roles: list[str]
) -> None:
    assert launched(browser, landing, **{words.ROLES: roles}).role is LtiRole.LEARNER


def test_a37_custom_parameters_grant_nothing(browser: Browser, landing: Learners) -> None:
    custom = {"role": "admin", "cohort_id": "b", "user_id": "1", "roles": "Instructor"}
    found = launched(browser, landing, **{words.CUSTOM: custom})
    assert (found.role, found.subject) == (LtiRole.LEARNER, browser.forge.config.seed.person(PERSON).sub)
    row = read_session().scalars(select(WebSession)).one()
    assert row.roles == ["participant"]


def test_a38_an_administrator_of_the_institution_has_no_right_in_the_course(
    browser: Browser, landing: Learners
) -> None:
    assert launched(browser, landing, **{words.ROLES: [INSTITUTION, LEARNER]}).role is LtiRole.LEARNER


def test_a39_a_preview_person_is_told_apart(browser: Browser, landing: Learners) -> None:
    preview = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
    assert launched(browser, landing, **{words.ROLES: [LEARNER, preview]}).test_user
    assert not launched(browser, landing).test_user


def test_a41_the_same_sub_in_two_registrations_is_two_people(
    browser: Browser, landing: Learners, second_platform: Callable[..., Any]
) -> None:
    first = launched(browser, landing)
    second_platform(client_id="another-client", deployment_ids=("valle-verde-2",))
    login = browser.login(client_id="another-client")
    assert login.status_code == 302
    query = dict(pair.split("=", 1) for pair in login.location.partition("?")[2].split("&"))
    valid = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    other = changed(
        valid, aud="another-client", azp="another-client", **{words.DEPLOYMENT_ID: "valle-verde-2"}
    )
    response = browser.launch({"state": query["state"], "id_token": browser.forge.mint(other)})
    assert response.status_code == 303, code_of(response)
    assert landing.launched[-1].person_id != first.person_id
    assert landing.launched[-1].subject == first.subject


def test_a41_a_sub_written_from_right_to_left_is_a_name_like_another(
    browser: Browser, landing: Learners
) -> None:
    plain = launched(browser, landing)
    odd = launched(browser, landing, sub="\u202e" + plain.subject)
    assert odd.person_id != plain.person_id


def test_a42_the_same_address_joins_no_accounts(browser: Browser, landing: Learners) -> None:
    coach = launched(browser, landing, sub="coach", email="coach@example.org")
    other = launched(browser, landing, sub="mallory", email="coach@example.org")
    assert coach.person_id != other.person_id


@pytest.mark.parametrize("hint", ["login_hint", "lti_message_hint"])
def test_a47_hints_are_bounded_and_split_no_header(browser: Browser, hint: str) -> None:
    assert code_of(browser.login(**{hint: "x" * 1_000_000})) in {
        "login.parameter-too-long",
        "",
    }
    assert browser.login(**{hint: "x" * 1_000_000}).status_code in {400, 413}
    asked = browser.login(**{hint: "a\r\nX-Evil: 1"})
    assert asked.status_code in {302, 400}
    assert "X-Evil" not in asked.headers


@pytest.mark.parametrize("way", ["get", "json", "query"])
def test_a48_a_launch_comes_as_a_posted_form_alone(browser: Browser, way: str) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    if way == "get":
        response = browser.client.get("/lti/launch", query_string=form)
    elif way == "json":
        response = browser.client.post("/lti/launch", json=form)
    else:
        response = browser.client.post("/lti/launch", query_string=form)
    assert response.status_code in {400, 405}
    assert stored()[3] == 0
    assert browser.launch(form).status_code == 303


def test_a66_a_claim_of_lti_1_1_is_not_looked_at(browser: Browser, landing: Learners) -> None:
    plain = launched(browser, landing)
    claimed = {"oauth_consumer_key": "k", "oauth_consumer_key_sign": "wrong", "user_id": "admin"}
    migrated = launched(browser, landing, **{f"{ISSUED}lti1p1": claimed})
    assert (migrated.person_id, migrated.subject) == (plain.person_id, plain.subject)


@pytest.mark.parametrize(("skew", "status"), [(-59, 303), (59, 303), (-62, 401), (662, 401)])
def test_a68_a_clock_is_off_by_a_minute_and_no_more(
    browser: Browser, clock: MovableClock, wire: Wire, skew: int, status: int
) -> None:
    del wire
    query = browser.ask()
    token = browser.forge.mint(browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
    form = {"state": query["state"], "id_token": token}
    clock.forward(seconds=skew)
    assert browser.launch(form).status_code == status
