"""The audit chain holds, and says where it was touched."""

import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ltitool.foundation.audit import APPEND_ONLY, APPEND_ONLY_DOWN, chain_head, record, verify_chain
from ltitool.foundation.db import db, read_session, transaction
from ltitool.foundation.models import AuditEntry

pytestmark = pytest.mark.usefixtures("inside")
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
SOMEBODY = uuid.UUID(int=7)


def write(number: int, details: Mapping[str, Any] | None = None) -> None:
    with transaction() as session:
        record(
            session,
            organisation_id=SOMEBODY,
            actor_id=None,
            action="thing.done",
            subject=f"thing:{number}",
            at=NOON + timedelta(microseconds=number),
            details=details,
        )


@pytest.fixture
def three_entries(inside: Flask) -> Flask:
    for number in (1, 2, 3):
        write(number, {"number": number, "why": "señal", "nested": {"b": [1, 2.5, None], "a": True}})
    return inside


def touched(statement: Any) -> int | None:
    assert verify_chain(read_session()) is None
    with transaction() as session:
        session.execute(statement)
    return verify_chain(read_session())


def test_an_empty_chain_holds() -> None:
    assert verify_chain(read_session()) is None
    assert chain_head(read_session()) == (0, "0" * 64)


@pytest.mark.usefixtures("three_entries")
def test_an_untouched_chain_holds() -> None:
    assert verify_chain(read_session()) is None
    sequence, digest = chain_head(read_session())
    assert (sequence, len(digest)) == (3, 64)


@pytest.mark.usefixtures("three_entries")
@pytest.mark.parametrize(
    "values",
    [
        {"organisation_id": None},
        {"actor_id": SOMEBODY},
        {"action": "thing.undone"},
        {"subject": "thing:9"},
        {"at": NOON},
        {"details": {}},
        {"digest": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_an_altered_entry_is_named(values: dict[str, Any]) -> None:
    assert touched(update(AuditEntry).where(AuditEntry.sequence == 2).values(values)) == 2


@pytest.mark.usefixtures("three_entries")
@pytest.mark.parametrize(("removed", "shows"), [(1, 2), (2, 3), (3, None)])
def test_a_removed_entry_shows_in_the_next_one(removed: int, shows: int | None) -> None:
    head = chain_head(read_session())
    assert touched(delete(AuditEntry).where(AuditEntry.sequence == removed)) == shows
    assert (chain_head(read_session()) == head) == (shows is not None)


@pytest.mark.usefixtures("three_entries")
def test_a_moved_entry_is_named() -> None:
    assert touched(update(AuditEntry).where(AuditEntry.sequence == 3).values(sequence=4)) == 4


@pytest.mark.usefixtures("three_entries")
def test_an_entry_that_was_put_in_is_named() -> None:
    forged = {"sequence": 4, "action": "a.b", "subject": "c", "at": NOON, "details": {}, "digest": "f" * 64}
    assert touched(insert(AuditEntry).values(forged)) == 4


def test_what_is_undone_was_never_recorded() -> None:
    def fails() -> None:
        with transaction() as session:
            record(session, organisation_id=None, actor_id=None, action="a.b", subject="c:d", at=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert read_session().scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_details_are_digested_as_they_are_stored() -> None:
    write(1, {"numbered": {2: "b", 10: "a"}, "pair": (1, 2)})
    db.session.remove()
    assert verify_chain(read_session()) is None


def test_details_that_json_cannot_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        write(1, {"score": float("nan")})


def test_an_instant_is_the_same_in_every_zone() -> None:
    with transaction() as session:
        at = NOON.astimezone(timezone(timedelta(hours=-5)))
        record(session, organisation_id=None, actor_id=None, action="a.b", subject="c:d", at=at)
    db.session.remove()
    assert verify_chain(read_session()) is None


def test_of_many_writers_each_finds_the_end(
    bare_app: Flask, database_url: str, make_app: Callable[[str], Flask]
) -> None:
    apps = [bare_app, make_app(database_url)] * 3
    together = threading.Barrier(len(apps))

    def write_some(app: Flask) -> None:
        with app.app_context():
            together.wait(60)
            for number in range(5):
                write(number)

    with ThreadPoolExecutor(len(apps)) as pool:
        list(pool.map(write_some, apps))
    assert chain_head(read_session())[0] == 30
    assert verify_chain(read_session()) is None


def run(statements: tuple[str, ...]) -> None:
    with transaction() as session:
        for statement in statements:
            session.execute(text(statement))


@pytest.mark.usefixtures("three_entries")
def test_the_database_itself_refuses_changes() -> None:
    dialect = db.engine.dialect.name
    changes = ["UPDATE audit_entry SET action = 'x' WHERE sequence = 2", "DELETE FROM audit_entry"]
    changes += ["TRUNCATE audit_entry"] if dialect == "postgresql" else []
    run(APPEND_ONLY[dialect])
    for change in changes:
        with pytest.raises(DBAPIError, match="audit entries are never changed"):
            run((change,))
    write(4)
    assert (verify_chain(read_session()), chain_head(read_session())[0]) == (None, 4)
    run(APPEND_ONLY_DOWN[dialect])
    for change in changes:
        run((change,))
    assert chain_head(read_session())[0] == 0
