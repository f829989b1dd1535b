"""Whose row is it: everything in the database that hangs on somebody, whatever table it lies in."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from ltitool.foundation.db import Base, read_session

Key = tuple[str, tuple[Any, ...]]
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SUBJECTS = frozenset({("job", "subject"), ("audit_entry", "subject")})  # they name rows in a text
SEEN_AT = frozenset({"last_seen_at"})  # moves whenever its owner looks at a page


def all_rows() -> dict[Key, Mapping[str, Any]]:
    """Read every row of every table."""
    session = read_session()
    found: dict[Key, Mapping[str, Any]] = {}
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            key = tuple(row[column.name] for column in table.primary_key.columns)
            found[table.name, key] = dict(row)
    session.commit()
    return found


def hanging_on(rows: Mapping[Key, Mapping[str, Any]], ids: Iterable[uuid.UUID]) -> set[Key]:
    """Give the rows with these ids, those that point at them, those that point at those, and so on."""
    known, keys = set(ids), set()
    named = {key: _names(key[0], row) for key, row in rows.items()}
    grown = True
    while grown:
        more = {key for key, names in named.items() if key not in keys and names & known}
        keys |= more
        known |= {rows[key]["id"] for key in more if "id" in rows[key]}
        grown = bool(more)
    return keys


def digests(rows: Mapping[Key, Mapping[str, Any]], keys: Iterable[Key]) -> dict[Key, str]:
    """Give a fingerprint of each of these rows."""
    return {key: _digest(rows[key]) for key in keys}


def of_organisation(rows: Mapping[Key, Mapping[str, Any]], organisation_id: uuid.UUID) -> set[Key]:
    """Give all rows of an organisation."""
    return {key for key, row in rows.items() if row.get("organisation_id") == organisation_id}


def _names(table: str, row: Mapping[str, Any]) -> set[uuid.UUID]:
    plain = {
        value for name, value in row.items() if isinstance(value, uuid.UUID) and name != "organisation_id"
    }
    texts = [value for name, value in row.items() if (table, name) in SUBJECTS]
    return plain | {uuid.UUID(found) for text in texts for found in UUID.findall(str(text))}


def _digest(row: Mapping[str, Any]) -> str:
    told = repr(sorted((name, value) for name, value in row.items() if name not in SEEN_AT))
    return hashlib.sha256(told.encode()).hexdigest()
