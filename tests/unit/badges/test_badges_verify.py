"""The checks that need an honest badge: endorsements, trust, dates, older models; and the report itself."""

import ast
import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.badge_samples import DID, NOW, RECIPIENT, ROOT, SampleIssuer, sample_badge, sample_issuer

from badges import did
from badges.canonical import primary, second_path
from badges.canonical.guard import guard_shape
from badges.documents import FetchedDocument, MemoryDocuments
from badges.errors import (
    BadgeError,
    ContextError,
    CredentialRejectedError,
    DataLossError,
    ModelError,
    PolicyIsEmptyError,
    ProofError,
    ShapeRefusedError,
)
from badges.model import EndorsementCredential, EndorsementSubject, Profile
from badges.proofs import eddsa_rdfc_2022
from badges.reasons import REASONS
from badges.report import Outcome
from badges.sentences import CHECK_NAMES, sentence_for, verdict_sentence
from badges.status import BitstringStatusList
from badges.verify import Policy, Recipient, Verdict, endorsing, verify

ISSUER = sample_issuer()
ENDORSER = sample_issuer("did:web:union.example", b"e" * 32)
BADGE = sample_badge().to_json()


def test_both_paths_agree_that_it_is_valid() -> None:
    signed = ISSUER.signed(BADGE)
    for form in (primary.canonical_form, second_path.canonical_form):
        report = ISSUER.verify(signed, canonical_form=form)
        report.require_valid()
        changed = copy.deepcopy(signed) | {"name": "Other"}
        assert ISSUER.verify(changed, canonical_form=form).verdict is Verdict.INVALID


def test_a_moment_without_a_zone_is_refused_before_anything_is_looked_at() -> None:
    signed = json.dumps(ISSUER.signed(BADGE))
    assert (
        verify(signed, policy=Policy.trusting(DID), now=NOW, fetcher=ISSUER.documents()).verdict
        is Verdict.VALID
    )
    with pytest.raises(ModelError) as refused:
        verify("", policy=Policy.trusting(DID), now=NOW.replace(tzinfo=None))
    assert refused.value.code == "instant"


def endorsement(of: str = BADGE["credentialSubject"]["achievement"]["id"]) -> dict[str, Any]:
    return EndorsementCredential(
        id="urn:uuid:33333333-0000-4000-8000-000000000003",
        name="Endorsement",
        issuer=Profile(id=ENDORSER.did, name="Union of Principals"),
        valid_from=NOW,
        credential_subject=EndorsementSubject(id=of, endorsement_comment="We know this work."),
    ).to_json()


def endorsed(*endorsements: Any, name: str = "endorsement") -> dict[str, Any]:
    return ISSUER.signed({**BADGE, name: list(endorsements)})


ENDORSERS_DOCUMENT = {did.did_web_url(ENDORSER.did): ENDORSER.did_document}


def verify_endorsed(badge: dict[str, Any], more: dict[str, Any] | None = None) -> Any:
    report = ISSUER.verify(badge, ENDORSERS_DOCUMENT if more is None else more)
    assert report.verdict is Verdict.VALID, report.to_json()
    return report.check("endorsements")


def test_step_16_endorsements_that_hold() -> None:
    check = verify_endorsed(endorsed(ENDORSER.signed(endorsement())))
    assert (check.outcome, check.evidence["count"]) == (Outcome.PASSED, "1")
    check = verify_endorsed(endorsed(ENDORSER.jwt(endorsement()), name="endorsementJwt"))
    assert check.outcome is Outcome.PASSED


def forged() -> dict[str, Any]:
    signed = ENDORSER.signed(endorsement())
    signed["credentialSubject"]["endorsementComment"] = "We know this work very well."
    return signed


ENDORSERS_LIST = "https://endorser.example/status/1"


def listed(*, taken_back: bool, signer: Any = ENDORSER, index: int = 7) -> dict[str, Any]:
    """Give what stands at the endorser's addresses: their keys, and their own status list."""
    bits = BitstringStatusList.create()
    return {
        **ENDORSERS_DOCUMENT,
        ENDORSERS_LIST: signer.status_list(bits.set(index) if taken_back else bits, id=ENDORSERS_LIST),
    }


def with_status() -> dict[str, Any]:
    entry = {
        "id": f"{ENDORSERS_LIST}#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": ENDORSERS_LIST,
    }
    return ENDORSER.signed({**endorsement(), "credentialStatus": entry})


def test_b70_an_endorsement_is_asked_for_in_its_issuers_own_list() -> None:
    badge = endorsed(with_status())
    assert verify_endorsed(badge, listed(taken_back=False)).code == "ok"  # the control
    check = verify_endorsed(badge, listed(taken_back=True))
    assert (check.outcome, check.code, check.path) == (Outcome.FAILED, "revoked", "$.endorsement[0]")
    assert verify_endorsed(badge, listed(taken_back=True, index=8)).code == "ok"


def test_b70_an_endorsements_list_that_says_nothing_leaves_it_unchecked() -> None:
    missing = verify_endorsed(endorsed(with_status()))
    assert (missing.outcome, missing.code) == (Outcome.COULD_NOT_CHECK, "not_at_hand")
    assert missing.evidence["missing"] == ENDORSERS_LIST
    foreign = verify_endorsed(endorsed(with_status()), listed(taken_back=False, signer=ISSUER))
    assert (foreign.outcome, foreign.code) == (Outcome.FAILED, "status_issuer")


def test_b70_without_that_question_a_revoked_endorsement_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endorsing, "_standing", lambda *_: None)
    assert verify_endorsed(endorsed(with_status()), listed(taken_back=True)).code == "ok"


class Network:
    """A fetcher that lets the faults of its network through."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def fetch(self, _url: str) -> FetchedDocument:
        raise self.fault


@pytest.mark.parametrize(
    "fault", [TimeoutError("late"), ConnectionResetError("gone"), OSError("secret host")]
)
def test_a_fetcher_whose_network_fails_leaves_the_badge_unchecked(fault: OSError) -> None:
    report = ISSUER.verify(ISSUER.signed(BADGE), fetcher=Network(fault))
    checks = [one for one in report.checks if one.code == "not_fetched"]
    assert report.verdict is Verdict.COULD_NOT_CHECK
    assert [one.outcome for one in checks] == [Outcome.COULD_NOT_CHECK] * len(checks) != []
    assert str(fault) not in json.dumps(report.to_json())
    assert "could not be had" in checks[0].evidence["reason"]


def test_a_fetchers_own_mistake_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        ISSUER.verify(ISSUER.signed(BADGE), fetcher=Network(ZeroDivisionError()))


def own() -> dict[str, Any]:
    return ISSUER.signed({**endorsement(), "issuer": {"id": ISSUER.did, "type": ["Profile"]}})


def without_type() -> dict[str, Any]:
    return ENDORSER.signed({**endorsement(), "type": ["VerifiableCredential"]})


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (forged(), "signature"),
        (ENDORSER.signed(endorsement("urn:uuid:other")), "endorses_something_else"),
        (own(), "endorsed_by_itself"),
        (endorsement(), "unsigned"),
    ],
)
def test_b70_endorsements_that_do_not_hold_change_nothing(made: dict[str, Any], code: str) -> None:
    check = verify_endorsed(endorsed(made))
    assert (check.outcome, check.code) == (Outcome.FAILED, code)


def test_b70_endorsements_that_cannot_be_checked_or_are_too_many() -> None:
    one = ENDORSER.signed(endorsement())
    assert verify_endorsed(endorsed(one), {}).code == "not_at_hand"
    nine = [ENDORSER.signed({**endorsement(), "id": f"urn:uuid:{n}"}) for n in range(9)]
    assert verify_endorsed(endorsed(*nine)).code == "too_many_endorsements"
    assert verify_endorsed(endorsed("a.b.c", name="endorsementJwt")).outcome is Outcome.FAILED


def test_step_11_trust() -> None:
    signed = ISSUER.signed(BADGE)
    assert (
        ISSUER.verify(signed, policy=Policy.any_issuer()).check("issuer_trust").code == "caller_judges_issuer"
    )
    other = Policy.trusting("did:web:other.example")
    report = ISSUER.verify(signed, policy=other)
    assert report.verdict is Verdict.ISSUER_UNKNOWN
    assert report.claims is not None
    assert ISSUER.verify(signed, policy=other | Policy.trusting(DID)).verdict is Verdict.VALID
    with pytest.raises(CredentialRejectedError) as rejected:
        report.require_valid()
    assert rejected.value.report is report
    for empty in (Policy(), Policy.trusting()):
        with pytest.raises(PolicyIsEmptyError):
            verify("{}", policy=empty, now=NOW)


def test_step_14_dates() -> None:
    later = "2027-01-01T00:00:00Z"
    cases = {
        Verdict.VALID: {"validUntil": later},
        Verdict.EXPIRED: {"validUntil": "2026-11-21T11:00:00Z"},
        Verdict.NOT_YET_VALID: {"validFrom": "2026-12-01T00:00:00Z"},
        Verdict.INVALID: {"validFrom": later, "validUntil": "2026-12-01T00:00:00Z"},
    }
    for verdict, dates in cases.items():
        report = ISSUER.verify(ISSUER.signed({**BADGE, **dates}))
        assert report.verdict is verdict
        assert report.claims is not None
    signed = ISSUER.signed({**BADGE, "validUntil": later})
    assert ISSUER.verify(signed, now=NOW + timedelta(days=90)).verdict is Verdict.EXPIRED


def test_step_15_recipient() -> None:
    signed = ISSUER.signed(BADGE)
    for typed in (
        Recipient(RECIPIENT),
        Recipient(f"  {RECIPIENT.upper()} "),
        Recipient("Ann  Example", "name"),
    ):
        assert ISSUER.verify(signed, recipient=typed).verdict is Verdict.VALID
    for typed in (Recipient("bob@example.org"), Recipient(RECIPIENT, "name"), Recipient("")):
        report = ISSUER.verify(signed, recipient=typed)
        assert report.verdict is Verdict.WRONG_RECIPIENT
        assert "bob" not in json.dumps(report.to_json())
    both = [Recipient(RECIPIENT, "emailAddress"), Recipient("Bob", "name")]
    assert ISSUER.verify(signed, recipient=both).check("recipient").evidence["unmatched"] == "name"


def test_vc_1_1_with_data_integrity_and_ed25519_signature_2020() -> None:
    older = {name: value for name, value in BADGE.items() if name not in {"validFrom", "awardedDate"}}
    older["issuanceDate"] = BADGE["validFrom"]
    del older["credentialStatus"], older["name"]
    v1 = "https://www.w3.org/2018/credentials/v1"
    ob = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
    signed = ISSUER.signed({**older, "@context": [v1, ob, "https://w3id.org/security/data-integrity/v2"]})
    assert ISSUER.verify(signed).verdict is Verdict.VALID
    document = {**older, "@context": [v1, ob, "https://w3id.org/security/suites/ed25519-2020/v1"]}
    options = {
        "type": "Ed25519Signature2020",
        "created": "2026-11-21T12:00:00Z",
        "verificationMethod": ISSUER.methods[0],
        "proofPurpose": "assertionMethod",
    }
    data = eddsa_rdfc_2022.data_to_sign(document, options)
    value = eddsa_rdfc_2022.multibase_encode(ISSUER.ed25519.sign(data))
    document["proof"] = {**options, "proofValue": value}
    assert ISSUER.verify(document).verdict is Verdict.VALID
    document["proof"]["created"] = "2026-11-21T11:00:00Z"
    assert ISSUER.verify(document).check("proof").code == "signature"


def test_an_issuer_known_by_an_https_address() -> None:
    address = "https://keystone.example/issuers/7"
    document = json.loads(json.dumps(ISSUER.did_document).replace(ISSUER.did, address))
    issuer = SampleIssuer(address, ISSUER.ed25519, ISSUER.rs256, ISSUER.es256)
    unsigned = sample_badge(address, status=False).to_json()
    signed = eddsa_rdfc_2022.sign(
        unsigned, signer=issuer.ed25519, verification_method=document["assertionMethod"][0], created=NOW
    )
    documents = MemoryDocuments({address: json.dumps(document).encode()})
    report = verify(json.dumps(signed), policy=Policy.trusting(address), now=NOW, fetcher=documents)
    assert report.verdict is Verdict.VALID
    signed["proof"]["verificationMethod"] = "http://keystone.example/issuers/7#x"
    report = verify(json.dumps(signed), policy=Policy.trusting(address), now=NOW, fetcher=documents)
    assert report.check("issuer_binding").code == "did_syntax"


def test_two_did_keys_of_one_issuer() -> None:
    report = ISSUER.verify(ISSUER.signed(ISSUER.signed(BADGE)))
    assert (report.verdict, report.check("proof").evidence["count"]) == (Verdict.VALID, "2")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "a\ufffe"}, "character_not_portable"),
        ({"evidence": [{"name": "\x00"}]}, "character_not_portable"),
        (
            {"credentialSubject": {**BADGE["credentialSubject"], "creditsEarned": 0.1 + 0.2}},
            "number_not_portable",
        ),
        ({"credentialSubject": {**BADGE["credentialSubject"], "creditsEarned": 1e20}}, "number_not_portable"),
        ({"credentialSubject": {**BADGE["credentialSubject"], "creditsEarned": 1e-7}}, "number_not_portable"),
    ],
)
def test_what_verifiers_read_differently_is_not_signed(change: dict[str, Any], code: str) -> None:
    with pytest.raises(ProofError) as refused:
        ISSUER.signed({**BADGE, **change})
    assert refused.value.code == code


def test_a_signer_has_to_be_what_the_suite_asks() -> None:
    class Broken:
        algorithm = "Ed25519"

        def sign(self, data: bytes) -> bytes:
            return data[:10]

    for signer in (ISSUER.es256, Broken()):
        with pytest.raises(ProofError, match="signer"):
            eddsa_rdfc_2022.sign(BADGE, signer=signer, verification_method="did:key:z#z", created=NOW)


@pytest.mark.parametrize("form", [primary.canonical_form, second_path.canonical_form])
@pytest.mark.parametrize(
    "change", [{"grade": "A+"}, {"type": ["VerifiableCredential", "OpenBadgeCredential", "Nonsense"]}]
)
def test_both_paths_refuse_what_would_not_be_signed(form: Any, change: dict[str, Any]) -> None:
    with pytest.raises(DataLossError):
        form({**BADGE, **change})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"@context": ["https://x.example/"]}, ContextError),
        ({"@context": [BADGE["@context"][1], {"name": "urn:x"}]}, ShapeRefusedError),
        (
            {"issuer": {"id": "did:web:x", "type": "Profile", "name": {"@value": "x", "@id": "y"}}},
            ShapeRefusedError,
        ),
        ({"evidence": [[BADGE["evidence"][0]]]}, ShapeRefusedError),
        ({"evidence": [{}]}, ShapeRefusedError),
        ({"type": 5}, DataLossError),
        ({"name": "zq\u00b71\u00b7", "type": ["zq\u00b71\u00b7"]}, DataLossError),
        ({"id": "@vocab"}, DataLossError),
    ],
)
def test_the_primary_path_refuses(change: dict[str, Any], error: type[BadgeError]) -> None:
    primary.canonical_form(BADGE)
    with pytest.raises(error):
        primary.canonical_form({**BADGE, **change})


def test_guard_wants_an_object() -> None:
    with pytest.raises(ShapeRefusedError, match="not_an_object"):
        guard_shape([BADGE])


def test_texts_that_look_like_compact_iris_and_json_literals() -> None:
    """Such documents are expanded for themselves and still agree with the second path."""
    odd = copy.deepcopy(BADGE)
    odd["evidence"][0]["id"] = "_:photo"
    odd["termsOfUse"] = {"id": "type:x", "type": "Profile"}
    odd["credentialSchema"] = {"id": "https://x.example/s", "type": "JsonSchema"}
    assert primary.canonical_form(odd) == second_path.canonical_form(odd)


def test_every_check_and_verdict_has_both_sentences() -> None:
    assert len(CHECK_NAMES) == 16
    for name in CHECK_NAMES:
        for outcome in Outcome:
            english = sentence_for(name, outcome.value, "x", {}, "en")
            assert english != sentence_for(name, outcome.value, "x", {}, "es")
    for verdict in Verdict:
        assert verdict_sentence(verdict.value, "en") != verdict_sentence(verdict.value, "es")


def raised_codes(source: Path) -> set[str]:
    """Codes that a module raises or reports: first argument of an error, second of a finding."""
    found: set[str] = set()
    for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in {"of_proof", "of_binding", "undecided"} or (
                name.endswith("Error") and name != "ValidationError"
            ):
                found.update(texts[:1])
            elif name in {"failed", "unknown"}:
                found.update(texts[1:2])
    return found


def test_every_code_has_a_plain_reason_in_both_languages() -> None:
    codes = {code for source in (ROOT / "badges").rglob("*.py") for code in raised_codes(source)}
    assert len(codes) > 100
    assert {code for code in codes if code not in REASONS and " " not in code} == set()
