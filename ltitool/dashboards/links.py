"""Pages of other features that a dashboard leads to."""

import uuid

from ltitool.web.links import optional_url


def scoring_url(submission_id: uuid.UUID) -> str | None:
    """Give the page on which a coach scores a keystone."""
    return optional_url("scoring.sheet", submission_id=submission_id)


def evidence_url(offering_id: uuid.UUID, person_id: uuid.UUID) -> str | None:
    """Give the page on which somebody's photos, map and texts are read."""
    return optional_url("evidence_reading.gathered", offering_id=offering_id, person_id=person_id)


def awards_url() -> str | None:
    """Give the director's page of badges."""
    return optional_url("awards.page")
