"""The parts under the doors: configuration, seed, keys, store, clock, key fetching, and the command."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
import requests
from flask import Flask
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey
from support.lms_visitor import LMS, TOOL

from ltitool.sandbox import command, serving, toolkeys
from ltitool.sandbox.app import create_platform
from ltitool.sandbox.clock import FileClock
from ltitool.sandbox.compact import open_compact
from ltitool.sandbox.config import PlatformConfig, utc_now
from ltitool.sandbox.errors import ConfigurationError, ToolKeysUnavailableError
from ltitool.sandbox.keys import KEYS_NAME, open_key_ring
from ltitool.sandbox.seed import COHORT_3, COHORT_4, DEMO, PARTICIPANTS_3
from ltitool.sandbox.store import open_store
from ltitool.sandbox.vocabulary import Role


@pytest.mark.parametrize(
    ("base_url", "tool_url"),
    [
        ("127.0.0.1:8001", TOOL),
        ("ftp://127.0.0.1", TOOL),
        (f"{LMS}/", TOOL),
        (LMS, f"{TOOL}/lti"),
        (LMS, f"{TOOL}?a=b"),
        (LMS, "http://user@localhost:8000"),
        ("http://lms.example", TOOL),
        (LMS, "http://tool.example"),
    ],
)
def test_addresses_must_be_origins_and_plain_http_stays_at_home(
    tmp_path: Path, base_url: str, tool_url: str
) -> None:
    with pytest.raises(ConfigurationError):
        PlatformConfig(base_url, tool_url, tmp_path)
    assert PlatformConfig(LMS, TOOL, tmp_path)
    assert PlatformConfig("https://lms.example", "https://tool.example", tmp_path)


def test_the_usual_clock_is_the_machines(tmp_path: Path) -> None:
    config = PlatformConfig(LMS, TOOL, tmp_path)
    assert config.clock is utc_now
    assert config.clock().tzinfo is UTC


def test_over_https_the_cookie_is_secure(other_config: Callable[..., PlatformConfig], tool: Any) -> None:
    app = create_platform(other_config(base_url="https://lms.example"), tool.fetch)
    answer = app.test_client().get("/enter/tom-ng", base_url="https://lms.example")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_the_demo_is_a_believable_district() -> None:
    assert len(PARTICIPANTS_3) == 8
    assert len(DEMO.enrolled(COHORT_3, Role.LEARNER)) == 8
    assert [one.key for one in DEMO.enrolled(COHORT_3, Role.NON_EDITING_TEACHER)] == ["ruth-delgado"]
    assert [one.key for one in DEMO.enrolled(COHORT_3, Role.TEACHER)] == ["imani-whitfield"]
    assert [one.key for one in DEMO.people if one.administrator] == ["pat-lindqvist"]
    learners = [{one.key for one in DEMO.enrolled(course, Role.LEARNER)} for course in (COHORT_3, COHORT_4)]
    assert learners[0].isdisjoint(learners[1])
    assert all(person.email.endswith(".example") for person in DEMO.people)
    assert len({person.sub for person in DEMO.people}) == len(DEMO.people)
    assert DEMO.role("pat-lindqvist", COHORT_3) is None


def test_subs_never_change() -> None:
    assert DEMO.person("amara-okafor").sub == "ab490760-c0da-5018-8ae3-782f09ce441f"
    assert DEMO.person("ruth-delgado").sub == "c0e402ae-9975-5825-952d-0390b23ac454"


def test_keys_are_made_once_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "lms"
    first, second = open_key_ring(folder), open_key_ring(folder)
    assert first.published() == second.published()
    assert stat.S_IMODE((folder / KEYS_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [KEYS_NAME]


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def break_off() -> None:
        with store.writing() as connection:
            connection.execute("INSERT INTO courses VALUES ('c', 'l', 't', 'w')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM courses").fetchone()[0] == 0


@pytest.mark.parametrize(
    "text",
    ["a.b", "a.b.c.d", "!.e30.AAAA", "e30.e30.", "e30.W10.AAAA", "e30.e31.AAAA", "A.e30.AAAA", "e30.e30.AB"],
)
def test_a_compact_jws_has_one_spelling(text: str) -> None:
    assert open_compact("e30.e30.AAAA").claims == {}
    with pytest.raises(ValueError, match=r"JWT|base64url|JSON|Expecting|utf-8|codec"):
        open_compact(text)


def test_a_file_clock_tells_what_stands_there_now(tmp_path: Path) -> None:
    path = tmp_path / "now"
    path.write_text("2026-08-25T09:00:00+02:00\n", encoding="ascii")
    clock = FileClock(path)
    assert clock() == datetime(2026, 8, 25, 7, 0, tzinfo=UTC)
    path.write_text("2026-09-01T07:00:00Z", encoding="ascii")
    assert clock() == datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
    path.write_text("2026-09-0", encoding="ascii")
    assert clock() == datetime(2026, 9, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-09-01T07:00:00", "٢"])
def test_a_file_clock_without_a_moment_refuses(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "now"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="ISO 8601"):
        FileClock(path)()


class Wire:
    """Stands where the network would."""

    def __init__(self, body: bytes = b"{}", status: int = 200) -> None:
        self.status_code, self._body = status, body
        self.raw = self
        self.asked: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def read(self, size: int, *, decode_content: bool) -> bytes:
        assert decode_content
        return self._body[:size]

    def get(self, url: str, **options: Any) -> "Wire":
        self.asked = {"url": url, **options}
        return self


def test_a_key_set_is_fetched_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(b'{"keys": []}')
    monkeypatch.setattr(toolkeys.requests, "get", wire.get)
    assert toolkeys.fetch_key_set("http://localhost/jwks") == b'{"keys": []}'
    assert wire.asked["allow_redirects"] is False
    assert wire.asked["timeout"] == (2.0, 5.0)


@pytest.mark.parametrize("wire", [Wire(status=302), Wire(status=500), Wire(b"x" * 300_000)])
def test_a_wrong_answer_is_no_key_set(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> None:
    monkeypatch.setattr(toolkeys.requests, "get", wire.get)
    with pytest.raises(ToolKeysUnavailableError):
        toolkeys.fetch_key_set("http://localhost/jwks")


def test_no_answer_is_no_key_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> Wire:
        raise requests.ConnectTimeout

    monkeypatch.setattr(toolkeys.requests, "get", silent)
    with pytest.raises(ToolKeysUnavailableError, match="cannot be reached"):
        toolkeys.fetch_key_set("http://localhost/jwks")


def test_a_short_rsa_key_is_passed_over() -> None:
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, {"kid": "weak"})
    body = json.dumps({"keys": [weak.as_dict(private=False)]}).encode()
    assert toolkeys.ToolKeys("http://localhost/jwks", lambda _: body).find("weak") is None


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Flask, str, int]]:
    calls: list[tuple[Flask, str, int]] = []

    def serve(app: Flask, host: str, port: int) -> int:
        calls.append((app, host, port))
        return 0

    monkeypatch.setattr(command, "serve", serve)
    return calls


def test_the_command_serves_on_this_machine_alone(
    tmp_path: Path, served: list[tuple[Flask, str, int]]
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("2026-08-25T09:00:00Z", encoding="ascii")
    options = ["--port", "8011", "--tool", "http://localhost:8010/", "--data", str(tmp_path / "lms")]
    assert command.main([*options, "--clock-file", str(clock)]) == 0
    ((app, host, port),) = served
    platform = app.extensions["practice-lms"]
    assert (host, port) == ("127.0.0.1", 8011)
    assert platform.config.base_url == "http://127.0.0.1:8011"
    assert platform.config.tool.login_url == "http://localhost:8010/lti/login"
    assert platform.now() == datetime(2026, 8, 25, 9, 0, tzinfo=UTC)


def test_reset_empties_the_data_and_keeps_the_keys(
    tmp_path: Path, served: list[tuple[Flask, str, int]]
) -> None:
    options = ["--data", str(tmp_path)]
    assert command.main(options) == 0
    keys = (tmp_path / KEYS_NAME).read_text(encoding="utf-8")
    with served[0][0].extensions["practice-lms"].store.writing() as connection:
        connection.execute("INSERT INTO courses VALUES ('extra', 'l', 't', 'w')")
    count = "SELECT count(*) FROM courses WHERE course_id = 'extra'"
    for extra, left in (([], 1), (["--reset"], 0)):
        assert command.main([*options, *extra]) == 0
        with open_store(tmp_path).reading() as connection:
            assert connection.execute(count).fetchone()[0] == left
    assert (tmp_path / KEYS_NAME).read_text(encoding="utf-8") == keys


@pytest.mark.parametrize(
    "options",
    [["--tool", "http://tool.example"], ["--clock-file", "/nowhere"], ["--base-url", "http://lms.example"]],
)
def test_a_wrong_setting_is_said_in_one_line(
    tmp_path: Path,
    served: list[tuple[Flask, str, int]],
    capsys: pytest.CaptureFixture[str],
    options: list[str],
) -> None:
    assert command.main(["--data", str(tmp_path), *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith("practice LMS: ")
    assert said.count("\n") == 1
    assert served == []


@pytest.mark.parametrize(
    "options", [["--port", "0"], ["--port", "x"], ["--port", "70000"], ["--mode", "lax"]]
)
def test_a_wrong_option_is_refused(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(options)
    assert "usage: ltitool sandbox" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "status"), [(0, 0), (3, 3), ("halt", 1), (None, 0)])
def test_the_server_hands_back_its_exit_status(
    app: Flask, monkeypatch: pytest.MonkeyPatch, code: int | str | None, status: int
) -> None:
    seen: list[dict[str, Any]] = []

    def run(server: Any) -> None:
        seen.append({"bind": server.cfg.bind, "threads": server.cfg.threads, "app": server.load()})
        if code is not None:
            raise SystemExit(code)

    monkeypatch.setattr(serving._Server, "run", run)
    assert serving.serve(app, "127.0.0.1", 8099) == status
    assert seen == [{"bind": ["127.0.0.1:8099"], "threads": 8, "app": app}]
