"""Canvas's, Moodle's and a hostile platform's manners, each beside what the strict one does."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from support.lms_visitor import COURSE, LMS, Browser, Clock, Services, ThrowawayTool
from werkzeug.test import TestResponse

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.manners import CANVAS, HOSTILE, MODES, MOODLE, STRICT, Manners, Trick
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import DEMO
from ltitool.sandbox.tricks import FOREIGN_PAGE, SECRETS

ITEMS = f"/api/courses/{COURSE}/lineitems"
KEYSTONE = f"{ITEMS}/li-keystone-3"
ROSTER = f"/api/courses/{COURSE}/memberships"
AMARA, RUTH = DEMO.person("amara-okafor").sub, DEMO.person("ruth-delgado").sub
Behave = Callable[[Manners], None]


@pytest.fixture
def behave(app: Flask) -> Behave:
    def switch(manners: Manners) -> None:
        app.extensions[EXTENSION].board.manners = manners

    return switch


@pytest.fixture
def post(services: Services, clock: Clock) -> Callable[..., TestResponse]:
    def send(given: float | None = 80, **changes: Any) -> TestResponse:
        body = {
            "userId": AMARA,
            "scoreGiven": given,
            "scoreMaximum": 100,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": clock.now.isoformat(timespec="milliseconds"),
            **changes,
        }
        whole = {name: value for name, value in body.items() if value is not None}
        return services.send(f"{KEYSTONE}/scores", whole, words.SCORE_TYPE)

    return send


def shown(services: Services) -> float | None:
    results = services.read(f"{KEYSTONE}/results?user_id={AMARA}", words.RESULTS_TYPE).get_json()
    return results[0].get("resultScore") if results else None


def test_every_mode_is_named_as_it_is_listed() -> None:
    assert {name: mode.name for name, mode in MODES.items()} == {name: name for name in MODES}
    assert set(MODES) == {"strict", "canvas", "moodle", "hostile"}


# --- Moodle -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("manners", "status"), [(STRICT, 200), (MOODLE, 409)])
def test_moodle_knows_no_parts_of_a_second(
    behave: Behave, post: Callable[..., TestResponse], clock: Clock, manners: Manners, status: int
) -> None:
    behave(manners)
    assert post().status_code == 200
    clock.forward(milliseconds=300)
    assert post(90).status_code == status
    clock.forward(seconds=1)
    assert post(95).status_code == 200


@pytest.mark.parametrize(
    "unfinished", [{"gradingProgress": "Pending"}, {"scoreGiven": None}, {"gradingProgress": "NotReady"}]
)
def test_moodle_erases_a_grade_for_anything_unfinished(
    behave: Behave,
    post: Callable[..., TestResponse],
    services: Services,
    clock: Clock,
    unfinished: dict[str, Any],
) -> None:
    behave(MOODLE)
    post(comment="Well done")
    assert shown(services) == 80
    clock.forward(seconds=2)
    assert post(**unfinished).status_code == 200
    result = services.read(f"{KEYSTONE}/results", words.RESULTS_TYPE).get_json()[0]
    assert "resultScore" not in result
    assert "comment" not in result


def test_moodle_says_why_in_the_reason_phrase(behave: Behave, post: Callable[..., TestResponse]) -> None:
    behave(MOODLE)
    refused = post(userId=RUTH)
    assert refused.status == "400 Incorrect score received"
    assert refused.get_json() == []


@pytest.mark.parametrize(("manners", "status"), [(STRICT, 415), (MOODLE, 400)])
def test_moodle_finds_no_handler_for_another_type(
    behave: Behave, services: Services, manners: Manners, status: int
) -> None:
    behave(manners)
    assert services.send(f"{KEYSTONE}/scores", {}, "application/json").status_code == status


def test_moodle_quotes_the_next_page_so_that_nobody_finds_it(behave: Behave, services: Services) -> None:
    for _ in range(2):
        services.send(ITEMS, {"label": "More", "scoreMaximum": 1}, words.LINE_ITEM_TYPE)
    behave(MOODLE)
    link = services.read(f"{ITEMS}?type_id=1&limit=1", words.LINE_ITEMS_TYPE).headers["Link"]
    said = link.encode("latin-1").decode()
    assert said == f"<{LMS}{ITEMS}?type_id=1&amp;limit=1&amp;page=1>; rel=“next”"
    assert "Link" not in services.read(f"{ITEMS}?type_id=1", words.LINE_ITEMS_TYPE).headers


def test_moodles_addresses_carry_a_query(behave: Behave, services: Services) -> None:
    behave(MOODLE)
    (item,) = services.read(ITEMS, words.LINE_ITEMS_TYPE).get_json()
    assert item["id"] == f"{LMS}{KEYSTONE}?type_id=1"


def test_a_limit_on_moodles_results_ends_in_an_error_page(behave: Behave, services: Services) -> None:
    behave(MOODLE)
    assert services.read(f"{KEYSTONE}/results", words.RESULTS_TYPE).status_code == 200
    broken = services.read(f"{KEYSTONE}/results?limit=1", words.RESULTS_TYPE)
    assert (broken.status_code, broken.mimetype) == (404, "text/html")


def test_moodles_roster_has_short_roles_and_makes_coaches_learners(
    behave: Behave, services: Services
) -> None:
    def roles(sub: str) -> list[str]:
        members = services.read(ROSTER, words.ROSTER_TYPE).get_json()["members"]
        return next(one["roles"] for one in members if one["user_id"] == sub)

    assert roles(RUTH) == [words.INSTRUCTOR]
    behave(MOODLE)
    assert roles(RUTH) == ["Learner"]
    link = services.read(f"{ROSTER}?role=Learner&limit=1", words.ROSTER_TYPE).headers["Link"]
    assert "role" not in link.partition(";")[0]


def test_moodles_tokens_are_called_html_and_its_assertions_go_unread(
    app: Flask, behave: Behave, tool: ThrowawayTool, clock: Clock
) -> None:
    def ask(**changes: object) -> TestResponse:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": words.ASSERTION_TYPE,
            "client_assertion": tool.assertion(clock, aud="https://elsewhere.example", **changes),
            "scope": f"{words.SCOPE_SCORE} made-up",
        }
        return app.test_client().post("/lti/token", base_url=LMS, data=form)

    assert ask().status_code == 400
    behave(MOODLE)
    granted = ask()
    assert (granted.status_code, granted.mimetype) == (200, "text/html")
    assert granted.get_json(force=True)["scope"] == words.SCOPE_SCORE
    assert ask().status_code == 200  # the same jti once more
    assert ask(sub="somebody-else").status_code == 401


def test_a_moodle_launch_has_neither_azp_nor_uris_for_kinds(
    behave: Behave, amara: Browser, tool: ThrowawayTool
) -> None:
    claims = launched(amara, tool)
    assert (claims["azp"], claims[words.CONTEXT]["type"]) == ("keystone-tool", [words.COURSE_OFFERING])
    assert words.GROUPS in claims
    behave(MOODLE)
    claims = launched(amara, tool)
    assert ("azp" in claims, claims[words.CONTEXT]["type"]) == (False, ["CourseSection"])
    assert claims[words.TOOL_PLATFORM]["product_family_code"] == "moodle"
    assert claims["exp"] - claims["iat"] == 60
    assert words.GROUPS not in claims


def launched(browser: Browser, tool: ThrowawayTool) -> dict[str, Any]:

    answer = browser.authenticate(tool.asks(browser.login().fields))
    payload = answer.fields["id_token"].split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


# --- Canvas -----------------------------------------------------------------------------------------------


def test_canvas_shares_its_issuer_and_names_a_storage_frame(
    behave: Behave, amara: Browser, tool: ThrowawayTool
) -> None:
    behave(CANVAS)
    login = amara.login().fields
    assert (login["iss"], login["lti_storage_target"]) == (
        "https://canvas.instructure.com",
        "post_message_forwarding",
    )
    assert launched(amara, tool)["iss"] == "https://canvas.instructure.com"


def test_each_score_is_an_attempt_on_canvas_unless_it_says_not(
    behave: Behave, post: Callable[..., TestResponse], clock: Clock
) -> None:
    behave(replace(CANVAS, attempts_allowed=1))
    assert post().status_code == 200
    clock.forward(seconds=2)
    refused = post(90)
    assert (refused.status_code, refused.get_json()["error"]) == (422, "attempts_exhausted")
    assert post(90, **{words.CANVAS_SUBMISSION: {"new_submission": False}}).status_code == 200
    clock.forward(seconds=2)
    assert post(91, **{words.CANVAS_SUBMISSION: {"submission_type": "none"}}).status_code == 200
    assert post(92, gradingProgress="Pending").status_code == 200


def test_comments_pile_up_on_canvas(
    behave: Behave, post: Callable[..., TestResponse], browser: Browser, clock: Clock
) -> None:
    behave(CANVAS)
    for text in ("First word", "Second word"):
        assert post(comment=text).status_code == 200
        clock.forward(seconds=1)
    page = browser.enter("imani-whitfield").get(f"/courses/{COURSE}/gradebook").text
    assert ("First word" in page, "Second word" in page) == (True, True)
    behave(STRICT)
    assert "First word" not in browser.get(f"/courses/{COURSE}/gradebook").text


@pytest.mark.parametrize(
    ("changes", "strict", "canvas"),
    [
        ({"userId": RUTH}, 400, 422),
        ({"userId": "nobody"}, 400, 422),
        ({"scoreMaximum": None}, 400, 422),
        ({"timestamp": "2020-01-01T00:00:00.000+00:00"}, 409, 400),
        ({}, 409, 200),
    ],
    ids=["a coach", "a stranger", "no maximum", "older", "the same time"],
)
def test_canvas_has_other_refusals(
    behave: Behave, post: Callable[..., TestResponse], changes: dict[str, Any], strict: int, canvas: int
) -> None:
    assert post().status_code == 200
    assert post(**changes).status_code == strict
    behave(CANVAS)
    assert post(**changes).status_code == canvas


@pytest.mark.parametrize(("manners", "status"), [(STRICT, 403), (CANVAS, 401), (MOODLE, 204)])
def test_an_activitys_own_column_is_deleted_by_moodle_alone(
    behave: Behave, services: Services, manners: Manners, status: int
) -> None:
    behave(manners)
    assert services.call("DELETE", KEYSTONE).status_code == status
    left = services.read(KEYSTONE, words.LINE_ITEM_TYPE).status_code
    assert left == (404 if status == 204 else 200)


@pytest.mark.parametrize(("manners", "status"), [(STRICT, 400), (CANVAS, 200)])
def test_a_large_limit_is_cut_or_refused(
    behave: Behave, services: Services, manners: Manners, status: int
) -> None:
    behave(manners)
    assert services.read(f"{ROSTER}?limit=500", words.ROSTER_TYPE).status_code == status


# --- Groups, and a hostile platform ------------------------------------------------------------------------


def test_groups_are_listed_where_they_are_offered(behave: Behave, services: Services) -> None:
    groups = f"/api/courses/{COURSE}/groups"
    found = services.read(groups, words.GROUPS_TYPE).get_json()["groups"]
    assert [one["name"] for one in found] == ["Tuesday group", "Thursday group"]
    mine = services.read(f"{groups}?user_id={AMARA}", words.GROUPS_TYPE).get_json()["groups"]
    assert [one["id"] for one in mine] == ["tuesday-3"]
    sets = services.read(f"/api/courses/{COURSE}/group-sets", words.GROUPS_TYPE).get_json()["sets"]
    assert sets == [{"id": "coaching-3", "name": "Coaching"}]
    member = services.read(f"{ROSTER}?groups=true", words.ROSTER_TYPE).get_json()["members"][0]
    assert member["group_enrollments"] == [{"group_id": "tuesday-3"}]
    behave(MOODLE)
    assert services.read(groups, words.GROUPS_TYPE).status_code == 404


def test_a_hostile_platform_plays_its_tricks_by_turns(behave: Behave, services: Services) -> None:
    behave(HOSTILE)
    answers = {trick: services.read(ROSTER, words.ROSTER_TYPE) for trick in Trick}
    assert FOREIGN_PAGE in answers[Trick.FOREIGN_NEXT].headers["Link"]
    assert f"<{LMS}{ROSTER}>" in answers[Trick.CIRCLE_NEXT].headers["Link"]
    assert "page=1" in answers[Trick.ENDLESS_NEXT].headers["Link"]
    assert len(answers[Trick.HUGE_PAGE].data) > 8_000_000
    assert answers[Trick.REDIRECT].location == SECRETS
    pieces = answers[Trick.ENDLESS_BODY].iter_encoded()
    assert sum(len(next(pieces)) for _ in range(200)) > 10_000_000
    answers[Trick.ENDLESS_BODY].close()
    assert "<script>" in services.read(ROSTER, words.ROSTER_TYPE).get_json()["members"][0]["name"]


def test_a_clock_ahead_stamps_launches_in_the_future(
    app: Flask, amara: Browser, tool: ThrowawayTool, clock: Clock
) -> None:
    app.extensions[EXTENSION].board.skew = timedelta(minutes=7)
    assert launched(amara, tool)["iat"] == int((clock.now + timedelta(minutes=7)).timestamp())
