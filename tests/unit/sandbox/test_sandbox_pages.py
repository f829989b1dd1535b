"""The LMS as people see it: choosing a person, courses, gradebook, people, languages, and its walls."""

import re
from typing import Any

import pytest
from flask import Flask
from support.lms_visitor import COURSE, LMS, NOON, TOOL, Browser, Clock, Services

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.seed import DEMO
from ltitool.sandbox.words import _SAID, say, write_moment, write_number

OTHER_COURSE = "collaborative-leadership-4"
PAGES = [
    "/courses",
    f"/courses/{COURSE}",
    f"/courses/{COURSE}/people",
    f"/courses/{COURSE}/gradebook",
    f"/courses/{COURSE}/activities/rl-this-week-3",
    f"/courses/{COURSE}/activities/rl-this-week-3/launch",
]


def test_the_start_page_offers_every_person(browser: Browser) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    for person in DEMO.people:
        assert f'value="{person.key}"' in page.text


def test_choosing_a_person_leads_to_their_courses(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"person": "amara-okafor"})
    assert (answer.status_code, answer.location) == (303, "/courses")
    page = browser.get("/courses").text
    assert DEMO.course(COURSE).title in page
    assert DEMO.course(OTHER_COURSE).title not in page
    assert "Amara Okafor" in page


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_chooses_a_person_and_comes_back(browser: Browser, path: str) -> None:
    asked = browser.get(path)
    assert asked.status_code == 302
    page = browser.get(asked.location).text
    assert f'name="to" value="{path}"' in page
    answer = browser.post("/sign-in", {"person": "amara-okafor", "to": path})
    assert answer.location == path
    assert browser.get(path).status_code == 200


def test_a_link_signs_in_and_leads_on(browser: Browser) -> None:
    answer = browser.get(f"/enter/ruth-delgado?to=/courses/{COURSE}")
    assert (answer.status_code, answer.location) == (303, f"/courses/{COURSE}")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Ruth Delgado" in browser.get(f"/courses/{COURSE}").text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", ""])
def test_a_link_leads_nowhere_else(browser: Browser, to: str) -> None:
    refused = browser.get("/enter/ruth-delgado", query_string={"to": to})
    assert (refused.status_code, "foreign-path" in refused.text) == (400, True)
    assert browser.get("/courses").status_code == 302


def test_an_unknown_person_is_refused(browser: Browser) -> None:
    refused = browser.get("/enter/nobody")
    assert (refused.status_code, "no-such-person" in refused.text) == (404, True)
    assert browser.post("/sign-in", {}).status_code == 404


def test_changing_person_ends_the_session(app: Flask, amara: Browser) -> None:
    assert amara.get("/courses").status_code == 200
    assert amara.post("/sign-out").status_code == 303
    assert amara.get("/courses").status_code == 302
    with app.extensions["practice-lms"].store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0


def test_a_forged_session_cookie_is_nobody(browser: Browser) -> None:
    browser.client.set_cookie("practice_lms_session", "guess", domain="127.0.0.1")
    assert browser.get("/courses").status_code == 302


@pytest.mark.parametrize(
    "path", [page.replace(COURSE, OTHER_COURSE).replace("-3", "-4") for page in PAGES[1:]]
)
def test_another_course_does_not_exist_for_a_stranger(amara: Browser, path: str) -> None:
    assert (amara.get(path).status_code, "no-such-course" in amara.get(path).text) == (404, True)
    assert amara.enter("kwame-boateng").get(path).status_code == 200
    assert amara.enter("pat-lindqvist").get(path).status_code == 200


def test_an_activity_is_found_in_its_own_course_only(amara: Browser) -> None:
    amara.enter("imani-whitfield")
    refused = amara.get(f"/courses/{COURSE}/activities/rl-keystone-4")
    assert (refused.status_code, "no-such-activity" in refused.text) == (404, True)


def test_the_course_page_lists_its_activities(amara: Browser) -> None:
    page = amara.get(f"/courses/{COURSE}").text
    assert "This week" in page
    assert "Graded, out of 100" in page


def test_an_activity_is_shown_in_a_frame_and_offered_in_a_tab(amara: Browser) -> None:
    page = amara.get(f"/courses/{COURSE}/activities/rl-keystone-3").text
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame
    launch = f"/courses/{COURSE}/activities/rl-keystone-3/launch"
    assert f'src="{launch}"' in frame[0]
    assert f"camera {TOOL}" in frame[0]
    assert f'href="{launch}?in=window"' in page


def test_a_launch_page_carries_the_login_and_no_script_of_its_own(amara: Browser) -> None:
    page = amara.get(f"/courses/{COURSE}/activities/rl-keystone-3/launch")
    form = amara.login("rl-keystone-3")
    assert set(form.fields) == {
        "iss",
        "target_link_uri",
        "login_hint",
        "lti_message_hint",
        "client_id",
        "lti_deployment_id",
    }
    assert re.findall(r"<script(?![^>]*\bsrc=)", page.text) == []


def test_people_sees_addresses_only_who_teaches(amara: Browser) -> None:
    path = f"/courses/{COURSE}/people"
    assert "Siobhán" in amara.get(path).text
    assert "@valleverde.example" not in amara.get(path).text
    assert "amara.okafor@valleverde.example" in amara.enter("ruth-delgado").get(path).text


def grade(services: Services, clock: Clock, person: str, **changes: Any) -> None:
    score = {
        "userId": DEMO.person(person).sub,
        "scoreGiven": 35,
        "scoreMaximum": 40,
        "comment": "<b>Clear</b> claims.",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": clock.now.isoformat(timespec="milliseconds"),
        **changes,
    }
    path = f"/api/courses/{COURSE}/lineitems/li-keystone-3/scores"
    assert services.send(path, score, words.SCORE_TYPE).status_code == 200


def test_the_gradebook_shows_score_comment_progress_and_time(
    browser: Browser, services: Services, clock: Clock
) -> None:
    grade(services, clock, "amara-okafor")
    grade(services, clock, "tom-ng", gradingProgress="PendingManual")
    browser.enter("ruth-delgado")
    page = browser.get(f"/courses/{COURSE}/gradebook").text
    assert 'data-score="87.5"' in page
    assert "&lt;b&gt;Clear&lt;/b&gt; claims." in page
    assert "Completed · Graded" in page
    assert "Received Nov 21, 2026, 12:00 UTC" in page
    assert "not final" in page
    assert page.count("No grade yet") == 6


def test_a_learner_sees_their_own_row_only(browser: Browser, services: Services, clock: Clock) -> None:
    grade(services, clock, "amara-okafor")
    browser.enter("tom-ng")
    page = browser.get(f"/courses/{COURSE}/gradebook").text
    assert "Amara" not in page
    assert "data-score" not in page
    browser.enter("amara-okafor")
    assert "data-score" in browser.get(f"/courses/{COURSE}/gradebook").text


def test_a_course_without_columns_says_so(app: Flask, browser: Browser) -> None:
    with app.extensions["practice-lms"].store.writing() as connection:
        connection.execute("DELETE FROM line_items")
    browser.enter("ruth-delgado")
    assert "nothing to grade" in browser.get(f"/courses/{COURSE}/gradebook").text


def test_somebody_without_courses_is_told_so(app: Flask, amara: Browser) -> None:
    with app.extensions["practice-lms"].store.writing() as connection:
        connection.execute("DELETE FROM enrolments WHERE person_key = 'amara-okafor'")
    assert "not in a course yet" in amara.get("/courses").text


@pytest.mark.parametrize("path", ["/", *PAGES, "/nowhere"])
def test_every_page_speaks_spanish(amara: Browser, path: str) -> None:
    answer = amara.post("/language", {"language": "es", "to": path})
    assert (answer.status_code, answer.location) == (303, path)
    page = amara.get(path).text
    assert '<html lang="es">' in page
    assert "LMS de práctica" in page


@pytest.mark.parametrize("fields", [{"language": "xx"}, {}, {"language": "es", "to": "//evil.example"}])
def test_a_wrong_language_choice_is_refused(browser: Browser, fields: dict[str, str]) -> None:
    assert browser.post("/language", fields).status_code == 400


def test_the_language_is_the_persons_own_then_the_browsers(browser: Browser) -> None:
    assert '<html lang="es">' in browser.get("/", headers={"Accept-Language": "es-MX"}).text
    assert '<html lang="en">' in browser.get("/", headers={"Accept-Language": "fi"}).text
    browser.enter("jose-luis-hernandez")
    assert '<html lang="es">' in browser.get("/courses", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language"])
def test_a_foreign_form_is_refused(amara: Browser, path: str) -> None:
    fields = {"person": "tom-ng", "language": "es"}
    for origin in (TOOL, "null", "http://127.0.0.1:8001.evil.example"):
        refused = amara.post(path, fields, headers={"Origin": origin})
        assert (refused.status_code, "foreign-form" in refused.text) == (403, True)
    hidden = amara.client.post(path, base_url=LMS, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert hidden.status_code == 403
    assert amara.client.post(path, base_url=LMS, data=fields).status_code == 303


def test_the_lms_answers_under_its_own_name_only(app: Flask) -> None:
    client = app.test_client()
    moved = client.get("/courses?a=b", base_url="http://localhost:8001")
    assert (moved.status_code, moved.location) == (302, f"{LMS}/courses?a=b")
    for method, path in (("POST", "/sign-in"), ("GET", "/lti/jwks"), ("POST", "/lti/token")):
        refused = client.open(path, method=method, base_url="http://evil.example")
        assert (refused.status_code, "another-name" in refused.text) == (421, True)


def test_every_answer_is_guarded(amara: Browser) -> None:
    for path in ("/", *PAGES, "/nowhere", "/lti/jwks"):
        headers = amara.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert f"form-action 'self' {TOOL}" in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_does_not_exist_is_a_page_with_a_code(browser: Browser) -> None:
    missing = browser.get("/nowhere")
    assert (missing.status_code, "404 not-found" in missing.text) == (404, True)
    wrong = browser.get("/lti/token")
    assert (wrong.status_code, "405 method-not-allowed" in wrong.text) == (405, True)


def test_static_files_are_served(browser: Browser) -> None:
    for name in ("practice.css", "forward.js", "mark.svg"):
        with browser.get(f"/static/{name}") as answer:
            assert answer.status_code == 200


def test_every_phrase_exists_twice_with_the_same_places() -> None:
    for english, spanish in _SAID.values():
        assert english
        assert spanish
        assert re.findall(r"{\w+}", english) == re.findall(r"{\w+}", spanish)


def test_numbers_and_moments_are_written_as_in_the_united_states() -> None:
    assert (write_number(87.5), write_number(100)) == ("87.5", "100")
    assert write_moment("en", NOON) == "Nov 21, 2026, 12:00 UTC"
    assert write_moment("es", NOON) == "21 nov 2026, 12:00 UTC"
    with pytest.raises(KeyError):
        say("en", "no such phrase")
