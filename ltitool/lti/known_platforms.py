"""Registrations as this process remembers them, so that a login asks the database nothing.

What is remembered may be half a minute old. That can send a browser to an LMS that has just been switched
off here, and no further: a launch and every page read the status anew. Whatever is not found, or not open,
is read again before it is refused.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, event, select
from sqlalchemy.orm import Session

from ltitool.foundation.db import db
from ltitool.lti.models import Platform

EXTENSION = "ltitool.lti.known-platforms"
REMEMBERED = timedelta(seconds=30)
MOST = 1000  # issuers, and registrations


@dataclass(frozen=True)
class _Read:
    rows: Sequence[Platform]  # detached: nobody's session watches them
    at: datetime


class KnownPlatforms:
    """The registrations that this process has met; one object serves all threads of an application."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: dict[str | uuid.UUID, _Read] = {}

    def of_issuer(self, issuer: str) -> Sequence[Platform]:
        """Give the registrations of an issuer, as remembered or read now."""
        return self._remembered(issuer) or self.read_issuer(issuer)

    def of_id(self, platform_id: uuid.UUID) -> Platform | None:
        """Give a registration, as remembered or read now."""
        rows = self._remembered(platform_id) or self._read(platform_id, Platform.id == platform_id)
        return rows[0] if rows else None

    def read_issuer(self, issuer: str) -> Sequence[Platform]:
        """Give the registrations of an issuer as they are now."""
        rows = self._read(issuer, Platform.issuer == issuer)
        for row in rows:
            self._keep(row.id, [row])
        return rows

    def forget(self) -> None:
        """Read everything anew."""
        self._known = {}

    def _remembered(self, name: str | uuid.UUID) -> Sequence[Platform]:
        known = self._known.get(name)
        return known.rows if known and self._clock() - known.at < REMEMBERED else ()

    def _read(self, name: str | uuid.UUID, which: ColumnElement[bool]) -> Sequence[Platform]:
        with Session(db.engine, expire_on_commit=False) as session:
            rows = session.scalars(select(Platform).where(which)).all()
            session.expunge_all()
        if rows:  # made-up issuers leave nothing behind
            self._keep(name, rows)
        return rows

    def _keep(self, name: str | uuid.UUID, rows: Sequence[Platform]) -> None:
        if len(self._known) >= MOST:
            self.forget()
        self._known[name] = _Read(rows, self._clock())


def registrations_change(session: Session) -> None:
    """Have this process read all registrations anew once this use case is committed."""
    known: KnownPlatforms = current_app.extensions[EXTENSION]
    event.listen(session, "after_commit", lambda _session: known.forget(), once=True)
