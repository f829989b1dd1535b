"""Which page an activity opens. Features register their endpoints; a page that is not there gets no link."""

import uuid

from flask import current_app, url_for

from ltitool.programs.activities import Activity, ActivityKind

OWN_PAGE = {
    ActivityKind.PHOTOVOICE: "evidence.photos",
    ActivityKind.POWER_MAP: "evidence.power_map",
    ActivityKind.KEYSTONE: "evidence.keystone",
    ActivityKind.GROUP_SESSION: "record.page",
    ActivityKind.COACHING_SESSION: "record.page",
}
ENTRY = "evidence.entry"


def activity_url(activity: Activity) -> str | None:
    """Give the page on which a participant does an activity."""
    endpoint = OWN_PAGE.get(activity.kind)
    if endpoint is not None:
        return optional_url(endpoint)
    return optional_url(ENTRY, activity_key=activity.key)


def scoring_url(submission_id: uuid.UUID) -> str | None:
    """Give the page on which a coach scores a keystone."""
    return optional_url("scoring.sheet", submission_id=submission_id)


def evidence_url(offering_id: uuid.UUID, person_id: uuid.UUID) -> str | None:
    """Give the page on which somebody's photos, map and texts are read."""
    return optional_url("evidence_reading.gathered", offering_id=offering_id, person_id=person_id)


def awards_url() -> str | None:
    """Give the director's page of badges."""
    return optional_url("awards.page")


def optional_url(endpoint: str, **values: object) -> str | None:
    """Give the address of an endpoint, or None where no feature has registered it."""
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **values)  # type: ignore[arg-type] # Flask takes any value that its converters know
