"""What several tests of the cohorts begin with."""

import uuid

import pytest
from support.clock import MovableClock
from support.copied_course import COPY, Arrive, arriving
from support.newcomers import new_course, new_person
from support.world import World


@pytest.fixture
def teacher(world: World, clock: MovableClock) -> uuid.UUID:
    """A teacher of the copy whom nobody here knows; the copied course has no row of an offering."""
    new_course(world, "a-copy", "Spring (copy)", COPY)
    return new_person(world, "Tess", clock())


@pytest.fixture
def arrive(world: World, clock: MovableClock, teacher: uuid.UUID) -> Arrive:
    return arriving(world, clock, teacher)
