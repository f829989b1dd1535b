"""Somebody and something that the world does not know yet: a person, a course, and a launch from it."""

import uuid
from datetime import datetime
from typing import Any

from support.world import World

from ltitool.foundation.db import transaction
from ltitool.lti.landing import Launched
from ltitool.lti.models import Context
from ltitool.lti.roles import LtiRole
from ltitool.people.models import Person


def new_person(world: World, name: str, at: datetime) -> uuid.UUID:
    """Add somebody to the world's organisation who has no place anywhere."""
    person_id = uuid.uuid4()
    with transaction() as session:
        session.add(
            Person(id=person_id, organisation_id=world.organisation_id, display_name=name, created_at=at)
        )
    return person_id


def new_course(
    world: World,
    lms_id: str,
    title: str,
    course_id: uuid.UUID | None = None,
    deployment_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Add a course of the world's LMS, or of another deployment, that leads to no offering."""
    course_id = course_id or uuid.uuid4()
    with transaction() as session:
        session.add(
            Context(
                id=course_id,
                organisation_id=world.organisation_id,
                deployment_id=deployment_id or world.deployment_id,
                lms_id=lms_id,
                title=title,
                scopes=[],
            )
        )
    return course_id


def launched(world: World, person_id: uuid.UUID, **changes: Any) -> Launched:
    """Give a learner's launch from the world's own course, with some things changed."""
    values: dict[str, Any] = {
        "organisation_id": world.organisation_id,
        "platform_id": world.platform_id,
        "person_id": person_id,
        "subject": "lms-user",
        "context_id": world.context_id,
        "resource_link_id": world.resource_link_id,
        "role": LtiRole.LEARNER,
        "test_user": False,
        "target_link_uri": "http://localhost:8000/lti/launch",
        "custom": {},
    }
    return Launched(**{**values, **changes})
