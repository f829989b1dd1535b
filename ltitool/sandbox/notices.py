"""The notification service, the platform's side: where a tool wants its notices, and sending them.

A notice is signed like a launch and sent once. Whoever does not answer then has missed it, as at Canvas.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.errors import ServiceRefusal
from ltitool.sandbox.store import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from ltitool.sandbox.runtime import Platform
    from ltitool.sandbox.seed import Course

_LIFETIME: Final = timedelta(minutes=5)
_MAX_URL: Final = 2_000


def check_desk(platform: Platform, deployment_id: str) -> None:
    """See that the address is the tool's own, and that this platform has notices at all."""
    if deployment_id != platform.config.tool.deployment_id or not platform.config.manners.notice_types:
        raise ServiceRefusal(404, "no_such_deployment", "there are no notices at this address")


def set_handler(connection: sqlite3.Connection, platform: Platform, body: Mapping[str, Any]) -> str:
    """Take a tool's address for one kind of notice; an empty one ends it. Gives the kind."""
    kind, handler = body.get("notice_type"), body.get("handler")
    if kind not in platform.config.manners.notice_types:
        raise ServiceRefusal(400, "unknown_notice_type", "notice_type must be one that this platform sends")
    if not isinstance(handler, str) or len(handler) > _MAX_URL:
        raise ServiceRefusal(400, "bad_handler", "handler must be an address, or empty")
    deployment_id = platform.config.tool.deployment_id
    if not handler:
        connection.execute(
            "DELETE FROM notice_handlers WHERE deployment_id = ? AND notice_type = ?", (deployment_id, kind)
        )
    elif not handler.startswith(platform.config.tool.origin + "/"):
        raise ServiceRefusal(400, "foreign_handler", "handler must lie at the tool's own origin")
    else:
        connection.execute(
            "INSERT INTO notice_handlers VALUES (?, ?, ?)"
            " ON CONFLICT (deployment_id, notice_type) DO UPDATE SET handler = excluded.handler",
            (deployment_id, kind, handler),
        )
    return str(kind)


def handlers(connection: sqlite3.Connection, deployment_id: str) -> dict[str, str]:
    """Give a tool's addresses by kind of notice."""
    rows = connection.execute(
        "SELECT notice_type, handler FROM notice_handlers WHERE deployment_id = ?", (deployment_id,)
    )
    return {row["notice_type"]: row["handler"] for row in rows}


def say_hello(platform: Platform) -> None:
    """Send the notice by which a tool sees that notices arrive."""
    context = {"id": platform.config.seed.guid, "title": platform.config.seed.district}
    _send(platform, words.HELLO_NOTICE, {words.CONTEXT: context})


def tell_of_copy(platform: Platform, course: Course, origin_id: str) -> None:
    """Tell the tool that a course was made from another."""
    context = {"id": course.id, "label": course.label, "title": course.title, "type": [words.COURSE_OFFERING]}
    told = {words.CONTEXT: context, words.ORIGIN_CONTEXTS: [origin_id]}
    _send(platform, words.CONTEXT_COPY_NOTICE, told)


def notice_claims(platform: Platform, kind: str, said: Mapping[str, object]) -> dict[str, object]:
    """Give every claim of a notice at this moment."""
    now, tool = platform.now(), platform.config.tool
    return {
        "iss": platform.endpoints.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + _LIFETIME).timestamp()),
        "nonce": secrets.token_urlsafe(16),
        words.VERSION: words.LTI_VERSION,
        words.DEPLOYMENT_ID: tool.deployment_id,
        words.NOTICE: {
            "id": secrets.token_urlsafe(16),
            "timestamp": now.isoformat(timespec="seconds"),
            "type": kind,
        },
        **said,
    }


def _send(platform: Platform, kind: str, said: Mapping[str, object]) -> None:
    with platform.store.reading() as connection:
        handler = handlers(connection, platform.config.tool.deployment_id).get(kind)
    if handler is None:
        return
    token = platform.keys.sign(notice_claims(platform, kind, said))
    outcome = platform.post(handler, json.dumps({"notices": [{"jwt": token}]}).encode())
    with platform.store.writing() as connection:
        connection.execute(
            "INSERT INTO sent_notices VALUES (?, ?, ?, ?, ?)",
            (secrets.token_urlsafe(16), kind, handler, stamp(platform.now()), outcome),
        )
