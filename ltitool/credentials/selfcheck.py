"""Verify a fresh credential by other code than signed it, before anybody else can see it.

The signing path is `badges.canonical.primary` and our own JWS writer. Here the document is
canonicalized by Oxigraph, the signature is checked by pyca/cryptography, and the JWT by joserfc.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from badges.baking import unbake
from badges.canonical import second_path
from badges.did import read_did_document
from badges.errors import BadgeError
from badges.multibase import multibase_decode
from badges.proofs.eddsa_rdfc_2022 import data_to_sign
from ltitool.credentials.errors import SelfCheckFailed
from ltitool.credentials.signing import Signed


def check_signed(signed: Signed, *, unsigned: Mapping[str, Any], now: datetime) -> None:
    """Check every form of a signed credential against what was reserved and the issuer's public documents.

    Raises:
        SelfCheckFailed: one of them does not verify; `detail` says which.
    """
    try:
        _check_content(signed, unsigned)
        _check_proof(signed, now)
        _check_jwt(signed)
        _check_pictures(signed)
    except (BadgeError, InvalidSignature, JoseError, KeyError, TypeError, ValueError) as error:
        raise SelfCheckFailed(f"{signed.document.get('id')}: {type(error).__name__}: {error}") from error


def _check_content(signed: Signed, unsigned: Mapping[str, Any]) -> None:
    if {name: value for name, value in signed.document.items() if name != "proof"} != dict(unsigned):
        message = "another document was signed than was reserved"
        raise ValueError(message)


def _check_proof(signed: Signed, now: datetime) -> None:
    proof = signed.document["proof"]
    document = read_did_document(_did_document(signed), expected=signed.did)
    method = document.assertion_method(proof["verificationMethod"])
    if method.controller != signed.document["issuer"]["id"] or method.ended_before(now):
        message = "the key is not the issuer's, or has ended"
        raise ValueError(message)
    key = method.public_key()
    if not isinstance(key, Ed25519PublicKey):
        message = "the key is not Ed25519"
        raise TypeError(message)
    data = data_to_sign(signed.document, proof, second_path.canonical_form)
    key.verify(multibase_decode(proof["proofValue"]), data)


def _check_jwt(signed: Signed) -> None:
    kid = jws.extract_compact(signed.jwt.encode()).headers()["kid"]
    key = RSAKey.import_key(dict(signed.documents[kid]))
    opened = jws.deserialize_compact(signed.jwt, key, algorithms=["RS256"])
    payload: Mapping[str, Any] = json.loads(opened.payload)
    for name, value in signed.document.items():
        if name != "proof" and payload.get(name) != value:
            message = f"the JWT's {name} is not the document's"
            raise ValueError(message)
    if kid.rsplit("/", 1)[0].rsplit("/", 1)[0] != _did_address(signed).removesuffix("/did.json"):
        message = "the JWT's key lies elsewhere than the issuer"
        raise ValueError(message)


def _check_pictures(signed: Signed) -> None:
    expected = json.loads(json.dumps(signed.document))
    for picture in (signed.png, signed.svg):
        if json.loads(unbake(picture).text) != expected:
            message = "a picture holds another credential"
            raise ValueError(message)


def _did_address(signed: Signed) -> str:
    return next(address for address in signed.documents if address.endswith("/did.json"))


def _did_document(signed: Signed) -> Mapping[str, Any]:
    return signed.documents[_did_address(signed)]
