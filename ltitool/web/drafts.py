"""Nobody loses words: a form that comes after the visit has ended is kept and offered again.

Forms also save themselves while they are filled in. A form's key is the path it is sent to, below
/l/<launch>. A draft goes away when its form is accepted (any redirect after a POST) or when its
writer discards it.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime

from flask import Response, g, request
from werkzeug.datastructures import MultiDict

from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import services
from ltitool.people.drafts import NEVER_KEPT, drop_draft, find_draft, keep_draft
from ltitool.web.visit import Visit, visit_or_none

ACCEPTED = range(300, 400)  # a use case that worked answers with a redirect


def below_visit(path: str) -> str:
    """Give a path without its visit: the same in every visit, and without any secret."""
    parts = path.split("/", 3)
    return "/" + parts[3] if path.startswith("/l/") and len(parts) > 3 else path  # noqa: PLR2004 - "", "l", launch, rest


def keep_late_form() -> bool:
    """Keep the words of a form whose session has ended, if this browser held that session."""
    visit = g.get("ended_visit")
    if not isinstance(visit, Visit):
        return False
    sent = request.form.get("csrf_token", "")
    if not hmac.compare_digest(sent.encode(), visit.csrf_token.encode()):
        return False
    return store_draft(visit, below_visit(request.path), request.form, services().clock())


def store_draft(visit: Visit, key: str, form: MultiDict[str, str], at: datetime) -> bool:
    """Keep what a form holds as this person's draft of it."""
    with transaction() as session:
        return keep_draft(
            session,
            organisation_id=visit.organisation_id,
            person_id=visit.person_id,
            form_key=key,
            fields=form.to_dict(flat=False),
            at=at,
        )


def discard_draft(visit: Visit, key: str) -> None:
    """Forget a draft."""
    with transaction() as session:
        drop_draft(session, visit.organisation_id, visit.person_id, key)


def words_sent() -> list[str]:
    """Give what somebody wrote in the form of this request, without names, choices and tokens."""
    if request.method != "POST" or visit_or_none() is None:
        return []
    written = (text.strip() for name, text in request.form.items(multi=True) if name not in NEVER_KEPT)
    return [text for text in written if len(text.split()) > 1]


def with_draft(action: str, saved: Mapping[str, object]) -> dict[str, object]:
    """Lay unsent words of the form that is sent to `action` over what is saved.

    The page then shows, through the form macro, since when they wait and how to discard them.
    """
    visit = visit_or_none()
    values = dict(saved)
    if visit is None:
        return values
    key = below_visit(action)
    draft = find_draft(read_session(), visit.organisation_id, visit.person_id, key)
    if draft is not None:
        for name, kept in draft.fields.items():
            values[name] = kept if len(kept) > 1 else kept[0]
        g.setdefault("shown_drafts", {})[key] = draft.updated_at
    return values


def draft_shown_since(action: str) -> datetime | None:
    """Say since when the words shown in a form wait unsent, or None if they are the saved ones."""
    shown: dict[str, datetime] = g.get("shown_drafts", {})
    return shown.get(below_visit(action))


def drop_sent_draft(response: Response) -> Response:
    """After an accepted form, forget its draft (an app-wide after_request function)."""
    if request.method != "POST" or response.status_code not in ACCEPTED:
        return response
    visit = visit_or_none()
    if visit is not None:
        key = below_visit(request.path)
        if find_draft(read_session(), visit.organisation_id, visit.person_id, key):
            discard_draft(visit, key)
    return response
