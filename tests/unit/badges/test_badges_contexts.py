"""The pinned contexts: brought once, checked by hash, all or none."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.badge_samples import ROOT

from badges.canonical import pinned
from badges.errors import ContextError
from build_support import contexts


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """The wheels of the lock file, made anew around the files that are already here."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    lock = json.loads(contexts.LOCK.read_text())["contexts"]
    for package in {(entry["package"], entry["version"]) for entry in lock}:
        with zipfile.ZipFile(folder / f"{'-'.join(package)}-py3-none-any.whl", "w") as wheel:
            members = {e["member"]: e["file"] for e in lock if (e["package"], e["version"]) == package}
            for member, file in members.items():
                wheel.writestr(member, (contexts.TARGET / file).read_bytes())
    return folder


def test_a_second_run_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert contexts.main([]) == 0
    assert "present" in capsys.readouterr().out


def test_files_are_taken_out_of_the_wheels(
    wheels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target"
    assert contexts.main(["--wheels", str(wheels), "--target", str(target)]) == 0
    assert "9 of 9" in capsys.readouterr().out
    (target / "credentials-v2.json").write_text("{}")
    assert contexts.main(["--wheels", str(wheels), "--target", str(target)]) == 0
    assert "1 of 9" in capsys.readouterr().out
    for file in sorted(contexts.TARGET.glob("*.json")):
        assert (target / file.name).read_bytes() == file.read_bytes()


def test_an_altered_or_absent_wheel_writes_nothing(
    wheels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "target"
    pyld = next(wheels.glob("pyld-*"))
    with zipfile.ZipFile(pyld) as wheel:
        names = wheel.namelist()
    with zipfile.ZipFile(pyld, "w") as wheel:
        for name in names:
            wheel.writestr(name, "{}")
    assert contexts.main(["--wheels", str(wheels), "--target", str(target)]) == 1
    assert "the lock says" in capsys.readouterr().err
    pyld.unlink()
    assert contexts.main(["--wheels", str(wheels), "--target", str(target)]) == 1
    assert "expected one wheel" in capsys.readouterr().err
    assert not target.exists()


def test_the_lock_names_no_address_of_an_index() -> None:
    text = (ROOT / "requirements" / "contexts.txt").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") == 2


def test_every_pinned_context_has_the_hash_of_the_lock() -> None:
    found = pinned.pinned_contexts()
    assert pinned.CREDENTIALS_V2 in found.documents
    assert set(pinned.OPEN_BADGES_CONTEXTS) <= found.documents.keys()
    with pytest.raises(ContextError, match="context_not_pinned"):
        found.get("https://attacker.example/context")
    assert hash(found) == hash(pinned.ContextSet(found.documents))


@pytest.mark.parametrize(("spoil", "code"), [(True, "context_altered"), (False, "context_missing")])
def test_absent_or_altered_files_are_noticed(
    spoil: bool, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(contexts.TARGET, tmp_path / "contexts")
    shutil.copy(contexts.LOCK, tmp_path)
    victim = tmp_path / "contexts" / "ob-3.0.3.json"
    victim.write_text("{}") if spoil else victim.unlink()

    def here(_package: str) -> Any:
        return tmp_path

    monkeypatch.setattr(pinned.resources, "files", here)
    with pytest.raises(ContextError, match=code):
        pinned.pinned_contexts.__wrapped__()
