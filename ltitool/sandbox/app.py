"""Put a practice LMS together: its store, its keys, its doors, and what every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Flask, Request, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ltitool.sandbox.bodies import MAX_BODY
from ltitool.sandbox.copy_pages import copy_pages
from ltitool.sandbox.errors import PageRefusal
from ltitool.sandbox.framing import framing
from ltitool.sandbox.group_services import group_services
from ltitool.sandbox.keys import open_key_ring
from ltitool.sandbox.linking_pages import link_pages
from ltitool.sandbox.misbehaving import break_off, misbehave
from ltitool.sandbox.notice_doors import notice_doors
from ltitool.sandbox.notice_post import post_notices
from ltitool.sandbox.pages import pages
from ltitool.sandbox.planting import plant
from ltitool.sandbox.privacy_pages import privacy_pages
from ltitool.sandbox.protocol import protocol
from ltitool.sandbox.registering_pages import tool_pages
from ltitool.sandbox.runtime import EXTENSION, Platform, current_platform
from ltitool.sandbox.services import services
from ltitool.sandbox.store import open_store
from ltitool.sandbox.switch_pages import switch_pages
from ltitool.sandbox.teacher_pages import teacher_pages
from ltitool.sandbox.toolkeys import ToolKeys, fetch_key_set
from ltitool.sandbox.visitor import current_locale, current_person
from ltitool.sandbox.words import LOCALES, say, write_moment, write_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from ltitool.sandbox.config import PlatformConfig

_PAGES: Final = (pages, copy_pages, privacy_pages, tool_pages, link_pages, teacher_pages, switch_pages)
_PAGE_NAMES: Final = frozenset(door.name for door in _PAGES)
# Doors that other sites post to: the tool's page (authentication) and the tool's server (the rest).
_OPEN_DOORS: Final = (
    "protocol.",
    "services.",
    "group_services.",
    "notice_doors.",
    "link_pages.take_links",
    "switch_pages.control",
)
_AT_THE_DOOR: Final = frozenset({"protocol.authorize", "framing.storage", "static"})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def create_platform(
    config: PlatformConfig,
    fetch: Callable[[str], bytes] = fetch_key_set,
    post: Callable[[str, bytes], str] = post_notices,
) -> Flask:
    """Make the web application of one practice LMS.

    `fetch` reads the tool's key set, `post` takes notices to it; tests hand in what needs no socket.
    """
    app = Flask("ltitool.sandbox")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it, the base class not
    app.extensions[EXTENSION] = _open_platform(config, fetch, post)
    for door in (protocol, services, group_services, notice_doors, framing, *_PAGES):
        app.register_blueprint(door)
    app.before_request(_come_to_our_own_name)
    app.before_request(_refuse_foreign_forms)
    app.before_request(misbehave)
    app.after_request(_protect)
    app.after_request(break_off)
    app.context_processor(_said_to_every_page)
    app.register_error_handler(PageRefusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _open_platform(
    config: PlatformConfig, fetch: Callable[[str], bytes], post: Callable[[str, bytes], str]
) -> Platform:
    store = open_store(config.data_dir)
    with store.writing() as connection:
        plant(connection, config.seed)
    tool_keys = ToolKeys(config.tool.jwks_url, fetch)
    return Platform(config, store, open_key_ring(config.data_dir), tool_keys, post=post)


def _come_to_our_own_name() -> ResponseReturnValue | None:
    """Answer under our one name only: the issuer is part of every message, and the cookie belongs to it."""
    endpoints = current_platform().endpoints
    home, asked = endpoints.base, request.host_url.rstrip("/")
    if asked == home or (asked == endpoints.door and request.endpoint in _AT_THE_DOOR):
        return None
    if request.method in {"GET", "HEAD"} and request.blueprint in _PAGE_NAMES:
        return redirect(home + request.full_path.rstrip("?"))
    raise PageRefusal(421, "another-name", f"this LMS is {home}")


def _refuse_foreign_forms() -> None:
    """Refuse a form that another site's page sends in a person's name."""
    if request.method in _SAFE_METHODS or (request.endpoint or "").startswith(_OPEN_DOORS):
        return
    origin = request.headers.get("Origin")
    if origin != current_platform().endpoints.base and not _is_no_browser(request, origin):
        raise PageRefusal(403, "foreign-form")


def _is_no_browser(asked: Request, origin: str | None) -> bool:
    # Every browser names an Origin when it posts, and where a request comes from in Sec-Fetch-Site.
    return origin is None and "Sec-Fetch-Site" not in asked.headers


def _protect(answer: Response) -> Response:
    tool, endpoints = current_platform().config.tool.origin, current_platform().endpoints
    around = "" if endpoints.door == endpoints.base else f" {endpoints.base}"
    others = tool if endpoints.door == endpoints.base else f"{tool} {endpoints.base} {endpoints.door}"
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self'",
            f"frame-src 'self' {others}",
            # The browser checks every redirect of a posted form too: tool's login, then back to us.
            f"form-action 'self' {others}",
            "base-uri 'none'",
            f"frame-ancestors 'self'{around}",
        )
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: a form would then be posted with the origin "null".
    answer.headers["Referrer-Policy"] = "strict-origin"
    if request.endpoint != "static":
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _said_to_every_page() -> dict[str, object]:
    locale = current_locale()
    return {
        "locale": locale,
        "locales": LOCALES,
        "person": current_person(),
        "config": current_platform().config,
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "say": lambda key, **values: say(locale, key, **values),
        "write_moment": lambda moment: write_moment(locale, moment),
        "write_number": write_number,
    }


def _refused(refusal: PageRefusal) -> ResponseReturnValue:
    return _problem(refusal.status, refusal.code, refusal.detail)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    return _problem(error.code or 500, error.name.lower().replace(" ", "-"), "")


def _problem(status: int, code: str, detail: str) -> ResponseReturnValue:
    return render_template("problem.html", status=status, code=code, detail=detail), status
