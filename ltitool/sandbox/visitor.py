"""Who is at the browser and in which language: read from the request once, and said to every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, request

from ltitool.sandbox.runtime import current_platform
from ltitool.sandbox.sessions import COOKIE_NAME, person_of
from ltitool.sandbox.words import LOCALES

if TYPE_CHECKING:
    from ltitool.sandbox.seed import Person

LANGUAGE_COOKIE: Final = "practice_lms_language"


def current_person() -> Person | None:
    """Give the person who is signed in, looking in the database once per request."""
    if "practice_person" not in g:
        g.practice_person = _signed_in()
    person: Person | None = g.practice_person
    return person


def current_locale() -> str:
    """Give the language: the one chosen here, else the person's own, else the browser's, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        return chosen
    person = current_person()
    if person:
        return person.locale
    return request.accept_languages.best_match(LOCALES) or LOCALES[0]


def _signed_in() -> Person | None:
    value = request.cookies.get(COOKIE_NAME)
    if not value:
        return None
    with current_platform().store.reading() as connection:
        return person_of(connection, value)
