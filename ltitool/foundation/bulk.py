"""Many rows in one statement: put in, or looked at beside many things that are asked for.

They travel as one JSON text, which a database unpacks faster than a driver sends a parameter for each value;
SQLite and PostgreSQL both can.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
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

Columns = ReadOnlyColumnCollection[str, ColumnElement[Any]]


def table_of(model: type[Base]) -> Table:
    """Give a model's table."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no plain table")
    return table


def insert_all(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in; all of them name the same columns. What all rows have in common is sent once."""
    if not rows:
        return
    if len(rows) == 1 or not _is_postgresql(session):
        session.execute(insert(model), list(rows))
        return
    table = table_of(model)
    first, common = rows[0], _common(rows)
    types = {name: table.c[name].type for name in first if name not in common}
    given = given_rows(session, [{name: row[name] for name in types} for row in rows], types)
    values = [
        bindparam(None, common[name], table.c[name].type) if name in common else given.c[name]
        for name in first
    ]
    session.execute(insert(table).from_select(list(first), select(*values).select_from(given)))


def _common(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    return {name: value for name, value in first.items() if all(row[name] is value for row in rows)}


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
    session: Session, left: FromClause, right: FromClause, *conditions: ColumnElement[bool]
) -> tuple[FromClause, Columns]:
    """Put beside each row what one look into another table's index finds, or nothing.

    PostgreSQL is told to look once a row. Left to choose, it believes that a table which it has not counted
    yet holds next to nothing, and reads all of it for each row.
    """
    if _is_postgresql(session):
        found = select(right).where(*conditions).limit(1).lateral()
        return left.outerjoin(found, true()), found.c
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
