"""Pages that start data privacy launches: an administrator's list of people, and everybody's own."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ltitool.sandbox.directory import all_people, find_person
from ltitool.sandbox.errors import NotSignedInError, PageRefusal
from ltitool.sandbox.launching import Start, login_fields
from ltitool.sandbox.privacy import may_ask
from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.visitor import current_person

privacy_pages = Blueprint("privacy_pages", __name__, url_prefix="/privacy")


@privacy_pages.before_request
def only_where_it_is_known() -> None:
    if not current_platform().config.manners.privacy_launches:
        raise PageRefusal(404, "no-privacy-launches")


@privacy_pages.get("")
def show() -> ResponseReturnValue:
    """List whom somebody may ask about."""
    person = current_person()
    if person is None:
        raise NotSignedInError
    with current_platform().store.reading() as connection:
        people = [one for one in all_people(connection) if may_ask(person, one.sub)]
    return render_template("privacy.html", people=people)


@privacy_pages.get("/<person_key>/launch")
def launch(person_key: str) -> ResponseReturnValue:
    """Begin a data privacy launch, in a tab of its own."""
    platform, person = current_platform(), current_person()
    if person is None:
        raise NotSignedInError
    with platform.store.reading() as connection:
        meant = find_person(connection, person_key)
    if meant is None or not may_ask(person, meant.sub):
        raise PageRefusal(404, "no-such-person")
    start = Start(person, "", "", "window", platform.now(), meant.sub)
    fields = login_fields(start, platform.config, platform.keys)
    return render_template(
        "forward.html", action=platform.config.tool.login_url, fields=fields, title=meant.name
    )
