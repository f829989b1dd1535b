"""Headers of every answer: who may frame it, what it may load, and that it is not kept."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from ltitool.foundation.services import services
from ltitool.web.path_sessions import carries_session
from ltitool.web.visit import visit_or_none

ANYBODY_FRAMES = "frame_anybody"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action {form_action}; frame-ancestors {frame_ancestors}"
)
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin-allow-popups"),
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=()"),
)
IN_PATH = (*ALWAYS, ("Referrer-Policy", "no-referrer"))
# Not "no-referrer" here too: browsers then send our own forms with "Origin: null".
ELSEWHERE = (*ALWAYS, ("Referrer-Policy", "same-origin"))


def allow_any_frame() -> None:
    """Let an answer without anything private be shown in any LMS's frame (errors, the cookie check)."""
    g.frame_anybody = True


def allow_frame_of(origins: Iterable[str]) -> None:
    """Let an answer outside a visit be shown in the frames of these origins alone."""
    g.frame_origins = " ".join(("'self'", *origins))


def allow_form_to(url: str) -> None:
    """Let the form of this one answer be posted to another site: an LMS that waits for it."""
    parts = urlsplit(url)
    g.form_target = f"{parts.scheme}://{parts.netloc}"


def add_headers(response: Response) -> Response:
    """Set the security headers (an app-wide after_request function)."""
    headers, path = response.headers, request.path
    # Looked up once: Werkzeug raises and catches an exception for each header that it does not find.
    given = {name.lower() for name, _ in headers}
    if "content-security-policy" not in given:
        headers.add("Content-Security-Policy", _policy())
    if carries_session(path):
        headers.extend(IN_PATH)
        headers["Cache-Control"] = "no-store"
    else:
        headers.extend(ELSEWHERE)
        if "cache-control" not in given and not path.startswith("/static/"):
            headers.add("Cache-Control", "no-store")
    if not services().settings.loopback_http:
        headers.add("Strict-Transport-Security", "max-age=31536000")
    return response


def _policy() -> str:
    target = g.get("form_target")
    return POLICY.format(
        form_action=f"'self' {target}" if target else "'self'", frame_ancestors=_frame_ancestors()
    )


def _frame_ancestors() -> str:
    visit = visit_or_none()
    if visit is not None:
        return " ".join(("'self'", *visit.embed_origins))
    return str(g.get("frame_origins", "*" if g.get(ANYBODY_FRAMES) else "'none'"))


def init_headers(app: Flask) -> None:
    """Add the headers to every answer of an application."""
    app.after_request(add_headers)
