"""Deep linking: what a course waits for, and the signed answer with the links that a teacher chose.

Where the answer goes and the LMS's own note stay with the session's row: nothing of them passes through
the browser before it is signed. A request is answered once.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from ltitool.foundation.services import Services
from ltitool.lti import deeplink_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.deeplink_checks import DeepLinkSettings
from ltitool.lti.link_offers import LinkOffers, OfferedLink, Span
from ltitool.lti.models import DeepLinkRequest, Deployment, Platform
from ltitool.lti.toolconfig import LAUNCH_PATH

KEY_OWNER, KEY_PURPOSE = "tool", "lti-rs256"
LIFETIME = timedelta(minutes=5)
KEPT = timedelta(days=1)
VERSION = "1.3.0"
REVIEWABLE = ("InProgress", "Submitted", "Completed")  # when a gradebook may offer to open the work


@dataclass(frozen=True)
class WaitingCourse:
    """A course that waits for links."""

    id: uuid.UUID
    return_url: str
    takes_links: bool
    takes_several: bool
    data: str | None
    answered: bool
    issuer: str
    client_id: str
    deployment_id: str


@dataclass(frozen=True)
class Reply:
    """What the browser posts to the LMS."""

    return_url: str
    token: str


@dataclass(frozen=True)
class Said:
    """What goes with an answer: for the person, whom the LMS shows it, and for the LMS's log."""

    message: str = ""
    log: str = ""
    failed: bool = False

    def claims(self) -> dict[str, str]:
        """Name them as Deep Linking does; what is empty is not sent."""
        if self.failed:
            named = {words.DEEP_LINK_ERROR: self.message, words.DEEP_LINK_ERROR_LOG: self.log}
        else:
            named = {words.DEEP_LINK_MESSAGE: self.message, words.DEEP_LINK_LOG: self.log}
        return {name: text for name, text in named.items() if text}


NOTHING_SAID = Said()


def note_request(
    session: Session,
    deployment: Deployment,
    settings: DeepLinkSettings,
    *,
    request_id: uuid.UUID,
    session_id: uuid.UUID,
    at: datetime,
) -> None:
    """Keep what a deep linking launch asked for, for the session that it opens."""
    session.add(
        DeepLinkRequest(
            id=request_id,
            organisation_id=deployment.organisation_id,
            deployment_id=deployment.id,
            session_id=session_id,
            return_url=settings.return_url,
            takes_links=settings.takes_links,
            takes_several=settings.takes_several,
            data=settings.data,
            created_at=at,
            answered_at=None,
        )
    )


def waiting_course(session: Session, organisation_id: uuid.UUID, session_id: uuid.UUID) -> WaitingCourse:
    """Give what the course of a session waits for.

    Raises:
        DeepLinkNone: the session was not opened to add links.
    """
    row = session.execute(
        select(DeepLinkRequest, Deployment.lms_id, Platform.issuer, Platform.client_id)
        .join(Deployment, Deployment.id == DeepLinkRequest.deployment_id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(DeepLinkRequest.organisation_id == organisation_id, DeepLinkRequest.session_id == session_id)
    ).first()
    if row is None:
        raise wrong.DeepLinkNone
    asked, deployment_id, issuer, client_id = row
    return WaitingCourse(
        id=asked.id,
        return_url=asked.return_url,
        takes_links=asked.takes_links,
        takes_several=asked.takes_several,
        data=asked.data,
        answered=asked.answered_at is not None,
        issuer=issuer,
        client_id=client_id,
        deployment_id=deployment_id,
    )


def chosen_links(offers: LinkOffers, keys: Sequence[str]) -> list[OfferedLink]:
    """Find what was chosen among what this course is offered, and nowhere else (A52).

    Raises:
        DeepLinkItemUnknown: one is not offered here.
    """
    offered = offers.all()
    unknown = [key for key in keys if key not in offered]
    if unknown:
        raise wrong.DeepLinkItemUnknown(unknown[0][:80])
    return [link for key, link in offered.items() if key in keys]


def answer_course(
    session: Session,
    course: WaitingCourse,
    links: Sequence[OfferedLink],
    found: Services,
    *,
    said: Said = NOTHING_SAID,
) -> Reply:
    """Sign the answer to a course, which may be empty, with what the LMS shows and what it writes down.

    Raises:
        DeepLinkAnswered: there was an answer before (A51).
    """
    now = found.clock()
    open_one = (DeepLinkRequest.id == course.id, DeepLinkRequest.answered_at.is_(None))
    done = session.execute(update(DeepLinkRequest).where(*open_one).values(answered_at=now))
    if cast("CursorResult[object]", done).rowcount != 1:
        raise wrong.DeepLinkAnswered
    claims = reply_claims(course, links, found.settings.public_url, nonce=found.new_token(), at=now)
    claims |= said.claims()
    return Reply(course.return_url, found.keys.sign_jwt(KEY_OWNER, KEY_PURPOSE, claims))


def reply_claims(
    course: WaitingCourse, links: Sequence[OfferedLink], public_url: str, *, nonce: str, at: datetime
) -> dict[str, Any]:
    """Write the claims of an answer (Deep Linking 2.0, response message)."""
    echoed = {} if course.data is None else {words.DEEP_LINK_DATA: course.data}
    return {
        "iss": course.client_id,
        "aud": [course.issuer],
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
        "nonce": nonce,
        words.DEPLOYMENT_ID: course.deployment_id,
        words.MESSAGE_TYPE: words.DEEP_LINKING_RESPONSE,
        words.VERSION: VERSION,
        words.CONTENT_ITEMS: [content_item(link, public_url) for link in links],
        **echoed,
    }


def content_item(link: OfferedLink, public_url: str) -> dict[str, Any]:
    """Write one link as an LTI resource link; a graded one brings its column."""
    item: dict[str, Any] = {
        "type": words.LINK_ITEM,
        "title": link.title,
        "text": link.text,
        "url": public_url + LAUNCH_PATH,
        "custom": dict(link.custom),
    }
    spans = {"available": link.open, "submission": link.due}
    item |= {name: dates_of(span) for name, span in spans.items() if span is not None}
    if link.column is not None:
        item["lineItem"] = {
            "label": link.column.label,
            "scoreMaximum": link.column.score_maximum,
            "resourceId": link.column.resource_id,
            "tag": link.column.resource_id,
            "submissionReview": {"reviewableStatus": list(REVIEWABLE), "url": item["url"]},
        }
    return item


def dates_of(span: Span) -> dict[str, str]:
    """Write a span as content items have it; an open end is left out."""
    named = {"startDateTime": span.start, "endDateTime": span.end}
    return {name: moment.isoformat() for name, moment in named.items() if moment is not None}


def forget_requests(session: Session, now: datetime) -> None:
    """Drop what courses asked for a day ago: their sessions are over."""
    session.execute(delete(DeepLinkRequest).where(DeepLinkRequest.created_at < now - KEPT))
