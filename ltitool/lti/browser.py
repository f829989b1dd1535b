"""What ties a login to one browser: a secret in a cookie, or, where none comes back, in the LMS's storage.

A lasting mark says whether cookies come back at all. All cookies are partitioned, so that they work in a
frame where third-party cookies are blocked. `__Host-` holds on plain-http localhost too: Chromium treats it
as trustworthy (measured with Chromium 156).
"""

import hmac

from flask import Request
from werkzeug.wrappers import Response

from ltitool.lti.login import Departure
from ltitool.lti.tickets import LIFETIME, State, secret_hash
from ltitool.web.cookies import set_partitioned_cookie
from ltitool.web.csrf import comes_from_us

SECRET_PREFIX = "__Host-lti_"  # noqa: S105 - a cookie's name
PROBE = "__Host-lti_probe"
STORED = "stored"  # the field in which our own page brings what the LMS has kept
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
    if state.storage is None:
        secret = request.cookies.get(SECRET_PREFIX + state.short, "")
    else:
        secret = _stored_secret(request)
    return hmac.compare_digest(secret_hash(secret), state.secret_hash)


def asks_storage(request: Request, state: State) -> bool:
    """Say whether the LMS still has to be asked for the secret: no page of ours has brought it yet."""
    return state.storage is not None and STORED not in request.form


def storage_key(short: str) -> str:
    """Name a login's secret in the LMS's storage."""
    return f"lti_{short}"


def _stored_secret(request: Request) -> str:
    """Read what was brought, from our own page alone.

    Whoever starts a login can read its secret. Were another site allowed to post it, it could have somebody
    else's browser finish that login.
    """
    return request.form.get(STORED, "") if comes_from_us() else ""
