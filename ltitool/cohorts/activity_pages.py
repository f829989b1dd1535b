"""Which page an activity opens. Features register their endpoints; a page that is not there gets no link."""

from ltitool.programs.activities import Activity, ActivityKind
from ltitool.web.links import optional_url

RECORD = "record.page"
ENTRY = "evidence.entry"
OWN_PAGE = {
    ActivityKind.PHOTOVOICE: "evidence.photos",
    ActivityKind.POWER_MAP: "evidence.power_map",
    ActivityKind.KEYSTONE: "evidence.keystone",
    ActivityKind.GROUP_SESSION: RECORD,
    ActivityKind.COACHING_SESSION: RECORD,
}


def activity_url(activity: Activity) -> str | None:
    """Give the page on which a participant does an activity."""
    endpoint = OWN_PAGE.get(activity.kind)
    if endpoint is not None:
        return optional_url(endpoint)
    return optional_url(ENTRY, activity_key=activity.key)
