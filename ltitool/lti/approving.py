"""What an operator decides about a platform. Each decision goes into the audit chain, with who took it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from ltitool.errors import Invalid, msg
from ltitool.foundation.audit import record
from ltitool.foundation.db import Base
from ltitool.lti.addresses import origin_of
from ltitool.lti.known_platforms import registrations_change
from ltitool.lti.models import Deployment, Platform
from ltitool.lti.platforms import (
    POLICIES,
    DeploymentMissing,
    Registration,
    add_platform,
    deployment_of,
    is_safe_address,
    platform_of,
)
from ltitool.lti.proposals import settle
from ltitool.settings import MOST_SCORES_AT_ONCE, Settings

Row = TypeVar("Row", bound=Base)
ACTIVE, DISABLED = "active", "disabled"


@dataclass(frozen=True)
class Operator:
    """Who decides, for which organisation, and when; nobody by name where the command was used."""

    organisation_id: uuid.UUID
    person_id: uuid.UUID | None
    at: datetime


def register_by_hand(
    session: Session,
    operator: Operator,
    registration: Registration,
    platform_id: uuid.UUID,
    settings: Settings,
) -> Platform:
    """Register an LMS from what its administrator copied.

    Raises:
        Invalid, PlatformExists: as `add_platform` says; nothing is stored then.
    """
    platform = add_platform(
        session,
        registration,
        organisation_id=operator.organisation_id,
        platform_id=platform_id,
        settings=settings,
        at=operator.at,
    )
    _note(session, operator, "platform.registered", platform)
    return platform


def decide_platform(session: Session, operator: Operator, platform_id: uuid.UUID, status: str) -> Platform:
    """Let a platform in, or switch it off; decided twice, it is noted once. Nothing of it is deleted.

    Raises:
        PlatformMissing: the organisation has none of this id.
    """
    platform = _locked(session, platform_of(session, operator.organisation_id, platform_id))
    if platform.status != status:
        platform.status = status
        registrations_change(session)
        _note(session, operator, f"platform.{status}", platform)
    return platform


def allow_origin(
    session: Session, operator: Operator, platform_id: uuid.UUID, url: str, settings: Settings
) -> Platform:
    """Add an address to a registration: people may see the LMS under it, and its services may lie there.

    Raises:
        PlatformMissing: the organisation has none of this id.
        Invalid: it is no https address.
    """
    platform = _locked(session, platform_of(session, operator.organisation_id, platform_id))
    origin = origin_of(url)
    if origin is None or not is_safe_address(url, settings):
        raise Invalid({"origin": msg("This must be an https address")})
    if origin not in platform.service_origins:
        platform.service_origins = sorted({*platform.service_origins, origin})
        _note(session, operator, "platform.origin-allowed", platform, {"origin": origin})
    return platform


def decide_deployment(
    session: Session,
    operator: Operator,
    deployment_id: uuid.UUID,
    status: str,
    *,
    platform_id: uuid.UUID | None = None,
) -> Deployment:
    """Let a deployment in, or keep it out; `platform_id` is the page on which it was decided.

    Raises:
        DeploymentMissing: the organisation, or the platform, has none of this id.
    """
    row = _locked(session, deployment_of(session, operator.organisation_id, deployment_id))
    if platform_id not in {None, row.platform_id}:
        raise DeploymentMissing(f"{deployment_id} is not of {platform_id}")
    if row.status != status:
        row.status = status
        platform = platform_of(session, operator.organisation_id, row.platform_id)
        _note(session, operator, f"deployment.{status}", platform, {"deployment": str(row.id)})
    return row


def choose_policy(session: Session, operator: Operator, platform_id: uuid.UUID, policy: str) -> Platform:
    """Say whether new deployments of a platform wait for approval.

    Raises:
        Invalid: there is no such policy. PlatformMissing.
    """
    if policy not in POLICIES:
        raise Invalid({"policy": msg("This must be approve or auto")})
    platform = _locked(session, platform_of(session, operator.organisation_id, platform_id))
    if platform.deployment_policy != policy:
        platform.deployment_policy = policy
        _note(session, operator, "platform.policy", platform, {"policy": policy})
    return platform


def choose_pace(
    session: Session, operator: Operator, platform_id: uuid.UUID, at_once: int | None
) -> Platform:
    """Say how many scores a platform is sent at a time; None: as many as the settings say.

    Raises:
        Invalid: it is no number that a worker could keep up. PlatformMissing.
    """
    if at_once is not None and not 1 <= at_once <= MOST_SCORES_AT_ONCE:
        raise Invalid({"at_once": msg("Choose a number from 1 to 64")})
    platform = _locked(session, platform_of(session, operator.organisation_id, platform_id))
    if platform.scores_at_once != at_once:
        platform.scores_at_once = at_once
        _note(session, operator, "platform.pace", platform, {"scores_at_once": str(at_once or "usual")})
    return platform


def decide_proposal(
    session: Session, operator: Operator, platform_id: uuid.UUID, proposal_id: uuid.UUID, *, accept: bool
) -> Platform:
    """Take over what an LMS proposed when it renewed its registration, or leave everything as it is.

    Raises:
        PlatformMissing, ProposalMissing.
    """
    platform = platform_of(session, operator.organisation_id, platform_id)
    settle(session, platform, proposal_id, accept=accept)
    _note(session, operator, f"platform.proposal-{'accepted' if accept else 'refused'}", platform)
    return platform


def _locked(session: Session, row: Row) -> Row:
    """Hold a row until the decision stands: of a button pressed twice, the second sees the first."""
    session.refresh(row, with_for_update=True)
    return row


def _note(
    session: Session,
    operator: Operator,
    action: str,
    platform: Platform,
    details: Mapping[str, str] | None = None,
) -> None:
    record(
        session,
        organisation_id=operator.organisation_id,
        actor_id=operator.person_id,
        action=action,
        subject=f"platform:{platform.id}",
        at=operator.at,
        details=details,
    )
