"""The database door: the declarative base, the session, and one transaction per use case."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    ForeignKeyConstraint,
    MetaData,
    Select,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from ltitool.foundation.lone import LoneStatements, has_news

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BEGIN = "sqlite_begin"
ALONE = "ltitool.db.alone"


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on the way in, UTC and aware on the way out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored instant needs a time zone"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's base. Constraint names are fixed, so that migrations can name them."""

    # Given as a registry, because Flask-SQLAlchemy derives from this class once more.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime,
            uuid.UUID: Uuid,
            dict[str, Any]: JSON,
            list[Any]: JSON,
        },
    )


class Tenant:
    """A row behind the organisation's wall: its own id, and whose it is."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]


def tenant_key() -> UniqueConstraint:
    """Make (organisation_id, id) a target for composite foreign keys."""
    return UniqueConstraint("organisation_id", "id")


def tenant_fk(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Point at a row of the same organisation, never at another's."""
    return ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"], ondelete=ondelete
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()


def init_db(app: Flask) -> None:
    """Bind the database and the migrations to an application."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.config["MIGRATIONS_DIRECTORY"]), render_as_batch=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _listen_sqlite(db.engine)
        else:
            alone = app.extensions[ALONE] = LoneStatements(db.engine)
            event.listen(db.engine, "engine_disposed", lambda _engine: alone.close())
            event.listen(db.engine, "checkout", _on_postgres_checkout)


def read_session() -> Session:
    """Give the request's session for reading; writes go through `transaction`."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """Run one use case: commit at the end, roll back on any error.

    On SQLite the write lock is taken at the start, so that a use case never fails
    half-way because somebody else wrote between its read and its write.
    """
    session = db.session()
    if in_use_case(session):
        raise RuntimeError("a use case may not run inside another: its first half would be committed alone")
    if session.in_transaction():
        session.commit()  # ends a read; nothing was written outside a use case
    session.connection(execution_options={SQLITE_BEGIN: "IMMEDIATE"})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def in_use_case(session: Session) -> bool:
    """Say whether a `transaction` is open on this session, so that a part of it can join in."""
    return session.in_transaction() and SQLITE_BEGIN in session.connection().get_execution_options()


def has_single_statements() -> bool:
    """Say whether the database changes several tables in one statement, as PostgreSQL does."""
    return ALONE in current_app.extensions


def run_alone(statement: str, values: Mapping[str, Any]) -> Any:
    """Run one statement in the database's own words, as a transaction of its own; gives its first row.

    Nothing is sent around it, no BEGIN and no COMMIT. Only where `has_single_statements` says so.
    """
    alone: LoneStatements = current_app.extensions[ALONE]
    return alone.first(statement, values)


class LoneQuery:
    """A query that nothing else has to agree with, made ready once: a single statement each time."""

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._ready: tuple[str, Mapping[str, Any]] | None = None

    def first(self, values: Mapping[str, Any]) -> Any:
        """Give the first row, or None."""
        if not has_single_statements():
            return read_session().execute(self._query, dict(values)).first()
        if self._ready is None:
            compiled = self._query.compile(dialect=db.engine.dialect)
            self._ready = str(compiled), compiled.params
        text, own = self._ready
        return run_alone(text, {**own, **values})


def end_read() -> None:
    """End what this thread sees of the database: its next read sees what others have stored meanwhile."""
    session = db.session()
    if session.in_transaction() and not in_use_case(session):
        session.commit()


def _on_postgres_checkout(connection: Any, _record: ConnectionPoolEntry, _proxy: object) -> None:
    """Take no connection on which a restarted server said goodbye; the server is not asked for that."""
    if has_news(connection.fileno()):
        raise InvalidatePoolError


def _listen_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)


def _on_sqlite_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: sqlite3 would say it too late
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Any) -> None:
    mode = connection.get_execution_options().get(SQLITE_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
