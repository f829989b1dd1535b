"""After PostgreSQL was restarted: nobody's request fails for a connection that was kept from before."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from support.clock import MovableClock
from support.pg_tool import build_tool

from ltitool.foundation.db import db, end_read, read_session, run_alone, transaction

pytestmark = pytest.mark.postgres
END_OTHERS = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 20000))
FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()
"""
WHO = "SELECT pg_backend_pid() AS pid"


def test_after_a_restart_no_request_fails(postgres_url: str, tmp_path: Path, clock: MovableClock) -> None:
    tool = build_tool(postgres_url, tmp_path, clock)

    def used() -> list[int]:
        """Use the database in each way that requests do; say on which connections."""
        with tool.app_context():
            alone = run_alone(WHO, {}).pid
            read = read_session().scalar(text(WHO))
            end_read()
            with transaction() as session:
                wrote = session.scalar(text(WHO))
            return [alone, read, wrote]

    before = used()
    assert used() == before  # they are kept
    other = create_engine(postgres_url)
    with other.connect() as connection:
        assert connection.execute(text(END_OTHERS)).scalar() == len(set(before))
    other.dispose()
    after = used()
    assert set(after).isdisjoint(before)
    assert used() == after
    with tool.app_context():
        db.engine.dispose()
