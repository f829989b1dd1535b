"""What evidence keeps about a person: photos with their files, maps, answers. See people/personal_data.py."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import msg
from ltitool.evidence.models import (
    GuidedEntry,
    Keystone,
    KeystoneSubmission,
    Photo,
    PhotoArrival,
    PowerMap,
    PowerMapVersion,
)
from ltitool.evidence.photo_arrivals import GRACE, JOB
from ltitool.evidence.photo_rows import object_name
from ltitool.evidence.photo_sizes import SIZES
from ltitool.foundation.errors import ObjectMissing
from ltitool.foundation.jobs import enqueue
from ltitool.foundation.services import Services
from ltitool.people.personal_data import Erasure, Held, KeptFile, TableKeeper, Who


def photo_files(session: Session, who: Who, found: Services) -> Iterable[KeptFile]:
    """Give the larger size of each photo."""
    for photo in session.scalars(select(Photo).where(Photo.person_id == who.person_id)):
        try:
            body = found.store.get(object_name(photo.object_key, max(SIZES)))
        except ObjectMissing:
            continue  # withdrawn: its files are gone already
        yield KeptFile(f"photos/{photo.id}.webp", body)


def leave_files_to_tidy(session: Session, who: Who, how: Erasure) -> None:
    """Note the files for the job that removes what belongs to no photo: a crash cannot forget them."""
    for photo in session.scalars(select(Photo).where(Photo.person_id == who.person_id)).all():
        session.merge(
            PhotoArrival(
                id=photo.id,
                organisation_id=photo.organisation_id,
                object_key=photo.object_key,
                begun_at=how.at - GRACE,
            )
        )
        enqueue(session, JOB, str(photo.id), how.at)


KEEPER = TableKeeper(
    held=(
        Held(
            KeystoneSubmission,
            msg("Keystones sent"),
            lambda who: KeystoneSubmission.person_id == who.person_id,
        ),
        Held(Keystone, msg("Keystones"), lambda who: Keystone.person_id == who.person_id),
        Held(GuidedEntry, msg("Answers to prompts"), lambda who: GuidedEntry.person_id == who.person_id),
        Held(
            PowerMapVersion,
            msg("Kept versions of maps"),
            lambda who: PowerMapVersion.power_map_id.in_(
                select(PowerMap.id).where(PowerMap.person_id == who.person_id)
            ),
        ),
        Held(PowerMap, msg("Maps"), lambda who: PowerMap.person_id == who.person_id),
        Held(Photo, msg("Photos and their words"), lambda who: Photo.person_id == who.person_id),
    ),
    listed=photo_files,
    before=leave_files_to_tidy,
)
