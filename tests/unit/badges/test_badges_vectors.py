"""Other people's vectors: W3C EdDSA suites bit for bit, and the W3C cases of RDFC-1.0."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.badge_samples import vectors

from badges.canonical import primary, rdfc, second_path
from badges.canonical.nquads import parse_nquads
from badges.canonical.pinned import pinned_contexts
from badges.errors import BadgeError, DataLossError
from badges.keys import InMemoryEd25519, verify_signature
from badges.multibase import base58_decode, multibase_decode
from badges.proofs import eddsa_rdfc_2022
from badges.verify.data_integrity import verify_proof
from badges.verify.resolution import Resolver, controller_of
from badges.verify.signatures import earlier_proofs
from badges.verify.verdicts import ProofFault

# The W3C examples use a context of their own that says no more than this.
EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }
}
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
CREATED_LATER = datetime(2024, 1, 1, tzinfo=UTC)


def canonical_form(document: Any) -> bytes:
    return primary.canonical_form(document, pinned_contexts().with_documents(EXAMPLES))


def second_form(document: Any) -> bytes:
    return second_path.canonical_form(document, pinned_contexts().with_documents(EXAMPLES))


def w3c_signer(folder: Path) -> InMemoryEd25519:
    pair = json.loads((folder / "keyPair.json").read_text())
    return InMemoryEd25519.from_seed(multibase_decode(pair["privateKeyMultibase"])[2:34])


@pytest.mark.parametrize("form", [canonical_form, second_form])
def test_w3c_eddsa_rdfc_2022_vector_bit_for_bit(form: Any) -> None:
    folder = vectors("vc-di-eddsa")
    suite = folder / "eddsa-rdfc-2022"
    unsigned = json.loads((folder / "unsigned.json").read_text())
    expected = json.loads((suite / "signedDataInt.json").read_text())
    assert form(unsigned) == (suite / "canonDocDataInt.txt").read_bytes()
    options = json.loads((suite / "proofConfigDataInt.json").read_text())
    assert form(options) == (suite / "proofCanonDataInt.txt").read_bytes()
    data = eddsa_rdfc_2022.data_to_sign(unsigned, expected["proof"], form)
    assert data.hex() == (suite / "combinedHashDataInt.txt").read_text().strip()
    signed = eddsa_rdfc_2022.sign(
        unsigned,
        signer=w3c_signer(folder),
        verification_method=expected["proof"]["verificationMethod"],
        created=CREATED,
        canonical_form=form,
    )
    assert signed == expected
    raw = base58_decode((suite / "sigBTC58DataInt.txt").read_text().strip().removeprefix("z"))
    assert raw.hex() == (suite / "sigHexDataInt.txt").read_text().strip()


def test_w3c_ed25519_signature_2020_vector() -> None:
    folder = vectors("vc-di-eddsa", "Ed25519Signature2020")
    signed = json.loads((folder / "signedEdSig.json").read_text())
    data = eddsa_rdfc_2022.data_to_sign(signed, signed["proof"], canonical_form)
    assert data.hex() == (folder / "combinedHashEdSig.txt").read_text().strip()
    key = w3c_signer(folder.parent).public_key
    assert verify_signature(key, "Ed25519", multibase_decode(signed["proof"]["proofValue"]), data)
    assert not verify_signature(key, "Ed25519", multibase_decode(signed["proof"]["proofValue"]), data[::-1])


def test_w3c_rdf_canonicalization_cases() -> None:
    folder = vectors("rdf-canon")
    rows = list(csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) > 60
    for row in rows:
        algorithm = (row["hashAlgorithm"] or "sha256").lower().replace("-", "")
        quads = parse_nquads((folder / "rdfc10" / f"{row['test']}-in.nq").read_text(encoding="utf-8"))
        if row["rdfc10"] == "RDFC10NegativeEvalTest":
            with pytest.raises(BadgeError, match="canonicalization_budget"):
                rdfc.canonicalize(quads, algorithm=algorithm)
            continue
        found = rdfc.canonicalize(quads, algorithm=algorithm)
        expected = (folder / "rdfc10" / f"{row['test']}-rdfc10.nq").read_text(encoding="utf-8")
        assert found.text == expected, row
        issued = folder / "rdfc10" / f"{row['test']}-rdfc10map.json"
        if issued.exists():
            labels = {name[2:]: label[2:] for name, label in found.labels.items()}
            assert labels == json.loads(issued.read_text()), row


def test_safe_mode_is_what_the_vector_needs_its_context_for() -> None:
    unsigned = json.loads((vectors("vc-di-eddsa") / "unsigned.json").read_text())
    unsigned["@context"] = unsigned["@context"][:1]
    for form in (canonical_form, second_form):
        with pytest.raises(DataLossError, match="undefined_term"):
            form(unsigned)


def test_a_wrong_line_is_refused_with_its_number() -> None:
    assert parse_nquads(
        '# a comment\n\n<urn:a> <urn:b> "\\u00e9\\U0001F600 _:b0"@en-GB <urn:g> . # end\n'
    ) == [("<urn:a>", "<urn:b>", '"é\U0001f600 _:b0"@en-GB', "<urn:g>")]
    for line in ("<urn:a> <urn:b>", '"a" <urn:b> <urn:c> .', "<urn:a> _:b <urn:c> .", "<urn:a> <urn:b> ."):
        with pytest.raises(DataLossError, match="line 2"):
            parse_nquads(f"<urn:a> <urn:b> <urn:c> .\n{line}\n")


@pytest.mark.parametrize("name", ["signedProofSet2", "signedProofChain1", "signedProofChain2"])
def test_w3c_proof_sets_and_chains(name: str) -> None:
    signed = json.loads((vectors("vc-di-eddsa", "proof-set-chain") / f"{name}.json").read_text())
    unsecured = eddsa_rdfc_2022.without_proof(signed)
    for proof in signed["proof"]:
        controller = controller_of(proof["verificationMethod"])
        earlier = earlier_proofs(proof, signed["proof"])

        def verified(proofs: list[Any], proof: Any = proof, controller: str = controller) -> str:
            return verify_proof(
                unsecured, proof, controller, Resolver(None), CREATED_LATER, canonical_form, earlier=proofs
            )

        assert verified(earlier) == proof["verificationMethod"]
        if earlier:
            with pytest.raises(ProofFault):
                verified(earlier[1:])
    with pytest.raises(ProofFault):
        earlier_proofs({"previousProof": "urn:uuid:none"}, signed["proof"])
