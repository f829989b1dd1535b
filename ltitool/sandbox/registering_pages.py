"""Pages for the LMS's administrator: start a tool's registration, and choose where launches go."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ltitool.sandbox.errors import NotSignedInError, PageRefusal
from ltitool.sandbox.registering import registration_link
from ltitool.sandbox.registrations import activate, registrations
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.visitor import current_person

tool_pages = Blueprint("tool_pages", __name__, url_prefix="/admin/tools")


@tool_pages.before_request
def only_administrators() -> None:
    person = current_person()
    if person is None:
        raise NotSignedInError
    if not person.administrator:
        raise PageRefusal(403, "administrators-only")


@tool_pages.get("")
def show_tools() -> ResponseReturnValue:
    return _show(None)


@tool_pages.post("")
def start_registration() -> ResponseReturnValue:
    """Open a tool's registration page in a frame of ours, with a fresh token."""
    return _show(registration_link(current_platform(), request.form.get("link", "")))


@tool_pages.post("/active")
def choose_active() -> ResponseReturnValue:
    with current_platform().store.writing() as connection:
        activate(connection, request.form.get("client_id", ""))
    return redirect(url_for("tool_pages.show_tools"), 303)


def _show(frame: str | None) -> ResponseReturnValue:
    with current_platform().store.reading() as connection:
        known = registrations(connection)
    return render_template("tools.html", known=known, frame=frame)
