"""Who may come in, what a foreign request gets, and what happens to words that came too late."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.foundation.db import read_session, transaction
from ltitool.people.drafts import find_draft
from ltitool.people.sessions import ABSOLUTE, KEPT_AFTER_END, OpenedSession, close_sessions_of
from ltitool.web.assets import asset_url
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import give_session_cookie
from ltitool.web.visit import current_visit

VisitAs = Callable[..., Visitor]


@pytest.fixture
def pages(app: Flask) -> Flask:
    """Add one page per guard; each answers with the visitor's id."""
    for guard in Guard:
        blueprint = guarded_blueprint(f"try_{guard.value}", __name__, guard=guard, path=f"/try-{guard.value}")

        def show() -> str:
            return str(current_visit().person_id)

        blueprint.add_url_rule("/", "page", (lambda: "open") if guard is Guard.PUBLIC else show)
        blueprint.add_url_rule("/send", "send", lambda: ("", 303, {"Location": "/"}), methods=["POST"])
        app.register_blueprint(blueprint)
    return app


@pytest.mark.parametrize(
    ("roles", "guard", "status"),
    [
        ([], "launched", 200),
        ([], "participant", 403),
        (["participant"], "participant", 200),
        (["participant"], "coach", 403),
        (["coach"], "coach", 200),
        (["coach"], "director", 403),
        (["director"], "director", 200),
        (["director"], "participant", 403),
    ],
)
def test_a_guard_lets_in_whom_it_names(
    pages: Flask, world: World, visit_as: VisitAs, roles: list[str], guard: str, status: int
) -> None:
    visitor = visit_as(world.amara, *roles)
    assert visitor.get(f"try-{guard}/").status_code == status


def test_a_public_page_needs_no_session(pages: Flask, client: FlaskClient) -> None:
    assert client.get("/try-public/").status_code == 200


def test_a_session_of_another_browser_opens_nothing(
    pages: Flask, world: World, visit_as: VisitAs, client: FlaskClient
) -> None:
    visitor = visit_as(world.amara)
    assert visitor.get("try-launched/").status_code == 200  # the control
    refused = client.get(f"/l/{visitor.short}/try-launched/", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (401, "session.missing")


@pytest.mark.parametrize("wait", [{"minutes": 31}, {"hours": 9}])
def test_a_session_ends(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock, wait: dict[str, float]
) -> None:
    visitor = visit_as(world.amara)
    assert visitor.get("try-launched/").status_code == 200
    clock.forward(**wait)
    refused = visitor.get("try-launched/", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["code"]) == (401, "session.ended")


def test_a_session_in_use_stays_open(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.amara)
    for _ in range(5):
        clock.forward(minutes=20)
        assert visitor.get("try-launched/").status_code == 200


def test_a_role_taken_away_ends_the_session(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.director, "director")
    assert visitor.get("try-director/").status_code == 200
    with transaction() as session:
        close_sessions_of(session, world.director.id, clock())
    assert visitor.get("try-director/").status_code == 401


def test_two_visits_in_one_browser_do_not_mix(pages: Flask, world: World, visit_as: VisitAs) -> None:
    amara, ben = visit_as(world.amara), visit_as(world.ben)
    for cookie in ben.client._cookies.values():
        amara.client._cookies[cookie._storage_key] = cookie
    assert amara.get("try-launched/").text == str(world.amara.id)
    assert amara.client.get(ben.path("try-launched/"), base_url=amara.origin).text == str(world.ben.id)


@pytest.mark.parametrize(
    ("mutation", "code"),
    [
        ({}, None),
        ({"headers": {"Origin": "https://evil.example"}}, "request.foreign"),
        ({"headers": {"Origin": "null"}}, "request.foreign"),
        ({"fields": {"csrf_token": "wrong"}}, "request.foreign"),
        ({"fields": {"csrf_token": ""}}, "request.foreign"),
    ],
)
def test_only_our_own_pages_may_send_forms(
    pages: Flask, world: World, visit_as: VisitAs, mutation: dict[str, dict[str, str]], code: str | None
) -> None:
    headers = {"Accept": "application/json", **mutation.get("headers", {})}
    answer = visit_as(world.amara).post("try-launched/send", mutation.get("fields"), headers=headers)
    if code is None:
        assert answer.status_code == 303
    else:
        assert (answer.status_code, answer.json["code"]) == (403, code)


def test_a_form_that_comes_too_late_is_kept(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.amara)
    clock.forward(hours=1)
    answer = visitor.post(
        "try-launched/send", {"words": "Forty minutes of work"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["code"]) == (401, "session.ended-words-kept")
    draft = find_draft(read_session(), world.organisation_id, world.amara.id, "/try-launched/send")
    assert draft is not None
    assert draft.fields == {"words": ["Forty minutes of work"]}


def test_a_late_form_with_a_forged_token_is_not_kept(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.amara)
    clock.forward(hours=1)
    answer = visitor.post(
        "try-launched/send", {"words": "x", "csrf_token": "forged"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["code"]) == (401, "session.ended")
    assert find_draft(read_session(), world.organisation_id, world.amara.id, "/try-launched/send") is None


def test_an_accepted_form_drops_its_draft(pages: Flask, world: World, visit_as: VisitAs) -> None:
    visitor = visit_as(world.amara)
    kept = visitor.post(f"drafts/keep?form={visitor.path('try-launched/send')}", {"words": "half a sent"})
    assert kept.json["kept"] is True
    assert find_draft(read_session(), world.organisation_id, world.amara.id, "/try-launched/send")
    visitor.post("try-launched/send", {"words": "half a sentence"})
    assert find_draft(read_session(), world.organisation_id, world.amara.id, "/try-launched/send") is None


def test_the_address_after_a_language_switch_stays_inside_the_visit(
    pages: Flask, world: World, visit_as: VisitAs
) -> None:
    visitor = visit_as(world.amara)
    inside = visitor.get("language/es?next=/try-launched/")
    assert inside.headers["Location"] == visitor.path("try-launched/")
    for outside in ("https://evil.example/", "//evil.example", "/\\evil", "/../other/x"):
        assert visitor.get(f"language/es?next={outside}").headers["Location"] == visitor.path("")


def test_a_new_tab_gets_a_session_of_its_own(pages: Flask, world: World, visit_as: VisitAs) -> None:
    visitor = visit_as(world.amara)
    form = dict(re.findall(r'name="(ticket|next)" value="([^"]+)"', visitor.get("").text))
    assert form["next"] == "/"
    browser = pages.test_client()
    foreign = {"Origin": "https://evil.example", "Accept": "application/json"}
    refused = browser.post("/tab", data=form, headers=foreign)
    assert (refused.status_code, refused.json["code"]) == (403, "request.foreign")
    opened = browser.post("/tab", data=form, headers={"Origin": visitor.origin}, base_url=visitor.origin)
    assert opened.status_code == 303
    assert visitor.short not in opened.headers["Location"]
    short = opened.headers["Location"].split("/")[2]
    page = browser.get(f"/l/{short}/try-launched/", base_url=visitor.origin)
    assert page.text == str(world.amara.id)


def test_a_ticket_dies_with_its_visit(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.amara)
    form = dict(re.findall(r'name="(ticket|next)" value="([^"]+)"', visitor.get("").text))
    ours = {"Origin": visitor.origin, "Accept": "application/json"}
    assert pages.test_client().post("/tab", data=form, headers=ours).status_code == 303  # the control
    forged = pages.test_client().post("/tab", data={**form, "ticket": "forged"}, headers=ours)
    assert (forged.status_code, forged.json["code"]) == (401, "session.ended")
    clock.forward(hours=1)
    late = pages.test_client().post("/tab", data=form, headers=ours)
    assert (late.status_code, late.json["code"]) == (401, "session.ended")


def test_a_late_form_is_known_after_the_longest_session(
    pages: Flask, world: World, clock: MovableClock
) -> None:
    """The cookie must outlive the session, or nobody would know whose the words are."""
    opened = OpenedSession(short="abcdefgh", token="secret")
    response = pages.response_class()
    give_session_cookie(response, opened)
    lives = int(response.headers["Set-Cookie"].partition("Max-Age=")[2].partition(";")[0])
    assert lives == (ABSOLUTE + KEPT_AFTER_END).total_seconds()


def test_a_number_beyond_every_row_is_no_address(pages: Flask, client: FlaskClient) -> None:
    refused = client.get("/issuers/valle-verde/status/" + "9" * 30)
    assert refused.status_code == 404


def test_a_new_tab_ends_with_its_visit(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.amara)
    for _ in range(23):
        clock.forward(minutes=20)
        page = visitor.get("")
    form = dict(re.findall(r'name="(ticket|next)" value="([^"]+)"', page.text))
    browser = pages.test_client()
    ours = {"Origin": visitor.origin}
    opened = browser.post("/tab", data=form, headers=ours, base_url=visitor.origin)
    short = opened.headers["Location"].split("/")[2]
    assert browser.get(f"/l/{short}/try-launched/", base_url=visitor.origin).status_code == 200
    clock.forward(minutes=21)
    assert browser.get(f"/l/{short}/try-launched/", base_url=visitor.origin).status_code == 401


def test_peoples_words_never_reach_the_log(pages: Flask) -> None:
    statement = text("INSERT INTO person (id, display_name) VALUES (:id, :name)")
    with pytest.raises(IntegrityError) as refused:
        read_session().execute(statement, {"id": "x", "name": "Canary"})
    assert "Canary" not in str(refused.value)


def test_times_are_told_in_the_programs_own_zone(
    pages: Flask, world: World, visit_as: VisitAs, clock: MovableClock
) -> None:
    visitor = visit_as(world.amara, "participant")
    clock.now = clock.now.replace(hour=3)  # nine in the evening of the day before, in Denver
    visitor = visit_as(world.amara, "participant")
    action = visitor.path("keystone")
    visitor.post(f"drafts/keep?form={action}", {"revision": "0", "title": "Half a title"})
    words = page_text(visitor.get("keystone"))
    assert "These are your words from March 11, 2026, 9:00" in words


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        (asset_url("app.css"), 31_536_000),
        (asset_url("public-sans.woff2"), 31_536_000),
        ("/static/dist/manifest.json", 3600),
        ("/static/dist/fonts/PublicSans_400Regular.ttf", 3600),
    ],
)
def test_only_files_whose_name_changes_with_their_content_are_kept_for_a_year(
    pages: Flask, path: str, seconds: int
) -> None:
    with pages.test_client().get(path) as answer:
        assert (answer.status_code, answer.cache_control.max_age) == (200, seconds)
        tag = str(answer.headers["ETag"])
    with pages.test_client().get(path, headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")
