"""Platforms: registering an LMS, approving where it uses us, switching it off, finding it again."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import Conflict, Invalid, NotFound, msg
from ltitool.lti.addresses import origin_of
from ltitool.lti.errors import PlatformDisabled, PlatformPending
from ltitool.lti.known_platforms import registrations_change
from ltitool.lti.models import Deployment, Platform
from ltitool.settings import Settings, is_loopback

POLICIES = ("approve", "auto")
MAX_FIELD = 2000


class PlatformExists(Conflict):
    code = "platform.exists"
    title = msg("This LMS and client id are registered already")
    advice = msg("Nothing was overwritten. Disable the old registration or use another client id.")


class PlatformMissing(NotFound):
    code = "platform.missing"
    title = msg("There is no such platform")


class DeploymentMissing(NotFound):
    code = "deployment.missing"
    title = msg("There is no such deployment")


@dataclass(frozen=True)
class Registration:
    """What an administrator copies from the LMS."""

    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    deployment_ids: Sequence[str] = ()
    token_audience: str | None = None
    deployment_policy: str = "approve"
    product: str = ""  # canvas, moodle, …: whose manners it has, where its addresses do not tell
    service_origins: Sequence[str] = ()  # further origins that may be handed service tokens


def add_platform(
    session: Session,
    registration: Registration,
    *,
    organisation_id: uuid.UUID,
    platform_id: uuid.UUID,
    settings: Settings,
    at: datetime,
    status: str = "active",
) -> Platform:
    """Register an LMS for an organisation; nothing existing is ever overwritten.

    Raises:
        Invalid: with each field that cannot be used.
        PlatformExists: the issuer knows us under this client id already.
    """
    faults = _faults(registration, settings)
    if faults:
        raise Invalid(faults)
    if _registered(session, registration.issuer, registration.client_id):
        raise PlatformExists(f"{registration.issuer} {registration.client_id}")
    platform = Platform(
        id=platform_id,
        organisation_id=organisation_id,
        name=registration.name,
        issuer=registration.issuer,
        client_id=registration.client_id,
        auth_login_url=registration.auth_login_url,
        auth_token_url=registration.auth_token_url,
        token_audience=registration.token_audience,
        jwks_url=registration.jwks_url,
        product=registration.product,
        service_origins=pinned_origins(registration),
        status=status,
        deployment_policy=registration.deployment_policy,
        jwks_refetched_at=None,
        last_launch_at=None,
        created_at=at,
    )
    session.add(platform)
    session.flush()
    registrations_change(session)
    for lms_id in dict.fromkeys(registration.deployment_ids):
        session.add(new_deployment(platform, lms_id, status="active", at=at))
    return platform


def new_deployment(platform: Platform, lms_id: str, *, status: str, at: datetime) -> Deployment:
    """Make a deployment's row; its id follows from the platform and the LMS's own name for it."""
    return Deployment(
        id=uuid.uuid5(platform.id, f"deployment:{lms_id}"),
        organisation_id=platform.organisation_id,
        platform_id=platform.id,
        lms_id=lms_id,
        status=status,
        embed_origins=[],
        created_at=at,
    )


def pinned_origins(registration: Registration) -> list[str]:
    """Give the origins that may ever see a service token of this registration."""
    named = (
        registration.issuer,
        registration.auth_login_url,
        registration.auth_token_url,
        *registration.service_origins,
    )
    return sorted({origin for origin in map(origin_of, named) if origin})


def list_platforms(session: Session, organisation_id: uuid.UUID) -> list[Platform]:
    """Give an organisation's platforms by name."""
    found = select(Platform).where(Platform.organisation_id == organisation_id).order_by(Platform.name)
    return list(session.scalars(found))


def list_deployments(session: Session, organisation_id: uuid.UUID) -> list[Deployment]:
    """Give an organisation's deployments, those that wait for approval first."""
    found = select(Deployment).where(Deployment.organisation_id == organisation_id)
    return sorted(
        session.scalars(found), key=lambda row: (row.status != "pending", row.created_at, row.lms_id)
    )


def deployment_of(session: Session, organisation_id: uuid.UUID, deployment_id: uuid.UUID) -> Deployment:
    """Find a deployment of an organisation.

    Raises:
        DeploymentMissing: the organisation has none of this id.
    """
    row = session.scalar(
        select(Deployment).where(
            Deployment.organisation_id == organisation_id, Deployment.id == deployment_id
        )
    )
    if row is None:
        raise DeploymentMissing(str(deployment_id))
    return row


def platform_of(session: Session, organisation_id: uuid.UUID, platform_id: uuid.UUID) -> Platform:
    """Find a platform of an organisation.

    Raises:
        PlatformMissing: the organisation has none of this id.
    """
    platform = session.scalar(
        select(Platform).where(Platform.organisation_id == organisation_id, Platform.id == platform_id)
    )
    if platform is None:
        raise PlatformMissing(str(platform_id))
    return platform


def check_open(platform: Platform) -> None:
    """Refuse a platform that may not launch now.

    Raises:
        PlatformPending, PlatformDisabled: as the row says.
    """
    if platform.status == "pending":
        raise PlatformPending(str(platform.id))
    if platform.status != "active":
        raise PlatformDisabled(str(platform.id))


def _registered(session: Session, issuer: str, client_id: str) -> bool:
    found = select(Platform.id).where(Platform.issuer == issuer, Platform.client_id == client_id)
    return session.scalar(found) is not None


def _faults(registration: Registration, settings: Settings) -> dict[str, str]:
    texts = ("name", "issuer", "client_id")
    urls = ("auth_login_url", "auth_token_url", "jwks_url")
    faults = {
        name: msg("This is needed, and shorter than 2,000 characters")
        for name in texts
        if not 0 < len(getattr(registration, name)) <= MAX_FIELD
    }
    for name in urls:
        if not is_safe_address(getattr(registration, name), settings):
            faults[name] = msg("This must be an https address")
    if any(not is_safe_address(origin, settings) for origin in registration.service_origins):
        faults["service_origins"] = msg("These must be https addresses")
    if registration.deployment_policy not in POLICIES:
        faults["deployment_policy"] = msg("This must be approve or auto")
    if not _are_ids(registration.deployment_ids):
        faults["deployment_ids"] = msg("A deployment id has 1 to 255 characters")
    return faults


def is_safe_address(url: str, settings: Settings) -> bool:
    """Say whether an LMS may be reached there: https, or this machine where the settings allow it."""
    origin = origin_of(url)
    if origin is None or len(url) > MAX_FIELD:
        return False
    if origin.startswith("https://"):
        return True
    return settings.loopback_http and is_loopback(urlsplit(origin).hostname or "")


def _are_ids(ids: Iterable[str]) -> bool:
    return all(0 < len(lms_id) <= 255 for lms_id in ids)  # noqa: PLR2004 - LTI's own limit for ids
