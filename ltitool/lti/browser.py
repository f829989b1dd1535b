"""The cookies of a login: one secret per login, and a lasting mark that cookies come back at all.

All are partitioned, so that they work in a frame where third-party cookies are blocked. `__Host-` holds on
plain-http localhost too: Chromium treats it as trustworthy (measured with Chromium 156).
"""

import hmac

from flask import Request
from werkzeug.wrappers import Response

from ltitool.lti.login import Departure
from ltitool.lti.tickets import LIFETIME, State, secret_hash
from ltitool.web.cookies import set_partitioned_cookie

SECRET_PREFIX = "__Host-lti_"  # noqa: S105 - a cookie's name
PROBE = "__Host-lti_probe"
PROBE_MAX_AGE = 400 * 86_400  # seconds: the longest that browsers keep a cookie


def keeps_cookies(request: Request) -> bool:
    """Say whether this browser has brought a cookie of ours back, in this frame of this site."""
    return PROBE in request.cookies


def give_probe(response: Response) -> None:
    """Ask the browser to show that it keeps cookies."""
    set_partitioned_cookie(response, PROBE, "1", max_age=PROBE_MAX_AGE)


def give_secret(response: Response, departure: Departure) -> None:
    """Bind a login to this browser."""
    name = SECRET_PREFIX + departure.short
    set_partitioned_cookie(response, name, departure.secret, max_age=int(LIFETIME.total_seconds()))


def drop_secret(response: Response, state: State) -> None:
    """Forget a login that has been answered."""
    set_partitioned_cookie(response, SECRET_PREFIX + state.short, "", max_age=0)


def holds_secret(request: Request, state: State) -> bool:
    """Say whether this is the browser that started a login."""
    secret = request.cookies.get(SECRET_PREFIX + state.short, "")
    return hmac.compare_digest(secret_hash(secret), state.secret_hash)
