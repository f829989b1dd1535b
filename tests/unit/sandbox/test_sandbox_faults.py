"""Faults on demand: each kind is what it says, for its own service, for so many requests, and then over."""

from datetime import timedelta
from threading import Thread
from time import monotonic

import pytest
from flask import Flask
from support.lms_visitor import COURSE, LMS, Browser, Services

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.faults import Fault, Kind, Service, Switchboard
from ltitool.sandbox.runtime import EXTENSION

ROSTER = f"/api/courses/{COURSE}/memberships"
ITEMS = f"/api/courses/{COURSE}/lineitems"


@pytest.fixture
def board(app: Flask) -> Switchboard:
    board: Switchboard = app.extensions[EXTENSION].board
    return board


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        (Kind.TOO_MANY, 429, "7"),
        (Kind.THROTTLED, 403, None),
        (Kind.BROKEN, 500, None),
        (Kind.UNAVAILABLE, 503, "7"),
        (Kind.FORGOTTEN, 401, None),
        (Kind.GONE, 404, None),
        (Kind.HTML, 200, None),
    ],
)
def test_a_fault_answers_for_its_service_alone_and_so_often(
    board: Switchboard, services: Services, kind: Kind, status: int, header: str | None
) -> None:
    board.set_fault(Service.ROSTER, Fault(kind, seconds=7, times=2))
    for _ in range(2):
        wrong = services.read(ROSTER, words.ROSTER_TYPE)
        assert (wrong.status_code, wrong.headers.get("Retry-After")) == (status, header)
        assert wrong.content_type != words.ROSTER_TYPE
    assert services.read(ITEMS, words.LINE_ITEMS_TYPE).status_code == 200
    assert services.read(ROSTER, words.ROSTER_TYPE).content_type == words.ROSTER_TYPE


def test_a_throttled_request_says_so_in_canvas_words(board: Switchboard, services: Services) -> None:
    board.set_fault(Service.ROSTER, Fault(Kind.THROTTLED))
    assert "Rate Limit Exceeded" in services.read(ROSTER, words.ROSTER_TYPE).text


@pytest.mark.parametrize(("kind", "made"), [(Kind.DROPPED, 0), (Kind.DROPPED_AFTER, 1)])
def test_a_connection_ends_before_or_after_the_work(
    board: Switchboard, services: Services, kind: Kind, made: int
) -> None:
    board.set_fault(Service.LINE_ITEMS, Fault(kind, times=1))
    item = {"label": "New", "scoreMaximum": 5, "resourceId": "new"}
    with pytest.raises(ConnectionResetError):
        _ = services.send(ITEMS, item, words.LINE_ITEM_TYPE).data
    found = services.read(f"{ITEMS}?resource_id=new", words.LINE_ITEMS_TYPE).get_json()
    assert len(found) == made


def test_a_hanging_service_lets_go_when_the_fault_is_cleared(board: Switchboard, app: Flask) -> None:
    board.set_fault(Service.KEYS, Fault(Kind.HANGING, times=1))
    answers: list[int] = []

    def read_keys() -> None:
        answers.append(app.test_client().get("/lti/jwks", base_url=LMS).status_code)

    reader = Thread(target=read_keys)
    reader.start()
    until = monotonic() + 20
    while board.faults() and monotonic() < until:  # until the request has met the fault
        reader.join(0.01)
    assert (board.faults(), answers) == ({}, [])
    board.clear_faults()
    reader.join(timeout=20)
    assert answers == [200]


def test_a_slow_service_answers_all_the_same(board: Switchboard, browser: Browser) -> None:
    board.set_fault(Service.KEYS, Fault(Kind.SLOW, seconds=0.05, times=1))
    begun = monotonic()
    assert browser.get("/lti/jwks").status_code == 200
    assert monotonic() - begun >= 0.05


def test_a_clock_that_is_ahead_refuses_honest_assertions(board: Switchboard, services_with: object) -> None:
    assert callable(services_with)
    services_with(words.SCOPE_SCORE)
    board.skew = timedelta(minutes=-6)
    with pytest.raises(AssertionError, match="iat lies in the future"):
        services_with(words.SCOPE_SCORE)
