"""The check that cookies come back, before a hint that is good only once is spent."""

import re
import secrets
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from support.clock import MovableClock
from support.practice import ACTIVITY, PERSON, Browser, Wire, asked, code_of
from werkzeug.test import TestResponse

from ltitool.lti.browser import PROBE


def follow(browser: Browser, response: TestResponse) -> TestResponse:
    return browser.client.get(response.location)


def new_tab_link(response: TestResponse) -> str:
    (link,) = re.findall(r'<a class="button primary" href="([^"]+)"', response.get_data(as_text=True))
    return unescape(link)


def forget_cookies(browser: Browser) -> None:
    vars(browser.client)["_cookies"].clear()


def test_a_browser_that_keeps_cookies_goes_through_by_itself(browser: Browser) -> None:
    first = browser.login()
    assert urlsplit(first.location).path == "/lti/login/check"
    query = asked(follow(browser, first))
    assert browser.launch(browser.forge.answer(PERSON, ACTIVITY, query)).status_code == 303


def test_the_next_login_goes_straight_to_the_lms(browser: Browser) -> None:
    follow(browser, browser.login())
    assert "state" in asked(browser.login())


def test_nothing_goes_to_the_lms_before_a_cookie_came_back(browser: Browser, wire: Wire) -> None:
    first = browser.login()
    forget_cookies(browser)
    page = follow(browser, first)
    assert (page.status_code, page.location) == (200, None)
    assert "Open in a new tab" in page.get_data(as_text=True)
    assert 'target="_blank"' in page.get_data(as_text=True)
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert wire.requests == []


def test_the_new_tab_continues_the_same_login(browser: Browser) -> None:
    hint = '{"cmid":2,"launchid":"single use"}'
    first = browser.login(lti_message_hint=hint)
    forget_cookies(browser)
    link = new_tab_link(follow(browser, first))
    in_tab = browser.client.get(link)
    assert PROBE in in_tab.headers["Set-Cookie"]
    query = asked(follow(browser, in_tab))
    assert query["lti_message_hint"] == hint
    assert browser.launch(browser.forge.answer(PERSON, ACTIVITY, query)).status_code == 303


def test_a_browser_without_any_cookies_is_told_so(browser: Browser) -> None:
    first = browser.login()
    forget_cookies(browser)
    in_tab = browser.client.get(new_tab_link(follow(browser, first)))
    forget_cookies(browser)
    page = follow(browser, in_tab)
    assert "keeps no cookies at all" in page.get_data(as_text=True)
    again = browser.client.get(new_tab_link(page))
    assert "state" in asked(follow(browser, again))


def test_a_ticket_is_ours_and_fresh(browser: Browser, clock: MovableClock) -> None:
    first = browser.login()
    ticket = dict(parse_qsl(urlsplit(first.location).query))["ticket"]
    for changed in ("", ticket[:-3] + "AAA", "x"):
        response = browser.client.get("/lti/login/check", query_string={"ticket": changed})
        assert (code_of(response), response.status_code) == ("login.ticket-invalid", 401)
    assert follow(browser, first).status_code == 302
    clock.forward(minutes=10)
    response = follow(browser, first)
    assert (code_of(response), response.status_code) == ("login.ticket-expired", 401)


def test_a_login_too_long_for_a_ticket_skips_the_check(browser: Browser) -> None:
    assert "state" in asked(browser.login(lti_message_hint=secrets.token_hex(3900)))


@pytest.mark.parametrize("attack", ["http://localhost:8000/", "https://evil.example"])
def test_the_lms_is_the_registered_one_whatever_the_login_says(browser: Browser, attack: str) -> None:
    response = browser.client.get(
        "/lti/login/check",
        query_string={
            "ticket": dict(parse_qsl(urlsplit(browser.login().location).query))["ticket"],
            "redirect_uri": attack,
            "auth_login_url": attack,
        },
    )
    assert response.location.startswith("http://127.0.0.1:8001/lti/auth?")


def test_our_keys_are_public(browser: Browser) -> None:
    keys = browser.client.application.extensions["ltitool"].keys
    keys.ensure("tool", "lti-rs256")
    keys.rotate("tool", "lti-rs256")
    response = browser.client.get("/lti/jwks.json")
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    listed = response.get_json()["keys"]
    assert len({key["kid"] for key in listed}) == 2
    for key in listed:
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


def test_the_offer_of_a_tab_can_be_read_in_the_other_language(browser: Browser) -> None:
    first = browser.login(lti_message_hint="single use")
    forget_cookies(browser)
    (switch,) = re.findall(r'<a href="([^"]+)" hreflang="es"', follow(browser, first).get_data(as_text=True))
    spanish = browser.client.get(unescape(switch))
    assert spanish.status_code == 200
    in_tab = browser.client.get(new_tab_link(spanish))
    query = asked(follow(browser, in_tab))
    assert query["lti_message_hint"] == "single use"


def test_what_answers_a_launch_has_no_address_to_switch(browser: Browser) -> None:
    refused = browser.launch({"state": "x"})
    assert refused.status_code == 400
    assert "hreflang" not in refused.get_data(as_text=True)
