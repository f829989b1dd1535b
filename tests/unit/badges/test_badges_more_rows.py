"""Rows of the threat list that no other file holds: numbers, graphs, caches, people, dates, wrappers."""

import copy
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.badge_samples import DID, NOW, RECIPIENT, sample_badge, sample_issuer
from test_badges_baking import END, HEADER, PIXELS, PNG, png, text_chunk
from test_badges_hostile_keys import DID_URL

from badges.did import did_key, did_key_method
from badges.documents import MemoryDocuments
from badges.model import EndorsementCredential, EndorsementSubject, Profile
from badges.proofs import eddsa_rdfc_2022
from badges.verify import Policy, Recipient, verify

Document = dict[str, Any]
ISSUER = sample_issuer()
ENDORSER = sample_issuer("did:web:union.example", b"e" * 32)
BADGE = sample_badge().to_json()
GENUINE = ISSUER.signed(BADGE)


def test_b14_one_number_has_one_reading() -> None:
    """3 and 3.0 are the same statement, and the page shows the same; another number is another statement."""
    document = copy.deepcopy(BADGE)
    document["credentialSubject"]["creditsEarned"] = 3
    text = json.dumps(ISSUER.signed(document))
    shown = []
    for spelling in ("3", "3.0", "3.00", "30e-1"):
        report = ISSUER.verify(text.replace('"creditsEarned": 3', f'"creditsEarned": {spelling}'))
        assert report.verdict.value == "valid", spelling
        assert report.claims is not None
        shown.append(report.claims.credits)
    assert shown == [3] * 4
    for spelling in ("1e21", "3.1", "true", '"3"'):
        changed = text.replace('"creditsEarned": 3', f'"creditsEarned": {spelling}')
        assert ISSUER.verify(changed).verdict.value == "invalid", spelling


def ring(size: int) -> list[Document]:
    """Nodes without names in a circle: each looks like every other until the whole circle was walked."""
    names = [f"_:n{n}" for n in range(size)]
    return [
        {"id": name, "type": "Achievement", "related": [{"id": names[(n + 1) % size]}]}
        for n, name in enumerate(names)
    ]


@pytest.mark.parametrize("size", [3, 7])
def test_b22_what_can_be_told_apart_is_signed_and_verified(size: int) -> None:
    signed = ISSUER.signed(BADGE | {"termsOfUse": ring(size)})
    assert ISSUER.verify(signed).verdict.value == "valid"
    changed = copy.deepcopy(signed)
    changed["termsOfUse"][0]["related"] = [{"id": "_:n2"}]
    assert ISSUER.verify(changed).check("proof").code == "signature"


def test_b23_a_long_chain_of_nodes_without_names() -> None:
    chain: Document = {"type": "Achievement", "name": "the last"}
    for _ in range(40):
        chain = {"type": "Achievement", "related": [chain]}
    began = time.process_time()
    report = ISSUER.verify(GENUINE | {"termsOfUse": [chain]})
    assert time.process_time() - began < 2
    assert (report.check("parse").code, report.verdict.value) == ("too_deep", "invalid")


def of_did_key(fragment: str) -> Document:
    key = ENDORSER.ed25519
    issuer = did_key(key.public_key)
    document = sample_badge(issuer, status=False).to_json()
    method = did_key_method(key.public_key)
    signed = eddsa_rdfc_2022.sign(document, signer=key, verification_method=method, created=NOW)
    signed["proof"]["verificationMethod"] = f"{issuer}#{fragment}" if fragment else method
    return signed


def test_b28_a_did_key_has_only_its_own_fragment() -> None:
    policy = Policy.any_issuer()
    assert ISSUER.verify(of_did_key(""), policy=policy).verdict.value == "valid"
    other = did_key(ISSUER.ed25519.public_key).removeprefix("did:key:")
    report = ISSUER.verify(of_did_key(other), policy=policy)
    assert (report.check("issuer_binding").code, report.verdict.value) == ("key_not_in_document", "invalid")


@pytest.mark.parametrize(
    "host", ["keyston\u0435.example", "keystone.exam\u202eple", "key\u200bstone.example", "KEYSTONE.example"]
)
def test_b31_a_host_that_only_looks_alike_is_no_did(host: str) -> None:
    """Only the ASCII form of a host is a did:web, so a look-alike has to show itself as xn--."""
    lookalike = f"did:web:{host}:issuers:north"
    changed = json.loads(json.dumps(GENUINE).replace(json.dumps(DID)[1:-1], json.dumps(lookalike)[1:-1]))
    report = ISSUER.verify(changed, policy=Policy.any_issuer())
    assert (report.verdict.value, report.claims) == ("invalid", None)
    assert (report.check("issuer_binding").number, report.check("issuer_binding").code) == (10, "did_syntax")


def test_b46_an_error_page_is_not_remembered() -> None:
    """Each verification asks anew, and what is kept of a document is kept by its bytes."""
    for page, code in (
        (b"<html>503</html>", "key_document"),
        (b'{"id":"did:web:x.example"}', "did_mismatch"),
    ):
        report = ISSUER.verify(GENUINE, {DID_URL: page})
        assert report.check("issuer_binding").code == code
        assert report.verdict.value == "invalid"
        assert ISSUER.verify(GENUINE).verdict.value == "valid"


@pytest.mark.parametrize(
    ("text", "check", "code"), [("{}", "shape", "empty"), ("[]", "parse", "not_an_object")]
)
def test_b59_any_json_in_a_picture_is_no_badge(text: str, check: str, code: str) -> None:
    good = png(HEADER, text_chunk(json.dumps(GENUINE)), PIXELS, END)
    assert ISSUER.verify(good).verdict.value == "valid"
    report = ISSUER.verify(png(HEADER, text_chunk(text), PIXELS, END))
    assert (report.check(check).code, report.verdict.value) == (code, "invalid")


def about(**identity: Any) -> Document:
    document = copy.deepcopy(BADGE)
    document["credentialSubject"]["identifier"] = [document["credentialSubject"]["identifier"][0] | identity]
    return ISSUER.signed(document)


def hashed(text: str, kind: str = "sha256") -> str:
    return f"{kind}${hashlib.new(kind, text.encode()).hexdigest()}"


def salted(salt: str, kind: str = "sha256") -> Document:
    return {"salt": salt, "identityHash": hashed(RECIPIENT + salt, kind)}


MATCHING: list[tuple[str, Document]] = [
    ("as it is", {}),
    ("empty salt", salted("")),
    ("upper case", {"identityHash": hashed(RECIPIENT + "5b1c7e").upper().replace("SHA256", "sha256")}),
    ("not hashed", {"hashed": False, "identityHash": RECIPIENT}),
    ("md5, which the standard allows", salted("5b1c7e", "md5")),
]
DIFFERENT: list[tuple[str, Document]] = [
    ("another salt", {"salt": "other"}),
    ("a megabyte of salt", salted("5" * 1_000_000)),
    ("an unknown hash", {"identityHash": "crc32$" + "0" * 8}),
    ("a hash without its kind", {"identityHash": hashed(RECIPIENT + "5b1c7e").partition("$")[2]}),
    ("hashed as if it were not", {"hashed": False}),
    ("the hash typed as a name", {"hashed": False, "identityHash": hashed(RECIPIENT + "5b1c7e")}),
]


@pytest.mark.parametrize(("name", "identity"), MATCHING, ids=[case[0] for case in MATCHING])
def test_b66_whose_badge_it_is(name: str, identity: Document) -> None:
    report = ISSUER.verify(about(**identity), recipient=Recipient(RECIPIENT))
    assert report.verdict.value == "valid", (name, report.to_json())


@pytest.mark.parametrize(("name", "identity"), DIFFERENT, ids=[case[0] for case in DIFFERENT])
def test_b66_whose_badge_it_is_not(name: str, identity: Document) -> None:
    report = ISSUER.verify(about(**identity), recipient=Recipient(RECIPIENT))
    found = report.check("recipient")
    assert (found.number, found.code) == (15, "recipient_does_not_match"), name
    assert report.verdict.value == "wrong-recipient"
    assert RECIPIENT not in json.dumps(report.check("recipient").to_json())


DATES: list[tuple[str, Document, str, str]] = [
    ("future", {"validFrom": "2026-12-01T00:00:00Z"}, "not_yet_valid", "not-yet-valid"),
    ("past", {"validUntil": "2026-11-21T11:59:59Z"}, "expired", "expired"),
    ("ends before it begins", {"validUntil": "2026-11-01T00:00:00Z"}, "dates_contradict", "invalid"),
]


@pytest.mark.parametrize(("name", "dates", "code", "verdict"), DATES, ids=[case[0] for case in DATES])
def test_b67_dates(name: str, dates: Document, code: str, verdict: str) -> None:
    assert ISSUER.verify(GENUINE).verdict.value == "valid"
    report = ISSUER.verify(ISSUER.signed(BADGE | dates))
    assert (report.check("dates").number, report.check("dates").code) == (14, code), name
    assert report.verdict.value == verdict


def endorsement(of: str, depth: int) -> Document:
    """An endorsement that is endorsed, and so on."""
    document = EndorsementCredential(
        id=f"urn:uuid:33333333-0000-4000-8000-{depth:012}",
        name="Endorsement",
        issuer=Profile(id=ENDORSER.did, name="Union of Principals"),
        valid_from=NOW,
        credential_subject=EndorsementSubject(id=of, endorsement_comment="We know this work."),
    ).to_json()
    if depth:
        document["endorsement"] = [endorsement(document["id"], depth - 1)]
    return ENDORSER.signed(document)


def test_b70_endorsements_of_endorsements_are_not_followed() -> None:
    """Ten deep is deeper than any document may be; three deep, the outermost alone is looked at."""
    documents = {"https://union.example/.well-known/did.json": ENDORSER.did_document}
    target = BADGE["credentialSubject"]["achievement"]["id"]
    three = ISSUER.signed(BADGE | {"endorsement": [endorsement(target, 2)]})
    report = ISSUER.verify(three, documents)
    assert (report.verdict.value, report.check("endorsements").evidence.get("count")) == ("valid", "1")
    deep = GENUINE | {"endorsement": [endorsement(target, 10)]}
    assert ISSUER.verify(deep, documents).verdict.value == "invalid"


TEXT = json.dumps(GENUINE).encode()
WRAPPERS: list[tuple[str, Callable[[], bytes], str]] = [
    ("data address", lambda: b"data:application/json," + TEXT, "syntax"),
    ("JSON and then a PNG", lambda: TEXT + PNG, "encoding"),
    ("PNG and then JSON", lambda: png(HEADER, text_chunk(TEXT.decode()), PIXELS, END) + TEXT, "png_trailing"),
    ("two JSON texts", lambda: TEXT + b"\n" + TEXT, "syntax"),
    ("JSON in JSON", lambda: json.dumps(TEXT.decode()).encode(), "not_an_object"),
    ("a zip of it", lambda: b"PK\x03\x04" + TEXT, "syntax"),
    ("a form of it", lambda: b"badge=" + TEXT, "syntax"),
    ("an https address", lambda: b"https://keystone.example/badges/1", "address"),
]


@pytest.mark.parametrize(("name", "make", "code"), WRAPPERS, ids=[case[0] for case in WRAPPERS])
def test_b80_what_a_file_is_by_its_content(name: str, make: Callable[[], bytes], code: str) -> None:
    assert ISSUER.verify(TEXT.decode()).verdict.value == "valid"
    report = ISSUER.verify(make())
    assert (report.check("parse").number, report.check("parse").code) == (1, code), name
    assert report.verdict.value == "invalid"
    assert report.unreadable
    assert "could not be read" in report.sentence("en")
    assert "no se pudo leer" in report.sentence("es")


def test_b80_the_same_text_from_a_camera_is_the_same_badge() -> None:
    """What a QR code held comes as text, with line ends of its own."""
    assert ISSUER.verify("\r\n " + TEXT.decode() + "\r\n").verdict.value == "valid"
    assert ISSUER.verify("\n" + ISSUER.jwt(BADGE) + " \n").verdict.value == "valid"


def test_what_could_not_be_read_is_not_called_false() -> None:
    """Broken is one thing and forged another; only of what was read is it said that it is not genuine."""
    unreadable = ISSUER.verify(TEXT[:-5])
    forged = ISSUER.verify(GENUINE | {"name": "Another"})
    assert unreadable.verdict is forged.verdict
    assert "not genuine" in forged.sentence("en")
    assert "not genuine" not in unreadable.sentence("en")
    assert "damaged, cut short" in unreadable.check("parse").sentence("en")
    assert "dañada, cortada" in unreadable.check("parse").sentence("es")


def test_no_sentence_speaks_like_a_parser() -> None:
    """Places, byte counts and the words of parsers stay in the evidence."""
    broken = [TEXT[:-5], b"\xff" + TEXT, b"a.b.c", b"<svg", PNG[:40], TEXT.replace(b":", b";", 1)]
    for source in broken:
        check = verify(source, policy=Policy.any_issuer(), now=NOW, fetcher=MemoryDocuments({})).check(
            "parse"
        )
        assert check.evidence["reason"]
        assert check.evidence["reason"] not in check.sentence("en")
        for word in ("JSON", "JWS", "base64", "line ", "column", "byte ", "token:", "Traceback"):
            assert word not in check.sentence("en") + check.sentence("es")
