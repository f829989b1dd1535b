"""A launch that is proven and then refused leads back to the LMS, and takes along what went wrong (A49)."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import update
from support.lticases import LEARNER, deep
from support.practice import ACTIVITY, LMS, PERSON, Browser, Learners, code_of, launch_with
from werkzeug.test import TestResponse

from ltitool.errors import NotAllowed
from ltitool.foundation.db import transaction
from ltitool.lti import launch, openings
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.vocabulary import DEPLOYMENT_ID, PRESENTATION

Patch = pytest.MonkeyPatch
BACK = f"{LMS}/courses/7?tab=work&lti_x=1"


def way_back_in(response: TestResponse) -> str | None:
    """Give the link of an error page that leads away from us."""
    found = re.search(r'class="quiet-link" href="(https?:[^"]*)"', response.get_data(as_text=True))
    return unescape(found.group(1)) if found else None


def refused(browser: Browser, return_url: str = BACK, **changes: object) -> TestResponse:
    return launch_with(browser, **{PRESENTATION: {"return_url": return_url}, **changes})


def switch_off(browser: Browser, landing: Learners) -> dict[str, object]:
    del browser, landing
    with transaction() as session:
        session.execute(update(Deployment).values(status="disabled"))
    return {}


def new_place(browser: Browser, landing: Learners) -> dict[str, object]:
    del browser, landing
    return {DEPLOYMENT_ID: "new-school"}


def close_landing(browser: Browser, landing: Learners) -> dict[str, object]:
    del browser
    landing.fault = NotAllowed("not offered")
    return {}


REFUSALS: dict[str, Callable[[Browser, Learners], dict[str, object]]] = {
    "launch.deployment-disabled": switch_off,
    "launch.deployment-pending": new_place,
    "request.not-allowed": close_landing,
}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_proven_launch_that_is_refused_leads_back(browser: Browser, landing: Learners, code: str) -> None:
    changes = REFUSALS[code](browser, landing)
    response = refused(browser, **changes)
    assert (code_of(response), response.status_code) == (code, 403)
    link = way_back_in(response)
    assert link is not None
    assert link.startswith(f"{LMS}/courses/7?tab=work&lti_x=1&lti_errormsg=")
    query, page = dict(parse_qsl(urlsplit(link).query)), response.get_data(as_text=True)
    assert query["lti_errormsg"] in unescape(re.sub("<[^>]*>", "", page))
    shown_reference = re.findall(r"<code>([0-9a-f]{8})</code>", page)
    assert query["lti_errorlog"] == f"{code} {shown_reference[0]}"
    elsewhere = refused(browser, "https://evil.example/courses/7", **changes)
    assert (code_of(elsewhere), way_back_in(elsewhere)) == (code, None)
    script = refused(browser, "javascript:alert(1)", **changes)
    assert (code_of(script), "javascript:" in script.get_data(as_text=True)) == (code, False)


def test_a_role_that_may_not_leads_back_too(browser: Browser) -> None:
    query = browser.ask()
    claims = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    claims[PRESENTATION] = {"return_url": BACK}
    token = deep(roles=(LEARNER,))(browser.forge, claims)
    response = browser.launch({"state": query["state"], "id_token": token})
    assert code_of(response) == "launch.deep-link-not-for-learners"
    assert (way_back_in(response) or "").startswith(BACK)


def test_the_way_back_speaks_the_page_s_language(browser: Browser, landing: Learners) -> None:
    switch_off(browser, landing)
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
    response = refused(browser)
    assert 'lang="es"' in response.get_data(as_text=True)
    assert "Volver a su curso" in response.get_data(as_text=True)
    told = dict(parse_qsl(urlsplit(way_back_in(response) or "").query))["lti_errormsg"]
    assert told in response.get_data(as_text=True)
    assert told.startswith("Este lugar de su LMS")


UNPROVEN: dict[str, dict[str, object]] = {
    "launch.issuer-wrong": {"iss": "https://other.example"},
    "launch.message-type-unknown": {
        "https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiUnheardOfRequest"
    },
}


@pytest.mark.parametrize("changes", UNPROVEN.values(), ids=UNPROVEN)
def test_a_launch_that_is_not_proven_leads_nowhere(browser: Browser, changes: dict[str, object]) -> None:
    response = refused(browser, **changes)
    assert response.status_code in {400, 401}
    assert way_back_in(response) is None
    assert "lti_errormsg" not in response.get_data(as_text=True)


def test_a_strange_signature_leads_nowhere(browser: Browser, landing: Learners) -> None:
    switch_off(browser, landing)
    query = browser.ask()
    claims = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    claims[PRESENTATION] = {"return_url": BACK}
    for key, code, leads in (
        (browser.forge.stranger, "launch.signature-wrong", False),
        (None, "launch.deployment-disabled", True),
    ):
        token = browser.forge.mint(claims, key=key) if key else browser.forge.mint(claims)
        response = browser.launch({"state": query["state"], "id_token": token})
        assert (code_of(response), way_back_in(response) is not None) == (code, leads)


def test_an_lms_that_was_switched_off_is_not_led_back_to(browser: Browser) -> None:
    """Its launch is refused before anybody looks at the proof."""
    query = browser.ask()
    claims = browser.forge.claims(PERSON, ACTIVITY, query["nonce"]) | {PRESENTATION: {"return_url": BACK}}
    form = {"state": query["state"], "id_token": browser.forge.mint(claims)}
    with transaction() as session:
        session.execute(update(Platform).values(status="disabled"))
    response = browser.launch(form)
    assert (code_of(response), way_back_in(response)) == ("platform.disabled", None)


def test_without_its_judge_the_way_back_would_lead_anywhere(
    browser: Browser, landing: Learners, monkeypatch: Patch
) -> None:
    switch_off(browser, landing)
    assert way_back_in(refused(browser, "https://evil.example/")) is None
    monkeypatch.setattr(launch, "way_back", lambda url, _origins: url)
    assert (way_back_in(refused(browser, "https://evil.example/")) or "").startswith("https://evil.example/")
    monkeypatch.setattr(launch, "way_back", openings.way_back)
    assert way_back_in(refused(browser, "https://evil.example/")) is None
