"""To which gradebook and which of its columns grades go: what sending needs, read for many at once."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from ltitool.foundation.db import end_read, read_session
from ltitool.lti.grade_claims import Attempt
from ltitool.lti.gradebook import GradebookService
from ltitool.lti.models import Context, Deployment, LineItem, Platform
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.quirks.choosing import manners_of
from ltitool.lti.service_errors import GradebookNotLinked

ClientFor = Callable[[Platform], PlatformClient]


@dataclass(frozen=True)
class Parcel:
    """An attempt, ready to be sent: nothing of the database is needed on its way."""

    attempt: Attempt
    service: GradebookService | None  # None: the platform or the deployment is switched off
    column_url: str | None  # None: nobody has looked for it yet
    lost_at: datetime | None  # when we saw that the column was deleted


def pack(attempts: Sequence[Attempt], client_for: ClientFor) -> list[Parcel]:
    """Find each attempt's gradebook and column."""
    services = _services({one.context_id for one in attempts}, client_for)
    columns = _columns(attempts)
    end_read()
    return [
        Parcel(one, services[one.context_id], *columns.get((one.context_id, one.activity_key), (None, None)))
        for one in attempts
    ]


def course_gradebook(context_id: uuid.UUID, client_for: ClientFor) -> GradebookService:
    """Give a course's gradebook.

    Raises:
        GradebookNotLinked: its platform or deployment is switched off.
    """
    service = _services({context_id}, client_for).get(context_id)
    end_read()
    if service is None:
        raise GradebookNotLinked("the platform or the deployment is switched off")
    return service


def _services(context_ids: set[uuid.UUID], client_for: ClientFor) -> dict[uuid.UUID, GradebookService | None]:
    session = read_session()
    rows = session.execute(_COURSES.where(Context.id.in_(context_ids))).all()
    for platform in {row.Platform for row in rows}:
        session.expunge(platform)  # threads read it; nobody may load it anew under them
    return {row.id: _service(row, client_for) for row in rows}


_COURSES: Select[tuple[uuid.UUID, list[str], str | None, str, Platform]] = (
    select(Context.id, Context.scopes, Context.lineitems_url, Deployment.status, Platform)
    .join(Deployment, Deployment.id == Context.deployment_id)
    .join(Platform, Platform.id == Deployment.platform_id)
)


def _service(row: Row[Any], client_for: ClientFor) -> GradebookService | None:
    if row.Platform.status != "active" or row.status != "active":
        return None
    client = client_for(row.Platform)
    return GradebookService(client, tuple(row.scopes), row.lineitems_url, manners_of(row.Platform))


def _columns(attempts: Sequence[Attempt]) -> dict[tuple[uuid.UUID, str], tuple[str | None, datetime | None]]:
    rows = read_session().execute(
        select(LineItem.context_id, LineItem.activity_key, LineItem.url, LineItem.lost_at).where(
            LineItem.context_id.in_({one.context_id for one in attempts}),
            LineItem.activity_key.in_({one.activity_key for one in attempts}),
        )
    )
    return {(row.context_id, row.activity_key): (row.url or None, row.lost_at) for row in rows}
