"""A login whose secret the LMS keeps: asked for by our own page, compared here, used once."""

import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select
from support.deep_linking import TEACHER
from support.lticases import deep_link_claims, privacy_claims
from support.practice import ACTIVITY, LMS, PERSON, Browser, Learners, code_of
from werkzeug.test import TestResponse

from ltitool.foundation.db import read_session
from ltitool.lti import browser as binding
from ltitool.lti import launch
from ltitool.lti.browser import STORED
from ltitool.lti.landing import Launched, Place
from ltitool.lti.models import BurntNonce, PrivacyRequest
from ltitool.people.models import WebSession

TOOL = "http://localhost:8000"
FRAME = "post_message_forwarding"
AGENT = {"User-Agent": "Safari in a school"}
IN_FRAME = {
    **AGENT,
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
}


def attributes(response: TestResponse) -> dict[str, str]:
    """Give what a page tells storage.js."""
    found = re.findall(r' data-([a-z]+)="([^"]*)"', response.get_data(as_text=True))
    return {name: unescape(value) for name, value in found}


def forget_cookies(browser: Browser) -> None:
    vars(browser.client)["_cookies"].clear()


def keep(browser: Browser, **changes: Any) -> TestResponse:
    """Log in from an LMS with storage, in a browser that keeps no cookie."""
    first = browser.login(**{"lti_storage_target": FRAME, **changes})
    forget_cookies(browser)
    return browser.client.get(first.location)


def answer(browser: Browser, kept: dict[str, str]) -> dict[str, str]:
    """Give what the LMS posts to us after such a login."""
    query = dict(parse_qsl(urlsplit(kept["next"]).query))
    return browser.forge.answer(PERSON, ACTIVITY, query)


def bring(browser: Browser, form: dict[str, str], value: str, **headers: str) -> TestResponse:
    """Send the launch again, with the secret, as the page with storage.js does."""
    sent = {"Origin": TOOL, **AGENT, **headers}
    return browser.client.post("/lti/launch", data={**form, STORED: value}, headers=sent)


def stored() -> tuple[int, int]:
    session = read_session()
    return len(session.scalars(select(WebSession)).all()), len(session.scalars(select(BurntNonce)).all())


def test_the_secret_goes_to_the_frame_and_origin_of_the_registration(browser: Browser) -> None:
    page = keep(browser)
    told = attributes(page)
    assert (page.status_code, told["frame"], told["origin"]) == (200, FRAME, LMS)
    assert told["next"].startswith(f"{LMS}/lti/auth?")
    assert told["value"] not in told["next"]
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {LMS}")
    assert "Set-Cookie" not in page.headers


def test_p14_where_the_lms_says_nothing_the_same_login_goes_on_in_a_tab(browser: Browser) -> None:
    silent = attributes(keep(browser, lti_message_hint="single use"))["silent"]
    offer = browser.client.get(silent)
    assert "Open in a new tab" in offer.get_data(as_text=True)
    (link,) = re.findall(r'<a class="button primary" href="([^"]+)"', offer.get_data(as_text=True))
    in_tab = browser.client.get(unescape(link))
    query = dict(parse_qsl(urlsplit(browser.client.get(in_tab.location).location).query))
    assert query["lti_message_hint"] == "single use"
    assert browser.launch(browser.forge.answer(PERSON, ACTIVITY, query)).status_code == 303


def test_an_lms_without_storage_is_not_asked(browser: Browser) -> None:
    page = keep(browser, lti_storage_target="")
    assert "data-storage-keep" not in page.get_data(as_text=True)
    assert "Open in a new tab" in page.get_data(as_text=True)


def test_a_launch_first_asks_and_then_lets_in_with_the_session_in_the_path(browser: Browser) -> None:
    kept = attributes(keep(browser))
    form = answer(browser, kept)
    page = browser.launch(form)
    told = attributes(page)
    assert (page.status_code, told["frame"], told["origin"], told["key"]) == (200, FRAME, LMS, kept["key"])
    assert kept["value"] not in page.get_data(as_text=True)
    assert stored() == (0, 0)
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {LMS}")
    opened = bring(browser, form, kept["value"])
    assert (opened.status_code, "Set-Cookie" in opened.headers) == (303, False)
    assert re.fullmatch(r"/l/[a-z0-9]{8}~[\w-]{43}/week/", opened.location)
    assert stored() == (1, 1)
    shown = browser.client.get(opened.location.removesuffix("week/"), headers=IN_FRAME)
    assert shown.status_code != 401
    copied = browser.client.get(opened.location.removesuffix("week/"), headers=AGENT)
    assert code_of(copied) == "session.only-in-frame"
    assert code_of(bring(browser, form, kept["value"])) == "launch.state-used"


def test_the_server_compares(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = attributes(keep(browser))
    form = answer(browser, kept)
    for wrong in ("", "x", kept["value"][:-1], attributes(keep(browser))["value"]):
        refused = bring(browser, form, wrong)
        assert (refused.status_code, code_of(refused)) == (401, "launch.other-browser")
    assert stored() == (0, 0)
    monkeypatch.setattr(launch, "check_browser", lambda _: None)
    assert bring(browser, form, "x").status_code == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null", LMS])
def test_nobody_else_may_bring_the_secret(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    """Whoever started the login knows its secret, and must not finish it in somebody else's browser."""
    kept = attributes(keep(browser))
    form = answer(browser, kept)
    refused = bring(browser, form, kept["value"], Origin=origin)
    assert (refused.status_code, code_of(refused)) == (401, "launch.other-browser")
    assert stored() == (0, 0)
    monkeypatch.setattr(binding, "comes_from_us", lambda: True)
    assert bring(browser, form, kept["value"], Origin=origin).status_code == 303


def test_a_login_with_a_cookie_is_not_finished_by_storage(browser: Browser) -> None:
    query = browser.ask(lti_storage_target=FRAME)
    form = browser.forge.answer(PERSON, ACTIVITY, query)
    secrets = [one.value for one in vars(browser.client)["_cookies"].values() if "probe" not in one.key]
    other = Browser(browser.client.application.test_client(), browser.forge)
    assert code_of(bring(other, form, secrets[0])) == "launch.other-browser"
    assert browser.launch(form).status_code == 303  # the control


def test_two_logins_crossed_open_nothing(browser: Browser) -> None:
    """A31: each works with its own answer, and with the other's neither."""
    one, two = attributes(keep(browser)), attributes(keep(browser))
    assert one["key"] != two["key"]
    assert code_of(bring(browser, answer(browser, one), two["value"])) == "launch.other-browser"
    assert bring(browser, answer(browser, one), one["value"]).status_code == 303
    assert bring(browser, answer(browser, two), two["value"]).status_code == 303


def test_staff_gets_a_tab_of_its_own(
    browser: Browser, landing: Learners, monkeypatch: pytest.MonkeyPatch
) -> None:
    def direct(_landing: Learners, _session: Any, _launched: Launched) -> Place:
        return Place(frozenset({"director", "participant"}), "overview/")

    monkeypatch.setattr(type(landing), "__call__", direct)
    kept = attributes(keep(browser))
    page = bring(browser, answer(browser, kept), kept["value"])
    assert (page.status_code, "~" in page.get_data(as_text=True)) == (200, False)
    assert "needs a tab of its own" in page.get_data(as_text=True)
    form = dict(re.findall(r'name="(ticket|next)" value="([^"]+)"', page.get_data(as_text=True)))
    tab = browser.client.post("/tab", data=form, headers={"Origin": TOOL}, base_url=TOOL)
    assert tab.status_code == 303, tab.text
    assert re.fullmatch(r"/l/[a-z0-9]{8}/overview/", tab.location)
    session = read_session().scalars(select(WebSession).where(WebSession.path_agent.is_not(None))).all()
    assert session == []


def test_p37_a_browser_without_cookies_gets_a_tab_and_the_tab_is_about_the_person(browser: Browser) -> None:
    kept = attributes(keep(browser))
    query = dict(parse_qsl(urlsplit(kept["next"]).query))
    claims = privacy_claims(browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
    form = {"state": query["state"], "id_token": browser.forge.mint(claims)}
    page = bring(browser, form, kept["value"])
    assert (page.status_code, "Set-Cookie" in page.headers, "~" in page.text) == (200, False, False)
    assert "shown in a tab of its own" in page.text
    (waits,), asked, _ = sessions()
    assert asked == [waits]
    sent = dict(re.findall(r'name="(ticket|next)" value="([^"]+)"', page.text))
    tab = browser.client.post("/tab", data=sent, headers={"Origin": TOOL}, base_url=TOOL)
    assert re.fullmatch(r"/l/[a-z0-9]{8}/privacy/", tab.location)
    found, asked, in_path = sessions()
    assert (len(found), in_path) == (2, [])
    assert asked == [one for one in found if one != waits]
    shown = browser.client.get(tab.location, base_url=TOOL)
    assert "Nothing is kept about this person." in shown.text


def sessions() -> tuple[list[uuid.UUID], list[uuid.UUID], list[str]]:
    """Give the sessions, those about somebody, and the agents of those in the path."""
    session = read_session()
    session.expire_all()
    found = list(session.scalars(select(WebSession.id).order_by(WebSession.created_at)))
    asked = list(session.scalars(select(PrivacyRequest.session_id)))
    in_path = [agent for agent in session.scalars(select(WebSession.path_agent)) if agent]
    session.commit()
    return found, asked, in_path


def ask_for_links_by_storage(browser: Browser) -> TestResponse:
    kept = attributes(keep(browser))
    query = dict(parse_qsl(urlsplit(kept["next"]).query))
    claims = deep_link_claims(browser.forge.claims(TEACHER, ACTIVITY, query["nonce"]))
    form = {"state": query["state"], "id_token": browser.forge.mint(claims)}
    return bring(browser, form, kept["value"])


def test_a_director_adds_links_in_the_frame_that_waits_and_is_no_director_there(
    browser: Browser, landing: Learners, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer belongs to this visit: a tab, which is another one, would know of no course that waits."""

    def direct(_landing: Learners, _session: Any, _launched: Launched) -> Place:
        return Place(frozenset({"director", "coach"}), "overview/")

    monkeypatch.setattr(type(landing), "__call__", direct)
    opened = ask_for_links_by_storage(browser)
    assert opened.status_code == 303, opened.text
    assert re.fullmatch(r"/l/[a-z0-9]{8}~[\w-]{43}/links/", opened.location)
    page = browser.client.get(opened.location, headers=IN_FRAME)
    assert page.status_code == 200
    assert "Add the whole program" in page.text
    assert read_session().scalars(select(WebSession.roles)).one() == ["coach"]


def test_a_page_that_belongs_to_its_frame_offers_no_tab(browser: Browser) -> None:
    opened = ask_for_links_by_storage(browser)
    page = browser.client.get(opened.location, headers=IN_FRAME)
    assert (page.status_code, "data-new-tab" in page.text) == (200, False)


def test_only_origins_of_the_registration_may_frame(
    browser: Browser, launch_claims_with: Callable[..., TestResponse]
) -> None:
    """D03: a return address is somebody's words; it widens nothing."""
    assert launch_claims_with(return_url="https://evil.example/back").status_code == 303
    session = read_session().scalars(select(WebSession)).one()
    assert session.embed_origins == [LMS]


@pytest.fixture
def launch_claims_with(browser: Browser) -> Callable[..., TestResponse]:
    presentation = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"

    def send(**changes: str) -> TestResponse:
        query = browser.ask()
        claims = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
        claims[presentation] = {**claims[presentation], **changes}
        return browser.launch({"state": query["state"], "id_token": browser.forge.mint(claims)})

    return send
