"""Issuers: who signs, where their did:web document is, and under which addresses their keys lie."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.credentials.errors import IssuerMissing
from ltitool.credentials.models import Issuer
from ltitool.foundation.rows import add_once
from ltitool.people.models import Organisation

ED25519, RS256 = "badge-ed25519", "badge-rs256"


@dataclass(frozen=True)
class IssuerAddresses:
    """Every address of one issuer, derived from the tool's public address and the issuer's slug."""

    public_url: str
    slug: str

    @property
    def base(self) -> str:
        """Where everything of the issuer lies."""
        return f"{self.public_url}/issuers/{self.slug}"

    @property
    def did(self) -> str:
        """The issuer's did:web; a port is written with %3A (did:web, section 3.1)."""
        host = urlsplit(self.public_url).netloc.replace(":", "%3A")
        return f"did:web:{host}:issuers:{self.slug}"

    def verification_method(self, thumbprint: str) -> str:
        """Name a key inside the DID document."""
        return f"{self.did}#{thumbprint}"

    def key(self, thumbprint: str) -> str:
        """Give the address of one public key as a single JWK: what a JWT's `kid` leads to.

        Like did:web it is https by definition; on loopback, where we speak plain http, those who resolve
        the one by http resolve the other, too.
        """
        return f"https://{urlsplit(self.base).netloc}{urlsplit(self.base).path}/keys/{thumbprint}"

    def status_list(self, number: int) -> str:
        """Give the address of a status list credential."""
        return f"{self.base}/status/{number}"

    def achievement(self, achievement_id: str) -> str:
        """Give the address of an achievement's own page, and its identifier."""
        return f"{self.base}/achievements/{achievement_id}"

    def credential(self, public_id: str) -> str:
        """Give the identifier of a credential, which is also where its holder may show it."""
        return f"{self.public_url}/badges/{public_id}"


def key_owner(issuer: Issuer) -> str:
    """Name an issuer for the key store."""
    return str(issuer.id)


def issuer_by_slug(session: Session, slug: str) -> Issuer:
    """Give an issuer by its public name.

    Raises:
        IssuerMissing: there is none of this name.
    """
    issuer = session.scalar(select(Issuer).where(Issuer.slug == slug))
    if issuer is None:
        raise IssuerMissing(slug)
    return issuer


def ensure_issuer(session: Session, organisation_id: uuid.UUID, *, public_url: str, at: datetime) -> Issuer:
    """Give the issuer of an organisation, making it under the organisation's own name the first time.

    Its row is locked until the use case ends, so that an organisation's awards are reserved one by one.
    """
    locked = select(Issuer).where(Issuer.organisation_id == organisation_id).with_for_update()
    issuer = session.scalar(locked)
    if issuer is not None:
        return issuer
    organisation = session.get_one(Organisation, organisation_id)
    add_once(session, _new_issuer(organisation, public_url, at))
    return session.scalars(locked).one()


def all_issuers(session: Session) -> list[Issuer]:
    """List every issuer of this installation: whom its own verifier knows."""
    return list(session.scalars(select(Issuer).order_by(Issuer.slug)))


def _new_issuer(organisation: Organisation, public_url: str, at: datetime) -> Issuer:
    return Issuer(
        id=uuid.uuid5(organisation.id, "issuer"),
        organisation_id=organisation.id,
        slug=organisation.slug,
        name=organisation.name,
        url=public_url,
        email=None,
        description="",
        created_at=at,
    )
