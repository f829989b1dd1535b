"""Coach and director pages: what they show, what they store, and for whom they are closed."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.cohorts.models import Attendance, CoachingEntry, Cohort, Membership, Offering, OfferingContext
from ltitool.cohorts.rosters import Filled
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.models import Context
from ltitool.people.models import Invitation
from ltitool.people.sessions import token_hash

Opened = Callable[..., Visitor]
ONE_TO_ONE = {"held_on": "2026-03-11", "minutes": "45", "next_step": "Ask Lupe", "private_note": "Careful."}


@pytest.fixture
def coach(world: World, visit_as: Opened) -> Visitor:
    return visit_as(world.coach, "coach")


@pytest.fixture
def director(world: World, visit_as: Opened) -> Visitor:
    return visit_as(world.director, "director")


def cohort_path(world: World, rest: str) -> str:
    return f"cohorts/{world.cohort_id}/{rest}"


def grid(world: World, **changes: str) -> dict[str, str]:
    fields = {"held_on": "2026-02-03", "minutes": "120"}
    for person in (world.amara, world.ben, world.chloe):
        fields[f"minutes-{person.id}"] = "120"
        fields[f"note-{person.id}"] = ""
    return {**fields, **changes}


def minutes() -> dict[uuid.UUID, int]:
    return {row.person_id: row.minutes for row in read_session().scalars(select(Attendance))}


def test_sessions_are_listed_with_their_state(world: World, coach: Visitor) -> None:
    before = page_text(coach.get(cohort_path(world, "sessions")))
    assert before.count("Not recorded") == 4

    answer = coach.post(cohort_path(world, "sessions/session_1"), grid(world))
    after = page_text(coach.get(f"{cohort_path(world, 'sessions')}?saved=session_1"))

    assert answer.status_code == 303
    assert "Attendance is recorded." in after
    assert "Recorded Tuesday, February 3" in after
    assert after.count("Not recorded") == 3


def test_the_grid_is_filled_with_planned_minutes(world: World, coach: Visitor) -> None:
    html = coach.get(cohort_path(world, "sessions/session_1")).get_data(as_text=True)

    assert len(re.findall(r'name="minutes-[0-9a-f-]+" value="120"', html)) == 3
    assert "Dar" not in page_text(coach.get(cohort_path(world, "sessions/session_1")))


def test_one_submit_records_everybody(world: World, coach: Visitor) -> None:
    sent = grid(world, **{f"minutes-{world.ben.id}": "0", f"minutes-{world.chloe.id}": ""})
    coach.post(cohort_path(world, "sessions/session_1"), sent)

    assert minutes() == {world.amara.id: 120, world.ben.id: 0}
    html = coach.get(cohort_path(world, "sessions/session_1")).get_data(as_text=True)
    assert f'name="minutes-{world.ben.id}" value="0"' in html


def test_a_person_of_another_cohort_cannot_be_slipped_in(world: World, coach: Visitor) -> None:
    coach.post(cohort_path(world, "sessions/session_1"), grid(world, **{f"minutes-{world.dario.id}": "120"}))

    assert world.dario.id not in minutes()
    assert world.amara.id in minutes()


@pytest.mark.parametrize(
    "typed", ["many", "-1", "1441", "12.5", "\uff11\uff12\uff10", "999999999999999999999999"]
)
def test_minutes_that_cannot_be_read_are_named_by_person(world: World, coach: Visitor, typed: str) -> None:
    answer = coach.post(
        cohort_path(world, "sessions/session_1"), grid(world, **{f"minutes-{world.ben.id}": typed})
    )

    assert answer.status_code == 422
    assert "Ben Whitcomb: Please give whole minutes, from 0 to 1440." in page_text(answer)
    assert f'value="{typed}"' in answer.get_data(as_text=True)
    assert minutes() == {}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("held_on", "soon", "Please give a day"),
        ("held_on", "", "Please give a day"),
        ("held_on", "2026-03-13", "This day has not come yet."),
        ("minutes", "0", "Please give whole minutes, from 1 to 1440."),
        ("minutes", "60", "Amara Okafor: Nobody can be there longer than the session lasted."),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    world: World, coach: Visitor, field: str, typed: str, said: str
) -> None:
    answer = coach.post(cohort_path(world, "sessions/session_1"), grid(world, **{field: typed}))

    assert answer.status_code == 422
    assert said in page_text(answer)
    assert minutes() == {}


def test_both_kinds_of_fault_are_shown_together(world: World, coach: Visitor) -> None:
    sent = grid(world, held_on="", **{f"minutes-{world.ben.id}": "x"})
    text = page_text(coach.post(cohort_path(world, "sessions/session_1"), sent))

    assert "Please give a day" in text
    assert "Ben Whitcomb: Please" in text


def test_a_correction_asks_why(world: World, coach: Visitor) -> None:
    path = cohort_path(world, "sessions/session_1")
    coach.post(path, grid(world))
    changed = grid(world, **{f"minutes-{world.ben.id}": "90"})
    refused = coach.post(path, changed)
    assert refused.status_code == 422
    assert "Say in a few words why it changes." in page_text(refused)

    assert coach.post(path, {**changed, f"note-{world.ben.id}": "left early"}).status_code == 303
    assert minutes()[world.ben.id] == 90


@pytest.mark.parametrize("key", ["photovoice", "nothing"])
def test_only_sessions_have_attendance(world: World, coach: Visitor, key: str) -> None:
    assert coach.get(cohort_path(world, f"sessions/{key}")).status_code == 404
    assert coach.post(cohort_path(world, f"sessions/{key}"), grid(world)).status_code == 404


def test_an_empty_cohort_says_what_will_be_here(world: World, coach: Visitor) -> None:
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.role == "participant"))

    assert "Nobody is in this cohort yet" in page_text(coach.get(cohort_path(world, "sessions/session_1")))


def test_a_one_to_one_needs_a_day_and_minutes_alone(world: World, coach: Visitor) -> None:
    path = cohort_path(world, f"people/{world.amara.id}/one-to-one")
    html = coach.get(path).get_data(as_text=True)
    assert 'value="2026-03-12"' in html
    assert 'name="minutes" value="60"' in html

    answer = coach.post(path, {"held_on": "2026-03-12", "minutes": "60"})

    assert answer.status_code == 303
    entry = read_session().scalars(select(CoachingEntry)).one()
    assert (entry.held_on, entry.minutes, entry.focus, entry.recorded_by) == (
        date(2026, 3, 12),
        60,
        "",
        world.coach.id,
    )


def test_notes_show_all_to_the_coach(world: World, coach: Visitor) -> None:
    empty = page_text(coach.get(cohort_path(world, f"people/{world.amara.id}")))
    assert "No 1:1 recorded yet" in empty

    coach.post(cohort_path(world, f"people/{world.amara.id}/one-to-one"), ONE_TO_ONE)
    text = page_text(coach.get(cohort_path(world, f"people/{world.amara.id}?saved=1")))

    for words in (
        "Wednesday, March 11",
        "45 minutes, with Ruth Adeyemi",
        "Ask Lupe",
        "Careful.",
        "Recorded.",
    ):
        assert words in text


def test_an_entry_can_be_changed(world: World, coach: Visitor) -> None:
    base = cohort_path(world, f"people/{world.amara.id}")
    coach.post(f"{base}/one-to-one", ONE_TO_ONE)
    entry_id = read_session().scalars(select(CoachingEntry.id)).one()
    assert "Ask Lupe" in coach.get(f"{base}/one-to-ones/{entry_id}").get_data(as_text=True)

    refused = coach.post(f"{base}/one-to-ones/{entry_id}", {**ONE_TO_ONE, "minutes": "none"})
    assert refused.status_code == 422
    assert "Careful." in refused.get_data(as_text=True)
    assert coach.post(f"{base}/one-to-ones/{entry_id}", {**ONE_TO_ONE, "minutes": "30"}).status_code == 303
    read_session().expire_all()
    assert read_session().scalars(select(CoachingEntry.minutes)).one() == 30

    elsewhere = cohort_path(world, f"people/{world.ben.id}/one-to-ones/{entry_id}")
    assert coach.get(elsewhere).status_code == 404
    assert coach.post(elsewhere, ONE_TO_ONE).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed"),
    [("held_on", "x"), ("held_on", "2026-03-13"), ("minutes", "0"), ("minutes", ""), ("focus", "f" * 401)],
)
def test_a_one_to_one_with_faults_keeps_what_was_typed(
    world: World, coach: Visitor, field: str, typed: str
) -> None:
    path = cohort_path(world, f"people/{world.amara.id}/one-to-one")
    answer = coach.post(path, {**ONE_TO_ONE, field: typed})

    assert answer.status_code == 422
    assert "Careful." in answer.get_data(as_text=True)
    assert read_session().scalar(select(CoachingEntry)) is None


COACH_PATHS = [
    "sessions",
    "sessions/session_1",
    "people/{person}",
    "people/{person}/one-to-one",
]


@pytest.mark.parametrize("path", COACH_PATHS)
@pytest.mark.parametrize(
    ("who", "roles", "status"),
    [
        ("other_coach", ["coach"], 404),
        ("stranger_coach", ["coach"], 404),
        ("amara", ["participant"], 403),
        ("director", ["director"], 403),
        ("coach", ["coach"], 200),
    ],
)
def test_coach_pages_are_the_coachs_own(
    world: World, visit_as: Opened, path: str, who: str, roles: list[str], status: int
) -> None:
    visitor = visit_as(getattr(world, who), *roles)

    assert visitor.get(cohort_path(world, path.format(person=world.amara.id))).status_code == status


def test_somebody_of_another_cohort_is_not_found_in_this_one(world: World, coach: Visitor) -> None:
    for rest in (f"people/{world.dario.id}", f"people/{world.dario.id}/one-to-one"):
        assert coach.get(cohort_path(world, rest)).status_code == 404
    sent = coach.post(cohort_path(world, f"people/{world.dario.id}/one-to-one"), ONE_TO_ONE)
    assert sent.status_code == 404
    assert read_session().scalar(select(CoachingEntry)) is None


def test_a_coach_of_two_cohorts_keeps_them_apart(world: World, coach: Visitor) -> None:
    with transaction() as session:
        session.execute(
            update(Membership)
            .where(Membership.person_id == world.other_coach.id)
            .values(person_id=world.coach.id)
        )
    assert coach.get(f"cohorts/{world.other_cohort_id}/people/{world.dario.id}").status_code == 200
    assert coach.get(f"cohorts/{world.other_cohort_id}/people/{world.amara.id}").status_code == 404


def test_a_coach_reads_the_rosters_of_the_offering(
    world: World, coach: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[uuid.UUID] = []
    monkeypatch.setattr(
        "ltitool.cohorts.views.read_roster_here",
        lambda _organisation, context_id: asked.append(context_id),
    )
    assert coach.post(cohort_path(world, "roster")).status_code == 303
    assert asked == []  # the course shares none
    share_roster(world)
    coach.post(cohort_path(world, "roster"))
    assert asked == [world.context_id]


def share_roster(world: World) -> None:
    with transaction() as session:
        session.execute(
            update(Context)
            .where(Context.id == world.context_id)
            .values(memberships_url="https://lms.valle-verde.example/roster")
        )


NEW = {
    "title": "Fall 2026",
    "program": "collaborative-leadership-13",
    "starts_on": "2026-09-07",
    "timezone": "America/Denver",
}


def test_a_director_starts_an_offering(world: World, director: Visitor) -> None:
    assert "Mountain Time (Denver)" in page_text(director.get("offerings/new"))
    answer = director.post("offerings/new", NEW)

    offering = read_session().scalars(select(Offering).where(Offering.title == "Fall 2026")).one()
    assert answer.status_code == 303
    assert answer.location.endswith(f"/offerings/{offering.id}")
    assert (offering.starts_on, offering.organisation_id) == (date(2026, 9, 7), world.organisation_id)
    assert "No course leads here yet" in page_text(director.get(f"offerings/{offering.id}"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", " ", "Please fill this in."),
        ("program", "homework", "Please choose one of these."),
        ("starts_on", "Monday", "Please give a day"),
        ("timezone", "Mars/Olympus", "Please choose one of these."),
    ],
)
def test_an_offering_with_faults_is_not_started(
    world: World, director: Visitor, field: str, typed: str, said: str
) -> None:
    answer = director.post("offerings/new", {**NEW, field: typed})

    assert answer.status_code == 422
    assert said in page_text(answer)
    assert read_session().scalars(select(Offering.title).where(Offering.title == "Fall 2026")).all() == []


def offering_path(world: World, rest: str = "") -> str:
    return f"offerings/{world.offering_id}{rest}"


def test_the_offering_page_shows_who_is_where(world: World, director: Visitor) -> None:
    text = page_text(director.get(offering_path(world)))

    for words in ("Cohort A Coached by Ruth Adeyemi", "Amara Okafor", "Collaborative Leadership, version"):
        assert words in text
    assert "Vera Stranger" not in text


def test_cohorts_are_made_once_by_name(world: World, director: Visitor) -> None:
    assert director.post(offering_path(world, "/cohorts"), {"name": "Cohort C"}).status_code == 303
    again = director.post(offering_path(world, "/cohorts"), {"name": "Cohort C"})

    assert again.status_code == 422
    assert "There is a cohort of this name already." in page_text(again)
    assert len(read_session().scalars(select(Cohort).where(Cohort.name == "Cohort C")).all()) == 1


def cohort_now(person_id: uuid.UUID) -> uuid.UUID | None:
    read_session().expire_all()
    return read_session().scalar(
        select(Membership.cohort_id).where(
            Membership.person_id == person_id, Membership.role == "participant"
        )
    )


def test_people_are_placed_and_taken_out(world: World, director: Visitor) -> None:
    place = offering_path(world, "/places")
    amara = str(world.amara.id)
    director.post(place, {"person": amara, "cohort": str(world.other_cohort_id)})
    assert cohort_now(world.amara.id) == world.other_cohort_id
    director.post(place, {"person": amara, "cohort": ""})
    assert cohort_now(world.amara.id) is None
    assert "Not placed yet" in page_text(director.get(offering_path(world)))

    assert director.post(place, {"person": "x", "cohort": ""}).status_code == 422
    assert director.post(place, {"person": str(world.stranger.id), "cohort": ""}).status_code == 404


def test_coaches_are_granted_and_withdrawn(world: World, director: Visitor) -> None:
    fields = {"person": str(world.coach.id), "cohort": str(world.other_cohort_id)}
    assert director.post(offering_path(world, "/coaches"), fields).status_code == 303
    both = page_text(director.get(offering_path(world)))
    assert "Coached by Ruth Adeyemi, Sam Lindqvist" in both

    assert director.post(offering_path(world, "/coaches/withdraw"), fields).status_code == 303
    assert "Coached by Ruth Adeyemi, Sam" not in page_text(director.get(offering_path(world)))
    assert director.post(offering_path(world, "/coaches"), {**fields, "cohort": ""}).status_code == 422


def test_an_invitation_is_shown_once_and_kept_as_a_hash(world: World, director: Visitor) -> None:
    fields = {"note": "Lena", "cohort": str(world.cohort_id)}
    html = director.post(offering_path(world, "/invitations"), fields).get_data(as_text=True)
    found = re.search(r"http://localhost:8000/invitations/([\w-]+)", html)

    assert found is not None
    kept = read_session().scalars(select(Invitation)).one()
    assert kept.token_hash == token_hash(found[1])
    assert (kept.role, kept.subject, kept.note) == ("coach", str(world.cohort_id), "Lena")
    assert "until March 19, 2026" in page_text_of(html)


def test_an_invitation_sent_again_says_how_long_the_first_one_works(
    world: World, visit_as: Opened, clock: MovableClock
) -> None:
    director = visit_as(world.director, "director")
    fields = {"note": "Lena", "cohort": str(world.cohort_id), "once": "the-same"}
    first = director.post(offering_path(world, "/invitations"), fields)
    clock.forward(days=3)
    director = visit_as(world.director, "director")
    again = director.post(offering_path(world, "/invitations"), fields)
    assert "until March 19, 2026" in page_text(first)
    assert "until March 19, 2026" in page_text(again)
    assert read_session().scalars(select(Invitation.expires_at)).one().day == 19
    other = director.post(offering_path(world, "/invitations"), {**fields, "once": "another"})
    assert "until March 22, 2026" in page_text(other)  # the control


def test_the_last_day_of_an_invitation_is_that_of_the_program(
    world: World, visit_as: Opened, clock: MovableClock
) -> None:
    clock.forward(hours=12)  # three in the morning in UTC, the evening before in Denver
    director = visit_as(world.director, "director")
    fields = {"note": "Lena", "cohort": str(world.cohort_id)}
    assert "until March 19, 2026" in page_text(director.post(offering_path(world, "/invitations"), fields))


def page_text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_invitation_needs_somebody_and_a_cohort_of_ours(world: World, director: Visitor) -> None:
    path = offering_path(world, "/invitations")
    empty = director.post(path, {"note": "", "cohort": str(world.cohort_id)})
    assert empty.status_code == 422
    assert "Please fill this in." in page_text(empty)
    assert director.post(path, {"note": "x", "cohort": str(uuid.uuid4())}).status_code == 404
    assert read_session().scalar(select(Invitation)) is None


def test_courses_are_disconnected_and_connected(world: World, director: Visitor) -> None:
    fields = {"course": str(world.context_id)}
    assert director.post(offering_path(world, "/courses/disconnect"), fields).status_code == 303
    assert (
        read_session().scalar(select(OfferingContext).where(OfferingContext.context_id == world.context_id))
        is None
    )
    assert "Connect a course" in page_text(director.get(offering_path(world)))
    assert director.post(offering_path(world, "/courses"), fields).status_code == 303
    assert (
        director.post(
            offering_path(world, "/courses"), {"course": str(world.stranger.context_id)}
        ).status_code
        == 404
    )


def test_a_director_reads_a_roster(world: World, director: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    share_roster(world)
    asked: list[Any] = []

    def read(organisation_id: uuid.UUID, context_id: uuid.UUID) -> Filled:
        asked.append((organisation_id, context_id))
        return Filled(listed=9, joined=2, left=1)

    monkeypatch.setattr("ltitool.cohorts.director_views.read_roster_here", read)
    answer = director.post(offering_path(world, "/courses/roster"), {"course": str(world.context_id)})
    assert asked == [(world.organisation_id, world.context_id)]
    text = page_text(director.get(answer.location.split("/", 3)[3]))
    assert "2 joined, 1 left" in text

    foreign = director.post(
        offering_path(world, "/courses/roster"), {"course": str(world.stranger.context_id)}
    )
    assert foreign.status_code == 404
    assert len(asked) == 1


DIRECTOR_POSTS = [
    *("/cohorts", "/places", "/places/group"),
    *("/coaches", "/coaches/withdraw", "/invitations", "/courses"),
]


@pytest.mark.parametrize("path", ["", *DIRECTOR_POSTS, "/courses/disconnect", "/courses/roster"])
def test_an_offering_of_another_organisation_is_not_there(world: World, visit_as: Opened, path: str) -> None:
    foreign = visit_as(world.stranger, "director")
    fields = {
        "name": "x",
        "note": "x",
        "group": "7",
        "person": str(world.amara.id),
        "cohort": str(world.cohort_id),
        "course": str(world.context_id),
    }
    answer = foreign.post(offering_path(world, path), fields) if path else foreign.get(offering_path(world))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("who", "roles"), [("coach", ["coach"]), ("amara", ["participant"]), ("director", [])]
)
def test_director_pages_are_for_directors(world: World, visit_as: Opened, who: str, roles: list[str]) -> None:
    visitor = visit_as(getattr(world, who), *roles)

    for path in ("offerings/new", offering_path(world)):
        assert visitor.get(path).status_code == 403
    assert visitor.post(offering_path(world, "/cohorts"), {"name": "x"}).status_code == 403
