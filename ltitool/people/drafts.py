"""Words that were typed and not sent: saved while typing, or kept from a form that came too late."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.people.models import Draft

MAX_FIELDS = 200
MAX_CHARACTERS = 200_000  # of all fields together: a long keystone is about 30,000
NEVER_KEPT = frozenset({"csrf_token", "upload_key"})


def keep_draft(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    person_id: uuid.UUID,
    form_key: str,
    fields: Mapping[str, list[str]],
    at: datetime,
) -> bool:
    """Keep the fields of a form, replacing an older draft of it. Says whether there was anything to keep."""
    kept = {name: values for name, values in fields.items() if name not in NEVER_KEPT and any(values)}
    if not kept or not _fits(kept):
        return False
    draft = find_draft(session, organisation_id, person_id, form_key)
    if draft is None:
        draft = Draft(
            id=uuid.uuid5(person_id, f"draft:{form_key}"),
            organisation_id=organisation_id,
            person_id=person_id,
            form_key=form_key,
        )
        session.add(draft)
    draft.fields = kept
    draft.updated_at = at
    return True


def find_draft(
    session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID, form_key: str
) -> Draft | None:
    """Find what a person typed into a form and has not sent."""
    return session.scalar(
        select(Draft).where(
            Draft.organisation_id == organisation_id,
            Draft.person_id == person_id,
            Draft.form_key == form_key,
        )
    )


def drafts_below(
    session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID, prefix: str
) -> list[str]:
    """List the forms below a path that hold words which their writer has not sent."""
    found = select(Draft.form_key).where(
        Draft.organisation_id == organisation_id,
        Draft.person_id == person_id,
        Draft.form_key.startswith(prefix, autoescape=True),
    )
    return list(session.scalars(found))


def drop_draft(session: Session, organisation_id: uuid.UUID, person_id: uuid.UUID, form_key: str) -> None:
    """Forget a draft: it was sent, or its writer does not want it."""
    session.execute(
        delete(Draft).where(
            Draft.organisation_id == organisation_id,
            Draft.person_id == person_id,
            Draft.form_key == form_key,
        )
    )


def _fits(fields: Mapping[str, list[str]]) -> bool:
    characters = sum(len(value) for values in fields.values() for value in values)
    return len(fields) <= MAX_FIELDS and characters <= MAX_CHARACTERS
