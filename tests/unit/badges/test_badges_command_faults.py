"""``python -m badges`` in the hands of strangers: odd files, wrong words, and answers for programs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.badge_samples import DID, sample_badge
from test_badges_baking import PNG, SVG
from test_badges_command import AT, ISSUER, folder

from badges.__main__ import main
from badges.did import did_key, did_key_method
from badges.documents import as_text
from badges.keys import InMemoryEd25519

__all__ = ["folder"]
OTHER = InMemoryEd25519.from_seed(b"another-seed-of-thirty-two-bytes")


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def pem(signer: Any) -> bytes:
    key: bytes = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key


@pytest.fixture
def issuing(folder: Path) -> list[str]:
    """The words that sign the sample badge with the issuer's own key."""
    (folder / "unsigned.json").write_bytes(as_text(sample_badge().to_json()))
    (folder / "key.pem").write_bytes(pem(ISSUER.ed25519))
    words = ["issue", str(folder / "unsigned.json"), "--key", str(folder / "key.pem")]
    return [*words, "--method", ISSUER.methods[0], *AT]


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_every_word_answers_as_json(
    folder: Path, issuing: list[str], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = issuing
    if form == "jwt":
        (folder / "key.pem").write_bytes(pem(ISSUER.es256))
        words = [word if word != ISSUER.methods[0] else ISSUER.methods[2] for word in issuing]
    assert main([*words, "--json"]) == 0
    printed = said(capsys)
    assert (printed["form"], printed["id"]) == (form, sample_badge().id)
    issued = folder / "issued"
    assert main([*words, "--json", "--out", str(issued)]) == 0
    assert said(capsys)["out"] == str(issued)
    if form == "json":
        assert printed["credential"] == issued.read_text().removesuffix("\n")
    (folder / "plain.png").write_bytes(PNG)
    baked = folder / "baked.png"
    assert main(["bake", str(issued), str(folder / "plain.png"), "--out", str(baked), "--json"]) == 0
    assert said(capsys) == {"form": f"png+{form}", "id": sample_badge().id, "out": str(baked)}
    assert main(["unbake", str(baked), "--json"]) == 0
    assert said(capsys) == {"version": "3.0", "credential": issued.read_text().removesuffix("\n")}
    assert main(["unbake", str(baked), "--json", "--out", str(folder / "again")]) == 0
    assert said(capsys) == {"version": "3.0", "out": str(folder / "again")}
    assert (folder / "again").read_bytes() == issued.read_bytes()
    assert main(["inspect", str(baked), "--json"]) == 0
    shown = said(capsys)
    assert (shown["form"], shown["checked"], shown["credential"]["id"]) == (
        f"png+{form}",
        [],
        sample_badge().id,
    )
    assert shown.get("envelope", {}).get("header", {}).get("alg") == ("ES256" if form == "jwt" else None)
    assert main(["verify", str(baked), "--any-issuer", "--json", *AT]) == 2
    assert said(capsys)["verdict"] == "could-not-check"


def test_faults_are_json_too(folder: Path, issuing: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "list").write_text("[1]")
    (folder / "plain.png").write_bytes(PNG)
    plain, listed = str(folder / "plain.png"), str(folder / "list")
    cases = [
        (["inspect", listed], 1, "not_an_object"),
        (["unbake", plain], 1, "no_badge"),
        (["bake", listed, plain, "--out", str(folder / "x")], 1, "not_an_object"),
        ([*issuing[:3], listed, *issuing[4:]], 1, "private_key"),
        (["unbake", str(folder / "absent")], 2, "file"),
        (["verify", str(folder)], 2, "file"),
    ]
    for words, code, fault in cases:
        assert main([*words, "--json"]) == code
        assert said(capsys)["error"]["code"] == fault
    assert not (folder / "x").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "syntax"),
        (b"%PDF-1.4\n%\xe2\xe3", "encoding"),
        (b"-----BEGIN PRIVATE KEY-----\n", "syntax"),
        (b"[1]", "not_an_object"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (as_text(sample_badge().to_json()), "unsigned"),
        (b"https://keystone.example/badge", "address"),
        (SVG, "no_badge"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_only_a_signed_badge_is_baked(
    folder: Path, content: bytes, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "plain.png").write_bytes(PNG)
    words = [str(folder / "plain.png"), "--out", str(folder / "baked.png")]
    (folder / "odd").write_bytes(content)
    assert main(["bake", str(folder / "odd"), *words]) == 1
    assert f"({code} at " in capsys.readouterr().err
    assert not (folder / "baked.png").exists()
    assert main(["bake", str(folder / "badge.json"), *words]) == 0
    assert main(["bake", str(folder / "baked.png"), *words]) == 1
    assert "already_baked" in capsys.readouterr().err


def test_a_badge_can_be_signed_twice(
    folder: Path, issuing: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    once, twice = str(folder / "once.json"), str(folder / "twice.json")
    assert main([*issuing, "--out", once]) == 0
    assert main([issuing[0], once, *issuing[2:], "--out", twice]) == 0
    assert len(json.loads(Path(twice).read_text())["proof"]) == 2
    documents = ["--documents", str(folder / "documents"), "--trust", DID]
    assert main(["verify", twice, *documents, *AT]) == 0
    capsys.readouterr()


def test_what_nobody_could_verify_is_not_handed_out(
    folder: Path, issuing: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(folder / "issued")]

    def issue(method: str) -> tuple[int, str]:
        code = main([*issuing[:5], method, *AT, *out])
        return code, capsys.readouterr().err

    assert issuing[4] == "--method"
    assert issue(ISSUER.methods[0]) == (0, "")
    (folder / "issued").unlink()
    code, told = issue("did:web:somebody.example#key")
    assert (code, "issuer_mismatch" in told) == (1, True)
    # A did:key says itself which key it is; the one in the file is another.
    claimed = did_key(OTHER.public_key)
    badge = {**sample_badge().to_json()}
    badge["issuer"] = {**badge["issuer"], "id": claimed}
    (folder / "unsigned.json").write_bytes(as_text(badge))
    code, told = issue(did_key_method(OTHER.public_key))
    assert (code, "(signature at" in told) == (1, True)
    # The name of the key of a token is an address, or an identifier of the issuer's.
    (folder / "unsigned.json").write_bytes(as_text(sample_badge().to_json()))
    (folder / "key.pem").write_bytes(pem(ISSUER.es256))
    code, told = issue("rubbish")
    assert (code, "(kid at" in told) == (1, True)
    assert not (folder / "issued").exists()


def test_a_moment_that_is_none_is_wrong_usage_and_says_nothing_of_the_badge(
    folder: Path, issuing: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["verify", str(folder / "badge.json"), "--any-issuer"], issuing[:-2]):
        for moment in ("yesterday", "2026-11-21", "2026-11-21T12:00:00"):
            with pytest.raises(SystemExit) as ended:
                main([*words, "--at", moment])
            assert ended.value.code == 2
            assert "with a time zone" in capsys.readouterr().err


def test_a_document_that_cannot_be_read_is_named_when_one_is_missing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = folder / "documents"
    words = ["verify", str(folder / "badge.json"), *AT, "--documents", str(documents), "--trust", DID]
    (documents / "unneeded.json").write_text("{")
    assert main(words) == 0
    assert "unneeded.json" not in capsys.readouterr().out
    (documents / "first.json").write_text((documents / "first.json").read_text() + "}")
    assert main(words) == 2
    assert "left out: first.json: " in capsys.readouterr().out
    assert main([*words, "--language", "es"]) == 2
    assert "sin leer: first.json: " in capsys.readouterr().out
    assert main([*words, "--json"]) == 2
    assert [line.partition(":")[0] for line in said(capsys)["leftOut"]] == ["first.json", "unneeded.json"]


def test_a_file_without_end_is_read_only_as_far_as_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "/dev/zero", "--any-issuer"]) == 1
    assert "too_large" in capsys.readouterr().out
    assert main(["unbake", "/dev/zero"]) == 1


def test_a_terminal_of_few_letters_hears_utf_8(folder: Path) -> None:
    words = ["verify", str(folder / "badge.json"), "--any-issuer", "--language", "es", *AT]
    done = subprocess.run(
        [sys.executable, "-m", "badges", *words],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert (done.returncode, done.stderr) == (2, b"")
    assert "firma" in done.stdout.decode("utf-8")
