"""Whom this verifier knows (this installation's issuers, and those whom its operator names), and may ask."""

from sqlalchemy.orm import Session

from badges.policy import Policy, Refresh, TrustedIssuers
from ltitool.credentials.issuers import IssuerAddresses, all_issuers
from ltitool.settings import Settings


def trust_policy(session: Session, settings: Settings) -> Policy:
    """Give the policy; where nobody is known yet it knows nobody, and every issuer is unknown.

    A newer copy is asked for on the issuer's own host alone: its keys are there, so it is asked anyway.
    """
    ours = {IssuerAddresses(settings.public_url, one.slug).did for one in all_issuers(session)}
    known = TrustedIssuers(frozenset(ours | set(settings.trusted_issuers)))
    return Policy((known,), Refresh.AT_ISSUER)
