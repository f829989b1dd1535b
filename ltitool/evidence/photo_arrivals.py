"""Files whose photo never came: a server that dies between storing and writing leaves a note behind.

The note is committed before the first file is stored and goes in the transaction that writes the photo's
row. One that is still there after a while names files that belong to nobody.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.evidence.models import Photo, PhotoArrival
from ltitool.evidence.photo_rows import object_name
from ltitool.evidence.photo_sizes import SIZES
from ltitool.foundation.db import transaction
from ltitool.foundation.jobs import Work
from ltitool.foundation.services import ObjectStore, services

JOB = "photos.tidy"
GRACE = timedelta(hours=1)  # far longer than any upload takes


def announce(photo: Photo, at: datetime) -> None:
    """Note that files of a photo are about to be stored."""
    with transaction() as session:
        session.add(
            PhotoArrival(
                id=photo.id,
                organisation_id=photo.organisation_id,
                object_key=photo.object_key,
                begun_at=at,
            )
        )


def arrived(session: Session, photo_id: uuid.UUID) -> None:
    """Forget the note, in the use case that writes the photo's row."""
    session.execute(delete(PhotoArrival).where(PhotoArrival.id == photo_id))


def tidy(store: ObjectStore, arrival_id: uuid.UUID, now: datetime) -> None:
    """Remove the files of a photo that never came, and its note. Doing it twice changes nothing."""
    with transaction() as session:
        left = session.scalar(
            select(PhotoArrival).where(PhotoArrival.id == arrival_id, PhotoArrival.begun_at <= now - GRACE)
        )
        if left is not None:
            remove_files(left.object_key, store)
            session.delete(left)


def remove_files(object_key: str, store: ObjectStore) -> None:
    """Remove all stored sizes of a photo; those that are not there are no error."""
    for size in SIZES:
        store.delete(object_name(object_key, size))


def tidy_job(work: Work) -> datetime | None:
    """Tidy up after one photo that never came."""
    found = services()
    tidy(found.store, uuid.UUID(work.subject), found.clock())
    return None


def sweep_arrivals(session: Session, now: datetime) -> Iterable[str]:
    """Find notes that were left over."""
    left = session.scalars(select(PhotoArrival.id).where(PhotoArrival.begun_at <= now - GRACE))
    return [str(arrival_id) for arrival_id in left]
