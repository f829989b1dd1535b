"""Launches that must work, row by row (P1 to P13, P24, P38): the practice LMS, the tool, a browser between.

Who comes lands on the page that fits, and sees what is theirs.
"""

import html
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from support.deep_linking import claims_of, reply_of
from support.inprocess import Town, build_town, counted_statements
from support.lticases import INSTRUCTOR, LEARNER, deep_link_claims
from support.practice import LMS, ORGANISATION, Browser, seed_registration
from support.visitor import page_text
from werkzeug.test import TestResponse

from ltitool.app import services_of
from ltitool.cohorts.coaches import grant_coach
from ltitool.cohorts.models import Membership
from ltitool.cohorts.offerings import (
    NewOffering,
    connect_course,
    create_cohort,
    create_offering,
    place_person,
)
from ltitool.foundation.db import read_session, transaction
from ltitool.lti import vocabulary as words
from ltitool.lti.models import Context
from ltitool.people.grants import grant
from ltitool.people.models import LtiIdentity, Person
from ltitool.programs import DEFAULT_PROGRAM, load_shipped
from ltitool.sandbox.forge import ABSENT, Forge, changed
from ltitool.sandbox.runtime import EXTENSION
from ltitool.sandbox.seed import COHORT_3, DEMO

AMARA, TOM, COACH, TEACHER, ADMIN = (
    "amara-okafor",
    "tom-ng",
    "ruth-delgado",
    "imani-whitfield",
    "pat-lindqvist",
)
ACTIVITY = "rl-this-week-3"
ORIGIN = "http://localhost:8000"
OFFERING, COHORT = uuid.UUID(int=41), uuid.UUID(int=42)
BOARD, WAITING = "Cohort 3", "You are here as a teacher of this course"


@dataclass
class Campus:
    """A town whose course runs a program, with Amara in a cohort that Ruth coaches."""

    town: Town
    forge: Forge

    def browser(self) -> Browser:
        return Browser(self.town.tool.test_client(), self.forge)

    def come(self, person: str, browser: Browser | None = None, **claims: Any) -> "Came":
        """Let the LMS launch somebody, with some claims changed, and follow to the first page."""
        browser = browser or self.browser()
        query = browser.ask()
        valid = changed(browser.forge.claims(person, ACTIVITY, query["nonce"]), **claims)
        answer = browser.launch({"state": query["state"], "id_token": browser.forge.mint(valid)})
        assert answer.status_code == 303, answer.text
        return Came(browser, answer.location, browser.client.get(answer.location))

    def person(self, key: str) -> Person:
        with self.town.tool.app_context():
            found = (
                read_session()
                .scalars(
                    select(Person)
                    .join(LtiIdentity, LtiIdentity.person_id == Person.id)
                    .where(LtiIdentity.subject == DEMO.person(key).sub)
                )
                .one()
            )
            read_session().commit()
        return found


@dataclass
class Came:
    """Somebody who came in."""

    browser: Browser
    home: str
    page: TestResponse

    @property
    def says(self) -> str:
        return page_text(self.page)


@pytest.fixture(scope="module")
def campus(fresh_app: Callable[[], Any]) -> Campus:
    kept = fresh_app()
    town = build_town(kept.app, kept.folder, kept.clock)
    lms = town.lms.extensions[EXTENSION]
    campus = Campus(town, Forge(lms.config, lms.keys))
    with kept.app.app_context():
        services_of(kept.app).keys.ensure("tool", "lti-rs256")
        seed_registration(kept.clock, services_of(kept.app).settings)
    for person in (AMARA, COACH, TEACHER):
        campus.come(person)
    _run_a_program(campus)
    return campus


def _run_a_program(campus: Campus) -> None:
    at, amara, coach = campus.town.clock(), campus.person(AMARA).id, campus.person(COACH).id
    ids = {"organisation_id": ORGANISATION, "offering_id": OFFERING}
    run = NewOffering("Spring", date(2026, 2, 2), "America/Denver")
    with campus.town.tool.app_context(), transaction() as session:
        create_offering(session, run, load_shipped()[DEFAULT_PROGRAM], at=at, **ids)
        session.flush()
        course = session.scalars(select(Context.id).where(Context.lms_id == COHORT_3)).one()
        connect_course(session, context_id=course, at=at, **ids)
        create_cohort(session, cohort_id=COHORT, name=BOARD, **ids)
        session.flush()
        place_person(session, person_id=amara, cohort_id=COHORT, **ids)
        grant_coach(session, cohort_id=COHORT, person_id=coach, by=None, at=at, **ids)


def test_p1_a_teacher_reads_what_to_ask_for(campus: Campus) -> None:
    assert WAITING in campus.come(TEACHER).says


def test_p2_a_coach_whom_the_lms_calls_a_teacher_sees_the_cohort(campus: Campus) -> None:
    came = campus.come(COACH)
    assert BOARD in came.says
    assert DEMO.person(AMARA).name in came.says


def test_p3_a_learner_sees_this_week(campus: Campus) -> None:
    came = campus.come(AMARA)
    assert campus.town.tool.test_client().get(came.home).status_code == 401  # another browser
    assert "/weeks/" in came.page.text


def test_p4_an_administrator_of_the_lms_gets_no_right_from_that(campus: Campus) -> None:
    came = campus.come(ADMIN)
    assert WAITING in came.says
    assert DEMO.person(AMARA).name not in came.says
    with campus.town.tool.app_context(), transaction() as session:
        person = campus.person(TEACHER).id
        grant(
            session,
            organisation_id=ORGANISATION,
            person_id=person,
            role="director",
            granted_by=None,
            at=campus.town.clock(),
        )
    assert "Your programs" in campus.come(TEACHER).says


INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"


@pytest.mark.parametrize(
    ("roles", "learns"),
    [
        ([LEARNER, INSTITUTION + "Administrator"], True),
        ([INSTRUCTOR, LEARNER], False),
        ([INSTITUTION + "Student", INSTITUTION + "Instructor"], False),
    ],
    ids=["P5 learner here, administrator there", "P5 both here", "P5 only outside"],
)
def test_the_highest_role_in_the_course_counts(campus: Campus, roles: list[str], learns: bool) -> None:
    came = campus.come(TOM if learns else "dana-begay", **{words.ROLES: roles})
    assert (WAITING in came.says) is not learns


@pytest.mark.parametrize(
    ("role", "learns"),
    [
        ("Learner", True),
        ("urn:lti:role:ims/lis/Learner", True),
        ("Instructor", False),
        ("urn:lti:role:ims/lis/Instructor", False),
        ("http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant", False),
    ],
    ids=["P6 short", "P6 urn", "P6 short teacher", "P6 urn teacher", "P6 sub-role"],
)
def test_every_spelling_of_a_role_is_read(campus: Campus, role: str, learns: bool) -> None:
    came = campus.come("kwame-boateng" if learns else "henrik-sorensen", **{words.ROLES: [role]})
    assert (WAITING in came.says) is not learns


@pytest.mark.parametrize("roles", [[], ["https://lms.example/Wizard"]], ids=["P7 none", "P7 unknown"])
def test_without_a_known_role_somebody_comes_in_as_a_learner(campus: Campus, roles: list[str]) -> None:
    came = campus.come("grace-kim", **{words.ROLES: roles})
    assert came.page.status_code == 200
    assert WAITING not in came.says
    assert DEMO.person(AMARA).name not in came.says


@pytest.mark.parametrize(
    ("kept", "name"),
    [(("email",), None), (("given_name", "family_name"), "Elena Petrova"), ((), None)],
    ids=["P8 e-mail only", "P8 names only", "P8 nothing"],
)
def test_people_come_in_whatever_the_lms_shares(
    campus: Campus, kept: tuple[str, ...], name: str | None
) -> None:
    shared = {"name", "given_name", "family_name", "email"} - set(kept)
    subject = f"p8-{len(kept)}"
    came = campus.come("elena-petrova", sub=subject, **dict.fromkeys(shared, ABSENT))
    assert came.page.status_code == 200
    with campus.town.tool.app_context():
        shown = (
            read_session()
            .scalars(
                select(Person.display_name)
                .join(LtiIdentity, LtiIdentity.person_id == Person.id)
                .where(LtiIdentity.subject == subject)
            )
            .one()
        )
        read_session().commit()
    assert shown == name if name else re.fullmatch(r"Participant [0-9A-F]{4}", shown)


def test_p9_outside_any_course_there_is_a_page(campus: Campus) -> None:
    came = campus.come(AMARA, **{words.CONTEXT: ABSENT})
    assert came.page.status_code == 200


def test_p10_a_course_that_shares_neither_gradebook_nor_roster_works_and_says_so(campus: Campus) -> None:
    bare = {words.AGS: ABSENT, words.NRPS: ABSENT, words.CONTEXT: {"id": "bare", "title": "Bare"}}
    assert campus.come(TOM, **bare).page.status_code == 200
    director = _director(campus)
    page = director.browser.client.get(f"{_base(director.home)}/offerings/{OFFERING}")
    ids = dict(re.findall(r'<option value="([0-9a-f-]{36})">(Bare)', page.text))
    _send(director, f"offerings/{OFFERING}/courses", page, course=next(iter(ids)))
    after = page_text(director.browser.client.get(f"{_base(director.home)}/offerings/{OFFERING}"))
    assert "Does not share its list of people" in after


def _director(campus: Campus) -> Came:
    with campus.town.tool.app_context(), transaction() as session:
        grant(
            session,
            organisation_id=ORGANISATION,
            person_id=campus.person(TEACHER).id,
            role="director",
            granted_by=None,
            at=campus.town.clock(),
        )
    return campus.come(TEACHER)


def _base(home: str) -> str:
    return "/".join(home.split("/")[:3])


def _send(came: Came, path: str, page: TestResponse, **fields: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    sent = {"csrf_token": html.unescape(token[1]), **fields}
    return came.browser.client.post(f"{_base(came.home)}/{path}", data=sent, headers={"Origin": ORIGIN})


def test_p11_a_changed_name_is_taken_over(campus: Campus) -> None:
    before = campus.person(AMARA).id
    campus.come(AMARA, name="Amara O. Okafor")
    after = campus.person(AMARA)
    assert (after.id, after.display_name) == (before, "Amara O. Okafor")
    campus.come(AMARA)
    assert campus.person(AMARA).display_name == DEMO.person(AMARA).name


def test_p12_reloading_asks_for_the_page_and_posts_nothing_again(campus: Campus) -> None:
    came = campus.come(AMARA)
    again = [came.browser.client.get(came.home) for _ in range(2)]
    assert [answer.status_code for answer in again] == [200, 200]
    assert "id_token" not in came.page.text
    assert came.home.startswith("/l/")


def test_p13_two_people_and_two_courses_in_one_browser_never_mix(campus: Campus) -> None:
    browser = campus.browser()
    amara = campus.come(AMARA, browser)
    coach = campus.come(COACH, browser)
    elsewhere = campus.come(AMARA, browser, **{words.CONTEXT: {"id": "another", "title": "Another course"}})
    assert len({amara.home, coach.home, elsewhere.home}) == 3
    assert DEMO.person(COACH).name in page_text(browser.client.get(coach.home))
    assert DEMO.person(COACH).name not in page_text(browser.client.get(amara.home))
    assert "Another course" in page_text(browser.client.get(elsewhere.home))
    assert "Another course" not in page_text(browser.client.get(amara.home))


def test_p24_a_graded_link_brings_its_column_and_the_way_to_the_work(campus: Campus) -> None:
    browser = campus.browser()
    query = browser.ask()
    valid = deep_link_claims(browser.forge.claims(TEACHER, ACTIVITY, query["nonce"]), data=ABSENT)
    answer = browser.launch({"state": query["state"], "id_token": browser.forge.mint(valid)})
    came = Came(browser, answer.location, browser.client.get(answer.location))
    sent = _send(came, "links/", came.page, link="activity-keystone")
    graded = next(one for one in load_shipped()[DEFAULT_PROGRAM].activities if one.key == "keystone")
    item = claims_of(reply_of(sent)[1])[words.CONTENT_ITEMS][0]["lineItem"]
    assert (item["scoreMaximum"], item["resourceId"], item["tag"]) == (
        float(graded.points or 0),
        graded.key,
        graded.key,
    )
    assert item["submissionReview"]["url"] == f"{ORIGIN}/lti/launch"


def test_p38_a_large_launch_takes_no_more_statements_than_a_small_one(campus: Campus) -> None:
    many = {
        words.ROLES: [LEARNER, *(f"https://lms.example/roles#{number}" for number in range(59))],
        words.CUSTOM: {f"field_{number}": "x" * 40 for number in range(200)},
    }
    campus.come(AMARA)
    counted = []
    for claims in ({}, many):
        browser = campus.browser()
        query = browser.ask()
        valid = changed(browser.forge.claims(AMARA, ACTIVITY, query["nonce"]), **claims)
        form = {"state": query["state"], "id_token": browser.forge.mint(valid)}
        with counted_statements(campus.town.tool) as asked:
            assert browser.launch(form).status_code == 303
        counted.append(len(asked))
    assert counted[1] == counted[0]


def test_the_campus_is_what_it_says(campus: Campus) -> None:
    with campus.town.tool.app_context():
        roles = set(read_session().scalars(select(Membership.role)))
        read_session().commit()
    assert roles == {"participant", "coach"}
    assert campus.forge.config.base_url == LMS
