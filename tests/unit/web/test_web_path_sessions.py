"""Sessions in the path: for one user agent, in a frame, without a trace, and never mixed with a cookie's."""

import hashlib
import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from support.clock import MovableClock
from support.visitor import Visitor
from support.world import World

from ltitool.foundation.db import read_session
from ltitool.people.drafts import find_draft
from ltitool.web import csrf, path_sessions, visit
from ltitool.web.blueprints import Guard, guarded_blueprint
from ltitool.web.cookies import session_cookie_name

VisitAs = Callable[..., Visitor]
AGENT = "Firefox in a school"
IN_FRAME = {
    "User-Agent": AGENT,
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Accept": "application/json",
}
FETCHED = IN_FRAME | {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Origin": "http://localhost:8000"}
POSTED = IN_FRAME | {"Origin": "null"}  # what Chromium sends with forms of a page without referrer


@pytest.fixture
def pages(app: Flask) -> Flask:
    blueprint = guarded_blueprint("try_path", __name__, guard=Guard.LAUNCHED, path="/try")

    def show() -> str:
        return f"{url_for('try_path.page')} {url_for('verify.page')}"

    blueprint.add_url_rule("/", "page", show)
    blueprint.add_url_rule("/send", "send", lambda: ("", 303, {"Location": "/"}), methods=["POST"])
    blueprint.add_url_rule("/fault", "fault", lambda: 1 / 0)
    app.register_blueprint(blueprint)
    return app


@pytest.fixture
def visitor(pages: Flask, world: World, clock: MovableClock) -> Visitor:
    agent = hashlib.sha256(AGENT.encode()).hexdigest()
    return Visitor.open(pages, world.amara, ["participant"], clock, path_agent=agent)


def get(visitor: Visitor, path: str = "try/", **changes: str | None) -> tuple[int, str]:
    """Ask for a page in a frame, with some headers changed or (None) left out."""
    headers = {name: value for name, value in {**IN_FRAME, **changes}.items() if value is not None}
    answer = visitor.get(path, headers=headers)
    return answer.status_code, (answer.get_json(silent=True) or {}).get("code", "")


def test_every_address_of_the_visit_carries_it_and_no_other_does(visitor: Visitor) -> None:
    answer = visitor.get("try/", headers=IN_FRAME)
    assert answer.text == f"{visitor.path('try/')} /verify"
    assert "~" in visitor.segment
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


REFUSALS = (
    ("a top-level document", {"Sec-Fetch-Dest": "document"}, (403, "session.only-in-frame")),
    ("an object element", {"Sec-Fetch-Dest": "object"}, (403, "session.only-in-frame")),
    (
        "a browser that says nothing",
        {"Sec-Fetch-Dest": None, "Sec-Fetch-Mode": None},
        (403, "session.only-in-frame"),
    ),
    ("a frame that another site opened", {"Sec-Fetch-Site": "cross-site"}, (403, "session.only-in-frame")),
    ("a neighbouring site's frame", {"Sec-Fetch-Site": "same-site"}, (403, "session.only-in-frame")),
    ("a browser that tells no site", {"Sec-Fetch-Site": None}, (403, "session.only-in-frame")),
    (
        "another site's picture",
        {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site"},
        (403, "session.only-in-frame"),
    ),
    ("another user agent", {"User-Agent": "curl"}, (401, "session.missing")),
)


@pytest.mark.parametrize(("changes", "refusal"), [row[1:] for row in REFUSALS], ids=[r[0] for r in REFUSALS])
def test_a_copied_address_is_worth_nothing(
    visitor: Visitor, changes: dict[str, str | None], refusal: tuple[int, str]
) -> None:
    assert get(visitor)[0] == 200  # the control
    assert get(visitor, **changes) == refusal


@pytest.mark.parametrize("kind", ["image", "empty", "script"])
def test_what_a_page_of_the_frame_asks_for_is_given(visitor: Visitor, kind: str) -> None:
    assert get(visitor, **{"Sec-Fetch-Dest": kind, "Sec-Fetch-Mode": "no-cors"})[0] == 200


def test_each_check_is_needed(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    top = {"Sec-Fetch-Dest": "document"}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    with monkeypatch.context() as patch:
        patch.setattr(path_sessions, "OUR_OWN", frozenset({"same-origin", "cross-site"}))
        assert get(visitor, **foreign)[0] == 200
    assert get(visitor, **foreign)[0] == 403
    monkeypatch.setattr(visit, "is_in_frame", lambda: True)
    assert get(visitor, **top)[0] == 200
    assert get(visitor, **{"User-Agent": "curl"})[0] == 401
    monkeypatch.setattr(visit, "agent_hash", lambda: hashlib.sha256(AGENT.encode()).hexdigest())
    assert get(visitor, **{"User-Agent": "curl"})[0] == 200


def test_a_token_counts_only_where_it_was_put(
    visitor: Visitor, world: World, visit_as: VisitAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    short, _, token = visitor.segment.partition("~")
    visitor.client.set_cookie(session_cookie_name(short), token, domain="localhost", secure=True)
    by_cookie = f"/l/{short}/try/"
    cookied = visit_as(world.ben)
    secret = cookied.client.get_cookie(session_cookie_name(cookied.short), domain="localhost")
    assert secret is not None
    by_path = f"/l/{cookied.short}~{secret.value}/try/"

    def status(path: str) -> int:
        return visitor.client.get(path, base_url=visitor.origin, headers=IN_FRAME).status_code

    assert (get(visitor)[0], cookied.get("try/").status_code) == (200, 200)
    assert (status(by_cookie), status(by_path)) == (401, 401)
    monkeypatch.setattr(visit, "_check_carried", lambda *_, **__: None)
    assert (status(by_cookie), status(by_path)) == (200, 200)


def test_two_visits_of_one_browser_stay_apart_whichever_way_they_are_carried(
    visitor: Visitor, world: World, visit_as: VisitAs
) -> None:
    ben = visit_as(world.ben, "participant")
    for cookie in ben.client._cookies.values():
        visitor.client._cookies[cookie._storage_key] = cookie
    for path, name in ((visitor.path(""), world.amara.name), (ben.path(""), world.ben.name)):
        headers = IN_FRAME | {"Accept": "text/html"}
        page = visitor.client.get(path, base_url=visitor.origin, headers=headers, follow_redirects=True)
        assert f'masthead__person">{name}<' in page.text


@pytest.mark.parametrize("roles", [["director"], ["operator"], ["participant", "director"]])
def test_staff_is_never_carried_in_the_path(
    pages: Flask, world: World, clock: MovableClock, roles: list[str]
) -> None:
    agent = hashlib.sha256(AGENT.encode()).hexdigest()
    assert "~" not in Visitor.open(pages, world.director, roles, clock, path_agent=agent).segment
    assert (
        "~" in Visitor.open(pages, world.director, ["coach", "participant"], clock, path_agent=agent).segment
    )


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        (POSTED, None, 303),
        (FETCHED, None, 303),
        (POSTED | {"Sec-Fetch-Site": "cross-site"}, None, 403),
        (POSTED | {"Origin": "https://evil.example"}, None, 403),
        (POSTED, "wrong", 403),
    ],
)
def test_unsafe_requests_still_need_our_origin_and_the_token(
    visitor: Visitor, headers: dict[str, str], token: str | None, status: int
) -> None:
    fields = {} if token is None else {"csrf_token": token}
    assert visitor.post("try/send", fields, headers=headers).status_code == status


def test_a_cookie_visit_takes_no_nameless_form(
    pages: Flask, world: World, visit_as: VisitAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookied = visit_as(world.amara)
    assert cookied.post("try/send", headers=POSTED).status_code == 403
    monkeypatch.setattr(csrf, "comes_from_us", lambda **_: True)
    assert cookied.post("try/send", headers=POSTED).status_code == 303


def test_the_token_is_in_no_log(
    visitor: Visitor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = visitor.segment.partition("~")[2]
    caplog.set_level(logging.DEBUG)
    for path in ("nowhere/", "try/fault", "try/send"):
        visitor.get(path, headers=IN_FRAME)
    get(visitor, **{"Sec-Fetch-Dest": "document"})
    visitor.post("try/send", {"csrf_token": "wrong"}, headers=POSTED)
    assert visitor.short in caplog.text
    assert token not in caplog.text
    monkeypatch.setattr(path_sessions, "_CARRIED", re.compile("(never)"))
    visitor.get("nowhere/", headers=IN_FRAME)
    assert token in caplog.text


def test_it_ends_after_half_an_hour_and_keeps_what_came_too_late(
    visitor: Visitor, world: World, clock: MovableClock
) -> None:
    clock.forward(minutes=31)
    assert get(visitor) == (401, "session.ended")
    late = visitor.post("try/send", {"words": "Forty minutes of work"}, headers=POSTED)
    assert late.get_json()["code"] == "session.ended-words-kept"
    draft = find_draft(read_session(), world.organisation_id, world.amara.id, "/try/send")
    assert draft is not None
    assert draft.fields == {"words": ["Forty minutes of work"]}


def test_a_new_tab_has_a_cookie_and_opens_once(visitor: Visitor, client: FlaskClient) -> None:
    page = visitor.get("", headers=IN_FRAME | {"Accept": "text/html"}, follow_redirects=True)
    assert visitor.segment not in re.sub(r'(href|src|action|data-[a-z-]+)="[^"]*"', "", page.text)
    form = dict(re.findall(r'name="(ticket|next)" value="([^"]+)"', page.text))
    tab = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept": "application/json"}
    headers = {**POSTED, **tab}
    opened = client.post("/tab", data=form, headers=headers, base_url=visitor.origin)
    assert opened.status_code == 303
    assert "~" not in opened.location
    assert "Set-Cookie" in opened.headers
    again = client.post("/tab", data=form, headers=headers, base_url=visitor.origin)
    assert (again.status_code, again.get_json()["code"]) == (401, "session.ticket-used")
