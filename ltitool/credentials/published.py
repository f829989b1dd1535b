"""An issuer's public documents by their path: what our pages serve, and what our own verifier reads.

The verifier of this installation asks here in place of asking itself over the network.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from ltitool.credentials.did_documents import issuer_did_document, issuer_key
from ltitool.credentials.errors import IssuerMissing
from ltitool.credentials.issuers import IssuerAddresses, issuer_by_slug
from ltitool.credentials.models import Issuer
from ltitool.credentials.status_lists import published_list, signed_list
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import Services

Document = Mapping[str, Any]
PATH = re.compile(r"/issuers/([^/]+)/(did\.json|keys/[^/]+|status/[0-9]{1,9})")


def published_document(path: str, found: Services) -> Document | None:
    """Give the document at a path below our public address, or None if there is none of an issuer's."""
    parts = PATH.fullmatch(path)
    if parts is None:
        return None
    slug, (kind, _, name) = parts[1], parts[2].partition("/")
    readers: Mapping[str, Callable[[], Document]] = {
        "did.json": lambda: did_of(slug, found),
        "keys": lambda: key_of(slug, name, found),
        "status": lambda: status_list_of(slug, int(name), found),
    }
    try:
        return readers[kind]()
    except IssuerMissing:
        return None


def did_of(slug: str, found: Services) -> Document:
    """Give an issuer's did:web document.

    Raises:
        IssuerMissing: there is no such issuer.
    """
    issuer = issuer_by_slug(read_session(), slug)
    return issuer_did_document(issuer, _addresses(issuer, found), found.keys)


def key_of(slug: str, thumbprint: str, found: Services) -> Document:
    """Give one public key as a single JWK.

    Raises:
        IssuerMissing: there is no such issuer, or it never had this key.
    """
    issuer = issuer_by_slug(read_session(), slug)
    key = issuer_key(issuer, _addresses(issuer, found), found.keys, thumbprint)
    if key is None:
        raise IssuerMissing(f"key {thumbprint} of {slug}")
    return key


def status_list_of(slug: str, number: int, found: Services) -> Document:
    """Give a signed status list; it is signed at the first reading if no award was revoked before.

    Raises:
        IssuerMissing: there is no such issuer or list.
    """
    issuer = issuer_by_slug(read_session(), slug)
    document = published_list(read_session(), issuer, number)
    if document is not None:
        return document
    with transaction() as session:
        return _sign(session, issuer, number, found)


def _sign(session: Session, issuer: Issuer, number: int, found: Services) -> Document:
    return signed_list(
        session, issuer, number, keys=found.keys, public_url=found.settings.public_url, at=found.clock()
    )


def _addresses(issuer: Issuer, found: Services) -> IssuerAddresses:
    return IssuerAddresses(found.settings.public_url, issuer.slug)
