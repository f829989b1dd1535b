"""Deep linking, the platform's side: what a tool answers is checked strictly and becomes activities.

The answer comes through the browser from another site, so it proves itself: the tool's signature says who
made it, and our own signed note in `data` says for whom and that it was asked for. Each is good once.
"""

from __future__ import annotations

import json
import math
import secrets
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError

from ltitool.sandbox import vocabulary as words
from ltitool.sandbox.compact import open_compact
from ltitool.sandbox.errors import PageRefusal, ToolKeysUnavailableError
from ltitool.sandbox.lineitems import INSERT_LINE_ITEM
from ltitool.sandbox.seed import Activity, LineItem
from ltitool.sandbox.spent import burn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from ltitool.sandbox.directory import Participation
    from ltitool.sandbox.runtime import Platform

_LIFETIME: Final = timedelta(hours=1)
_LONGEST_ANSWER: Final = timedelta(minutes=10)
_LEEWAY: Final = timedelta(seconds=10)
_MAX_JWT: Final = 256 * 1024
_MAX_ITEMS: Final = 100
_MAX_TEXT: Final = 2_000


@dataclass(frozen=True)
class Added:
    """What an answer brought: activities with their columns, or a word of the tool for the person."""

    activities: tuple[Activity, ...]
    columns: tuple[LineItem, ...]
    message: str


def check_teaches(part: Participation) -> None:
    """Let only those add links who teach the course."""
    if not part.teaches:
        raise PageRefusal(403, "teachers-only")


def write_link_data(platform: Platform, part: Participation) -> str:
    """Write the note that the tool has to hand back unchanged."""
    claims = {
        "jti": secrets.token_urlsafe(16),
        "sub": part.person.key,
        "course": part.course.id,
        "exp": int((platform.now() + _LIFETIME).timestamp()),
    }
    return jwt.encode({"alg": "HS256"}, claims, platform.keys.hints, ["HS256"])


def take_answer(platform: Platform, course_id: str, text: str) -> Added:
    """Check a tool's answer and store its links, all of them or none."""
    claims = _verified(platform, text)
    _check_envelope(platform, claims)
    added = _read_items(platform, course_id, claims)
    expires_at = datetime.fromtimestamp(claims["exp"], UTC) + _LEEWAY
    with platform.store.writing() as connection:
        if not burn(connection, "link-answer", claims["nonce"], expires_at, platform.now()):
            raise PageRefusal(400, "answer-replayed", "this nonce was used before")
        if platform.config.manners.sends_link_data:
            _burn_data(platform, connection, course_id, claims.get(words.DEEP_LINK_DATA))
        elif words.DEEP_LINK_DATA in claims:
            raise PageRefusal(400, "data-not-sent", "data is echoed only where it was sent")
        _store(connection, course_id, added)
    return added


def _verified(platform: Platform, text: str) -> dict[str, Any]:
    if not text or len(text) > _MAX_JWT:
        raise PageRefusal(400, "no-answer", "JWT is missing or too long")
    try:
        opened = open_compact(text)
        key = platform.tool_keys.find(str(opened.header.get("kid")))
        if key is None or opened.header.get("alg") != "RS256":
            raise PageRefusal(400, "answer-not-signed", "the tool has no key of this kid for RS256")
        jws.deserialize_compact(text, key, ["RS256"])
    except (JoseError, ValueError, ToolKeysUnavailableError) as error:
        raise PageRefusal(400, "answer-not-signed", "no JWT, or its signature does not verify") from error
    return opened.claims


def _check_envelope(platform: Platform, claims: Mapping[str, Any]) -> None:
    tool, now = platform.config.tool, platform.now()
    audience = claims.get("aud")
    exact = {
        "iss": tool.client_id,
        words.DEPLOYMENT_ID: tool.deployment_id,
        words.MESSAGE_TYPE: words.DEEP_LINKING_RESPONSE,
        words.VERSION: words.LTI_VERSION,
    }
    for name, value in exact.items():
        if claims.get(name) != value:
            raise PageRefusal(400, "answer-wrong", f"{name} must be {value}")
    if audience not in (platform.endpoints.issuer, [platform.endpoints.issuer]):
        raise PageRefusal(400, "answer-wrong", "aud must be this platform's issuer, alone")
    if not isinstance(claims.get("nonce"), str) or not claims["nonce"]:
        raise PageRefusal(400, "answer-wrong", "nonce is missing")
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    if issued > now + _LEEWAY or not now - _LEEWAY < expires <= now + _LONGEST_ANSWER:
        raise PageRefusal(400, "answer-expired", "iat or exp is not near now")


def _burn_data(platform: Platform, connection: sqlite3.Connection, course_id: str, data: object) -> None:
    try:
        note = jwt.decode(str(data), platform.keys.hints, ["HS256"]).claims
    except (JoseError, ValueError) as error:
        raise PageRefusal(400, "data-changed", "data must come back as it was sent") from error
    expires_at = datetime.fromtimestamp(note["exp"], UTC)
    if note["course"] != course_id or expires_at < platform.now():
        raise PageRefusal(400, "data-changed", "data belongs to another course, or is too old")
    if not burn(connection, "link-data", note["jti"], expires_at, platform.now()):
        raise PageRefusal(400, "answer-replayed", "this request was answered before")


def _read_items(platform: Platform, course_id: str, claims: Mapping[str, Any]) -> Added:
    manners, items = platform.config.manners, claims.get(words.CONTENT_ITEMS, [])
    if not isinstance(items, list) or len(items) > _MAX_ITEMS:
        raise PageRefusal(400, "bad-items", "content_items must be a list")
    if len(items) > 1 and not manners.takes_several_links:
        raise PageRefusal(400, "too-many-items", "accept_multiple is false")
    activities, columns = [], []
    for item in items:
        if not isinstance(item, dict) or item.get("type") not in manners.link_types:
            raise PageRefusal(400, "bad-items", f"accept_types are {', '.join(manners.link_types)}")
        activity = _read_item(platform, course_id, item)
        activities.append(activity)
        if "lineItem" in item:
            columns.append(_read_column(activity, item["lineItem"], _span(item, "submission")))
        _span(item, "available")  # read, and kept by no page of this LMS
    message = claims.get(words.DEEP_LINK_ERROR) or claims.get(words.DEEP_LINK_MESSAGE) or ""
    return Added(tuple(activities), tuple(columns), str(message)[:_MAX_TEXT])


def _read_item(platform: Platform, course_id: str, item: Mapping[str, Any]) -> Activity:
    custom = item.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        raise PageRefusal(400, "bad-items", "custom must map names to texts")
    if item.get("url", platform.config.tool.launch_url) != platform.config.tool.launch_url:
        raise PageRefusal(400, "bad-items", "url must be the registered target link URI")
    return Activity(
        id=f"rl-{secrets.token_hex(8)}",
        course_id=course_id,
        title=_text(item, "title"),
        description=_text(item, "text", needed=False),
        custom=tuple(custom.items()),
    )


def _read_column(activity: Activity, column: object, due: tuple[str | None, str | None]) -> LineItem:
    if not isinstance(column, dict):
        raise PageRefusal(400, "bad-items", "lineItem must be an object")
    maximum = column.get("scoreMaximum")
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or not 0 < maximum < math.inf:
        raise PageRefusal(400, "bad-items", "scoreMaximum must be a number above 0")
    return LineItem(
        id=f"li-{secrets.token_hex(8)}",
        course_id=activity.course_id,
        activity_id=activity.id,
        label=_text(column, "label", needed=False) or activity.title,
        score_maximum=float(maximum),
        resource_id=_text(column, "resourceId", needed=False) or None,
        tag=_text(column, "tag", needed=False) or None,
        starts_at=due[0],
        ends_at=due[1],
    )


def _span(item: Mapping[str, Any], name: str) -> tuple[str | None, str | None]:
    """Read a pair of dates; each must be a moment with its zone, and the first the earlier one."""
    span = item.get(name, {})
    if not isinstance(span, dict):
        raise PageRefusal(400, "bad-items", f"{name} must be an object")
    found = [_dated(span, one) for one in ("startDateTime", "endDateTime")]
    if found[0] and found[1] and found[0] > found[1]:
        raise PageRefusal(400, "bad-items", f"{name} ends before it starts")
    return found[0], found[1]


def _dated(span: Mapping[str, Any], name: str) -> str | None:
    if name not in span:
        return None
    try:
        moment = datetime.fromisoformat(_text(span, name))
    except ValueError as error:
        raise PageRefusal(400, "bad-items", f"{name} must be an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise PageRefusal(400, "bad-items", f"{name} must name its zone")
    return moment.astimezone(UTC).isoformat()


def _store(connection: sqlite3.Connection, course_id: str, added: Added) -> None:
    last = connection.execute(
        "SELECT COALESCE(MAX(position), 0) FROM activities WHERE course_id = ?", (course_id,)
    ).fetchone()[0]
    connection.executemany(
        "INSERT INTO activities (activity_id, course_id, title, description, custom, position)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.id, course_id, one.title, one.description, json.dumps(dict(one.custom)), place)
            for place, one in enumerate(added.activities, last + 1)
        ],
    )
    connection.executemany(INSERT_LINE_ITEM, [astuple(column) for column in added.columns])


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:  # noqa: PLR2004 - far past any date
        raise PageRefusal(400, "answer-wrong", f"{name} must be a number of seconds")
    return datetime.fromtimestamp(value, UTC)


def _text(item: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    value = item.get(name, "")
    if not isinstance(value, str) or len(value) > _MAX_TEXT or (needed and not value.strip()):
        raise PageRefusal(400, "bad-items", f"{name} must be a text")
    return value
