"""English and Spanish: which one a page speaks, and how to switch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_babel import Babel, get_locale

from ltitool.web.drafts import below_visit
from ltitool.web.visit import Visit, visit_or_none

LANGUAGES = {"en": "English", "es": "Español"}
DEFAULT = "en"
TERRITORY = "US"  # Spanish, too, is written here with a decimal point and a twelve-hour clock
COOKIE = "lang"
babel = Babel()
ZONE_OF_VISIT = "ltitool.web.zone-of-visit"  # app.py binds who knows
ZoneOfVisit = Callable[[Visit], str | None]


@dataclass(frozen=True)
class LanguageLink:
    """One language in the switch of a page."""

    code: str
    label: str
    url: str
    current: bool


def known_language(tag: str | None) -> str | None:
    """Reduce a language tag such as es-MX to one we speak, or None."""
    code = (tag or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else None


def choose_language() -> str:
    """Say which language this answer speaks: asked for, chosen earlier, the visit's, the browser's."""
    forced = known_language(g.get("language"))
    visit = visit_or_none()
    return (
        forced
        or known_language(request.args.get("lang"))
        or (known_language(visit.locale) if visit else None)
        or known_language(request.cookies.get(COOKIE))
        or request.accept_languages.best_match(list(LANGUAGES))
        or DEFAULT
    )


def choose_locale() -> str:
    """Give the language with the country whose dates, times and numbers it writes."""
    return f"{choose_language()}_{TERRITORY}"


def current_language() -> str:
    """Give the two-letter code of the language in use."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT


def language_links() -> list[LanguageLink]:
    """Give the switch: in a visit it is remembered, on a public page it is part of the address.

    What answers a form, and has no page of its own under its address, cannot be asked for again.
    """
    if visit_or_none() is None and not _is_a_page(request.path):
        return []
    current = current_language()
    return [
        LanguageLink(code, label, _switch_url(code), code == current) for code, label in LANGUAGES.items()
    ]


def _switch_url(code: str) -> str:
    if visit_or_none() is not None and request.endpoint:
        return url_for("visit.language", code=code, next=below_visit(request.full_path.rstrip("?")))
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*asked, ('lang', code)])}"


def _is_a_page(path: str) -> bool:
    return current_app.url_map.bind("").test(path, "GET")


def tell_times_in(zone: str) -> None:
    """Say the zone of this answer's times, where the page has read it already."""
    g.zone = zone


def choose_timezone() -> str | None:
    """Say in which zone times are told: that of the visit's program, or UTC on public pages."""
    if "zone" in g:
        return str(g.zone)
    visit = visit_or_none()
    zone_of: ZoneOfVisit | None = current_app.extensions.get(ZONE_OF_VISIT)
    return zone_of(visit) if visit and zone_of else None


def init_languages(app: Flask) -> None:
    """Bind the translations to an application."""
    folder = Path(__file__).parent / "translations"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    babel.init_app(app, locale_selector=choose_locale, timezone_selector=choose_timezone)
