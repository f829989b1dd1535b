"""`make demo`'s command as a process: it says what it does, stops both servers, and keeps what people did."""

import re
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from support.running_demo import free_port, interrupt, running_demo

from ltitool.cli.demo import set_up
from ltitool.cli.pair import Pair, check_ports, put_aside

pytestmark = pytest.mark.server

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_demo_from_an_empty_folder_to_its_second_start(tmp_path: Path) -> None:
    with running_demo(tmp_path / "demo") as first:
        for word in ("participant", "coach", "verifier", "Amara Okafor: 7 photos"):
            assert word in first.said
        for link in re.findall(r"http://\S+", first.said):
            assert requests.get(link.rstrip(")."), timeout=10).status_code == 200, link
        assert requests.get(f"{first.tool}/health", timeout=10).json()["status"] == "ok"
        assert interrupt(first.process) == 0
    assert is_free(first.pair.port)
    assert is_free(first.pair.lms_port)
    again = again_at(first.pair)
    assert "photos" not in again
    assert "put aside" not in again


def again_at(pair: Pair) -> str:
    """Start once more at the same place, and give what it says; it ends by itself once it is ready."""
    command = [sys.executable, "-m", "ltitool.cli", "demo", "--data", str(pair.folder)]
    command += ["--port", str(pair.port), "--lms-port", str(pair.lms_port)]
    log = pair.folder / "again.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while "Ctrl-C stops both." not in log.read_text(encoding="utf-8"):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return log.read_text(encoding="utf-8")
    finally:
        assert interrupt(process) == 0


def test_a_taken_port_is_one_plain_sentence(tmp_path: Path) -> None:
    free = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"^Port {taken} is taken .* make demo PORT=\d+$"):
            check_ports(Pair(taken, free, tmp_path))
        with pytest.raises(SystemExit, match=rf"^Port {taken} is taken .* make demo LMS_PORT=\d+$"):
            check_ports(Pair(free, taken, tmp_path))
    with pytest.raises(SystemExit, match="cannot both use"):
        check_ports(Pair(free, free, tmp_path))
    check_ports(Pair(free, taken, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_used_is_put_aside_and_never_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ltitool.cli.demo.seed_demo", lambda *_: None)
    pair = Pair(8000, 8001, tmp_path)
    (tmp_path / "lms").mkdir()
    (tmp_path / "lms" / "grades").write_text("kept")
    (tmp_path / "tool.db").write_bytes(b"")
    set_up(pair, NOON)  # an empty database needs no explanation
    assert "put aside" not in capsys.readouterr().out
    monkeypatch.setattr("ltitool.cli.demo.why_start_over", lambda *_: "it is old")
    set_up(pair, NOON)
    aside = tmp_path / "aside-20261120-120000"
    assert (aside / "lms" / "grades").read_text() == "kept"
    assert (aside / "tool.db").exists()
    assert (tmp_path / "tool.db").exists()
    assert (tmp_path / "secrets.json").exists()
    assert f"put aside in {aside}: it is old" in capsys.readouterr().out


def test_a_database_of_another_version_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ltitool.cli.demo.seed_demo", lambda *_: None)
    pair = Pair(8000, 8001, tmp_path)
    set_up(pair, NOON)
    with closing(sqlite3.connect(tmp_path / "tool.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'unheard-of'")
    set_up(pair, NOON)
    said = capsys.readouterr().out
    assert "another version of the tool made them" in said
    assert "'unheard-of'" in said
    assert (tmp_path / "aside-20261120-120000" / "tool.db").exists()


def test_nothing_to_put_aside_leaves_an_empty_folder(tmp_path: Path) -> None:
    assert list(put_aside(Pair(1, 2, tmp_path), NOON).iterdir()) == []
