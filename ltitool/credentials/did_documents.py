"""An issuer's public documents: the did:web document, and each key as a single JWK."""

from collections.abc import Mapping
from typing import Any

from badges.did import PublishedKey, did_document, did_web_url, published_jwk
from badges.keys import key_from_jwk
from ltitool.credentials.issuers import ED25519, RS256, IssuerAddresses, key_owner
from ltitool.credentials.models import Issuer
from ltitool.foundation.services import KeyStore


def issuer_did_document(issuer: Issuer, addresses: IssuerAddresses, keys: KeyStore) -> dict[str, Any]:
    """Give the did:web document: every key that ever signed, so that old badges stay verifiable."""
    published = [
        PublishedKey(key_from_jwk(jwk), fragment=str(jwk["kid"]))
        for purpose in (ED25519, RS256)
        for jwk in keys.public_keys(key_owner(issuer), purpose)
    ]
    return did_document(addresses.did, published)


def issuer_key(
    issuer: Issuer, addresses: IssuerAddresses, keys: KeyStore, thumbprint: str
) -> dict[str, str] | None:
    """Give one key as a single JWK, or None if the issuer never had it."""
    for purpose in (ED25519, RS256):
        for jwk in keys.public_keys(key_owner(issuer), purpose):
            if jwk["kid"] == thumbprint:
                return published_jwk(key_from_jwk(jwk), kid=addresses.key(thumbprint))
    return None


def issuer_documents(
    issuer: Issuer, addresses: IssuerAddresses, keys: KeyStore
) -> Mapping[str, Mapping[str, Any]]:
    """Give every document that verifies an issuer's signatures, by the https address that names it."""
    found: dict[str, Mapping[str, Any]] = {
        did_web_url(addresses.did): issuer_did_document(issuer, addresses, keys)
    }
    for jwk in keys.public_keys(key_owner(issuer), RS256):
        thumbprint = str(jwk["kid"])
        key = issuer_key(issuer, addresses, keys, thumbprint)
        if key is not None:
            found[addresses.key(thumbprint)] = key
    return found
