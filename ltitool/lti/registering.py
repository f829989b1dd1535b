"""Dynamic registration: an LMS's administrator brings an invitation, and the LMS tells us all the rest.

What comes of it waits for the operator. Nothing that exists is changed: the same LMS under the same client
id is what we know already, or proposes other addresses, which wait too; or it is another organisation's, and
refused.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation.audit import record
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.services import Services
from ltitool.lti import registration_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.claim_errors import NonceRaced
from ltitool.lti.launchrows import burn_nonce
from ltitool.lti.models import Deployment, Platform, PlatformInvitation
from ltitool.lti.platform_invitations import give_back, open_platform_invitation, use_up
from ltitool.lti.platform_offer import PlatformOffer, check_address, fetch_offer
from ltitool.lti.platforms import PlatformExists, Registration, add_platform, new_deployment
from ltitool.lti.proposals import propose
from ltitool.lti.strictjson import NotStrictJson, read_object
from ltitool.lti.toolconfig import registration_body

MAX_TOKEN = 8192
MAX_ID = 255
KEEP_TOKEN = timedelta(days=2)  # Moodle's live an hour, Canvas's a day
TIMEOUT = 15.0


@dataclass(frozen=True)
class Start:
    """What an LMS adds to the registration link when it opens it."""

    invitation: str
    configuration_url: str
    token: str


@dataclass(frozen=True)
class Given:
    """What an LMS answers to our registration."""

    client_id: str
    deployment_id: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Registered:
    """What came of a registration."""

    platform_id: uuid.UUID
    name: str
    status: str
    is_new: bool
    proposes: bool  # it is known, and its addresses have changed


def read_start(sent: Mapping[str, str]) -> Start:
    """Read how an LMS opened the link.

    Raises:
        StartIncomplete: a part is missing or too long.
    """
    start = Start(
        sent.get("invitation", ""), sent.get("openid_configuration", ""), sent.get("registration_token", "")
    )
    if not start.configuration_url or not 0 < len(start.token) <= MAX_TOKEN or not start.token.isprintable():
        raise wrong.StartIncomplete
    return start


def check_start(start: Start, found: Services) -> PlatformInvitation:
    """Find the invitation of a start, and see that its address is one to go to; asks nothing of the network.

    Raises:
        InvitationUnusable, AddressUnsafe.
    """
    invitation = open_platform_invitation(read_session(), start.invitation, found.clock())
    check_address(start.configuration_url, found.settings)
    return invitation


def register(start: Start, found: Services) -> Registered:
    """Register with the LMS that opened the link, and keep it as one that waits for the operator.

    Raises:
        ToolError: one of registration_errors, PlatformExists, or FetchRefused; nothing is stored then.
    """
    invitation = check_start(start, found)
    end_read()
    offer = fetch_offer(start.configuration_url, start.token, found.http)
    _claim(invitation, start, found.clock())
    try:
        given = _ask(offer, start.token, found)
        return _store(invitation, offer, given, found)
    except ToolError:
        with transaction() as session:
            give_back(session, invitation.id)
        raise


def _claim(invitation: PlatformInvitation, start: Start, now: datetime) -> None:
    with transaction() as session:
        use_up(session, invitation.id, now)
        try:
            burn_nonce(session, f"registration:{start.token}", keep_until=now + KEEP_TOKEN)
        except NonceRaced as error:
            raise wrong.TokenReplayed from error


def _ask(offer: PlatformOffer, token: str, found: Services) -> Given:
    body = registration_body(offer, found.settings.public_url)
    answer = found.http.request(
        "POST",
        offer.registration_endpoint,
        headers={
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
        },
        body=json.dumps(body).encode(),
        timeout=TIMEOUT,
    )
    if not answer.ok:
        raise wrong.RegistrationRefused(f"status {answer.status}: {answer.body[:300]!r}")
    try:
        return _read_answer(read_object(answer.body), str(body["scope"]))
    except NotStrictJson as error:
        raise wrong.AnswerUnreadable(str(error)) from error


def _read_answer(said: Mapping[str, Any], asked_scopes: str) -> Given:
    client_id, scope = said.get("client_id"), said.get("scope", asked_scopes)
    tool = said.get(words.TOOL_CONFIGURATION) or {}
    deployment_id = tool.get("deployment_id") if isinstance(tool, dict) else None
    if not _is_id(client_id) or not isinstance(scope, str):
        raise wrong.AnswerUnreadable("client_id or scope")
    if deployment_id is not None and not _is_id(deployment_id):
        raise wrong.AnswerUnreadable("deployment_id")
    return Given(str(client_id), deployment_id, tuple(scope.split()))


def _store(invitation: PlatformInvitation, offer: PlatformOffer, given: Given, found: Services) -> Registered:
    wanted = Registration(
        name=invitation.name,
        issuer=offer.issuer,
        client_id=given.client_id,
        auth_login_url=offer.authorization_endpoint,
        auth_token_url=offer.token_endpoint,
        jwks_url=offer.jwks_uri,
        deployment_ids=(given.deployment_id,) if given.deployment_id else (),
        token_audience=offer.token_audience,
        product=offer.product,
    )
    with transaction() as session:
        platform = _known(session, invitation, wanted)
        is_new, proposes = platform is None, False
        if platform is None:
            platform = add_platform(
                session,
                wanted,
                organisation_id=invitation.organisation_id,
                platform_id=found.new_id(),
                settings=found.settings,
                at=found.clock(),
                status="pending",
            )
            _note(session, invitation, platform, found.clock())
        else:
            proposes = propose(session, platform, wanted, at=found.clock())
            _note_deployments(session, platform, wanted, found.clock())
        row = session.get_one(PlatformInvitation, invitation.id)
        row.platform_id, row.product, row.scopes = platform.id, offer.product, list(given.scopes)
    return Registered(platform.id, platform.name, platform.status, is_new, proposes)


def _note(session: Session, invitation: PlatformInvitation, platform: Platform, at: datetime) -> None:
    """Write down that an LMS came in by a link; who made the link stands with the link."""
    record(
        session,
        organisation_id=platform.organisation_id,
        actor_id=None,
        action="platform.registered",
        subject=f"platform:{platform.id}",
        at=at,
        details={"invitation": str(invitation.id)},
    )


def _known(session: Session, invitation: PlatformInvitation, wanted: Registration) -> Platform | None:
    """Find the row of an LMS that renews its registration.

    Raises:
        PlatformExists: it is another organisation's (A64).
    """
    row = session.scalar(
        select(Platform).where(Platform.issuer == wanted.issuer, Platform.client_id == wanted.client_id)
    )
    if row is not None and row.organisation_id != invitation.organisation_id:
        raise PlatformExists(f"{wanted.issuer} {wanted.client_id}")
    return row


def _note_deployments(session: Session, platform: Platform, wanted: Registration, at: datetime) -> None:
    """Keep a deployment that the LMS names only now; it waits for the operator."""
    known = set(session.scalars(select(Deployment.lms_id).where(Deployment.platform_id == platform.id)))
    for lms_id in set(wanted.deployment_ids) - known:
        session.add(new_deployment(platform, lms_id, status="pending", at=at))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isprintable()
