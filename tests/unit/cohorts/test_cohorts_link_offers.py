"""What a course can link to: its own program, in the teacher's language, graded where a grade goes back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from support.world import World

from ltitool.cohorts.link_offers import link_offers, offers_of
from ltitool.foundation.db import read_session
from ltitool.lti.deep_linking import content_item
from ltitool.programs import DEFAULT_PROGRAM, load_shipped


@pytest.mark.parametrize("name", sorted(load_shipped()))
def test_every_program_can_be_linked(name: str) -> None:
    program = load_shipped()[name]
    offers = offers_of(program, "es")
    graded = {one.column.resource_id for one in offers.others if one.column}
    assert [one.custom["week"] for one in offers.steps] == [str(step.number) for step in program.steps]
    assert graded == {one.key for one in program.graded_activities}
    assert len(offers.all()) == len(offers.steps) + len(offers.others)
    assert offers.steps[0].title == program.steps[0].title.in_("es")


def test_a_course_is_offered_its_own_program(world: World) -> None:
    offers = link_offers(read_session(), world.organisation_id, world.context_id, "en")
    assert len(offers.steps) == 13
    keystone = offers.all()["activity-keystone"]
    assert keystone.column is not None
    assert keystone.custom["opens"] == "keystone"


def test_p24_links_bring_the_days_of_the_run_and_nothing_closes(world: World) -> None:
    offers = link_offers(read_session(), world.organisation_id, world.context_id, "en")
    zone = ZoneInfo("America/Denver")
    first = offers.steps[0].open
    assert first is not None
    assert (first.start, first.end) == (datetime(2026, 2, 2, tzinfo=zone), None)
    keystone = offers.all()["activity-keystone"]
    assert keystone.open is not None
    assert keystone.due is not None
    assert (keystone.open.end, keystone.due.start) == (None, keystone.open.start)
    assert keystone.due.end is not None
    assert (keystone.due.end.hour, keystone.due.end.tzinfo) == (23, zone)
    item = content_item(keystone, "http://localhost:8000")
    assert item["submission"]["endDateTime"] == keystone.due.end.isoformat()
    assert item["available"] == {"startDateTime": keystone.due.start.isoformat()}


def test_a_course_without_an_offering_is_offered_the_usual_program(world: World) -> None:
    offers = link_offers(read_session(), world.organisation_id, None, "en")
    assert offers == offers_of(load_shipped()[DEFAULT_PROGRAM], "en")
    assert {(one.open, one.due) for one in offers.all().values()} == {(None, None)}
    assert "available" not in content_item(offers.steps[0], "http://localhost:8000")
