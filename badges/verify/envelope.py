"""Verify a VC-JWT: the envelope repeats the credential, the key is the issuer's, the signature fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from badges.errors import BadgeError, ModelError
from badges.instants import read_instant
from badges.keys import key_from_jwk, public_jwk, thumbprint
from badges.proofs import vc_jwt
from badges.verify.data_integrity import issuers_method
from badges.verify.resolution import MissingError, Resolver, host_of
from badges.verify.structure import in_current_words
from badges.verify.verdicts import ProofFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from badges.did import DidDocument
    from badges.keys import PublicKey
    from badges.proofs.vc_jwt import OpenedToken


def verify_token(token: OpenedToken, document: Mapping[str, Any], issuer: str, resolver: Resolver) -> str:
    """Verify the token around a document and return the name of the key.

    Raises:
        ProofFault: it does not hold, is not the issuer's, or could not be checked.
    """
    _check_envelope(token.payload, in_current_words(document), issuer)
    kid = token.header.get("kid")
    if kid is None:
        return _verify_with_embedded_key(token, issuer, resolver)
    if kid.startswith("https://") and "#" not in kid:
        return _verify_with_fetched_jwk(token, kid, issuer, resolver)
    if not kid.startswith(("did:", "https://")):
        raise ProofFault.of_proof("kid", "the kid is neither a DID URL nor an https address")
    method = issuers_method(kid, issuer, resolver)
    try:
        key = method.public_key()
    except BadgeError as fault:
        raise ProofFault.of_binding(fault.code, fault.message) from fault
    _require_signature(token, key)
    return method.id


def _require_signature(token: OpenedToken, key: PublicKey) -> None:
    if not vc_jwt.verify(token, key):
        raise ProofFault.of_proof("signature", "the signature does not fit the token and the key")


def _verify_with_fetched_jwk(token: OpenedToken, kid: str, issuer: str, resolver: Resolver) -> str:
    try:
        key = resolver.single_jwk(kid)
    except MissingError as missing:
        raise ProofFault.of_missing(missing) from missing
    except BadgeError as fault:
        raise ProofFault.of_binding(fault.code, fault.message) from fault
    _require_signature(token, key)
    if host_of(kid) != host_of(issuer):
        raise ProofFault.of_unbound_key("the key stands on another host than the issuer")
    return kid


def _verify_with_embedded_key(token: OpenedToken, issuer: str, resolver: Resolver) -> str:
    """A key in the header proves only that the signer had it; the issuer's document has to name it too."""
    try:
        key = key_from_jwk(token.header["jwk"])
    except BadgeError as fault:
        raise ProofFault.of_proof(fault.code, fault.message) from fault
    _require_signature(token, key)
    wanted = thumbprint(public_jwk(key))
    try:
        found = _method_with_thumbprint(resolver.key_document(issuer), wanted)
    except (MissingError, BadgeError) as fault:
        raise ProofFault.of_unbound_key("the issuer's own keys could not be read") from fault
    if found is None:
        raise ProofFault.of_unbound_key("the issuer's document does not name the key in the token")
    return found


def _method_with_thumbprint(document: DidDocument, wanted: str) -> str | None:
    for method_id in sorted(document.assertion_methods & document.methods.keys()):
        method = document.methods[method_id]
        if method.controller == document.id and thumbprint(public_jwk(method.public_key())) == wanted:
            return method_id
    return None


def _check_envelope(payload: Mapping[str, Any], document: Mapping[str, Any], issuer: str) -> None:
    """Every claim that repeats a part of the credential must be there and say the same."""
    subject = document.get("credentialSubject")
    expected = {
        "iss": issuer,
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    for claim, value in expected.items():
        # A part that the credential does not have cannot be repeated, nor made up.
        if payload.get(claim) != value:
            reason = (
                f"{claim} and the credential disagree" if claim in payload else f"the token has no {claim}"
            )
            raise ProofFault.of_proof("envelope_mismatch", reason, path=f"$.{claim}")
    for claim, name in (("nbf", "validFrom"), ("exp", "validUntil")):
        # Only the end may be left to the credential alone.
        if (claim in payload or claim == "nbf") and not _same_instant(payload.get(claim), document.get(name)):
            reason = f"{claim} and {name} disagree"
            raise ProofFault.of_proof("envelope_dates", reason, path=f"$.{claim}")


def _same_instant(seconds: object, stamp: object) -> bool:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return False
    try:
        return int(seconds) == int(read_instant(stamp).timestamp())
    except ModelError:
        return False
