"""Sending the keystone: checked, numbered, frozen with what it cites; and reading it as it was sent."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage
from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import msg
from ltitool.evidence.errors import EvidenceUnknown, KeystoneIncomplete, KeystoneWithCoach
from ltitool.evidence.exhibits import Exhibit, by_citation, exhibits_of
from ltitool.evidence.keystone import (
    Citation,
    CitationKind,
    KeystoneDocument,
    keystone_sheet,
    rubric_of,
    what_is_missing,
)
from ltitool.evidence.keystone_editing import find_keystone, read_keystone
from ltitool.evidence.keystone_standing import SUBMITTED, keystone_standing
from ltitool.evidence.models import KeystoneSubmission
from ltitool.evidence.photo_rows import still_there
from ltitool.evidence.power_map import freeze_map
from ltitool.evidence.progress_notes import note
from ltitool.evidence.speech import Speech
from rubrics import Text

KEPT_WITH = msg("Sent with keystone %(number)s")


@dataclass(frozen=True)
class FrozenCitation:
    """A piece of evidence as it was cited; a photo may have been withdrawn since."""

    citation: Citation
    label: str
    words: str
    source: str  # the sheet that an answer stands on
    photo_id: uuid.UUID | None
    width: int
    height: int
    withdrawn: bool


@dataclass(frozen=True)
class FrozenClaim:
    criterion: str
    text: str
    citations: tuple[FrozenCitation, ...]


@dataclass(frozen=True)
class FrozenAnswer:
    question: Text
    words: str


@dataclass(frozen=True)
class FrozenKeystone:
    """A keystone as it was sent."""

    submission_id: uuid.UUID
    person_id: uuid.UUID
    offering_id: uuid.UUID
    number: int
    state: str
    submitted_at: datetime
    title: str
    summary: str
    answers: tuple[FrozenAnswer, ...]
    claims: tuple[FrozenClaim, ...]
    map_version: int | None

    def claims_for(self, criterion: str) -> tuple[FrozenClaim, ...]:
        return tuple(claim for claim in self.claims if claim.criterion == criterion)


def missing_for_sending(session: Session, scope: ParticipantScope, speech: Speech) -> dict[str, str]:
    """Say what the keystone lacks before it can be sent."""
    known = by_citation(exhibits_of(session, scope, speech))
    return _missing(scope, read_keystone(session, scope), known)


def submit_keystone(
    session: Session,
    scope: ParticipantScope,
    speech: Speech,
    *,
    submission_id: uuid.UUID,
    at: datetime,
) -> KeystoneSubmission:
    """Send the keystone to the coach: from now on it stays as it is.

    Raises:
        KeystoneWithCoach: it was sent already and has not come back.
        KeystoneIncomplete: with what is missing, by field, claim and criterion.
    """
    row = find_keystone(session, scope, lock=True)
    standing = keystone_standing(session, scope)
    if not standing.is_open:
        raise KeystoneWithCoach
    document = read_keystone(session, scope)
    known = by_citation(exhibits_of(session, scope, speech))
    missing = _missing(scope, document, known)
    if row is None or missing:
        raise KeystoneIncomplete(missing)
    number = standing.next_number
    map_version = freeze_map(session, scope, speech.say(KEPT_WITH, number=number), at=at)
    submission = KeystoneSubmission(
        id=submission_id,
        organisation_id=scope.organisation_id,
        keystone_id=row.id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        number=number,
        body=_body(scope, document, known, map_version),
        state=SUBMITTED,
        submitted_at=at,
    )
    session.add(submission)
    details = {"submission": str(submission_id), "number": number}
    note(session, scope, keystone_sheet(scope.program).activity, Stage.SUBMITTED, at, details)
    return submission


def submissions_of(session: Session, scope: ParticipantScope) -> list[FrozenKeystone]:
    """Give all that a person has sent, the newest first."""
    rows = session.scalars(
        select(KeystoneSubmission)
        .where(
            KeystoneSubmission.organisation_id == scope.organisation_id,
            KeystoneSubmission.offering_id == scope.offering_id,
            KeystoneSubmission.person_id == scope.person_id,
        )
        .order_by(KeystoneSubmission.number.desc())
    )
    return [frozen_keystone(session, row) for row in rows]


def find_submission(
    session: Session, organisation_id: uuid.UUID, submission_id: uuid.UUID
) -> KeystoneSubmission:
    """Find a submission behind the organisation's wall; whose it is must be checked by the caller.

    Raises:
        EvidenceUnknown: there is none.
    """
    row = session.scalar(
        select(KeystoneSubmission).where(
            KeystoneSubmission.organisation_id == organisation_id, KeystoneSubmission.id == submission_id
        )
    )
    if row is None:
        raise EvidenceUnknown(f"submission {submission_id}")
    return row


def frozen_keystone(session: Session, submission: KeystoneSubmission) -> FrozenKeystone:
    """Read a submission as it was sent; photos that were withdrawn since are marked."""
    body = submission.body
    photos = still_there(session, submission.organisation_id, set(_photo_ids(body)))
    return FrozenKeystone(
        submission_id=submission.id,
        person_id=submission.person_id,
        offering_id=submission.offering_id,
        number=submission.number,
        state=submission.state,
        submitted_at=submission.submitted_at,
        title=body["title"],
        summary=body["summary"],
        answers=tuple(FrozenAnswer(Text.of(one["question"]), one["answer"]) for one in body["answers"]),
        claims=tuple(_frozen_claim(claim, photos) for claim in body["claims"]),
        map_version=body["map_version"],
    )


def _missing(
    scope: ParticipantScope, document: KeystoneDocument, known: Collection[Citation]
) -> dict[str, str]:
    questions = tuple(keystone_sheet(scope.program).questions)
    return what_is_missing(document, questions, rubric_of(scope.program), known)


def _body(
    scope: ParticipantScope,
    document: KeystoneDocument,
    known: Mapping[Citation, Exhibit],
    map_version: int | None,
) -> dict[str, Any]:
    program, rubric = scope.program, rubric_of(scope.program)
    return {
        "title": document.title,
        "summary": document.summary,
        "answers": [
            {"key": question.name, "question": question.prompt.text.as_data(), "answer": words}
            for question in keystone_sheet(program).questions
            if question.name.startswith("q.") and (words := document.words.get(question.name))
        ],
        "claims": [
            {
                "criterion": claim.criterion,
                "text": claim.text,
                "citations": [_cited(known[citation]) for citation in claim.citations],
            }
            for claim in document.claims
            if claim.text
        ],
        "map_version": map_version,
        "program": {"id": program.id, "version": program.version},
        "rubric": {"id": rubric.id, "version": rubric.version},
    }


def _cited(exhibit: Exhibit) -> dict[str, Any]:
    photo = exhibit.photo
    return {
        "kind": exhibit.citation.kind.value,
        "id": exhibit.citation.id,
        "label": exhibit.label,
        "words": exhibit.words,
        "source": exhibit.source,
        "size": [photo.width, photo.height] if photo else None,
    }


def _photo_ids(body: Mapping[str, Any]) -> Iterator[uuid.UUID]:
    for claim in body["claims"]:
        for cited in claim["citations"]:
            if cited["kind"] == CitationKind.PHOTO:
                yield uuid.UUID(cited["id"])


def _frozen_claim(claim: Mapping[str, Any], photos: Collection[uuid.UUID]) -> FrozenClaim:
    citations = tuple(_frozen_citation(cited, photos) for cited in claim["citations"])
    return FrozenClaim(claim["criterion"], claim["text"], citations)


def _frozen_citation(cited: Mapping[str, Any], photos: Collection[uuid.UUID]) -> FrozenCitation:
    kind = CitationKind(cited["kind"])
    photo_id = uuid.UUID(cited["id"]) if kind is CitationKind.PHOTO else None
    width, height = cited["size"] or (0, 0)
    return FrozenCitation(
        citation=Citation(kind, cited["id"]),
        label=cited["label"],
        words=cited["words"],
        source=cited.get("source", ""),
        photo_id=photo_id,
        width=width,
        height=height,
        withdrawn=photo_id is not None and photo_id not in photos,
    )
