"""Deep linking: what a teacher is offered, what goes back, signed, and what is refused."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from support.clock import MovableClock
from support.deep_linking import ORIGIN, TEACHER, Teacher, ask_for_links, claims_of, reply_of
from support.lticases import LEARNER, deep_link_claims
from support.practice import ACTIVITY, LMS, PERSON, PLATFORM, Browser, Wire, code_of

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.jobs import Work
from ltitool.lti import deep_link_views, deep_linking
from ltitool.lti import vocabulary as words
from ltitool.lti.models import DeepLinkRequest, Platform, ResourceLink
from ltitool.lti.wiring import forget_old_job, sweep_old
from ltitool.sandbox.forge import ABSENT
from ltitool.sandbox.seed import DEMO

Patch = pytest.MonkeyPatch
RETURN = f"{LMS}/courses/collaborative-leadership-3/links/return"
COURSE = "/courses/collaborative-leadership-3"


def items(token: str) -> list[dict[str, Any]]:
    return list(claims_of(token)[words.CONTENT_ITEMS])


def test_p23_a_course_is_offered_the_program_and_nothing_is_stored_as_a_link(browser: Browser) -> None:
    teacher = ask_for_links(browser)
    page = teacher.page()
    assert page.status_code == 200
    assert page.text.count('type="checkbox"') > 20
    assert page.headers["Content-Security-Policy"].count("form-action 'self';") == 1
    assert read_session().scalar(select(func.count()).select_from(ResourceLink)) == 0


def test_p23_one_activity_goes_back_signed(browser: Browser, wire: Wire, clock: MovableClock) -> None:
    del wire
    teacher = ask_for_links(browser)
    answer = teacher.send(link="activity-keystone")
    assert answer.status_code == 200, code_of(answer)
    assert f"form-action 'self' {LMS};" in answer.headers["Content-Security-Policy"]
    action, token = reply_of(answer)
    claims = claims_of(token)
    now = int(clock().timestamp())
    assert action == RETURN
    assert (claims["iss"], claims["aud"]) == (DEMO.client_id, [LMS])
    assert now < claims["exp"] <= now + 300
    assert claims[words.DEEP_LINK_DATA] == "the LMS's own note"
    assert claims[words.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert claims[words.DEPLOYMENT_ID] == DEMO.deployment_id
    (item,) = items(token)
    assert (item["type"], item["url"]) == ("ltiResourceLink", f"{ORIGIN}/lti/launch")
    assert item["lineItem"]["resourceId"] == item["lineItem"]["tag"] == "keystone"
    assert item["lineItem"]["scoreMaximum"] > 0


def test_p23_all_weeks_at_once(browser: Browser) -> None:
    _, token = reply_of(ask_for_links(browser).send(all="steps"))
    assert [item["custom"]["week"] for item in items(token)] == [str(week) for week in range(1, 14)]
    assert not any("lineItem" in item for item in items(token))


def test_each_answer_has_a_nonce_of_its_own(browser: Browser) -> None:
    nonces = {claims_of(reply_of(ask_for_links(browser).send(all="steps"))[1])["nonce"] for _ in range(2)}
    assert len(nonces) == 2


def test_p23_where_one_is_taken_one_is_offered(browser: Browser) -> None:
    teacher = ask_for_links(browser, accept_multiple=False)
    page = teacher.page()
    assert 'type="radio"' in page.text
    assert 'value="steps"' not in page.text
    several = teacher.send(link=["step-1", "step-2"])
    assert several.status_code == 422
    assert teacher.send(all="steps").status_code == 422
    assert len(items(reply_of(teacher.send(link="step-2"))[1])) == 1


def test_p23_the_guard_of_one_link_bites(browser: Browser, monkeypatch: Patch) -> None:
    teacher = ask_for_links(browser, accept_multiple=False)
    assert teacher.send(link=["step-1", "step-2"]).status_code == 422
    monkeypatch.setattr(deep_link_views, "check_choice", lambda *_: None)
    assert len(items(reply_of(teacher.send(link=["step-1", "step-2"]))[1])) == 2


def test_p23_data_comes_back_only_where_it_was_sent(browser: Browser) -> None:
    for sent in (ABSENT, None):
        _, token = reply_of(ask_for_links(browser, data=sent).send(link="step-1"))
        assert words.DEEP_LINK_DATA not in claims_of(token)
    odd = ' {"a": 1}\u00a0<&> '
    _, token = reply_of(ask_for_links(browser, data=odd).send(link="step-1"))
    assert claims_of(token)[words.DEEP_LINK_DATA] == odd


def test_p23_going_back_with_nothing(browser: Browser) -> None:
    teacher = ask_for_links(browser)
    empty = teacher.send()
    assert (empty.status_code, "data-forward" in empty.text) == (422, False)
    _, token = reply_of(teacher.send("none"))
    assert items(token) == []
    spoken = (words.DEEP_LINK_ERROR, words.DEEP_LINK_ERROR_LOG, words.DEEP_LINK_MESSAGE)
    assert not set(spoken) & claims_of(token).keys()


def test_p23_the_lms_is_told_what_to_show_and_to_write_down(browser: Browser) -> None:
    _, token = reply_of(ask_for_links(browser).send(link="step-1"))
    told = claims_of(token)
    assert (told[words.DEEP_LINK_MESSAGE], told[words.DEEP_LINK_LOG]) == ("1 link was added.", "added step-1")


def test_n69_where_no_links_fit_the_page_says_so(browser: Browser) -> None:
    teacher = ask_for_links(browser, accept_types=["file", "html"])
    page = teacher.page()
    assert "Nothing can be added here" in page.text
    assert 'name="link"' not in page.text
    assert teacher.send(link="step-1").status_code == 422
    _, token = reply_of(teacher.send("none"))
    told = claims_of(token)
    assert (items(token), bool(told[words.DEEP_LINK_ERROR])) == ([], True)
    assert told[words.DEEP_LINK_ERROR_LOG].startswith("links.nothing-fits")
    assert words.DEEP_LINK_MESSAGE not in told


def test_n65_a_request_may_name_no_target(browser: Browser) -> None:
    query = browser.ask()
    claims = deep_link_claims(browser.forge.claims(TEACHER, ACTIVITY, query["nonce"]))
    del claims[words.TARGET_LINK_URI]
    form = {"state": query["state"], "id_token": browser.forge.mint(claims)}
    assert browser.launch(form).status_code == 303


def test_a50_the_form_cannot_change_where_the_answer_goes(browser: Browser) -> None:
    changed = {"deep_link_return_url": "https://evil.example/", "return_url": "https://evil.example/"}
    action, _ = reply_of(ask_for_links(browser).send(link="step-1", **changed))
    assert action == RETURN


def test_a51_a_request_is_answered_once(browser: Browser) -> None:
    teacher = ask_for_links(browser)
    token = re.search(r'name="csrf_token" value="([^"]+)"', teacher.page().text)
    assert token
    fields = {"csrf_token": html.unescape(token[1]), "link": "step-1"}

    def post() -> Any:
        return teacher.client.post(teacher.home, data=fields, headers={"Origin": ORIGIN})

    assert post().status_code == 200
    again = post()
    assert (code_of(again), again.status_code) == ("links.answered", 409)
    assert "This is done" in teacher.page().text
    with transaction() as session:
        session.query(DeepLinkRequest).update({"answered_at": None})
    assert post().status_code == 200


def test_a51_data_of_two_requests_is_never_swapped(browser: Browser) -> None:
    one, two = ask_for_links(browser, data="one"), ask_for_links(browser, data="two")
    assert claims_of(reply_of(two.send(link="step-1", data="one"))[1])[words.DEEP_LINK_DATA] == "two"
    assert claims_of(reply_of(one.send(link="step-1", data="two"))[1])[words.DEEP_LINK_DATA] == "one"


def test_a52_what_is_not_offered_is_not_sent(browser: Browser, monkeypatch: Patch) -> None:
    teacher = ask_for_links(browser)
    for key in ("step-99", "https://evil.example/lti/launch", "activity-unheard-of"):
        answer = teacher.send(link=key)
        assert (code_of(answer), answer.status_code) == ("links.item-unknown", 400)
    made_up = deep_linking.OfferedLink("step-99", "t", "x")
    monkeypatch.setattr(deep_link_views, "chosen_links", lambda *_: [made_up])
    assert len(items(reply_of(teacher.send(link="step-99"))[1])) == 1


def test_a53_a_learner_opens_no_choice(browser: Browser) -> None:
    query = browser.ask()
    claims = deep_link_claims(browser.forge.claims(PERSON, ACTIVITY, query["nonce"]), (LEARNER,))
    refused = browser.launch({"state": query["state"], "id_token": browser.forge.mint(claims)})
    assert (code_of(refused), refused.status_code) == ("launch.deep-link-not-for-learners", 403)
    assert read_session().scalar(select(func.count()).select_from(DeepLinkRequest)) == 0


def test_a_visit_that_no_course_waits_for_has_no_such_page(browser: Browser) -> None:
    home = browser.launch_well().location
    short = home.split("/")[2]
    answer = Teacher(browser.client, f"/l/{short}/links/").page()
    assert (code_of(answer), answer.status_code) == ("links.none", 404)


@pytest.mark.parametrize(
    ("issuer", "url", "status"),
    [
        ("https://canvas.instructure.com", "https://school.instructure.com/return", 303),
        ("https://canvas.instructure.com", "https://school.evil.example/return", 400),
        (LMS, "https://school.instructure.com/return", 400),
    ],
)
def test_canvas_takes_links_at_the_schools_own_host(
    browser: Browser, issuer: str, url: str, status: int
) -> None:
    with transaction() as session:
        session.get_one(Platform, PLATFORM).issuer = issuer
    query = dict(browser.ask(iss=issuer))
    valid = browser.forge.claims(TEACHER, ACTIVITY, query["nonce"]) | {"iss": issuer}
    token = browser.forge.mint(deep_link_claims(valid, deep_link_return_url=url))
    assert browser.launch({"state": query["state"], "id_token": token}).status_code == status


def test_old_requests_are_forgotten(browser: Browser, clock: MovableClock) -> None:
    ask_for_links(browser)
    clock.forward(seconds=(deep_linking.KEPT + timedelta(minutes=1)).total_seconds())
    session = read_session()
    assert list(sweep_old(session, clock())) == ["all"]
    session.commit()
    forget_old_job(Work("lti.forget", "all", 1, 1, lambda: None))
    assert read_session().scalar(select(func.count()).select_from(DeepLinkRequest)) == 0


def test_the_practice_lms_takes_thirteen_weeks(tool: Flask, wire: Wire) -> None:
    """From the course page to thirteen activities in it, and back into the first of them."""
    lms, client = wire.lms.test_client(), tool.test_client()
    lms.get("/enter/imani-whitfield", base_url=LMS)
    assert "/links/new" in lms.get(COURSE, base_url=LMS).text
    teacher = Teacher(client, _launch(lms, client, f"{COURSE}/links/start"))
    action, token = reply_of(teacher.send(all="steps"))
    path = action.removeprefix(LMS)
    done = lms.post(path, data={"JWT": token}, base_url=LMS, headers={"Origin": ORIGIN})
    assert done.text.count("data-activity") == 13
    replay = lms.post(path, data={"JWT": token}, base_url=LMS, headers={"Origin": ORIGIN})
    assert replay.status_code == 400
    first = re.findall(r'data-activity="([^"]+)"', done.text)[0]
    assert _launch(lms, client, f"{COURSE}/activities/{first}/launch").endswith("/week/")


def _launch(lms: Any, client: Any, path: str) -> str:
    page = lms.get(path, base_url=LMS)
    client.set_cookie("__Host-lti_probe", "1", secure=True)
    login = _fields(page.text)
    answer = client.post("/lti/login", data=login)
    page = lms.get(answer.location.removeprefix(LMS), base_url=LMS)
    arrived = client.post("/lti/launch", data=_fields(page.text))
    assert arrived.status_code == 303, arrived.text
    return str(arrived.location)


def _fields(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}
