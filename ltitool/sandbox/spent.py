"""Tokens that may be used once: burning one is a single insert, so two requests can never both win."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    from datetime import datetime


def burn(
    connection: sqlite3.Connection, kind: str, token_id: str, expires_at: datetime, now: datetime
) -> bool:
    """Mark a token as used; False when it was used before. Rows that can no longer matter are dropped."""
    connection.execute("DELETE FROM spent WHERE expires_at < ?", (stamp(now),))
    try:
        connection.execute("INSERT INTO spent VALUES (?, ?, ?)", (kind, token_id, stamp(expires_at)))
    except sqlite3.IntegrityError:
        return False
    return True
