"""How many people of which role an LMS's courses have: a feature above answers, bound in app.py."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session

EXTENSION = "ltitool.lti.role_counts"


class RoleCounts(Protocol):
    """Counts the people of courses by the role that the LMS gave them."""

    def __call__(
        self, session: Session, organisation_id: uuid.UUID, context_ids: Iterable[uuid.UUID]
    ) -> Mapping[str, int]:
        """Give how many there are of each `LtiRole`."""


def bind_role_counts(app: Flask, counts: RoleCounts) -> None:
    """Bind who counts."""
    app.extensions[EXTENSION] = counts


def bound_role_counts() -> RoleCounts:
    """Give what app.py bound."""
    counts: RoleCounts = current_app.extensions[EXTENSION]
    return counts
