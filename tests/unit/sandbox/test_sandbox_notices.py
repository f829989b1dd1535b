"""Notices of the practice LMS: a tool asks for them, a course copy sends one, and nobody is asked twice."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from support.lms_visitor import COURSE, LMS, TOOL, Browser, Form, Services, ThrowawayTool

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.config import Manners, PlatformConfig
from ltitool.sandbox.notice_post import post_notices
from ltitool.sandbox.runtime import EXTENSION, Platform

DESK = "/api/notice-handlers/valle-verde-1"
HANDLER = f"{TOOL}/lti/notices"


@pytest.fixture
def posts(app: Flask) -> list[tuple[str, dict[str, Any]]]:
    """What the platform posted, each notice's claims read with the platform's own key."""
    platform: Platform = app.extensions[EXTENSION]
    found: list[tuple[str, dict[str, Any]]] = []

    def post(url: str, body: bytes) -> str:
        tokens = [notice["jwt"] for notice in json.loads(body)["notices"]]
        found.extend((url, jwt.decode(one, platform.keys.signing[0], ["RS256"]).claims) for one in tokens)
        return "200"

    app.extensions[EXTENSION] = replace(platform, post=post)
    return found


def ask(services: Services, kind: str = words.CONTEXT_COPY_NOTICE, handler: str = HANDLER) -> Any:
    return services.send(DESK, {"notice_type": kind, "handler": handler}, "application/json", "PUT")


def test_a_tool_asks_and_reads_what_it_asked(
    services: Services, posts: list[tuple[str, dict[str, Any]]]
) -> None:
    answer = ask(services)
    assert (answer.status_code, answer.get_json()["handler"]) == (200, HANDLER)
    listed = services.call("GET", DESK).get_json()
    assert {one["notice_type"]: one["handler"] for one in listed["notice_handlers"]} == {
        words.HELLO_NOTICE: "",
        words.CONTEXT_COPY_NOTICE: HANDLER,
    }
    ask(services, handler="")
    again = services.call("GET", DESK).get_json()
    assert {one["handler"] for one in again["notice_handlers"]} == {""}
    assert posts == []


def test_hello_is_said_once_for_each_new_address(
    services: Services, posts: list[tuple[str, dict[str, Any]]]
) -> None:
    for _ in range(2):
        ask(services, words.HELLO_NOTICE)
    assert [(url, claims[words.NOTICE]["type"]) for url, claims in posts] == [(HANDLER, words.HELLO_NOTICE)]
    ask(services, words.HELLO_NOTICE, HANDLER + "?new")
    assert len(posts) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"notice_type": "LtiCoffeeNotice", "handler": HANDLER}, "unknown_notice_type"),
        ({"notice_type": words.HELLO_NOTICE, "handler": "https://elsewhere.example/n"}, "foreign_handler"),
        ({"notice_type": words.HELLO_NOTICE, "handler": 7}, "bad_handler"),
    ],
)
def test_a_wrong_wish_is_refused(services: Services, body: dict[str, Any], code: str) -> None:
    answer = services.send(DESK, body, "application/json", "PUT")
    assert (answer.status_code, answer.get_json()["error"]) == (400, code)
    assert ask(services).status_code == 200


def test_only_the_deployment_s_own_tool_with_the_scope(
    services: Services, services_with: Callable[..., Services]
) -> None:
    other = services.send("/api/notice-handlers/another", {}, "application/json", "PUT")
    assert (other.status_code, other.get_json()["error"]) == (404, "no_such_deployment")
    without = services_with(words.SCOPE_ROSTER)
    assert (ask(without).status_code, ask(without).get_json()["error"]) == (403, "insufficient_scope")


def test_a_platform_without_notices_names_no_service(
    config: PlatformConfig, tool: ThrowawayTool, forge: Any
) -> None:
    assert words.NOTICE_SERVICE in forge.claims("amara-okafor", "rl-this-week-3", "n")
    quiet = replace(config, manners=Manners(notice_types=()))
    app = create_platform(quiet, tool.fetch)
    assert app.extensions[EXTENSION].config.manners.notice_types == ()
    assert words.NOTICE_SERVICE not in type(forge)(quiet, forge.keys).claims(
        "amara-okafor", "rl-this-week-3", "n"
    )


def copy(browser: Browser, course: str = COURSE) -> str:
    answer = browser.post(f"/courses/{course}/copy")
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2]


def test_p34_a_copy_keeps_the_links_drops_the_people_and_is_told(
    app: Flask, browser: Browser, services: Services, posts: list[tuple[str, dict[str, Any]]]
) -> None:
    ask(services)
    imani = browser.enter("imani-whitfield")
    made = copy(imani)
    _, claims = posts[0]
    assert (claims["aud"], claims[words.DEPLOYMENT_ID]) == ("keystone-tool", "valle-verde-1")
    assert (claims[words.CONTEXT]["id"], claims[words.ORIGIN_CONTEXTS]) == (made, [COURSE])
    with app.extensions[EXTENSION].store.reading() as connection:
        people = connection.execute("SELECT person_key FROM enrolments WHERE course_id = ?", (made,))
        assert [row["person_key"] for row in people] == ["imani-whitfield"]
        links = connection.execute("SELECT * FROM activities WHERE course_id = ?", (made,)).fetchall()
        assert {json.loads(row["custom"])["opens"] for row in links} == {"this-week", "keystone"}
        columns = connection.execute("SELECT * FROM line_items WHERE course_id = ?", (made,)).fetchall()
        assert [(row["resource_id"], row["score_maximum"]) for row in columns] == [("keystone", 100.0)]
        outcomes = connection.execute("SELECT outcome FROM sent_notices").fetchall()
        assert [row["outcome"] for row in outcomes] == ["200"]
    again = copy(imani, made)
    assert posts[1][1][words.ORIGIN_CONTEXTS] == [made]
    assert again != made


def test_a_copy_s_launches_tell_its_history(browser: Browser, tool: ThrowawayTool) -> None:
    imani = browser.enter("imani-whitfield")
    made = copy(imani)
    page = imani.get(f"/courses/{made}").text
    link = page.split(f"/courses/{made}/activities/")[1].split('"')[0]
    login = Form(imani.get(f"/courses/{made}/activities/{link}/launch").text)
    told = imani.authenticate(tool.asks(login.fields)).fields["id_token"]
    claims = jwt.decode(
        told, imani.client.application.extensions[EXTENSION].keys.signing[0], ["RS256"]
    ).claims
    assert claims[words.CUSTOM]["context_history"] == COURSE


def test_learners_copy_no_courses(amara: Browser) -> None:
    assert amara.post(f"/courses/{COURSE}/copy").status_code == 403
    assert "Copy this course" not in amara.get(f"/courses/{COURSE}").text
    assert "Copy this course" in amara.enter("imani-whitfield").get(f"/courses/{COURSE}").text


def test_a_foreign_page_copies_no_course(browser: Browser) -> None:
    imani = browser.enter("imani-whitfield")
    headers = {"Origin": "https://evil.example"}
    assert imani.client.post(f"/courses/{COURSE}/copy", base_url=LMS, headers=headers).status_code == 403


def test_nobody_at_home_is_an_outcome_and_no_second_try() -> None:
    assert post_notices("http://127.0.0.1:1/notices", b"{}") == "no answer"
