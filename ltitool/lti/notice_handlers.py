"""Telling an LMS where its notices should go (Platform Notification Service).

The deployment's row says what is wanted; the job "notices.register" makes it true. Saying the same thing
twice changes nothing at the LMS, so a job that died half-way simply begins again.
"""

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.jobs import GiveUp, enqueue
from ltitool.lti import vocabulary as words
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.notice_service import NoticeService
from ltitool.lti.openings import OPEN
from ltitool.lti.platform_client import Call, PlatformClient
from ltitool.lti.service_errors import ServiceAddressForeign, ServiceBusy, ServiceFailed

JOB = "notices.register"
NOTICES_PATH = "/lti/notices"
TAKEN = frozenset({words.HELLO_NOTICE, words.CONTEXT_COPY_NOTICE})
WANTED, REGISTERED, REFUSED = "wanted", "registered", "refused"
JSON_TYPE = "application/json"


def note_service(session: Session, row: Deployment, offered: NoticeService | None, *, at: datetime) -> None:
    """Take over what a launch says about notices; only news is written, and asks for the job."""
    types = taken_types(offered)
    if offered is None or not types or (row.notices_url, row.notice_types) == (offered.url, types):
        return
    row.notices_url, row.notice_types = offered.url, types
    want_handlers(session, row, at=at)


def taken_types(offered: NoticeService | None) -> list[str]:
    """Give those notices of an LMS that we take."""
    return sorted(TAKEN.intersection(offered.types)) if offered else []


def want_handlers(session: Session, row: Deployment, *, at: datetime) -> None:
    """Have the LMS told, or told once more after it refused."""
    row.notices_state, row.notices_error = WANTED, None
    enqueue(session, JOB, str(row.id), at)


def register_handlers(
    deployment_id: uuid.UUID, *, client_for: Callable[[Platform], PlatformClient], public_url: str
) -> None:
    """Tell a deployment's LMS where to send each kind of notice that we take.

    Raises:
        GiveUp: the deployment is gone.
        ServiceBusy: the LMS does not answer just now; nothing is changed here.
    """
    row, platform = _wanted(deployment_id)
    end_read()
    is_open = platform.status == row.status == "active"
    if row.notices_url is None or row.notices_state != WANTED or not is_open:
        return  # where it is switched off, the sweep finds it once it is back
    client = client_for(platform)
    try:
        for kind in row.notice_types:
            client.send(_call(row.notices_url, kind, public_url + NOTICES_PATH))
    except ServiceBusy:
        raise  # the runner tries again
    except (ServiceFailed, ServiceAddressForeign) as error:
        _end(row, REFUSED, f"{error.code}: {error.detail}"[:500])
    else:
        _end(row, REGISTERED, None)


def handlers_wanted(session: Session, _at: datetime) -> Iterable[str]:
    """Sweep for "notices.register": deployments whose LMS is still to be told."""
    found = session.scalars(
        select(Deployment.id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Deployment.notices_state == WANTED, *OPEN)
    )
    return [str(deployment_id) for deployment_id in found]


def _wanted(deployment_id: uuid.UUID) -> tuple[Deployment, Platform]:
    found = (
        read_session()
        .execute(
            select(Deployment, Platform)
            .join(Platform, Platform.id == Deployment.platform_id)
            .where(Deployment.id == deployment_id)
            .execution_options(populate_existing=True)
        )
        .first()
    )
    if found is None:
        raise GiveUp("the deployment is gone")
    return found[0], found[1]


def _call(url: str, kind: str, handler: str) -> Call:
    return Call(
        method="PUT",
        url=url,
        scopes=(words.SCOPE_NOTICES,),
        accept=JSON_TYPE,
        content_type=JSON_TYPE,
        body=json.dumps({"notice_type": kind, "handler": handler}).encode(),
    )


def _end(row: Deployment, state: str, error: str | None) -> None:
    """Write how it ended, unless a launch has brought news meanwhile."""
    with transaction() as session:
        session.execute(
            update(Deployment)
            .where(
                Deployment.id == row.id,
                Deployment.notices_state == WANTED,
                Deployment.notices_url == row.notices_url,
            )
            .values(notices_state=state, notices_error=error)
        )
