"""Whom this verifier knows: the issuers of this installation, and those whom its operator names."""

from sqlalchemy.orm import Session

from badges.policy import Policy, TrustedIssuers
from ltitool.credentials.issuers import IssuerAddresses, all_issuers
from ltitool.settings import Settings


def trust_policy(session: Session, settings: Settings) -> Policy:
    """Give the policy; where nobody is known yet it knows nobody, and every issuer is unknown."""
    ours = {IssuerAddresses(settings.public_url, one.slug).did for one in all_issuers(session)}
    return Policy((TrustedIssuers(frozenset(ours | set(settings.trusted_issuers))),))
