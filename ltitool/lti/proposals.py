"""An LMS that renews its registration may name other addresses. They wait beside the old ones for a decision.

Only the platform's own organisation can be asked, by the same issuer and client id; until its operator says
yes, logins, services and keys stay where they were.
"""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.errors import NotFound, msg
from ltitool.lti.addresses import origin_of
from ltitool.lti.known_platforms import registrations_change
from ltitool.lti.models import AccessToken, Platform, PlatformKey, PlatformProposal
from ltitool.lti.platforms import Registration

ADDRESSES = ("auth_login_url", "auth_token_url", "token_audience", "jwks_url")


class ProposalMissing(NotFound):
    code = "platform.proposal-missing"
    title = msg("There is nothing to decide for this LMS")
    advice = msg("Somebody may have decided already. Look at the page of the LMS.")


def propose(session: Session, platform: Platform, wanted: Registration, *, at: datetime) -> bool:
    """Keep what a renewal would change, in place of an earlier one's words; tells if that is anything."""
    session.execute(delete(PlatformProposal).where(PlatformProposal.platform_id == platform.id))
    said = {name: getattr(wanted, name) for name in ADDRESSES}
    if said == {name: getattr(platform, name) for name in ADDRESSES}:
        return False
    session.add(
        PlatformProposal(
            id=uuid.uuid5(platform.id, f"proposal:{at.isoformat()}"),
            organisation_id=platform.organisation_id,
            platform_id=platform.id,
            proposed_at=at,
            **said,
        )
    )
    return True


def proposal_of(session: Session, platform: Platform) -> PlatformProposal | None:
    """Give what waits for a decision, if anything does."""
    return session.scalar(select(PlatformProposal).where(PlatformProposal.platform_id == platform.id))


def settle(session: Session, platform: Platform, proposal_id: uuid.UUID, *, accept: bool) -> None:
    """Take the proposed addresses over, or drop them. What was cached from the old ones goes.

    Raises:
        ProposalMissing: there is none, or it is not the one that the operator was shown.
    """
    proposal = session.scalar(  # locked: of two who decide at once, the second finds it gone
        select(PlatformProposal)
        .where(PlatformProposal.platform_id == platform.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if proposal is None or proposal.id != proposal_id:
        raise ProposalMissing(str(platform.id))
    if accept:
        _take_over(session, platform, proposal)
        registrations_change(session)
    session.delete(proposal)


def _take_over(session: Session, platform: Platform, proposal: PlatformProposal) -> None:
    gone = {origin_of(platform.auth_login_url), origin_of(platform.auth_token_url)}
    for name in ADDRESSES:
        setattr(platform, name, getattr(proposal, name))
    named = (platform.issuer, platform.auth_login_url, platform.auth_token_url)
    kept = set(platform.service_origins) - gone
    platform.service_origins = sorted(kept | {origin for origin in map(origin_of, named) if origin})
    platform.jwks_refetched_at = None
    for cache in (PlatformKey, AccessToken):
        session.execute(delete(cache).where(cache.platform_id == platform.id))
