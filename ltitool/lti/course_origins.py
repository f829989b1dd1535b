"""Which courses a course was copied from, as its LMS says: in launches, and in notices.

The ids are the LMS's own. In a launch they come as a custom field, which in some LMSs whoever edits a link
may write; a notice is the LMS's own word, and is kept as such. What a copy may take over, the cohorts say.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

from ltitool.lti.claimchecks import MAX_ID
from ltitool.lti.models import Context
from ltitool.lti.toolconfig import HISTORY_FIELD

MAX_ORIGINS = 20


def read_history(value: str | None) -> list[str]:
    """Read the value of `$Context.id.history`: ids, URL-encoded, with commas between, nearest first."""
    return [one for part in (value or "").split(",") if (one := unquote(part.strip()))]


def origins_in(custom: Mapping[str, str], own_id: str) -> list[str]:
    """Give what the custom fields of a launch say about where its course comes from."""
    return usable(read_history(custom.get(HISTORY_FIELD)), own_id)


def usable(origins: Iterable[str], own_id: str) -> list[str]:
    """Keep what can be the id of another course, each once."""
    named = [one for one in origins if 0 < len(one) <= MAX_ID and one != own_id]
    return list(dict.fromkeys(named))[:MAX_ORIGINS]


def note_origins(context: Context, origins: Iterable[str]) -> None:
    """Keep what a course was copied from; what was known and is not named again stays, further away."""
    context.copied_from = _with(context.copied_from, origins, context)


def note_noticed_origins(context: Context, origins: Sequence[str]) -> None:
    """Keep what a notice says a course was copied from, and that a notice said so."""
    note_origins(context, origins)
    context.noticed_origins = _with(context.noticed_origins, origins, context)


def _with(known: list[str], named: Iterable[str], context: Context) -> list[str]:
    merged = usable((*named, *known), context.lms_id)
    return known if set(merged) <= set(known) else merged
