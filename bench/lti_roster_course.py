"""The tool in this process, with an LMS registered and two of its courses: one short roster, one long."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lti_program import run_program
from sqlalchemy import select
from support import postgres

from ltitool.app import create_app
from ltitool.foundation.db import db, end_read, read_session, transaction
from ltitool.foundation.services import services
from ltitool.lti.models import Context, Deployment, Platform
from ltitool.lti.platforms import Registration, add_platform
from ltitool.lti.vocabulary import SCOPE_ROSTER
from ltitool.lti.wiring import lti_memory
from ltitool.people.models import Organisation
from ltitool.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from ltitool.lti.platform_client import PlatformClient


@dataclass(frozen=True)
class Course:
    """The two courses; the long one runs a program, so that its learners get places."""

    organisation_id: uuid.UUID
    short: uuid.UUID
    long: uuid.UUID
    client: PlatformClient


@contextmanager
def opened_course(base: str) -> Iterator[Course]:
    """Make the tables in the empty database of the environment, and give the courses, ready to be read."""
    app = create_app(load_settings(os.environ))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            db.create_all()
        else:
            postgres.create_tables(db.engine)
        services().keys.ensure("tool", "lti-rs256")
        organisation_id = uuid.uuid4()
        with transaction() as session:
            _register(session, organisation_id, base)
        with transaction() as session:
            short, long = (
                _context(session, organisation_id, f"{base}/{name}") for name in ("short", "roster")
            )
            run_program(session, organisation_id, long)
        platform = read_session().scalars(select(Platform)).one()
        read_session().expunge(platform)
        end_read()
        yield Course(organisation_id, short, long, lti_memory().client_for(platform))
        services().http.close()
        db.engine.dispose()


def _register(session: Session, organisation_id: uuid.UUID, base: str) -> None:
    now = datetime.now(UTC)
    session.add(Organisation(id=organisation_id, slug="bench", name="Bench", created_at=now))
    session.flush()
    registration = Registration(
        name="LMS",
        issuer=base,
        client_id="bench-client",
        auth_login_url=f"{base}/auth",
        auth_token_url=f"{base}/token",
        jwks_url=f"{base}/jwks",
        deployment_ids=("deployment-1",),
    )
    add_platform(
        session,
        registration,
        organisation_id=organisation_id,
        platform_id=uuid.uuid4(),
        settings=services().settings,
        at=now,
    )


def _context(session: Session, organisation_id: uuid.UUID, roster: str) -> uuid.UUID:
    context = Context(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        deployment_id=session.scalars(select(Deployment.id)).one(),
        lms_id=roster,
        title="Collaborative Leadership",
        memberships_url=roster,
        scopes=[SCOPE_ROSTER],
    )
    session.add(context)
    session.flush()
    return context.id
