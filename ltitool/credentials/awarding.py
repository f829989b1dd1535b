"""Awarding: reserve, sign the stored bytes, check them on an independent path, release.

    complete and confirmed ─► reserved ─► issued ─► revoked
                               (the exact document is stored before anything is signed)

Reserving is one transaction with one unique key, so an award exists once however often it is asked
for. Signing reads what was stored; both signatures are deterministic, so a crash between signing and
storing repeats itself byte for byte. No credential leaves before `selfcheck` has verified it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.credentials.document import Facts, credential_document
from ltitool.credentials.errors import NotCompleteYet, SelfCheckFailed
from ltitool.credentials.identity import confirmed_identity
from ltitool.credentials.issuers import IssuerAddresses, ensure_issuer
from ltitool.credentials.models import Award
from ltitool.credentials.selfcheck import check_signed
from ltitool.credentials.signing import Signed, sign_award
from ltitool.credentials.standing import standing
from ltitool.credentials.status_lists import reserve_status_index
from ltitool.foundation.audit import record
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.jobs import Work, enqueue
from ltitool.foundation.services import Services, services

RESERVED, ISSUED, REVOKED = "reserved", "issued", "revoked"
ISSUE_JOB = "awards.issue"
SWEEP_AFTER = timedelta(minutes=1)  # until then whoever reserved it is still at it


@dataclass(frozen=True)
class Randomness:
    """The random values of one award, handed in."""

    award_id: uuid.UUID
    public_id: str
    subject_id: uuid.UUID
    new_salt: Callable[[], str]
    randbelow: Callable[[int], int]


def reserve_award(
    session: Session, scope: ParticipantScope, *, random: Randomness, public_url: str, at: datetime
) -> Award:
    """Reserve the award of somebody who is complete and has confirmed their name, or give the one there is.

    Raises:
        NotCompleteYet: something is missing, the confirmed name among it.
    """
    issuer = ensure_issuer(session, scope.organisation_id, public_url=public_url, at=at)
    existing = award_of(session, scope)  # asked behind the issuer's lock, so that the answer holds
    if existing is not None:
        return existing
    reached = standing(session, scope)
    identity = confirmed_identity(session, scope)
    if not reached.completion.met or identity is None:
        raise NotCompleteYet(f"person {scope.person_id}")
    addresses = IssuerAddresses(public_url, issuer.slug)
    slot = reserve_status_index(session, issuer, randbelow=random.randbelow)
    award = Award(
        id=random.award_id,
        organisation_id=scope.organisation_id,
        public_id=random.public_id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        issuer_id=issuer.id,
        achievement_id=scope.program.id,
        status_list_id=slot.list_id,
        status_index=slot.index,
        state=RESERVED,
        unsigned=credential_document(
            Facts(
                scope=scope,
                issuer=issuer,
                addresses=addresses,
                standing=reached,
                identity=identity,
                slot=slot,
                public_id=random.public_id,
                subject_id=random.subject_id,
                new_salt=random.new_salt,
                awarded_at=at,
            )
        ),
        is_public=False,
        reserved_at=at,
    )
    session.add(award)
    session.flush()
    enqueue(session, ISSUE_JOB, str(award.id), at)
    return award


def issue_award(award_id: uuid.UUID, found: Services) -> None:
    """Sign, check and release a reserved award; one that is released already stays as it is.

    Raises:
        SelfCheckFailed: the signed credential does not verify; it is not released.
    """
    award = read_session().get_one(Award, award_id)
    if award.state != RESERVED:
        return
    signed = sign_award(read_session(), award, found)
    try:
        check_signed(signed, unsigned=award.unsigned, now=found.clock())
    except SelfCheckFailed as failed:
        with transaction() as session:
            _hold_back(session, award_id, failed, found.clock())
        raise
    with transaction() as session:
        _release(session, award_id, signed, found.clock())


def award_of(session: Session, scope: ParticipantScope) -> Award | None:
    """Give the award of a participant, if there is one."""
    return session.scalar(
        select(Award).where(
            Award.organisation_id == scope.organisation_id,
            Award.offering_id == scope.offering_id,
            Award.person_id == scope.person_id,
        )
    )


def issue_job(work: Work) -> datetime | None:
    """Handle an "awards.issue" job: its subject is an award's id."""
    issue_award(uuid.UUID(work.subject), services())
    return None


def sweep_reserved(session: Session, now: datetime) -> list[str]:
    """Find awards that are reserved and not released, whatever became of their jobs."""
    late = Award.reserved_at <= now - SWEEP_AFTER
    found = session.scalars(select(Award.id).where(Award.state == RESERVED, late))
    return [str(award_id) for award_id in found]


def _locked(session: Session, award_id: uuid.UUID) -> Award:
    query = select(Award).where(Award.id == award_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _hold_back(session: Session, award_id: uuid.UUID, failed: SelfCheckFailed, at: datetime) -> None:
    row = _locked(session, award_id)
    if row.state != RESERVED or row.error == failed.detail:
        return
    row.error = failed.detail
    record(
        session,
        organisation_id=row.organisation_id,
        actor_id=None,
        action="credential.held-back",
        subject=f"award:{row.id}",
        at=at,
    )


def _release(session: Session, award_id: uuid.UUID, signed: Signed, at: datetime) -> None:
    row = _locked(session, award_id)
    if row.state != RESERVED:
        return
    row.error = None
    row.signed = dict(signed.document)
    row.jwt = signed.jwt
    row.image_png = signed.png
    row.image_svg = signed.svg
    row.state = ISSUED
    row.issued_at = at
    record(
        session,
        organisation_id=row.organisation_id,
        actor_id=None,
        action="credential.issued",
        subject=f"award:{row.id}",
        at=at,
        details={"achievement": row.achievement_id, "status_index": row.status_index},
    )
