"""Cookies as a framed tool needs them: partitioned, secure, and named so that visits never mix."""

from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response

from ltitool.people.sessions import ABSOLUTE, KEPT_AFTER_END, OpenedSession

SESSION_PREFIX = "__Host-s_"


def session_cookie_name(short: str) -> str:
    """Name the cookie that carries the secret of one visit."""
    return SESSION_PREFIX + short


def set_partitioned_cookie(response: Response, name: str, value: str, *, max_age: int) -> None:
    """Set a cookie that works inside another site's frame, and only in frames of that same site.

    Partitioned (CHIPS) is what browsers keep when they block third-party cookies.
    """
    header = dump_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    response.headers.add("Set-Cookie", header)


def give_session_cookie(response: Response, opened: OpenedSession) -> None:
    """Give the browser the secret of a session that was just opened.

    The cookie outlives the session, so that a form which comes too late is still known by its sender.
    """
    lives = ABSOLUTE + KEPT_AFTER_END
    name = session_cookie_name(opened.short)
    set_partitioned_cookie(response, name, opened.token, max_age=int(lives.total_seconds()))
