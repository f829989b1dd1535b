"""PhotoVoice: photos added, told and withdrawn.

A photo is prepared outside any transaction, its two sizes are stored, and only then its row is written: so
there is never a row without its files. Files without a row are removed; after a crash, by `photo_arrivals`.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage
from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import Invalid, msg
from ltitool.evidence.errors import ActivityWithoutPage, PhotoQuotaReached
from ltitool.evidence.models import Photo
from ltitool.evidence.photo_arrivals import announce, arrived, remove_files
from ltitool.evidence.photo_rows import (
    find_by_upload_key,
    is_told,
    object_name,
    own_photo,
    photo_count,
    photos_of,
)
from ltitool.evidence.photo_worker import PreparedPhoto
from ltitool.evidence.progress_notes import note, undo
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.services import ObjectStore
from ltitool.programs import ActivityKind, PhotoVoiceGuide

MAX_PHOTOS = 80
LENS_UNKNOWN = msg("Choose one of the lenses.")


class Decoder(Protocol):
    """What makes clean sizes of a stranger's picture."""

    def prepare(self, data: bytes) -> PreparedPhoto:
        """Prepare one photo, or say what is wrong with it."""


@dataclass(frozen=True)
class PhotoTools:
    """What adding and withdrawing photos needs of the world outside."""

    decoder: Decoder
    store: ObjectStore
    new_id: Callable[[], uuid.UUID]
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class PhotoWords:
    """What is said about a photo; anything may be empty for now."""

    caption: str
    alt_text: str
    lens: str
    who_is_in_it: str
    answers: Mapping[str, object]


def guide_of(scope: ParticipantScope) -> PhotoVoiceGuide:
    """Give the program's guide to PhotoVoice.

    Raises:
        ActivityWithoutPage: the program has none.
    """
    if scope.program.photovoice is None:
        raise ActivityWithoutPage("photovoice")
    return scope.program.photovoice


def add_photo(scope: ParticipantScope, data: bytes, upload_key: str, tools: PhotoTools) -> Photo:
    """Add a photo. The same bytes under the same upload key are the same photo, however often they come.

    Raises:
        PhotoRefused, PhotoTooLarge, PhotoTooManyPixels, PhotoDecoderBusy: the photo cannot be taken.
        PhotoQuotaReached: this person has as many as we keep.
    """
    guide_of(scope)
    key = _lasting_key(upload_key, data)
    known = find_by_upload_key(read_session(), scope, key)
    if known is not None:
        return known
    _refuse_over_quota(read_session(), scope)
    end_read()  # preparing takes seconds, and needs nothing of the database
    prepared = tools.decoder.prepare(data)
    photo = _new_photo(scope, key, prepared, tools)
    announce(photo, tools.clock())
    _store(photo, prepared, tools.store)
    try:
        return _write(scope, photo, tools)
    except BaseException:
        remove_files(photo.object_key, tools.store)
        raise


def tell_photo(
    session: Session, scope: ParticipantScope, photo_id: uuid.UUID, words: PhotoWords, *, at: datetime
) -> Photo:
    """Write down what a photo shows and means.

    Raises:
        EvidenceUnknown: no such photo of this person.
        Invalid: the program has no such lens.
    """
    lenses = {"", *(lens.key for lens in guide_of(scope).lenses)}
    if words.lens not in lenses:
        raise Invalid({"lens": LENS_UNKNOWN})
    photo = own_photo(session, scope, photo_id)
    photo.caption = words.caption
    photo.alt_text = words.alt_text
    photo.lens = words.lens
    photo.who_is_in_it = words.who_is_in_it
    photo.answers = dict(words.answers)
    session.flush()
    _note(session, scope, at)
    return photo


def withdraw_photo(scope: ParticipantScope, photo_id: uuid.UUID, tools: PhotoTools) -> None:
    """Take a photo back: its files and its words go at once, its row only says that it was withdrawn.

    The files go first. If that fails nothing has changed, and it can be asked for again.

    Raises:
        EvidenceUnknown: no such photo of this person.
    """
    with transaction() as session:
        photo = own_photo(session, scope, photo_id)
        remove_files(photo.object_key, tools.store)
        photo.withdrawn_at = tools.clock()
        photo.upload_key = f"withdrawn:{photo.id.hex}"
        photo.caption = photo.alt_text = photo.who_is_in_it = ""
        photo.answers = {}
        session.flush()
        _note(session, scope, tools.clock())


def _lasting_key(upload_key: str, data: bytes) -> str:
    """Join the browser's name with what was sent: an old name on another picture is another photo."""
    return hashlib.sha256(upload_key.encode() + b"\0" + data).hexdigest()


def _refuse_over_quota(session: Session, scope: ParticipantScope) -> None:
    if photo_count(session, scope) >= MAX_PHOTOS:
        raise PhotoQuotaReached


def _new_photo(scope: ParticipantScope, key: str, prepared: PreparedPhoto, tools: PhotoTools) -> Photo:
    photo_id = tools.new_id()
    return Photo(
        id=photo_id,
        organisation_id=scope.organisation_id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        upload_key=key,
        lens="",
        caption="",
        alt_text="",
        answers={},
        who_is_in_it="",
        object_key=f"photos/{scope.organisation_id.hex}/{photo_id.hex}",
        width=prepared.width,
        height=prepared.height,
        created_at=tools.clock(),
        withdrawn_at=None,
    )


def _store(photo: Photo, prepared: PreparedPhoto, store: ObjectStore) -> None:
    """Store every size or none."""
    stored: list[str] = []
    try:
        for size, data in prepared.sizes.items():
            name = object_name(photo.object_key, size)
            store.put(name, data)
            stored.append(name)
    except BaseException:
        for name in stored:
            store.delete(name)
        raise


def _write(scope: ParticipantScope, photo: Photo, tools: PhotoTools) -> Photo:
    """Write the row; if the same upload was faster on another line, give that photo instead."""
    object_key, upload_key = photo.object_key, photo.upload_key
    try:
        with transaction() as session:
            _refuse_over_quota(session, scope)
            session.add(photo)
            session.flush()
            arrived(session, photo.id)
            _note(session, scope, tools.clock())
    except IntegrityError:
        known = find_by_upload_key(read_session(), scope, upload_key)
        if known is None:
            raise
        remove_files(object_key, tools.store)
        return known
    return photo


def _note(session: Session, scope: ParticipantScope, at: datetime) -> None:
    """The activity is complete while enough photos are told in full; withdrawing one opens it again."""
    guide = guide_of(scope)
    told = sum(is_told(photo, guide) for photo in photos_of(session, scope))
    stage = Stage.DONE if told >= guide.minimum_photos else Stage.STARTED
    for activity in scope.program.of_kind(ActivityKind.PHOTOVOICE):
        note(session, scope, activity, stage, at)
        if stage is Stage.STARTED:
            undo(session, scope, activity, at)
