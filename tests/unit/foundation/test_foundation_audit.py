"""The audit chain holds, and says where it was touched."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, update

from ltitool.foundation.audit import BrokenLink, broken_link, record
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.models import AuditEntry

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.fixture
def _three_entries(app: Flask) -> None:
    for number in range(3):
        with transaction() as session:
            record(
                session,
                organisation_id=None,
                actor_id=None,
                action="thing.done",
                subject=f"thing:{number}",
                at=NOON,
                details={"number": number, "why": "señal"},
            )


@pytest.mark.usefixtures("_three_entries")
def test_an_untouched_chain_holds() -> None:
    assert broken_link(read_session()) is None


@pytest.mark.usefixtures("_three_entries")
def test_an_altered_entry_is_named() -> None:
    with transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.sequence == 2).values(action="thing.undone"))
    assert broken_link(read_session()) == BrokenLink(2)


@pytest.mark.usefixtures("_three_entries")
def test_a_removed_entry_shows_in_the_next_one() -> None:
    with transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.sequence == 2))
    assert broken_link(read_session()) == BrokenLink(3)


def test_what_is_undone_was_never_recorded(app: Flask) -> None:
    def fails() -> None:
        with transaction() as session:
            record(session, organisation_id=None, actor_id=None, action="a.b", subject="c:d", at=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert read_session().query(AuditEntry).count() == 0
