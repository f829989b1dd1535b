"""What an LMS asks about a person is never shown to a session in the path: it waits for a tab of its own."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from support.clock import MovableClock
from support.visitor import Visitor
from support.world import World
from werkzeug.test import TestResponse

from ltitool.foundation.db import read_session, transaction
from ltitool.lti import privacy_views
from ltitool.lti.models import PrivacyRequest
from ltitool.people.models import Person, WebSession
from ltitool.web.visit import Visit, current_visit

TOOL = "http://localhost:8000"
IN_FRAME = {
    "User-Agent": "Safari in a school",
    "Sec-Fetch-Dest": "iframe",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
}
AGENT = hashlib.sha256(IN_FRAME["User-Agent"].encode()).hexdigest()
REFUSED = (403, "privacy.needs-tab")
POSTED = IN_FRAME | {"Origin": "null"}
YES = {"badges": "revoke", "sure": "yes"}


@pytest.fixture
def officer(app: Flask, world: World, clock: MovableClock) -> Callable[..., Visitor]:
    """Somebody whose visit is about Amara, carried by a cookie or in the path."""

    def opened(path_agent: str | None) -> Visitor:
        visitor = Visitor.open(app, world.dario, ["participant"], clock, path_agent=path_agent)
        with transaction() as session:
            row = session.scalars(select(WebSession).where(WebSession.short == visitor.short)).one()
            ids = {"organisation_id": world.organisation_id, "platform_id": world.platform_id}
            asked = {"session_id": row.id, "subject": world.amara.subject, "created_at": clock()}
            session.add(PrivacyRequest(id=uuid.uuid4(), **ids, **asked))
        return visitor

    return opened


def everything(visitor: Visitor) -> list[tuple[int, str]]:
    """Ask for the page, for the copy, and last for erasing."""
    headers = IN_FRAME | {"Accept": "application/json"}
    answers = [visitor.get(f"privacy/{path}", headers=headers) for path in ("", "copy.zip")]
    posted = POSTED if "~" in visitor.segment else {"Origin": TOOL}
    answers.append(visitor.post("privacy/erase", YES, headers={**headers, **posted}))
    return [(one.status_code, code(one)) for one in answers]


def code(answer: TestResponse) -> str:
    return str(answer.get_json()["code"]) if answer.status_code >= 400 else ""


def name_of(world: World) -> str:
    session = read_session()
    session.expire_all()
    name = session.get_one(Person, world.amara.id).display_name
    session.commit()
    return name


def test_a_session_in_the_path_is_refused_and_one_with_a_cookie_is_not(
    officer: Callable[..., Visitor], world: World
) -> None:
    assert everything(officer(AGENT)) == [REFUSED] * 3
    assert name_of(world) == world.amara.name
    assert everything(officer(None)) == [(200, "")] * 3  # the control
    assert name_of(world) != world.amara.name


def test_without_the_refusal_it_would_erase(
    officer: Callable[..., Visitor], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_by_cookie() -> Visit:
        return replace(current_visit(), in_path=False)

    visitor = officer(AGENT)
    monkeypatch.setattr(privacy_views, "current_visit", as_by_cookie)
    assert everything(visitor) == [(200, "")] * 3
    assert name_of(world) != world.amara.name


@pytest.mark.parametrize(("path_agent", "moves"), [(AGENT, False), (None, True)])
def test_no_ticket_turns_a_session_in_the_path_into_more(
    officer: Callable[..., Visitor], path_agent: str | None, moves: bool
) -> None:
    visitor = officer(path_agent)
    ticket = visitor.get("tab-ticket", headers=IN_FRAME).get_json()["ticket"]
    sent = {"ticket": ticket, "next": "/privacy/"}
    tab = visitor.client.post("/tab", data=sent, headers={"Origin": TOOL}, base_url=TOOL)
    assert tab.status_code == 303
    shown = visitor.client.get(tab.location, base_url=TOOL, headers={"Accept": "application/json"})
    assert (shown.status_code, code(shown)) == ((200, "") if moves else (404, "privacy.none"))
