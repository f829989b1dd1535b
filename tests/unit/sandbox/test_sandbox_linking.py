"""Deep linking at the practice LMS: what it asks, what it takes, and each answer with one thing wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from support.lms_visitor import COURSE, LMS, TOOL, Browser, Clock, Form, ThrowawayTool
from werkzeug.test import TestResponse

from ltitool.sandbox import linking
from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.compact import decode_part
from ltitool.sandbox.forge import ABSENT, changed
from ltitool.sandbox.runtime import EXTENSION

Claims = dict[str, Any]
PAGE = f"/courses/{COURSE}"
Answer = Callable[..., TestResponse]


@pytest.fixture
def imani(browser: Browser) -> Browser:
    return browser.enter("imani-whitfield")


def with_manners(app: Flask, **manners: Any) -> None:
    live = app.extensions[EXTENSION]
    config = replace(live.config, manners=replace(live.config.manners, **manners))
    app.extensions[EXTENSION] = replace(live, config=config)


def ask(imani: Browser, tool: ThrowawayTool) -> Claims:
    """Give the claims of a deep linking request, read by the tool."""
    login = Form(imani.get(f"{PAGE}/links/start").text)
    token = imani.authenticate(tool.asks(login.fields)).fields["id_token"]
    found: Claims = json.loads(decode_part(token.split(".")[1]))
    return found


NAIVE = "2026-11-21T12:00:00"
BACKWARDS = {"startDateTime": NAIVE + "Z", "endDateTime": "2026-11-20T12:00:00Z"}


def item(**changes: Any) -> Claims:
    usual = {
        "type": words.LINK_ITEM,
        "title": "Week 6",
        "url": f"{TOOL}/lti/launch",
        "custom": {"week": "6"},
        "lineItem": {"scoreMaximum": 10, "resourceId": "six", "tag": "six"},
    }
    return changed(usual, **changes)


@pytest.fixture
def answer(imani: Browser, tool: ThrowawayTool, clock: Clock) -> Answer:
    """Answer a request as a tool would, with some claims changed."""
    sent: list[int] = []

    def answered(key: RSAKey | None = None, **changes: Any) -> TestResponse:
        sent.append(1)
        data = ask(imani, tool)[words.DEEP_LINK_SETTINGS].get("data", ABSENT)
        now = int(clock.now.timestamp())
        claims = {
            "iss": "keystone-tool",
            "aud": [LMS],
            "iat": now,
            "exp": now + 300,
            "nonce": f"nonce-{len(sent)}",
            words.DEPLOYMENT_ID: "valle-verde-1",
            words.MESSAGE_TYPE: words.DEEP_LINKING_RESPONSE,
            words.VERSION: "1.3.0",
            words.CONTENT_ITEMS: [item()],
            words.DEEP_LINK_DATA: data,
        }
        head = {"alg": "RS256", "kid": tool.key.kid}
        token = jwt.encode(head, changed(claims, **changes), key or tool.key, ["RS256"])
        return post(imani, token)

    return answered


def post(imani: Browser, token: str) -> TestResponse:
    client = imani.client.application.test_client()  # the answer arrives without our cookie
    return client.post(f"{PAGE}/links/return", data={"JWT": token}, base_url=LMS, headers={"Origin": TOOL})


def test_a_request_says_what_the_course_takes(imani: Browser, tool: ThrowawayTool) -> None:
    claims = ask(imani, tool)
    settings = claims[words.DEEP_LINK_SETTINGS]
    assert claims[words.MESSAGE_TYPE] == words.DEEP_LINKING_REQUEST
    assert words.RESOURCE_LINK not in claims
    assert settings["deep_link_return_url"] == f"{LMS}{PAGE}/links/return"
    assert (settings["accept_types"], settings["accept_multiple"]) == ([words.LINK_ITEM], True)


def test_links_become_activities_with_their_columns(imani: Browser, answer: Answer) -> None:
    ungraded = item(title="Week 7", lineItem=ABSENT)
    done = answer(**{words.CONTENT_ITEMS: [item(), ungraded]})
    assert done.text.count("data-activity") == 2
    course = imani.get(PAGE).text
    assert course.index("Week 6") < course.index("Week 7")
    assert "Week 6" in imani.get(f"{PAGE}/gradebook").text
    assert "Week 7" not in imani.get(f"{PAGE}/gradebook").text


def test_a_word_of_the_tool_is_shown(answer: Answer) -> None:
    done = answer(**{words.CONTENT_ITEMS: [], words.DEEP_LINK_ERROR: "Nothing fits <here>"})
    assert (done.status_code, "Nothing fits &lt;here&gt;" in done.text) == (200, True)


WRONG: tuple[tuple[str, Claims, str], ...] = (
    ("another client", {"iss": "somebody"}, "answer-wrong"),
    ("another platform", {"aud": ["https://other.example"]}, "answer-wrong"),
    ("two platforms", {"aud": [LMS, "https://other.example"]}, "answer-wrong"),
    ("another deployment", {words.DEPLOYMENT_ID: "2"}, "answer-wrong"),
    ("another message", {words.MESSAGE_TYPE: words.DEEP_LINKING_REQUEST}, "answer-wrong"),
    ("another version", {words.VERSION: "1.1"}, "answer-wrong"),
    ("no nonce", {"nonce": ABSENT}, "answer-wrong"),
    ("no exp", {"exp": ABSENT}, "answer-wrong"),
    ("expired", {"exp": 1}, "answer-expired"),
    ("good for ever", {"exp": 9_999_999_999}, "answer-expired"),
    ("made tomorrow", {"iat": 9_999_999_999}, "answer-expired"),
    ("no data", {words.DEEP_LINK_DATA: ABSENT}, "data-changed"),
    ("other data", {words.DEEP_LINK_DATA: "other"}, "data-changed"),
    ("no list", {words.CONTENT_ITEMS: {}}, "bad-items"),
    ("too many", {words.CONTENT_ITEMS: [item()] * 101}, "bad-items"),
    ("a file", {words.CONTENT_ITEMS: [item(type="file")]}, "bad-items"),
    ("no title", {words.CONTENT_ITEMS: [item(title=" ")]}, "bad-items"),
    ("a foreign page", {words.CONTENT_ITEMS: [item(url="https://evil.example/")]}, "bad-items"),
    ("custom of numbers", {words.CONTENT_ITEMS: [item(custom={"week": 6})]}, "bad-items"),
    ("a column of words", {words.CONTENT_ITEMS: [item(lineItem="ten")]}, "bad-items"),
    ("a column of nothing", {words.CONTENT_ITEMS: [item(lineItem={"scoreMaximum": 0})]}, "bad-items"),
    ("dates of words", {words.CONTENT_ITEMS: [item(available={"startDateTime": "soon"})]}, "bad-items"),
    ("a date without zone", {words.CONTENT_ITEMS: [item(available={"endDateTime": NAIVE})]}, "bad-items"),
    ("no dates", {words.CONTENT_ITEMS: [item(submission=[])]}, "bad-items"),
    ("an end before its start", {words.CONTENT_ITEMS: [item(submission=BACKWARDS)]}, "bad-items"),
    ("a good one and a bad one", {words.CONTENT_ITEMS: [item(), item(title="")]}, "bad-items"),
)


@pytest.mark.parametrize(("case", "change", "code"), WRONG, ids=[row[0] for row in WRONG])
def test_an_answer_with_one_thing_wrong(
    imani: Browser, answer: Answer, case: str, change: Claims, code: str
) -> None:
    del case
    refused = answer(**change)
    assert (refused.status_code, f"400 {code}" in refused.text) == (400, True), refused.text
    assert "Week 6" not in imani.get(PAGE).text
    assert answer().status_code == 200


def test_somebody_elses_signature(imani: Browser, answer: Answer, tool: ThrowawayTool) -> None:
    other = RSAKey.generate_key(2048, {"use": "sig", "kid": str(tool.key.kid)})
    assert "answer-not-signed" in answer(key=other).text
    assert "answer-not-signed" in post(imani, "a.b.c").text
    assert "no-answer" in post(imani, "").text


def test_a_request_is_answered_once(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(nonce="same").status_code == 200
    assert "answer-replayed" in answer(nonce="same").text
    monkeypatch.setattr(linking, "burn", lambda *_: True)
    assert answer(nonce="same").status_code == 200


def test_data_of_another_course_is_refused(imani: Browser, answer: Answer, app: Flask, clock: Clock) -> None:
    del clock
    keys = app.extensions[EXTENSION].keys
    note = {"jti": "j", "sub": "imani-whitfield", "course": "other", "exp": 9_999_999_999}
    foreign = jwt.encode({"alg": "HS256"}, note, keys.hints, ["HS256"])
    assert "data-changed" in answer(**{words.DEEP_LINK_DATA: foreign}).text
    own = jwt.encode({"alg": "HS256"}, note | {"course": COURSE}, keys.hints, ["HS256"])
    assert answer(**{words.DEEP_LINK_DATA: own}).status_code == 200
    assert "answer-replayed" in answer(**{words.DEEP_LINK_DATA: own}).text
    assert imani.get(PAGE).text.count("Week 6") == 1


def test_manners_of_moodle(app: Flask, answer: Answer) -> None:
    with_manners(app, sends_link_data=False)
    assert "data-not-sent" in answer(**{words.DEEP_LINK_DATA: "made up"}).text
    assert answer().status_code == 200


def test_a_place_for_one_link(app: Flask, answer: Answer) -> None:
    with_manners(app, takes_several_links=False)
    assert "too-many-items" in answer(**{words.CONTENT_ITEMS: [item(), item()]}).text
    assert answer().status_code == 200


def test_only_teachers_add_links(imani: Browser, app: Flask, tool: ThrowawayTool) -> None:
    assert "/links/new" in imani.get(PAGE).text
    assert imani.get(f"{PAGE}/links/new").status_code == 200
    amara = Browser(app).enter("amara-okafor")
    assert "/links/new" not in amara.get(PAGE).text
    assert amara.get(f"{PAGE}/links/new").status_code == 403
    assert amara.get(f"{PAGE}/links/start").status_code == 403
    assert Browser(app).get(f"{PAGE}/links/new").status_code == 302
    del tool
