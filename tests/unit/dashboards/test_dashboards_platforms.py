"""The operator's pages: registering by hand and by link, the page of a platform, every decision, the wall."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import Someone, World

from ltitool.app import HANDLERS, SWEEPERS, services_of
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.errors import FetchFailed
from ltitool.foundation.jobs import Work
from ltitool.foundation.models import AuditEntry
from ltitool.foundation.runner import JobRunner
from ltitool.foundation.services import EXTENSION, HttpAnswer, services
from ltitool.lti import vocabulary as words
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.models import (
    Context,
    Deployment,
    GradeIntent,
    Platform,
    PlatformCheck,
    PlatformInvitation,
    PlatformKey,
    PlatformProposal,
)
from ltitool.lti.platforms import Registration, new_deployment
from ltitool.lti.proposals import propose
from ltitool.lti.selftest.checks import CHECKS
from ltitool.lti.selftest.findings import Finding, Outcome
from ltitool.lti.selftest.running import KEY_OWNER, KEY_PURPOSE
from ltitool.lti.toolconfig import SCOPES
from ltitool.lti.wiring import FORGET_JOB, forget_old_job, init_lti
from ltitool.people.models import Organisation, Person, WebSession

Opened = Callable[..., Visitor]
LMS = "https://lms.valle-verde.example"
LINK = re.compile(r"http://localhost:8000(/lti/register\?invitation=[\w-]+)<")
FORM = {
    "name": "District Canvas",
    "issuer": "https://canvas.instructure.com",
    "client_id": "10000000000042",
    "auth_login_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
    "auth_token_url": "https://valley.instructure.com/login/oauth2/token",
    "jwks_url": "https://sso.canvaslms.com/api/lti/security/jwks",
    "deployment_ids": "1:a 2:b",
    "deployment_policy": "approve",
}


@pytest.fixture
def operator(world: World, visit_as: Opened) -> Visitor:
    return visit_as(world.director, "operator")


def platform(platform_id: uuid.UUID) -> Platform:
    session = read_session()
    session.expire_all()
    found = session.get_one(Platform, platform_id)
    session.commit()
    return found


def audited() -> list[str]:
    """Give what was written down about LMSs; the world itself begins with roles that were given."""
    session = read_session()
    lines = select(AuditEntry.action).where(AuditEntry.action.not_like("role.%"))
    found = list(session.scalars(lines.order_by(AuditEntry.sequence)))
    session.commit()
    return found


def count(table: Any) -> int:
    session = read_session()
    found = session.scalar(select(func.count()).select_from(table)) or 0
    session.commit()
    return found


def test_an_operators_visit_begins_with_the_list(world: World, operator: Visitor) -> None:
    home = operator.get("")
    assert home.status_code == 200
    assert "Your LMSs" in page_text(home)
    assert f"/platforms/{world.platform_id}" in home.text
    assert "North" not in page_text(operator.get("platforms"))


def test_an_empty_list_says_how_to_begin(world: World, visit_as: Opened, clock: MovableClock) -> None:
    nobody = Someone(uuid.uuid4(), uuid.uuid4(), world.context_id, "Opal", "o")
    with transaction() as session:
        session.add(Organisation(id=nobody.organisation_id, slug="new", name="New", created_at=clock()))
        session.flush()
        person = {"id": nobody.id, "organisation_id": nobody.organisation_id, "created_at": clock()}
        session.add(Person(display_name=nobody.name, **person))
    visitor = visit_as(nobody, "operator")
    assert "No LMS is registered yet" in page_text(visitor.get("platforms"))
    assert "Nobody can come in before you agree" in page_text(visitor.get("platforms/link"))


def test_by_hand_the_page_shows_what_the_lms_needs(operator: Visitor) -> None:
    page = operator.get("platforms/by-hand").text
    for path in ("/lti/login", "/lti/launch", "/lti/jwks.json", "/lti/canvas.json"):
        assert f"http://localhost:8000{path}<" in page
    assert page.count("data-copy-text") == 5


def test_by_hand_a_platform_is_registered_once(operator: Visitor, world: World) -> None:
    answer = operator.post("platforms/by-hand", FORM)
    assert answer.status_code == 303
    made = platform(uuid.UUID(answer.location.rpartition("/")[2]))
    assert (made.organisation_id, made.status, made.client_id) == (
        world.organisation_id,
        "active",
        FORM["client_id"],
    )
    places = read_session().scalars(select(Deployment).where(Deployment.platform_id == made.id)).all()
    assert sorted((one.lms_id, one.status) for one in places) == [("1:a", "active"), ("2:b", "active")]
    before = count(Platform)
    again = operator.post("platforms/by-hand", FORM | {"name": "Another"})
    assert again.status_code == 409
    assert "Nothing was overwritten" in page_text(again)
    assert 'value="Another"' in again.text
    assert (count(Platform), platform(made.id).name) == (before, "District Canvas")
    assert audited() == ["platform.registered"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Please fill this in."),
        ("issuer", "", "Please fill this in."),
        ("auth_login_url", "http://lms.example/auth", "This must be an https address"),
        ("jwks_url", "javascript:alert(1)", "This must be an https address"),
        ("deployment_policy", "whatever", "Choose one of these."),
        ("deployment_ids", "d" * 256, "A deployment id has 1 to 255 characters"),
    ],
)
def test_by_hand_one_thing_wrong_is_said_at_its_field(
    operator: Visitor, field: str, value: str, says: str
) -> None:
    before = count(Platform)
    answer = operator.post("platforms/by-hand", FORM | {field: value})
    assert answer.status_code == 422
    assert re.search(f'href="#f-{field}">{says}', answer.text)
    assert 'value="10000000000042"' in answer.text
    assert count(Platform) == before


def test_a_link_is_made_shown_once_and_kept_as_a_hash(operator: Visitor, world: World) -> None:
    assert operator.post("platforms/link", {"name": ""}).status_code == 422
    page = operator.post("platforms/link", {"name": "Valle Verde Moodle"})
    link = LINK.search(page.text)
    assert page.status_code == 200
    assert link
    token = link[1].rpartition("=")[2]
    (row,) = read_session().scalars(select(PlatformInvitation)).all()
    assert (row.name, row.organisation_id) == ("Valle Verde Moodle", world.organisation_id)
    assert token not in row.token_hash
    assert operator.client.get(link[1]).status_code == 200


def test_a_link_that_is_asked_for_twice_is_one_link(operator: Visitor) -> None:
    once = re.search(r'name="once" value="([^"]+)"', operator.get("platforms/link").text)
    assert once
    sent = {"name": "Valle Verde Moodle", "once": once[1]}
    shown = [LINK.findall(operator.post("platforms/link", sent).text) for _ in range(2)]
    assert shown[0] == shown[1] != []
    assert (count(PlatformInvitation), audited()) == (1, ["platform.invited"])
    another = LINK.findall(operator.post("platforms/link", {**sent, "name": "Another"}).text)
    assert another != shown[0]
    assert count(PlatformInvitation) == 2


def test_a_platform_that_waits_is_let_in_or_refused(operator: Visitor, world: World) -> None:
    with transaction() as session:
        session.execute(update(Platform).values(status="pending"))
    assert "Waits for you" in page_text(operator.get("platforms"))
    assert "This LMS waits for you" in page_text(operator.get(f"platforms/{world.platform_id}"))
    for decision, status in (("no", "disabled"), ("yes", "active")):
        for _ in ("pressed", "pressed again"):
            answer = operator.post(f"platforms/{world.platform_id}/status", {"decision": decision})
            assert answer.status_code == 303
        assert platform(world.platform_id).status == status
    assert audited() == ["platform.disabled", "platform.active"]
    with transaction() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "platform.active")).first()
        assert entry is not None
        assert entry.actor_id == world.director.id


def test_a_deployment_that_waits_is_let_in_or_kept_out(
    operator: Visitor, world: World, clock: MovableClock
) -> None:
    with transaction() as session:
        waiting = new_deployment(platform_in(session, world), "106:8865aa", status="pending", at=clock())
        session.add(waiting)
    assert "1 deployment waits for you" in page_text(operator.get("platforms"))
    assert "106:8865aa" in operator.get(f"platforms/{world.platform_id}").text
    for decision, status in (("no", "disabled"), ("yes", "active")):
        path = f"platforms/{world.platform_id}/deployments/{waiting.id}"
        assert [operator.post(path, {"decision": decision}).status_code for _ in range(2)] == [303, 303]
        with transaction() as session:
            assert session.get_one(Deployment, waiting.id, populate_existing=True).status == status
    assert (
        operator.post(f"platforms/{uuid.uuid4()}/deployments/{waiting.id}", {"decision": "no"}).status_code
        == 404
    )
    with transaction() as session:
        assert session.get_one(Deployment, waiting.id, populate_existing=True).status == "active"
    assert audited() == ["deployment.disabled", "deployment.active"]


def platform_in(session: Any, world: World) -> Platform:
    found: Platform = session.get_one(Platform, world.platform_id)
    return found


def test_the_policy_for_new_deployments_is_chosen(operator: Visitor, world: World) -> None:
    path = f"platforms/{world.platform_id}/policy"
    assert operator.post(path, {"policy": "whatever"}).status_code == 422
    assert platform(world.platform_id).deployment_policy == "approve"
    assert [operator.post(path, {"policy": "auto"}).status_code for _ in range(2)] == [303, 303]
    assert audited() == ["platform.policy"]
    assert platform(world.platform_id).deployment_policy == "auto"


def test_how_many_scores_it_is_sent_at_a_time_is_chosen(operator: Visitor, world: World) -> None:
    path = f"platforms/{world.platform_id}/pace"
    assert 'name="at_once" value="8"' in operator.get(f"platforms/{world.platform_id}").text
    for wrong in ("0", "65", "-1", "many", ""):
        assert operator.post(path, {"at_once": wrong}).status_code == 422
    assert (platform(world.platform_id).scores_at_once, audited()) == (None, [])
    assert [operator.post(path, {"at_once": "2"}).status_code for _ in range(2)] == [303, 303]
    assert (platform(world.platform_id).scores_at_once, audited()) == (2, ["platform.pace"])
    assert 'name="at_once" value="2"' in operator.get(f"platforms/{world.platform_id}").text


@pytest.mark.parametrize(("decision", "then"), [("yes", f"{LMS}/new-keys"), ("no", f"{LMS}/jwks")])
def test_proposed_addresses_are_shown_and_decided(
    operator: Visitor, world: World, clock: MovableClock, decision: str, then: str
) -> None:
    with transaction() as session:
        row = platform_in(session, world)
        wanted = Registration(
            name="x",
            issuer=LMS,
            client_id="client-1",
            auth_login_url=row.auth_login_url,
            auth_token_url=row.auth_token_url,
            jwks_url=f"{LMS}/new-keys",
        )
        assert propose(session, row, wanted, at=clock())
        proposal_id = session.scalars(select(PlatformProposal.id)).one()
    page = operator.get(f"platforms/{world.platform_id}")
    assert f"now {LMS}/jwks, then {LMS}/new-keys" in page_text(page)
    sent = {"decision": decision, "proposal": proposal_id}
    path = f"platforms/{world.platform_id}/proposal"
    assert operator.post(path, sent | {"proposal": uuid.uuid4()}).status_code == 404
    assert platform(world.platform_id).jwks_url == f"{LMS}/jwks"
    assert operator.post(path, sent).status_code == 303
    assert platform(world.platform_id).jwks_url == then
    assert (operator.post(path, sent).status_code, count(PlatformProposal)) == (404, 0)


def test_p18_scopes_granted_are_held_against_scopes_needed(operator: Visitor, world: World) -> None:
    page = operator.get(f"platforms/{world.platform_id}")
    assert page_text(page).count("Not known yet") == len(SCOPES)
    with transaction() as session:
        session.execute(
            update(Context)
            .where(Context.id == world.context_id)
            .values(scopes=[words.SCOPE_SCORE], memberships_url=f"{LMS}/people")
        )
    text = page_text(operator.get(f"platforms/{world.platform_id}"))
    assert (text.count("Not granted"), text.count("Not known yet")) == (5, 0)
    assert "We cannot make a column" in text
    assert "No score reaches the gradebook" not in text
    assert "3 services are not granted" in page_text(operator.get("platforms"))
    with transaction() as session:
        session.execute(update(Context).values(groups_url=f"{LMS}/groups"))
    assert page_text(operator.get(f"platforms/{world.platform_id}")).count("Not granted") == 4


def test_the_self_test_is_asked_for_runs_and_is_shown(
    app: Flask, operator: Visitor, world: World, clock: MovableClock
) -> None:
    here = f"platforms/{world.platform_id}"
    assert "Test now" in page_text(operator.get(here))
    asked = operator.post(f"{here}/check")
    assert (asked.status_code, asked.location.rpartition("#")[2]) == (303, "selftest")
    page = operator.get(here)
    assert 'data-renew="1"' in page.text
    assert f"0 of {len(CHECKS)} checks are done." in page_text(page)
    assert "Test again" not in page.text
    found = services_of(app)
    app.extensions[EXTENSION] = replace(found, http=NobodyAnswers())
    init_lti(app, services_of(app))
    JobRunner(app, HANDLERS, SWEEPERS, clock=clock).run_once()
    read_session().commit()  # else this thread keeps seeing the database as it was
    read_session().expire_all()
    page = operator.get(here)
    text = page_text(page)
    assert "data-renew" not in page.text
    assert f"{len(SCOPES) + 1} of {len(CHECKS)} checks failed" in text
    assert f"{LMS}/jwks does not answer. Make sure that the LMS runs" in text
    assert "What could not be checked" in text
    assert "Test again" in text


def test_p18_what_the_self_test_was_refused_counts_in_the_list_too(
    operator: Visitor, world: World, clock: MovableClock
) -> None:
    refused = Finding("token", Outcome.FAILED, "service.scopes-refused", words.SCOPE_ROSTER)
    unclear = Finding("token", Outcome.FAILED, "service.busy", words.SCOPE_SCORE)
    with transaction() as session:
        check = {"organisation_id": world.organisation_id, "platform_id": world.platform_id, "total": 2}
        findings = [refused.stored(), unclear.stored()]
        when = {"asked_at": clock(), "finished_at": clock()}
        session.add(PlatformCheck(id=uuid.uuid4(), findings=findings, **check, **when))
    assert "1 service is not granted" in page_text(operator.get("platforms"))
    text = page_text(operator.get(f"platforms/{world.platform_id}"))
    assert "People appear only after they have opened the activity." in text
    assert "No score reaches the gradebook." not in text


def test_only_the_own_organisation_has_a_platform_tested(world: World, visit_as: Opened) -> None:
    stranger = visit_as(world.stranger, "operator")
    assert stranger.post(f"platforms/{world.platform_id}/check").status_code == 404
    assert count(PlatformCheck) == 0


class NobodyAnswers:
    """Outbound HTTP without a network."""

    def request(self, method: str, url: str, **_: Any) -> HttpAnswer:
        raise FetchFailed("connect", f"{method} {url}")


def test_keys_origins_and_dead_scores_stand_on_the_page(
    app: Flask, operator: Visitor, world: World, clock: MovableClock
) -> None:
    services().keys.rotate(KEY_OWNER, KEY_PURPOSE)
    clock.forward(days=12)
    services().keys.rotate(KEY_OWNER, KEY_PURPOSE, lead_time=timedelta(days=1))
    wanted = WantedGrade(
        world.organisation_id, world.context_id, "keystone", world.amara.id, "u1", "Your keystone", 3, 4
    )
    with transaction() as session:
        key = {"platform_id": world.platform_id, "kid": "k1", "jwk": {}, "fetched_at": clock()}
        session.add(PlatformKey(**key))
        want_grade(session, wanted, at=clock())
        session.execute(update(GradeIntent).values(state="dead", error="service.scopes-refused"))
    text = page_text(operator_again(operator, app, world, clock).get(f"platforms/{world.platform_id}"))
    assert "12 days in use; the next one is published and signs from Mar 25, 2026" in text
    assert "1 key, read on" in text
    assert f"Shown in frames of {LMS}" in text
    assert "Grades that did not arrive 1: see which, and why" in text
    assert "Your LMS does not let this tool use this service 1 service.scopes-refused" in text


def operator_again(operator: Visitor, app: Flask, world: World, clock: MovableClock) -> Visitor:
    del operator  # days have passed, and the visit with them
    return Visitor.open(app, world.director, ["operator"], clock)


def test_the_last_launch_outlives_its_session(
    operator: Visitor, world: World, visit_as: Opened, clock: MovableClock
) -> None:
    with transaction() as session:
        session.execute(update(WebSession).values(kind="staff"))  # operators do not come from an LMS
    assert "Nobody has come from there yet" in page_text(operator.get("platforms"))
    visit_as(world.amara, "participant")
    assert "Last opened on Mar 12" in page_text(operator.get("platforms"))
    forget_old_job(Work(FORGET_JOB, "all", 1, 1, lambda: None))
    with transaction() as session:
        session.execute(WebSession.__table__.delete().where(WebSession.person_id == world.amara.id))
    assert platform(world.platform_id).last_launch_at == clock()
    assert "Last opened on Mar 12" in page_text(operator.get("platforms"))


def test_another_organisations_operator_reaches_nothing(world: World, visit_as: Opened) -> None:
    stranger = visit_as(world.stranger, "operator")
    assert str(world.platform_id) not in stranger.get("platforms").text
    here, before = f"platforms/{world.platform_id}", platform(world.platform_id)
    for path, form in (
        ("status", {"decision": "no"}),
        ("policy", {"policy": "auto"}),
        ("proposal", {"decision": "yes", "proposal": uuid.uuid4()}),
        (f"deployments/{world.deployment_id}", {"decision": "no"}),
    ):
        assert stranger.post(f"{here}/{path}", form).status_code == 404, path
    assert stranger.get(here).status_code == 404
    after = platform(world.platform_id)
    assert (after.status, after.deployment_policy) == (before.status, "approve")
    assert audited() == []


@pytest.mark.parametrize("role", ["director", "coach", "participant"])
def test_an_operators_pages_are_for_operators(world: World, visit_as: Opened, role: str) -> None:
    visitor = visit_as(world.director, role)
    for path in ("platforms", "platforms/link", "platforms/by-hand", f"platforms/{world.platform_id}"):
        assert visitor.get(path).status_code == 403
