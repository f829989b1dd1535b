"""The tools that registered themselves: rows, and which of them launches go to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ltitool.sandbox.config import Tool
from ltitool.sandbox.errors import PageRefusal
from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


@dataclass(frozen=True)
class KnownTool:
    """One registration."""

    name: str
    tool: Tool
    scopes: tuple[str, ...]
    active: bool


def add_registration(connection: sqlite3.Connection, known: KnownTool, now: datetime) -> None:
    connection.execute(
        "INSERT INTO registrations VALUES (?, ?, ?, ?, ?, ?, 0)",
        (
            known.tool.client_id,
            known.tool.deployment_id,
            known.name,
            " ".join(known.scopes),
            json.dumps(asdict(known.tool)),
            stamp(now),
        ),
    )


def registrations(connection: sqlite3.Connection) -> list[KnownTool]:
    return [_known(row) for row in connection.execute("SELECT * FROM registrations ORDER BY registered_at")]


def activate(connection: sqlite3.Connection, client_id: str) -> None:
    """Send launches to a registered tool from now on; an empty client id means the seed's."""
    connection.execute("UPDATE registrations SET active = 0")
    found = connection.execute("UPDATE registrations SET active = 1 WHERE client_id = ?", (client_id,))
    if client_id and found.rowcount != 1:
        raise PageRefusal(404, "no-such-tool")


def active_tool(connection: sqlite3.Connection, origin: str) -> Tool | None:
    """Give the registered tool that launches go to; a tool of another origin than ours is none of them."""
    row = connection.execute("SELECT * FROM registrations WHERE active = 1").fetchone()
    tool = _known(row).tool if row else None
    return tool if tool and tool.origin == origin else None


def _known(row: sqlite3.Row) -> KnownTool:
    addresses = json.loads(row["addresses"])
    lists = {
        "redirect_uris": tuple(addresses["redirect_uris"]),
        "custom": tuple((name, value) for name, value in addresses.get("custom", [])),
    }
    tool = Tool(**{**addresses, **lists})
    return KnownTool(row["name"], tool, tuple(row["scopes"].split()), bool(row["active"]))
