"""The operator's words: each does one thing, answers in one shape, and fails in one line."""

import base64
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ltitool.cli.main import build_parser, main
from ltitool.programs.shipped import load_shipped

KEY = base64.b64encode(b"k" * 32).decode()
LMS = "https://lms.example"
PLATFORM = [
    *("--name", "District LMS", "--issuer", LMS, "--client-id", "c1"),
    *("--auth-login-url", f"{LMS}/auth", "--auth-token-url", f"{LMS}/token", "--jwks-url", f"{LMS}/jwks"),
]
Run = Callable[..., dict[str, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Say a word of the command on a database of its own; gives what it answers, or its complaint."""
    shutil.copy(empty_database, tmp_path / "tool.db")
    for name, value in {
        "PUBLIC_URL": "https://tool.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/tool.db",
        "DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": KEY,
        "KEY_ENCRYPTION_KEY": KEY,
    }.items():
        monkeypatch.setenv(f"LTITOOL_{name}", value)
    (tmp_path / "data").mkdir()

    def said(*words: str, code: int = 0) -> dict[str, str]:
        assert main([*words, "--json"]) == code
        out, err = capsys.readouterr()
        answer: dict[str, str] = json.loads(out) if out else {"complaint": err}
        return answer

    return said


@pytest.fixture
def organisation(run: Run) -> str:
    run("organisations", "add", "valle-verde", "Valle Verde Public Schools")
    return "valle-verde"


def test_an_organisation_is_added_once(run: Run, organisation: str) -> None:
    again = run("organisations", "add", organisation, "Another name", code=1)
    assert again["complaint"].startswith("organisation.exists")


def test_a_platform_is_registered_and_told_our_doors(run: Run, organisation: str) -> None:
    added = run("platforms", "add", "--organisation", organisation, *PLATFORM, "--deployment-id", "d1")
    assert added["login"] == "https://tool.example/lti/login"
    assert added["jwks"] == "https://tool.example/lti/jwks.json"
    listed = run("platforms", "list", "--organisation", organisation)
    assert listed == {added["platform"]: f"active  District LMS  {LMS}  c1"}
    assert list(run("deployments", "list", "--organisation", organisation).values()) == ["active  d1"]
    off = run("platforms", "disable", added["platform"], "--organisation", organisation)
    assert off["status"] == "disabled"
    on = run("platforms", "enable", added["platform"], "--organisation", organisation)
    assert on["status"] == "active"


def test_a_platform_is_never_overwritten(run: Run, organisation: str) -> None:
    run("platforms", "add", "--organisation", organisation, *PLATFORM)
    again = run("platforms", "add", "--organisation", organisation, *PLATFORM, code=1)
    assert again["complaint"].startswith("platform.exists")


def test_a_plain_http_platform_is_refused(run: Run, organisation: str) -> None:
    spoiled = [word.replace("https://lms.example/jwks", "http://lms.example/jwks") for word in PLATFORM]
    refused = run("platforms", "add", "--organisation", organisation, *spoiled, code=1)
    assert refused["complaint"].startswith("form.invalid")


def test_another_organisation_is_not_found(run: Run, organisation: str) -> None:
    refused = run("platforms", "list", "--organisation", "north-ridge", code=1)
    assert refused["complaint"].startswith("organisation.missing")


def test_an_invitation_is_a_link(run: Run, organisation: str) -> None:
    made = run("invite", "director", "--organisation", organisation, "--note", "Inés")
    assert re.fullmatch(r"https://tool\.example/invitations/[\w-]{43}", made["link"])


def test_keys_rotate(run: Run) -> None:
    first = run("keys", "rotate")["kid"]
    assert run("keys", "rotate")["kid"] != first


def test_missing_settings_are_listed_and_nothing_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("PUBLIC_URL", "DATABASE_URL", "SECRET_KEY", "KEY_ENCRYPTION_KEY"):
        monkeypatch.delenv(f"LTITOOL_{name}", raising=False)
    assert main(["migrate"]) == 2
    complaints = capsys.readouterr().err.splitlines()
    assert len(complaints) == 4
    assert all(line.startswith("setting: LTITOOL_") for line in complaints)


def test_a_program_file_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = load_shipped()["collaborative-leadership-13"].source
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(source, encoding="utf-8")
    bad.write_text(source.replace("unit: week", "unit: fortnight", 1), encoding="utf-8")
    assert main(["check-program", str(good)]) == 0
    assert main(["check-program", str(bad)]) == 1
    assert re.search(r"bad\.yaml:6:\d+", capsys.readouterr().err)


def test_a_database_is_brought_up_to_date(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tool.db").unlink()
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    run("organisations", "add", "valle-verde", "Valle Verde")


def test_every_word_has_help() -> None:
    assert {"serve", "migrate", "demo", "story", "sandbox", "check-program", "platforms"} <= set(
        re.findall(r"^    ([a-z-]+)", build_parser().format_help(), re.MULTILINE)
    )
