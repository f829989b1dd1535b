"""Dynamic registration: the practice LMS registers itself; then one thing is wrong at a time."""

import json
import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from support.clock import MovableClock
from support.practice import LMS, ORGANISATION, Wire, code_of, registration
from support.registering import CONFIGURATION, REGISTRATIONS, TOKEN, Administrator, invite

from ltitool.app import services_of
from ltitool.errors import Invalid
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.fetch import SafeHttpClient
from ltitool.foundation.models import AuditEntry
from ltitool.foundation.services import EXTENSION
from ltitool.lti import platform_invitations, platform_offer, registering
from ltitool.lti import vocabulary as words
from ltitool.lti.approving import Operator, decide_platform, decide_proposal
from ltitool.lti.models import BurntNonce, Deployment, Platform, PlatformInvitation, PlatformProposal
from ltitool.lti.platform_invitations import LIFETIME, NewInvitation, invite_platform
from ltitool.lti.platforms import PlatformMissing, add_platform
from ltitool.lti.proposals import ProposalMissing
from ltitool.lti.quirks.canvas import in_one_cloud
from ltitool.people.models import Organisation

Patch = pytest.MonkeyPatch


@pytest.fixture
def pat(tool: Flask, wire: Wire) -> Administrator:
    return Administrator(tool, wire)


@pytest.fixture
def start(pat: Administrator) -> dict[str, str]:
    return pat.begin(invite(pat.tool))


def rows() -> tuple[int, int]:
    session = read_session()
    found = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Platform, Deployment)]
    session.commit()
    return found[0], found[1]


def newest() -> Platform:
    return read_session().scalars(select(Platform).where(Platform.name == "Valle Verde")).one()


def used() -> bool:
    session = read_session()
    session.expire_all()
    found = session.scalars(select(PlatformInvitation)).one().used_at is not None
    session.commit()
    return found


def test_p36_a_platform_registers_itself_and_waits(pat: Administrator, start: dict[str, str]) -> None:
    page = pat.open(start)
    assert page.status_code == 200
    assert LMS in page.text
    assert rows() == (1, 1)
    done = pat.send(start)
    assert done.status_code == 200
    assert "data-lti-close" in done.text
    assert rows() == (2, 2)
    with transaction() as session:
        platform = session.scalars(select(Platform).where(Platform.name == "Valle Verde")).one()
        deployment = session.scalars(select(Deployment).where(Deployment.platform_id == platform.id)).one()
        row = session.scalars(select(PlatformInvitation)).one()
    assert (platform.status, platform.issuer, platform.organisation_id) == ("pending", LMS, ORGANISATION)
    assert platform.auth_token_url == f"{LMS}/lti/token"
    assert deployment.lms_id == f"deployment-{platform.client_id}"
    assert (row.platform_id, row.product) == (platform.id, "practice-lms")
    assert words.SCOPE_SCORE in row.scopes


def test_p36_what_we_ask_for_is_what_the_platform_offers(pat: Administrator, start: dict[str, str]) -> None:
    pat.say(CONFIGURATION, scopes_supported=["openid", words.SCOPE_SCORE], claims_supported=["name"])
    assert pat.send(start).status_code == 200
    url, headers, body = pat.wire.sent[-1]
    sent = json.loads(body or b"")
    assert url == f"{LMS}{REGISTRATIONS}"
    assert headers["Authorization"] == f"Bearer {start['registration_token']}"
    assert sent["scope"] == words.SCOPE_SCORE
    assert sent[words.TOOL_CONFIGURATION]["claims"] == ["iss", "sub", "name"]
    assert sent[words.TOOL_CONFIGURATION]["custom_parameters"] == {"context_history": "$Context.id.history"}


def test_the_registration_names_a_picture_that_is_there(pat: Administrator, start: dict[str, str]) -> None:
    # Moodle shows it in its list of activities, where a tool without one is a puzzle piece.
    assert pat.send(start).status_code == 200
    sent = json.loads(pat.wire.sent[-1][2] or b"")
    path = sent["logo_uri"].removeprefix(services_of(pat.tool).settings.public_url)
    picture = pat.tool.test_client().get(path, buffered=True)
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")


def test_p36_canvas_is_told_its_own_words(pat: Administrator, start: dict[str, str]) -> None:
    kinds = [{"type": words.RESOURCE_LINK_REQUEST, "placements": ["course_navigation", "other"]}]
    pat.say(
        CONFIGURATION,
        **{words.PLATFORM_CONFIGURATION: {"product_family_code": "canvas", "messages_supported": kinds}},
    )
    assert pat.send(start).status_code == 200
    tool = json.loads(pat.wire.sent[-1][2] or b"")[words.TOOL_CONFIGURATION]
    assert tool["https://canvas.instructure.com/lti/privacy_level"] == "public"
    assert tool["messages"][0]["placements"] == ["course_navigation"]
    assert tool["custom_parameters"] == {
        "context_history": "$Context.id.history",
        "canvas_groups": "$Canvas.group.contextIds",
    }


def test_the_configuration_is_asked_for_with_the_token(pat: Administrator, start: dict[str, str]) -> None:
    live = pat.wire.lms.extensions["practice-lms"]
    guarded = replace(live.config, manners=replace(live.config.manners, guards_configuration=True))
    pat.wire.lms.extensions["practice-lms"] = replace(live, config=guarded)
    refused = pat.wire.lms.test_client().get(CONFIGURATION, base_url=LMS)
    assert refused.status_code == 401
    assert pat.send(start).status_code == 200


def test_a_platform_may_keep_its_deployment_to_itself(pat: Administrator, start: dict[str, str]) -> None:
    pat.answer(REGISTRATIONS, {"client_id": "canvas-1"})
    assert pat.send(start).status_code == 200
    assert rows() == (2, 1)
    assert newest().client_id == "canvas-1"


def test_a_link_opened_by_hand_says_where_it_belongs(pat: Administrator) -> None:
    invite(pat.tool)
    page = pat.open({"invitation": TOKEN})
    assert page.status_code == 200
    assert f"/lti/register?invitation={TOKEN}" in page.text


BAD_STARTS: tuple[tuple[str, dict[str, str], str, int], ...] = (
    ("no token", {"registration_token": ""}, "registration.start-incomplete", 400),
    ("a token of lines", {"registration_token": "a\r\nb"}, "registration.start-incomplete", 400),
    ("no configuration", {"openid_configuration": ""}, "registration.start-incomplete", 400),
    ("no invitation", {"invitation": ""}, "registration.invitation-unusable", 404),
    ("another invitation", {"invitation": "made-up"}, "registration.invitation-unusable", 404),
    ("A61 file", {"openid_configuration": "file:///etc/passwd"}, "registration.address-unsafe", 400),
    ("A61 http", {"openid_configuration": "http://lms.example/c"}, "registration.address-unsafe", 400),
    ("A61 user", {"openid_configuration": "https://a@lms.example/c"}, "registration.address-unsafe", 400),
)


@pytest.mark.parametrize(("case", "change", "code", "status"), BAD_STARTS, ids=[row[0] for row in BAD_STARTS])
def test_a_start_with_one_thing_wrong(
    pat: Administrator, start: dict[str, str], case: str, change: dict[str, str], code: str, status: int
) -> None:
    del case
    answer = pat.send(start | change)
    assert (code_of(answer), answer.status_code) == (code, status)
    assert (rows(), used()) == ((1, 1), False)
    assert pat.wire.requests == []
    assert pat.send(start).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/configuration",
        "https://[::1]/configuration",
        "https://2130706433/configuration",
        "https://lms.example:6379/configuration",
    ],
)
def test_a61_the_safe_client_goes_to_no_private_address(
    pat: Administrator, start: dict[str, str], url: str
) -> None:
    found = services_of(pat.tool)
    pat.tool.extensions[EXTENSION] = replace(found, http=SafeHttpClient(resolver=lambda _host: ["10.0.0.1"]))
    answer = pat.send(start | {"openid_configuration": url})
    assert (code_of(answer), answer.status_code) == ("fetch.blocked", 400)
    assert (rows(), used()) == ((1, 1), False)
    pat.tool.extensions[EXTENSION] = found
    assert pat.send(start).status_code == 200


def test_p36_a_closed_window_leaves_the_invitation(pat: Administrator, start: dict[str, str]) -> None:
    """Somebody opens the page in the LMS and closes it: nothing was asked, and the link still works."""
    assert pat.open(start).status_code == 200
    assert (rows(), used(), pat.wire.count(REGISTRATIONS)) == ((1, 1), False, 0)
    again = pat.begin(f"http://localhost:8000/lti/register?invitation={TOKEN}")
    assert pat.send(again).status_code == 200


@pytest.mark.parametrize("case", ["A61 file", "A61 http", "A61 user"])
def test_a61_without_the_guard_the_network_is_asked(
    pat: Administrator, start: dict[str, str], monkeypatch: Patch, case: str
) -> None:
    """The mutation of the rows above: an unsafe address goes as far as the client, with its own walls."""
    change = next(row[1] for row in BAD_STARTS if row[0] == case)
    assert code_of(pat.send(start | change)) == "registration.address-unsafe"
    assert pat.wire.requests == []
    monkeypatch.setattr(registering, "check_address", lambda *_: None)
    assert code_of(pat.send(start | change)) != "registration.address-unsafe"
    assert pat.wire.requests != []


def test_a61_a_redirect_is_not_followed(pat: Administrator, start: dict[str, str]) -> None:
    pat.answer(CONFIGURATION, b"", status=302)
    answer = pat.send(start)
    assert (code_of(answer), answer.status_code) == ("registration.configuration-unavailable", 503)
    assert len(pat.wire.requests) == 1


ELSEWHERE = "https://evil.example/lti"
OWN = words.PLATFORM_CONFIGURATION
CONFIGURATIONS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("A62 issuer", {"issuer": "https://evil.example"}, "issuer-elsewhere"),
    ("A62 issuer is no address", {"issuer": "lms"}, "issuer-elsewhere"),
    ("A62 issuer on another port", {"issuer": "http://127.0.0.1:9"}, "issuer-elsewhere"),
    ("A62 authorization", {"authorization_endpoint": ELSEWHERE}, "endpoint-elsewhere"),
    ("A62 token", {"token_endpoint": ELSEWHERE}, "endpoint-elsewhere"),
    ("A62 keys", {"jwks_uri": ELSEWHERE}, "endpoint-elsewhere"),
    ("A62 registration", {"registration_endpoint": ELSEWHERE}, "endpoint-elsewhere"),
    ("no issuer", {"issuer": None}, "configuration-unreadable"),
    ("no keys", {"jwks_uri": None}, "configuration-unreadable"),
    ("an endpoint of numbers", {"token_endpoint": 7}, "configuration-unreadable"),
    ("scopes as text", {"scopes_supported": "openid"}, "configuration-unreadable"),
    ("own words as text", {OWN: "moodle"}, "configuration-unreadable"),
    ("messages as texts", {OWN: {"messages_supported": ["x"]}}, "configuration-unreadable"),
    ("no launches", {OWN: {"messages_supported": [{"type": "Other"}]}}, "platform-unfit"),
    ("another algorithm", {"id_token_signing_alg_values_supported": ["ES256"]}, "platform-unfit"),
    ("another grant", {"response_types_supported": ["code"]}, "platform-unfit"),
)


@pytest.mark.parametrize(("case", "change", "code"), CONFIGURATIONS, ids=[row[0] for row in CONFIGURATIONS])
def test_a_configuration_with_one_thing_wrong(
    pat: Administrator, start: dict[str, str], case: str, change: dict[str, Any], code: str
) -> None:
    del case
    pat.say(CONFIGURATION, **change)
    answer = pat.send(start)
    assert (code_of(answer), answer.status_code) == (f"registration.{code}", 400)
    assert (rows(), used()) == ((1, 1), False)
    assert not pat.wire.count(REGISTRATIONS)
    pat.say(CONFIGURATION)
    assert pat.send(start).status_code == 200


@pytest.mark.parametrize("case", ["A62 issuer", "A62 token"])
def test_a62_without_the_guard_the_foreign_host_is_believed(
    pat: Administrator, start: dict[str, str], monkeypatch: Patch, case: str
) -> None:
    change = next(row[1] for row in CONFIGURATIONS if row[0] == case)
    pat.say(CONFIGURATION, **change)
    assert pat.send(start).status_code == 400
    monkeypatch.setattr(platform_offer, "_check_hosts", lambda *_: None)
    assert pat.send(start).status_code == 200
    assert "evil.example" in newest().issuer + newest().auth_token_url


@pytest.mark.parametrize(
    ("body", "status", "code", "page"),
    [
        (b"no", 200, "answer-unreadable", 400),
        ({}, 200, "answer-unreadable", 400),
        ({"client_id": ""}, 200, "answer-unreadable", 400),
        ({"client_id": "x", "scope": ["y"]}, 200, "answer-unreadable", 400),
        ({"client_id": "x", words.TOOL_CONFIGURATION: {"deployment_id": 7}}, 200, "answer-unreadable", 400),
        ({"error": "token_already_used"}, 401, "refused", 503),
        (b"", 302, "refused", 503),
    ],
)
def test_an_answer_with_one_thing_wrong_leaves_the_invitation(
    pat: Administrator, start: dict[str, str], body: Any, status: int, code: str, page: int
) -> None:
    pat.answer(REGISTRATIONS, body, status)
    answer = pat.send(start)
    assert (code_of(answer), answer.status_code) == (f"registration.{code}", page)
    assert (rows(), used()) == ((1, 1), False)
    del pat.wire.overrides[REGISTRATIONS]
    again = pat.begin(f"http://localhost:8000/lti/register?invitation={TOKEN}")
    assert pat.send(again).status_code == 200


def test_a63_an_invitation_and_a_token_are_good_for_one_registration(
    pat: Administrator, start: dict[str, str], monkeypatch: Patch
) -> None:
    assert pat.send(start).status_code == 200
    answer = pat.send(start)
    assert (code_of(answer), answer.status_code) == ("registration.invitation-unusable", 404)
    invite(pat.tool, "a-second-invitation")
    replay = start | {"invitation": "a-second-invitation"}
    answer = pat.send(replay)
    assert (code_of(answer), answer.status_code) == ("registration.token-replayed", 401)
    assert rows() == (2, 2)
    monkeypatch.setattr(registering, "burn_nonce", lambda *_, **__: None)
    assert code_of(pat.send(replay)) == "registration.refused"  # the LMS itself refuses a token's second use


def test_a63_of_two_registrations_at_once_one_wins(
    pat: Administrator, start: dict[str, str], monkeypatch: Patch
) -> None:
    invitation = registering.check_start(registering.read_start(start), services_of(pat.tool))
    with transaction() as session:
        platform_invitations.use_up(session, invitation.id, services_of(pat.tool).clock())
    monkeypatch.setattr(registering, "check_start", lambda *_: invitation)
    answer = pat.send(start)
    assert (code_of(answer), answer.status_code) == ("registration.invitation-raced", 409)
    assert rows() == (1, 1)
    assert read_session().scalar(select(func.count()).select_from(BurntNonce)) == 0
    monkeypatch.setattr(registering, "use_up", lambda *_: None)
    assert pat.send(start).status_code == 200


def existing(pat: Administrator, organisation: uuid.UUID = ORGANISATION, **changes: Any) -> None:
    found = services_of(pat.tool)
    with transaction() as session:
        if session.get(Organisation, organisation) is None:
            session.add(Organisation(id=organisation, slug="other", name="Other", created_at=found.clock()))
            session.flush()
        add_platform(
            session,
            registration(**{"client_id": "taken", "name": "The first", **changes}),
            organisation_id=organisation,
            platform_id=uuid.uuid4(),
            settings=found.settings,
            at=found.clock(),
        )


def taken() -> Platform:
    with transaction() as session:
        return session.scalars(select(Platform).where(Platform.client_id == "taken")).one()


def proposals() -> list[PlatformProposal]:
    with transaction() as session:
        return list(session.scalars(select(PlatformProposal)))


def test_a64_what_exists_is_never_overwritten(
    pat: Administrator, start: dict[str, str], monkeypatch: Patch
) -> None:
    existing(pat, organisation=uuid.UUID(int=9))
    pat.answer(REGISTRATIONS, {"client_id": "taken"})
    answer = pat.send(start)
    assert (code_of(answer), answer.status_code) == ("platform.exists", 409)
    assert (rows(), used(), proposals()) == ((2, 1), False, [])
    assert (taken().name, taken().status) == ("The first", "active")
    monkeypatch.setattr(registering, "_known", lambda *_: taken())  # the wall taken away
    invite(pat.tool, "another")
    assert pat.send(pat.begin("http://localhost:8000/lti/register?invitation=another")).status_code == 500


def test_a64_a_renewal_with_other_addresses_waits_for_the_operator(
    pat: Administrator, start: dict[str, str]
) -> None:
    existing(pat, jwks_url=f"{LMS}/other")
    pat.answer(REGISTRATIONS, {"client_id": "taken"})
    page = pat.send(start)
    assert page.status_code == 200
    assert "The old ones stay in use" in page.text
    assert (rows(), used()) == ((2, 1), True)
    assert (taken().jwks_url, taken().status) == (f"{LMS}/other", "active")
    (waiting,) = proposals()
    assert (waiting.platform_id, waiting.jwks_url) == (taken().id, f"{LMS}/lti/jwks")
    operator, known = Operator(ORGANISATION, None, services_of(pat.tool).clock()), taken().id
    for stranger, proposal_id, code in (
        (replace(operator, organisation_id=uuid.UUID(int=9)), waiting.id, PlatformMissing),
        (operator, uuid.uuid4(), ProposalMissing),
    ):
        with pytest.raises(code), transaction() as session:
            decide_proposal(session, stranger, known, proposal_id, accept=True)
    with transaction() as session:
        decide_proposal(session, operator, known, waiting.id, accept=True)
    assert (taken().jwks_url, proposals()) == (f"{LMS}/lti/jwks", [])
    with transaction() as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert [one for one in actions if "proposal" in one] == ["platform.proposal-accepted"]


def test_a64_a_refused_proposal_changes_nothing(pat: Administrator, start: dict[str, str]) -> None:
    existing(pat, auth_token_url=f"{LMS}/old-token")
    pat.answer(REGISTRATIONS, {"client_id": "taken"})
    assert pat.send(start).status_code == 200
    operator = Operator(ORGANISATION, None, services_of(pat.tool).clock())
    (waiting,) = proposals()
    with transaction() as session:
        decide_proposal(session, operator, waiting.platform_id, waiting.id, accept=False)
    assert (taken().auth_token_url, proposals()) == (f"{LMS}/old-token", [])


def test_a_newer_renewal_replaces_what_an_older_one_proposed(
    pat: Administrator, start: dict[str, str]
) -> None:
    existing(pat, jwks_url=f"{LMS}/other")
    pat.answer(REGISTRATIONS, {"client_id": "taken"})
    assert pat.send(start).status_code == 200
    (first,) = proposals()
    services_of(pat.tool).clock.forward(minutes=1)  # type: ignore[attr-defined] # the test's own clock
    invite(pat.tool, "second")
    again = pat.begin("http://localhost:8000/lti/register?invitation=second")
    assert pat.send(again).status_code == 200
    (second,) = proposals()
    assert second.id != first.id


def test_moodles_update_keeps_client_and_deployment(pat: Administrator, start: dict[str, str]) -> None:
    """Moodle's "Update" answers with the client id and deployment that it gave before (scope reg-update)."""
    existing(pat, deployment_ids=("1",))
    said = {"client_id": "taken", words.TOOL_CONFIGURATION: {"deployment_id": "1"}}
    pat.answer(REGISTRATIONS, said)
    assert pat.send(start).status_code == 200
    assert rows() == (2, 2)
    invite(pat.tool, "second")
    said[words.TOOL_CONFIGURATION] = {"deployment_id": "2"}
    pat.answer(REGISTRATIONS, said)
    assert pat.send(pat.begin("http://localhost:8000/lti/register?invitation=second")).status_code == 200
    of_taken = select(Deployment.lms_id, Deployment.status).where(Deployment.platform_id == taken().id)
    with transaction() as session:
        found = {lms_id: status for lms_id, status in session.execute(of_taken)}  # noqa: C416 - rows are no pairs to mypy
    assert found == {"1": "active", "2": "pending"}


def test_a64_a_renewal_that_says_the_same_changes_nothing(pat: Administrator, start: dict[str, str]) -> None:
    existing(pat)
    pat.answer(REGISTRATIONS, {"client_id": "taken"})
    answer = pat.send(start)
    assert answer.status_code == 200
    assert re.search("is registered already", answer.text)
    assert (rows(), used()) == ((2, 1), True)


def test_an_invitation_grows_old(pat: Administrator, start: dict[str, str], clock: MovableClock) -> None:
    clock.forward(seconds=(LIFETIME - timedelta(hours=1)).total_seconds())
    fresh = pat.begin(f"http://localhost:8000/lti/register?invitation={TOKEN}")
    assert pat.open(fresh).status_code == 200
    clock.forward(hours=1)
    assert code_of(pat.send(start)) == "registration.invitation-unusable"


def test_another_site_cannot_send_the_form(pat: Administrator, start: dict[str, str]) -> None:
    answer = pat.send(start, Origin=LMS)
    assert (code_of(answer), answer.status_code) == ("request.foreign", 403)
    assert pat.send(start).status_code == 200


def test_an_invitation_needs_a_name(pat: Administrator, clock: MovableClock) -> None:
    with pytest.raises(Invalid), transaction() as session:
        invite_platform(session, NewInvitation(uuid.uuid4(), ORGANISATION, ""), "t", clock())
    assert pat.tool


@pytest.mark.parametrize(
    ("issuer", "url", "one"),
    [
        ("https://canvas.instructure.com", "https://school.instructure.com/x", True),
        ("https://canvas.instructure.com", "https://sso.canvaslms.com/x", True),
        ("https://canvas.instructure.com", "http://school.instructure.com/x", False),
        ("https://canvas.instructure.com", "https://school.instructure.com:8443/x", False),
        ("https://canvas.instructure.com", "https://evilinstructure.com/x", False),
        ("https://canvas.instructure.com", "https://instructure.com.evil.example/x", False),
        ("https://school.instructure.com", "https://other.instructure.com/x", False),
        ("https://canvas.instructure.com.evil.example", "https://school.instructure.com/x", False),
    ],
)
def test_canvas_hosts_of_one_cloud(issuer: str, url: str, one: bool) -> None:
    assert in_one_cloud(issuer, url) is one


def test_an_approved_platform_launches(pat: Administrator, start: dict[str, str]) -> None:
    """From invitation to session: the LMS registers, the operator approves, somebody opens an activity."""
    assert pat.send(start).status_code == 200
    platform = newest()
    lms = pat.wire.lms.test_client()
    lms.get("/enter/pat-lindqvist", base_url=LMS)
    lms.post(
        "/admin/tools/active",
        data={"client_id": platform.client_id},
        base_url=LMS,
        headers={"Origin": LMS},
    )
    course = "/courses/collaborative-leadership-3/activities/rl-this-week-3/launch"
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', lms.get(course, base_url=LMS).text))
    assert fields["client_id"] == platform.client_id
    browser = pat.tool.test_client()
    browser.set_cookie("__Host-lti_probe", "1", secure=True)
    login = {name: value for name, value in fields.items() if name not in {"to", "language"}}
    assert code_of(browser.post("/lti/login", data=login)) == "platform.pending"
    with transaction() as session:
        operator = Operator(ORGANISATION, None, services_of(pat.tool).clock())
        decide_platform(session, operator, platform.id, "active")
    answer = browser.post("/lti/login", data=login)
    assert answer.status_code == 302
    page = lms.get(answer.location.removeprefix(LMS), base_url=LMS)
    form = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
    assert browser.post("/lti/launch", data=form).status_code == 303


def test_canvas_json(pat: Administrator) -> None:
    answer = pat.tool.test_client().get("/lti/canvas.json")
    said = answer.get_json()
    assert answer.headers["Cache-Control"].startswith("public")
    assert said["public_jwk_url"] == "http://localhost:8000/lti/jwks.json"
    assert said["oidc_initiation_url"] == "http://localhost:8000/lti/login"
    extension = said["extensions"][0]
    assert (extension["platform"], extension["domain"]) == ("canvas.instructure.com", "localhost:8000")
    kinds = {one["placement"]: one["message_type"] for one in extension["settings"]["placements"]}
    assert kinds["course_navigation"] == words.RESOURCE_LINK_REQUEST
