"""Notices: what an LMS's server tells us outside anybody's visit. Each is proven by itself, like a launch.

One post may hold several, and one bad notice harms no other (N77). A notice is good once: its nonce is
burnt in the transaction that does what it says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.errors import ToolError
from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.services import Services
from ltitool.lti import claimchecks as claim
from ltitool.lti import notice_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.course_origins import note_noticed_origins
from ltitool.lti.launchrows import course_of, nonce_hash
from ltitool.lti.models import BurntNonce, Deployment, Platform
from ltitool.lti.notice_handlers import TAKEN
from ltitool.lti.platform_keys import PlatformKeys
from ltitool.lti.platforms import check_open
from ltitool.lti.strictjson import NotStrictJson, read_object
from ltitool.lti.tokens import ReadToken, check_header, read_token, verify_signature

MAX_NOTICES = 100
KEEP_NONCE = claim.MAX_AGE + timedelta(minutes=5)  # longer than a notice can be accepted
OK, MIXED = 200, 207


@dataclass(frozen=True)
class Outcome:
    """What became of one notice."""

    status: int
    code: str = ""


@dataclass(frozen=True)
class NoticeDesk:
    """What taking notices needs from the application around it."""

    services: Services
    platform_keys: PlatformKeys


def read_post(body: bytes) -> list[str]:
    """Read the tokens of a post: {"notices": [{"jwt": …}, …]}.

    Raises:
        NoticesUnreadable: it is none, or holds too many.
    """
    try:
        listed = read_object(body).get("notices")
    except NotStrictJson as error:
        raise wrong.NoticesUnreadable(str(error)) from error
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_NOTICES:
        raise wrong.NoticesUnreadable("no list of notices, or too many")
    tokens = [one.get("jwt") if isinstance(one, dict) else None for one in listed]
    if not all(isinstance(one, str) for one in tokens):
        raise wrong.NoticesUnreadable("a notice without jwt")
    return [str(one) for one in tokens]


def take_all(tokens: Sequence[str], desk: NoticeDesk) -> list[Outcome]:
    """Take each notice, and say what became of it."""
    return [_outcome(text, desk) for text in tokens]


def status_of(outcomes: Sequence[Outcome]) -> int:
    """Give the status of a whole post: one for all of them, or that they differ."""
    found = {one.status for one in outcomes}
    return found.pop() if len(found) == 1 else MIXED


def take_notice(text: str, desk: NoticeDesk) -> None:
    """Prove one notice, burn it, and do what it says.

    Raises:
        ToolError: one of launch_errors, claim_errors or notice_errors; nothing is stored then.
    """
    token = read_token(text)
    kid = check_header(token.header)
    platform = _platform_of(token)
    expected = _expected(platform, desk)
    for party in claim.PARTIES:
        party(token.unverified_claims, expected)
    check_open(platform)
    claims = verify_signature(token, desk.platform_keys.find(platform, kid))
    for check in CHECKS:
        check(claims, expected)
    with transaction() as session:
        deployment = _deployment(session, platform, claims[words.DEPLOYMENT_ID])
        _burn(session, platform, claims, at=expected.now)
        _do(session, deployment, claims, at=expected.now)


def check_notice(claims: claim.Claims, _expected: claim.Expected) -> None:
    """See that it is a notice, and one of those that we asked for."""
    notice = claims.get(words.NOTICE)
    if not isinstance(notice, dict) or not isinstance(notice.get("type"), str) or not _mark(claims):
        raise wrong.NoticeUnreadable(repr(notice)[:200])
    if notice["type"] not in TAKEN:
        raise wrong.NoticeTypeUnknown(notice["type"][:80])


def check_copy(claims: claim.Claims, _expected: claim.Expected) -> None:
    """See that a copy notice names the new course and those that it was made from."""
    if claims[words.NOTICE]["type"] != words.CONTEXT_COPY_NOTICE:
        return
    context, origins = claims.get(words.CONTEXT), claims.get(words.ORIGIN_CONTEXTS)
    if not isinstance(context, dict) or not claim.is_id(context.get("id")):
        raise wrong.NoticeUnreadable("context")
    if not isinstance(context.get("title"), str | None):
        raise wrong.NoticeUnreadable("context.title")
    if not isinstance(origins, list) or not origins or not all(map(claim.is_id, origins)):
        raise wrong.NoticeUnreadable("origin_contexts")


def _outcome(text: str, desk: NoticeDesk) -> Outcome:
    try:
        take_notice(text, desk)
    except ToolError as refusal:
        return Outcome(refusal.status, refusal.code)
    finally:
        end_read()
    return Outcome(OK)


def _platform_of(token: ReadToken) -> Platform:
    """Find the registration that a notice says it comes from; its signature will tell whether it does."""
    issuer, audience = token.unverified_claims.get("iss"), token.unverified_claims.get("aud")
    clients = [
        one for one in (audience if isinstance(audience, list) else [audience]) if isinstance(one, str)
    ]
    if not isinstance(issuer, str):
        raise wrong.NoticePlatformUnknown("no iss")
    query = select(Platform).where(Platform.issuer == issuer, Platform.client_id.in_(clients[:10]))
    found = read_session().scalars(query).all()
    if len(found) != 1:
        raise wrong.NoticePlatformUnknown(f"{issuer[:200]} {clients[:3]}")
    return found[0]


def _expected(platform: Platform, desk: NoticeDesk) -> claim.Expected:
    return claim.Expected(
        issuer=platform.issuer,
        client_id=platform.client_id,
        nonce="",
        target_link_uri=None,
        own_origin=desk.services.settings.public_url,
        now=desk.services.clock(),
        is_our_nonce=lambda _nonce: False,
        platform_origins=platform.service_origins,
    )


def _mark(claims: Mapping[str, Any]) -> str | None:
    """Give what a notice is known by: its nonce, or its id where the LMS sends no nonce."""
    for value in (claims.get("nonce"), claims.get("jti"), claims[words.NOTICE].get("id")):
        if isinstance(value, str) and 0 < len(value) <= claim.MAX_TEXT:
            return value
    return None


def _deployment(session: Session, platform: Platform, lms_id: str) -> Deployment:
    row = session.scalar(
        select(Deployment).where(
            Deployment.platform_id == platform.id,
            Deployment.lms_id == lms_id,
            Deployment.status == "active",
        )
    )
    if row is None:
        raise wrong.NoticeDeploymentUnknown(lms_id)
    return row


def _burn(session: Session, platform: Platform, claims: Mapping[str, Any], *, at: datetime) -> None:
    mark = nonce_hash(f"notice\0{platform.id}\0{_mark(claims)}")
    try:
        session.execute(insert(BurntNonce).values(nonce_hash=mark, keep_until=at + KEEP_NONCE))
    except IntegrityError as error:
        raise wrong.NoticeReplayed from error


def _do(session: Session, deployment: Deployment, claims: Mapping[str, Any], *, at: datetime) -> None:
    deployment.notice_heard_at = at
    if claims[words.NOTICE]["type"] == words.CONTEXT_COPY_NOTICE:
        told = claims[words.CONTEXT]
        context = course_of(session, deployment, told["id"])
        context.title = (told.get("title") or context.title)[: claim.MAX_TEXT]
        note_noticed_origins(context, claims[words.ORIGIN_CONTEXTS])


CHECKS: tuple[Callable[[claim.Claims, claim.Expected], None], ...] = (
    *claim.PARTIES,
    claim.check_times_are_numbers,
    claim.check_expiry,
    claim.check_expiry_is_near,
    claim.check_issued,
    claim.check_not_before,
    claim.check_version,
    claim.check_deployment,
    check_notice,
    check_copy,
)
