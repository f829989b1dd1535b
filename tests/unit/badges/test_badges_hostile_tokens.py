"""Rows B59 to B66: badges as JWT, with every part of the envelope bent once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from support.badge_samples import DID, NOW, RECIPIENT, sample_badge, sample_issuer

from badges.did import did_web_url, published_jwk
from badges.errors import ProofError
from badges.keys import public_jwk
from badges.multibase import base64url_decode, base64url_encode
from badges.proofs import vc_jwt
from badges.verify import Policy, Recipient, verify

ISSUER = sample_issuer()
ATTACKER = sample_issuer("did:web:attacker.example", b"a" * 32)
BADGE = sample_badge().to_json()
TOKEN = ISSUER.jwt(BADGE)


def segment(value: object) -> str:
    return base64url_encode(json.dumps(value).encode())


def token(
    header: dict[str, Any] | None = None, payload: dict[str, Any] | None = None, signer: Any = None
) -> str:
    """A token whose header and payload differ from the genuine ones, signed anew with the issuer's key."""
    signer = signer or ISSUER.rs256
    head = {"alg": "RS256", "kid": ISSUER.methods[1], "typ": "JWT"} if header is None else header
    body = {**BADGE, **vc_jwt.envelope_of(BADGE)} if payload is None else payload
    signing_input = f"{segment(head)}.{segment(body)}"
    return f"{signing_input}.{base64url_encode(signer.sign(signing_input.encode()))}"


def payload(**changes: Any) -> dict[str, Any]:
    return {**BADGE, **vc_jwt.envelope_of(BADGE), **changes}


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "RS256", "kid": ISSUER.methods[1], "typ": "JWT", **changes}


def without_kid(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in header(**changes).items() if name != "kid"}


@pytest.mark.parametrize(
    "source", [TOKEN, token(), f"  {TOKEN}\n", token(payload=payload(iat=1, aud="anyone"))]
)
def test_the_control_is_valid(source: str) -> None:
    report = ISSUER.verify(source, recipient=Recipient(RECIPIENT, "emailAddress"))
    assert report.verdict.value == "valid", report.to_json()
    assert report.form == "jwt"


def test_the_token_has_exactly_what_open_badges_asks() -> None:
    opened = vc_jwt.open_token(TOKEN)
    assert set(opened.header) == {"alg", "kid", "typ"}
    added = {name: value for name, value in opened.payload.items() if name not in BADGE}
    assert added == {
        "iss": DID,
        "jti": BADGE["id"],
        "sub": BADGE["credentialSubject"]["id"],
        "nbf": 1_795_167_000,
    }
    assert opened.credential == BADGE


def test_both_proofs_on_one_badge_must_hold() -> None:
    both = ISSUER.signed(BADGE)
    assert ISSUER.verify(ISSUER.jwt(both)).verdict.value == "valid"
    both["name"] = "Changed after the inner signature"
    assert ISSUER.verify(ISSUER.jwt(both)).check("proof").code == "signature"


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[], str]
    check: str
    code: str
    verdict: str = "invalid"


def bit_flipped() -> str:
    head, body, signature = TOKEN.split(".")
    data = bytearray(base64url_decode(signature))
    data[5] ^= 1
    return f"{head}.{body}.{base64url_encode(bytes(data))}"


def cut_short() -> str:
    head, body, signature = TOKEN.split(".")
    return f"{head}.{body}.{base64url_encode(base64url_decode(signature)[:-15])}"


def without(claim: str) -> dict[str, Any]:
    return {name: value for name, value in payload().items() if name != claim}


def made_up_sub() -> dict[str, Any]:
    """The badge knows its recipient by identities alone; the envelope names one all the same."""
    subject = {name: value for name, value in BADGE["credentialSubject"].items() if name != "id"}
    return payload(credentialSubject=subject)


def duplicate_claim() -> str:
    head, body, signature = TOKEN.split(".")
    text = base64url_decode(body).decode().replace("{", '{"iss":"did:web:x.example",', 1)
    return f"{head}.{base64url_encode(text.encode())}.{signature}"


CASES = [
    Case("B59 empty payload", lambda: token(payload={}), "shape", "empty"),
    Case("B60 iss", lambda: token(payload=payload(iss="did:web:x.example")), "proof", "envelope_mismatch"),
    Case("B60 no iss", lambda: token(payload=BADGE), "proof", "envelope_mismatch"),
    Case("B60 jti", lambda: token(payload=payload(jti="urn:uuid:x")), "proof", "envelope_mismatch"),
    Case("B60 sub", lambda: token(payload=payload(sub="urn:uuid:x")), "proof", "envelope_mismatch"),
    Case("B60 no jti", lambda: token(payload=without("jti")), "proof", "envelope_mismatch"),
    Case("B60 no sub", lambda: token(payload=without("sub")), "proof", "envelope_mismatch"),
    Case("B60 a sub of its own", lambda: token(payload=made_up_sub()), "proof", "envelope_mismatch"),
    Case("B61 no nbf", lambda: token(payload=without("nbf")), "proof", "envelope_dates"),
    Case("B61 nbf", lambda: token(payload=payload(nbf=1)), "proof", "envelope_dates"),
    Case("B61 exp", lambda: token(payload=payload(exp=1_900_000_000)), "proof", "envelope_dates"),
    Case("B61 exp as text", lambda: token(payload=payload(exp="soon")), "proof", "envelope_dates"),
    Case("B62 vc claim too", lambda: token(payload=payload(vc=BADGE)), "parse", "two_credentials"),
    Case("A01 none", lambda: token(header(alg="none")), "parse", "jwt_algorithm"),
    Case("A01 no signature", lambda: TOKEN.rsplit(".", 1)[0] + ".", "parse", "jwt_form"),
    Case("A02 HS256", lambda: token(header(alg="HS256")), "parse", "jwt_algorithm"),
    Case("A03 other algorithm", lambda: token(header(alg="ES256")), "proof", "signature"),
    Case("A03 PS256", lambda: token(header(alg="PS256")), "parse", "jwt_algorithm"),
    Case("A05 jku", lambda: token(header(jku="https://x.example")), "parse", "jwt_header"),
    Case("A06 x5u", lambda: token(header(x5u="https://x.example")), "parse", "jwt_header"),
    Case("A06 x5c", lambda: token(header(x5c=[])), "parse", "jwt_header"),
    Case("A07 kid of 64 KB", lambda: token(header(kid="k" * 65536)), "parse", "too_large"),
    Case("A07 kid as path", lambda: token(header(kid="../../dev/null")), "proof", "kid"),
    Case("A07 kid as SQL", lambda: token(header(kid="' OR 1=1")), "proof", "kid"),
    Case("A07 kid with NUL", lambda: token(header(kid="a\x00")), "parse", "nul_character"),
    Case("A08 kid surrogate", lambda: token(header(kid="\ud800")), "parse", "surrogate"),
    Case("A09 no kid", lambda: token(without_kid()), "parse", "jwt_header"),
    Case("A09 unknown kid", lambda: token(header(kid=f"{DID}#x")), "issuer_binding", "key_not_in_document"),
    Case("A10 crit", lambda: token(header(crit=["b64"])), "parse", "jwt_header"),
    Case("A10 b64", lambda: token(header(b64=False)), "parse", "jwt_header"),
    Case("A11 iss twice", duplicate_claim, "parse", "duplicate_key"),
    Case("A12 five parts", lambda: TOKEN + ".a.b", "parse", "jwt_form"),
    Case("A14 bit flipped", bit_flipped, "proof", "signature"),
    Case("A14 cut short", cut_short, "proof", "signature"),
    Case("A14 padding", lambda: TOKEN + "==", "parse", "jwt_form"),
    Case("B80 space inside", lambda: TOKEN.replace(".", ". ", 1), "parse", "syntax"),
    Case("typ", lambda: token(header(typ="at+jwt")), "parse", "jwt_header"),
    Case(
        "attacker's key", lambda: token(header(kid=ATTACKER.methods[1])), "issuer_binding", "issuer_mismatch"
    ),
    Case("private jwk", lambda: token(without_kid(jwk={"kty": "OKP", "d": "x"})), "proof", "private_jwk"),
    Case(
        "B63 jwk of nobody",
        lambda: token(
            without_kid(alg="ES256", jwk=public_jwk(ATTACKER.es256.public_key)), signer=ATTACKER.es256
        ),
        "issuer_binding",
        "key_not_bound",
        "issuer-unknown",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_token(case: Case) -> None:
    report = ISSUER.verify(case.make(), policy=Policy.any_issuer())
    assert (report.check(case.check).code, report.verdict.value) == (case.code, case.verdict), (
        report.to_json()
    )


def test_b63_a_key_in_the_header_that_the_issuer_publishes() -> None:
    source = token(without_kid(jwk=public_jwk(ISSUER.rs256.public_key)))
    assert ISSUER.verify(source).verdict.value == "valid"
    no_documents = verify(source, policy=Policy.trusting(DID), now=NOW)
    assert no_documents.check("issuer_binding").code == "key_not_bound"


def test_b64_kid_that_is_an_address() -> None:
    ours, theirs = "https://keystone.example/key.jwk", "https://attacker.example/key.jwk"
    for url, code, verdict in ((ours, "ok", "valid"), (theirs, "key_not_bound", "issuer-unknown")):
        jwk = published_jwk(ISSUER.rs256.public_key, kid=url)
        report = ISSUER.verify(token(header(kid=url)), {url: jwk})
        assert (report.check("issuer_binding").code, report.verdict.value) == (code, verdict)
    for document, code in (({"keys": []}, "jwk_set"), ({"kid": "x"}, "jwk_kid"), ({"kty": "oct"}, "jwk")):
        assert ISSUER.verify(token(header(kid=ours)), {ours: document}).check("issuer_binding").code == code
    assert ISSUER.verify(token(header(kid=ours))).verdict.value == "could-not-check"


def test_es256_and_eddsa_tokens() -> None:
    es256 = vc_jwt.sign(BADGE, signer=ISSUER.es256, kid=ISSUER.methods[2])
    assert ISSUER.verify(es256).verdict.value == "valid"
    eddsa = token({"alg": "EdDSA", "kid": ISSUER.methods[0], "typ": "JWT"}, signer=ISSUER.ed25519)
    assert ISSUER.verify(eddsa).verdict.value == "valid"


def test_vc_1_1_token_with_a_vc_claim() -> None:
    v1 = {name: value for name, value in BADGE.items() if name not in {"validFrom", "awardedDate"}}
    v1["@context"] = ["https://www.w3.org/2018/credentials/v1", BADGE["@context"][1]]
    v1["issuanceDate"] = BADGE["validFrom"]
    del v1["credentialStatus"]
    claims = vc_jwt.envelope_of(BADGE)
    report = ISSUER.verify(token(payload={**claims, "vc": v1}))
    assert report.verdict.value == "valid", report.to_json()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"credentialSubject": {"type": "AchievementSubject"}}, "jwt_needs"),
        ({"issuer": {}}, "jwt_needs"),
        ({"id": None}, "jwt_needs"),
    ],
)
def test_a_badge_that_cannot_be_a_token(change: dict[str, Any], code: str) -> None:
    with pytest.raises(ProofError) as refused:
        vc_jwt.sign({**BADGE, **change}, signer=ISSUER.rs256, kid="did:web:x#y")
    assert refused.value.code == code


def test_only_rs256_and_es256_are_written() -> None:
    with pytest.raises(ProofError, match="jwt_algorithm"):
        vc_jwt.sign(BADGE, signer=ISSUER.ed25519, kid="did:web:x#y")


def test_expiry_is_repeated_in_the_envelope() -> None:
    until = {**BADGE, "validUntil": "2026-11-21T00:00:00Z"}
    assert vc_jwt.open_token(ISSUER.jwt(until)).payload["exp"] == 1_795_219_200
    assert ISSUER.verify(ISSUER.jwt(until)).verdict.value == "expired"


def test_b61_the_end_may_stand_in_the_credential_alone() -> None:
    until = {**payload(), "validUntil": "2026-11-21T00:00:00Z"}
    assert ISSUER.verify(token(payload=until)).verdict.value == "expired"


def test_the_did_document_is_where_did_web_says() -> None:
    assert did_web_url(DID) == "https://keystone.example/issuers/north/did.json"
