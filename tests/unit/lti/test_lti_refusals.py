"""Launches that are refused: a control that passes, one thing changed, the exact code, nothing stored."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from support.clock import MovableClock
from support.lticases import OTHER_CLIENT, ROWS, Row
from support.practice import ACTIVITY, LMS, PERSON, Browser, Learners, Wire, asked, code_of, down, launch_with
from werkzeug.test import TestResponse

from ltitool.errors import NotAllowed
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import login
from ltitool.lti.approving import Operator, decide_deployment
from ltitool.lti.models import BurntNonce, Context, Deployment, Platform, ResourceLink
from ltitool.lti.vocabulary import DEPLOYMENT_ID
from ltitool.people.models import LtiIdentity, Person, WebSession
from ltitool.sandbox.forge import ABSENT
from ltitool.sandbox.seed import DEMO

Patch = pytest.MonkeyPatch
TABLES = (BurntNonce, Context, ResourceLink, LtiIdentity, Person, WebSession)


def stored() -> dict[str, int]:
    session = read_session()
    found = {t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in TABLES}
    session.commit()
    return found


def answer(browser: Browser) -> dict[str, str]:
    return browser.forge.answer(PERSON, ACTIVITY, browser.ask())


def check_refused(response: TestResponse, code: str, status: int, before: dict[str, int]) -> None:
    assert (code_of(response), response.status_code) == (code, status)
    assert not response.headers.getlist("Set-Cookie")
    assert stored() == before


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
def test_a_token_with_one_thing_wrong_is_refused(browser: Browser, row: Row) -> None:
    assert browser.launch_well().status_code == 303
    before, query = stored(), browser.ask()
    token = row.mint(browser.forge, browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
    response = browser.launch({"state": query["state"], "id_token": token})
    check_refused(
        response, row.code, row.status, before | ({"burnt_nonce": 2} if row.case.startswith("N57") else {})
    )


@pytest.mark.parametrize("skew", [-59, 59])
def test_a_clock_that_is_a_little_off_is_no_reason(browser: Browser, clock: MovableClock, skew: int) -> None:
    query = browser.ask()
    token = browser.forge.mint(browser.forge.claims(PERSON, ACTIVITY, query["nonce"]))
    clock.forward(seconds=skew)
    assert browser.launch({"state": query["state"], "id_token": token}).status_code == 303


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_n28_keys_in_the_header_are_not_looked_at(browser: Browser, wire: Wire, name: str) -> None:
    evil = {"jwk": browser.forge.stranger.as_dict(private=False)}.get(name, "https://evil.example/keys")
    query, before = browser.ask(), stored()
    valid = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    signed_by_other = browser.forge.mint(valid, header={name: evil}, key=browser.forge.stranger)
    check_refused(
        browser.launch({"state": query["state"], "id_token": signed_by_other}),
        "launch.signature-wrong",
        401,
        before,
    )
    good = browser.forge.mint(valid, header={name: evil})
    assert browser.launch({"state": query["state"], "id_token": good}).status_code == 303
    assert wire.count("evil.example") == 0


def without(form: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in form.items() if key != name}


FORMS: tuple[tuple[str, Callable[[dict[str, str]], dict[str, str]], str, int], ...] = (
    ("N11 no id_token", lambda form: without(form, "id_token"), "launch.token-missing", 400),
    ("N12 the LMS refused", lambda form: form | {"error": "login_required"}, "launch.platform-refused", 401),
    ("N14 no state", lambda form: without(form, "state"), "launch.state-missing", 400),
    ("N15 unknown state", lambda form: form | {"state": "made-up"}, "launch.state-unknown", 401),
    (
        "N15 changed state",
        lambda form: form | {"state": form["state"][:-2] + "AA"},
        "launch.state-unknown",
        401,
    ),
)


@pytest.mark.parametrize(("case", "change", "code", "status"), FORMS, ids=[form[0] for form in FORMS])
def test_a_post_with_one_thing_wrong_is_refused(
    browser: Browser, case: str, change: Callable[[dict[str, str]], dict[str, str]], code: str, status: int
) -> None:
    del case
    form, before = answer(browser), stored()
    check_refused(browser.launch(change(form)), code, status, before)
    assert browser.launch(form).status_code == 303


def test_n13_a_launch_by_get_is_no_launch(browser: Browser) -> None:
    form, before = answer(browser), stored()
    response = browser.client.get("/lti/launch", query_string=form)
    assert (code_of(response), response.status_code) == ("request.method", 405)
    assert stored() == before
    assert browser.launch(form).status_code == 303


def test_n16_a_state_is_good_for_ten_minutes(browser: Browser, clock: MovableClock) -> None:
    query, before = browser.ask(), stored()
    clock.forward(minutes=10)
    late = {"state": query["state"], "id_token": fresh_token(browser, query["nonce"])}
    check_refused(browser.launch(late), "launch.state-expired", 401, before)
    clock.forward(seconds=-1)
    timely = {"state": query["state"], "id_token": fresh_token(browser, query["nonce"])}
    assert browser.launch(timely).status_code == 303


def fresh_token(browser: Browser, nonce: str) -> str:
    return browser.forge.mint(browser.forge.claims(PERSON, ACTIVITY, nonce))


def test_n17_a_state_is_good_once(browser: Browser) -> None:
    form = answer(browser)
    assert browser.launch(form).status_code == 303
    before = stored()
    check_refused(browser.launch(form), "launch.state-used", 401, before)


def test_n17_nor_for_a_fresh_token(browser: Browser) -> None:
    query = browser.ask()
    for expected in (303, 401):
        before = stored()
        form = {"state": query["state"], "id_token": fresh_token(browser, query["nonce"])}
        response = browser.launch(form)
        assert response.status_code == expected
    check_refused(response, "launch.state-used", 401, before)


def test_n18_a_state_belongs_to_one_browser(browser: Browser) -> None:
    form, before = answer(browser), stored()
    other = Browser(browser.client.application.test_client(), browser.forge)
    other.ask()
    check_refused(other.launch(form), "launch.other-browser", 401, before)
    assert browser.launch(form).status_code == 303


def test_n19_a_state_belongs_to_one_registration(
    browser: Browser, second_platform: Callable[..., Platform]
) -> None:
    second_platform(client_id=OTHER_CLIENT)
    query, before = browser.ask(), stored()
    valid = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    theirs = {"state": query["state"], "id_token": browser.forge.mint(valid | {"aud": OTHER_CLIENT})}
    check_refused(browser.launch(theirs), "launch.state-other-platform", 401, before)
    assert browser.launch(theirs | {"id_token": browser.forge.mint(valid)}).status_code == 303


def test_n49_a_burnt_nonce_under_a_new_state(browser: Browser) -> None:
    used = browser.ask()
    assert browser.launch(browser.forge.answer(PERSON, ACTIVITY, used)).status_code == 303
    fresh, before = browser.ask(), stored()
    form = {"state": fresh["state"], "id_token": fresh_token(browser, used["nonce"])}
    check_refused(browser.launch(form), "launch.nonce-replayed", 401, before)


def test_n51_the_nonce_of_another_login(browser: Browser) -> None:
    one, two = browser.ask(), browser.ask()
    before = stored()
    form = {"state": one["state"], "id_token": fresh_token(browser, two["nonce"])}
    check_refused(browser.launch(form), "launch.nonce-of-other-login", 401, before)


def test_n57_an_unknown_deployment_waits_and_can_be_approved(browser: Browser) -> None:
    launch_with(browser, **{DEPLOYMENT_ID: "new-school"})
    assert deployments() == {"new-school": "pending"} | known_deployment()
    approve("new-school")
    assert launch_with(browser, **{DEPLOYMENT_ID: "new-school"}).status_code == 303


def test_n57_a_trusted_platform_approves_by_itself(browser: Browser) -> None:
    set_platform(deployment_policy="auto")
    assert launch_with(browser, **{DEPLOYMENT_ID: "new-school"}).status_code == 303
    assert deployments()["new-school"] == "active"


def test_n58_but_never_takes_over_what_another_registration_uses(
    browser: Browser, second_platform: Callable[..., Platform]
) -> None:
    second_platform(client_id=OTHER_CLIENT, deployment_ids=("their-school",))
    set_platform(deployment_policy="auto")
    response = launch_with(browser, **{DEPLOYMENT_ID: "their-school"})
    assert (code_of(response), response.status_code) == ("launch.deployment-of-other-client", 403)
    assert read_session().scalar(select(func.count()).select_from(WebSession)) == 0


def test_n59_a_deployment_that_is_switched_off(browser: Browser) -> None:
    with transaction() as session:
        session.execute(update(Deployment).values(status="disabled"))
    form = answer(browser)
    response = browser.launch(form)
    assert (code_of(response), response.status_code) == ("launch.deployment-disabled", 403)
    assert read_session().scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize(
    ("status", "code"), [("disabled", "platform.disabled"), ("pending", "platform.pending")]
)
def test_n9_a_platform_that_is_switched_off_between_login_and_launch(
    browser: Browser, status: str, code: str
) -> None:
    form, before = answer(browser), stored()
    set_platform(status=status)
    check_refused(browser.launch(form), code, 403, before)
    set_platform(status="active")
    assert browser.launch(form).status_code == 303


def test_a_platform_that_is_gone(browser: Browser) -> None:
    form, before = answer(browser), stored()
    with transaction() as session:
        for deployment in session.scalars(select(Deployment)):
            session.delete(deployment)
        session.flush()
        session.delete(session.scalars(select(Platform)).one())
    check_refused(browser.launch(form), "launch.state-unknown", 401, before)


def test_what_the_landing_refuses_stores_nothing(browser: Browser, landing: Learners) -> None:
    landing.fault = NotAllowed("no offering")
    form, before = answer(browser), stored()
    check_refused(browser.launch(form), "request.not-allowed", 403, before)
    landing.fault = None
    assert browser.launch(form).status_code == 303


def test_n29_without_any_key_we_cannot_say(browser: Browser, wire: Wire, clock: MovableClock) -> None:
    wire.overrides["/lti/jwks"] = down()
    form, before = answer(browser), stored()
    check_refused(browser.launch(form), "platform.keys-unavailable", 503, before)
    wire.overrides.clear()
    check_refused(browser.launch(form), "platform.keys-unavailable", 503, before)
    clock.forward(seconds=60)
    assert browser.launch(form).status_code == 303


def test_n29_with_a_known_key_the_lms_may_be_down(browser: Browser, wire: Wire) -> None:
    browser.launch_well()
    wire.overrides["/lti/jwks"] = down()
    assert browser.launch_well().status_code == 303


LOGINS: tuple[tuple[str, dict[str, Any], str, int], ...] = (
    ("N1", {"iss": ""}, "login.issuer-missing", 400),
    ("N2", {"iss": "https://unknown.example"}, "login.issuer-unknown", 403),
    ("N2 slash", {"iss": LMS + "/"}, "login.issuer-unknown", 403),
    ("N3", {"login_hint": ""}, "login.hint-missing", 400),
    ("N4", {"client_id": "unknown"}, "login.client-unknown", 403),
    ("N7", {"target_link_uri": "https://evil.example/lti/launch"}, "login.target-foreign", 400),
    ("N7 userinfo", {"target_link_uri": "http://localhost:8000@evil.example/"}, "login.target-foreign", 400),
    (
        "N7 backslash",
        {"target_link_uri": "http://localhost:8000\\@evil.example/"},
        "login.target-foreign",
        400,
    ),
    ("N7 prefix", {"target_link_uri": "http://localhost:8000.evil.example/"}, "login.target-foreign", 400),
    ("N7 no scheme", {"target_link_uri": "//localhost:8000/"}, "login.target-foreign", 400),
    ("N8 twice", {"login_hint": ["a", "b"]}, "login.parameter-repeated", 400),
    ("N8 long", {"lti_message_hint": "x" * 8200}, "login.parameter-too-long", 400),
    ("line end", {"login_hint": "a\r\nSet-Cookie: x=1"}, "login.parameter-unreadable", 400),
)


@pytest.mark.parametrize(("case", "changes", "code", "status"), LOGINS, ids=[login[0] for login in LOGINS])
@pytest.mark.parametrize("cookies", [True, False])
def test_a_login_with_one_thing_wrong_is_refused(
    browser: Browser, case: str, changes: dict[str, Any], code: str, status: int, *, cookies: bool
) -> None:
    del case
    if cookies:
        browser.client.set_cookie("__Host-lti_probe", "1", secure=True)
    response = browser.login(**changes)
    assert (code_of(response), response.status_code) == (code, status)
    assert not response.headers.getlist("Set-Cookie")
    assert browser.login().status_code == 302


CLOUD = "https://canvas.instructure.com"
TEST_COPY = "https://canvas.test.instructure.com"


@pytest.mark.parametrize(
    "changes",
    [{"iss": TEST_COPY}, {"iss": "https://canvas.beta.instructure.com"}, {"canvas_environment": "test"}],
    ids=["the test copy's issuer", "the beta copy's issuer", "the production issuer, but a copy by its word"],
)
def test_n78_a_copy_of_canvas_is_not_the_school(
    browser: Browser, second_platform: Callable[..., Platform], monkeypatch: Patch, changes: dict[str, str]
) -> None:
    second_platform(issuer=CLOUD, client_id="1000")
    browser.client.set_cookie("__Host-lti_probe", "1", secure=True)
    real = {"iss": CLOUD, "client_id": "1000", "canvas_environment": "prod"}
    assert browser.login(**real).status_code == 302
    before = stored()
    check_refused(browser.login(**real | changes), "login.environment-other", 403, before)
    monkeypatch.setattr(login, "_check_environment", lambda *_: None)
    unguarded = browser.login(**real | changes)
    assert (code_of(unguarded), unguarded.status_code) != ("login.environment-other", 403)


def test_n78_a_copy_that_is_registered_on_its_own_comes_in(
    browser: Browser, second_platform: Callable[..., Platform]
) -> None:
    second_platform(issuer=CLOUD, client_id="1000")
    second_platform(issuer=TEST_COPY, client_id="1000")
    browser.client.set_cookie("__Host-lti_probe", "1", secure=True)
    copy = {"iss": TEST_COPY, "client_id": "1000", "canvas_environment": "test"}
    assert browser.login(**copy).status_code == 302


def test_n5_several_registrations_need_a_client_id(
    browser: Browser, second_platform: Callable[..., Platform]
) -> None:
    assert browser.ask(client_id=ABSENT)["client_id"]
    second_platform(client_id=OTHER_CLIENT, deployment_ids=("their-school",))
    for hint in (ABSENT, "unheard-of"):
        response = browser.login(client_id=ABSENT, lti_deployment_id=hint)
        assert (code_of(response), response.status_code) == ("login.client-ambiguous", 400)
    assert (
        asked(browser.login(client_id=ABSENT, lti_deployment_id="their-school"))["client_id"] == OTHER_CLIENT
    )


def test_n6_a_login_without_target_goes_on(browser: Browser) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask(target_link_uri=ABSENT))
    assert browser.launch(form).status_code == 303


def test_n10_the_deployment_of_a_login_is_a_hint(browser: Browser) -> None:
    form = browser.forge.answer(PERSON, ACTIVITY, browser.ask(lti_deployment_id="unheard-of"))
    assert browser.launch(form).status_code == 303


def test_a_body_beyond_a_megabyte_is_not_read(browser: Browser) -> None:
    response = browser.client.post("/lti/launch", data={"id_token": "x" * 2_000_000})
    assert response.status_code == 413
    assert stored()["web_session"] == 0


def test_an_error_page_never_becomes_a_key_set(browser: Browser, wire: Wire) -> None:
    wire.overrides["/lti/jwks"] = HttpAnswer(500, {}, b"<h1>down</h1>")
    response = browser.launch(answer(browser))
    assert (code_of(response), response.status_code) == ("platform.keys-unavailable", 503)


def known_deployment() -> dict[str, str]:
    return {DEMO.deployment_id: "active"}


def deployments() -> dict[str, str]:
    rows = read_session().execute(select(Deployment.lms_id, Deployment.status)).all()
    read_session().commit()
    return {str(row.lms_id): str(row.status) for row in rows}


def approve(lms_id: str) -> None:
    with transaction() as session:
        row = session.scalars(select(Deployment).where(Deployment.lms_id == lms_id)).one()
        decide_deployment(session, Operator(row.organisation_id, None, row.created_at), row.id, "active")


def set_platform(**values: str) -> None:
    with transaction() as session:
        session.execute(update(Platform).where(Platform.client_id != OTHER_CLIENT).values(**values))
