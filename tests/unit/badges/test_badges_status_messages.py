"""Rows B51 and B52: entries of several bits, messages, and lists of more than one purpose."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from support.badge_samples import INDEX, LIST, sample_badge, sample_issuer

from badges.errors import StatusListError
from badges.model import CredentialStatus, OpenBadgeCredential
from badges.multibase import multibase_encode
from badges.report import VerificationReport
from badges.status import MINIMUM_BITS, BitstringStatusList
from badges.status_entries import StatusEntry

Document = dict[str, Any]
ISSUER = sample_issuer()
WORDS = ("pending_review", "accepted", "rejected", "undefined")
SCRIPT = "<script>alert(1)</script>"
DICTIONARY = "https://keystone.example/status-words"


def badge(purpose: str = "message", words: tuple[str, ...] = WORDS, **changes: Any) -> Document:
    entry = CredentialStatus.bitstring(purpose=purpose, index=INDEX, list_id=LIST, messages=words)
    document = sample_badge().to_json()
    document["credentialStatus"] = [entry.to_json() | changes]
    return ISSUER.signed(document)


def listed(value: int, purpose: str = "message", size: int = 2) -> dict[str, Document]:
    bits = BitstringStatusList.create(MINIMUM_BITS * size).with_value(INDEX, value, status_size=size)
    return {LIST: ISSUER.status_list(bits, purpose=purpose)}


def status_of(report: VerificationReport) -> tuple[int, str, str, str]:
    check = report.check("status")
    return check.number, check.outcome.value, check.code, report.verdict.value


def test_step_13_no_message_is_no_doubt() -> None:
    assert status_of(ISSUER.verify(badge(), listed(0))) == (13, "passed", "no_message", "valid")


@pytest.mark.parametrize("value", [1, 2, 3])
def test_step_13_a_message_is_the_issuers_and_never_green(value: int) -> None:
    report = ISSUER.verify(badge(statusReference=DICTIONARY), listed(value))
    assert status_of(report) == (13, "could_not_check", "status_message", "could-not-check")
    evidence = report.check("status").evidence
    assert (evidence["value"], evidence["message"], evidence["reference"]) == (
        f"{value:#x}",
        WORDS[value],
        DICTIONARY,
    )
    assert WORDS[value] not in report.check("status").sentence("en")


@pytest.mark.parametrize(("purpose", "verdict"), [("revocation", "revoked"), ("suspension", "suspended")])
@pytest.mark.parametrize("value", [1, 2, 3])
def test_an_ending_entry_of_several_bits(purpose: str, verdict: str, value: int) -> None:
    assert ISSUER.verify(badge(purpose), listed(0, purpose)).verdict.value == "valid"
    assert ISSUER.verify(badge(purpose), listed(value, purpose)).verdict.value == verdict


def test_a_newer_copy_that_is_offered_ends_nothing() -> None:
    offered = badge("refresh", ())
    one_bit = {LIST: ISSUER.status_list(BitstringStatusList.create().set(INDEX), purpose="refresh")}
    assert status_of(ISSUER.verify(offered, one_bit)) == (13, "passed", "newer_copy_offered", "valid")
    assert status_of(ISSUER.verify(offered, {LIST: ISSUER.status_list(purpose="refresh")}))[2] == "no_message"


def test_an_entry_of_one_bit_may_do_without_words() -> None:
    plain = badge("message", ())
    one_bit = {LIST: ISSUER.status_list(BitstringStatusList.create().set(INDEX), purpose="message")}
    assert ISSUER.verify(plain, one_bit).check("status").evidence["message"] == "set"
    with_words = badge("message", ("fine", "ask us"))
    assert ISSUER.verify(with_words, one_bit).check("status").evidence["message"] == "ask us"


def test_b52_a_list_of_several_purposes() -> None:
    bits = BitstringStatusList.create()
    for purposes, verdict in ((["suspension", "revocation"], "valid"), (["suspension"], "invalid")):
        unsigned = {name: value for name, value in ISSUER.status_list(bits).items() if name != "proof"}
        unsigned["credentialSubject"] = {**unsigned["credentialSubject"], "statusPurpose": purposes}
        report = ISSUER.verify(badge("revocation", ()), {LIST: ISSUER.signed(unsigned)})
        assert report.verdict.value == verdict


def test_b52_an_unknown_purpose_could_not_be_checked() -> None:
    assert ISSUER.verify(badge("revocation", ()), {LIST: ISSUER.status_list()}).verdict.value == "valid"
    report = ISSUER.verify(badge("recall", ()), {LIST: ISSUER.status_list(purpose="recall")})
    assert status_of(report) == (13, "could_not_check", "status_purpose_unknown", "could-not-check")


def test_b52_a_purpose_is_one_text() -> None:
    report = ISSUER.verify(badge(statusPurpose=["message", "revocation"]), listed(0))
    assert (report.check("schema").code, report.verdict.value) == ("model", "invalid")


def messages(*entries: Any) -> Callable[[], Document]:
    return lambda: badge(statusMessage=list(entries))


GOOD = [{"status": f"{value:#x}", "message": word} for value, word in enumerate(WORDS)]
MALFORMED: list[tuple[str, Callable[[], Document], str]] = [
    ("B51 size 0", lambda: badge(statusSize=0), "status_size"),
    ("B51 size 2^31", lambda: badge(statusSize=2**31), "status_size"),
    ("B51 negative size", lambda: badge(statusSize=-1), "status_size"),
    ("B51 size as text", lambda: badge(statusSize="2"), "status_size"),
    ("B51 size as truth", lambda: badge(statusSize=True), "status_size"),
    ("B51 half a bit", lambda: badge(statusSize=1.5), "status_size"),
    ("B51 nine bits", lambda: badge(statusSize=9), "status_size"),
    ("B51 several bits without words", lambda: badge("message", (), statusSize=2), "status_messages"),
    ("B51 too few words", messages(*GOOD[:3]), "status_messages"),
    ("B51 too many words", messages(*GOOD, GOOD[0]), "status_messages"),
    ("B51 a value twice", messages(*GOOD[:3], GOOD[0]), "status_messages"),
    ("B51 a value too large", messages(*GOOD[:3], {"status": "0x9", "message": "x"}), "status_messages"),
    ("B51 decimal value", messages(*GOOD[:3], {"status": "3", "message": "x"}), "status_messages"),
    ("B51 script as value", messages(*GOOD[:3], {"status": SCRIPT, "message": "x"}), "status_messages"),
    ("B51 no text", messages(*GOOD[:3], {"status": "0x3", "message": 5}), "status_messages"),
    ("B51 no object", messages(*GOOD[:3], "0x3"), "status_messages"),
    ("B51 reference that is none", lambda: badge(statusReference=5), "status_reference"),
    ("B50 no index", lambda: badge(statusListIndex="x"), "status_index"),
]


@pytest.mark.parametrize(("name", "make", "code"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_a_malformed_entry(name: str, make: Callable[[], Document], code: str) -> None:
    assert ISSUER.verify(badge(), listed(0)).verdict.value == "valid"
    report = ISSUER.verify(make(), listed(0))
    assert (report.check("status").code, report.verdict.value) == (code, "invalid"), (name, report.to_json())


def test_b51_a_script_among_the_words_is_told_to_nobody() -> None:
    """The words are for developers: they stand in the evidence, never in a sentence that people read."""
    report = ISSUER.verify(badge(words=("fine", SCRIPT, "x", "y")), listed(1))
    told = report.check("status")
    assert told.evidence["message"] == SCRIPT
    assert SCRIPT not in told.sentence("en") + told.sentence("es") + report.sentence()


def test_b49_short_for_its_bits() -> None:
    """131,072 bits are enough for entries of one bit and too few for entries of two."""
    short = {LIST: ISSUER.status_list(BitstringStatusList.create(), purpose="message")}
    assert status_of(ISSUER.verify(badge(), short)) == (13, "failed", "status_length", "invalid")
    assert ISSUER.verify(badge(), listed(0)).verdict.value == "valid"


def test_b50_the_last_entry_and_the_one_after() -> None:
    for index, verdict in ((MINIMUM_BITS - 1, "valid"), (MINIMUM_BITS, "invalid")):
        assert ISSUER.verify(badge(statusListIndex=str(index)), listed(0)).verdict.value == verdict


def test_values_of_every_size_are_written_and_read() -> None:
    for size in range(1, 9):
        largest = 2**size - 1
        bits = BitstringStatusList.create(MINIMUM_BITS * size)
        bits = bits.with_value(5, largest, status_size=size).with_value(6, 1, status_size=size)
        assert [bits.get(index, status_size=size) for index in (4, 5, 6, 7)] == [0, largest, 1, 0]
        assert bits.with_value(5, 0, status_size=size).get(5, status_size=size) == 0
    with pytest.raises(StatusListError, match="status_range"):
        bits.with_value(1, 256, status_size=8)


def test_an_entry_survives_a_round_trip() -> None:
    document = sample_badge().to_json()
    entry = CredentialStatus.bitstring(purpose="message", index=3, list_id=LIST, messages=WORDS)
    document["credentialStatus"] = [entry.to_json()]
    assert OpenBadgeCredential.from_json(document).to_json() == document
    read = StatusEntry.from_json(entry.to_json())
    assert (read.size, read.messages, read.word_for(2)) == (2, dict(enumerate(WORDS)), "rejected")


def test_bombs_are_not_bigger_for_having_several_bits() -> None:
    bomb = multibase_encode(gzip.compress(bytes(64 * 1024 * 1024), 9), prefix="u")
    unsigned = {name: value for name, value in listed(0)[LIST].items() if name != "proof"}
    unsigned["credentialSubject"] = {**unsigned["credentialSubject"], "encodedList": bomb}
    report = ISSUER.verify(badge(), {LIST: ISSUER.signed(unsigned)})
    assert report.check("status").code == "status_too_large"


REVOCATIONS = "https://keystone.example/revocations"
ENTRY = {"id": sample_badge().id, "revoked": True, "revocationReason": "Issued twice"}


def on_a_1edtech_list(**changes: Any) -> VerificationReport:
    document = sample_badge().to_json()
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialStatus"] = [{"id": REVOCATIONS, "type": "1EdTechRevocationList"}]
    found = {"id": REVOCATIONS, "issuer": ISSUER.did, "revokedCredential": [], **changes}
    return ISSUER.verify(ISSUER.signed(document), {REVOCATIONS: found})


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "valid"),
        ({"revokedCredential": [{**ENTRY, "id": "urn:uuid:other"}]}, "valid"),
        ({"revokedCredential": [{**ENTRY, "revoked": False}]}, "valid"),
        ({"revokedCredential": [ENTRY]}, "revoked"),
        ({"revokedCredential": ENTRY}, "revoked"),
        ({"revokedCredential": [{"id": ENTRY["id"]}]}, "revoked"),
        ({"revokedCredential": [{"id": ENTRY["id"], "revoked": "false"}]}, "revoked"),
        ({"issuer": {"id": ISSUER.did, "type": "Profile"}, "revokedCredential": [ENTRY]}, "revoked"),
        ({"revokedCredential": [{"revoked": True}]}, "invalid"),
        ({"revokedCredential": ["urn:uuid:other"]}, "invalid"),
        ({"issuer": "did:web:other.example"}, "invalid"),
        ({"id": "https://keystone.example/other"}, "invalid"),
    ],
)
def test_1edtech_lists_as_they_are_in_use(changes: Document, verdict: str) -> None:
    assert on_a_1edtech_list(**changes).verdict.value == verdict


def test_1edtech_lists_that_spell_their_member_in_the_plural() -> None:
    document = sample_badge().to_json()
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialStatus"] = [{"id": REVOCATIONS, "type": "1EdTechRevocationList"}]
    found = {"id": REVOCATIONS, "issuer": ISSUER.did, "revokedCredentials": [ENTRY]}
    assert ISSUER.verify(ISSUER.signed(document), {REVOCATIONS: found}).verdict.value == "revoked"
