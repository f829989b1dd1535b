"""Row B03: one badge has one ``@context`` array, whatever a stranger adds, removes or moves after signing."""

import copy
import json
from typing import Any

import pytest
from support.badge_samples import SampleIssuer, sample_badge, sample_issuer

from badges.canonical import primary
from badges.canonical.pinned import (
    CREDENTIALS_V1,
    DATA_INTEGRITY_V2,
    ED25519_2020_V1,
    MULTIKEY_V1,
    OPEN_BADGES_CONTEXTS,
    OPEN_BADGES_EXTENSIONS,
    pinned_contexts,
)
from badges.proofs import eddsa_rdfc_2022
from badges.proofs.eddsa_rdfc_2022 import without_proof

ISSUER: SampleIssuer = sample_issuer()
BADGE = sample_badge().to_json()
SIGNED = ISSUER.signed(BADGE)


def verdict_of(document: dict[str, Any]) -> tuple[str, str, str]:
    report = ISSUER.verify(document)
    return report.check("context").outcome.value, report.check("context").code, report.verdict.value


def with_contexts(document: dict[str, Any], *contexts: str) -> dict[str, Any]:
    return copy.deepcopy(document) | {"@context": [*contexts]}


CONTEXTS = BADGE["@context"]


@pytest.mark.parametrize("added", [OPEN_BADGES_EXTENSIONS, DATA_INTEGRITY_V2, ED25519_2020_V1, MULTIKEY_V1])
@pytest.mark.parametrize("known", [False, True])
def test_b03_an_idle_context_added_after_signing(added: str, known: bool) -> None:
    """It changes no statement, so the proof would hold; the array is not the badge's own all the same."""
    changed = with_contexts(SIGNED, *CONTEXTS, added)
    assert primary.canonical_form(without_proof(changed)) == primary.canonical_form(BADGE)
    if known:
        # The same shape with a proof that needs the context has been met before.
        ISSUER.verify(changed | {"proof": {**changed["proof"], "type": "Ed25519Signature2020"}})
    assert verdict_of(SIGNED)[2] == "valid"
    assert verdict_of(changed) == ("failed", "context_unneeded", "unsupported")
    assert ISSUER.verify(changed).claims is None


@pytest.mark.parametrize("added", sorted({*OPEN_BADGES_CONTEXTS, CREDENTIALS_V1} - set(CONTEXTS)))
def test_b03_another_first_or_second_context_has_no_third_place(added: str) -> None:
    outcome, code, verdict = verdict_of(with_contexts(SIGNED, *CONTEXTS, added))
    assert outcome == "failed"
    assert (code, verdict) in {
        ("context_unneeded", "unsupported"),
        ("context_conflict", "invalid"),
    }


def test_b03_a_needed_context_may_stand_there_and_must() -> None:
    entry = [{"id": "https://keystone.example/revocations", "type": "1EdTechRevocationList"}]
    needs = BADGE | {"@context": [*CONTEXTS, OPEN_BADGES_EXTENSIONS], "credentialStatus": entry}
    signed = ISSUER.signed(needs)
    assert verdict_of(signed)[:2] == ("passed", "ok")
    assert verdict_of(with_contexts(signed, *CONTEXTS)) == ("failed", "undefined_type", "invalid")
    twice = with_contexts(signed, *signed["@context"], OPEN_BADGES_EXTENSIONS)
    assert verdict_of(twice) == ("failed", "context_order", "invalid")


def older_badge(*further: str) -> dict[str, Any]:
    """A badge of the older model, which needs the context of its proof, and of its list."""
    older = {name: value for name, value in BADGE.items() if name not in {"validFrom", "awardedDate", "name"}}
    entry = [{"id": "https://keystone.example/revocations", "type": "1EdTechRevocationList"}]
    contexts = [CREDENTIALS_V1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", *further]
    return older | {"issuanceDate": BADGE["validFrom"], "@context": contexts, "credentialStatus": entry}


def test_b03_further_contexts_have_an_order() -> None:
    signed = ISSUER.signed(older_badge(OPEN_BADGES_EXTENSIONS, DATA_INTEGRITY_V2))
    assert verdict_of(signed)[:2] == ("passed", "ok")
    moved = with_contexts(signed, *signed["@context"][:2], DATA_INTEGRITY_V2, OPEN_BADGES_EXTENSIONS)
    assert primary.canonical_form(without_proof(moved)) == primary.canonical_form(without_proof(signed))
    assert verdict_of(moved) == ("failed", "context_order", "unsupported")


def test_b03_the_context_of_an_older_proof_is_needed_by_it() -> None:
    document = with_contexts(BADGE, *CONTEXTS, ED25519_2020_V1)
    options = {
        "type": "Ed25519Signature2020",
        "created": "2026-11-21T12:00:00Z",
        "verificationMethod": ISSUER.methods[0],
        "proofPurpose": "assertionMethod",
    }
    data = eddsa_rdfc_2022.data_to_sign(document, options)
    value = eddsa_rdfc_2022.multibase_encode(ISSUER.ed25519.sign(data))
    document["proof"] = {**options, "proofValue": value}
    assert verdict_of(document) == ("passed", "ok", "valid")
    document["proof"] = ISSUER.signed(without_proof(document))["proof"]
    assert verdict_of(document) == ("failed", "context_unneeded", "unsupported")


def test_b03_in_a_token_the_array_is_signed() -> None:
    token = ISSUER.jwt(with_contexts(BADGE, *CONTEXTS, OPEN_BADGES_EXTENSIONS))
    report = ISSUER.verify(token)
    assert report.verdict.value == "valid", json.dumps(report.to_json())


def test_every_pinned_context_has_a_place_of_its_own() -> None:
    assert set(pinned_contexts().documents) >= {*CONTEXTS, OPEN_BADGES_EXTENSIONS, DATA_INTEGRITY_V2}
