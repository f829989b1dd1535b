"""A launch that is as it should be: what is stored, what is opened, where it leads."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from support.clock import MovableClock
from support.lticases import LEARNER, review_claims
from support.practice import ACTIVITY, LMS, PERSON, Browser, Learners, Wire, asked, launch_with
from werkzeug.test import TestResponse

from ltitool.foundation.db import db, read_session
from ltitool.foundation.runner import JobRunner
from ltitool.lti.models import BurntNonce, Context, Deployment, ResourceLink
from ltitool.lti.roles import LtiRole
from ltitool.lti.vocabulary import CONTEXT, CUSTOM, PRESENTATION, ROLES
from ltitool.lti.wiring import EXTENSION as MEMORY
from ltitool.lti.wiring import FORGET_JOB, forget_old_job, lti_memory, sweep_old
from ltitool.people.models import LtiIdentity, Person, WebSession
from ltitool.sandbox.forge import ABSENT
from ltitool.sandbox.seed import DEMO


def counts() -> dict[str, int]:
    session = read_session()
    tables = (BurntNonce, Deployment, Context, ResourceLink, LtiIdentity, Person, WebSession)
    found = {t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
    session.commit()
    return found


def test_a_launch_opens_a_session(browser: Browser) -> None:
    response = browser.launch_well()
    assert response.status_code == 303, response.get_data(as_text=True)
    session = read_session().scalars(select(WebSession)).one()
    assert response.location == f"/l/{session.short}/week/"
    assert (session.roles, session.kind) == (["participant"], "lti")
    assert LMS in session.embed_origins


def test_a_launch_stores_where_and_who(browser: Browser, landing: Learners) -> None:
    browser.launch_well()
    context, link = (
        read_session()
        .execute(select(Context, ResourceLink).join(ResourceLink, ResourceLink.context_id == Context.id))
        .one()
    )
    assert context.lineitems_url is not None
    assert context.memberships_url is not None
    assert context.scopes
    (launched,) = landing.launched
    assert (launched.context_id, launched.resource_link_id) == (context.id, link.id)
    assert launched.role is LtiRole.LEARNER
    assert read_session().scalars(select(LtiIdentity)).one().subject == launched.subject


def test_a_second_launch_stores_nobody_twice(browser: Browser) -> None:
    browser.launch_well()
    before = counts()
    browser.launch_well()
    assert counts() == before | {"burnt_nonce": 2, "web_session": 2}


def test_each_launch_has_its_own_cookie(browser: Browser) -> None:
    first, second = browser.launch_well(), browser.launch_well()
    names = {name for r in (first, second) for name in cookie_names(r) if name.startswith("__Host-s_")}
    assert len(names) == 2


def cookie_names(response: TestResponse) -> list[str]:
    return [header.partition("=")[0] for header in response.headers.getlist("Set-Cookie")]


def test_cookies_are_partitioned_and_for_us_alone(browser: Browser) -> None:
    response = browser.launch_well()
    for header in response.headers.getlist("Set-Cookie"):
        parts = {part.strip().partition("=")[0] for part in header.split(";")}
        assert {"Secure", "HttpOnly", "SameSite", "Partitioned", "Path"} <= parts
        assert "Domain" not in parts


def test_an_instructor_comes_in_and_gets_no_right_from_it(browser: Browser, landing: Learners) -> None:
    role = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
    assert launch_with(browser, **{ROLES: [role]}).status_code == 303
    assert landing.launched[0].role is LtiRole.INSTRUCTOR


def test_no_name_and_no_course_are_no_obstacle(browser: Browser, landing: Learners) -> None:
    bare = dict.fromkeys(("name", "given_name", "family_name", "email", CONTEXT, PRESENTATION), ABSENT)
    assert launch_with(browser, **bare).status_code == 303
    assert landing.launched[0].context_id is None
    person = read_session().scalars(select(Person)).one()
    assert person.display_name.startswith("Participant ")
    assert person.email is None


def test_n76_unexpanded_variables_count_as_absent(browser: Browser, landing: Learners) -> None:
    launch_with(browser, **{CUSTOM: {"week": "3", "end": "$ResourceLink.submission.endDateTime", "x": ""}})
    assert landing.launched[0].custom == {"week": "3"}


def test_n75_an_address_to_return_to_is_kept_only_at_the_platform(browser: Browser) -> None:
    for address, kept in (
        (f"{LMS}/back", f"{LMS}/back"),
        ("javascript:alert(1)", None),
        ("https://evil.example/", None),
    ):
        launch_with(browser, **{PRESENTATION: {"return_url": address, "locale": "es_MX"}})
        newest = read_session().scalars(select(WebSession)).all()
        assert {session.return_url for session in newest if session.return_url != f"{LMS}/back"} <= {None}
        assert (kept in {session.return_url for session in newest}) or kept is None
        assert {session.locale for session in newest} == {"es"}
        read_session().commit()


def test_a_warm_launch_takes_few_statements_and_no_request(browser: Browser, wire: Wire, tool: Flask) -> None:
    del tool
    browser.launch_well()
    query = browser.ask()
    form = browser.forge.answer(PERSON, ACTIVITY, query)
    wire.requests.clear()
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert browser.launch(form).status_code == 303
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert wire.requests == []
    assert len([s for s in statements if not s.startswith("BEGIN")]) <= 6, statements


def test_the_login_asks_the_lms_for_what_the_standard_says(browser: Browser) -> None:
    query = browser.ask()
    assert query["response_type"] == "id_token"
    assert query["response_mode"] == "form_post"
    assert query["prompt"] == "none"
    assert query["scope"] == "openid"
    assert query["redirect_uri"] == "http://localhost:8000/lti/launch"


def test_the_hints_go_back_letter_by_letter(browser: Browser) -> None:
    hint = '{"cmid":2,"launchid":"ltilaunch1_1613260431"} &+%20é'
    assert browser.ask(lti_message_hint=hint)["lti_message_hint"] == hint


def test_a_login_by_get_works_too(browser: Browser) -> None:
    browser.client.set_cookie("__Host-lti_probe", "1", secure=True)
    login = browser.forge.login(PERSON, ACTIVITY)
    assert "state" in asked(browser.client.get("/lti/login", query_string=login))


def test_several_audiences_are_fine_when_we_are_the_authorised_party(browser: Browser) -> None:
    client_id = DEMO.client_id
    assert launch_with(browser, aud=[client_id, "another"], azp=client_id).status_code == 303
    assert launch_with(browser, aud=[client_id]).status_code == 303
    assert launch_with(browser, nbf=1).status_code == 303


def test_names_are_put_together_and_changes_are_taken_over(browser: Browser) -> None:
    launch_with(browser, name=ABSENT, given_name="Ada", family_name="Lovelace")
    launch_with(browser, name="Ada King")
    assert read_session().scalars(select(Person)).one().display_name == "Ada King"


def test_old_nonces_and_tokens_are_forgotten_and_fresh_ones_kept(
    tool: Flask, browser: Browser, clock: MovableClock
) -> None:
    runner = JobRunner(tool, {FORGET_JOB: forget_old_job}, {FORGET_JOB: sweep_old}, clock=clock)
    browser.launch_well()
    assert runner.run_once() == 0
    clock.forward(minutes=16)
    browser.launch_well()
    assert (runner.run_once(), counts()["burnt_nonce"]) == (1, 1)
    assert runner.run_once() == 0


def test_an_application_that_was_not_wired_says_so(app: Flask) -> None:
    app.extensions[MEMORY] = None
    with pytest.raises(TypeError, match="init_lti"):
        lti_memory()


def test_p33_a_review_lands_with_the_name_of_whose_work_it_is(browser: Browser, landing: Learners) -> None:
    query = browser.ask()
    valid = browser.forge.claims("imani-whitfield", ACTIVITY, query["nonce"])
    token = browser.forge.mint(review_claims(valid, {"user_id": "4"}))
    assert browser.launch({"state": query["state"], "id_token": token}).status_code == 303
    assert landing.launched[-1].for_subject == "4"
    assert browser.launch_well().status_code == 303
    assert landing.launched[-1].for_subject is None


def test_n73_a_learner_reviews_their_own_work(browser: Browser, landing: Learners) -> None:
    query = browser.ask()
    valid = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    own = review_claims(valid, {"user_id": valid["sub"]}, (LEARNER,))
    assert browser.launch({"state": query["state"], "id_token": browser.forge.mint(own)}).status_code == 303
    assert landing.launched[-1].for_subject == valid["sub"]
