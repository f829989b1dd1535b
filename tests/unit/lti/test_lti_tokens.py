"""Who asks an LMS for a service token: one thread, one process, and whoever died is not waited for."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from support.clock import MovableClock
from support.practice import Wire

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import access_tokens
from ltitool.lti.access_tokens import _Asking
from ltitool.lti.kept_tokens import TURN, end_turn, forget_tokens, take_turn
from ltitool.lti.models import AccessToken, Platform
from ltitool.lti.service_errors import ServiceBusy, TokenRefused
from ltitool.lti.vocabulary import SCOPE_SCORE
from ltitool.lti.wiring import LtiMemory

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: Patch) -> None:
    monkeypatch.setattr(access_tokens, "LOOK_EVERY", 0.001)


def token_rows() -> list[AccessToken]:
    read_session().commit()
    return list(read_session().scalars(select(AccessToken).execution_options(populate_existing=True)))


def test_while_another_process_asks_nobody_else_does(
    memory: LtiMemory, platform: Platform, wire: Wire, clock: MovableClock
) -> None:
    assert take_turn(platform.id, SCOPE_SCORE, clock())
    with pytest.raises(ServiceBusy):
        memory.tokens.get(platform, [SCOPE_SCORE])
    assert wire.count("/token") == 0
    end_turn(platform.id, SCOPE_SCORE)
    assert memory.tokens.get(platform, [SCOPE_SCORE])
    assert wire.count("/token") == 1


def test_without_the_turn_both_ask(
    memory: LtiMemory, platform: Platform, wire: Wire, clock: MovableClock, monkeypatch: Patch
) -> None:
    assert take_turn(platform.id, SCOPE_SCORE, clock())
    monkeypatch.setattr(access_tokens, "take_turn", lambda *_: True)
    assert memory.tokens.get(platform, [SCOPE_SCORE])
    assert wire.count("/token") == 1


def test_the_turn_of_a_process_that_died_ends_by_itself(
    memory: LtiMemory, platform: Platform, wire: Wire, clock: MovableClock
) -> None:
    assert take_turn(platform.id, SCOPE_SCORE, clock())
    clock.now += TURN
    assert memory.tokens.get(platform, [SCOPE_SCORE])
    assert wire.count("/token") == 1
    assert [row.asked_until for row in token_rows()] == [None]


def test_whoever_waited_for_another_process_takes_what_it_brought(
    memory: LtiMemory, platform: Platform, wire: Wire, clock: MovableClock, monkeypatch: Patch
) -> None:
    assert take_turn(platform.id, SCOPE_SCORE, clock())

    def other_process_ends(_seconds: float) -> None:
        with transaction() as session:
            later = clock() + timedelta(hours=1)
            session.execute(update(AccessToken).values(token="theirs", expires_at=later, asked_until=None))

    monkeypatch.setattr(access_tokens.time, "sleep", other_process_ends)
    assert memory.tokens.get(platform, [SCOPE_SCORE]) == "theirs"
    assert wire.count("/token") == 0
    assert [row.asked_until for row in token_rows()] == [None]


def test_a_refusal_ends_the_turn(memory: LtiMemory, platform: Platform, wire: Wire) -> None:
    wire.overrides["/lti/token"] = HttpAnswer(400, {}, b'{"error": "invalid_client"}')
    with pytest.raises(TokenRefused):
        memory.tokens.get(platform, [SCOPE_SCORE])
    wire.overrides.clear()
    assert memory.tokens.get(platform, [SCOPE_SCORE])


def test_what_one_thread_could_not_get_the_others_do_not_ask_for_again(
    tool: Flask, memory: LtiMemory, platform: Platform, wire: Wire
) -> None:
    waiting = threading.Semaphore(0)
    answer = wire.request

    def answered_late(*given: str, **named: object) -> HttpAnswer:
        for _ in range(7):
            assert waiting.acquire(timeout=30)
        return answer(*given, **named)  # type: ignore[arg-type]

    class Announced(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waiting.release()
            return super().wait(timeout)

    wire.overrides["/lti/token"] = HttpAnswer(500, {}, b"")
    refused: list[str] = []

    def get() -> None:
        with tool.app_context():
            try:
                memory.tokens.get(platform, [SCOPE_SCORE])
            except ServiceBusy as busy:
                refused.append(busy.detail)

    with Patch.context() as patch:
        patch.setattr(wire, "request", answered_late)
        patch.setattr(access_tokens, "_Asking", lambda: _Asking(Announced()))
        patch.setattr(access_tokens, "LOOK_EVERY", 1.0)
        threads = [threading.Thread(target=get) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    assert refused == ["token endpoint: 500"] * 8
    assert wire.count("/token") == 1
    wire.overrides.clear()
    assert memory.tokens.get(platform, [SCOPE_SCORE])


def test_a_token_that_is_being_renewed_is_not_forgotten(
    memory: LtiMemory, platform: Platform, clock: MovableClock
) -> None:
    memory.tokens.get(platform, [SCOPE_SCORE])
    clock.forward(hours=2)
    take_turn(platform.id, SCOPE_SCORE, clock())
    with transaction() as session:
        forget_tokens(session, clock())
    assert len(token_rows()) == 1
    clock.now += TURN
    with transaction() as session:
        forget_tokens(session, clock())
    assert token_rows() == []


def test_memory_is_trusted_for_seconds_and_never_for_another_endpoint(
    memory: LtiMemory, platform: Platform, clock: MovableClock
) -> None:
    memory.tokens.get(platform, [SCOPE_SCORE])
    first = memory.tokens.get(platform, [SCOPE_SCORE])
    with transaction() as session:
        session.execute(update(AccessToken).values(token="newer"))
    assert memory.tokens.get(platform, [SCOPE_SCORE]) == first
    assert memory.tokens.get(platform, [SCOPE_SCORE], instead_of=first) == "newer"
    clock.now += access_tokens.REMEMBERED
    with transaction() as session:
        session.execute(update(AccessToken).values(token="newest"))
    assert memory.tokens.get(platform, [SCOPE_SCORE]) == "newest"
    with transaction() as session:
        session.execute(update(AccessToken).values(token="of another endpoint"))
    platform.auth_token_url += "?moved"
    assert memory.tokens.get(platform, [SCOPE_SCORE]) == "of another endpoint"
