"""P16: our keys change unnoticed: both are published, old assertions stay good, the old key is destroyed."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from joserfc.jws import extract_compact
from sqlalchemy import select
from support.clock import MovableClock
from support.practice import LMS, PLATFORM, Browser, Wire

from ltitool.app import HANDLERS, SWEEPERS, services_of
from ltitool.cli.administer import KEY_LEAD_TIME
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.models import SealedKey
from ltitool.foundation.runner import JobRunner
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import vocabulary as words
from ltitool.lti.models import Platform
from ltitool.lti.selftest.running import KEY_OWNER, KEY_PURPOSE
from ltitool.lti.wiring import lti_memory


@pytest.fixture
def first(tool: Flask) -> str:
    return services_of(tool).keys.ensure(KEY_OWNER, KEY_PURPOSE).thumbprint


def published(wire: Wire) -> set[str]:
    assert wire.tool is not None
    return {key["kid"] for key in wire.tool.test_client().get("/lti/jwks.json").get_json()["keys"]}


def granted() -> str:
    platform = read_session().get_one(Platform, PLATFORM)
    read_session().commit()
    return lti_memory().tokens.ask(platform, (words.SCOPE_SCORE,)).token


def kid_of(wire: Wire) -> str:
    """Give the key id of the last assertion that was sent."""
    form = parse_qs((wire.sent[-1][2] or b"").decode())
    return str(extract_compact(form["client_assertion"][0].encode()).headers()["kid"])


def test_p16_both_keys_are_published_for_a_day_and_the_old_one_signs(
    tool: Flask, wire: Wire, clock: MovableClock, first: str
) -> None:
    assert timedelta(hours=24) <= KEY_LEAD_TIME
    second = services_of(tool).keys.rotate(KEY_OWNER, KEY_PURPOSE, lead_time=KEY_LEAD_TIME)
    assert published(wire) == {first, second}
    assert granted()
    assert kid_of(wire) == first
    clock.forward(hours=23, minutes=59)
    assert granted()
    assert (kid_of(wire), published(wire)) == (first, {first, second})
    clock.forward(minutes=1)
    assert granted()
    assert (kid_of(wire), published(wire)) == (second, {first, second})


def test_p16_an_assertion_of_the_old_key_is_good_after_the_new_one_took_over(
    tool: Flask, wire: Wire, clock: MovableClock, first: str
) -> None:
    services_of(tool).keys.rotate(KEY_OWNER, KEY_PURPOSE, lead_time=KEY_LEAD_TIME)
    clock.forward(hours=23, minutes=59, seconds=50)
    held: list[tuple[str, Any]] = []
    real = wire.request

    def on_its_way(method: str, url: str, **rest: Any) -> HttpAnswer:
        held.append((url, rest))
        clock.forward(seconds=20)  # the new key signs by the time that it arrives
        return real(method, url, **rest)

    wire.request = on_its_way  # type: ignore[method-assign] # a slow way to the LMS
    assert granted()
    assert kid_of(wire) == first
    assert held[0][0] == f"{LMS}/lti/token"


def test_p16_the_private_half_is_destroyed_and_the_public_one_stays(
    tool: Flask, wire: Wire, clock: MovableClock, first: str
) -> None:
    second = services_of(tool).keys.rotate(KEY_OWNER, KEY_PURPOSE, lead_time=KEY_LEAD_TIME)
    runner = JobRunner(tool, HANDLERS, SWEEPERS, clock=services_of(tool).clock)
    runner.run_once()
    assert destroyed() == set()
    clock.forward(days=1)
    runner.run_once()
    assert destroyed() == {first}
    assert published(wire) == {first, second}
    assert granted()


def destroyed() -> set[str]:
    with transaction() as session:
        found = select(SealedKey.thumbprint).where(SealedKey.sealed_private.is_(None))
        return set(session.scalars(found))


def test_p16_launches_go_on_while_keys_change(
    tool: Flask, browser: Browser, clock: MovableClock, first: str
) -> None:
    del first
    for hours in (0, 12, 12, 12):
        clock.forward(hours=hours)
        assert browser.launch_well().status_code == 303
        services_of(tool).keys.rotate(KEY_OWNER, KEY_PURPOSE, lead_time=KEY_LEAD_TIME)
        assert browser.launch_well().status_code == 303


def test_p16_without_a_lead_time_an_lms_that_kept_our_keys_would_not_know_the_new_one(
    tool: Flask, wire: Wire, first: str
) -> None:
    """The mutation of the first test: the key that is published at the hand-over is not the old one."""
    second = services_of(tool).keys.rotate(KEY_OWNER, KEY_PURPOSE)
    assert granted()
    assert kid_of(wire) == second != first
