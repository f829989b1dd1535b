"""The map a person works on: read, changed one step at a time, kept in named versions."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ltitool.cohorts.progress import Stage
from ltitool.cohorts.scope import ParticipantScope
from ltitool.errors import msg
from ltitool.evidence.errors import EvidenceUnknown, MapChanged, MapInvalid
from ltitool.evidence.map_document import NAME_LENGTH, MapDocument, map_as_data, map_from_data
from ltitool.evidence.models import PowerMap, PowerMapVersion
from ltitool.evidence.progress_notes import note
from ltitool.foundation.rows import add_once
from ltitool.programs import ActivityKind
from ltitool.web.forms import REQUIRED, TOO_LONG

MAX_VERSIONS = 60
NOTHING_TO_KEEP = msg("Put something on the map first.")
TOO_MANY_VERSIONS = msg("You have kept 60 versions, and that is as many as we hold.")


@dataclass(frozen=True)
class MapState:
    """A map and the revision that a change must name."""

    document: MapDocument = field(default_factory=MapDocument)
    revision: int = 0


def read_map(session: Session, scope: ParticipantScope) -> MapState:
    """Give a person's map; an empty one if they have not begun."""
    row = _find(session, scope)
    return MapState() if row is None else MapState(map_from_data(row.document), row.revision)


def change_map(
    session: Session,
    scope: ParticipantScope,
    change: Callable[[MapDocument], MapDocument],
    *,
    seen_revision: int,
    at: datetime,
) -> MapState:
    """Change the map that its owner was looking at.

    Raises:
        MapChanged: it was changed since.
        MapInvalid: the change would contradict the map.
    """
    row = _find(session, scope, lock=True) or _begin(session, scope, at)
    if row.revision != seen_revision:
        raise MapChanged(f"seen {seen_revision}, is {row.revision}")
    row.document = map_as_data(change(map_from_data(row.document)))
    row.revision += 1
    row.updated_at = at
    _note(session, scope, Stage.STARTED, at)
    return MapState(map_from_data(row.document), row.revision)


def keep_version(session: Session, scope: ParticipantScope, name: str, *, at: datetime) -> PowerMapVersion:
    """Keep the map as it stands under a name. Keeping a version completes the map's activity.

    Raises:
        MapInvalid: there is nothing to keep, or no room.
    """
    row = _find(session, scope, lock=True)
    faults = _version_faults(row, name, len(versions_of(session, scope)))
    if row is None or faults:
        raise MapInvalid(faults)
    return _keep(session, scope, row, name, at)


def freeze_map(session: Session, scope: ParticipantScope, name: str, *, at: datetime) -> int | None:
    """Keep the map beside a keystone that is being sent; gives the version's number, None without a map."""
    row = _find(session, scope, lock=True)
    if row is None or map_from_data(row.document).is_empty:
        return None
    return _keep(session, scope, row, name, at).number


def versions_of(session: Session, scope: ParticipantScope) -> Sequence[PowerMapVersion]:
    """Give the versions a person has kept, the newest first."""
    return session.scalars(
        select(PowerMapVersion)
        .join(PowerMap, PowerMap.id == PowerMapVersion.power_map_id)
        .where(*_mine(scope))
        .order_by(PowerMapVersion.number.desc())
    ).all()


def find_version(session: Session, scope: ParticipantScope, number: int) -> PowerMapVersion:
    """Give one kept version.

    Raises:
        EvidenceUnknown: there is no such version.
    """
    for version in versions_of(session, scope):
        if version.number == number:
            return version
    raise EvidenceUnknown(f"map version {number}")


def _keep(
    session: Session, scope: ParticipantScope, row: PowerMap, name: str, at: datetime
) -> PowerMapVersion:
    number = 1 + max((version.number for version in versions_of(session, scope)), default=0)
    version = PowerMapVersion(
        id=uuid.uuid5(row.id, f"version:{number}"),
        organisation_id=row.organisation_id,
        power_map_id=row.id,
        number=number,
        name=name,
        document=row.document,
        kept_at=at,
    )
    session.add(version)
    _note(session, scope, Stage.DONE, at)
    return version


def _version_faults(row: PowerMap | None, name: str, kept: int) -> dict[str, str]:
    if row is None or map_from_data(row.document).is_empty:
        return {"name": NOTHING_TO_KEEP}
    if kept >= MAX_VERSIONS:
        return {"name": TOO_MANY_VERSIONS}
    if not name:
        return {"name": REQUIRED}
    return {"name": TOO_LONG} if len(name) > NAME_LENGTH else {}


def _find(session: Session, scope: ParticipantScope, *, lock: bool = False) -> PowerMap | None:
    query = select(PowerMap).where(*_mine(scope))
    return session.scalar(query.with_for_update() if lock else query)


def _mine(scope: ParticipantScope) -> list[ColumnElement[bool]]:
    return [
        PowerMap.organisation_id == scope.organisation_id,
        PowerMap.offering_id == scope.offering_id,
        PowerMap.person_id == scope.person_id,
    ]


def _begin(session: Session, scope: ParticipantScope, at: datetime) -> PowerMap:
    row = PowerMap(
        id=uuid.uuid5(scope.offering_id, f"map:{scope.person_id}"),
        organisation_id=scope.organisation_id,
        offering_id=scope.offering_id,
        person_id=scope.person_id,
        document=map_as_data(MapDocument()),
        revision=0,
        updated_at=at,
    )
    if not add_once(session, row):
        raise MapChanged("begun twice")
    return row


def _note(session: Session, scope: ParticipantScope, stage: Stage, at: datetime) -> None:
    for activity in scope.program.of_kind(ActivityKind.POWER_MAP):
        note(session, scope, activity, stage, at)
