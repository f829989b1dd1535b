"""Whatever stands in the place of a member, a report comes back, and the badge is not valid."""

import copy
import json
from typing import Any

import pytest
from support.badge_samples import sample_badge, sample_issuer
from test_badges_verify import ENDORSER, ENDORSERS_DOCUMENT, endorsement

from badges.multibase import base64url_encode
from badges.proofs.vc_jwt import open_token
from badges.report import Outcome

ISSUER = sample_issuer()
SIGNED = ISSUER.signed(sample_badge().to_json())
ODD: tuple[Any, ...] = (None, True, 7, "x", [], {}, [[]], ["x"], [{}], {"id": ["urn:x"]})
PROOF_MEMBERS = (*SIGNED["proof"], "id", "expires", "domain", "challenge", "previousProof", "nonce")
MORE = (
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "endorsement",
    "endorsementJwt",
    "relatedResource",
)


def with_odd(name: str, value: Any, *, proof: bool) -> dict[str, Any]:
    document = copy.deepcopy(SIGNED)
    (document["proof"] if proof else document)[name] = value
    return document


@pytest.mark.parametrize("name", PROOF_MEMBERS)
def test_an_odd_member_of_the_proof_is_an_answer(name: str) -> None:
    ISSUER.verify(SIGNED).require_valid()
    for value in ODD:
        odd = with_odd(name, value, proof=True)
        for proofs in (odd["proof"], [SIGNED["proof"], odd["proof"]]):
            report = ISSUER.verify({**odd, "proof": proofs})
            assert report.verdict.value != "valid", value
            json.dumps(report.to_json())


@pytest.mark.parametrize("name", [*(name for name in SIGNED if name != "proof"), *MORE])
def test_an_odd_member_of_the_badge_is_an_answer(name: str) -> None:
    for value in ODD:
        report = ISSUER.verify(with_odd(name, value, proof=False))
        assert report.verdict.value != "valid", value
        json.dumps(report.to_json())


def test_a_kind_of_proof_that_is_no_text_is_malformed() -> None:
    for name in ("type", "cryptosuite"):
        check = ISSUER.verify(with_odd(name, ["DataIntegrityProof"], proof=True)).check("proof")
        assert (check.outcome, check.code) == (Outcome.FAILED, "proof_malformed")


def test_no_context_at_all_is_named() -> None:
    check = ISSUER.verify(with_odd("@context", [], proof=False)).check("context")
    assert (check.outcome, check.code, check.path) == (Outcome.FAILED, "context_absent", "$.@context")


@pytest.mark.parametrize("name", ["type", "cryptosuite"])
def test_an_odd_proof_of_an_endorsement_informs(name: str) -> None:
    word = ENDORSER.signed(endorsement())
    badge = sample_badge().to_json()
    for value, code in ((word["proof"][name], Outcome.PASSED), ([word["proof"][name]], Outcome.FAILED)):
        badge["endorsement"] = [{**word, "proof": {**word["proof"], name: value}}]
        report = ISSUER.verify(ISSUER.signed(badge), ENDORSERS_DOCUMENT)
        assert report.check("endorsements").outcome is code


@pytest.mark.parametrize("name", ["alg", "typ", "kid", "jwk"])
def test_an_odd_member_of_a_tokens_header_is_an_answer(name: str) -> None:
    token = ISSUER.jwt(sample_badge().to_json())
    ISSUER.verify(token).require_valid()
    header, rest = open_token(token).header, token.partition(".")[2]
    for value in ODD:
        head = base64url_encode(json.dumps({**header, name: value}).encode())
        assert ISSUER.verify(f"{head}.{rest}").verdict.value != "valid", value
