"""A platform that lies to us when we call its services (A55 to A60, A65, A67): the practice LMS in bad hands.

Each guard stands beside its mutant: with the guard taken away, the attack comes through.
"""

import base64
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select, update
from support.clock import MovableClock
from support.grade_desk import Desk
from support.practice import LMS, Browser, Learners, Wire

from ltitool.errors import Invalid, ToolError
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import access_tokens, platform_client, rosters, service_pages
from ltitool.lti import grade_intents as intents
from ltitool.lti.models import Context, GradeIntent
from ltitool.lti.platform_client import Call, PlatformClient
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import read_members
from ltitool.lti.service_errors import (
    RosterEndless,
    ServiceAddressForeign,
    ServiceAnswerUnreadable,
    ServiceRefused,
    ServiceTargetGone,
    TokenRefused,
)
from ltitool.lti.vocabulary import SCOPE_SCORE
from ltitool.lti.wiring import LtiMemory
from ltitool.sandbox.faults import Fault, Kind, Service
from ltitool.sandbox.manners import MOODLE, STRICT, Trick

Patch = pytest.MonkeyPatch
ROSTER = f"{LMS}/api/courses/collaborative-leadership-3/memberships"
SECRETS = "169.254.169.254"


@pytest.fixture
def play(wire: Wire, client: PlatformClient) -> Any:
    """Have the practice LMS play one trick."""
    del client
    return lambda *tricks: setattr(
        wire.lms.extensions["practice-lms"].board, "manners", replace(STRICT, page_size=3, tricks=tricks)
    )


# --- A55: the token goes to pinned origins alone ----------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/lineitems",
        "http://127.0.0.1:8001@evil.example/lineitems",
        "http://127.0.0.1:80010/lineitems",
        "http://127.0.0.1:8001.evil.example/lineitems",
        "//evil.example/lineitems",
    ],
)
def test_a55_no_token_for_a_foreign_column(desk: Desk, monkeypatch: Patch, url: str) -> None:
    with transaction() as session:
        session.execute(update(Context).values(lineitems_url=url))
    desk.want()
    row = desk.run()
    assert (row.state, row.error, desk.wire.requests) == ("dead", "service.address-foreign", [])
    monkeypatch.setattr(platform_client, "is_at", lambda *_: True)
    desk.send_again(row.id)
    desk.clock.forward(seconds=2)
    desk.run()
    assert any("lineitems" in asked for _, asked in desk.wire.requests)


# --- A56: pages that lead astray --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trick", "refusal"),
    [
        (Trick.FOREIGN_NEXT, ServiceAddressForeign),
        (Trick.CIRCLE_NEXT, RosterEndless),
        (Trick.ENDLESS_NEXT, RosterEndless),
        (Trick.HUGE_PAGE, ServiceAnswerUnreadable),
        (Trick.ENDLESS_BODY, ServiceAnswerUnreadable),
        (Trick.REDIRECT, ServiceRefused),
    ],
)
def test_a56_a_roster_that_leads_astray_is_left(
    client: PlatformClient, play: Any, wire: Wire, monkeypatch: Patch, trick: Trick, refusal: type[ToolError]
) -> None:
    play()
    assert len(list(read_members(client, ROSTER))) == 10
    play(trick)
    monkeypatch.setattr(service_pages, "MAX_PAGES", 20)
    before = wire.count("memberships")
    with pytest.raises(refusal) as refused:
        list(read_members(client, ROSTER))
    assert type(refused.value) is refusal
    assert wire.count("memberships") - before <= 20
    assert (wire.count("evil.example"), wire.count(SECRETS)) == (0, 0)


@pytest.mark.parametrize("trick", list(Trick))
def test_a56_a_gradebook_that_leads_astray_gets_no_grade_elsewhere(
    desk: Desk, monkeypatch: Patch, trick: Trick
) -> None:
    monkeypatch.setattr(service_pages, "MAX_PAGES", 20)
    with_item = desk.items_url()
    desk.board.manners = replace(STRICT, tricks=(trick,))
    desk.want(activity_key="reflection", label="Reflection")
    row = desk.run()
    assert row.state in {"wanted", "dead"}
    assert row.error in {
        "service.address-foreign",
        "service.endless",
        "service.answer-unreadable",
        "service.refused",
    }
    assert all(url.startswith((with_item, f"{LMS}/lti/token")) for _, url in desk.wire.requests)
    desk.board.manners = STRICT
    desk.clock.forward(hours=2)
    if row.state == "dead":
        desk.send_again(row.id)
    desk.clock.forward(seconds=2)
    assert desk.run().state == "sent"


def test_a56_without_its_guard_a_foreign_page_is_asked(
    client: PlatformClient, play: Any, wire: Wire, monkeypatch: Patch
) -> None:
    play(Trick.FOREIGN_NEXT)
    monkeypatch.setattr(service_pages, "origin_of", lambda _url: "anywhere")
    with pytest.raises(ServiceAddressForeign):  # the client's own guard is the second
        list(read_members(client, ROSTER))
    monkeypatch.setattr(platform_client, "is_at", lambda *_: True)
    with pytest.raises(ToolError):
        list(read_members(client, ROSTER))
    assert wire.count("evil.example") > 0


def test_a56_without_its_guard_a_circle_goes_on(
    client: PlatformClient, play: Any, wire: Wire, monkeypatch: Patch
) -> None:
    play(Trick.CIRCLE_NEXT)
    monkeypatch.setattr(service_pages, "hash", lambda _page: object(), raising=False)
    monkeypatch.setattr(service_pages, "MAX_PAGES", 7)
    with pytest.raises(RosterEndless):
        list(read_members(client, ROSTER))
    assert wire.count("memberships") == 7


# --- A57, A58, A65: tokens --------------------------------------------------------------------------------


def test_a57_a_page_instead_of_a_token_is_an_error_that_passes(desk: Desk) -> None:
    desk.board.set_fault(Service.TOKEN, Fault(Kind.HTML, times=1))
    desk.want()
    row = desk.run()
    assert (row.state, row.error) == ("wanted", "service.token-refused")
    desk.clock.forward(hours=2)
    assert desk.run().state == "sent"


@pytest.mark.parametrize("kind", [Kind.BROKEN, Kind.UNAVAILABLE, Kind.TOO_MANY, Kind.DROPPED])
def test_a57_a_token_endpoint_that_is_down_is_asked_later(desk: Desk, kind: Kind) -> None:
    desk.board.set_fault(Service.TOKEN, Fault(kind, times=1))
    desk.want()
    row = desk.run()
    assert (row.state, row.error, row.unclear) == ("wanted", "service.busy", False)
    desk.clock.forward(minutes=1)
    assert desk.run().state == "sent"


def test_a57_a_token_is_kept_an_hour_whatever_is_said(
    memory: LtiMemory, client: PlatformClient, wire: Wire, clock: MovableClock, monkeypatch: Patch
) -> None:
    answer = b'{"access_token": "t", "expires_in": 1000000000}'
    wire.overrides["/lti/token"] = HttpAnswer(200, {}, answer)
    memory.tokens.get(client.platform, [SCOPE_SCORE])
    clock.forward(seconds=3541)
    memory.tokens.get(client.platform, [SCOPE_SCORE])
    assert wire.count("/lti/token") == 2
    monkeypatch.setattr(access_tokens, "LONGEST", access_tokens.LONGEST * 100)
    memory.tokens.get(client.platform, ["another"])
    clock.forward(seconds=3541)
    memory.tokens.get(client.platform, ["another"])
    assert wire.count("/lti/token") == 3


def test_a58_a_redirect_of_the_token_endpoint_is_not_followed(
    memory: LtiMemory, client: PlatformClient, wire: Wire
) -> None:
    target = f"http://{SECRETS}/latest/meta-data/"
    wire.overrides["/lti/token"] = HttpAnswer(302, {"location": target}, b"")
    with pytest.raises(TokenRefused):
        memory.tokens.get(client.platform, [SCOPE_SCORE])
    assert [url for _, url in wire.requests] == [f"{LMS}/lti/token"]
    wire.overrides.clear()
    assert memory.tokens.get(client.platform, [SCOPE_SCORE])


def test_a65_our_assertion_is_good_for_one_platform_one_minute_and_once(
    memory: LtiMemory, client: PlatformClient, wire: Wire, clock: MovableClock
) -> None:
    for scope in ("one", SCOPE_SCORE):
        try:
            memory.tokens.get(client.platform, [scope])
        except TokenRefused:
            continue  # the practice LMS knows no scope of that name; the assertion was sent all the same
    bodies = [body or b"" for url, _, body in wire.sent if url.endswith("/lti/token")]
    claims = [_claims(parse_qs(body.decode())["client_assertion"][0]) for body in bodies]
    assert [one["aud"] for one in claims] == [f"{LMS}/lti/token"] * 2
    assert all(0 < one["exp"] - one["iat"] <= 60 for one in claims)
    assert claims[0]["jti"] != claims[1]["jti"]
    assert claims[0]["iat"] == int(clock().timestamp())


def _claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found


# --- A59, A60: scores that may not be sent ----------------------------------------------------------------


@pytest.mark.parametrize("given", [101.0, -0.5, float("nan"), float("inf")])
def test_a59_a_score_that_is_none_is_refused_before_anything_is_sent(
    desk: Desk, monkeypatch: Patch, given: float
) -> None:
    with pytest.raises(Invalid):
        desk.want(given)
    desk.runner.run_once()
    assert (read_session().scalars(select(GradeIntent)).all(), desk.wire.requests) == ([], [])
    read_session().commit()
    monkeypatch.setattr(intents, "_check", lambda _wanted: None)
    desk.want(80.0)
    assert desk.run().state == "sent"


def test_a60_a_grade_goes_to_a_column_of_its_own_course(desk: Desk) -> None:
    """Whose work a coach may score is walked in the functional tests; here, where a grade may go."""
    desk.want()
    desk.run()
    other = desk.lms("SELECT count(*) FROM score_events WHERE course_id = 'collaborative-leadership-4'")
    assert (other[0][0], desk.shown()) == (0, 80.0)


# --- A67, P19 to P22: rosters -----------------------------------------------------------------------------


class Long(PlatformClient):
    """A platform with a roster of any length, fifty to the page."""

    def __init__(self, people: int) -> None:
        super().__init__(None, None, None, None)  # type: ignore[arg-type] # it answers by itself
        object.__setattr__(self, "people", people)

    def send(self, call: Call) -> HttpAnswer:
        start = int(call.url.rpartition("=")[2]) if "=" in call.url else 0
        people: int = vars(self)["people"]
        members = [
            {"user_id": str(number), "roles": ["Learner"], "name": f"Somebody {number}"}
            for number in range(start, start + 50)
        ]
        link = f'<{LMS}/roster?from={start + 50}>; rel="next"' if start + 50 < people else ""
        return HttpAnswer(200, {"link": link}, json.dumps({"members": members}).encode())


def counted(members: Iterator[Any]) -> int:
    return sum(1 for _ in members)


def test_a67_a_roster_of_twenty_thousand_is_read_in_flat_memory() -> None:
    assert counted(read_members(Long(500), f"{LMS}/roster")) == 500
    tracemalloc.start()
    try:
        assert counted(read_members(Long(20_000), f"{LMS}/roster")) == 20_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a67_more_people_than_any_course_has_are_not_read(monkeypatch: Patch) -> None:
    assert counted(read_members(Long(50_000), f"{LMS}/roster")) == 50_000
    with pytest.raises(RosterEndless):
        counted(read_members(Long(50_050), f"{LMS}/roster"))
    monkeypatch.setattr(rosters, "MAX_MEMBERS", 10**9)
    monkeypatch.setattr(service_pages, "MAX_PAGES", 10**9)
    assert counted(read_members(Long(50_050), f"{LMS}/roster")) == 50_050


def test_p19_a_roster_in_pages_is_whole_and_names_nobody_twice(
    client: PlatformClient, play: Any, wire: Wire
) -> None:
    play()
    subjects = [member.subject for member in read_members(client, ROSTER)]
    assert (len(subjects), len(set(subjects)), wire.count("memberships")) == (10, 10, 4)


def test_p21_a_roster_as_a_link_shows_it(client: PlatformClient) -> None:
    assert counted(read_members(client, ROSTER, link="rl-keystone-3")) == 10
    with pytest.raises(ServiceTargetGone):
        list(read_members(client, ROSTER, link="rl-keystone-4"))


def test_moodles_roster_calls_a_coach_a_learner(client: PlatformClient, wire: Wire) -> None:
    def role_of_ruth() -> LtiRole:
        return next(one.role for one in read_members(client, ROSTER) if one.name == "Ruth Delgado")

    assert role_of_ruth() is LtiRole.INSTRUCTOR
    wire.lms.extensions["practice-lms"].board.manners = MOODLE
    assert role_of_ruth() is LtiRole.LEARNER  # so the feature above never demotes by a roster


def test_a_launch_and_a_roster_agree_on_who_somebody_is(
    browser: Browser, landing: Learners, client: PlatformClient
) -> None:
    browser.launch_well()
    subjects = {member.subject for member in read_members(client, ROSTER)}
    assert landing.launched[0].subject in subjects
