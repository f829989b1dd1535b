"""How a platform stands: all that its page shows, read in one place."""

import functools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation.keys import KeyAge, key_ages
from ltitool.lti.grade_letters import UNDELIVERED
from ltitool.lti.last_launches import last_launches
from ltitool.lti.models import (
    Context,
    Deployment,
    GradeIntent,
    Platform,
    PlatformCheck,
    PlatformKey,
    PlatformProposal,
)
from ltitool.lti.platforms import platform_of
from ltitool.lti.products import NAMES, product_of
from ltitool.lti.proposals import ADDRESSES, proposal_of
from ltitool.lti.scope_features import ScopeStanding, scope_standing
from ltitool.lti.selftest.running import KEY_OWNER, KEY_PURPOSE, check_of, tested_scopes


@dataclass(frozen=True)
class TheirKeys:
    """The LMS's keys as we hold them."""

    count: int
    read_at: datetime


@dataclass(frozen=True)
class Trouble:
    """Something that went wrong with one of the LMS's services, and how often it stands so now."""

    code: str
    title: str
    count: int


@dataclass(frozen=True)
class Standing:
    """One platform, as its page shows it."""

    platform: Platform
    product: str | None  # its name, where we know it
    last_launch: datetime | None
    deployments: Sequence[Deployment]
    proposal: PlatformProposal | None
    scopes: Sequence[ScopeStanding]
    their_keys: TheirKeys | None
    our_keys: Sequence[KeyAge]  # those that can still sign, newest first
    undelivered: int
    troubles: Sequence[Trouble]
    check: PlatformCheck | None  # the self-test that runs, or the last one

    @property
    def embed_origins(self) -> list[str]:
        """Give who has framed us there."""
        return sorted({str(origin) for one in self.deployments for origin in one.embed_origins})

    @property
    def changes(self) -> list[tuple[str, str | None, str | None]]:
        """Give what a proposal would change: the field, what it is, what it would be."""
        pairs = [
            (name, getattr(self.platform, name), getattr(self.proposal, name, None)) for name in ADDRESSES
        ]
        return [pair for pair in pairs if self.proposal is not None and pair[1] != pair[2]]


@dataclass(frozen=True)
class Line:
    """One platform in the list."""

    platform: Platform
    last_launch: datetime | None
    waiting: int  # deployments that wait for approval
    missing: int  # scopes that are not granted
    undelivered: int


def standing_of(session: Session, organisation_id: uuid.UUID, platform_id: uuid.UUID) -> Standing:
    """Read how a platform stands.

    Raises:
        PlatformMissing: the organisation has none of this id.
    """
    platform = platform_of(session, organisation_id, platform_id)
    check = check_of(session, platform)
    return Standing(
        platform=platform,
        product=NAMES.get(product_of(platform)),
        last_launch=last_launches(session, organisation_id).get(platform.id),
        deployments=_deployments(session, platform),
        proposal=proposal_of(session, platform),
        scopes=scope_standing(session, platform, tested=tested_scopes(check)),
        their_keys=_their_keys(session, platform),
        our_keys=[key for key in key_ages(session, KEY_OWNER, KEY_PURPOSE) if not key.destroyed],
        undelivered=_undelivered(session, organisation_id).get(platform.id, 0),
        troubles=_troubles(session, platform),
        check=check,
    )


def platform_lines(session: Session, organisation_id: uuid.UUID) -> list[Line]:
    """Read an organisation's platforms, those that wait for somebody first."""
    launches, undelivered = last_launches(session, organisation_id), _undelivered(session, organisation_id)
    waiting = _counts(session, _waiting().where(Deployment.organisation_id == organisation_id))
    rows = session.scalars(select(Platform).where(Platform.organisation_id == organisation_id))
    lines = [
        Line(
            platform=row,
            last_launch=launches.get(row.id),
            waiting=waiting.get(row.id, 0),
            missing=sum(one.is_missing for one in _scopes(session, row)),
            undelivered=undelivered.get(row.id, 0),
        )
        for row in rows
    ]
    return sorted(
        lines, key=lambda one: (not (one.platform.status == "pending" or one.waiting), one.platform.name)
    )


def _scopes(session: Session, platform: Platform) -> list[ScopeStanding]:
    return scope_standing(session, platform, tested=tested_scopes(check_of(session, platform)))


def _deployments(session: Session, platform: Platform) -> list[Deployment]:
    found = session.scalars(select(Deployment).where(Deployment.platform_id == platform.id))
    return sorted(found, key=lambda row: (row.status != "pending", row.created_at, row.lms_id))


def _their_keys(session: Session, platform: Platform) -> TheirKeys | None:
    held = select(func.count(PlatformKey.kid), func.max(PlatformKey.fetched_at))
    count, read_at = session.execute(held.where(PlatformKey.platform_id == platform.id)).one()
    return TheirKeys(count, read_at) if count else None


def _waiting() -> Select[uuid.UUID, int]:
    return (
        select(Deployment.platform_id, func.count(Deployment.id))
        .where(Deployment.status == "pending")
        .group_by(Deployment.platform_id)
    )


def _undelivered(session: Session, organisation_id: uuid.UUID) -> Mapping[uuid.UUID, int]:
    query = (
        select(Deployment.platform_id, func.count(GradeIntent.id))
        .join(Context, Context.deployment_id == Deployment.id)
        .join(GradeIntent, GradeIntent.context_id == Context.id)
        .where(Deployment.organisation_id == organisation_id, GradeIntent.state.in_(UNDELIVERED))
        .group_by(Deployment.platform_id)
    )
    return _counts(session, query)


def _counts(session: Session, query: Select[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def _troubles(session: Session, platform: Platform) -> list[Trouble]:
    """Count the errors that stand on grades and rosters of a platform's courses now."""
    courses = (
        select(Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.platform_id == platform.id)
    )
    counts: dict[str, int] = {}
    for column, where in (
        (GradeIntent.error, GradeIntent.context_id.in_(courses)),
        (Context.roster_error, Context.id.in_(courses)),
    ):
        query = select(column, func.count()).where(where, column.is_not(None)).group_by(column)
        for code, count in session.execute(query):
            counts[str(code)] = counts.get(str(code), 0) + count
    return [Trouble(code, _titles().get(code, ToolError.title), counts[code]) for code in sorted(counts)]


@functools.cache
def _titles() -> Mapping[str, str]:
    return {kind.code: kind.title for kind in _kinds(ToolError)}


def _kinds(kind: type[ToolError]) -> Iterator[type[ToolError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)
