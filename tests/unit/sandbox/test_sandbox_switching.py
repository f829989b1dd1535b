"""Switching a running platform: the administrator's page, a script's JSON, a teacher's own acts."""

from typing import Any

import pytest
from flask import Flask
from support.lms_visitor import COURSE, LMS, Browser, Clock, Services

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.faults import Fault, Kind, Service
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import DEMO, with_members
from ltitool.sandbox.switching import SWITCHES
from ltitool.sandbox.words import say

KEYSTONE = f"/api/courses/{COURSE}/lineitems/li-keystone-3"
ROSTER = f"/api/courses/{COURSE}/memberships"
BEHAVIOUR = "/admin/behaviour"


@pytest.fixture
def pat(browser: Browser) -> Browser:
    return browser.enter("pat-lindqvist")


@pytest.fixture
def imani(browser: Browser) -> Browser:
    return browser.enter("imani-whitfield")


def control(app: Flask, orders: dict[str, Any] | None = None, **more: Any) -> Any:
    client = app.test_client()
    if orders is None:
        return client.get("/control", base_url=LMS, **more)
    return client.post("/control", base_url=LMS, json=orders, follow_redirects=True, **more)


def test_a_script_switches_and_reads_back(app: Flask) -> None:
    orders = {
        "mode": "canvas",
        "manners": {"page_size": 3, "tricks": ["redirect"]},
        "faults": {"scores": {"kind": "slow", "seconds": 2, "times": 5}},
        "clock_skew_seconds": -90,
    }
    said = control(app, orders).get_json()
    assert (said["mode"], said["manners"]["page_size"], said["manners"]["makes_attempts"]) == ("own", 3, True)
    assert said["faults"] == {"scores": {"kind": "slow", "seconds": 2.0, "times": 5}}
    assert said["clock_skew_seconds"] == -90
    again = control(app, {"mode": "strict", "faults": {"scores": None}, "clock_skew_seconds": 0}).get_json()
    assert (again["mode"], again["faults"], again["clock_skew_seconds"]) == ("strict", {}, 0)


@pytest.mark.parametrize(
    "orders",
    [
        {"mode": "blackboard"},
        {"manners": {"page_size": "3"}},
        {"manners": {"page_size": True}},
        {"manners": {"name": "mine"}},
        {"manners": {"tricks": ["card"]}},
        {"manners": []},
        {"faults": {"coffee": {"kind": "slow"}}},
        {"faults": {"scores": {"kind": "sour"}}},
        {"faults": {"scores": {"kind": "slow", "times": 0}}},
        {"faults": {"scores": {"kind": "slow", "seconds": -1}}},
        {"clock_skew_seconds": "soon"},
        {"keys": "lose"},
        {"explode": True},
    ],
)
def test_an_order_that_cannot_be_read_changes_nothing(app: Flask, orders: dict[str, Any]) -> None:
    before = control(app).get_json()
    refused = control(app, {"clock_skew_seconds": 7, **orders})
    assert (refused.status_code, refused.get_json()["error"]) == (400, "bad_order")
    assert control(app).get_json() == before


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"Origin": LMS}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
    ],
    ids=["a browser", "a proxy", "another machine"],
)
def test_only_a_script_on_this_machine_reaches_the_control(app: Flask, more: dict[str, Any]) -> None:
    assert control(app).status_code == 200
    assert control(app, **more).status_code == 403


def test_keys_are_rotated_with_or_without_the_old_one(app: Flask) -> None:
    published = lambda: [key["kid"] for key in app.test_client().get("/lti/jwks", base_url=LMS).json["keys"]]  # noqa: E731 - read three times
    (first,) = published()
    control(app, {"keys": "rotate"})
    second, *others = published()
    assert others == [first] != [second]
    control(app, {"keys": "replace"})
    assert len(published()) == 1
    assert published()[0] not in {first, second}


def test_the_page_sets_modes_faults_clock_and_switches(app: Flask, pat: Browser) -> None:
    board = app.extensions[EXTENSION].board
    pat.post(BEHAVIOUR, {"mode": "moodle"})
    assert board.manners.name == "moodle"
    pat.post(BEHAVIOUR, {"service": "token", "kind": "html", "seconds": "1", "times": "2"})
    assert board.faults() == {Service.TOKEN: Fault(Kind.HTML, 1.0, 2)}
    assert "two" not in pat.get(BEHAVIOUR).text
    pat.post(BEHAVIOUR, {"clear": "1"})
    assert board.faults() == {}
    pat.post(BEHAVIOUR, {"skew": "400"})
    assert board.skew.total_seconds() == 400
    form = {
        "page_size": "7",
        "attempts_allowed": "0",
        "id_token_seconds": "60",
        "coupled_delete_status": "403",
        "storage_trick_from": "1",
    }
    pat.post(BEHAVIOUR, {**form, "short_roles": "on", "tricks": ["redirect"], "link_types": "link html"})
    manners = board.manners
    assert (manners.page_size, manners.short_roles, manners.html_tokens) == (7, True, False)
    assert (manners.tricks, manners.link_types) == (("redirect",), ("link", "html"))


def test_the_page_is_for_administrators(imani: Browser) -> None:
    assert imani.get(BEHAVIOUR).status_code == 403
    assert imani.post(BEHAVIOUR, {"mode": "moodle"}).status_code == 403


@pytest.mark.parametrize("form", [{"skew": "soon"}, {"mode": "x"}, {"service": "scores", "kind": "x"}])
def test_a_form_that_says_nothing_useful_is_refused(pat: Browser, form: dict[str, str]) -> None:
    assert pat.post(BEHAVIOUR, form).status_code == 400


@pytest.mark.parametrize("locale", ["en", "es"])
def test_every_switch_service_and_fault_has_its_words(locale: str) -> None:
    keys = [f"switch-{name}" for name in SWITCHES]
    keys += [f"service-{one}" for one in Service] + [f"kind-{one}" for one in Kind]
    assert all(say(locale, key) for key in keys)


def post_score(services: Services, clock: Clock, given: float, sub: str) -> int:
    body = {
        "userId": sub,
        "scoreGiven": given,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": clock.now.isoformat(timespec="milliseconds"),
    }
    return services.send(f"{KEYSTONE}/scores", body, words.SCORE_TYPE).status_code


def test_every_posted_score_is_shown_refused_or_not(services: Services, imani: Browser, clock: Clock) -> None:
    amara, ruth = DEMO.person("amara-okafor").sub, DEMO.person("ruth-delgado").sub
    assert [post_score(services, clock, 71, amara), post_score(services, clock, 72, amara)] == [200, 409]
    assert post_score(services, clock, 73, ruth) == 400
    page = imani.get(f"/courses/{COURSE}/gradebook/events").text
    assert [page.count(f'data-outcome="{one}"') for one in ("stored", "not_newer", "not_a_learner")] == [
        1,
        1,
        1,
    ]


def test_a_teachers_own_grade_is_newer_than_the_tools(
    services: Services, imani: Browser, clock: Clock
) -> None:
    amara = DEMO.person("amara-okafor").sub
    post_score(services, clock, 71, amara)
    form = {"person": "amara-okafor", "line_item": "li-keystone-3", "points": "55.5"}
    assert imani.post(f"/courses/{COURSE}/gradebook/grades", form).status_code == 303
    (result,) = services.read(f"{KEYSTONE}/results", words.RESULTS_TYPE).get_json()
    assert result["resultScore"] == 55.5
    assert post_score(services, clock, 72, amara) == 409
    for wrong in ({"points": "many"}, {"person": "nobody"}, {"line_item": "nothing"}):
        assert imani.post(f"/courses/{COURSE}/gradebook/grades", form | wrong).status_code in {400, 404}


def test_a_deleted_column_is_gone_for_the_tool(services: Services, imani: Browser, clock: Clock) -> None:
    amara = DEMO.person("amara-okafor").sub
    assert post_score(services, clock, 71, amara) == 200
    assert imani.post(f"/courses/{COURSE}/gradebook/columns/li-keystone-3/delete").status_code == 303
    assert post_score(services, clock, 72, amara) == 404


def test_somebody_who_left_is_not_listed_and_cannot_be_graded(
    services: Services, imani: Browser, clock: Clock
) -> None:
    amara = DEMO.person("amara-okafor").sub

    def listed() -> dict[str, str]:
        members = services.read(ROSTER, words.ROSTER_TYPE).get_json()["members"]
        return {one["user_id"]: one["status"] for one in members}

    def make(kind: str) -> int:
        return imani.post(f"/courses/{COURSE}/people/amara-okafor/absence", {"kind": kind}).status_code

    assert listed()[amara] == "Active"
    make("inactive")
    assert (listed()[amara], post_score(services, clock, 71, amara)) == ("Inactive", 400)
    make("removed")
    assert amara not in listed()
    make("present")
    assert (listed()[amara], post_score(services, clock, 71, amara)) == ("Active", 200)
    assert make("promoted") == 404


@pytest.mark.parametrize(
    "path", ["gradebook/grades", "gradebook/columns/li-keystone-3/delete", "people/amara-okafor/absence"]
)
def test_a_learner_does_none_of_this(amara: Browser, path: str) -> None:
    assert amara.get(f"/courses/{COURSE}/gradebook/events").status_code == 403
    assert amara.post(f"/courses/{COURSE}/{path}", {}).status_code == 403


def test_a_course_may_have_any_number_of_members() -> None:
    seed = with_members(DEMO, COURSE, 120)
    assert len(seed.people) == len(DEMO.people) + 120
    assert len({person.sub for person in seed.people}) == len(seed.people)
