"""Rows B01 to B35 and B59 to B68 of the attack list: one genuine badge, one mutation, one exact answer."""

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.badge_samples import DID, NOW, SampleIssuer, sample_badge, sample_issuer

from badges.did import did_key, did_key_method
from badges.multibase import multibase_encode
from badges.proofs import eddsa_rdfc_2022

Document = dict[str, Any]
ATTACKER = sample_issuer("did:web:attacker.example", b"a" * 32)
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@dataclass(frozen=True)
class Case:
    """One mutation of the signed badge, and the check that must fail with which code."""

    name: str
    mutate: Callable[[Document], Any]
    check: str
    code: str
    verdict: str = "invalid"


def setting(path: str, value: Any) -> Callable[[Document], None]:
    """A mutation that sets one member; numbers in the path are array places."""

    def mutate(document: Document) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        place: Any = document
        for part in way:
            place = place[part]
        place[last] = value

    return mutate


def swapped_contexts(document: Document) -> None:
    document["@context"].reverse()


def graph_of_two(document: Document) -> None:
    subject = document.pop("credentialSubject")
    document["@graph"] = [subject]


def reversed_subject(document: Document) -> None:
    document["credentialSubject"]["@reverse"] = {"credentialSubject": {"id": "urn:uuid:other"}}


def full_iri_name(document: Document) -> None:
    document["https://schema.org/name"] = document.pop("name")


def both_ids(document: Document) -> None:
    document["@id"] = "urn:uuid:other"


def both_types(document: Document) -> None:
    document["@type"] = ["VerifiableCredential"]


def proof_of_another_badge(document: Document) -> None:
    other = sample_badge().to_json() | {"id": "urn:uuid:22222222-0000-4000-8000-000000000002"}
    document["proof"] = sample_issuer().signed(other)["proof"]


def proof_by_the_attacker(document: Document) -> None:
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    document["proof"] = ATTACKER.signed(unsigned)["proof"]


def key_in_the_fragment(document: Document) -> None:
    """The attacker signs with a key that stands in the fragment of the victim's DID."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    multikey = did_key(ATTACKER.ed25519.public_key).removeprefix("did:key:")
    document["proof"] = eddsa_rdfc_2022.sign(
        unsigned, signer=ATTACKER.ed25519, verification_method=f"{DID}#{multikey}", created=NOW
    )["proof"]


def issuer_of_the_victim_with_a_did_key(document: Document) -> None:
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    document["proof"] = eddsa_rdfc_2022.sign(
        unsigned,
        signer=ATTACKER.ed25519,
        verification_method=did_key_method(ATTACKER.ed25519.public_key),
        created=NOW,
    )["proof"]


def second_proof_bad(document: Document) -> None:
    bad = {**document["proof"], "proofValue": multibase_encode(bytes(64))}
    document["proof"] = [document["proof"], bad]


def a_hundred_proofs(document: Document) -> None:
    document["proof"] = [document["proof"]] * 100


def a_thousand_proofs(document: Document) -> None:
    document["proof"] = [document["proof"]] * 1000


def proof_loop(document: Document) -> None:
    document["proof"] |= {"id": "urn:proof:1", "previousProof": "urn:proof:1"}


def result_as_text(document: Document) -> None:
    document["credentialSubject"]["result"] = "A+"


def credits_as_text(document: Document) -> None:
    document["credentialSubject"]["creditsEarned"] = "2.5"


def evidence_split(document: Document) -> None:
    """The same statements, written as two pieces of evidence."""
    whole = document["evidence"][0]
    name = whole.pop("name")
    document["evidence"].append({"id": whole["id"], "type": whole["type"], "name": name})


def presentation(document: Document) -> None:
    inner = copy.deepcopy(document)
    document.clear()
    document |= {
        "@context": inner["@context"],
        "type": "VerifiablePresentation",
        "verifiableCredential": [inner],
    }


INLINE = [{"bonus": "https://attacker.example/bonus"}]
CASES = [
    Case("B01 undefined term", setting("credentialSubject/grade", "A+"), "context", "undefined_term"),
    Case("B01 undefined number", setting("credentialSubject/points", 5), "context", "undefined_term"),
    Case(
        "B02 inline context",
        setting("@context", [*sample_badge().context, *INLINE]),
        "shape",
        "inline_context",
        "unsupported",
    ),
    Case("B03 contexts swapped", swapped_contexts, "context", "context_order"),
    Case("B03 context twice", setting("@context", [*sample_badge().context, OB]), "context", "context_order"),
    Case(
        "B04 context in other case",
        setting("@context/1", OB.upper()),
        "context",
        "context_not_pinned",
        "unsupported",
    ),
    Case(
        "B04 context with fragment",
        setting("@context/1", OB + "#"),
        "context",
        "context_not_pinned",
        "unsupported",
    ),
    Case(
        "B05 attacker's context",
        setting("@context/1", "https://attacker.example/c"),
        "context",
        "context_not_pinned",
        "unsupported",
    ),
    Case(
        "B06 vocab in context",
        setting("@context/1", {"@vocab": "urn:x#"}),
        "shape",
        "inline_context",
        "unsupported",
    ),
    Case(
        "B06 base in context",
        setting("@context/1", {"@base": "urn:x#"}),
        "shape",
        "inline_context",
        "unsupported",
    ),
    Case(
        "B07 context in evidence",
        setting("evidence/0/@context", OB),
        "shape",
        "nested_context",
        "unsupported",
    ),
    Case("B08 graph", graph_of_two, "shape", "keyword", "unsupported"),
    Case("B09 reverse", reversed_subject, "shape", "keyword", "unsupported"),
    Case("B10 included", setting("@included", [{"id": "urn:x"}]), "shape", "keyword", "unsupported"),
    Case("B11 nest", setting("@nest", {"name": "Mallory"}), "shape", "keyword", "unsupported"),
    Case("B12 full IRI key", full_iri_name, "shape", "full_iri_key", "unsupported"),
    Case("B13 id twice", both_ids, "shape", "id_twice"),
    Case("B13 type twice", both_types, "shape", "type_twice"),
    Case("B14 credits as text", credits_as_text, "schema", "model"),
    Case("B14 result as text", result_as_text, "schema", "model"),
    Case("null", setting("name", None), "shape", "null"),
    Case("empty array", setting("credentialSubject/result", []), "shape", "empty"),
    Case("changed name", setting("name", "Another Keystone"), "proof", "signature"),
    Case("changed number", setting("credentialSubject/creditsEarned", 3.5), "proof", "signature"),
    Case("result removed", lambda d: d["credentialSubject"]["result"].pop(), "proof", "signature"),
    Case(
        "level not described",
        setting("credentialSubject/result/0/achievedLevel", "urn:x:9"),
        "subject",
        "level_not_described",
    ),
    Case(
        "result not described",
        setting("credentialSubject/result/0/resultDescription", "urn:x:9"),
        "subject",
        "result_not_described",
    ),
    Case("one node described twice", evidence_split, "shape", "described_twice", "unsupported"),
    Case("B24 other purpose", setting("proof/proofPurpose", "authentication"), "proof", "proof_purpose"),
    Case("B27 key in fragment", key_in_the_fragment, "issuer_binding", "key_not_in_document"),
    Case(
        "B28 did:key with other fragment",
        setting("proof/verificationMethod", "did:key:z6MkA#z6MkB"),
        "issuer_binding",
        "issuer_mismatch",
    ),
    Case("B29 attacker's own did", proof_by_the_attacker, "issuer_binding", "issuer_mismatch"),
    Case("B29 attacker's did:key", issuer_of_the_victim_with_a_did_key, "issuer_binding", "issuer_mismatch"),
    Case("B32 another badge's proof", proof_of_another_badge, "proof", "signature"),
    Case("B33 one bad proof of two", second_proof_bad, "proof", "signature"),
    Case("B33 a hundred proofs", a_hundred_proofs, "proof", "too_many_proofs"),
    Case("B33 a thousand proofs", a_thousand_proofs, "proof", "too_many_proofs"),
    Case("B33 proof chain loop", proof_loop, "proof", "signature"),
    Case(
        "B34 unknown suite",
        setting("proof/cryptosuite", "eddsa-jcs-2022"),
        "proof",
        "cryptosuite_unknown",
        "unsupported",
    ),
    Case(
        "B34 types mixed",
        setting("proof/type", "Ed25519Signature2020"),
        "proof",
        "cryptosuite_unknown",
        "unsupported",
    ),
    Case(
        "B35 proof from the future",
        setting("proof/created", "2027-01-01T00:00:00Z"),
        "proof",
        "proof_from_future",
    ),
    Case("B35 proof expired", setting("proof/expires", "2026-01-01T00:00:00Z"), "proof", "proof_expired"),
    Case(
        "B35 proof for one domain",
        setting("proof/domain", "x.example"),
        "proof",
        "proof_bound_elsewhere",
        "could-not-check",
    ),
    Case("B67 date without zone", setting("validFrom", "2026-11-20T09:30:00"), "schema", "model"),
    Case("B67 leap second", setting("validFrom", "2026-11-20T09:30:60Z"), "schema", "model"),
    Case("B67 year zero", setting("validFrom", "0000-11-20T09:30:00Z"), "schema", "model"),
    Case("B67 year 10000", setting("validFrom", "10000-11-20T09:30:00Z"), "schema", "model"),
    Case("B68 not a badge", setting("type", ["VerifiableCredential"]), "type", "not_a_badge"),
    Case("B68 presentation", presentation, "type", "presentation", "unsupported"),
    Case(
        "B68 learner record",
        setting("type", ["VerifiableCredential", "ClrCredential"]),
        "type",
        "comprehensive_record",
        "unsupported",
    ),
    Case(
        "B68 Open Badges 2.0",
        setting("@context", "https://w3id.org/openbadges/v2"),
        "type",
        "open_badges_2",
        "unsupported",
    ),
    Case("relative id", setting("evidence/0/id", "photographs"), "context", "relative_iri"),
    Case("malformed id", setting("evidence/0/id", "https://x.example/<script>"), "context", "malformed_iri"),
    Case("unsigned", lambda d: d.pop("proof"), "proof", "unsigned"),
]


@pytest.fixture(scope="module")
def issuer() -> SampleIssuer:
    return sample_issuer()


@pytest.fixture(scope="module")
def genuine(issuer: SampleIssuer) -> Iterator[Document]:
    badge = issuer.signed(sample_badge().to_json())
    untouched = copy.deepcopy(badge)
    yield badge
    assert badge == untouched


def test_the_control_is_valid(issuer: SampleIssuer, genuine: Document) -> None:
    report = issuer.verify(genuine)
    assert report.verdict.value == "valid", report.to_json()
    assert report.claims is not None
    assert report.claims.hours == "26.5"
    assert [result.level for result in report.claims.results] == ["Accomplished"] * 3 + [None]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_document(case: Case, issuer: SampleIssuer, genuine: Document) -> None:
    mutated = copy.deepcopy(genuine)
    case.mutate(mutated)
    report = issuer.verify(mutated)
    check = report.check(case.check)
    assert (check.code, report.verdict.value) == (case.code, case.verdict), report.to_json()
    assert report.claims is None
    assert check.sentence("en") != check.sentence("es")


def clique(size: int) -> list[Document]:
    """Nodes without names, each of which points at all the others, in the words of the pinned contexts."""
    names = [f"_:n{n}" for n in range(size)]
    return [
        {"id": name, "type": "Achievement", "related": [{"id": other} for other in names if other != name]}
        for name in names
    ]


@pytest.mark.parametrize("size", [8, 10])
def test_b20_b21_clique_of_blank_nodes_is_refused_within_a_second(
    size: int, issuer: SampleIssuer, genuine: Document
) -> None:
    mutated = copy.deepcopy(genuine) | {"termsOfUse": clique(size)}
    began = time.process_time()
    report = issuer.verify(mutated)
    assert time.process_time() - began < 1
    assert report.check("proof").code == "canonicalization_budget"
    assert report.verdict.value == "invalid"
    assert report.claims is None


def test_moving_the_issuers_name_changes_nothing_that_is_shown(
    issuer: SampleIssuer, genuine: Document
) -> None:
    """The issuer is also the creator; where its name and address are written is not signed."""
    moved = copy.deepcopy(genuine)
    creator = moved["credentialSubject"]["achievement"]["creator"]
    creator["url"] = moved["issuer"].pop("url")
    del moved["issuer"]["name"]
    report = issuer.verify(moved)
    assert report.verdict.value == "valid"
    assert report.claims == issuer.verify(genuine).claims


def test_b23_thousands_of_blank_nodes_end_soon(issuer: SampleIssuer, genuine: Document) -> None:
    star = [{"type": "Achievement", "name": "one of many"} for _ in range(3000)]
    began = time.process_time()
    report = issuer.verify(copy.deepcopy(genuine) | {"termsOfUse": star})
    assert time.process_time() - began < 2
    assert report.verdict.value == "invalid"
