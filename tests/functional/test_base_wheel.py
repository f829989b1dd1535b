"""The wheel with only the base beside it: badges are verified, the server's command says what it lacks."""

import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.badge_samples import DID, ROOT, sample_badge, sample_issuer

from badges.documents import as_text
from ltitool.cli import entrance

BUILD = (
    "import sys; from hatchling.builders.wheel import WheelBuilder;"
    "print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=['standard']))"
)


def base_packages() -> Iterator[importlib.metadata.Distribution]:
    """What the lock of the base install names, out of the environment that runs this."""
    lock = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE):
        yield importlib.metadata.distribution(name)


def link(package: importlib.metadata.Distribution, site: Path) -> None:
    tops = {Path(file.parts[0]) for file in package.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in tops:
        target = Path(str(package.locate_file(str(top))))
        if not (site / top).exists():
            (site / top).symlink_to(target)


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and the base packages."""
    folder = tmp_path_factory.mktemp("base")
    built = run(sys.executable, "-c", BUILD, ROOT, folder / "dist")
    assert built.returncode == 0, built.stderr
    wheel = next((folder / "dist").glob("*.whl"))
    assert run(sys.executable, "-m", "venv", "--without-pip", folder / "venv").returncode == 0
    python = folder / "venv" / "bin" / "python"
    installed = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel
    )
    assert installed.returncode == 0, installed.stderr
    site = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    for package in base_packages():
        link(package, site)
    return folder / "venv" / "bin"


@pytest.mark.parametrize("words", [(), ("demo",), ("serve", "--help")])
def test_the_servers_command_names_the_extra(base: Path, words: tuple[str, ...]) -> None:
    told = run(base / "ltitool", *words)
    assert told.returncode == 2
    assert told.stdout == ""
    assert "pip install 'keystone-credential[server]'" in told.stderr
    assert "python -m badges verify" in told.stderr
    assert "Traceback" not in told.stderr
    assert run(base / "python", "-m", "ltitool.cli").stderr == told.stderr


def test_the_base_is_enough_to_verify_a_badge(base: Path, tmp_path: Path) -> None:
    issuer = sample_issuer()
    signed = issuer.signed(sample_badge().to_json())
    (tmp_path / "documents").mkdir()
    for number, content in enumerate(issuer.documents().documents.values()):
        (tmp_path / "documents" / f"{number}.json").write_bytes(content)
    words = ("-m", "badges", "verify", tmp_path / "badge.json", "--documents", tmp_path / "documents")
    words += ("--trust", DID, "--at", "2026-11-21T12:00:00Z")
    (tmp_path / "badge.json").write_bytes(as_text(signed))
    genuine = run(base / "python", *words)
    assert genuine.returncode == 0, genuine.stdout + genuine.stderr
    assert genuine.stdout.startswith("valid: ")
    (tmp_path / "badge.json").write_bytes(as_text(signed | {"name": "Another"}))
    assert run(base / "python", *words).returncode == 1


def test_a_fault_of_our_own_is_not_called_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ltitool.cli.main", None)
    with pytest.raises(ModuleNotFoundError):
        entrance.main([])
