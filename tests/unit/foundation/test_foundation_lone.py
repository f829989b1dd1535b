"""Single statements on connections of their own: values, rows, errors, and a server that goes away."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ltitool.foundation.lone import LoneStatements

pytestmark = pytest.mark.postgres
ECHO = """
SELECT %(id)s::uuid AS id, %(at)s::timestamptz AS at, %(word)s::text AS word, %(none)s::text AS nothing,
  %(list)s::json AS list, %(word)s::text = 'one' AS is_one
"""
ADD = "INSERT INTO thing (name) VALUES (%(name)s) RETURNING name"
END_OTHERS = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 20000))
FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()
"""
END_ITSELF = """
SELECT pg_backend_pid() AS pid,
  CASE WHEN pg_backend_pid() = %(pid)s::integer THEN pg_terminate_backend(pg_backend_pid(), 5000) END AS gone
"""
ADD_AND_END_ITSELF = """
INSERT INTO thing SELECT 'two' WHERE
  pg_backend_pid() <> %(pid)s::integer OR pg_terminate_backend(pg_backend_pid(), 5000)
RETURNING name
"""
WHO = "SELECT pg_backend_pid() AS pid"


@pytest.fixture
def alone(postgres_url: str) -> Iterator[LoneStatements]:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE thing (name text PRIMARY KEY)"))
    engine.dispose()
    statements = LoneStatements(engine)
    yield statements
    statements.close()


def test_values_go_there_and_come_back(alone: LoneStatements) -> None:
    at, name = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC), uuid.uuid4()
    row = alone.first(ECHO, {"id": name, "at": at, "word": "one", "none": None, "list": "[1]"})
    assert (row.id, row.at, row.word, row.nothing, row.list, row.is_one) == (name, at, "one", None, [1], True)


def test_the_same_statement_takes_values_of_another_kind(alone: LoneStatements) -> None:
    again = "SELECT coalesce(%(id)s, NULL)::text AS id"
    for value in (None, uuid.uuid4(), 7, "seven"):
        assert alone.first(again, {"id": value}).id == (None if value is None else str(value))


def test_no_row_is_none(alone: LoneStatements) -> None:
    assert alone.first("SELECT name FROM thing WHERE name = %(name)s", {"name": "none"}) is None


def test_each_is_a_transaction_and_the_constraints_hold(alone: LoneStatements) -> None:
    assert alone.first(ADD, {"name": "one"}).name == "one"
    with pytest.raises(IntegrityError):
        alone.first(ADD, {"name": "one"})
    assert alone.first("SELECT count(*) AS many FROM thing", {}).many == 1


def test_a_connection_is_kept_for_the_next(alone: LoneStatements) -> None:
    assert alone.first(WHO, {}) == alone.first(WHO, {})


def test_at_the_same_time_each_has_its_own(alone: LoneStatements) -> None:
    with alone.taken() as mine:
        assert alone.first(WHO, {}).pid != mine.first(WHO.encode(), []).pid


def test_what_failed_is_not_used_again(alone: LoneStatements) -> None:
    before = alone.first(WHO, {}).pid
    with pytest.raises(DBAPIError):
        alone.first("SELECT 1 / 0 AS nothing", {})
    assert alone.first(WHO, {}).pid != before


def keep_two(alone: LoneStatements) -> set[int]:
    with alone.taken() as one, alone.taken() as two:
        return {connection.first(WHO.encode(), []).pid for connection in (one, two)}


def end_others(postgres_url: str) -> None:
    """Say goodbye on every connection of this database, as a restart does, and wait until they are gone."""
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text(END_OTHERS)).scalar() == 2
    engine.dispose()


def test_after_the_server_went_nothing_fails(postgres_url: str, alone: LoneStatements) -> None:
    before = keep_two(alone)
    end_others(postgres_url)
    assert alone.first(ADD, {"name": "one"}).name == "one"  # seen before it was sent: it may be written
    assert alone.first(WHO, {}).pid not in before
    assert alone.first("SELECT count(*) AS many FROM thing", {}).many == 1


def test_what_breaks_while_it_reads_is_read_once_more(alone: LoneStatements) -> None:
    before = alone.first(WHO, {}).pid
    assert alone.first(END_ITSELF, {"pid": before}).pid != before
    with pytest.raises(DBAPIError):
        alone.first("SELECT pg_terminate_backend(pg_backend_pid(), 5000) AS gone", {})  # the new one as well
    assert alone.first(WHO, {}).pid


def test_what_breaks_on_a_new_connection_is_an_error(alone: LoneStatements) -> None:
    with pytest.raises(DBAPIError):
        alone.first("SELECT pg_terminate_backend(pg_backend_pid(), 5000) AS gone", {})


def test_what_breaks_while_it_writes_is_not_written_again(alone: LoneStatements) -> None:
    """Nobody can say whether the server had done it."""
    before = alone.first(WHO, {}).pid
    with pytest.raises(DBAPIError):
        alone.first(ADD_AND_END_ITSELF, {"pid": before})
    assert alone.first("SELECT count(*) AS many FROM thing", {}).many == 0
    assert alone.first(WHO, {}).pid != before


def test_a_server_that_cannot_be_reached_is_an_error_of_ours(tmp_path: object) -> None:
    nowhere = LoneStatements(create_engine(f"postgresql+psycopg://nobody@/none?host={tmp_path}"))
    with pytest.raises(DBAPIError):
        nowhere.first(WHO, {})
