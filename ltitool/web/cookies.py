"""Cookies as a framed tool needs them: partitioned, secure, and named so that visits never mix."""

import re
import time
from functools import lru_cache

from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response

from ltitool.people.sessions import ABSOLUTE, KEPT_AFTER_END, OpenedSession

SESSION_PREFIX = "__Host-s_"
PLAIN = re.compile(r"[A-Za-z0-9_-]*")


def session_cookie_name(short: str) -> str:
    """Name the cookie that carries the secret of one visit."""
    return SESSION_PREFIX + short


def set_partitioned_cookie(response: Response, name: str, value: str, *, max_age: int) -> None:
    """Set a cookie that works inside another site's frame, and only in frames of that same site.

    Partitioned (CHIPS) is what browsers keep when they block third-party cookies.
    """
    if not PLAIN.fullmatch(value):
        raise ValueError("a cookie's value is one of our own words or secrets")
    response.headers.add("Set-Cookie", f"{name}={value}; {_attributes(max_age, int(time.time()))}")


@lru_cache(64)
def _attributes(max_age: int, _second: int) -> str:
    """Write what stands behind a cookie's value; a date is in it, so it holds for a second."""
    cookie = dump_cookie(
        "name",
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return cookie.partition("; ")[2]


def give_session_cookie(response: Response, opened: OpenedSession) -> None:
    """Give the browser the secret of a session that was just opened.

    The cookie outlives the session, so that a form which comes too late is still known by its sender.
    """
    lives = ABSOLUTE + KEPT_AFTER_END
    name = session_cookie_name(opened.short)
    set_partitioned_cookie(response, name, opened.token, max_age=int(lives.total_seconds()))
