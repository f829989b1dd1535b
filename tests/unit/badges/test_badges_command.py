"""``python -m badges`` and the folder of documents, offline."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from support.badge_samples import DID, LIST, RECIPIENT, sample_badge, sample_issuer
from test_badges_baking import PNG, SVG

from badges.__main__ import main
from badges.documents import DocumentFolder, as_text
from badges.errors import ContextError, FetchError
from badges.status import BitstringStatusList

ISSUER = sample_issuer()
AT = ["--at", "2026-11-21T12:00:00Z"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "first.json").write_bytes(as_text(ISSUER.did_document))
    (documents / "second.json").write_bytes(as_text(ISSUER.status_list()))
    (documents / "notes.txt").write_text("not a document")
    (tmp_path / "badge.json").write_bytes(as_text(ISSUER.signed(sample_badge().to_json())))
    (tmp_path / "badge.jwt").write_text(ISSUER.jwt(sample_badge().to_json()))
    return tmp_path


def run(folder: Path, *words: str) -> int:
    return main(["verify", str(folder / "badge.json"), *AT, *words])


def test_valid_with_key_status_and_a_trusted_issuer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = ["--documents", str(folder / "documents")]
    assert run(folder, *documents, "--trust", DID, "--json", "--recipient", RECIPIENT) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "valid"
    assert [check["number"] for check in report["checks"]] == list(range(1, 17))
    assert report["claims"]["hours"] == "26.5"
    assert run(folder, *documents, "--any-issuer", "--language", "es") == 0
    assert "auténtica" in capsys.readouterr().out
    assert main(["verify", str(folder / "badge.jwt"), *AT, *documents, "--trust", DID]) == 0


def test_exit_2_names_what_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = ["--documents", str(folder / "documents")]
    assert run(folder, *documents) == 2
    assert f"missing: trust in {DID}" in capsys.readouterr().out
    assert run(folder, "--trust", DID) == 2
    out = capsys.readouterr().out
    assert "missing: https://keystone.example/issuers/north/did.json" in out
    assert f"missing: {LIST}" in out
    (folder / "documents" / "second.json").unlink()
    assert run(folder, *documents, "--trust", DID) == 2
    assert f"missing: {LIST}" in capsys.readouterr().out


def test_exit_1_when_it_is_not_valid(folder: Path) -> None:
    documents = ["--documents", str(folder / "documents"), "--trust", DID]
    text = (folder / "badge.json").read_text()
    (folder / "badge.json").write_text(text.replace("Photographs", "Photograph"))
    assert run(folder, *documents) == 1
    (folder / "badge.json").write_text(text)
    assert run(folder, *documents, "--recipient", "bob@example.org") == 1
    revoked = ISSUER.status_list(BitstringStatusList.create().set(94_567))
    (folder / "documents" / "second.json").write_bytes(as_text(revoked))
    assert run(folder, *documents) == 1


def test_inspect_bake_unbake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plain.png").write_bytes(PNG)
    (folder / "plain.svg").write_bytes(SVG)
    for kind, badge in (("png", "badge.json"), ("svg", "badge.jwt")):
        out = folder / f"baked.{kind}"
        assert main(["bake", str(folder / badge), str(folder / f"plain.{kind}"), "--out", str(out)]) == 0
        documents = ["--documents", str(folder / "documents"), "--trust", DID]
        assert main(["verify", str(out), *AT, *documents]) == 0
        assert main(["unbake", str(out), "--out", str(folder / "again")]) == 0
        assert (folder / "again").read_text().strip() == (folder / badge).read_text().strip()
        capsys.readouterr()
        assert main(["unbake", str(out)]) == 0
        assert main(["inspect", str(out)]) == 0
        assert "checked: nothing" in capsys.readouterr().out
        assert main(["inspect", str(out), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["credential"]["id"].startswith("urn:uuid:1111")


def test_faults_are_told_without_a_trace(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder / "absent.json")]) == 2
    assert "absent.json" in capsys.readouterr().err
    assert main(["unbake", str(folder / "badge.json")]) == 1
    assert "not_a_picture" in capsys.readouterr().err
    (folder / "broken.json").write_text('{"a": 1, "a": 2}')
    assert main(["inspect", str(folder / "broken.json")]) == 1
    assert "duplicate_key" in capsys.readouterr().err
    assert main(["bake", str(folder / "broken.json"), str(folder / "badge.json"), "--out", "x"]) == 1


def test_documents_are_found_by_what_they_say_they_are(folder: Path) -> None:
    documents = folder / "documents"
    (documents / "key.jwk").write_bytes(as_text({"kid": "https://keystone.example/key", "kty": "RSA"}))
    (documents / "list.jwt").write_text(
        ISSUER.jwt({**sample_badge().to_json(), "id": "https://keystone.example/9"})
    )
    (documents / "broken.json").write_text("{")
    (documents / "large.json").write_text(" " * (3 * 1024 * 1024))
    found = DocumentFolder(documents)
    assert len(found.unreadable) == 2
    for url in (LIST, "https://keystone.example/key", "https://keystone.example/9"):
        assert found.fetch(url).content
    with pytest.raises(FetchError, match="not_at_hand"):
        found.fetch("https://keystone.example/none")


def test_issue_with_each_kind_of_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "unsigned.json").write_bytes(as_text(sample_badge().to_json()))
    documents = ["--documents", str(folder / "documents"), "--trust", DID]
    for place, signer in enumerate((ISSUER.ed25519, ISSUER.rs256, ISSUER.es256)):
        pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key.pem").write_bytes(pem)
        words = ["issue", str(folder / "unsigned.json"), "--key", str(folder / "key.pem")]
        words += ["--method", ISSUER.methods[place], *AT]
        assert main([*words, "--out", str(folder / "issued")]) == 0
        assert main(["verify", str(folder / "issued"), *AT, *documents]) == 0
        capsys.readouterr()
        assert main(words) == 0
        assert len(capsys.readouterr().out) > 1000
    for pem in (b"no key", ec_pem(), encrypted_pem()):
        (folder / "key.pem").write_bytes(pem)
        assert main(words) == 1
        assert "private_key" in capsys.readouterr().err


def ec_pem() -> bytes:
    key = ec.generate_private_key(ec.SECP384R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def encrypted_pem() -> bytes:
    key = ISSUER.ed25519.key
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def test_an_installation_without_contexts_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent() -> None:
        raise ContextError("context_missing", "ob-3.0.3.json is absent")

    monkeypatch.setattr("badges.verify.entrance.pinned_contexts", absent)
    assert run(folder, "--any-issuer") == 2
    assert "context_missing" in capsys.readouterr().err


def test_two_files_that_claim_one_address_are_not_chosen_between(folder: Path) -> None:
    other = ISSUER.status_list(BitstringStatusList.create().set(3))
    (folder / "documents" / "third.json").write_bytes(as_text(other))
    with pytest.raises(FetchError, match="ambiguous_document"):
        DocumentFolder(folder / "documents").fetch(LIST)
    assert run(folder, "--documents", str(folder / "documents"), "--trust", DID) == 2
    (folder / "documents" / "third.json").write_bytes((folder / "documents" / "second.json").read_bytes())
    assert run(folder, "--documents", str(folder / "documents"), "--trust", DID) == 0
