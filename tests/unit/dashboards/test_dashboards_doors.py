"""Which page a visit begins with; invitations, codes, the overview, and the public front page."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import Someone, World

from ltitool.cohorts.activity_pages import activity_url
from ltitool.cohorts.coaches import CoachInvitation, invite_coach
from ltitool.cohorts.memberships import LAUNCH, Came, note_course_person
from ltitool.cohorts.models import Cohort, Membership, Offering, OfferingContext
from ltitool.cohorts.scope import coached_cohorts
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import Context
from ltitool.lti.roles import LtiRole
from ltitool.people.invitations import SIGN_IN, NewInvitation, invite
from ltitool.people.models import Person, WebSession
from ltitool.programs import load_shipped
from ltitool.web.links import optional_url

Opened = Callable[..., Visitor]
TOKEN = "a-token-with-plenty-of-random-bits-in-it"
ORIGIN = "http://localhost:8000"


def invited(world: World, clock: MovableClock, role: str = "coach", subject: str | None = None) -> None:
    with transaction() as session:
        if role == "coach":
            place = (world.organisation_id, world.offering_id, world.cohort_id)
            coach = CoachInvitation(uuid.uuid4(), *place, "Lena", world.director.id)
            invite_coach(session, coach, token=TOKEN, at=clock())
            return
        wanted = NewInvitation(uuid.uuid4(), world.organisation_id, role, subject, "")
        invite(session, wanted, token=TOKEN, at=clock())


def came_as(world: World, person: Someone, role: LtiRole, clock: MovableClock) -> None:
    with transaction() as session:
        came = Came(person.context_id, person.id, person.subject, role, LAUNCH)
        note_course_person(session, organisation_id=world.organisation_id, came=came, at=clock())


def send(client: FlaskClient, token: str = TOKEN, **fields: str) -> tuple[int, str, str]:
    answer = client.post(f"/invitations/{token}", base_url=ORIGIN, data=fields, headers={"Origin": ORIGIN})
    return answer.status_code, answer.headers.get("Location", ""), page_text(answer)


@pytest.mark.parametrize(
    ("who", "roles", "heading"),
    [
        ("amara", ["participant"], "Week 6: Where are decisions made?"),
        ("coach", ["coach"], "Cohort A"),
        ("director", ["director"], "Your programs"),
        ("coach", ["coach", "director"], "Cohort A"),
    ],
)
def test_each_visit_begins_with_its_own_page(
    world: World, visit_as: Opened, who: str, roles: list[str], heading: str
) -> None:
    html = visit_as(getattr(world, who), *roles).get("").get_data(as_text=True)

    assert f"data-focus>{heading}" in html


def test_somebody_with_several_roles_can_change_between_pages(world: World, visit_as: Opened) -> None:
    visitor = visit_as(world.coach, "coach", "director")
    text = page_text(visitor.get(""))

    assert "Cohort Overview" in text
    assert "Your programs" in page_text(visitor.get("overview"))
    assert "Cohort Overview" not in page_text(visit_as(world.coach, "coach").get(""))


def test_a_participant_of_another_course_goes_on_as_coach(world: World, visit_as: Opened) -> None:
    with transaction() as session:
        session.execute(
            update(Membership)
            .where(Membership.person_id == world.amara.id)
            .values(role="coach", cohort_id=world.cohort_id)
        )
    assert "Cohort A" in page_text(visit_as(world.amara, "participant", "coach").get(""))


def test_a_teacher_without_a_cohort_reads_how_to_become_a_coach(
    world: World, clock: MovableClock, visit_as: Opened
) -> None:
    came_as(world, world.coach, LtiRole.INSTRUCTOR, clock)
    text = page_text(visit_as(world.coach).get(""))

    assert "You are here as a teacher of this course" in text
    assert "Coaches are named by the director of the program, not by the course." in text


def test_a_learner_of_a_course_without_a_program_reads_so(
    world: World, clock: MovableClock, visit_as: Opened
) -> None:
    with transaction() as session:
        session.execute(delete(OfferingContext).where(OfferingContext.context_id == world.context_id))
    came_as(world, world.amara, LtiRole.LEARNER, clock)

    text = page_text(visit_as(world.amara).get(""))

    assert "This course is not connected to a program yet" in text


def test_somebody_who_takes_no_part_reads_so(world: World, visit_as: Opened) -> None:
    assert "You do not take part in this program" in page_text(visit_as(world.amara).get(""))


def test_a_code_makes_a_teacher_a_coach_at_once(world: World, clock: MovableClock, visit_as: Opened) -> None:
    came_as(world, world.director, LtiRole.INSTRUCTOR, clock)
    invited(world, clock)
    visitor = visit_as(world.director)
    assert "Invitation code" in page_text(visitor.get(""))

    answer = visitor.post("invitation", {"code": f"{ORIGIN}/invitations/{TOKEN}"})

    assert answer.status_code == 303
    assert "Amara Okafor" in page_text(visitor.get(""))
    assert read_session().scalars(select(WebSession.roles)).one() == ["coach", "director"]


@pytest.mark.parametrize("code", ["wrong", "", "https://elsewhere.example/x"])
def test_a_wrong_code_changes_nothing(world: World, clock: MovableClock, visit_as: Opened, code: str) -> None:
    invited(world, clock)
    visitor = visit_as(world.amara)
    answer = visitor.post("invitation", {"code": code})

    assert answer.status_code == 422
    assert ("This code cannot be used." in page_text(answer)) is bool(code)
    assert (
        coached_cohorts(read_session(), organisation_id=world.organisation_id, coach_id=world.amara.id) == []
    )
    assert visitor.post("invitation", {"code": TOKEN}).status_code == 303


def test_a_code_of_another_organisation_cannot_be_used(
    world: World, clock: MovableClock, visit_as: Opened
) -> None:
    invited(world, clock)

    assert visit_as(world.stranger).post("invitation", {"code": TOKEN}).status_code == 422


def test_an_invitation_opens_a_session_of_its_own(
    world: World, clock: MovableClock, client: FlaskClient
) -> None:
    invited(world, clock)
    shown = client.get(f"/invitations/{TOKEN}", base_url=ORIGIN)
    assert shown.status_code == 200
    assert "Valle-Verde invites you" in page_text(shown)

    status, location, _ = send(client, full_name="Lena Frost")

    row = read_session().scalars(select(WebSession)).one()
    assert (status, location) == (303, f"/l/{row.short}/")
    assert (row.kind, row.roles, row.context_id) == ("staff", ["coach"], None)
    assert read_session().get_one(Person, row.person_id).display_name == "Lena Frost"
    assert "Cohort A" in page_text(client.get(location, base_url=ORIGIN.replace("http:", "https:")))


def test_an_invitation_is_used_up(world: World, clock: MovableClock, client: FlaskClient) -> None:
    invited(world, clock)
    send(client, full_name="Lena Frost")

    assert send(client, full_name="Somebody else")[0] == 404
    assert client.get(f"/invitations/{TOKEN}", base_url=ORIGIN).status_code == 404


def test_an_invitation_needs_a_name(world: World, clock: MovableClock, client: FlaskClient) -> None:
    invited(world, clock)
    status, _, text = send(client, full_name=" ")

    assert status == 422
    assert "Please fill this in." in text
    assert read_session().scalar(select(WebSession)) is None
    assert send(client, full_name="Lena")[0] == 303


def test_an_invitation_is_accepted_only_from_our_own_page(
    world: World, clock: MovableClock, client: FlaskClient
) -> None:
    invited(world, clock)
    for headers in ({}, {"Origin": "https://evil.example"}):
        answer = client.post(
            f"/invitations/{TOKEN}", base_url=ORIGIN, data={"full_name": "x"}, headers=headers
        )
        assert answer.status_code == 403
    assert send(client, full_name="Lena")[0] == 303


def test_an_unknown_invitation_is_not_there(client: FlaskClient, world: World) -> None:
    assert client.get("/invitations/unknown", base_url=ORIGIN).status_code == 404
    assert send(client, "unknown", full_name="x")[0] == 404


def test_a_director_is_invited_into_the_overview(
    world: World, clock: MovableClock, client: FlaskClient
) -> None:
    invited(world, clock, role="director")
    assert "run its programs" in page_text(client.get(f"/invitations/{TOKEN}", base_url=ORIGIN))
    send(client, full_name="Dora Director")

    assert read_session().scalars(select(WebSession.roles)).one() == ["director"]


def test_a_link_signs_staff_in_again(world: World, clock: MovableClock, client: FlaskClient) -> None:
    invited(world, clock, role=SIGN_IN, subject=str(world.coach.id))
    shown = page_text(client.get(f"/invitations/{TOKEN}", base_url=ORIGIN))
    assert "Sign in at Valle-Verde" in shown
    assert "Your name" not in shown

    assert send(client)[0] == 303
    row = read_session().scalars(select(WebSession)).one()
    assert (row.person_id, row.roles) == (world.coach.id, ["coach"])


def test_the_overview_says_what_wants_attention(world: World, visit_as: Opened) -> None:
    with transaction() as session:
        session.execute(
            update(Membership).where(Membership.person_id == world.amara.id).values(cohort_id=None)
        )
        session.execute(
            update(Context).where(Context.id == world.context_id).values(roster_error="service.busy")
        )
    text = page_text(visit_as(world.director, "director").get(""))

    assert "Spring 2026 Starts on February 2, 2026" in text
    assert "1 person is not placed in a cohort" in text
    assert "The list of people of 1 course could not be read" in text
    assert "People 4 Cohorts 2 Coaches 2 Courses 1" in text


def test_an_overview_without_offerings_says_how_to_start(world: World, visit_as: Opened) -> None:
    with transaction() as session:
        for table in (OfferingContext, Membership, Cohort, Offering):
            session.execute(delete(table).where(table.organisation_id == world.organisation_id))
    text = page_text(visit_as(world.director, "director").get(""))
    assert "1 course has opened the activity and leads to no offering yet." in text
    assert "No program is running yet" in text


def test_the_overview_is_for_directors(world: World, visit_as: Opened) -> None:
    assert visit_as(world.coach, "coach").get("overview").status_code == 403
    assert visit_as(world.director, "director").get("overview").status_code == 200


def test_another_organisations_offerings_are_not_shown(world: World, visit_as: Opened) -> None:
    text = page_text(visit_as(world.stranger_coach, "director").get("overview"))

    assert "People 1" in text
    assert "People 4" not in text


def test_the_front_page_is_public_in_both_languages(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/", base_url=ORIGIN)

    assert answer.status_code == 200
    assert "You were given a badge to look at?" in page_text(answer)
    assert 'href="/verify"' in answer.get_data(as_text=True)
    assert 'lang="es"' in client.get("/?lang=es", base_url=ORIGIN).get_data(as_text=True)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("photovoice", "photos"),
        ("power_map", "map"),
        ("keystone", "keystone"),
        ("team_analysis", "activities/team_analysis"),
        ("session_1", "record"),
        ("coaching_1", "record"),
    ],
)
def test_every_activity_leads_to_a_page_that_is_there(
    app: Flask, world: World, visit_as: Opened, key: str, path: str
) -> None:
    visitor = visit_as(world.amara, "participant")
    activity = load_shipped()["collaborative-leadership-13"].activity(key)
    with app.test_request_context():
        g.launch = visitor.short
        assert activity_url(activity) == visitor.path(path)


def test_a_page_that_is_not_registered_gets_no_link(app: Flask) -> None:
    with app.test_request_context():
        assert optional_url("welcome.page") == "/"
        assert optional_url("nowhere.page") is None
