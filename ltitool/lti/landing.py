"""Where a launch lands: a feature above answers, bound in app.py.

LTI knows who came and from where. Which rights that gives here, and which page comes first, is for the
cohorts to say.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session

from ltitool.lti.roles import LtiRole

EXTENSION = "ltitool.lti.landing"


@dataclass(frozen=True)
class Launched:
    """A launch that was verified and stored."""

    organisation_id: uuid.UUID
    platform_id: uuid.UUID
    person_id: uuid.UUID
    subject: str  # the person's user id in the LMS: grades are addressed to it
    context_id: uuid.UUID | None
    resource_link_id: uuid.UUID | None
    role: LtiRole  # as the LMS sees it; director and coach never follow from it
    test_user: bool  # an LMS's preview person: may look, may not earn
    target_link_uri: str
    custom: Mapping[str, str]
    for_subject: str | None = None  # the LMS's user id of the person whose work is to be seen


@dataclass(frozen=True)
class Place:
    """What the landing decides: the rights of the session, and the first page."""

    roles: frozenset[str]  # of participant, coach, director, operator
    path: str = ""  # below the visit's own /l/<short>/


class Landing(Protocol):
    """Runs inside the launch's transaction; what it raises refuses the launch and stores nothing."""

    def __call__(self, session: Session, launched: Launched) -> Place:
        """Say where this person lands."""


def bind_landing(app: Flask, landing: Landing) -> None:
    """Bind the landing of an application."""
    app.extensions[EXTENSION] = landing


def bound_landing() -> Landing:
    """Give the landing that app.py bound."""
    landing: Landing = current_app.extensions[EXTENSION]
    return landing
