"""What the page of a platform says of keys and addresses, in words."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from ltitool.lti.platform_standing import Standing

NOTHING = "-"
FIELDS: Mapping[str, Callable[[], str]] = {
    "auth_login_url": lambda: _("Authentication request URL"),
    "auth_token_url": lambda: _("Access token URL"),
    "token_audience": lambda: _("Audience of token requests"),
    "jwks_url": lambda: _("Public keyset URL of the LMS"),
}


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
