"""Templates sign the very bytes that signing the whole badge would."""

import json
from typing import Any

import pytest
from support.badge_samples import NOW, sample_badge, sample_issuer

from badges.errors import BadgeError, ModelError, ProofError
from badges.proofs import eddsa_rdfc_2022
from badges.template import BadgeTemplate

ISSUER = sample_issuer()
SLOTS = (
    "$.id",
    "$.validFrom",
    "$.credentialSubject.id",
    "$.credentialSubject.identifier[0].identityHash",
    "$.credentialSubject.identifier[0].salt",
    "$.credentialSubject.narrative",
    "$.credentialSubject.result[0].achievedLevel",
    "$.evidence[1].narrative",
    "$.credentialStatus[0].id",
    "$.credentialStatus[0].statusListIndex",
)
TEMPLATE = BadgeTemplate.compile(sample_badge(), SLOTS)
STAMP = TEMPLATE.stamp(signer=ISSUER.ed25519, verification_method=ISSUER.methods[0], created=NOW)
LEVEL = "https://keystone.example/achievements/7/criteria/1/4"


def values(**changes: str) -> list[str]:
    chosen = {
        "id": "urn:uuid:9",
        "from": "2026-11-20T00:00:00Z",
        "subject": "urn:uuid:8",
        "hash": "sha256$00",
        "salt": "abc",
        "narrative": "Led a team.",
        "level": LEVEL,
        "evidence": "What we saw.",
        "status": "https://keystone.example/status/1#7",
        "index": "7",
    }
    return list((chosen | changes).values())


def whole(filled: dict[str, Any]) -> dict[str, Any]:
    return eddsa_rdfc_2022.sign(
        filled, signer=ISSUER.ed25519, verification_method=ISSUER.methods[0], created=NOW
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"narrative": 'Quotes " and \\ and \n\t\x0b\x7f \u2028 é 😀 {0} %s'},
        {"salt": "abc", "evidence": "abc", "narrative": "abc"},
        {"id": "urn:uuid:8"},
        {"id": "https://keystone.example/achievements/7"},
        {"subject": "did:web:keystone.example:issuers:north"},
    ],
)
def test_template_and_whole_document_give_the_same_badge(changes: dict[str, str]) -> None:
    chosen = values(**changes)
    issued = json.loads(TEMPLATE.issue(chosen, STAMP))
    assert issued == whole(TEMPLATE.filled(chosen))
    assert issued["id"] == chosen[0]


def test_an_issued_badge_is_valid() -> None:
    assert TEMPLATE.canonical_text is not None
    assert ISSUER.verify(TEMPLATE.issue(values(), STAMP)).verdict.value == "valid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "no IRI"}, "template_value"),
        ({"id": "type:x"}, "template_value"),
        ({"from": "today"}, "instant"),
        ({"narrative": "\ufffe"}, "character_not_portable"),
    ],
)
def test_values_that_do_not_belong_into_their_slot(changes: dict[str, str], code: str) -> None:
    TEMPLATE.issue(values(), STAMP)
    with pytest.raises(BadgeError) as refused:
        TEMPLATE.issue(values(**changes), STAMP)
    assert refused.value.code == code


def test_slots_have_to_be_texts_in_order() -> None:
    with pytest.raises(ModelError, match="template_value"):
        TEMPLATE.issue(values()[1:], STAMP)
    for slots in (["$.nothing"], ["$.validFrom", "$.id"]):
        with pytest.raises(ModelError, match="template_slot"):
            BadgeTemplate.compile(sample_badge(), slots)


def test_signers_are_checked() -> None:
    with pytest.raises(ProofError, match="signer"):
        TEMPLATE.stamp(signer=ISSUER.es256, verification_method="did:key:z#z", created=NOW)
