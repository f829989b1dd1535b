"""No other site may make a browser act here: the Origin must be ours, and the form carries a token.

SameSite protects nothing inside a frame, so both are asked for on every unsafe request of a visit.
"""

import hmac

from flask import request
from markupsafe import Markup

from ltitool.errors import NotAllowed, msg
from ltitool.foundation.services import services
from ltitool.web.visit import Visit, visit_or_none

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignRequest(NotAllowed):
    code = "request.foreign"
    title = msg("That request did not come from one of our pages")
    advice = msg("Go back to the page, reload it, and send it again. Your saved work is safe.")


def check_request_is_ours(visit: Visit) -> None:
    """Refuse an unsafe request that one of our own pages of this visit did not send.

    Raises:
        ForeignRequest: the Origin or the token is not ours.
    """
    if request.method in SAFE_METHODS:
        return
    if not comes_from_us(nameless=visit.in_path):
        raise ForeignRequest("origin")
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(sent.encode(), visit.csrf_token.encode()):
        raise ForeignRequest("token")


def comes_from_us(*, nameless: bool = False) -> bool:
    """Say whether one of our own pages sent this request.

    A page that sends no referrer posts its forms with "Origin: null". Such a `nameless` request counts only
    where the browser says itself that it came from our origin; a frame that somebody sandboxed cannot have
    that said.
    """
    origin = request.headers.get("Origin")
    if origin == services().settings.public_url:
        return True
    return nameless and origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin"


def csrf_field() -> Markup:
    """Give the hidden field that each form of a visit carries."""
    visit = visit_or_none()
    if visit is None:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, visit.csrf_token)
