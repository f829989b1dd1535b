"""Writing the keystone: its words and its claims, until it is sent and again when it comes back."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage
from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import Invalid, msg
from ltitool.evidence.answers import Answers
from ltitool.evidence.errors import KeystoneChanged, KeystoneWithCoach
from ltitool.evidence.keystone import (
    MAX_CITATIONS,
    MAX_CLAIMS,
    SUMMARY,
    TITLE,
    Claim,
    KeystoneDocument,
    claims_as_data,
    claims_from_data,
    keystone_sheet,
    rubric_of,
)
from ltitool.evidence.keystone_standing import keystone_standing
from ltitool.evidence.models import Keystone
from ltitool.evidence.progress_notes import note
from ltitool.foundation.rows import add_once

TOO_MANY_CLAIMS = msg("A keystone holds up to 24 claims. Remove one first.")
TOO_MANY_CITATIONS = msg("A claim cites up to 40 pieces of evidence. Choose the strongest.")
CRITERION_UNKNOWN = msg("Choose the criterion that this claim speaks to.")


def read_keystone(session: Session, scope: ParticipantScope) -> KeystoneDocument:
    """Give a person's keystone as it is being written; an empty one if they have not begun."""
    row = find_keystone(session, scope)
    return KeystoneDocument() if row is None else _document(row)


def save_words(
    session: Session, scope: ParticipantScope, words: Answers, *, seen_revision: int, at: datetime
) -> KeystoneDocument:
    """Save title and answers.

    Raises:
        KeystoneWithCoach: it was sent and has not come back.
        KeystoneChanged: it was changed since `seen_revision`.
    """
    return _change(session, scope, lambda old: replace(old, words=words), seen_revision, at)


def save_claim(
    session: Session, scope: ParticipantScope, claim: Claim, *, seen_revision: int, at: datetime
) -> KeystoneDocument:
    """Save a new claim (without id) or a changed one.

    Raises:
        Invalid: no such criterion, or too much of something.
        KeystoneWithCoach, KeystoneChanged: as for `save_words`.
    """
    known = {criterion.id for criterion in rubric_of(scope.program).criteria}
    if claim.criterion not in known:
        raise Invalid({"criterion": CRITERION_UNKNOWN})
    if len(claim.citations) > MAX_CITATIONS:
        raise Invalid({"citations": TOO_MANY_CITATIONS})

    def change(old: KeystoneDocument) -> KeystoneDocument:
        if not claim.id and len(old.claims) >= MAX_CLAIMS:
            raise Invalid({"text": TOO_MANY_CLAIMS})
        return old.with_claim(claim)

    return _change(session, scope, change, seen_revision, at)


def remove_claim(
    session: Session, scope: ParticipantScope, claim_id: str, *, seen_revision: int, at: datetime
) -> KeystoneDocument:
    """Take a claim out.

    Raises:
        EvidenceUnknown: there is no such claim.
        KeystoneWithCoach, KeystoneChanged: as for `save_words`.
    """
    return _change(session, scope, lambda old: old.without_claim(claim_id), seen_revision, at)


def find_keystone(session: Session, scope: ParticipantScope, *, lock: bool = False) -> Keystone | None:
    """Find the row of a person's keystone."""
    query = select(Keystone).where(
        Keystone.organisation_id == scope.organisation_id,
        Keystone.offering_id == scope.offering_id,
        Keystone.person_id == scope.person_id,
    )
    return session.scalar(query.with_for_update() if lock else query)


def _change(
    session: Session,
    scope: ParticipantScope,
    change: Callable[[KeystoneDocument], KeystoneDocument],
    seen_revision: int,
    at: datetime,
) -> KeystoneDocument:
    activity = keystone_sheet(scope.program).activity
    row = find_keystone(session, scope, lock=True) or _begin(session, scope, at)
    if not keystone_standing(session, scope).is_open:
        raise KeystoneWithCoach
    if row.revision != seen_revision:
        raise KeystoneChanged(f"seen {seen_revision}, is {row.revision}")
    _write(row, change(_document(row)), at)
    note(session, scope, activity, Stage.STARTED, at)
    return _document(row)


def _write(row: Keystone, document: KeystoneDocument, at: datetime) -> None:
    row.title = document.title
    row.summary = document.summary
    row.answers = {name: value for name, value in document.words.items() if name not in {TITLE, SUMMARY}}
    row.claims = claims_as_data(document.claims)
    row.revision += 1
    row.updated_at = at


def _document(row: Keystone) -> KeystoneDocument:
    words = {TITLE: row.title, SUMMARY: row.summary, **row.answers}
    return KeystoneDocument(words, claims_from_data(row.claims), row.revision)


def _begin(session: Session, scope: ParticipantScope, at: datetime) -> Keystone:
    row = Keystone(
        id=uuid.uuid5(scope.offering_id, f"keystone:{scope.person_id}"),
        organisation_id=scope.organisation_id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        title="",
        summary="",
        answers={},
        claims=[],
        revision=0,
        updated_at=at,
    )
    if not add_once(session, row):
        raise KeystoneChanged("begun twice")
    return row
