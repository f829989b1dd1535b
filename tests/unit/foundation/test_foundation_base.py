import uuid
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import StatementError

from ltitool.foundation.clock import file_clock, system_clock
from ltitool.foundation.db import in_use_case, read_session, transaction
from ltitool.foundation.models import SealedKey
from ltitool.foundation.services import EXTENSION, HttpAnswer, services

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def key(at: datetime) -> SealedKey:
    return SealedKey(
        id=uuid.uuid4(), owner="o", purpose="p", thumbprint="t", public_jwk={}, created_at=at, active_from=at
    )


def test_the_system_clock_is_in_utc() -> None:
    assert system_clock().utcoffset() == timedelta(0)
    assert abs(system_clock() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_file_clock_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "now"
    clock = file_clock(file)
    for written in ("2026-03-12T12:00:00+00:00\n", "2026-03-12T07:30:00-05:00"):
        file.write_text(written)
        assert clock() == datetime.fromisoformat(written.strip())
        assert clock().utcoffset() == timedelta(0)


@pytest.mark.usefixtures("inside")
def test_an_instant_comes_back_in_utc() -> None:
    with transaction() as session:
        session.add(key(NOON.astimezone(timezone(timedelta(hours=-5)))))
    read_session().expire_all()
    (found,) = read_session().query(SealedKey)
    assert (found.created_at, found.created_at.tzinfo, found.retired_at) == (NOON, UTC, None)


@pytest.mark.usefixtures("inside")
def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(StatementError, match="needs a time zone"), transaction() as session:
        session.add(key(NOON.replace(tzinfo=None)))
    assert read_session().query(SealedKey).count() == 0


@pytest.mark.usefixtures("inside")
def test_a_use_case_is_told_from_a_read() -> None:
    assert not in_use_case(read_session())
    read_session().query(SealedKey).count()
    assert not in_use_case(read_session())
    with transaction() as session:
        assert in_use_case(session)
    assert not in_use_case(read_session())


def test_services_come_from_create_app(inside: Flask) -> None:
    inside.extensions[EXTENSION] = "something else"
    with pytest.raises(TypeError, match="create_app"):
        services()


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (299, True), (300, False)])
def test_an_answer_in_the_two_hundreds_is_ok(status: int, *, ok: bool) -> None:
    assert HttpAnswer(status, {}, b"").ok is ok
