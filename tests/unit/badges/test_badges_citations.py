"""Row B69: what a badge cites with a digest is compared when it is at hand, and never fetched unasked."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.badge_samples import DID, NOW, sample_badge, sample_issuer

from badges.__main__ import main
from badges.canonical.pinned import CREDENTIALS_V2, OPEN_BADGES, pinned_bytes
from badges.digests import data_url_content, digest_fits
from badges.documents import FetchedDocument, MemoryDocuments, as_text
from badges.errors import ModelError
from badges.multibase import multibase_encode
from badges.report import VerificationReport
from badges.verify import Policy, verify
from badges.verify.citations import MAX_COMPARED, MAX_CONTENT_BYTES

Document = dict[str, Any]
ISSUER = sample_issuer()
PHOTO = b"what the photograph shows"
OTHER = b"another photograph"
ADDRESS = "https://keystone.example/evidence/1"


def sri(content: bytes, kind: str = "sha384") -> str:
    return f"{kind}-{base64.b64encode(hashlib.new(kind, content).digest()).decode()}"


def multihash(content: bytes, kind: str = "sha256", prefix: str = "z") -> str:
    code = {"sha256": b"\x12\x20", "sha384": b"\x20\x30", "sha512": b"\x13\x40"}[kind]
    return multibase_encode(code + hashlib.new(kind, content).digest(), prefix=prefix)


def cited(**members: Any) -> Document:
    """A badge whose first piece of evidence has these members more."""
    document = sample_badge().to_json()
    document["evidence"][0] |= members
    return ISSUER.signed(document)


class Asked:
    def __init__(self, contents: dict[str, bytes]) -> None:
        self.documents = MemoryDocuments(contents, otherwise=ISSUER.documents())
        self.addresses: list[str] = []

    def fetch(self, url: str) -> FetchedDocument:
        self.addresses.append(url)
        return self.documents.fetch(url)


def check(
    badge: Document, contents: dict[str, bytes] | None = None, *, compare: bool = True
) -> tuple[VerificationReport, list[str]]:
    fetcher = Asked(contents or {})
    policy = Policy.trusting(DID)
    policy = policy.comparing_cited() if compare else policy
    return verify(json.dumps(badge), policy=policy, now=NOW, fetcher=fetcher), fetcher.addresses


def evidence_of(report: VerificationReport) -> tuple[int, str, str, str]:
    found = report.check("evidence")
    return found.number, found.outcome.value, found.code, report.verdict.value


DIGESTS: list[tuple[str, Callable[[bytes], Document]]] = [
    ("sha256", lambda content: {"digestSRI": sri(content, "sha256")}),
    ("sha384", lambda content: {"digestSRI": sri(content)}),
    ("sha512", lambda content: {"digestSRI": sri(content, "sha512")}),
    ("multihash", lambda content: {"digestMultibase": multihash(content)}),
    ("multihash of sha384", lambda content: {"digestMultibase": multihash(content, "sha384", "u")}),
    ("multihash of sha512", lambda content: {"digestMultibase": multihash(content, "sha512")}),
    ("bare", lambda content: {"digestMultibase": multibase_encode(hashlib.sha256(content).digest())}),
    ("both", lambda content: {"digestSRI": sri(content), "digestMultibase": multihash(content)}),
]


@pytest.mark.parametrize(("name", "digest"), DIGESTS, ids=[case[0] for case in DIGESTS])
def test_b69_step_7_evidence_is_compared_with_its_digest(
    name: str, digest: Callable[[bytes], Document]
) -> None:
    badge = cited(**digest(PHOTO))
    assert evidence_of(check(badge, {ADDRESS: PHOTO})[0]) == (7, "passed", "digests_fit", "valid"), name
    report, asked = check(badge, {ADDRESS: OTHER})
    assert evidence_of(report) == (7, "failed", "digest", "invalid")
    assert report.check("evidence").path == "$.evidence[0]"
    assert asked.count(ADDRESS) == 1


def test_b69_one_wrong_digest_of_two() -> None:
    badge = cited(digestSRI=sri(PHOTO), digestMultibase=multihash(OTHER))
    assert evidence_of(check(badge, {ADDRESS: PHOTO})[0])[2:] == ("digest", "invalid")


def test_b69_several_multihashes_must_all_fit() -> None:
    for second, verdict in ((PHOTO, "valid"), (OTHER, "invalid")):
        badge = cited(digestMultibase=[multihash(PHOTO), multihash(second, "sha512")])
        assert check(badge, {ADDRESS: PHOTO})[0].verdict.value == verdict


def test_b69_the_strongest_integrity_text_counts() -> None:
    strong_fits = cited(digestSRI=f"{sri(OTHER, 'sha256')} {sri(PHOTO, 'sha512')}")
    weak_fits = cited(digestSRI=f"{sri(PHOTO, 'sha256')} {sri(OTHER, 'sha512')}")
    assert check(strong_fits, {ADDRESS: PHOTO})[0].verdict.value == "valid"
    assert check(weak_fits, {ADDRESS: PHOTO})[0].verdict.value == "invalid"


def test_b69_nothing_is_fetched_unless_the_policy_says_so() -> None:
    """Told, and no reason for doubt about the badge: naming a digest must not make a badge worse."""
    badge = cited(digestSRI=sri(PHOTO))
    for report, asked in (check(badge, {ADDRESS: PHOTO}, compare=False), check(badge)):
        assert evidence_of(report) == (7, "could_not_check", "digest_not_compared", "valid")
        assert report.check("evidence").sentence("en") != report.check("evidence").sentence("es")
        del asked
    assert ADDRESS not in check(badge, {ADDRESS: PHOTO}, compare=False)[1]
    without = verify(json.dumps(badge), policy=Policy.trusting(DID).comparing_cited(), now=NOW)
    assert without.verdict.value == "could-not-check"


def test_b69_evidence_without_a_digest_is_never_asked_for() -> None:
    badge = ISSUER.signed(sample_badge().to_json())
    report, asked = check(badge, {ADDRESS: OTHER})
    assert evidence_of(report) == (7, "passed", "ok", "valid")
    assert ADDRESS not in asked


def test_b69_nothing_is_fetched_before_the_proof_holds() -> None:
    badge = cited(digestSRI=sri(PHOTO)) | {"name": "Changed"}
    report, asked = check(badge, {ADDRESS: PHOTO})
    assert report.verdict.value == "invalid"
    assert ADDRESS not in asked


DATA_URLS = [
    ("base64", f"data:image/png;base64,{base64.b64encode(PHOTO).decode()}"),
    ("percent", "data:text/plain," + "".join(f"%{byte:02x}" for byte in PHOTO)),
]


@pytest.mark.parametrize(("name", "address"), DATA_URLS, ids=[case[0] for case in DATA_URLS])
def test_b69_a_data_address_needs_no_fetching(name: str, address: str) -> None:
    def pictured(content: bytes) -> Document:
        document = sample_badge().to_json()
        image = {"id": address, "type": "Image", "digestMultibase": multihash(content)}
        document["credentialSubject"]["achievement"]["image"] = image
        return ISSUER.signed(document)

    report, asked = check(pictured(PHOTO), compare=False)
    assert evidence_of(report) == (7, "passed", "digests_fit", "valid"), name
    assert address not in asked
    report, _ = check(pictured(OTHER), compare=False)
    assert evidence_of(report) == (7, "failed", "digest", "invalid")
    assert report.check("evidence").path == "$.credentialSubject.achievement.image"


@pytest.mark.parametrize("address", ["data:image/png;base64,!!!", "data:nothing"])
def test_b69_a_data_address_that_is_none(address: str) -> None:
    report, _ = check(cited(id=address, digestSRI=sri(PHOTO)))
    assert report.verdict.value == "invalid"
    assert report.check("evidence").code == "data_address"


MISSPELLED: list[tuple[str, Document]] = [
    ("md5", {"digestSRI": "md5-" + base64.b64encode(bytes(16)).decode()}),
    ("sha1", {"digestSRI": "sha1-" + base64.b64encode(bytes(20)).decode()}),
    ("no kind", {"digestSRI": base64.b64encode(b"x" * 32).decode()}),
    ("no base64", {"digestSRI": "sha256-A"}),
    ("hexadecimal", {"digestMultibase": hashlib.sha256(PHOTO).hexdigest()}),
    ("other hash", {"digestMultibase": multibase_encode(b"\x11\x14" + bytes(20))}),
    ("cut short", {"digestMultibase": multibase_encode(b"\x12\x20" + bytes(31))}),
]


@pytest.mark.parametrize(("name", "digest"), MISSPELLED, ids=[case[0] for case in MISSPELLED])
def test_b69_a_digest_that_could_never_fit(name: str, digest: Document) -> None:
    report, asked = check(cited(**digest), {ADDRESS: PHOTO})
    assert evidence_of(report) == (7, "failed", "digest_form", "invalid"), name
    assert ADDRESS not in asked


def test_b69_a_digest_of_nothing() -> None:
    document = sample_badge().to_json()
    document["evidence"][1]["digestSRI"] = sri(PHOTO)
    report, _ = check(ISSUER.signed(document))
    assert evidence_of(report) == (7, "failed", "digest_form", "invalid")


def related(*resources: Document) -> Document:
    return ISSUER.signed(sample_badge().to_json() | {"relatedResource": list(resources)})


def test_related_resources_have_one_digest_each() -> None:
    one = {"id": ADDRESS + "/terms", "digestSRI": sri(PHOTO)}
    assert check(related(one), {one["id"]: PHOTO})[0].verdict.value == "valid"
    for broken in (related({"id": one["id"], "mediaType": "text/html"}), related(one, one)):
        report, _ = check(broken, {one["id"]: PHOTO})
        assert report.verdict.value in {"invalid", "unsupported"}
        assert report.claims is None


def test_related_contexts_are_compared_with_the_pinned_ones() -> None:
    ours = pinned_bytes(CREDENTIALS_V2) or b""
    report, asked = check(related({"id": CREDENTIALS_V2, "digestSRI": sri(ours)}), compare=False)
    assert evidence_of(report) == (7, "passed", "digests_fit", "valid")
    assert CREDENTIALS_V2 not in asked
    # Two texts of this one are in use; that the issuer had the other does not make its badge false.
    report, _ = check(related({"id": OPEN_BADGES, "digestSRI": sri(OTHER)}))
    assert evidence_of(report) == (7, "failed", "digest", "unsupported")


def test_b69_a_thousand_pieces_of_evidence() -> None:
    document = sample_badge().to_json()
    document["evidence"] = [
        {"id": f"{ADDRESS}/{n}", "type": ["Evidence"], "name": f"Photograph {n}"} for n in range(1000)
    ]
    signed = ISSUER.signed(sample_badge().to_json()) | {"evidence": document["evidence"]}
    report, asked = check(signed)
    assert (report.check("shape").code, report.verdict.value) == ("too_many_items", "invalid")
    assert asked == []


def test_b69_few_contents_are_compared() -> None:
    document = sample_badge().to_json()
    document["evidence"] = [
        {"id": f"{ADDRESS}/{n}", "type": ["Evidence"], "name": "A photograph", "digestSRI": sri(PHOTO)}
        for n in range(MAX_COMPARED + 3)
    ]
    contents = {entry["id"]: PHOTO for entry in document["evidence"]}
    report, asked = check(ISSUER.signed(document), contents)
    assert evidence_of(report) == (7, "could_not_check", "digest_not_compared", "valid")
    assert len([url for url in asked if url.startswith(ADDRESS)]) == MAX_COMPARED


def test_b69_a_content_that_is_too_large() -> None:
    large = bytes(MAX_CONTENT_BYTES + 1)
    report, _ = check(cited(digestSRI=sri(large)), {ADDRESS: large})
    assert evidence_of(report) == (7, "could_not_check", "digest_not_compared", "valid")


def test_contents_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "badge.json").write_bytes(as_text(cited(digestSRI=sri(PHOTO))))
    (tmp_path / "documents").mkdir()
    for number, content in enumerate(ISSUER.documents().documents.values()):
        (tmp_path / "documents" / f"{number}.json").write_bytes(content)
    words = ["verify", str(tmp_path / "badge.json"), "--at", "2026-11-21T12:00:00Z", "--trust", DID]
    words += ["--documents", str(tmp_path / "documents")]
    assert main(words) == 0
    assert "digest_not_compared" in capsys.readouterr().out
    for content, code in ((PHOTO, 0), (OTHER, 1)):
        (tmp_path / "photo").write_bytes(content)
        assert main([*words, "--content", f"{ADDRESS}={tmp_path / 'photo'}"]) == code
    capsys.readouterr()
    for wrong in ("nothing", f"{ADDRESS}={tmp_path / 'absent'}"):
        with pytest.raises(SystemExit) as stopped:
            main([*words, "--content", wrong])
        assert stopped.value.code == 2


def test_the_parts_alone() -> None:
    assert data_url_content("data:,a%20b") == b"a b"
    assert digest_fits({"digestSRI": sri(PHOTO) + "?ct=image/png"}, PHOTO)
    with pytest.raises(ModelError, match="digest_form"):
        digest_fits({"digestSRI": 5}, PHOTO)
