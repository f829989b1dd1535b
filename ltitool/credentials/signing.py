"""Sign what was reserved: an embedded proof, a JWT of the same credential, and both baked pictures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from badges.baking import bake
from badges.proofs import eddsa_rdfc_2022, vc_jwt
from ltitool.cohorts.programs_in_use import program_of
from ltitool.credentials.did_documents import issuer_documents
from ltitool.credentials.issuers import ED25519, RS256, IssuerAddresses, key_owner
from ltitool.credentials.models import Award, Issuer
from ltitool.credentials.pictures import Picture, achievement_picture
from ltitool.foundation.services import Services


@dataclass(frozen=True)
class Signed:
    """One credential in every form it is handed out in, and the documents that verify it."""

    document: Mapping[str, Any]
    jwt: str
    png: bytes
    svg: bytes
    did: str
    documents: Mapping[str, Mapping[str, Any]]  # by address: the DID document and the JWT's key


def sign_award(session: Session, award: Award, found: Services) -> Signed:
    """Sign the stored bytes; the same award always gives the same signatures."""
    issuer = session.get_one(Issuer, award.issuer_id)
    addresses = IssuerAddresses(found.settings.public_url, issuer.slug)
    owner = key_owner(issuer)
    edwards, rsa = found.keys.ensure(owner, ED25519), found.keys.ensure(owner, RS256)
    document = eddsa_rdfc_2022.sign(
        award.unsigned,
        signer=edwards,
        verification_method=addresses.verification_method(edwards.thumbprint),
        created=award.reserved_at,
    )
    text = json.dumps(document, ensure_ascii=False)
    picture = _picture(session, award)
    return Signed(
        document=document,
        jwt=vc_jwt.sign(award.unsigned, signer=rsa, kid=addresses.key(rsa.thumbprint)),
        png=bake(picture.png, text),
        svg=bake(picture.svg.encode(), text),
        did=addresses.did,
        documents=issuer_documents(issuer, addresses, found.keys),
    )


def _picture(session: Session, award: Award) -> Picture:
    achievement = award.unsigned["credentialSubject"]["achievement"]["name"]
    issuer = award.unsigned["issuer"]["name"]
    steps = len(program_of(session, award.organisation_id, award.offering_id).steps)
    return achievement_picture(str(achievement), str(issuer), steps)
