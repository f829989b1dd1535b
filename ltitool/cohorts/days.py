"""Days in words. A day ends where the people are, so every "today" needs the offering's time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext as _

from ltitool.errors import Invalid, msg
from ltitool.web.languages import current_language

# English as it is written in the United States; a language that is not listed takes the last pattern.
PATTERNS = {"en": "EEEE, MMMM d", "es": "EEEE d 'de' MMMM", "": "EEEE d MMMM"}
WITH_YEAR = {"en": "MMMM d, y", "es": "d 'de' MMMM 'de' y", "": "d MMMM y"}
SHORT = {"en": "MMM d", "": "d MMM"}


def local_day(at: datetime, timezone: str) -> date:
    """Give the day that an instant falls on in a time zone."""
    return at.astimezone(ZoneInfo(timezone)).date()


def check_day(held_on: date, starts_on: date, today: date) -> None:
    """Refuse to record time on a day that cannot be: before the program began, or still to come.

    Raises:
        Invalid: for the field held_on.
    """
    if held_on > today:
        raise Invalid({"held_on": msg("This day has not come yet.")})
    if held_on < starts_on:
        raise Invalid({"held_on": msg("This day is before the program began.")})


def day_words(day: date, locale: str) -> str:
    """Name a day with its weekday: Thursday, March 12."""
    return format_date(day, PATTERNS.get(locale, PATTERNS[""]), locale=locale)


def full_day(day: date, locale: str) -> str:
    """Name a day with its year: March 12, 2026."""
    return format_date(day, WITH_YEAR.get(locale, WITH_YEAR[""]), locale=locale)


def short_day(day: date, locale: str) -> str:
    """Name a day in little room: Mar 12."""
    return format_date(day, SHORT.get(locale, SHORT[""]), locale=locale)


def due_words(day: date, today: date) -> str:
    """Say until when something is wanted, as people say it; speaks the page's language."""
    match (day - today).days:
        case 0:
            return str(_("by the end of today"))
        case 1:
            return str(_("by tomorrow"))
        case days if days < 0:
            return str(_("was due on %(day)s", day=day_words(day, current_language())))
        case _days:
            return str(_("by %(day)s", day=day_words(day, current_language())))


def past_words(day: date, today: date) -> str:
    """Say when something was; speaks the page's language."""
    match (today - day).days:
        case 0:
            return str(_("today"))
        case 1:
            return str(_("yesterday"))
        case _days:
            return str(_("on %(day)s", day=day_words(day, current_language())))
