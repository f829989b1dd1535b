"""What completion still asks for, as sentences."""

from flask_babel import gettext as _
from flask_babel import ngettext

from ltitool.cohorts.completion import Missing, Requirement
from ltitool.web.languages import current_language


def missing_words(one: Missing) -> str:
    """Say one thing that is missing for the badge."""
    left = one.need - one.have
    match one.requirement:
        case Requirement.ATTENDANCE:
            line = ngettext("%(num)s more whole-group session", "%(num)s more whole-group sessions", left)
        case Requirement.COACHING:
            line = ngettext("%(num)s more 1:1 with your coach", "%(num)s more 1:1s with your coach", left)
        case Requirement.KEYSTONE:
            line = _("A keystone that passes")
        case Requirement.ACTIVITY:
            title = one.activity.title.in_(current_language()) if one.activity else ""
            line = _("Not sent yet: %(title)s", title=title)
    return str(line)
