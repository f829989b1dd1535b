"""Rows B47 to B58: status lists that lie, burst, or are not there."""

import copy
import gzip
import json
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from support.badge_samples import INDEX, LIST, NOW, sample_badge, sample_issuer

from badges.errors import StatusListError
from badges.multibase import multibase_encode
from badges.status import BitstringStatusList, choose_index, read_index

Document = dict[str, Any]
ISSUER = sample_issuer()
EMPTY = BitstringStatusList.create()


def signed_badge(**entry: Any) -> Document:
    document = sample_badge().to_json()
    document["credentialStatus"][0] |= entry
    return ISSUER.signed(document)


def list_with(**subject: Any) -> Document:
    """The issuer's list with members of its subject changed before it is signed."""
    unsigned = {name: value for name, value in ISSUER.status_list().items() if name != "proof"}
    unsigned["credentialSubject"] = {**unsigned["credentialSubject"], **subject}
    return ISSUER.signed(unsigned)


def encoded(data: bytes) -> str:
    return multibase_encode(data, prefix="u")


def unsigned_list() -> Document:
    return {name: value for name, value in ISSUER.status_list().items() if name != "proof"}


def list_of_another_issuer() -> Document:
    return sample_issuer("did:web:other.example", b"o" * 32).status_list()


def badly_signed_list() -> Document:
    document = ISSUER.status_list()
    document["credentialSubject"]["encodedList"] = EMPTY.set(1).encode()
    return document


def test_the_control_is_valid_and_dated() -> None:
    check = ISSUER.verify(signed_badge()).check("status")
    assert (check.outcome.value, check.evidence["listed"]) == ("passed", "2026-11-21T12:00:00Z")


@pytest.mark.parametrize(("purpose", "verdict"), [("revocation", "revoked"), ("suspension", "suspended")])
def test_b58_a_set_bit_is_its_own_verdict(purpose: str, verdict: str) -> None:
    badge = signed_badge(statusPurpose=purpose)
    assert ISSUER.verify(badge, {LIST: ISSUER.status_list(purpose=purpose)}).verdict.value == "valid"
    listed = ISSUER.status_list(EMPTY.set(INDEX), purpose=purpose)
    report = ISSUER.verify(badge, {LIST: listed})
    assert report.verdict.value == verdict
    assert report.claims is not None


def test_b58_bits_count_from_the_most_significant() -> None:
    """Of each byte the first entry is the highest bit; the mirror image belongs to another badge."""
    mirror = INDEX - INDEX % 8 + 7 - INDEX % 8
    assert mirror != INDEX
    assert (
        ISSUER.verify(signed_badge(), {LIST: ISSUER.status_list(EMPTY.set(mirror))}).verdict.value == "valid"
    )
    assert EMPTY.set(0).bits[0] == 0x80


def test_b58_revoked_outweighs_suspended() -> None:
    document = sample_badge().to_json()
    entry = document["credentialStatus"][0]
    other = "https://keystone.example/status/2"
    document["credentialStatus"] = [
        {**entry, "id": f"{other}#1", "statusPurpose": "suspension", "statusListCredential": other},
        entry,
    ]
    suspended = {**unsigned_list(), "id": other}
    suspended["credentialSubject"] = {
        **suspended["credentialSubject"],
        "id": f"{other}#list",
        "statusPurpose": "suspension",
        "encodedList": EMPTY.set(INDEX).encode(),
    }
    more = {other: ISSUER.signed(suspended), LIST: ISSUER.status_list(EMPTY.set(INDEX))}
    assert ISSUER.verify(ISSUER.signed(document), more).verdict.value == "revoked"
    more[LIST] = ISSUER.status_list()
    assert ISSUER.verify(ISSUER.signed(document), more).verdict.value == "suspended"


BOMB = encoded(gzip.compress(bytes(64 * 1024 * 1024), 9))
INVALID: list[tuple[str, Callable[[], Document], str]] = [
    ("B47 bomb", lambda: list_with(encodedList=BOMB), "status_too_large"),
    (
        "B48 two members",
        lambda: list_with(encodedList=encoded(gzip.compress(EMPTY.bits) * 2)),
        "status_encoding",
    ),
    ("B48 junk", lambda: list_with(encodedList=encoded(gzip.compress(EMPTY.bits) + b"x")), "status_encoding"),
    ("B48 zlib", lambda: list_with(encodedList=encoded(zlib.compress(EMPTY.bits))), "status_encoding"),
    (
        "B48 cut short",
        lambda: list_with(encodedList=encoded(gzip.compress(EMPTY.bits)[:-3])),
        "status_encoding",
    ),
    ("B48 no multibase", lambda: list_with(encodedList="H4sIA"), "status_encoding"),
    ("B49 too short", lambda: list_with(encodedList=encoded(gzip.compress(bytes(16383)))), "status_length"),
    ("B52 other purpose", lambda: list_with(statusPurpose="suspension"), "status_purpose"),
    ("B53 other issuer", list_of_another_issuer, "status_issuer"),
]


@pytest.mark.parametrize(("name", "make", "code"), INVALID, ids=[case[0] for case in INVALID])
def test_list_that_makes_the_badge_invalid(name: str, make: Callable[[], Document], code: str) -> None:
    began = time.process_time()
    report = ISSUER.verify(signed_badge(), {LIST: make()})
    assert time.process_time() - began < 2
    assert (report.check("status").code, report.verdict.value) == (code, "invalid"), name


def test_b48_bad_checksum() -> None:
    data = bytearray(gzip.compress(EMPTY.bits))
    data[-6] ^= 1
    with pytest.raises(StatusListError) as refused:
        BitstringStatusList.decode(encoded(bytes(data)))
    assert refused.value.code == "status_encoding"


@pytest.mark.parametrize(
    "index", ["-1", "2147483648", "9223372036854775808", "abc", "1.5", "01", "", " 1", "٣", "131072"]
)
def test_b50_index_out_of_range_is_never_zero(index: str) -> None:
    report = ISSUER.verify(signed_badge(statusListIndex=index))
    assert report.check("status").code in {"status_index", "status_range"}
    assert report.verdict.value == "invalid"


@pytest.mark.parametrize("size", [0, 2**31, 2, "1"])
def test_b51_status_size(size: object) -> None:
    report = ISSUER.verify(signed_badge(statusSize=size))
    assert report.verdict.value == "invalid"


UNDECIDED: list[tuple[str, dict[str, Any], Callable[[], Any]]] = [
    ("B52 unknown purpose", {"statusPurpose": "recall"}, ISSUER.status_list),
    ("B54 unsigned", {}, unsigned_list),
    ("B54 bad signature", {}, badly_signed_list),
    ("B54 out of date", {}, lambda: ISSUER.status_list(validUntil="2026-11-20T00:00:00Z")),
    ("B54 not yet in force", {}, lambda: ISSUER.status_list(validFrom="2026-12-20T00:00:00Z")),
    ("B54 other type", {}, lambda: ISSUER.status_list(type=["VerifiableCredential"])),
    ("B54 other id", {}, lambda: ISSUER.status_list(id="https://keystone.example/status/2")),
    (
        "B54 no list inside",
        {},
        lambda: ISSUER.status_list(credentialSubject=[ISSUER.status_list()["credentialSubject"]]),
    ),
    ("B54 not JSON", {}, lambda: b"<html>503</html>"),
]


@pytest.mark.parametrize(("name", "entry", "make"), UNDECIDED, ids=[case[0] for case in UNDECIDED])
def test_list_that_proves_nothing(name: str, entry: dict[str, Any], make: Callable[[], Any]) -> None:
    badge = signed_badge(**entry)
    report = ISSUER.verify(badge, {LIST: make()})
    assert report.check("status").outcome.value == "could_not_check", report.to_json()
    assert report.verdict.value == "could-not-check", name


@pytest.mark.parametrize(("ahead", "verdict"), [(0, "valid"), (60, "valid"), (61, "could-not-check")])
def test_a_list_signed_a_moment_ago_counts_though_clocks_differ(ahead: int, verdict: str) -> None:
    begins = (NOW + timedelta(seconds=ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (
        ISSUER.verify(signed_badge(), {LIST: ISSUER.status_list(validFrom=begins)}).verdict.value == verdict
    )


def test_unknown_kind_of_list() -> None:
    document = sample_badge().to_json()
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialStatus"] = [{"id": "urn:x:1", "type": "1EdTechCredentialRefresh"}]
    report = ISSUER.verify(ISSUER.signed(document))
    assert (report.check("status").code, report.verdict.value) == ("status_type_unknown", "could-not-check")


def test_b55_list_that_cannot_be_had() -> None:
    documents = ISSUER.documents()
    left = {url: content for url, content in documents.documents.items() if url != LIST}
    report = ISSUER.verify(signed_badge(), fetcher=type(documents)(left))
    assert report.verdict.value == "could-not-check"
    assert report.missing == (LIST,)


def test_b56_a_list_with_a_status_of_its_own_is_not_followed() -> None:
    entry = sample_badge().to_json()["credentialStatus"]
    assert (
        ISSUER.verify(signed_badge(), {LIST: ISSUER.status_list(credentialStatus=entry)}).verdict.value
        == "valid"
    )


def test_b57_too_many_entries() -> None:
    document = sample_badge().to_json()
    entry = document["credentialStatus"][0]
    document["credentialStatus"] = [{**entry, "id": f"{LIST}#{n}"} for n in range(5)]
    report = ISSUER.verify(ISSUER.signed(document))
    assert (report.check("status").code, report.verdict.value) == ("too_many_status_entries", "invalid")


def test_status_list_as_a_token() -> None:
    token = ISSUER.jwt(unsigned_list())
    assert ISSUER.verify(signed_badge(), {LIST: token.encode()}).verdict.value == "valid"


def test_1edtech_revocation_list() -> None:
    document = sample_badge().to_json()
    url = "https://keystone.example/revocations"
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["credentialStatus"] = [{"id": url, "type": "1EdTechRevocationList"}]
    badge = ISSUER.signed(document)
    listed = {"id": url, "issuer": ISSUER.did, "revokedCredential": [{"id": document["id"], "revoked": True}]}
    other = copy.deepcopy(listed) | {"revokedCredential": [{"id": "urn:uuid:other"}]}
    assert ISSUER.verify(badge, {url: listed}).verdict.value == "revoked"
    assert ISSUER.verify(badge, {url: other}).verdict.value == "valid"
    assert ISSUER.verify(badge, {url: {**other, "issuer": "did:web:x.example"}}).verdict.value == "invalid"
    assert ISSUER.verify(badge, {url: {**other, "revokedCredential": 5}}).verdict.value == "invalid"
    assert ISSUER.verify(badge, {url: b"no"}).verdict.value == "could-not-check"


def test_values_never_change_and_come_back() -> None:
    some = EMPTY.with_all([0, 9, 131_071])
    assert EMPTY.get(9) == 0
    assert [some.get(index) for index in (0, 9, 131_071, 10)] == [1, 1, 1, 0]
    assert some.set(9, value=False).get(9) == 0
    assert BitstringStatusList.decode(some.encode()) == some
    assert some.encode() == some.encode()
    assert some.get(4, status_size=2) == 1
    with pytest.raises(StatusListError, match="status_range"):
        some.set(131_072)
    with pytest.raises(StatusListError, match="status_range"):
        some.get(-1)
    with pytest.raises(StatusListError, match="status_size"):
        some.get(1, status_size=9)
    with pytest.raises(StatusListError, match="status_length"):
        BitstringStatusList.create(8)


def test_an_index_is_free_and_every_free_one_can_come() -> None:
    taken = set(range(1000)) - {3, 500}
    numbers = iter([7, 7, 500])
    assert choose_index(taken, size=1000, randbelow=lambda _size: next(numbers)) == 500
    # When the dice never find a free one, the free ones are counted out.
    assert choose_index(taken, size=1000, randbelow=lambda size: 1 if size == 2 else 7) == 500
    with pytest.raises(StatusListError, match="status_list_full"):
        choose_index(set(range(8)), size=8, randbelow=lambda _size: 0)
    assert read_index("0") == 0


def test_the_list_is_written_as_the_standard_says() -> None:
    document = ISSUER.status_list(validUntil="2027-01-01T00:00:00Z")
    assert document["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert json.dumps(document["credentialSubject"])[:40].startswith(
        '{"id": "https://keystone.example/status'
    )
