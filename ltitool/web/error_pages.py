"""Every failure in one shape: a plain page (or JSON where JSON was asked for) with a reference to quote."""

import logging
import secrets

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ltitool.errors import Conflict, Malformed, NotFound, TooLarge, ToolError, Unavailable, msg
from ltitool.web.drafts import words_sent
from ltitool.web.headers import allow_any_frame
from ltitool.web.path_sessions import masked

log = logging.getLogger("ltitool.errors")
SERVER_FAULT = 500
FRAMED = ("/l/", "/lti/")  # what an LMS shows in a frame; a failure there must be readable in it


class WrongMethod(Malformed):
    code = "request.method"
    status = 405
    title = msg("This address does not work that way")
    advice = msg("Open the activity from your course instead of reloading this address.")


class MaskedAddresses(logging.Filter):
    """Takes sessions' tokens out of what the framework logs by itself: it names the address of a fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, masked."""
        record.msg, record.args = masked(record.getMessage()), ()
        return True


class Fault(ToolError):
    code = "tool.fault"


def reference() -> str:
    """Give this request's reference: shown to the person, written in the log."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4)
    return str(g.reference)


def show_error(error: ToolError) -> Response:
    """Turn one of our errors into an answer."""
    level = logging.ERROR if error.status >= SERVER_FAULT else logging.INFO
    log.log(level, "%s %s %s: %s", reference(), error.code, masked(request.path), masked(error.detail))
    if request.path.startswith(FRAMED):
        allow_any_frame()
    if _wants_json():
        return _json_error(error)
    words = words_sent() if error.status == Conflict.status else []
    page = render_template("error.html", error=error, reference=reference(), words=words)
    return make_response(page, error.status)


def _show_http_error(error: HTTPException) -> Response:
    translated: ToolError
    match error.code:
        case 404:
            translated = NotFound(str(request.path))
        case 405:
            translated = WrongMethod()
        case 413:
            translated = TooLarge()
        case 503:
            translated = Unavailable()
        case _:
            translated = Malformed(str(error))
    response = show_error(translated)
    if isinstance(error, RequestEntityTooLarge):
        response.headers["Connection"] = "close"
    return response


def _show_fault(error: Exception) -> Response:
    log.error("%s unexpected", reference(), exc_info=error)
    return show_error(Fault(type(error).__name__))


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def _json_error(error: ToolError) -> Response:
    body = {
        "type": f"/errors/{error.code}",
        "code": error.code,
        "title": gettext(error.title),
        "advice": gettext(error.advice),
        "status": error.status,
        "reference": reference(),
    }
    return make_response(jsonify(body), error.status)


def init_error_pages(app: Flask) -> None:
    """Bind the handlers; our errors and the framework's end in the same shape."""
    app.logger.addFilter(MaskedAddresses())
    app.register_error_handler(ToolError, show_error)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Exception, _show_fault)
