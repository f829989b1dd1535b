"""What a course can link to: its own program, in the teacher's language, graded where a grade goes back."""

import pytest
from support.world import World

from ltitool.cohorts.link_offers import link_offers, offers_of
from ltitool.foundation.db import read_session
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


def test_a_course_without_an_offering_is_offered_the_usual_program(world: World) -> None:
    offers = link_offers(read_session(), world.organisation_id, None, "en")
    assert offers == offers_of(load_shipped()[DEFAULT_PROGRAM], "en")
