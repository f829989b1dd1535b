"""The self-test of a platform, against the practice LMS with one thing wrong at a time."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from support.clock import MovableClock
from support.practice import LMS, ORGANISATION, PLATFORM, Browser, Wire, down, launch_with

from ltitool.app import HANDLERS, SWEEPERS, services_of
from ltitool.cohorts.memberships import LAUNCH, Came, note_course_person
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.errors import FetchBlocked
from ltitool.foundation.runner import JobRunner
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import vocabulary as words
from ltitool.lti.models import Context, Deployment, Platform, PlatformCheck
from ltitool.lti.platforms import PlatformMissing
from ltitool.lti.products import CANVAS, MOODLE, OTHER
from ltitool.lti.roles import LtiRole
from ltitool.lti.scope_features import SERVICES, Granted, scope_standing
from ltitool.lti.selftest import checks, running
from ltitool.lti.selftest.findings import Finding, Outcome, read_finding
from ltitool.lti.selftest.running import ask_for_check, check_of, findings_of, run_check
from ltitool.lti.selftest.words import ANY, CASES, TITLES, say
from ltitool.lti.selftest.words import OTHER as OTHER_CASE
from ltitool.lti.toolconfig import SCOPES
from ltitool.lti.wiring import selftest_tools
from ltitool.people.models import Person, WebSession
from ltitool.sandbox.faults import Fault, Kind, Service, Switchboard
from ltitool.sandbox.runtime import EXTENSION as LMS_EXTENSION

KEYS_PATH = "/lti/jwks"


@pytest.fixture
def board(wire: Wire) -> Switchboard:
    found: Switchboard = wire.lms.extensions[LMS_EXTENSION].board
    return found


@pytest.fixture
def launched(browser: Browser) -> Browser:
    """Somebody has opened the activity, so that a course's services are known."""
    assert browser.launch_well().status_code == 303
    return browser


def tried() -> dict[str, Finding]:
    return {
        f"{one.check} {one.about}".strip(): one for one in run_check(ORGANISATION, PLATFORM, selftest_tools())
    }


def cases(found: dict[str, Finding]) -> dict[str, tuple[str, str]]:
    return {name: (one.outcome.value, one.reason) for name, one in found.items()}


def dated(wire: Wire, clock: MovableClock, seconds: float) -> None:
    """Let the key set's answer carry a date, as a server on its own machine does."""
    answer = wire.request("GET", LMS + KEYS_PATH)
    date = format_datetime(clock() + timedelta(seconds=seconds), usegmt=True)
    wire.overrides[KEYS_PATH] = HttpAnswer(200, {**answer.headers, "date": date}, answer.body)


def test_a_platform_in_order_passes(launched: Browser, wire: Wire, clock: MovableClock) -> None:
    del launched
    dated(wire, clock, 2)
    found = tried()
    assert {outcome for outcome, _ in cases(found).values()} <= {"passed", "unchecked"}
    assert cases(found)["roles"] == ("unchecked", "too-few")  # this landing keeps no people of courses
    assert [name for name, (outcome, _) in cases(found).items() if outcome == "unchecked"] == ["roles"]
    assert found["clock"].values == {"seconds": 2}
    assert int(found["roster"].values["count"]) > 5
    assert found["cookies"].values == {"kept": 1, "all": 1}


def test_nothing_is_changed_in_the_lms(launched: Browser, wire: Wire) -> None:
    del launched
    before = len(wire.requests)
    tried()
    asked = wire.requests[before:]
    assert {method for method, url in asked if not url.endswith("/lti/token")} == {"GET"}


def test_before_any_launch_courses_cannot_be_checked(tool: Flask) -> None:
    del tool
    found = cases(tried())
    assert found["columns"] == found["roster"] == ("unchecked", "no-course")
    assert found["cookies"] == ("unchecked", "nobody")
    assert found["clock"] == ("unchecked", "no-date")


FAULTS: tuple[tuple[Service, Kind, str, str], ...] = (
    (Service.KEYS, Kind.BROKEN, "keys", "status"),
    (Service.KEYS, Kind.GONE, "keys", "status"),
    (Service.KEYS, Kind.HTML, "keys", "platform.keys-unavailable"),
    (Service.TOKEN, Kind.BROKEN, f"token {words.SCOPE_SCORE}", "service.busy"),
    (Service.TOKEN, Kind.TOO_MANY, f"token {words.SCOPE_SCORE}", "service.busy"),
    (Service.TOKEN, Kind.HTML, f"token {words.SCOPE_SCORE}", "service.token-refused"),
    (Service.TOKEN, Kind.FORGOTTEN, f"token {words.SCOPE_SCORE}", "service.token-refused"),
    (Service.LINE_ITEMS, Kind.THROTTLED, "columns", "service.busy"),
    (Service.LINE_ITEMS, Kind.UNAVAILABLE, "columns", "service.silent"),
    (Service.LINE_ITEMS, Kind.GONE, "columns", "service.target-gone"),
    (Service.LINE_ITEMS, Kind.HTML, "columns", "service.answer-unreadable"),
    (Service.ROSTER, Kind.BROKEN, "roster", "service.silent"),
    (Service.ROSTER, Kind.GONE, "roster", "service.target-gone"),
    (Service.ROSTER, Kind.HTML, "roster", "service.answer-unreadable"),
)


@pytest.mark.parametrize(("service", "kind", "check", "reason"), FAULTS)
def test_a_fault_of_the_lms_is_found_and_its_fix_is_named(
    launched: Browser, board: Switchboard, service: Service, kind: Kind, check: str, reason: str
) -> None:
    del launched
    control = cases(tried())
    assert control[check][0] == "passed"
    board.set_fault(service, Fault(kind))
    with transaction() as session:
        session.execute(update(Platform).values(jwks_refetched_at=None))
    found = tried()
    assert cases(found)[check] == ("failed", reason)
    assert say(found[check], OTHER, str).fix
    board.clear_faults()
    assert cases(tried())[check][0] == "passed"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(down(), "fetch.failed"), (FetchBlocked("address", "10.0.0.1"), "fetch.blocked")],
)
def test_a_key_set_that_cannot_be_reached(tool: Flask, wire: Wire, fault: Exception, reason: str) -> None:
    del tool
    wire.overrides[KEYS_PATH] = fault
    assert cases(tried())["keys"] == ("failed", reason)


@pytest.mark.parametrize(("seconds", "case"), [(-31, "behind"), (31, "ahead"), (30, "ok"), (-30, "ok")])
def test_a_clock_that_is_off(tool: Flask, wire: Wire, clock: MovableClock, seconds: int, case: str) -> None:
    del tool
    dated(wire, clock, seconds)
    found = tried()["clock"]
    assert (found.reason, found.values) == (case, {"seconds": abs(seconds)})


def test_p18_a_scope_that_is_not_granted_turns_its_feature_off(
    launched: Browser, board: Switchboard, wire: Wire
) -> None:
    """The LMS's administrator takes a scope away after registration: its token says so, and the page does."""
    del launched
    refused = HttpAnswer(400, {}, b'{"error": "invalid_scope"}')
    real = wire.request

    def without_results(method: str, url: str, **kwargs: Any) -> HttpAnswer:
        asked = (kwargs.get("body") or b"").decode()
        return refused if "result.readonly" in asked else real(method, url, **kwargs)

    wire.request = without_results  # type: ignore[method-assign] # the LMS of this test
    found = tried()
    assert cases(found)[f"token {words.SCOPE_RESULT}"] == ("failed", "service.scopes-refused")
    assert cases(found)[f"token {words.SCOPE_SCORE}"] == ("passed", "ok")
    with transaction() as session:
        platform = session.get_one(Platform, PLATFORM)
        tested = running.tested_scopes(check_of(session, platform))
        after = {one.scope: one.granted for one in scope_standing(session, platform, tested=tested)}
        untested = {one.scope: one.granted for one in scope_standing(session, platform)}
    assert untested[words.SCOPE_RESULT] is Granted.YES  # a launch had said so
    assert after == {scope: Granted.NO if scope == words.SCOPE_RESULT else Granted.YES for scope in SCOPES}
    assert board.faults() == {}


def test_platform_and_deployments_that_are_not_let_in(tool: Flask, clock: MovableClock) -> None:
    del tool, clock
    assert cases(tried())["status"] == ("passed", "ok")
    for status, reason in (("pending", "platform-pending"), ("disabled", "platform-disabled")):
        set_rows(Platform, status=status)
        assert cases(tried())["status"] == ("failed", reason)
    set_rows(Platform, status="active")
    set_rows(Deployment, status="disabled")
    assert cases(tried())["status"] == ("failed", "no-active-deployment")


def set_rows(table: Any, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(table).values(**values))


def test_a_deployment_that_waits_is_named(browser: Browser) -> None:
    assert launch_with(browser, **{words.DEPLOYMENT_ID: "new-school"}).status_code == 403
    found = tried()["status"]
    assert (found.reason, found.values) == ("deployments-wait", {"waiting": 1})
    set_rows(Deployment, status="active")
    assert cases(tried())["status"][0] == "passed"


def test_visits_in_the_path_mean_that_cookies_are_refused(launched: Browser) -> None:
    del launched
    assert cases(tried())["cookies"] == ("passed", "ok")
    set_rows(WebSession, path_agent="a-hash")
    found = tried()["cookies"]
    assert (found.reason, found.values) == ("mostly-refused", {"kept": 0, "all": 1})


def test_a_course_in_which_nobody_teaches(launched: Browser, clock: MovableClock) -> None:
    del launched
    with transaction() as session:
        context = session.scalars(select(Context)).one()
        for number in range(5):
            person = uuid.uuid4()
            row = {"id": person, "organisation_id": ORGANISATION, "created_at": clock()}
            session.add(Person(display_name=f"P{number}", **row))
            session.flush()
            came = Came(context.id, person, f"u{number}", LtiRole.LEARNER, LAUNCH)
            note_course_person(session, organisation_id=ORGANISATION, came=came, at=clock())
    assert cases(tried())["roles"] == ("failed", "no-teacher")
    with transaction() as session:
        came = Came(context.id, person, "u4", LtiRole.INSTRUCTOR, LAUNCH)
        note_course_person(session, organisation_id=ORGANISATION, came=came, at=clock())
    assert tried()["roles"].values == {"learners": 4, "teachers": 1}


def test_a_list_without_names_is_noticed(launched: Browser, wire: Wire) -> None:
    live = wire.lms.extensions[LMS_EXTENSION]
    nameless = replace(live.config, manners=replace(live.config.manners, shares_names=False))
    wire.lms.extensions[LMS_EXTENSION] = replace(live, config=nameless)
    assert cases(tried())["roster"] == ("failed", "no-names")
    del launched


def test_an_address_on_another_host_gets_no_token(launched: Browser, wire: Wire) -> None:
    del launched
    set_rows(Context, memberships_url="https://evil.example/people")
    assert cases(tried())["roster"] == ("failed", "service.address-foreign")
    assert wire.count("evil.example") == 0


def test_the_job_goes_on_with_what_the_page_asked_for(tool: Flask, clock: MovableClock) -> None:
    with transaction() as session:
        ask_for_check(session, ORGANISATION, PLATFORM, at=clock())
    row = kept()
    assert (row.finished_at, row.total, row.findings) == (None, len(checks.CHECKS), [])
    runner = JobRunner(tool, HANDLERS, SWEEPERS, clock=services_of(tool).clock)
    runner.run_once()
    row = kept()
    assert row.finished_at == clock()
    assert [one.check for one in findings_of(row)][:2] == ["status", "keys"]
    assert len(row.findings) == row.total


def test_a_lost_job_is_found_and_a_finished_test_is_not_run_again(
    tool: Flask, wire: Wire, clock: MovableClock
) -> None:
    with transaction() as session:
        running._begin(session, session.get_one(Platform, PLATFORM), clock())  # no job: its hint was lost
    clock.forward(minutes=2)
    runner = JobRunner(tool, HANDLERS, SWEEPERS, clock=services_of(tool).clock)
    runner.run_once()
    assert kept().finished_at == clock()
    asked = len(wire.requests)
    clock.forward(minutes=3)
    runner.run_once()
    assert len(wire.requests) == asked


def test_a_test_that_was_asked_for_anew_stops_the_old_one(tool: Flask, clock: MovableClock) -> None:
    del tool
    old = run_check(ORGANISATION, PLATFORM, selftest_tools())
    assert next(old).check == "status"
    clock.forward(seconds=1)
    with transaction() as session:
        ask_for_check(session, ORGANISATION, PLATFORM, at=clock())
    assert list(old) == []
    assert kept().findings == []


def kept() -> PlatformCheck:
    session = read_session()
    session.expire_all()
    found = session.scalars(select(PlatformCheck)).one()
    session.commit()
    return found


def test_another_organisations_platform_is_not_tested(tool: Flask, wire: Wire, clock: MovableClock) -> None:
    del tool
    with pytest.raises(PlatformMissing):
        list(run_check(uuid.uuid4(), PLATFORM, selftest_tools()))
    with pytest.raises(PlatformMissing), transaction() as session:
        ask_for_check(session, uuid.uuid4(), PLATFORM, at=clock())
    assert wire.requests == []


def test_findings_are_kept_as_they_were() -> None:
    finding = Finding("token", Outcome.FAILED, "service.busy", words.SCOPE_SCORE, {"a": 1})
    assert read_finding(json.loads(json.dumps(finding.stored()))) == finding


def test_a_service_that_many_an_lms_lacks_is_no_fault(launched: Browser, wire: Wire) -> None:
    del launched
    real = wire.request

    def without_notices(method: str, url: str, **kwargs: Any) -> HttpAnswer:
        asked = (kwargs.get("body") or b"").decode()
        refused = HttpAnswer(400, {}, b'{"error": "invalid_scope"}')
        return refused if "noticehandlers" in asked else real(method, url, **kwargs)

    wire.request = without_notices  # type: ignore[method-assign] # an LMS like Moodle
    assert cases(tried())[f"token {words.SCOPE_NOTICES}"] == ("unchecked", "not-offered")
    with transaction() as session:
        platform = session.get_one(Platform, PLATFORM)
        tested = running.tested_scopes(check_of(session, platform))
        assert not any(one.is_missing for one in scope_standing(session, platform, tested=tested))


@pytest.mark.parametrize("product", [MOODLE, CANVAS, OTHER])
def test_every_case_has_words_that_can_be_filled(product: str) -> None:
    every = {"count": 1, "waiting": 2, "url": "u", "status": 3, "seconds": 4, "course": "c"}
    every |= {"kept": 5, "all": 6, "learners": 7, "teachers": 8}
    for check, reason in [*CASES, *(("roster", code) for code in ANY), ("roster", "made.up")]:
        outcome = Outcome.PASSED if reason == "ok" else Outcome.FAILED
        said = say(Finding(check, outcome, reason, words.SCOPE_SCORE, every), product, str)
        assert "%(" not in said.title + said.means + said.fix
        assert bool(said.fix) == (reason not in {"ok", "no-date", "not-offered"}), (check, reason)
    assert say(Finding("roster", Outcome.FAILED, "made.up"), product, str).means == OTHER_CASE.means % {
        "code": "made.up"
    }


def test_a_fix_uses_the_words_of_the_lms() -> None:
    refused = Finding("token", Outcome.FAILED, "service.scopes-refused", words.SCOPE_SCORE)
    assert "Manage tools" in say(refused, MOODLE, str).fix
    assert "Developer Keys" in say(refused, CANVAS, str).fix
    assert not re.search("Moodle|Canvas", say(refused, OTHER, str).fix)


def test_every_check_and_every_scope_has_words(launched: Browser) -> None:
    del launched
    assert {one.check for one in tried().values()} == set(TITLES)
    assert set(SCOPES) <= set(SERVICES)


@pytest.mark.parametrize("check", checks.CHECKS[:2])
def test_each_check_is_needed(
    tool: Flask, wire: Wire, monkeypatch: pytest.MonkeyPatch, check: Callable[..., Finding]
) -> None:
    """Take a check out of the list, and its fault goes by unnoticed."""
    del tool
    set_rows(Platform, status="disabled")
    wire.overrides[KEYS_PATH] = down()
    name = {checks.check_status: "status", checks.check_keys: "keys"}[check]  # type: ignore[index] # one of the two
    assert cases(tried())[name][0] == "failed"
    monkeypatch.setattr(running, "CHECKS", tuple(one for one in checks.CHECKS if one is not check))
    assert name not in tried()
