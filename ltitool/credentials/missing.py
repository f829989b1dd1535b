"""What still stands between somebody and their badge, in words, each with the page that leads on."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from ltitool.cohorts.activity_pages import RECORD, activity_url
from ltitool.cohorts.completion import Completion, Missing, Requirement
from ltitool.web.links import optional_url


@dataclass(frozen=True)
class MissingLine:
    """One thing that is missing; `url` leads to where it is done, if it is done on a page."""

    text: str
    url: str | None


def missing_lines(completion: Completion, language: str) -> list[MissingLine]:
    """Say what completion still asks for, in the program's order."""
    return [MissingLine(_text(one, language), _url(one)) for one in completion.missing]


def _text(missing: Missing, language: str) -> str:
    return str(_sentence(missing, missing.activity.title.in_(language) if missing.activity else ""))


def _sentence(missing: Missing, title: str) -> Any:
    match missing.requirement:
        case Requirement.ACTIVITY:
            return gettext("Send “%(activity)s”", activity=title)
        case Requirement.KEYSTONE:
            return gettext("Your keystone has to meet every criterion")
        case Requirement.ATTENDANCE:
            return ngettext(
                "%(num)s whole-group session is needed, and %(have)s is recorded",
                "%(num)s whole-group sessions are needed, and %(have)s are recorded",
                missing.need,
                have=missing.have,
            )
        case Requirement.COACHING:
            return ngettext(
                "%(num)s one-to-one is needed, and %(have)s is recorded",
                "%(num)s one-to-ones are needed, and %(have)s are recorded",
                missing.need,
                have=missing.have,
            )


def _url(missing: Missing) -> str | None:
    return optional_url(RECORD) if missing.activity is None else activity_url(missing.activity)
