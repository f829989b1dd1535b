"""What the page of a platform says of keys and addresses, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from ltitool.lti.models import Platform, PlatformCheck
from ltitool.lti.platform_standing import Standing
from ltitool.lti.products import product_of
from ltitool.lti.selftest.findings import Outcome
from ltitool.lti.selftest.running import findings_of
from ltitool.lti.selftest.words import say

NOTHING = "-"
FIELDS: Mapping[str, Callable[[], str]] = {
    "auth_login_url": lambda: _("Authentication request URL"),
    "auth_token_url": lambda: _("Access token URL"),
    "token_audience": lambda: _("Audience of token requests"),
    "jwks_url": lambda: _("Public keyset URL of the LMS"),
}


@dataclass(frozen=True)
class CheckLine:
    """One line of a self-test, as the list of checks shows it."""

    number: int
    title: str
    outcome: Outcome
    detail: str
    fix: str


def check_lines(platform: Platform, check: PlatformCheck | None) -> list[CheckLine]:
    """Say what a self-test has found until now."""
    lines = []
    for number, finding in enumerate(findings_of(check) if check else [], 1):
        said = say(finding, product_of(platform), _)
        lines.append(CheckLine(number, said.title, finding.outcome, said.means, said.fix))
    return lines


def our_keys(stands: Standing, now: datetime) -> str:
    """Say how old the key is that we sign with, and when another takes over."""
    signing = [key for key in stands.our_keys if key.active_from <= now]
    coming = [key for key in stands.our_keys if key.active_from > now]
    if not signing:
        return str(_("None yet: the first request to a service makes one"))
    days = (now - signing[0].active_from).days
    said = ngettext("%(num)s day in use", "%(num)s days in use", days)
    if coming:
        day = format_date(coming[-1].active_from, "medium")
        said += "; " + _("the next one is published and signs from %(day)s", day=day)
    return str(said)


def changes(stands: Standing) -> list[tuple[str, str]]:
    """Say what a proposal would change, field by field."""
    return [
        (FIELDS[name](), _("now %(old)s, then %(new)s", old=old or NOTHING, new=new or NOTHING))
        for name, old, new in stands.changes
    ]
