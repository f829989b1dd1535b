"""P22: where a course lists its groups they are read by name; what cannot be trusted is not."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.clock import MovableClock
from support.practice import ACTIVITY, LMS, PERSON, Browser, Learners, Wire, code_of

from ltitool.errors import ToolError
from ltitool.foundation.db import read_session
from ltitool.foundation.services import HttpAnswer
from ltitool.lti import course_groups
from ltitool.lti import vocabulary as words
from ltitool.lti.course_groups import MAX_GROUPS, MAX_LISTED, NamedGroup, groups_of_member, read_groups
from ltitool.lti.models import Context, CourseGroup
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.platform_offer import PlatformOffer
from ltitool.lti.rosters import Member, refresh_roster
from ltitool.lti.service_errors import ServiceAddressForeign, ServiceAnswerUnreadable, ServiceEndless
from ltitool.lti.toolconfig import canvas_configuration, registration_body
from ltitool.lti.wiring import LtiMemory

COURSE = "/api/courses/collaborative-leadership-3"
ROSTER, GROUPS, SETS = f"{COURSE}/memberships", f"{COURSE}/groups", f"{COURSE}/group-sets"
TUESDAY = {"id": "t", "name": "Tuesday", "set_id": "s"}


def page(field: str, *listed: object, then: str = "") -> HttpAnswer:
    headers = {"link": f'<{then}>; rel="next"'} if then else {}
    return HttpAnswer(200, headers, json.dumps({field: listed}).encode())


def read(
    client: PlatformClient, wire: Wire, groups: HttpAnswer, sets: HttpAnswer | None = None
) -> list[NamedGroup]:
    wire.overrides[GROUPS] = groups
    wire.overrides[SETS] = sets or page("sets", {"id": "s", "name": "Days"})
    return read_groups(client, LMS + GROUPS, LMS + SETS)


def test_p22_groups_and_sets_are_read_page_by_page(client: PlatformClient, wire: Wire) -> None:
    wire.overrides[f"{COURSE}/more"] = page("groups", {"id": "u", "name": "Thursday"})
    found = read(client, wire, page("groups", TUESDAY, then=f"{LMS}{COURSE}/more"))
    assert found == [NamedGroup("t", "Tuesday", "Days"), NamedGroup("u", "Thursday", "")]
    asked = [headers for url, headers, _ in wire.sent if url.endswith(("/groups", "/group-sets", "/more"))]
    assert {headers["Accept"] for headers in asked} == {words.GROUPS_TYPE}


LISTED = page("groups", TUESDAY)
REFUSED: Mapping[str, tuple[HttpAnswer, HttpAnswer | None, type[ToolError]]] = {
    "no list": (HttpAnswer(200, {}, b'{"groups": {}}'), None, ServiceAnswerUnreadable),
    "no object": (HttpAnswer(200, {}, b"[]"), None, ServiceAnswerUnreadable),
    "no JSON": (HttpAnswer(200, {}, b"<html>"), None, ServiceAnswerUnreadable),
    "a group that is none": (page("groups", "t"), None, ServiceAnswerUnreadable),
    "a group without id": (page("groups", {**TUESDAY, "id": ""}), None, ServiceAnswerUnreadable),
    "a number for an id": (page("groups", {**TUESDAY, "id": 7}), None, ServiceAnswerUnreadable),
    "an endless id": (page("groups", {**TUESDAY, "id": "x" * 256}), None, ServiceAnswerUnreadable),
    "another origin": (page("groups", then="https://evil.example/groups"), None, ServiceAddressForeign),
    "a circle": (page("groups", TUESDAY, then=LMS + GROUPS), None, ServiceEndless),
    "too many": (page("groups", *[TUESDAY] * (MAX_LISTED + 1)), None, ServiceEndless),
    "sets without id": (LISTED, page("sets", {"name": "Days"}), ServiceAnswerUnreadable),
    "sets elsewhere": (LISTED, page("sets", then="https://evil.example/sets"), ServiceAddressForeign),
}


@pytest.mark.parametrize("name", REFUSED)
def test_p22_groups_that_cannot_be_trusted_are_refused(client: PlatformClient, wire: Wire, name: str) -> None:
    assert read(client, wire, LISTED) == [NamedGroup("t", "Tuesday", "Days")]  # the control
    groups, sets, refusal = REFUSED[name]
    with pytest.raises(refusal) as refused:
        read(client, wire, groups, sets)
    assert type(refused.value) is refusal
    assert wire.count("evil.example") == 0


def test_p22_the_bound_on_groups_bites(
    client: PlatformClient, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = page("groups", *[{**TUESDAY, "id": str(number)} for number in range(MAX_LISTED + 1)])
    monkeypatch.setattr(course_groups, "MAX_LISTED", MAX_LISTED + 1)
    assert len(read(client, wire, many)) == MAX_LISTED + 1


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ({}, None),
        ({"group_enrollments": None}, None),
        ({"group_enrollments": []}, ()),
        ({"group_enrollments": [{"group_id": "b"}, {"group_id": "a"}, {"group_id": "b"}]}, ("b", "a")),
        (
            {"group_enrollments": [{"group_id": str(number)} for number in range(80)]},
            tuple(str(number) for number in range(MAX_GROUPS)),
        ),
    ],
)
def test_p22_a_members_groups(said: dict[str, Any], groups: tuple[str, ...] | None) -> None:
    assert groups_of_member(said) == groups


@pytest.mark.parametrize("said", ["t", {"group_id": "t"}, ["t"], [{"group_id": 7}], [{}]])
def test_p22_enrolments_of_another_shape_say_nothing(said: object) -> None:
    assert groups_of_member({"group_enrollments": [{"group_id": "t"}]}) == ("t",)
    assert groups_of_member({"group_enrollments": said}) is None


class Taken:
    """Takes a roster and keeps it."""

    def __init__(self) -> None:
        self.groups: dict[str, tuple[str, ...] | None] = {}

    def take(self, session: Session, members: list[Member]) -> None:
        del session
        self.groups |= {member.subject: member.groups for member in members}

    def finish(self, session: Session) -> None:
        """Nobody is missed here."""


def refresh(memory: LtiMemory, landing: Learners, clock: MovableClock) -> Taken:
    launched, taken = landing.launched[0], Taken()
    assert launched.context_id is not None
    refresh_roster(
        launched.context_id,
        organisation_id=launched.organisation_id,
        client_for=memory.client_for,
        taking=taken,  # type: ignore[arg-type] # parts are lists here
        new_id=uuid.uuid4,
        at=clock(),
    )
    return taken


def kept() -> set[tuple[str, str, str]]:
    read_session().commit()
    return {(row.lms_id, row.name, row.set_name) for row in read_session().scalars(select(CourseGroup))}


def course() -> Context:
    read_session().commit()
    return read_session().scalars(select(Context).execution_options(populate_existing=True)).one()


def test_p22_a_course_that_offers_groups_is_asked_for_them(
    memory: LtiMemory, browser: Browser, landing: Learners, wire: Wire, clock: MovableClock
) -> None:
    browser.launch_well()
    assert (course().groups_url, course().group_sets_url) == (LMS + GROUPS, LMS + SETS)
    taken = refresh(memory, landing, clock)
    assert taken.groups[landing.launched[0].subject] == ("tuesday-3",)
    assert wire.count("groups=true") == 1
    names = kept()
    assert {name for _, name, _ in names} == {"Tuesday group", "Thursday group"}
    assert all(set_name for _, _, set_name in names)

    wire.overrides[GROUPS] = page("groups", {"id": "tuesday-3", "name": "Wednesday group"})
    refresh(memory, landing, clock)
    assert kept() == {("tuesday-3", "Wednesday group", "")}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (HttpAnswer(403, {}, b""), "service.refused"),
        (HttpAnswer(404, {}, b""), "service.target-gone"),
        (HttpAnswer(200, {}, b"<html>"), "service.answer-unreadable"),
        (page("groups", TUESDAY, then=LMS + GROUPS), "service.endless"),
        (page("groups", then="https://evil.example/groups"), "service.address-foreign"),
    ],
)
def test_p22_a_no_to_groups_is_none_to_the_roster(
    memory: LtiMemory,
    browser: Browser,
    landing: Learners,
    wire: Wire,
    clock: MovableClock,
    answer: HttpAnswer,
    code: str,
) -> None:
    browser.launch_well()
    refresh(memory, landing, clock)
    before = kept()
    wire.overrides[GROUPS] = answer
    assert refresh(memory, landing, clock).groups[landing.launched[0].subject] == ("tuesday-3",)
    assert (course().groups_error, course().roster_error, course().roster_read_at) == (code, None, clock())
    assert kept() == before
    wire.overrides.clear()
    refresh(memory, landing, clock)
    assert course().groups_error is None


def token_answer(status: int, **said: object) -> HttpAnswer:
    return HttpAnswer(status, {}, json.dumps(said).encode())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (token_answer(400, error="invalid_client"), "service.token-refused"),
        (token_answer(400, error="invalid_scope"), "service.scopes-refused"),
        (
            token_answer(
                200, access_token="t", token_type="Bearer", expires_in=3600, scope=words.SCOPE_ROSTER
            ),
            "service.scopes-refused",
        ),
    ],
)
def test_p22_no_token_for_groups_is_none_to_the_roster(
    memory: LtiMemory,
    browser: Browser,
    landing: Learners,
    wire: Wire,
    clock: MovableClock,
    answer: HttpAnswer,
    code: str,
) -> None:
    browser.launch_well()
    wire.faults.append(answer)  # the first token asked for is that of the groups
    taken = refresh(memory, landing, clock)
    asked = next(body for url, _, body in wire.sent if url.endswith("/token"))
    assert quote(words.SCOPE_GROUPS, safe="") in (asked or b"").decode()
    assert (wire.count(GROUPS), wire.count(SETS)) == (0, 0)
    assert taken.groups[landing.launched[0].subject] == ("tuesday-3",)
    assert (course().groups_error, course().roster_error, course().roster_read_at) == (code, None, clock())
    assert kept() == set()
    refresh(memory, landing, clock)  # the control: the same, with a token
    assert (course().groups_error, len(kept())) == (None, 2)


def foreign_groups(claims: dict[str, Any]) -> None:
    claims[words.GROUPS]["context_groups_url"] = f"https://evil.example{GROUPS}"


def foreign_sets(claims: dict[str, Any]) -> None:
    claims[words.GROUPS]["context_group_sets_url"] = f"https://evil.example{SETS}"


@pytest.mark.parametrize("change", [foreign_groups, foreign_sets])
def test_p22_a_groups_service_elsewhere_is_not_asked_and_gets_no_token(
    memory: LtiMemory,
    browser: Browser,
    landing: Learners,
    wire: Wire,
    clock: MovableClock,
    change: Callable[[dict[str, Any]], None],
) -> None:
    """A launch is the LMS's word, but a token goes to the origins that were approved, and nowhere else."""
    assert launch(browser, change) == "303"
    taken = refresh(memory, landing, clock)
    assert wire.count("evil.example") == 0
    assert taken.groups[landing.launched[0].subject] == ("tuesday-3",)
    found = course()
    assert (found.groups_error, found.roster_error, kept()) == ("service.address-foreign", None, set())
    browser.launch_well()  # the control: the LMS's own address again
    refresh(memory, landing, clock)
    assert (course().groups_error, len(kept())) == (None, 2)


def without_scope(claims: dict[str, Any]) -> None:
    claims[words.GROUPS]["scope"] = []


def without_claim(claims: dict[str, Any]) -> None:
    del claims[words.GROUPS]


@pytest.mark.parametrize("change", [without_scope, without_claim])
def test_p22_a_course_that_grants_no_groups_is_not_asked(
    memory: LtiMemory,
    browser: Browser,
    landing: Learners,
    wire: Wire,
    clock: MovableClock,
    change: Callable[[dict[str, Any]], None],
) -> None:
    launch(browser, change)
    assert course().groups_url is None
    assert refresh(memory, landing, clock).groups[landing.launched[0].subject] is None
    assert wire.count("groups") == 0


def launch(browser: Browser, change: Callable[[dict[str, Any]], None]) -> str:
    query = browser.ask()
    claims = browser.forge.claims(PERSON, ACTIVITY, query["nonce"])
    change(claims)
    answer = browser.launch({"state": query["state"], "id_token": browser.forge.mint(claims)})
    return code_of(answer) or str(answer.status_code)


@pytest.mark.parametrize(
    "said",
    [
        "https://lms.example/groups",
        {"scope": words.SCOPE_GROUPS},
        {"scope": [7]},
        {"scope": [words.SCOPE_GROUPS], "context_groups_url": "javascript:alert(1)"},
        {"scope": [words.SCOPE_GROUPS], "context_group_sets_url": "https://a@b/"},
        {"scope": [words.SCOPE_GROUPS], "context_groups_url": 7},
    ],
)
def test_p22_a_claim_of_another_shape_is_refused(browser: Browser, landing: Learners, said: object) -> None:
    assert launch(browser, lambda _claims: None) == "303"  # the control
    assert launch(browser, lambda claims: claims.update({words.GROUPS: said})) == "launch.claim-unreadable"
    assert len(landing.launched) == 1


def test_p22_the_scope_is_asked_for_only_where_it_is_offered() -> None:
    def asked(scopes: tuple[str, ...] | None) -> list[str]:
        offer = PlatformOffer(
            *(LMS, LMS, LMS, LMS, LMS),
            token_audience=None,
            scopes=scopes,
            claims=None,
            variables=(),
            messages={},
            product="",
        )
        return str(registration_body(offer, LMS)["scope"]).split()

    assert asked((words.SCOPE_GROUPS, words.SCOPE_ROSTER)) == [words.SCOPE_ROSTER, words.SCOPE_GROUPS]
    assert asked((words.SCOPE_ROSTER,)) == [words.SCOPE_ROSTER]
    assert words.SCOPE_GROUPS not in asked(None)
    assert words.SCOPE_GROUPS not in canvas_configuration(LMS)["scopes"]  # Canvas has no such scope
