"""What app.py binds of this package: the memory of keys and tokens, and the handlers of its jobs."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ltitool.foundation.db import transaction
from ltitool.foundation.jobs import Work
from ltitool.foundation.services import Services
from ltitool.lti.access_tokens import AccessTokens
from ltitool.lti.deep_linking import KEPT, forget_requests
from ltitool.lti.grade_checking import check_grades
from ltitool.lti.grade_posting import post_grades
from ltitool.lti.grade_sending import Desk
from ltitool.lti.kept_tokens import forget_tokens
from ltitool.lti.known_platforms import EXTENSION as KNOWN_PLATFORMS
from ltitool.lti.known_platforms import KnownPlatforms
from ltitool.lti.last_launches import note_last_launches
from ltitool.lti.models import BurntNonce, DeepLinkRequest, Platform, PrivacyRequest
from ltitool.lti.notice_handlers import register_handlers
from ltitool.lti.platform_client import PlatformClient
from ltitool.lti.platform_keys import PlatformKeys
from ltitool.lti.privacy import forget_privacy
from ltitool.lti.role_counts import bound_role_counts
from ltitool.lti.selftest.bench import Tools
from ltitool.lti.selftest.running import go_on_with_check
from ltitool.lti.tickets import Tickets

EXTENSION = "ltitool.lti"
FORGET_JOB = "lti.forget"


@dataclass(frozen=True)
class LtiMemory:
    """What one process keeps of LMSs between requests."""

    app: Flask
    services: Services
    platforms: KnownPlatforms
    platform_keys: PlatformKeys
    tokens: AccessTokens
    tickets: Tickets

    def client_for(self, platform: Platform) -> PlatformClient:
        """Give the services of a platform."""
        return PlatformClient(platform, self.tokens, self.services.http, self.services.clock)


def init_lti(app: Flask, found: Services) -> None:
    """Give an application its memory of LMSs."""
    tokens = AccessTokens(http=found.http, keys=found.keys, clock=found.clock, new_token=found.new_token)
    keys = PlatformKeys(found.http, found.clock)
    platforms = KnownPlatforms(found.clock)
    app.extensions[KNOWN_PLATFORMS] = platforms
    app.extensions[EXTENSION] = LtiMemory(
        app, found, platforms, keys, tokens, Tickets(found.settings.secret_key)
    )


def lti_memory() -> LtiMemory:
    """Give the memory of the running application."""
    found = current_app.extensions[EXTENSION]
    if not isinstance(found, LtiMemory):
        raise TypeError("the application was not given init_lti")
    return found


def send_grades_job(work: Work) -> datetime | None:
    """Handle a "grades.send" job: its subject is a platform's id."""
    return post_grades(uuid.UUID(work.subject), work, sending_desk())


def check_grades_job(work: Work) -> datetime | None:
    """Handle a "grades.check" job: its subject is a context's id."""
    check_grades(uuid.UUID(work.subject), sending_desk())
    return None


def sending_desk() -> Desk:
    """Give what sending grades works with."""
    memory = lti_memory()
    found = memory.services
    return Desk(memory.app, memory.client_for, found.clock, found.settings.scores_at_once)


def selftest_tools() -> Tools:
    """Give what a platform's self-test works with."""
    found = lti_memory().services
    return Tools(found.http, found.keys, found.clock, found.new_token, bound_role_counts())


def check_platform_job(work: Work) -> datetime | None:
    """Handle a "platforms.check" job: its subject is a platform's id."""
    return go_on_with_check(work, selftest_tools())


def register_handlers_job(work: Work) -> datetime | None:
    """Handle a "notices.register" job: its subject is a deployment's id."""
    memory = lti_memory()
    own_url = memory.services.settings.public_url
    register_handlers(uuid.UUID(work.subject), client_for=memory.client_for, public_url=own_url)
    return None


def forget_old_job(work: Work) -> datetime | None:
    """Handle a "lti.forget" job: drop what can mean nothing any more."""
    del work
    now = lti_memory().services.clock()
    with transaction() as session:
        session.execute(delete(BurntNonce).where(BurntNonce.keep_until < now))
        forget_tokens(session, now)
        forget_requests(session, now)
        note_last_launches(session)
        forget_privacy(session, now)
    return None


def sweep_old(session: Session, now: datetime) -> Iterable[str]:
    """Ask for a "lti.forget" job when there is something to forget."""
    nonces = select(BurntNonce.nonce_hash).where(BurntNonce.keep_until < now).limit(1)
    requests = select(DeepLinkRequest.id).where(DeepLinkRequest.created_at < now - KEPT).limit(1)
    asked = select(PrivacyRequest.id).where(PrivacyRequest.created_at < now - KEPT).limit(1)
    old = (session.scalar(query) is not None for query in (nonces, requests, asked))
    return ["all"] if any(old) else []
