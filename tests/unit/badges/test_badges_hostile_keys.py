"""Rows B25, B26, B30 and B45: key documents that are not what they should be."""

from collections.abc import Callable
from typing import Any

import pytest
from support.badge_samples import DID, SampleIssuer, sample_badge, sample_issuer

from badges.did import did_key
from badges.keys import InMemoryEd25519
from badges.verify import Policy

Document = dict[str, Any]
ATTACKER = sample_issuer("did:web:attacker.example", b"a" * 32)


def setting(path: str, value: Any) -> Callable[[Document], None]:
    """A mutation that sets one member; numbers in the path are array places."""

    def mutate(document: Document) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        place: Any = document
        for part in way:
            place = place[part]
        place[last] = value

    return mutate


@pytest.fixture(scope="module")
def issuer() -> SampleIssuer:
    return sample_issuer()


@pytest.fixture(scope="module")
def genuine(issuer: SampleIssuer) -> Document:
    return issuer.signed(sample_badge().to_json())


def test_b25_key_for_authentication_only(issuer: SampleIssuer, genuine: Document) -> None:
    document = issuer.did_document
    key = document["assertionMethod"].pop(0)
    document["authentication"] = [key]
    report = issuer.verify(genuine, {"https://keystone.example/issuers/north/did.json": document})
    assert report.check("issuer_binding").code == "key_not_for_assertion"
    assert report.verdict.value == "invalid"


DID_URL = "https://keystone.example/issuers/north/did.json"


def changed_did(change: Callable[[Document], Any]) -> dict[str, Document]:
    document = sample_issuer().did_document
    change(document)
    return {DID_URL: document}


DID_CASES: list[tuple[str, Callable[[Document], Any], str]] = [
    (
        "B26 other controller",
        setting("verificationMethod/0/controller", "did:web:other.example"),
        "controller_mismatch",
    ),
    ("B45 other document", setting("id", "did:web:other.example"), "did_mismatch"),
    (
        "B45 key of unknown type",
        setting("verificationMethod/0/type", "X25519KeyAgreementKey2020"),
        "method_type",
    ),
    (
        "B45 10,000 keys",
        lambda d: setting("verificationMethod", d["verificationMethod"] * 3334)(d),
        "key_document",
    ),
    (
        "B45 duplicate ids",
        lambda d: d["verificationMethod"].append(d["verificationMethod"][0]),
        "duplicate_key_id",
    ),
    ("key withdrawn", setting("verificationMethod/0/revoked", "2026-11-01T00:00:00Z"), "key_revoked"),
    ("key expired", setting("verificationMethod/0/expires", "2026-11-01T00:00:00Z"), "key_expired"),
]


@pytest.mark.parametrize(("name", "change", "code"), DID_CASES, ids=[case[0] for case in DID_CASES])
def test_hostile_did_document(
    name: str, change: Callable[[Document], Any], code: str, issuer: SampleIssuer, genuine: Document
) -> None:
    report = issuer.verify(genuine, changed_did(change))
    codes = {report.check("issuer_binding").code, report.check("proof").code}
    assert code in codes, (name, report.to_json())
    assert report.verdict.value == "invalid"


def test_retired_key_keeps_old_badges_valid(issuer: SampleIssuer, genuine: Document) -> None:
    def add_newer_key(document: Document) -> None:
        newer = InMemoryEd25519.from_seed(b"n" * 32)
        entry = {**document["verificationMethod"][0], "id": f"{DID}#newer"}
        entry["publicKeyMultibase"] = did_key(newer.public_key).removeprefix("did:key:")
        document["verificationMethod"].insert(0, entry)
        document["assertionMethod"].insert(0, entry["id"])

    assert issuer.verify(genuine, changed_did(add_newer_key)).verdict.value == "valid"


def test_b30_a_known_body_s_name_on_an_unknown_issuer() -> None:
    """The attacker signs a sound badge that calls its issuer by the victim's name."""
    badge = ATTACKER.signed(sample_badge(ATTACKER.did, status=False).to_json())
    report = ATTACKER.verify(badge, policy=Policy.trusting(DID))
    assert report.verdict.value == "issuer-unknown"
    assert report.check("proof").outcome.value == "passed"
