"""A course that runs the default program, so that people who come from it get their places."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ltitool.cohorts.models import Offering, OfferingContext
from ltitool.programs import DEFAULT_PROGRAM, load_shipped

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def run_program(session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID) -> None:
    """Offer the program to one course of one organisation."""
    program, offering_id = load_shipped()[DEFAULT_PROGRAM], uuid.uuid4()
    session.add(
        Offering(
            id=offering_id,
            organisation_id=organisation_id,
            title="Autumn",
            program_id=program.id,
            program_version=program.version,
            program_source=program.source,
            program_digest=program.digest,
            starts_on=date(2026, 8, 24),
            timezone="UTC",
            created_at=datetime.now(UTC),
        )
    )
    session.flush()
    session.add(
        OfferingContext(
            id=uuid.uuid4(), organisation_id=organisation_id, offering_id=offering_id, context_id=context_id
        )
    )
