"""Progress goes forward; backwards only when work comes back or its writer takes it back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from support.clock import MovableClock
from support.world import World

from ltitool.cohorts.models import Progress
from ltitool.cohorts.progress import (
    Stage,
    note_progress,
    progress_of,
    progress_of_all,
    reopen_progress,
    undo_progress,
)
from ltitool.foundation.db import read_session, transaction

KEY = "photovoice"


@pytest.fixture
def own(world: World) -> dict[str, Any]:
    return {
        "organisation_id": world.organisation_id,
        "offering_id": world.offering_id,
        "person_id": world.amara.id,
        "activity_key": KEY,
    }


def note(own: dict[str, Any], state: str, clock: MovableClock, **details: object) -> None:
    with transaction() as session:
        note_progress(session, **own, state=state, at=clock(), details=details or None)


def state_of(own: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    found = progress_of(read_session(), own["organisation_id"], own["offering_id"], own["person_id"])[KEY]
    return found.state, dict(found.details)


@pytest.mark.parametrize(
    ("before", "stands"),
    [("started", "started"), ("submitted", "submitted"), ("returned", "returned"), ("done", "started")],
)
def test_what_made_a_step_done_can_be_taken_back(
    own: dict[str, Any], clock: MovableClock, before: str, stands: str
) -> None:
    note(own, before, clock)
    clock.forward(hours=1)
    with transaction() as session:
        undo_progress(session, **own, at=clock())
    assert state_of(own)[0] == stands


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        ("started", "submitted", "submitted"),
        ("started", "returned", "returned"),
        ("started", "done", "done"),
        ("submitted", "started", "submitted"),
        ("submitted", "returned", "returned"),
        ("submitted", "done", "done"),
        ("returned", "started", "returned"),
        ("returned", "submitted", "submitted"),
        ("returned", "done", "done"),
        ("done", "started", "done"),
        ("done", "submitted", "done"),
        ("done", "returned", "returned"),
    ],
)
def test_a_state_never_goes_silently_backwards(
    own: dict[str, Any], clock: MovableClock, before: str, after: str, stands: str
) -> None:
    note(own, before, clock)
    first = clock()
    clock.forward(days=1)
    note(own, after, clock)

    found = progress_of(read_session(), own["organisation_id"], own["offering_id"], own["person_id"])[KEY]

    assert found.state == stands
    assert found.changed_at == (clock() if stands == after else first)


def test_details_are_merged_even_when_the_state_stays(own: dict[str, Any], clock: MovableClock) -> None:
    note(own, "submitted", clock, photos=5)
    note(own, "started", clock, lenses=3)

    assert state_of(own) == ("submitted", {"photos": 5, "lenses": 3})


def test_an_unknown_state_is_refused(own: dict[str, Any], clock: MovableClock) -> None:
    with pytest.raises(ValueError, match="finished"):
        note(own, "finished", clock)


def test_only_one_row_is_kept_for_an_activity(own: dict[str, Any], clock: MovableClock) -> None:
    for state in ("started", "submitted", "done"):
        note(own, state, clock)

    assert read_session().scalar(select(func.count()).select_from(Progress)) == 1


def test_a_row_that_somebody_else_wrote_first_is_taken_over(
    own: dict[str, Any], clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(own, "submitted", clock)
    looks = iter([None])
    real = __import__("ltitool.cohorts.progress", fromlist=["_find"])
    found = real._find
    monkeypatch.setattr(real, "_find", lambda *arguments: next(looks, found(*arguments)))

    note(own, "done", clock)

    assert state_of(own)[0] == Stage.DONE


@pytest.mark.parametrize(
    ("before", "stands"),
    [("submitted", "started"), ("done", "done"), ("returned", "returned"), ("started", "started")],
)
def test_only_a_submission_can_be_taken_back(
    own: dict[str, Any], clock: MovableClock, before: str, stands: str
) -> None:
    note(own, before, clock)
    with transaction() as session:
        reopen_progress(session, **own, at=clock() + timedelta(hours=1))

    assert state_of(own)[0] == stands


def test_taking_back_what_was_never_sent_changes_nothing(own: dict[str, Any], clock: MovableClock) -> None:
    with transaction() as session:
        reopen_progress(session, **own, at=clock())

    assert read_session().scalar(select(func.count()).select_from(Progress)) == 0


def test_people_and_organisations_are_kept_apart(
    own: dict[str, Any], world: World, clock: MovableClock
) -> None:
    note(own, "done", clock)
    people = [world.amara.id, world.ben.id]

    found = progress_of_all(read_session(), world.organisation_id, world.offering_id, people)
    foreign = progress_of(read_session(), world.stranger.organisation_id, world.offering_id, world.amara.id)

    assert {person: set(states) for person, states in found.items()} == {people[0]: {KEY}, people[1]: set()}
    assert foreign == {}
    assert progress_of(read_session(), world.organisation_id, uuid.uuid4(), world.amara.id) == {}
