"""Where a launch lands: a feature above answers, bound in app.py.

LTI knows who came and from where. Which rights that gives here, and which page comes first, is for the
cohorts to say.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session

from ltitool.lti.roles import LtiRole

EXTENSION = "ltitool.lti.landing"
KNOWN = "ltitool.lti.known-arrivals"


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


class LinkPage(Protocol):
    """Says which page a link opens, below the visit's own /l/<short>/."""

    def __call__(self, custom: Mapping[str, str], *, takes_part: bool) -> str:
        """Give the page for somebody who takes part in the course's program, or does not."""


@dataclass(frozen=True)
class KnownArrivals:
    """The landing of people who were here before, as parts of the one statement in returning.py.

    `reading` are common table expressions over `known` (organisation_id, context_id, person_id) and the
    parameters `role`, `subject` and `groups` (as JSON, or NULL where none are named). The last is `landed`:
    one row of `roles`, as the landing would give them, and `takes_part`; or no row wherever the landing would
    have to write. `noting` is one more, over `opened` (context_id, person_id), for what may be noted when a
    session was opened.
    """

    reading: str
    noting: str
    path: LinkPage = field(compare=False)


def bind_landing(app: Flask, landing: Landing, known: KnownArrivals | None = None) -> None:
    """Bind the landing of an application, and how it recognises people for whom it has nothing to write."""
    app.extensions[EXTENSION] = landing
    app.extensions[KNOWN] = known


def bound_landing() -> Landing:
    """Give the landing that app.py bound."""
    landing: Landing = current_app.extensions[EXTENSION]
    return landing


def bound_known_arrivals() -> KnownArrivals | None:
    """Give how the bound landing recognises people, if it does."""
    known: KnownArrivals | None = current_app.extensions[KNOWN]
    return known
