"""Many rows in one statement: put in, or looked at beside many things that are asked for.

What is put into PostgreSQL travels by COPY. What is asked for travels as one JSON text, which a database
unpacks faster than a driver sends a parameter for each value; SQLite and PostgreSQL both can.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Table,
    and_,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.types import JSON, String, TypeEngine

from ltitool.foundation.db import Base
from ltitool.foundation.lone import as_sqlalchemy

Columns = ReadOnlyColumnCollection[str, ColumnElement[Any]]


def table_of(model: type[Base]) -> Table:
    """Give a model's table."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no plain table")
    return table


def insert_all(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Put rows in; all of them name the same columns.

    PostgreSQL gets them by COPY, in its own format: as a JSON text, to be written here and read there, they
    took a quarter more CPU. No row waits in memory for the others.
    """
    left = iter(rows)
    first = next(left, None)
    if first is None:
        return
    if _is_postgresql(session):
        _copy_in(session, table_of(model), tuple(first), chain([first], left))
    else:
        session.execute(insert(model), [first, *left])


def _copy_in(
    session: Session, table: Table, names: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
) -> None:
    connection = session.connection()
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment] # ours is no other
    kinds = [table.c[name].type.compile(connection.dialect).lower() for name in names]
    words = SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
    values_of = itemgetter(*names)
    try:
        with driver.cursor() as cursor, cursor.copy(words.format(_named(table.name), _named(*names))) as copy:
            copy.set_types(kinds)
            for row in rows:
                copy.write_row(values_of(row))
    except psycopg.Error as error:
        raise as_sqlalchemy(error) from error


def _named(*names: str) -> Composed:
    return SQL(", ").join(map(Identifier, names))


def given_rows(
    session: Session, rows: Sequence[Mapping[str, Any]], types: Mapping[str, TypeEngine[Any]]
) -> FromClause:
    """Give rows of our own to ask beside: something to select from, with these columns."""
    text = bindparam(None, json.dumps(rows, default=_written, ensure_ascii=False), String)
    if _is_postgresql(session):
        columns = [column(name, kind) for name, kind in types.items()]
        unpacked = func.json_to_recordset(cast(text, JSON)).table_valued(*columns, name="given")
        return unpacked.render_derived(with_types=True)
    each = func.json_each(text).table_valued("value")
    values = [
        type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind).label(name)
        for name, kind in types.items()
    ]
    return select(*values).select_from(each).subquery("given")


def beside(
    session: Session, left: FromClause, wanted: Sequence[Column[Any]], *conditions: ColumnElement[bool]
) -> tuple[FromClause, Columns]:
    """Put beside each row the wanted columns of what one look into another table's index finds, or nothing.

    PostgreSQL is told to look once a row. Left to choose, it believes that a table which it has not counted
    yet holds next to nothing, and reads all of it for each row. Nothing is taken along that
    nobody wants: SQLAlchemy makes each column anew for each statement, which was a sixth of what a roster
    without news cost us.
    """
    if _is_postgresql(session):
        found = select(*wanted).where(*conditions).limit(1).lateral()
        return left.outerjoin(found, true()), found.c
    right = wanted[0].table
    return left.outerjoin(right, and_(*conditions)), right.c


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _written(value: object) -> str:
    """Write what JSON has no word for as both databases read it."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be given to a database in bulk")
