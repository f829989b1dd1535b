"""Reading photos: whose, how many, and whether their story is told."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ltitool.cohorts.scope import ParticipantScope
from ltitool.evidence.errors import EvidenceUnknown
from ltitool.evidence.models import Photo
from ltitool.programs import PhotoVoiceGuide


def photos_of(session: Session, scope: ParticipantScope) -> Sequence[Photo]:
    """Give a person's photos that are not withdrawn, the oldest first."""
    return session.scalars(_own(scope).order_by(Photo.created_at, Photo.id)).all()


def own_photo(session: Session, scope: ParticipantScope, photo_id: uuid.UUID) -> Photo:
    """Find one of a person's own photos that is not withdrawn.

    Raises:
        EvidenceUnknown: not there, withdrawn, or not theirs.
    """
    photo = session.scalar(_own(scope).where(Photo.id == photo_id))
    if photo is None:
        raise EvidenceUnknown(f"photo {photo_id}")
    return photo


def find_by_upload_key(session: Session, scope: ParticipantScope, upload_key: str) -> Photo | None:
    """Find the photo that an upload made when it was sent before."""
    return session.scalar(_own(scope).where(Photo.upload_key == upload_key))


def photo_count(session: Session, scope: ParticipantScope) -> int:
    """Count a person's photos that are not withdrawn."""
    return session.scalar(select(func.count()).select_from(_own(scope).subquery())) or 0


def still_there(session: Session, organisation_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Say which of these photos were not withdrawn."""
    found = session.scalars(
        select(Photo.id).where(
            Photo.organisation_id == organisation_id, Photo.id.in_(ids), Photo.withdrawn_at.is_(None)
        )
    )
    return set(found)


def is_told(photo: Photo, guide: PhotoVoiceGuide) -> bool:
    """Say whether a photo has its words, its lens, who is in it, and the answers that are required."""
    words: Mapping[str, object] = photo.answers
    needed = [prompt.key for prompt in guide.prompts if prompt.required]
    said = photo.caption and photo.alt_text and photo.lens and photo.who_is_in_it
    return bool(said) and all(words.get(key) for key in needed)


def _own(scope: ParticipantScope) -> Select[Photo]:
    return select(Photo).where(
        Photo.organisation_id == scope.organisation_id,
        Photo.offering_id == scope.offering_id,
        Photo.person_id == scope.person_id,
        Photo.withdrawn_at.is_(None),
    )


def any_photo(session: Session, organisation_id: uuid.UUID, photo_id: uuid.UUID) -> Photo:
    """Find a photo behind the organisation's wall; whose it is must be checked by the caller.

    Raises:
        EvidenceUnknown: there is none, or it was withdrawn.
    """
    photo = session.scalar(
        select(Photo).where(
            Photo.organisation_id == organisation_id, Photo.id == photo_id, Photo.withdrawn_at.is_(None)
        )
    )
    if photo is None:
        raise EvidenceUnknown(f"photo {photo_id}")
    return photo


def object_name(object_key: str, size: int) -> str:
    """Name one stored size of a photo."""
    return f"{object_key}/{size}.webp"
