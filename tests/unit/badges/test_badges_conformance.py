"""The VC-API adapter: core rules of any credential, and the three calls."""

import copy
import json
import socket
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from support.badge_samples import NOW, sample_badge

from badges import conformance, vc_core
from badges.conformance import Adapter
from badges.did import did_key_method
from badges.errors import ModelError
from badges.keys import InMemoryEd25519
from badges.multibase import multibase_encode
from badges.proofs import eddsa_rdfc_2022
from badges.status import BitstringStatusList

Document = dict[str, Any]
ADAPTER = Adapter.with_seed(b"c" * 32)
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "type": ["VerifiableCredential", "ExampleCredential"],
    "issuer": {"id": ADAPTER.did, "name": [{"@value": "Example", "@language": "en"}]},
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abc", "alumniOf": "The School"},
}


def call(path: str, **request: Any) -> tuple[int, Document]:
    return ADAPTER.answer(path, json.dumps(request).encode(), NOW)


def issued(credential: Document = CREDENTIAL) -> Document:
    status, answer = call("/credentials/issue", credential=credential, options={})
    assert status == 201, answer
    return answer


def test_what_is_issued_verifies_and_is_refused_when_changed() -> None:
    signed = issued()
    assert call("/credentials/verify", verifiableCredential=signed)[0] == 200
    signed["credentialSubject"]["alumniOf"] = "Another School"
    status, answer = call("/credentials/verify", verifiableCredential=signed)
    assert (status, answer["verified"]) == (400, False)


def test_a_vc_1_1_credential_gets_the_data_integrity_context() -> None:
    older = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiableCredential"],
        "issuer": ADAPTER.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abc"},
    }
    signed = issued(older)
    assert signed["@context"][-1] == "https://w3id.org/security/data-integrity/v2"
    assert call("/credentials/verify", verifiableCredential=signed)[0] == 200


def test_a_badge_is_a_credential_too() -> None:
    assert (
        call("/credentials/verify", verifiableCredential=issued(sample_badge(ADAPTER.did).to_json()))[0]
        == 200
    )


def test_presentations() -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": ADAPTER.did,
        "verifiableCredential": [issued()],
    }
    assert call("/presentations/verify", verifiablePresentation=presentation)[0] == 200
    for change in (
        {"type": ["Other"]},
        {"holder": "nobody"},
        {"verifiableCredential": ["text"]},
        {"verifiableCredential": [CREDENTIAL]},
        {"unknownTerm": "x"},
    ):
        assert call("/presentations/verify", verifiablePresentation={**presentation, **change})[0] == 400


def setting(name: str, value: Any) -> Callable[[Document], None]:
    return lambda document: document.__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (setting("@context", "https://www.w3.org/ns/credentials/v2"), "$.@context"),
        (setting("@context", CREDENTIAL["@context"][::-1]), "$.@context"),
        (setting("type", ["ExampleCredential"]), "$.type"),
        (setting("type", ["VerifiableCredential", 5]), "$.type"),
        (setting("id", "not a url"), "$.id"),
        (setting("issuer", "nobody"), "$.issuer"),
        (setting("issuer", {"name": "x"}), "$.issuer.id"),
        (setting("issuer", {"id": "did:x:y", "name": {"@value": 5}}), "$.issuer.name"),
        (setting("credentialSubject", []), "$.credentialSubject"),
        (setting("credentialSubject", [{}]), "$.credentialSubject[0]"),
        (setting("credentialSubject", {"id": "x"}), "$.credentialSubject.id"),
        (setting("validFrom", "2026-01-01"), "$.validFrom"),
        (setting("validUntil", "2025-01-01T00:00:00Z"), "$.validUntil"),
        (setting("name", {"@value": "x", "other": "y"}), "$.name"),
        (setting("description", 5), "$.description"),
        (setting("credentialStatus", {"id": "urn:x"}), "$.credentialStatus.type"),
        (setting("credentialStatus", [{"id": 5, "type": "X"}]), "$.credentialStatus[0].id"),
        (setting("credentialSchema", {"type": "JsonSchema"}), "$.credentialSchema.id"),
        (setting("termsOfUse", "text"), "$.termsOfUse"),
        (setting("relatedResource", [{"mediaType": "x"}]), "$.relatedResource[0].id"),
    ],
)
def test_core_rules(change: Callable[[Document], None], path: str) -> None:
    vc_core.check_credential(CREDENTIAL)
    document = copy.deepcopy(CREDENTIAL)
    change(document)
    with pytest.raises(ModelError) as refused:
        vc_core.check_credential(document)
    assert refused.value.path == path


V2 = "https://www.w3.org/ns/credentials/v2"
V2_SHA256 = bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")


@pytest.mark.parametrize(
    ("resources", "accepted"),
    [
        ([{"id": V2, "digestMultibase": multibase_encode(V2_SHA256, prefix="u")}], True),
        ([{"id": V2, "digestMultibase": multibase_encode(b"\x12\x20" + V2_SHA256)}], True),
        ([{"id": V2, "digestMultibase": multibase_encode(bytes(32), prefix="u")}], False),
        ([{"id": V2, "digestSRI": "sha384-AAAA"}], False),
        ([{"id": V2, "digestSRI": "md5-AAAA"}], False),
        ([{"id": V2}], False),
        ([{"id": "https://x.example/", "digestSRI": "sha256-A"}], True),
        ([{"id": "https://x.example/", "digestSRI": "sha256-A"}] * 2, False),
    ],
)
def test_related_resources(resources: list[Document], accepted: bool) -> None:
    status, _ = call("/credentials/issue", credential={**CREDENTIAL, "relatedResource": resources})
    assert (status == 201) is accepted


def test_inline_contexts_and_directions_are_for_the_suites_only() -> None:
    inline: Document = {
        **CREDENTIAL,
        "@context": [*CREDENTIAL["@context"], {"grade": "https://x.example/grade"}],
    }
    inline["credentialSubject"] = {"id": "did:example:abc", "grade": "A"}
    inline["name"] = {"@value": "x", "@language": "ar", "@direction": "rtl"}
    assert call("/credentials/verify", verifiableCredential=issued(inline))[0] == 200
    reserved = {**inline, "@context": [*CREDENTIAL["@context"], {"grade": "urn:zq\u00b70\u00b7"}]}
    assert call("/credentials/issue", credential=reserved)[0] == 400


def test_presentations_are_signed_by_whoever_presents() -> None:
    presentation: Document = {"@context": [V2], "type": ["VerifiablePresentation"]}
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": did_key_method(ADAPTER.signer.public_key),
        "proofPurpose": "authentication",
        "challenge": "abc",
    }
    data = eddsa_rdfc_2022.data_to_sign(presentation, options, ADAPTER.canonical_form)
    proof = {**options, "proofValue": multibase_encode(ADAPTER.signer.sign(data))}
    assert call("/presentations/verify", verifiablePresentation={**presentation, "proof": proof})[0] == 200
    proof["challenge"] = "abd"
    assert call("/presentations/verify", verifiablePresentation={**presentation, "proof": proof})[0] == 400


def test_a_proof_by_another_than_the_issuer_is_judged_by_its_own_key() -> None:
    """A badge with such a proof is refused by check 10; any credential may bear one."""
    foreign = {**CREDENTIAL, "issuer": "https://school.example/"}
    signed = issued(foreign)
    assert call("/credentials/verify", verifiableCredential=signed)[0] == 200
    signed["proof"]["verificationMethod"] = did_key_method(InMemoryEd25519.from_seed(b"d" * 32).public_key)
    status, answer = call("/credentials/verify", verifiableCredential=signed)
    assert (status, answer["errors"]) == (
        400,
        ["the signature does not fit the data and the key (signature at $)"],
    )


def test_a_credential_gets_a_place_in_the_status_list() -> None:
    status, signed = call("/status/credentials/issue", credential=CREDENTIAL)
    assert status == 201
    entry = signed["credentialStatus"]
    assert entry["statusListCredential"] == ADAPTER.list_address == ADAPTER.status_list(NOW)["id"]
    assert call("/credentials/verify", verifiableCredential=signed) == (
        200,
        {"verified": True, "checks": ["proof", "credentialStatus"], "warnings": [], "errors": []},
    )


def test_a_status_elsewhere_is_a_warning_and_a_malformed_one_an_error() -> None:
    _, signed = call("/status/credentials/issue", credential=CREDENTIAL)
    elsewhere = {**signed["credentialStatus"], "statusListCredential": "https://other.example/list"}
    _, answer = call(
        "/credentials/verify", verifiableCredential=issued({**CREDENTIAL, "credentialStatus": elsewhere})
    )
    assert answer["warnings"] == ["not_at_hand"]
    for change in ({"statusListIndex": "-1"}, {"statusListIndex": True}, {"statusPurpose": 5}):
        malformed = {**CREDENTIAL, "credentialStatus": {**elsewhere, **change}}
        assert call("/credentials/issue", credential=malformed)[0] == 400


def test_a_revoked_credential_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _, signed = call("/status/credentials/issue", credential=CREDENTIAL)
    index = int(signed["credentialStatus"]["statusListIndex"])
    revoked = BitstringStatusList.create().set(index)
    monkeypatch.setattr(BitstringStatusList, "create", lambda: revoked)
    status, answer = call("/credentials/verify", verifiableCredential=signed)
    assert status == 400
    assert answer["errors"] == ["the issuer's list says revoked (revoked at $.credentialStatus)"]


def test_wrong_requests() -> None:
    assert call("/nothing")[0] == 404
    assert call("/credentials/issue")[0] == 400
    assert ADAPTER.answer("/credentials/issue", b"{", NOW)[0] == 400


@pytest.mark.enable_socket
def test_it_answers_on_loopback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    made = conformance.server(ADAPTER, 0)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{made.server_address[1]}/credentials/issue"
        request = urllib.request.Request(url, json.dumps({"credential": CREDENTIAL}).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            assert response.status == 201
            assert json.load(response)["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
        listed = url.replace("/credentials/issue", "/status/list")
        with urllib.request.urlopen(listed, timeout=10) as response:  # noqa: S310 - loopback
            assert json.load(response)["id"] == listed
        for length in ("-1", "ten", "²", "9" * 5000):
            assert status_for(made.server_address[1], length) == 400
    finally:
        made.shutdown()
        thread.join()
        made.server_close()
    monkeypatch.setattr("sys.argv", ["conformance", "--port", "0", "--seed", "63" * 32])
    monkeypatch.setattr(conformance.ThreadingHTTPServer, "serve_forever", interrupted)
    assert conformance.main() == 0
    assert ADAPTER.did in capsys.readouterr().out


def status_for(port: int, length: str) -> int:
    """Send a call whose Content-Length is what we say; gives the status that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"POST /credentials/issue HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{{}}".encode())
        line.shutdown(socket.SHUT_WR)
        return int(line.makefile("rb").readline().split()[1])


def interrupted(_server: Any) -> None:
    raise KeyboardInterrupt
