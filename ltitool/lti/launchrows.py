"""The rows of a launch: the burnt nonce, the deployment, the course and link, the person."""

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.lti.addresses import origin_of
from ltitool.lti.claim_errors import (
    DeploymentDisabled,
    DeploymentOfOtherClient,
    DeploymentPending,
    NonceRaced,
)
from ltitool.lti.claims import LaunchClaims
from ltitool.lti.course_origins import note_origins, origins_in
from ltitool.lti.models import BurntNonce, Context, Deployment, Platform, ResourceLink
from ltitool.lti.notice_handlers import note_service
from ltitool.lti.platforms import new_deployment
from ltitool.people.identities import LmsUser, recognise
from ltitool.people.models import Person

MAX_EMBED_ORIGINS = 20


def nonce_hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def is_burnt(session: Session, nonce: str) -> bool:
    """Say whether a launch with this nonce has succeeded."""
    return session.get(BurntNonce, nonce_hash(nonce)) is not None


def burn_nonce(session: Session, nonce: str, *, keep_until: datetime) -> None:
    """Use a nonce up. Of several launches with the same one, the database lets exactly one pass.

    Raises:
        NonceRaced: another launch was first.
    """
    try:
        session.execute(insert(BurntNonce).values(nonce_hash=nonce_hash(nonce), keep_until=keep_until))
    except IntegrityError as error:
        raise NonceRaced from error


def find_deployment(
    session: Session, platform: Platform, claims: LaunchClaims, *, at: datetime
) -> tuple[Deployment, ToolError | None]:
    """Find the deployment, or note a new one; the second value says why it may not launch (N57-N59)."""
    row = session.scalar(
        select(Deployment).where(
            Deployment.platform_id == platform.id, Deployment.lms_id == claims.deployment_id
        )
    )
    if row is None:
        row, refusal = _note_deployment(session, platform, claims, at)
    else:
        refusal = _refusal_of(row)
    if refusal is None:
        _learn_embed_origins(row, platform, claims)
        note_service(session, row, claims.notices, at=at)
    return row, refusal


def embedding_origins(platform: Platform, claims: LaunchClaims) -> list[str]:
    """Say who frames us: Canvas's issuer, for one, is not the host that people see.

    A return address can be somebody's own words; only what the registration names may frame anything.
    """
    named = (platform.issuer, platform.auth_login_url, platform.auth_token_url, claims.return_url or "")
    named_here = [origin for origin in dict.fromkeys(map(origin_of, named)) if origin]
    return [origin for origin in named_here if origin in platform.service_origins]


def store_place(
    session: Session, deployment: Deployment, claims: LaunchClaims
) -> tuple[Context | None, ResourceLink | None]:
    """Store the course and the link that was opened; a launch outside any course has neither."""
    if claims.context_id is None:
        return None, None
    found = session.execute(
        select(Context, ResourceLink)
        .outerjoin(
            ResourceLink,
            (ResourceLink.context_id == Context.id) & (ResourceLink.lms_id == claims.resource_link_id),
        )
        .where(Context.deployment_id == deployment.id, Context.lms_id == claims.context_id)
    ).first()
    context, link = found or (None, None)
    context = context or _new_context(session, deployment, claims.context_id)
    if claims.resource_link_id is not None:
        link = link or _new_link(session, context, claims.resource_link_id)
    _refresh(context, link, claims)
    if not claims.test_user:
        # The landing would do it too, but after the person's row: a part of a roster holds the course first.
        note_origins(context, origins_in(claims.custom, context.lms_id))
    return context, link


def course_of(session: Session, deployment: Deployment, lms_id: str) -> Context:
    """Find a course of a deployment, or note a new one."""
    found = session.scalar(
        select(Context).where(Context.deployment_id == deployment.id, Context.lms_id == lms_id)
    )
    return found or _new_context(session, deployment, lms_id)


def store_person(
    session: Session, platform: Platform, claims: LaunchClaims, *, person_id: uuid.UUID, at: datetime
) -> Person:
    """Recognise who came, or make them."""
    user = LmsUser(
        issuer=claims.issuer,
        client_id=claims.client_id,
        subject=claims.subject,
        name=claims.name,
        email=claims.email,
    )
    return recognise(session, user, organisation_id=platform.organisation_id, person_id=person_id, at=at)


def _note_deployment(
    session: Session, platform: Platform, claims: LaunchClaims, at: datetime
) -> tuple[Deployment, ToolError | None]:
    refusal: ToolError | None = None
    if _belongs_to_other_client(session, platform, claims.deployment_id):
        refusal = DeploymentOfOtherClient(claims.deployment_id)
    elif platform.deployment_policy != "auto":
        refusal = DeploymentPending(claims.deployment_id)
    row = new_deployment(platform, claims.deployment_id, status="pending" if refusal else "active", at=at)
    session.add(row)
    session.flush()
    return row, refusal


def _belongs_to_other_client(session: Session, platform: Platform, lms_id: str) -> bool:
    other = (
        select(Deployment.id)
        .join(Platform, Platform.id == Deployment.platform_id)
        .where(Platform.issuer == platform.issuer, Platform.id != platform.id, Deployment.lms_id == lms_id)
    )
    return session.scalar(other.limit(1)) is not None


def _refusal_of(row: Deployment) -> ToolError | None:
    match row.status:
        case "active":
            return None
        case "pending":
            return DeploymentPending(row.lms_id)
        case _:
            return DeploymentDisabled(row.lms_id)


def _learn_embed_origins(row: Deployment, platform: Platform, claims: LaunchClaims) -> None:
    named = embedding_origins(platform, claims)
    unknown = [origin for origin in named if origin not in row.embed_origins]
    if unknown:
        row.embed_origins = [*row.embed_origins, *unknown][-MAX_EMBED_ORIGINS:]


def _new_context(session: Session, deployment: Deployment, lms_id: str) -> Context:
    context = Context(
        id=uuid.uuid5(deployment.id, f"context:{lms_id}"),
        organisation_id=deployment.organisation_id,
        deployment_id=deployment.id,
        lms_id=lms_id,
        title="",
        lineitems_url=None,
        memberships_url=None,
        groups_url=None,
        group_sets_url=None,
        groups_error=None,
        scopes=[],
        roster_read_at=None,
        roster_error=None,
    )
    session.add(context)
    session.flush()
    return context


def _new_link(session: Session, context: Context, lms_id: str) -> ResourceLink:
    link = ResourceLink(
        id=uuid.uuid5(context.id, f"link:{lms_id}"),
        organisation_id=context.organisation_id,
        context_id=context.id,
        lms_id=lms_id,
        title="",
        lineitem_url=None,
    )
    session.add(link)
    return link


def _refresh(context: Context, link: ResourceLink | None, claims: LaunchClaims) -> None:
    """Take over what the LMS says now; SQLAlchemy writes only what differs.

    A launch that names no service says nothing about the course's: deep links of one course can differ.
    """
    context.title = claims.context_title or context.title
    context.lineitems_url = claims.gradebook.lineitems_url or context.lineitems_url
    context.memberships_url = claims.memberships_url or context.memberships_url
    context.groups_url = claims.groups.groups_url or context.groups_url
    context.group_sets_url = claims.groups.sets_url or context.group_sets_url
    if claims.gradebook.scopes:
        context.scopes = list(claims.gradebook.scopes)
    if link is not None:
        link.title = claims.resource_link_title or link.title
        link.lineitem_url = claims.gradebook.lineitem_url or link.lineitem_url
