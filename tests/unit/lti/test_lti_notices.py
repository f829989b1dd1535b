"""Notices: an LMS is told once where they go; what it sends is proven one by one, and each is good once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from support.clock import MovableClock
from support.practice import LMS, ORGANISATION, PLATFORM, Browser, Wire, down, launch_with
from werkzeug.test import TestResponse

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.jobs import GiveUp, Work
from ltitool.foundation.models import Job
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import claimchecks, notices
from ltitool.lti import vocabulary as words
from ltitool.lti.models import BurntNonce, Context, Deployment, Platform
from ltitool.lti.notice_handlers import JOB, handlers_wanted
from ltitool.lti.service_errors import ServiceBusy
from ltitool.lti.wiring import register_handlers_job
from ltitool.sandbox.forge import ABSENT, Forge, changed
from ltitool.sandbox.notices import notice_claims
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import COHORT_3, DEMO

Patch = pytest.MonkeyPatch
Mint = Callable[[Forge, dict[str, Any]], str]
HANDLERS = f"/api/notice-handlers/{DEMO.deployment_id}"
COPY = {words.CONTEXT: {"id": "a-copy", "title": "A copy"}, words.ORIGIN_CONTEXTS: [COHORT_3]}


@pytest.fixture(autouse=True)
def _our_key(tool: Flask) -> None:
    tool.extensions["ltitool"].keys.ensure("tool", "lti-rs256")


def valid(wire: Wire, kind: str = words.CONTEXT_COPY_NOTICE, said: dict[str, Any] | None = None) -> Any:
    return notice_claims(wire.lms.extensions[EXTENSION], kind, COPY if said is None else said)


def post(tool: Flask, *tokens: str) -> TestResponse:
    return tool.test_client().post("/lti/notices", json={"notices": [{"jwt": one} for one in tokens]})


def told(answer: TestResponse) -> list[tuple[int, str]]:
    return [(one["status"], one.get("code", "")) for one in answer.get_json()["notices"]]


def deployment() -> Deployment:
    session = read_session()
    session.expire_all()
    row = session.scalars(select(Deployment)).one()
    session.commit()
    return row


def origins(lms_id: str = "a-copy") -> list[str] | None:
    """Give what a course was copied from; all of it was told by notices here."""
    session = read_session()
    found = session.execute(
        select(Context.copied_from, Context.noticed_origins).where(Context.lms_id == lms_id)
    ).one_or_none()
    session.commit()
    assert found is None or found.copied_from == found.noticed_origins
    return None if found is None else list(found.copied_from)


def burnt() -> int:
    session = read_session()
    found = session.scalar(select(func.count()).select_from(BurntNonce)) or 0
    session.commit()
    return found


def work() -> Work:
    return Work(JOB, str(deployment().id), 1, 1, lambda: None)


def registered(wire: Wire) -> dict[str, str]:
    with wire.lms.extensions[EXTENSION].store.reading() as connection:
        return {
            row["notice_type"]: row["handler"] for row in connection.execute("SELECT * FROM notice_handlers")
        }


def test_p35_a_launch_asks_for_the_job_and_the_job_tells_the_lms(browser: Browser, wire: Wire) -> None:
    browser.launch_well()
    assert deployment().notices_state == "wanted"
    jobs = read_session().scalars(select(Job.subject).where(Job.name == JOB)).all()
    assert jobs == [str(deployment().id)]
    register_handlers_job(work())
    handler = "http://localhost:8000/lti/notices"
    assert registered(wire) == {words.HELLO_NOTICE: handler, words.CONTEXT_COPY_NOTICE: handler}
    row = deployment()
    assert (row.notices_state, row.notices_error) == ("registered", None)
    assert row.notice_heard_at is not None  # the LMS said hello at once, and was heard


def test_p35_registering_twice_changes_nothing(browser: Browser, wire: Wire) -> None:
    browser.launch_well()
    register_handlers_job(work())
    hellos, asked = len(wire.told), wire.count(HANDLERS)
    browser.launch_well()
    assert deployment().notices_state == "registered"
    register_handlers_job(work())
    assert (len(wire.told), wire.count(HANDLERS)) == (hellos, asked)
    with transaction() as session:
        session.execute(update(Deployment).values(notices_state="wanted"))
    register_handlers_job(work())
    assert (len(wire.told), wire.count(HANDLERS)) == (hellos, asked + 2)
    assert len(registered(wire)) == 2


def test_a_launch_without_notices_asks_for_nothing(browser: Browser) -> None:
    assert launch_with(browser, **{words.NOTICE_SERVICE: ABSENT}).status_code == 303
    assert deployment().notices_state == "none"
    only_others = {
        "platform_notification_service_url": f"{LMS}/n",
        "notice_types_supported": ["LtiAssetProcessorSubmissionNotice"],
    }
    assert launch_with(browser, **{words.NOTICE_SERVICE: only_others}).status_code == 303
    assert deployment().notices_state == "none"


def test_an_lms_that_does_not_answer_is_asked_again(browser: Browser, wire: Wire) -> None:
    browser.launch_well()
    wire.overrides[HANDLERS] = down()
    with pytest.raises(ServiceBusy):
        register_handlers_job(work())
    assert deployment().notices_state == "wanted"
    with transaction() as session:
        assert list(handlers_wanted(session, MovableClock()())) == [str(deployment().id)]
    wire.overrides.clear()
    register_handlers_job(work())
    assert deployment().notices_state == "registered"


@pytest.mark.parametrize("switched", [Platform, Deployment], ids=["platform", "deployment"])
def test_an_lms_that_is_switched_off_is_told_once_it_is_back(
    browser: Browser, wire: Wire, switched: type[Platform | Deployment]
) -> None:
    browser.launch_well()
    for status, due, asked, state in (("disabled", 0, 0, "wanted"), ("active", 1, 2, "registered")):
        with transaction() as session:
            session.execute(update(switched).values(status=status))
            assert len(list(handlers_wanted(session, MovableClock()()))) == due
        register_handlers_job(work())
        assert (wire.count(HANDLERS), deployment().notices_state) == (asked, state)


def test_an_lms_that_says_no_is_not_asked_for_ever(browser: Browser, wire: Wire) -> None:
    browser.launch_well()
    wire.overrides[HANDLERS] = HttpAnswer(400, {}, b"no")
    register_handlers_job(work())
    row = deployment()
    assert (row.notices_state, (row.notices_error or "")[:15]) == ("refused", "service.refused")


def test_our_token_goes_to_the_platform_alone(browser: Browser, wire: Wire) -> None:
    service = {
        "platform_notification_service_url": "https://evil.example/handlers",
        "notice_types_supported": [words.HELLO_NOTICE],
    }
    assert launch_with(browser, **{words.NOTICE_SERVICE: service}).status_code == 303
    register_handlers_job(work())
    assert deployment().notices_state == "refused"
    assert wire.count("evil.example") == 0


def test_a_deployment_that_is_gone_gives_up(tool: Flask) -> None:
    del tool
    with pytest.raises(GiveUp):
        register_handlers_job(Work(JOB, str(PLATFORM), 1, 1, lambda: None))


def test_p35_a_copy_notice_makes_the_new_course_known(tool: Flask, wire: Wire, forge: Forge) -> None:
    answer = post(tool, forge.mint(valid(wire)))
    assert (answer.status_code, told(answer)) == (200, [(200, "")])
    assert origins() == [COHORT_3]
    assert read_session().scalar(select(Context.organisation_id)) == ORGANISATION
    assert read_session().scalar(select(Context.title)) == "A copy"


def test_a_copy_of_a_copy_remembers_both(tool: Flask, wire: Wire, forge: Forge) -> None:
    post(tool, forge.mint(valid(wire)))
    nearer = {**COPY, words.ORIGIN_CONTEXTS: ["a-nearer-one", "a-copy"]}
    post(tool, forge.mint(valid(wire, said=nearer)))
    assert origins() == ["a-nearer-one", COHORT_3]


@dataclass(frozen=True)
class Bad:
    """A notice with one thing wrong: how it is made, what it gets, and what guards against it."""

    case: str
    mint: Mint
    status: int
    code: str
    guard: str | None  # None: its guard stands among those of a launch, and is taken away there
    without: int = 200  # the status when the guard is gone


def _other(name: str, value: object) -> Mint:
    return lambda forge, claims: forge.mint(changed(claims, **{name: value}))


def _shifted(name: str, seconds: float) -> Mint:
    return lambda forge, claims: forge.mint(changed(claims, **{name: claims["iat"] + seconds}))


def _notice(**changes: Any) -> Mint:
    return lambda forge, claims: forge.mint(
        changed(claims, nonce=ABSENT, **{words.NOTICE: changed(claims[words.NOTICE], **changes)})
    )


BAD = (
    Bad(
        "signature", lambda f, c: f.mint(c, key=f.stranger), 401, "launch.signature-wrong", "verify_signature"
    ),
    Bad("tampered", lambda f, c: f.tamper(f.mint(c), x=1), 401, "launch.token-altered", "verify_signature"),
    Bad("none", lambda f, c: f.mint(c, header={"alg": "none"}), 401, "launch.algorithm-none", None),
    Bad("no token", lambda _f, _c: "x.y", 400, "launch.token-unreadable", None),
    Bad("iss", _other("iss", "https://other.example"), 401, "notice.platform-unknown", None),
    Bad("no iss", _other("iss", ABSENT), 401, "notice.platform-unknown", None),
    Bad("aud", _other("aud", "another-tool"), 401, "notice.platform-unknown", None),
    Bad("azp", _other("azp", "another-tool"), 401, "launch.party-wrong", "check_party"),
    Bad("no exp", _other("exp", ABSENT), 401, "launch.expiry-missing", "check_expiry", 500),
    Bad("expired", _shifted("exp", -61), 401, "launch.expired", "check_expiry"),
    Bad("exp far", _shifted("exp", 1e6), 401, "launch.expiry-too-far", "check_expiry_is_near"),
    Bad("exp text", _other("exp", "soon"), 400, "launch.time-unreadable", "check_times_are_numbers", 500),
    Bad("no iat", _other("iat", ABSENT), 401, "launch.issued-missing", "check_issued"),
    Bad("old", _shifted("iat", -661), 401, "launch.issued-too-long-ago", "check_issued"),
    Bad("nbf", _shifted("nbf", 61), 401, "launch.not-yet-valid", "check_not_before"),
    Bad("version", _other(words.VERSION, "1.1"), 400, "launch.version-wrong", "check_version"),
    Bad("no deployment", _other(words.DEPLOYMENT_ID, ABSENT), 400, "launch.deployment-missing", None),
    Bad("other deployment", _other(words.DEPLOYMENT_ID, "x"), 403, "notice.deployment-unknown", None),
    Bad("no notice", _other(words.NOTICE, ABSENT), 400, "notice.unreadable", None),
    Bad("no mark", _notice(id=ABSENT), 400, "notice.unreadable", None),
    Bad("kind", _notice(type="LtiCoffeeNotice"), 400, "notice.type-unknown", "check_notice"),
    Bad("no course", _other(words.CONTEXT, ABSENT), 400, "notice.unreadable", None),
    Bad("no origins", _other(words.ORIGIN_CONTEXTS, []), 400, "notice.unreadable", "check_copy"),
)


@pytest.mark.parametrize("bad", BAD, ids=[f"N77 {bad.case}" for bad in BAD])
def test_one_bad_notice_is_refused_and_the_others_are_taken(
    tool: Flask, wire: Wire, forge: Forge, bad: Bad
) -> None:
    first, last = ({**COPY, words.CONTEXT: {"id": name}} for name in ("the-first", "the-last"))
    answer = post(
        tool,
        forge.mint(valid(wire, said=first)),
        bad.mint(forge, valid(wire)),
        forge.mint(valid(wire, said=last)),
    )
    assert (answer.status_code, told(answer)) == (207, [(200, ""), (bad.status, bad.code), (200, "")])
    assert (origins("the-first"), origins(), origins("the-last")) == ([COHORT_3], None, [COHORT_3])
    assert burnt() == 2
    alone = post(tool, bad.mint(forge, valid(wire)))
    assert (alone.status_code, told(alone)) == (bad.status, [(bad.status, bad.code)])


def drop(patch: Patch, name: str) -> None:
    if name == "verify_signature":
        patch.setattr(notices, name, lambda token, _key: token.unverified_claims)
    for module, table in ((notices, "CHECKS"), (claimchecks, "PARTIES")):
        kept = tuple(check for check in getattr(module, table) if check.__name__ != name)
        patch.setattr(module, table, kept)


GUARDED = [bad for bad in BAD if bad.guard]


@pytest.mark.parametrize("bad", GUARDED, ids=[f"N77 {bad.case}" for bad in GUARDED])
def test_without_its_guard_a_bad_notice_gets_further(
    tool: Flask, wire: Wire, forge: Forge, monkeypatch: Patch, bad: Bad
) -> None:
    drop(monkeypatch, bad.guard or "")
    answer = post(tool, bad.mint(forge, valid(wire)))
    assert (answer.status_code, bad.code in answer.text) == (bad.without, False)


def test_n77_a_notice_is_good_once(tool: Flask, wire: Wire, forge: Forge, monkeypatch: Patch) -> None:
    token = forge.mint(valid(wire))
    answer = post(tool, token, token)
    assert told(answer) == [(200, ""), (401, "notice.replayed")]
    assert told(post(tool, token)) == [(401, "notice.replayed")]
    monkeypatch.setattr(notices, "_burn", lambda *_, **__: None)
    assert told(post(tool, token)) == [(200, "")]


def test_n77_by_its_id_where_an_lms_sends_no_nonce(tool: Flask, wire: Wire, forge: Forge) -> None:
    token = forge.mint(changed(valid(wire), nonce=ABSENT))
    assert told(post(tool, token)) == [(200, "")]
    assert told(post(tool, token)) == [(401, "notice.replayed")]


def test_n77_what_was_burnt_is_kept_longer_than_it_could_be_accepted(
    tool: Flask, wire: Wire, forge: Forge, clock: MovableClock
) -> None:
    post(tool, forge.mint(valid(wire)))
    keep = read_session().scalars(select(BurntNonce.keep_until)).one()
    assert keep - clock() > timedelta(minutes=12)


@pytest.mark.parametrize("status", ["pending", "disabled"])
def test_n77_a_platform_that_is_switched_off_is_not_heard(
    tool: Flask, wire: Wire, forge: Forge, status: str
) -> None:
    with transaction() as session:
        session.execute(update(Platform).values(status=status))
    assert told(post(tool, forge.mint(valid(wire)))) == [(403, f"platform.{status}")]
    with transaction() as session:
        session.execute(update(Platform).values(status="active"))
        session.execute(update(Deployment).values(status=status))
    assert told(post(tool, forge.mint(valid(wire)))) == [(403, "notice.deployment-unknown")]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"notices": {}}', b'{"notices": []}', b'{"notices": [1]}', b'{"notices": [{}]}'],
)
def test_n77_a_post_that_holds_no_notices(tool: Flask, body: bytes) -> None:
    answer = tool.test_client().post(
        "/lti/notices", data=body, headers={"Accept": "application/json", "Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (400, "notice.post-unreadable")


def test_n77_too_many_at_once(tool: Flask, wire: Wire, forge: Forge) -> None:
    token = forge.mint(valid(wire))
    answer = tool.test_client().post("/lti/notices", json={"notices": [{"jwt": token}] * 101})
    assert answer.status_code == 400
    assert burnt() == 0
    assert json.loads(post(tool, token).data)["notices"] == [{"status": 200}]
