"""The director's page of grades that did not arrive, and the operator's words for it."""

import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from support.clock import MovableClock
from support.visitor import Visitor, page_text
from support.world import World

from ltitool.app import services_of
from ltitool.cli.main import main
from ltitool.foundation.db import read_session, transaction
from ltitool.lti.grade_intents import WantedGrade, want_grade
from ltitool.lti.grade_letters import NAMES
from ltitool.lti.models import GradeIntent, Platform
from ltitool.people.models import Organisation
from ltitool.programs import load_shipped

Opened = Callable[..., Visitor]
Patch = pytest.MonkeyPatch
KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def stuck(world: World, clock: MovableClock) -> uuid.UUID:
    with transaction() as session:
        wanted = WantedGrade(
            organisation_id=world.organisation_id,
            context_id=world.context_id,
            activity_key="keystone",
            person_id=world.amara.id,
            subject="amara",
            label="Your keystone",  # as the program says it to who makes it
            score_given=80.5,
            score_maximum=100.0,
        )
        intent_id = want_grade(session, wanted, at=clock())
        session.execute(update(GradeIntent).values(state="absent", error="gradebook.learner-absent"))
    return intent_id


def state_of(intent_id: uuid.UUID) -> str:
    read_session().expire_all()
    state = read_session().get_one(GradeIntent, intent_id).state
    read_session().rollback()
    return state


def test_a_director_reads_what_whose_and_why_and_sends_it_again(
    world: World, visit_as: Opened, stuck: uuid.UUID
) -> None:
    director = visit_as(world.director, "director")
    assert "1 grade did not arrive in the LMS See why" in page_text(director.get("overview"))
    text = page_text(director.get("grades"))
    for words in (
        f"Keystone: {world.amara.name}",
        "This person is not in the course any more",
        "If they come back to the course, send the grade again.",
        "80.5 of 100",
    ):
        assert words in text
    assert "Your keystone" not in text
    assert director.post(f"grades/{stuck}/again", {}).status_code == 303
    assert state_of(stuck) == "wanted"
    assert "Every grade has arrived" in page_text(director.get("grades"))
    assert director.post(f"grades/{stuck}/again", {}).status_code == 404  # it is not stuck any more


def test_an_override_shows_both_grades(world: World, visit_as: Opened, stuck: uuid.UUID) -> None:
    with transaction() as session:
        session.execute(update(GradeIntent).values(state="overridden", error=None, shown_score=64.25))
    text = page_text(visit_as(world.director, "director").get("grades"))
    assert "The LMS shows another grade: a teacher changed it there" in text
    assert "Our grade 80.5 of 100 The LMS shows 64.25 of 100" in text
    assert state_of(stuck) == "overridden"


def test_every_graded_activity_that_ships_has_a_name_for_those_who_look_after_grades() -> None:
    """A title speaks to who does the activity."""
    graded = {one.key for program in load_shipped().values() for one in program.graded_activities}
    assert graded
    assert graded <= NAMES.keys()


def test_the_page_is_for_directors_of_the_organisation(
    world: World, visit_as: Opened, stuck: uuid.UUID
) -> None:
    coach = visit_as(world.coach, "coach")
    assert coach.get("grades").status_code == 403
    assert coach.post(f"grades/{stuck}/again", {}).status_code == 403
    assert state_of(stuck) == "absent"


def test_the_operator_lists_and_sends_again(
    world: World, app: Flask, stuck: uuid.UUID, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = services_of(app).settings
    for name, value in {
        "PUBLIC_URL": "https://tool.example",
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": KEY,
        "KEY_ENCRYPTION_KEY": KEY,
    }.items():
        monkeypatch.setenv(f"LTITOOL_{name}", value)
    slug = read_session().get_one(Organisation, world.organisation_id).slug
    read_session().rollback()

    def say(*words: str) -> Any:
        assert main(["grades", *words, "--organisation", slug, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    (found,) = say("stuck")["grades"]
    assert (found["id"], found["code"]) == (str(stuck), "gradebook.learner-absent")
    assert (found["person"], found["score_given"]) == (world.amara.name, 80.5)
    assert say("again", str(stuck)) == {"sent_again": 1}
    assert (say("stuck"), state_of(stuck)) == ({"grades": []}, "wanted")


def test_a_director_finds_the_way_back(world: World, visit_as: Opened, stuck: uuid.UUID) -> None:
    director = visit_as(world.director, "director")
    assert f'href="{director.path("overview")}"' in director.get("grades").text
    assert state_of(stuck) == "absent"


def test_an_operator_sees_where_and_why_and_nobodys_name(
    world: World, visit_as: Opened, stuck: uuid.UUID
) -> None:
    operator = visit_as(world.director, "operator")
    home = page_text(operator.get("platforms"))
    assert "1 grade did not arrive in the LMS" in home
    assert "See why 1 grade did not arrive" in home
    lms = read_session().get_one(Platform, world.platform_id).name
    read_session().rollback()
    page = operator.get("platforms/undelivered")
    assert "Your keystone" not in page.text
    text = page_text(page)
    for words in (f"{lms} Keystone", "This person is not in the course any more", "Course"):
        assert words in text
    for hidden in (world.amara.name, world.amara.subject, str(world.amara.id), "80.5"):
        assert hidden not in page.text
    assert f'href="{operator.path("platforms")}"' in page.text
    assert operator.post(f"platforms/undelivered/{stuck}/again", {}).status_code == 303
    assert state_of(stuck) == "wanted"
    assert "Every grade has arrived" in page_text(operator.get("platforms/undelivered"))
    assert "did not arrive" not in page_text(operator.get("platforms"))


def test_what_a_teacher_changed_is_not_an_operators_to_send(
    world: World, visit_as: Opened, stuck: uuid.UUID
) -> None:
    operator = visit_as(world.director, "operator")
    with transaction() as session:
        session.execute(update(GradeIntent).values(state="overridden", error=None, shown_score=64.25))
    assert "Every grade has arrived" in page_text(operator.get("platforms/undelivered"))
    answer = operator.post(f"platforms/undelivered/{stuck}/again", {})
    assert (answer.status_code, "grade.missing" in answer.text) == (404, True)
    assert state_of(stuck) == "overridden"
    director = visit_as(world.director, "director")
    assert director.post(f"grades/{stuck}/again", {}).status_code == 303  # the control
    assert state_of(stuck) == "wanted"


@pytest.mark.parametrize("role", ["director", "coach", "participant"])
def test_the_operators_page_is_for_operators_of_the_organisation(
    world: World, visit_as: Opened, stuck: uuid.UUID, role: str
) -> None:
    visitor = visit_as(world.director, role)
    assert visitor.get("platforms/undelivered").status_code == 403
    assert visitor.post(f"platforms/undelivered/{stuck}/again", {}).status_code == 403
    stranger = visit_as(world.stranger, "operator")
    assert "Every grade has arrived" in page_text(stranger.get("platforms/undelivered"))
    assert stranger.post(f"platforms/undelivered/{stuck}/again", {}).status_code == 404
    assert state_of(stuck) == "absent"
