"""Each guard is needed: with it taken away, what it refused is accepted, or refused by the next one.

A row whose status without its guard is not 303 has a second line of defence, and its code changes.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from support.clock import MovableClock
from support.lticases import OTHER_CLIENT, ROWS, Row
from support.practice import ACTIVITY, PERSON, Browser, asked, code_of

from ltitool.foundation.db import transaction
from ltitool.lti import claims, launch, launchrows, login, strictjson, tickets, tokens, views
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.platform_keys import PlatformKeys

Patch = pytest.MonkeyPatch


def drop(patch: Patch, name: str) -> None:
    """Take a check out of the list that runs it, wherever it stands."""
    for module, table in ((claims, "CHECKS"), (launch, "PARTIES"), (tokens, "HEADER_CHECKS")):
        kept = tuple(check for check in getattr(module, table) if check.__name__ != name)
        patch.setattr(module, table, kept)


def any_key(patch: Patch) -> None:
    find = PlatformKeys.find
    patch.setattr(PlatformKeys, "find", lambda keys, platform, _kid: find(keys, platform, KID[0]))


def no_signature(patch: Patch) -> None:
    patch.setattr(launch, "verify_signature", lambda token, _key: token.unverified_claims)


def any_deployment(patch: Patch) -> None:
    find = launch.find_deployment
    patch.setattr(launch, "find_deployment", lambda *args, **names: (find(*args, **names)[0], None))


def lenient_read(patch: Patch) -> None:
    """Read only the first three segments, padding and all, and anything for claims."""

    def read(text: str) -> tokens.ReadToken:
        parts = text.rstrip("=").split(".")[:3]
        return tokens.ReadToken(text, {"alg": "RS256", "kid": KID[0]}, {}, parts[2].encode())

    patch.setattr(launch, "read_token", read)


def lenient_json(hook: str, instead: Callable[..., Any]) -> Callable[[Patch], None]:
    """Read JSON without one of the hooks that refuse."""
    reader = json.JSONDecoder(**{**strictjson.HOOKS, hook: instead})
    return lambda patch: patch.setattr(strictjson, "_STRICT", reader)


KID: list[str] = []
OTHERS: dict[str, Callable[[Patch], None]] = {
    "find": any_key,
    "verify_signature": no_signature,
    "find_deployment": any_deployment,
    "read_token": lenient_read,
    "_once": lenient_json("object_pairs_hook", dict),
    "_refuse_constant": lenient_json("parse_constant", float),
    "MAX_TOKEN": lambda patch: patch.setattr(tokens, "MAX_TOKEN", 10**6),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
def test_without_its_guard_a_row_is_accepted(browser: Browser, monkeypatch: Patch, row: Row) -> None:
    KID[:] = [browser.forge.kid]
    query = browser.ask()
    token = row.mint(browser.forge, browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
    if row.guard in OTHERS:
        OTHERS[row.guard](monkeypatch)
    else:
        drop(monkeypatch, row.guard)
    response = browser.launch({"state": query["state"], "id_token": token})
    assert (response.status_code, code_of(response) == row.code) == (row.without, False)


def test_every_check_of_the_claims_has_a_row() -> None:
    guarded = {row.guard for row in ROWS}
    tables = (*claims.CHECKS, *tokens.HEADER_CHECKS)
    assert {check.__name__ for check in tables} <= guarded


def test_age(browser: Browser, monkeypatch: Patch, clock: MovableClock) -> None:
    query = browser.ask()
    clock.forward(hours=1)
    form = browser.forge.answer(PERSON, ACTIVITY, query)
    assert code_of(browser.launch(form)) == "launch.state-expired"
    monkeypatch.setattr(launch, "check_age", lambda *_: None)
    assert browser.launch(form).status_code == 303


def test_a_used_state_is_stopped_by_two_guards(browser: Browser, monkeypatch: Patch) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    assert browser.launch(form).status_code == 303
    monkeypatch.setattr(launch, "check_browser", lambda _: None)
    assert code_of(browser.launch(form)) == "launch.state-used"
    monkeypatch.setattr(launch, "check_unused", lambda **_: None)
    assert code_of(browser.launch(form)) == "launch.nonce-raced"
    monkeypatch.setattr(launch, "burn_nonce", lambda *_, **__: None)
    assert browser.launch(form).status_code == 303


def test_browser(browser: Browser, monkeypatch: Patch) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    other = Browser(browser.client.application.test_client(), browser.forge)
    assert code_of(other.launch(form)) == "launch.other-browser"
    monkeypatch.setattr(launch, "check_browser", lambda _: None)
    assert other.launch(form).status_code == 303


def test_signature_of_the_state(browser: Browser, monkeypatch: Patch) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    forged = form | {"state": form["state"][:-2] + "AA"}
    assert code_of(browser.launch(forged)) == "launch.state-unknown"

    monkeypatch.setattr(tickets.Signer, "unsign", lambda _signer, text: text.rpartition(b".")[0])
    assert browser.launch(forged).status_code == 303


def test_registration_of_the_state(
    browser: Browser, monkeypatch: Patch, second_platform: Callable[..., Any]
) -> None:
    second_platform(client_id=OTHER_CLIENT)
    query = browser.ask()
    valid = browser.forge.claims(PERSON, ACTIVITY, query["nonce"]) | {"aud": OTHER_CLIENT}
    form = {"state": query["state"], "id_token": browser.forge.mint(valid)}
    assert code_of(browser.launch(form)) == "launch.state-other-platform"
    drop(monkeypatch, "check_audience")
    assert browser.launch(form).status_code == 303


@pytest.mark.parametrize("use_burnt", [True, False])
def test_nonce_of_another_login(browser: Browser, monkeypatch: Patch, *, use_burnt: bool) -> None:
    one, two = browser.ask(), browser.ask()
    if use_burnt:
        browser.launch(browser.forge.answer(PERSON, ACTIVITY, two))
    token = browser.forge.mint(browser.forge.claims(PERSON, ACTIVITY, two["nonce"]))
    form = {"state": one["state"], "id_token": token}
    code = "launch.nonce-replayed" if use_burnt else "launch.nonce-of-other-login"
    assert code_of(browser.launch(form)) == code
    drop(monkeypatch, "check_nonce")
    response = browser.launch(form)
    assert (response.status_code, code_of(response)) == (
        (401, "launch.nonce-raced") if use_burnt else (303, "")
    )


def test_state_of_the_platform(browser: Browser, monkeypatch: Patch) -> None:
    monkeypatch.setattr(launchrows, "_refusal_of", lambda _row: None)
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask())
    with transaction() as session:
        session.execute(update(Deployment).values(status="disabled"))
        session.execute(update(Platform).values(status="disabled"))
    assert code_of(browser.launch(form)) == "platform.disabled"
    monkeypatch.setattr(launch, "check_open", lambda _platform: None)
    assert browser.launch(form).status_code == 303


def test_target_of_the_login(browser: Browser, monkeypatch: Patch) -> None:
    evil = {"target_link_uri": "https://evil.example/lti/launch"}
    assert code_of(browser.login(**evil)) == "login.target-foreign"
    monkeypatch.setattr(login, "is_at", lambda *_: True)
    assert browser.login(**evil).status_code == 302


def test_the_cookie_check_before_the_hint_is_spent(browser: Browser, monkeypatch: Patch) -> None:
    assert "/lti/login/check" in browser.login().location
    monkeypatch.setattr(views, "keeps_cookies", lambda _request: True)
    assert "state" in asked(browser.login())
