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
END_OTHERS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
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


def test_after_the_server_went_one_fails_and_the_next_works(postgres_url: str, alone: LoneStatements) -> None:
    with alone.taken(), alone.taken():
        pass  # two are kept now
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        of_this_base = f"{END_OTHERS} AND datname = current_database()"
        assert connection.execute(text(of_this_base)).scalar() == 2
    engine.dispose()
    with pytest.raises(DBAPIError):
        alone.first(WHO, {})
    assert alone.first(WHO, {}).pid


def test_a_server_that_cannot_be_reached_is_an_error_of_ours(tmp_path: object) -> None:
    nowhere = LoneStatements(create_engine(f"postgresql+psycopg://nobody@/none?host={tmp_path}"))
    with pytest.raises(DBAPIError):
        nowhere.first(WHO, {})
