"""The operator's words: each does one thing, answers in one shape, and fails in one line."""

import base64
import json
import os
import re
import shutil
import socket
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ltitool.app import create_app, services_of
from ltitool.cli.main import build_parser, main
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.models import AuditEntry
from ltitool.people.invitations import NewInvitation, accept, invite
from ltitool.people.models import Organisation
from ltitool.programs.shipped import load_shipped
from ltitool.settings import load_settings

KEY = base64.b64encode(b"k" * 32).decode()
LMS = "https://lms.example"
PLATFORM = [
    *("--name", "District LMS", "--issuer", LMS, "--client-id", "c1"),
    *("--auth-login-url", f"{LMS}/auth", "--auth-token-url", f"{LMS}/token", "--jwks-url", f"{LMS}/jwks"),
]
Run = Callable[..., dict[str, Any]]


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

    def said(*words: str, code: int = 0, refused: bool = True) -> dict[str, Any]:
        assert main([*words, "--json"]) == code
        out, err = capsys.readouterr()
        answer: dict[str, Any] = json.loads(out)
        assert not code or not refused or err.startswith(answer["error"]["code"])
        return answer

    return said


@pytest.fixture
def organisation(run: Run) -> str:
    run("organisations", "add", "valle-verde", "Valle Verde Public Schools")
    return "valle-verde"


def test_an_organisation_is_added_once(run: Run, organisation: str) -> None:
    again = run("organisations", "add", organisation, "Another name", code=1)
    assert again["error"]["code"] == "organisation.exists"


def added(run: Run, *more: str) -> dict[str, Any]:
    platform: dict[str, Any] = run("platforms", "add", *PLATFORM, *more)["platform"]
    return platform


def test_a_platform_is_registered_and_told_our_doors(run: Run, organisation: str) -> None:
    answer = run("platforms", "add", "--organisation", organisation, *PLATFORM, "--deployment-id", "d1")
    assert answer["tool"] == {
        "login_url": "https://tool.example/lti/login",
        "launch_url": "https://tool.example/lti/launch",
        "redirect_url": "https://tool.example/lti/launch",
        "deep_link_url": "https://tool.example/lti/launch",
        "jwks_url": "https://tool.example/lti/jwks.json",
        "canvas_url": "https://tool.example/lti/canvas.json",
    }
    platform = answer["platform"]
    assert set(platform) == {
        *("id", "status", "name", "issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url"),
        *("token_audience", "origins", "deployment_policy", "scores_at_once", "product", "created_at"),
        "deployments",
    }
    assert (platform["status"], platform["issuer"], platform["client_id"]) == ("active", LMS, "c1")
    assert [(one["deployment_id"], one["status"]) for one in platform["deployments"]] == [("d1", "active")]
    assert run("platforms", "list", "--organisation", organisation) == {"platforms": [platform]}
    assert run("platforms", "show", "District LMS") == run("platforms", "show", platform["id"])
    assert run("platforms", "show", platform["id"]) == {"platform": platform}


def test_a_platform_is_switched_off_and_on(run: Run, organisation: str) -> None:
    del organisation
    platform = added(run)
    for word, status in (("disable", "disabled"), ("enable", "active"), ("approve", "active")):
        assert run("platforms", word, platform["id"])["platform"]["status"] == status


def test_a_platform_is_seen_under_a_further_name(run: Run, organisation: str) -> None:
    del organisation
    platform = added(run, "--origin", "https://files.example/x")
    assert platform["origins"] == ["https://files.example", LMS]
    school = "https://School.example:443/courses"
    allowed = run("platforms", "allow-origin", platform["id"], school)["platform"]
    assert allowed["origins"] == ["https://files.example", LMS, "https://school.example"]
    for wrong in ("http://school.example", "school.example", "javascript:alert(1)"):
        refused = run("platforms", "allow-origin", platform["id"], wrong, code=1)["error"]
        assert (refused["code"], list(refused["faults"])) == ("form.invalid", ["origin"])


def test_a_platform_is_sent_as_many_scores_at_a_time_as_it_bears(run: Run, organisation: str) -> None:
    del organisation
    platform = added(run)
    assert platform["scores_at_once"] is None
    for said, kept in (("2", 2), ("64", 64), ("usual", None)):
        assert run("platforms", "pace", platform["id"], said)["platform"]["scores_at_once"] == kept
    for wrong in ("0", "65"):
        refused = run("platforms", "pace", platform["id"], wrong, code=1)["error"]
        assert (refused["code"], list(refused["faults"])) == ("form.invalid", ["at_once"])
    assert run("platforms", "show", platform["id"])["platform"]["scores_at_once"] is None


def test_a_platform_is_tested_and_a_failure_ends_with_one(
    run: Run, organisation: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del organisation
    for name, value in {"PUBLIC_URL": "http://localhost:8000", "LOOPBACK_HTTP": "yes"}.items():
        monkeypatch.setenv(f"LTITOOL_{name}", value)
    with socket.socket() as closed:  # bound, and listening to nobody
        closed.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{closed.getsockname()[1]}"
        run("platforms", "add", *(word.replace(LMS, here) for word in PLATFORM), "--deployment-id", "d1")
        answer = run("platforms", "check", "District LMS", code=1, refused=False)
        assert main(["platforms", "check", "District LMS"]) == 1
    assert (answer["passed"], answer["platform"]["name"]) == (False, "District LMS")
    keys = next(one for one in answer["checks"] if one["check"] == "keys")
    assert set(keys) == {"check", "about", "outcome", "reason", "values", "title", "means", "fix"}
    assert (keys["outcome"], keys["reason"]) == ("failed", "fetch.failed")
    assert f"{here}/jwks does not answer." in keys["means"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("PASSED")
    assert any(line.startswith("FAILED") for line in lines)


def test_a_deployment_is_kept_out_and_let_in(run: Run, organisation: str) -> None:
    del organisation
    added(run, "--deployment-id", "d1")
    (known,) = run("deployments", "list")["deployments"]
    assert set(known) == {"id", "platform_id", "deployment_id", "status", "embed_origins", "created_at"}
    for word, status in (("disable", "disabled"), ("approve", "active")):
        assert run("deployments", word, known["id"])["deployment"] == known | {"status": status}


def test_a_platform_is_never_overwritten(run: Run, organisation: str) -> None:
    del organisation
    added(run)
    again = run("platforms", "add", *PLATFORM, code=1)
    assert again["error"]["code"] == "platform.exists"
    assert len(run("platforms", "list")["platforms"]) == 1


def test_a_plain_http_platform_is_refused_field_by_field(
    run: Run, organisation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del organisation
    spoiled = [word.replace("https://lms.example/jwks", "http://lms.example/jwks") for word in PLATFORM]
    refused = run("platforms", "add", *spoiled, code=1)["error"]
    assert (refused["code"], list(refused["faults"])) == ("form.invalid", ["jwks_url"])
    assert main(["platforms", "add", *spoiled]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[1] == "jwks_url: This must be an https address"


def test_people_read_lines(run: Run, organisation: str, capsys: pytest.CaptureFixture[str]) -> None:
    del organisation
    platform = added(run, "--deployment-id", "d1")
    for words in (["platforms", "list"], ["platforms", "disable", "District LMS"]):
        assert main(words) == 0
        assert capsys.readouterr().out.startswith(platform["id"])
    assert main(["platforms", "show", "District LMS"]) == 0
    assert "deployment: " in capsys.readouterr().out


def test_a_name_means_one_platform(run: Run, organisation: str) -> None:
    del organisation
    assert run("platforms", "show", "District LMS", code=1)["error"]["code"] == "platform.missing"
    added(run)
    run("platforms", "add", *PLATFORM, "--client-id", "c2")
    refused = run("platforms", "disable", "District LMS", code=1)
    assert refused["error"]["code"] == "platform.ambiguous"
    assert [one["status"] for one in run("platforms", "list")["platforms"]] == ["active", "active"]


def test_one_organisation_need_not_be_named(run: Run, organisation: str) -> None:
    assert run("platforms", "list") == {"platforms": []}
    refused = run("platforms", "list", "--organisation", "north-ridge", code=1)
    assert refused["error"]["code"] == "organisation.missing"
    platform = added(run)
    run("organisations", "add", "north-ridge", "North Ridge")
    assert run("platforms", "list", code=1)["error"]["code"] == "organisation.unsaid"
    assert len(run("platforms", "list", "--organisation", organisation)["platforms"]) == 1
    for word in ("show", "disable"):
        other = run("platforms", word, platform["id"], "--organisation", "north-ridge", code=1)
        assert other["error"]["code"] == "platform.missing"


def test_invitations_are_links(run: Run, organisation: str) -> None:
    made = run("invite", "director", "--organisation", organisation, "--note", "Inés")
    assert re.fullmatch(r"https://tool\.example/invitations/[\w-]{43}", made["link"])
    made = run("platforms", "invite", "--name", "Valle Verde Moodle")
    assert re.fullmatch(r"https://tool\.example/lti/register\?invitation=[\w-]{43}", made["link"])
    assert made["uses"] == 1


def test_p16_keys_rotate_with_a_day_in_which_both_are_published(run: Run) -> None:
    first = run("keys", "rotate")["kid"]
    second = run("keys", "rotate")["kid"]
    newest, oldest = run("keys", "list")["keys"]
    assert (newest["kid"], oldest["kid"]) == (second, first)
    handover = datetime.fromisoformat(newest["signs_from"])
    assert handover == datetime.fromisoformat(oldest["signs_until"])
    assert handover - datetime.fromisoformat(newest["made_at"]) == timedelta(days=1)
    assert (newest["signs_until"], newest["destroyed"]) == (None, False)


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


def test_roles_are_listed_and_taken_away(run: Run, organisation: str) -> None:
    del organisation
    assert run("staff", "list") == {"staff": []}
    nobody = str(uuid.uuid4())
    assert run("staff", "withdraw", nobody, code=1)["error"]["code"] == "person.not-staff"
    app = create_app(load_settings(os.environ))
    with app.app_context(), transaction() as session:
        found = services_of(app)
        wanted = NewInvitation(found.new_id(), organisation_id(session), "director", None, "")
        invite(session, wanted, token="t", at=found.clock())
        session.flush()
        person = accept(
            session, "t", person_id=None, new_person_id=uuid.uuid4(), full_name="Inés", at=found.clock()
        ).person_id
    (line,) = run("staff", "list")["staff"]
    assert (line["person"], line["role"]) == (str(person), "director")
    assert run("staff", "withdraw", str(person)) == {"person": str(person), "withdrawn": ["director"]}
    assert run("staff", "list") == {"staff": []}
    assert written(app) == [
        ("role.invited", None, {"role": "director"}),
        ("role.granted", person, {"role": "director", "invitation": str(wanted.id)}),
        ("role.withdrawn", None, {"role": "director"}),
    ]


def test_what_the_command_does_to_platforms_and_roles_is_written_down(run: Run, organisation: str) -> None:
    del organisation
    platform = added(run)
    words = [
        *(("platforms", word, platform["id"]) for word in ("disable", "disable", "enable")),
        ("platforms", "allow-origin", platform["id"], "https://school.example"),
        ("platforms", "invite", "--name", "Moodle"),
        ("invite", "operator"),
    ]
    for word in words:
        run(*word)
    lines = written(create_app(load_settings(os.environ)))
    assert [action for action, _, _ in lines] == [
        *("platform.registered", "platform.disabled", "platform.active"),
        *("platform.origin-allowed", "platform.invited", "role.invited"),
    ]
    assert {actor for _, actor, _ in lines} == {None}


def organisation_id(session: Any) -> uuid.UUID:
    found: uuid.UUID = session.scalars(select(Organisation.id)).one()
    return found


def written(app: Flask) -> list[tuple[str, uuid.UUID | None, dict[str, Any]]]:
    with app.app_context():
        lines = read_session().scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
        read_session().commit()
    return [(line.action, line.actor_id, line.details) for line in lines]
