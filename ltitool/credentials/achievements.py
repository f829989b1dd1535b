"""What a badge stands for, as of the version of the program that its holder completed.

An achievement's identifier is the same for all versions, and each signed badge says its own version. The page
behind the identifier shows the newest one, and any other that ran here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.models import Offering
from ltitool.cohorts.programs_in_use import program_of
from ltitool.credentials.errors import IssuerMissing
from ltitool.credentials.issuers import issuer_by_slug
from ltitool.credentials.models import Issuer
from ltitool.programs import load_shipped
from ltitool.programs.model import Program


@dataclass(frozen=True)
class ShownAchievement:
    """An achievement of an issuer in one version, and which others there are."""

    issuer: Issuer
    program: Program
    others: Sequence[str]


def find_achievement(session: Session, slug: str, program_id: str, version: str | None) -> ShownAchievement:
    """Give what a program's badge stands for; without a version, the newest.

    Raises:
        IssuerMissing: there is no such issuer, or it never ran this program in this version.
    """
    issuer = issuer_by_slug(session, slug)
    runs = session.execute(
        select(Offering.program_version, Offering.id)
        .where(Offering.organisation_id == issuer.organisation_id, Offering.program_id == program_id)
        .order_by(Offering.created_at)
    ).all()
    ran = {str(run.program_version): run.id for run in runs}  # the last run of each, the newest at the end
    shipped = load_shipped().get(program_id)
    versions = list(dict.fromkeys([*([shipped.version] if shipped else []), *reversed(ran)]))
    wanted = version or next(iter(versions), None)
    if wanted is None or wanted not in versions:
        raise IssuerMissing(f"achievement {program_id} {version or ''} of {slug}")
    if shipped is not None and shipped.version == wanted:
        program = shipped
    else:
        program = program_of(session, issuer.organisation_id, ran[wanted])
    return ShownAchievement(issuer, program, [one for one in versions if one != wanted])
