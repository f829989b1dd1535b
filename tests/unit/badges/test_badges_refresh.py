"""Check 12 and row B71: a newer copy is asked for once, where the policy allows, and judged anew."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.badge_samples import DID, LIST, NOW, sample_badge, sample_issuer

from badges.__main__ import main
from badges.did import did_web_url
from badges.documents import DocumentFolder, FetchedDocument, MemoryDocuments, as_text
from badges.status import BitstringStatusList
from badges.verify import Policy, Recipient, Refresh, VerificationReport, verify

Document = dict[str, Any]
ISSUER = sample_issuer()
ATTACKER = sample_issuer("did:web:attacker.example", b"a" * 32)
COPY = "https://keystone.example/badges/1/newest"
INSIDE = "https://169.254.169.254/latest/meta-data"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"


def unsigned(address: str = COPY, **changes: Any) -> Document:
    document = sample_badge().to_json() | {
        "refreshService": {"id": address, "type": "1EdTechCredentialRefresh"}
    }
    document["@context"] = [*document["@context"], EXTENSIONS]
    return document | changes


ORIGINAL = ISSUER.signed(unsigned())
NEWER = unsigned(name="Collaborative Leadership Keystone, corrected", validFrom="2026-11-21T09:30:00Z")


class Asked:
    """A fetcher that remembers what it was asked."""

    def __init__(self, documents: MemoryDocuments) -> None:
        self.documents = documents
        self.addresses: list[str] = []

    def fetch(self, url: str) -> FetchedDocument:
        self.addresses.append(url)
        return self.documents.fetch(url)


def ask(
    original: Document, newer: Any = None, where: Refresh = Refresh.AT_ISSUER, **more: Any
) -> tuple[VerificationReport, list[str]]:
    found = {} if newer is None else {original["refreshService"]["id"]: newer}
    fetcher = Asked(ISSUER.documents({**found, **more}))
    policy = Policy.trusting(ISSUER.did).refreshing(where)
    return verify(json.dumps(original), policy=policy, now=NOW, fetcher=fetcher), fetcher.addresses


def name_of(report: VerificationReport) -> str:
    assert report.proven is not None
    return str(report.proven["name"])


def test_step_12_a_newer_copy_takes_the_place_of_the_original() -> None:
    report, asked = ask(ORIGINAL, ISSUER.signed(NEWER))
    check = report.check("refresh")
    assert (check.number, check.outcome.value, check.code) == (12, "passed", "refreshed")
    assert (report.verdict.value, name_of(report)) == ("valid", NEWER["name"])
    assert asked.count(COPY) == 1
    assert report.claims is not None
    assert report.claims.valid_from.isoformat() == "2026-11-21T09:30:00+00:00"


def test_a_newer_copy_may_come_as_a_token() -> None:
    report, _ = ask(ORIGINAL, ISSUER.jwt(NEWER).encode())
    assert (report.check("refresh").code, name_of(report)) == ("refreshed", NEWER["name"])


def test_what_became_of_the_newer_copy_decides() -> None:
    """After check 12 all that is asked is asked about the copy: its dates, its list, its recipient."""
    expired = ISSUER.signed(NEWER | {"validUntil": "2026-11-21T10:00:00Z"})
    assert ask(ORIGINAL, expired)[0].verdict.value == "expired"
    moved = copy.deepcopy(NEWER)
    moved["credentialStatus"][0]["statusListIndex"] = "7"
    revoked = ISSUER.status_list(BitstringStatusList.create().set(7))
    assert ask(ORIGINAL, ISSUER.signed(moved), **{LIST: revoked})[0].verdict.value == "revoked"
    assert ask(ORIGINAL, **{LIST: revoked})[0].verdict.value == "valid"
    renamed = copy.deepcopy(NEWER)
    renamed["credentialSubject"]["identifier"].pop(0)
    found = {**ISSUER.documents().documents, COPY: as_text(ISSUER.signed(renamed))}
    asked = {"fetcher": MemoryDocuments(found), "recipient": Recipient("ann@example.org"), "now": NOW}
    trusting = Policy.trusting(ISSUER.did)
    followed = verify(json.dumps(ORIGINAL), policy=trusting.refreshing(Refresh.AT_ISSUER), **asked)
    assert followed.verdict.value == "wrong-recipient"
    assert verify(json.dumps(ORIGINAL), policy=trusting, **asked).verdict.value == "valid"


def test_step_12_only_once() -> None:
    """The copy names a newer one still; that one is not asked for."""
    further = "https://keystone.example/badges/1/newer-still"
    middle = ISSUER.signed(NEWER | {"refreshService": {"id": further, "type": "1EdTechCredentialRefresh"}})
    last = ISSUER.signed(NEWER | {"name": "The last one"})
    report, asked = ask(ORIGINAL, middle, **{further: last})
    assert name_of(report) == NEWER["name"]
    assert further not in asked
    itself, asked = ask(ORIGINAL, ORIGINAL)
    assert (itself.check("refresh").code, asked.count(COPY)) == ("refreshed", 1)


def other_badge() -> Document:
    return ISSUER.signed(NEWER | {"id": "urn:uuid:22222222-0000-4000-8000-000000000002"})


def of_another_issuer() -> Document:
    issuer = {**NEWER["issuer"], "id": ATTACKER.did}
    return ATTACKER.signed({**NEWER, "issuer": issuer})


def tampered() -> Document:
    return ISSUER.signed(NEWER) | {"name": "Changed after signing"}


def by_the_attacker() -> Document:
    return ATTACKER.signed(NEWER)


NOT_ACCEPTED: list[tuple[str, Callable[[], Any], str]] = [
    ("another badge", other_badge, "refresh_other_badge"),
    ("another issuer", of_another_issuer, "refresh_other_badge"),
    ("older", lambda: ISSUER.signed(NEWER | {"validFrom": "2026-11-19T09:30:00Z"}), "refresh_older"),
    ("tampered", tampered, "refresh_not_sound"),
    ("signed by another", by_the_attacker, "refresh_not_sound"),
    ("unsigned", lambda: NEWER, "refresh_not_sound"),
    ("an undefined word", lambda: ISSUER.signed(NEWER) | {"grade": "A+"}, "refresh_not_sound"),
    ("not a badge", lambda: b"<html>503</html>", "refresh_not_sound"),
    ("a presentation", lambda: {**NEWER, "type": "VerifiablePresentation"}, "refresh_not_sound"),
]


@pytest.mark.parametrize(("name", "make", "code"), NOT_ACCEPTED, ids=[case[0] for case in NOT_ACCEPTED])
def test_a_copy_that_is_not_in_order_leaves_the_original(
    name: str, make: Callable[[], Any], code: str
) -> None:
    more = {did_web_url(ATTACKER.did): ATTACKER.did_document}
    report, asked = ask(ORIGINAL, make(), **more)
    check = report.check("refresh")
    assert (check.outcome.value, check.code) == ("failed", code), (name, report.to_json())
    assert (report.verdict.value, name_of(report)) == ("valid", ORIGINAL["name"])
    assert asked.count(COPY) == 1
    assert check.sentence("en") != check.sentence("es")


def test_a_copy_that_cannot_be_had_leaves_the_original() -> None:
    report, asked = ask(ORIGINAL)
    check = report.check("refresh")
    assert (check.outcome.value, check.code) == ("could_not_check", "refresh_not_had")
    assert (report.verdict.value, name_of(report), report.missing) == ("valid", ORIGINAL["name"], ())
    assert asked.count(COPY) == 1


@pytest.mark.parametrize("where", [Refresh.NEVER, Refresh.AT_ISSUER])
@pytest.mark.parametrize(
    "address", [INSIDE, "https://keystone.example.evil.example/x", "http://keystone.example/x", "urn:x:y"]
)
def test_b71_an_address_is_not_asked_unless_the_policy_allows(address: str, where: Refresh) -> None:
    newer = ISSUER.signed(NEWER)
    report, asked = ask(ISSUER.signed(unsigned(address)), newer, where)
    assert (report.check("refresh").code, report.verdict.value) == ("refresh_not_followed", "valid")
    assert address not in asked
    control, asked = ask(ISSUER.signed(unsigned(address)), newer, Refresh.ANYWHERE)
    assert (control.check("refresh").code, asked.count(address)) == ("refreshed", 1)


def test_b71_nothing_is_asked_before_the_proof_holds() -> None:
    """A stranger who cannot sign cannot make the verifier ask anything of the issuer's host."""
    changed = copy.deepcopy(ORIGINAL) | {"name": "Changed"}
    report, asked = ask(changed, ISSUER.signed(NEWER))
    assert (report.check("refresh").code, report.verdict.value) == ("not_reached", "invalid")
    assert COPY not in asked


def test_b71_a_forged_badge_makes_nobody_ask_for_its_list() -> None:
    """Its status entry is a stranger's too: only the issuer's keys are asked for."""
    genuine, asked = ask(ORIGINAL)
    assert LIST in asked
    assert genuine.check("status").code == "not_revoked"
    report, asked = ask(copy.deepcopy(ORIGINAL) | {"name": "Changed"})
    assert asked == [did_web_url(DID)]
    for name in ("status", "dates", "recipient", "endorsements"):
        assert report.check(name).code == "not_reached"


@pytest.mark.parametrize("name", ["termsOfUse", "credentialSchema"])
def test_b71_terms_and_schemas_are_named_and_never_fetched(name: str) -> None:
    entry = {"id": INSIDE, "type": "1EdTechJsonSchemaValidator2019"}
    report, asked = ask(ISSUER.signed(unsigned(**{name: [entry]})), None, Refresh.ANYWHERE)
    assert report.verdict.value == "valid"
    assert INSIDE not in asked


def test_another_kind_of_service_is_named() -> None:
    service = {"id": COPY, "type": "1EdTechRevocationList"}
    report, asked = ask(ISSUER.signed(unsigned(refreshService=service)), ISSUER.signed(NEWER))
    assert (report.check("refresh").code, report.verdict.value) == ("refresh_type_unknown", "valid")
    assert COPY not in asked


def test_policies_together_allow_what_either_allows() -> None:
    careful, free = Policy.trusting(DID), Policy.any_issuer().refreshing(Refresh.ANYWHERE)
    assert (careful | free).refresh is (free | careful).refresh is Refresh.ANYWHERE
    assert careful.refresh is Refresh.NEVER


def test_the_command_line_follows_into_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (tmp_path / "badge.json").write_bytes(as_text(ORIGINAL))
    for number, content in enumerate(ISSUER.documents().documents.values()):
        (documents / f"{number}.json").write_bytes(content)
    (documents / "copy.json").write_bytes(as_text(ISSUER.signed(NEWER)))
    assert DocumentFolder(documents).fetch(COPY).content
    words = ["verify", str(tmp_path / "badge.json"), "--at", "2026-11-21T12:00:00Z", "--trust", DID]
    words += ["--documents", str(documents), "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["checks"][11]["code"] == "refresh_not_followed"
    assert main([*words, "--refresh"]) == 0
    assert json.loads(capsys.readouterr().out)["checks"][11]["code"] == "refreshed"
