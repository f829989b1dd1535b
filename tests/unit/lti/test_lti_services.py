"""Service tokens and rosters: the practice LMS's own, and answers that must not be trusted."""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from support.clock import MovableClock
from support.practice import LMS, Browser, Learners, Wire, down

from ltitool.errors import ToolError
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti.access_tokens import read_grant
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.platform_client import is_throttled, retry_after
from ltitool.lti.roles import LtiRole
from ltitool.lti.rosters import Member, read_members, refresh_roster
from ltitool.lti.service_errors import (
    RosterEndless,
    RosterNotLinked,
    ScopesRefused,
    ServiceAddressForeign,
    ServiceAnswerUnreadable,
    ServiceBusy,
    ServiceRefused,
    TokenRefused,
)
from ltitool.lti.service_pages import MAX_PAGES, next_page
from ltitool.lti.vocabulary import SCOPE_ROSTER, SCOPE_SCORE
from ltitool.lti.wiring import LtiMemory
from ltitool.sandbox.runtime import EXTENSION as LMS_EXTENSION

ROSTER = "/api/courses/collaborative-leadership-3/memberships"


def test_a_token_is_kept_and_renewed_a_minute_early(
    memory: LtiMemory, platform: Platform, wire: Wire, clock: MovableClock
) -> None:
    first = memory.tokens.get(platform, [SCOPE_SCORE])
    clock.forward(seconds=3539)
    assert memory.tokens.get(platform, [SCOPE_SCORE]) == first
    assert wire.count("/token") == 1
    clock.forward(seconds=1)
    assert memory.tokens.get(platform, [SCOPE_SCORE]) != first
    assert wire.count("/token") == 2


def test_a_token_is_for_its_scopes_alone(memory: LtiMemory, platform: Platform, wire: Wire) -> None:
    score, roster = (memory.tokens.get(platform, [scope]) for scope in (SCOPE_SCORE, SCOPE_ROSTER))
    assert score != roster
    assert wire.count("/token") == 2


def test_a_token_is_for_its_registration_alone(
    memory: LtiMemory, platform: Platform, wire: Wire, second_platform: Callable[..., Platform]
) -> None:
    ours = memory.tokens.get(platform, [SCOPE_SCORE])
    other = second_platform(client_id="other-school")  # of the same issuer, as on Canvas
    wire.overrides["/lti/token"] = HttpAnswer(200, {}, b'{"access_token": "theirs", "expires_in": 60}')
    assert memory.tokens.get(other, [SCOPE_SCORE]) == "theirs"
    wire.overrides.clear()
    assert memory.tokens.get(platform, [SCOPE_SCORE]) == ours


def test_many_at_once_ask_for_one_token(
    tool: Flask, memory: LtiMemory, platform: Platform, wire: Wire
) -> None:
    together, tokens = Barrier(8), set()

    def get() -> None:
        with tool.app_context():
            mine = read_session().scalars(select(Platform).where(Platform.id == platform.id)).one()
            read_session().commit()
            together.wait(timeout=20)
            tokens.add(memory.tokens.get(mine, [SCOPE_SCORE]))

    threads = [Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(tokens), wire.count("/token")) == (1, 1)


def test_an_lms_that_does_not_answer(memory: LtiMemory, platform: Platform, wire: Wire) -> None:
    wire.overrides["/lti/token"] = down()
    with pytest.raises(ServiceBusy):
        memory.tokens.get(platform, [SCOPE_SCORE])


def grant(status: int = 200, **fields: Any) -> HttpAnswer:
    return HttpAnswer(status, {}, json.dumps({"access_token": "t", "expires_in": 3600} | fields).encode())


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (HttpAnswer(200, {}, b"<html>"), TokenRefused),
        (grant(500), ServiceBusy),
        (grant(429), ServiceBusy),
        (grant(400, error="invalid_client"), TokenRefused),
        (grant(400, error="invalid_scope"), ScopesRefused),
        (grant(scope="something else"), ScopesRefused),
        (grant(access_token=""), TokenRefused),
        (grant(access_token="a\r\nX-Evil: 1"), TokenRefused),
        (grant(access_token="a b"), TokenRefused),
        (grant(access_token=7), TokenRefused),
        (grant(expires_in=-1), TokenRefused),
        (grant(expires_in="soon"), TokenRefused),
        (grant(expires_in=[]), TokenRefused),
    ],
)
def test_an_answer_that_is_no_token(
    answer: HttpAnswer, refusal: type[ToolError], clock: MovableClock
) -> None:
    assert read_grant(grant(), "a b", clock()).token == "t"
    with pytest.raises(refusal) as refused:
        read_grant(answer, "a b", clock())
    assert type(refused.value) is refusal


@pytest.mark.parametrize(
    ("said", "seconds"), [(60, 60), ("60", 60), (1e9, 3600), (None, 300), (3600.5, 3600)]
)
def test_a_token_is_kept_an_hour_at_most(clock: MovableClock, said: Any, seconds: int) -> None:
    answer = grant(expires_in=said, scope="a b c")
    assert (read_grant(answer, "a b", clock()).expires_at - clock()).total_seconds() == seconds


def test_what_retry_after_says(clock: MovableClock) -> None:
    now = clock()

    def wait(text: str) -> float | None:
        moment = retry_after(HttpAnswer(429, {"retry-after": text}, b""), now)
        return None if moment is None else (moment - now).total_seconds()

    assert wait("30") == 30
    assert wait("99999999") == 86_400
    assert wait(now.strftime("%a, %d %b %Y %H:%M:30 GMT")) == 30
    assert wait("Thu, 01 Jan 1970 00:00:00 -0000") == 0
    assert wait("soon") is None
    assert retry_after(HttpAnswer(429, {}, b""), now) is None


def test_when_no_means_later() -> None:
    assert is_throttled(HttpAnswer(403, {}, b"403 Forbidden (Rate Limit Exceeded)"))
    assert is_throttled(HttpAnswer(403, {"retry-after": "1"}, b""))
    assert not is_throttled(HttpAnswer(403, {}, b"insufficient scope"))
    assert not is_throttled(HttpAnswer(400, {"retry-after": "1"}, b""))


def small_pages(wire: Wire, size: int) -> None:
    lms = wire.lms.extensions[LMS_EXTENSION]
    manners = replace(lms.config.manners, page_size=size)
    wire.lms.extensions[LMS_EXTENSION] = replace(lms, config=replace(lms.config, manners=manners))


@pytest.mark.parametrize("size", [3, 50])
def test_a_roster_is_read_to_its_end(memory: LtiMemory, platform: Platform, wire: Wire, size: int) -> None:
    small_pages(wire, size)
    members = list(read_members(memory.client_for(platform), LMS + ROSTER))
    assert len({member.subject for member in members}) == 10
    assert [member.name for member in members if member.role is LtiRole.INSTRUCTOR] != []
    assert all(member.active and member.email for member in members)
    assert wire.count("memberships") == (4 if size == 3 else 1)


def page(link: str = "", **member: Any) -> HttpAnswer:
    fields = {"user_id": "1", "roles": ["Learner"]} | member
    body = {"members": [{name: value for name, value in fields.items() if value is not ...}, "noise"]}
    return HttpAnswer(200, {"link": link}, json.dumps(body).encode())


def read(memory: LtiMemory, platform: Platform, wire: Wire, answer: HttpAnswer | Exception) -> list[Member]:
    wire.overrides[ROSTER] = answer
    return list(read_members(memory.client_for(platform), LMS + ROSTER))


def test_a_member_may_be_almost_empty(memory: LtiMemory, platform: Platform, wire: Wire) -> None:
    (member,) = read(memory, platform, wire, page(roles=..., status="Inactive", given_name="Ada"))
    assert member == Member("1", "Ada", None, LtiRole.LEARNER, active=False, test_user=False)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (page(f'<{LMS}{ROSTER}>; rel="next"'), RosterEndless),
        (page('<https://evil.example/next>; rel="next"'), ServiceAddressForeign),
        (page(f'<{LMS.replace("8001", "8002")}/next>; rel="next"'), ServiceAddressForeign),
        (HttpAnswer(200, {}, b"<html>"), ServiceAnswerUnreadable),
        (HttpAnswer(200, {}, b'{"members": {}}'), ServiceAnswerUnreadable),
        (page(user_id=...), ServiceAnswerUnreadable),
        (page(user_id="x" * 256), ServiceAnswerUnreadable),
        (page(roles="Learner"), ServiceAnswerUnreadable),
        (HttpAnswer(403, {}, b""), ServiceRefused),
        (down(), ServiceBusy),
    ],
)
def test_a_roster_that_is_not_to_be_trusted(
    memory: LtiMemory, platform: Platform, wire: Wire, answer: Any, refusal: type[ToolError]
) -> None:
    assert len(read(memory, platform, wire, page())) == 1
    with pytest.raises(refusal):
        read(memory, platform, wire, answer)
    assert wire.count("evil.example") == 0


def test_a_roster_without_end_is_left(
    memory: LtiMemory, platform: Platform, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = iter(range(10_000))
    monkeypatch.setattr(
        "ltitool.lti.service_pages.next_page", lambda _answer, _here: f"{LMS}{ROSTER}?page={next(pages)}"
    )
    with pytest.raises(RosterEndless):
        read(memory, platform, wire, page())
    assert wire.count("memberships") == MAX_PAGES


@pytest.mark.parametrize(
    ("header", "following"),
    [
        ('<https://a.example/x?p=2>; rel="next"', "https://a.example/x?p=2"),
        ("<https://a.example/x?p=2>; rel=next", "https://a.example/x?p=2"),
        ('<https://a.example/x?p=2>; title="y"; rel="next"', "https://a.example/x?p=2"),
        ('<https://a.example/1>; rel="prev", <https://a.example/2>; rel="next"', "https://a.example/2"),
        ("<https://a.example/x?a=1&amp;p=2>; rel=“next”", "https://a.example/x?a=1&p=2"),
        # As it comes off the wire: header bytes are read as Latin-1.
        (
            "<https://a.example/x?a=1&amp;p=2>; rel=“next”".encode().decode("latin-1"),
            "https://a.example/x?a=1&p=2",
        ),
        ('</x?p=2>; rel="next"', "https://a.example/x?p=2"),
        ('<https://a.example/x>; rel="nextish"', None),
        ('<https://a.example/x>; rel="prev"', None),
        ("", None),
    ],
)
def test_link_headers_as_platforms_write_them(header: str, following: str | None) -> None:
    assert next_page(HttpAnswer(200, {"link": header}, b""), "https://a.example/here") == following


class Taken:
    def __init__(self) -> None:
        self.members: list[Member] = []
        self.finished = 0
        self.fault: Exception | None = None

    def take(self, session: Session, members: Sequence[Member]) -> None:
        del session
        if self.fault:
            raise self.fault
        self.members += members

    def finish(self, session: Session) -> None:
        del session
        self.finished += 1


def refresh(memory: LtiMemory, launched: Launched, taken: Taken, at: Any, **changes: uuid.UUID) -> int:
    assert launched.context_id is not None
    names = {"organisation_id": launched.organisation_id, "context_id": launched.context_id} | changes
    return refresh_roster(
        names["context_id"],
        organisation_id=names["organisation_id"],
        client_for=memory.client_for,
        taking=taken,
        new_id=uuid.uuid4,
        at=at,
    )


def context() -> Context:
    read_session().commit()
    found = read_session().scalars(select(Context).execution_options(populate_existing=True)).one()
    read_session().commit()
    return found


def test_a_roster_is_taken_over_whole_or_not_at_all(
    memory: LtiMemory, browser: Browser, landing: Learners, wire: Wire, clock: MovableClock
) -> None:
    browser.launch_well()
    launched, taken = landing.launched[0], Taken()
    assert refresh(memory, launched, taken, clock()) == len(taken.members) == 10
    assert (context().roster_read_at, context().roster_error) == (clock(), None)
    before, wire.overrides[ROSTER] = clock(), HttpAnswer(403, {}, b"")
    clock.forward(hours=1)
    with pytest.raises(ServiceRefused):
        refresh(memory, launched, taken, clock())
    assert (context().roster_read_at, context().roster_error) == (before, "service.refused")
    wire.overrides.clear()
    taken.fault = ServiceRefused("the feature does not want it")
    with pytest.raises(ServiceRefused):
        refresh(memory, launched, taken, clock())
    assert context().roster_read_at == before


def test_a_roster_of_another_organisation_is_not_there(
    memory: LtiMemory, browser: Browser, landing: Learners, clock: MovableClock
) -> None:
    browser.launch_well()
    with pytest.raises(RosterNotLinked):
        refresh(memory, landing.launched[0], Taken(), clock(), organisation_id=uuid.uuid4())


@pytest.mark.parametrize("switched", [Platform, Deployment], ids=["platform", "deployment"])
def test_an_lms_that_is_switched_off_is_not_asked_who_is_there(
    memory: LtiMemory,
    browser: Browser,
    landing: Learners,
    wire: Wire,
    clock: MovableClock,
    switched: type[Platform | Deployment],
) -> None:
    browser.launch_well()
    launched, taken = landing.launched[0], Taken()
    assert refresh(memory, launched, taken, clock()) == 10  # the control
    asked = wire.count("memberships")
    with transaction() as session:
        session.execute(update(switched).values(status="disabled"))
    with pytest.raises(RosterNotLinked):
        refresh(memory, launched, taken, clock())
    assert (wire.count("memberships"), len(taken.members)) == (asked, 10)
