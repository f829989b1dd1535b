"""What a teacher can link to from a course: a feature above answers, bound in app.py."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session

EXTENSION = "ltitool.lti.link_offers"


@dataclass(frozen=True)
class OfferedColumn:
    """The gradebook column that belongs to a link."""

    resource_id: str  # the activity's key: later grades find the column by it
    label: str
    score_maximum: float


@dataclass(frozen=True)
class Span:
    """From when to when; an end that is None stays open."""

    start: datetime | None
    end: datetime | None = None


@dataclass(frozen=True)
class OfferedLink:
    """One link that a course may hold."""

    key: str  # names it among the offers
    title: str
    text: str
    custom: Mapping[str, str] = field(default_factory=dict)  # what its launches carry
    column: OfferedColumn | None = None
    open: Span | None = None  # when it is there; None where no run of the program is known
    due: Span | None = None  # when work is sent in


@dataclass(frozen=True)
class LinkOffers:
    """All that a course can be given; `steps` are usually taken together, one for each week."""

    steps: Sequence[OfferedLink]
    others: Sequence[OfferedLink]

    def all(self) -> dict[str, OfferedLink]:
        """Give every link by its key, in the order in which they are shown."""
        return {one.key: one for one in (*self.others, *self.steps)}


class Offering(Protocol):
    """Says what a course can link to."""

    def __call__(
        self, session: Session, organisation_id: uuid.UUID, context_id: uuid.UUID | None, locale: str
    ) -> LinkOffers:
        """Give the links for a course, in the words of a language."""


def bind_link_offers(app: Flask, offering: Offering) -> None:
    """Bind what an application offers."""
    app.extensions[EXTENSION] = offering


def bound_link_offers() -> Offering:
    """Give what app.py bound."""
    offering: Offering = current_app.extensions[EXTENSION]
    return offering
