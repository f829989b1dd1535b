"""The program of an offering, rebuilt from the source it began with and kept by its digest."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.errors import OfferingUnknown
from ltitool.cohorts.models import Offering
from ltitool.programs.model import Program
from ltitool.programs.reading import parse_program

_by_digest: dict[str, Program] = {}  # a handful of versions in a process; values are frozen


def program_of(session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID) -> Program:
    """Give the program that an offering runs.

    Raises:
        OfferingUnknown: no such offering in this organisation.
    """
    digest = session.scalar(
        select(Offering.program_digest).where(
            Offering.organisation_id == organisation_id, Offering.id == offering_id
        )
    )
    if digest is None:
        raise OfferingUnknown(f"offering {offering_id}")
    return program_by_digest(session, organisation_id, offering_id, digest)


def program_by_digest(
    session: Session, organisation_id: uuid.UUID, offering_id: uuid.UUID, digest: str
) -> Program:
    """Give the program of an offering whose digest is already known; reads the source at most once."""
    program = _by_digest.get(digest)
    if program is None:
        source = session.scalars(
            select(Offering.program_source).where(
                Offering.organisation_id == organisation_id, Offering.id == offering_id
            )
        ).one()
        program = parse_program(source, f"offering {offering_id}")
        _by_digest[program.digest] = program
    return program
