"""The story: thirteen weeks over real HTTP, and what it leaves behind, judged by programs that know nobody.

The whole of it is played once for this module, as `make story` plays it.
"""

import base64
import json
import re
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.npm_packages import node

from badges.baking import bake, unbake
from badges.canonical.pinned import pinned_contexts

pytestmark = [pytest.mark.story, pytest.mark.server]

ROOT = Path(__file__).parents[2]
LIBRARIES = ("digitalbazaar", "digitalcredentials")
ARTEFACTS = {
    "credential.json",
    "credential.jwt",
    "badge.png",
    "badge.svg",
    "did.json",
    "key.jwk",
    "status.json",
    "report.json",
    "story.md",
}
FORMS = ("credential.json", "credential.jwt", "badge.png", "badge.svg")
WITHIN = 60.0  # seconds of CPU: a shared machine is no clock
VALID, INVALID, UNCHECKED = 0, 1, 2


@dataclass(frozen=True)
class Played:
    """What the story left, and the CPU seconds it took."""

    folder: Path
    seconds: float
    said: str

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @property
    def did(self) -> str:
        return str(self.read("did.json")["id"])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    out = tmp_path_factory.mktemp("story") / "out"
    began = _spent()
    command = [sys.executable, "-m", "ltitool.cli", "story", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    seconds = _spent() - began
    assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
    return Played(out, seconds, done.stdout)


def _spent() -> float:
    """Give the CPU seconds of the processes that this one started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


@pytest.fixture
def documents(played: Played, tmp_path: Path) -> Path:
    """The issuer's documents alone, as a stranger would have fetched them."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("did.json", "key.jwk", "status.json"):
        shutil.copy(played.folder / name, folder)
    return folder


def verify(path: Path, *options: str) -> tuple[int, str]:
    """Ask the command line that the base install brings; gives how it ended and what it said."""
    command = [sys.executable, "-m", "badges", "verify", str(path), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def changed(played: Played, name: str, folder: Path) -> Path:
    """Write one form of the badge anew with a single character changed in what was signed."""
    path = folder / name
    whole = (played.folder / name).read_bytes()
    if name.endswith(".jwt"):
        head, body, signature = whole.decode().strip().split(".")
        text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        body = base64.urlsafe_b64encode(_one_other_character(text).encode()).decode().rstrip("=")
        path.write_text(f"{head}.{body}.{signature}", encoding="ascii")
    elif name.endswith(".json"):
        path.write_text(_one_other_character(whole.decode()), encoding="utf-8")
    else:
        path.write_bytes(bake(_bare(whole), _one_other_character(unbake(whole).text)))
    return path


def _one_other_character(text: str) -> str:
    """Change the first letter of the achievement's name."""
    found = re.search(r'"achievement":.*?"name":\s*"(.)', text, re.DOTALL)
    assert found is not None
    place = found.start(1)
    return text[:place] + ("X" if text[place] != "X" else "Y") + text[place + 1 :]


def _bare(picture: bytes) -> bytes:
    """Take the credential out of a baked picture."""
    if picture.startswith(b"\x89PNG"):
        kept, place = picture[:8], 8
        while place < len(picture):
            length = int.from_bytes(picture[place : place + 4], "big") + 12
            if picture[place + 4 : place + 8] != b"iTXt":
                kept += picture[place : place + length]
            place += length
        return kept
    return re.sub(rb"<openbadges:credential.*?</openbadges:credential>", b"", picture, flags=re.DOTALL)


def test_it_is_played_in_time_and_leaves_everything(played: Played) -> None:
    assert played.seconds < WITHIN
    left = {path.name: path.stat().st_size for path in played.folder.iterdir() if path.is_file()}
    assert set(left) >= ARTEFACTS
    assert all(left[name] for name in ARTEFACTS)


def test_its_steps_tell_who_did_what(played: Played) -> None:
    story = (played.folder / "story.md").read_text(encoding="utf-8")
    for week in (1, 13):
        assert f"## Week {week}," in story
    for who in ("Amara Okafor", "Dana Begay", "Ruth Delgado", "Imani Whitfield", "verifier"):
        assert who in story
    for what in ("grade", "revoke", "localhost:"):
        assert what in story


def test_the_public_verifier_found_it_genuine(played: Played) -> None:
    assert played.read("report.json")["verdict"] == "valid"


@pytest.mark.parametrize("name", FORMS)
def test_it_verifies_offline_in_every_form(played: Played, documents: Path, name: str) -> None:
    code, said = verify(played.folder / name, "--documents", str(documents), "--trust", played.did)
    assert code == VALID, said


def test_the_whole_folder_serves_as_documents(played: Played) -> None:
    code, said = verify(
        played.folder / "credential.json", "--documents", str(played.folder), "--trust", played.did
    )
    assert code == VALID, said


@pytest.mark.parametrize("name", FORMS)
def test_without_documents_it_cannot_be_checked_and_says_what_is_missing(played: Played, name: str) -> None:
    code, said = verify(played.folder / name, "--trust", played.did)
    assert code == UNCHECKED
    [status] = played.read("credential.json")["credentialStatus"]
    assert status["statusListCredential"] in said
    key = _kid(played) if name.endswith(".jwt") else _did_address(played.did)
    assert key in said or played.did in said


@pytest.mark.parametrize("missing", ["did.json", "status.json"])
def test_without_one_document_it_cannot_be_checked(played: Played, documents: Path, missing: str) -> None:
    (documents / missing).unlink()
    code, said = verify(
        played.folder / "credential.json", "--documents", str(documents), "--trust", played.did
    )
    assert code == UNCHECKED, said


def test_without_a_trusted_issuer_it_is_not_green(played: Played, documents: Path) -> None:
    path = played.folder / "credential.json"
    assert verify(path, "--documents", str(documents))[0] != VALID
    stranger = ("--trust", "did:web:stranger.example")
    assert verify(path, "--documents", str(documents), *stranger)[0] != VALID
    assert verify(path, "--documents", str(documents), "--any-issuer")[0] == VALID


@pytest.mark.parametrize("name", FORMS)
def test_one_changed_character_breaks_it(played: Played, documents: Path, tmp_path: Path, name: str) -> None:
    code, said = verify(changed(played, name, tmp_path), "--documents", str(documents), "--trust", played.did)
    assert code == INVALID, said


@pytest.mark.npm
@pytest.mark.parametrize("library", LIBRARIES)
def test_npm_verifiers_accept_it_and_refuse_it_changed(played: Played, tmp_path: Path, library: str) -> None:
    """They look keys up in the story's own did.json; contexts are the pinned ones."""
    did = played.read("did.json")
    known: dict[str, Any] = {**pinned_contexts().documents, did["id"]: did}
    for method in did["verificationMethod"]:
        known[method["id"]] = {"@context": "https://w3id.org/security/multikey/v1", **method}
    other = json.loads(changed(played, "credential.json", tmp_path).read_text(encoding="utf-8"))
    tasks = [
        {"verify": played.read("credential.json")},
        {"verify": other},
        {"verify": played.read("status.json")},
    ]
    request = {"library": library, "documents": known, "tasks": tasks, "olderOpenBadges": False}
    good, bad, status = node("data-integrity.mjs", request)
    assert good == {"verified": True, "error": ""}
    assert not bad["verified"]
    assert status == {"verified": True, "error": ""}


@pytest.mark.npm
def test_jose_verifies_the_token_with_the_key_behind_its_kid(played: Played, tmp_path: Path) -> None:
    token = (played.folder / "credential.jwt").read_text(encoding="ascii").strip()
    other = changed(played, "credential.jwt", tmp_path).read_text(encoding="ascii")
    keys = {_kid(played): played.read("key.jwk")}
    good, bad = node("jwt.mjs", {"keys": keys, "tokens": [token, other]})
    assert good["verified"]
    credential = {name: value for name, value in played.read("credential.json").items() if name != "proof"}
    assert credential.items() <= good["payload"].items()
    assert not bad["verified"]


def _kid(played: Played) -> str:
    head = (played.folder / "credential.jwt").read_text(encoding="ascii").partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


def _did_address(did: str) -> str:
    return did.removeprefix("did:web:").replace(":", "/").replace("%3A", ":") + "/did.json"
