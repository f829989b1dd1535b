"""A launch, from the form that an LMS posts to an open session.

People who were here before come in by one statement (returning.py). For all else, everything is proven
first, reading only. Then one transaction burns the nonce, stores who came and from where, and opens the
session: either all of it happens or nothing does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ltitool.errors import NotAllowed, ToolError
from ltitool.foundation.db import read_session, transaction
from ltitool.foundation.services import Services
from ltitool.lti import launch_errors as wrong
from ltitool.lti import vocabulary as words
from ltitool.lti.claim_errors import NonceOfOtherLogin, NonceReplayed
from ltitool.lti.claimchecks import PARTIES, Expected
from ltitool.lti.claims import LaunchClaims, judge
from ltitool.lti.deep_linking import note_request
from ltitool.lti.known_platforms import KnownPlatforms
from ltitool.lti.landing import KnownArrivals, Landing, Launched
from ltitool.lti.launchrows import (
    burn_nonce,
    find_deployment,
    is_burnt,
    nonce_hash,
    store_person,
    store_place,
)
from ltitool.lti.models import BurntNonce, Deployment, Platform
from ltitool.lti.openings import entry_for, way_back
from ltitool.lti.platform_keys import PlatformKeys
from ltitool.lti.platforms import check_open
from ltitool.lti.privacy import note_privacy
from ltitool.lti.returning import is_plain, return_known
from ltitool.lti.tickets import LIFETIME, State, Tickets
from ltitool.lti.tokens import ReadToken, check_header, read_token, verify_signature
from ltitool.people.sessions import NEVER_IN_PATH, Entry, OpenedSession, open_session

KEEP_NONCE = LIFETIME + timedelta(minutes=5)  # longer than the state can be accepted
PRIVACY_PATH = "privacy/"
LINKS_PATH = "links/"  # below the visit's own /l/<short>/
FindKey: TypeAlias = Callable[[Platform, str], RSAKey]
ATTEMPTS = 5  # people may open a new course at the same moment: then those who came second try again


@dataclass(frozen=True)
class LaunchForm:
    """What the LMS made the browser post."""

    state: str | None
    id_token: str | None
    error: str | None

    @classmethod
    def of(cls, posted: Mapping[str, Sequence[str]]) -> "LaunchForm":
        state, id_token, error = (
            posted.get(name, [""])[0] or None for name in ("state", "id_token", "error")
        )
        return cls(state, id_token, error)


@dataclass(frozen=True)
class Doors:
    """What a launch needs from the application around it."""

    services: Services
    tickets: Tickets
    platforms: KnownPlatforms
    platform_keys: PlatformKeys
    landing: Landing
    known_arrivals: KnownArrivals | None  # None: every launch takes the ordinary way
    agent_hash: Callable[[], str] = str  # of the browser: a session in its path is bound to it


@dataclass(frozen=True)
class Arrival:
    """A launch that succeeded."""

    state: State
    opened: OpenedSession
    path: str  # the first page, below the visit's own /l/<short>/


def launch(form: LaunchForm, holds_secret: Callable[[State], bool], doors: Doors) -> Arrival:
    """Prove a launch, store it, and open its session.

    Raises:
        ToolError: one of launch_errors or claim_errors; nothing is stored then, except that an unknown
            deployment is kept for approval.
    """
    now = doors.services.clock()
    check_form(form)
    state = doors.tickets.read_state(form.state or "")
    check_age(state, now)
    if doors.known_arrivals is not None:
        arrival = _return_known(form, state, holds_secret, doors, doors.known_arrivals)
        if arrival is not None:
            return arrival
    platform = _platform_of(state, holds_secret)
    claims = prove(form.id_token or "", state, platform, doors, doors.platform_keys.find)
    try:
        return _enter(claims, state, platform, doors)
    except ToolError as error:
        error.way_back = way_back(claims.return_url, platform.service_origins)
        raise


def check_form(form: LaunchForm) -> None:
    """See that the post has its parts.

    Raises:
        PlatformRefused (N12), TokenMissing (N11), StateMissing (N14).
    """
    if form.error is not None:
        raise wrong.PlatformRefused(repr(form.error[:200]))
    if form.id_token is None:
        raise wrong.TokenMissing
    if form.state is None:
        raise wrong.StateMissing


def check_age(state: State, now: datetime) -> None:
    """Refuse a login that was started too long ago.

    Raises:
        StateExpired (N16).
    """
    if now >= state.expires_at:
        raise wrong.StateExpired(f"since {now - state.expires_at}")


def check_unused(*, is_used: bool) -> None:
    """Refuse a login that has been answered. Two answers at once get past here: the insert stops one.

    Raises:
        StateUsed (N17).
    """
    if is_used:
        raise wrong.StateUsed


def check_browser(holds_secret: bool) -> None:
    """Refuse a login that another browser started.

    Raises:
        OtherBrowser (N18).
    """
    if not holds_secret:
        raise wrong.OtherBrowser


def prove(text: str, state: State, platform: Platform, doors: Doors, find_key: FindKey) -> LaunchClaims:
    """Verify an id_token against the registration and the login that it answers."""
    expected = _expected(state, platform, doors)
    token = read_token(text)
    kid = check_header(token.header)
    _check_parties(token, expected)
    signed = verify_signature(token, find_key(platform, kid))
    try:
        return judge(signed, expected)
    except NonceOfOtherLogin as error:
        if is_burnt(read_session(), str(signed["nonce"])):
            raise NonceReplayed from error
        raise
    except NotAllowed as error:  # only checks that come after all proof say this
        presented = (signed.get(words.PRESENTATION) or {}).get("return_url")
        error.way_back = way_back(presented, platform.service_origins)
        raise


def _return_known(
    form: LaunchForm,
    state: State,
    holds_secret: Callable[[State], bool],
    doors: Doors,
    arrivals: KnownArrivals,
) -> Arrival | None:
    """Take a launch in by what this process remembers, if the database then agrees with all of it.

    Nothing is refused here, and no reason is given: the ordinary way decides about all that is left.
    """
    platform = doors.platforms.of_id(state.platform_id)
    if platform is None or state.storage is not None or not holds_secret(state):
        return None
    try:
        claims = prove(form.id_token or "", state, platform, doors, doors.platform_keys.known)
    except ToolError:
        return None
    if not is_plain(claims):
        return None
    known = return_known(claims, platform, arrivals, doors.services, keep_nonce=KEEP_NONCE)
    return None if known is None else Arrival(state, known.opened, known.path)


def _platform_of(state: State, holds_secret: Callable[[State], bool]) -> Platform:
    """Find the registration of a state that was not used, and that this browser asked for."""
    burnt = select(BurntNonce.nonce_hash).where(BurntNonce.nonce_hash == nonce_hash(state.nonce)).exists()
    row = read_session().execute(select(Platform, burnt).where(Platform.id == state.platform_id)).first()
    if row is None:
        raise wrong.StateUnknown("its platform is gone")
    platform, used = row
    check_unused(is_used=bool(used))
    check_browser(holds_secret(state))
    check_open(platform)
    return platform


def _expected(state: State, platform: Platform, doors: Doors) -> Expected:
    return Expected(
        issuer=platform.issuer,
        client_id=platform.client_id,
        nonce=state.nonce,
        target_link_uri=state.target_link_uri,
        own_origin=doors.services.settings.public_url,
        now=doors.services.clock(),
        is_our_nonce=doors.tickets.is_our_nonce,
        platform_origins=platform.service_origins,
    )


def _check_parties(token: ReadToken, expected: Expected) -> None:
    """Look at who made the token and for whom, before any key is asked for."""
    try:
        for check in PARTIES:
            check(token.unverified_claims, expected)
    except wrong.LaunchNotAuthentic as error:
        if _is_of_other_registration(token, expected):
            raise wrong.StateOtherPlatform from error
        raise


def _is_of_other_registration(token: ReadToken, expected: Expected) -> bool:
    issuer, audience = token.unverified_claims.get("iss"), token.unverified_claims.get("aud")
    if not isinstance(issuer, str) or not isinstance(audience, str):
        return False
    if (issuer, audience) == (expected.issuer, expected.client_id):
        return False
    other = select(Platform.id).where(Platform.issuer == issuer, Platform.client_id == audience)
    return read_session().scalar(other) is not None


def _enter(claims: LaunchClaims, state: State, platform: Platform, doors: Doors) -> Arrival:
    for left in reversed(range(ATTEMPTS)):
        try:
            return _enter_once(claims, state, platform, doors)
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("the loop above returns or raises")


def _enter_once(claims: LaunchClaims, state: State, platform: Platform, doors: Doors) -> Arrival:
    now = doors.services.clock()
    with transaction() as session:
        burn_nonce(session, claims.nonce, keep_until=now + KEEP_NONCE)
        deployment, refusal = find_deployment(session, platform, claims, at=now)
        if refusal is None:
            return _open(session, claims, state, platform, deployment, doors)
    raise refusal  # after the commit: a deployment that waits for approval stays known


def _open(
    session: Session,
    claims: LaunchClaims,
    state: State,
    platform: Platform,
    deployment: Deployment,
    doors: Doors,
) -> Arrival:
    found, now = doors.services, doors.services.clock()
    context, link = store_place(session, deployment, claims)
    person = store_person(session, platform, claims, person_id=found.new_id(), at=now)
    launched = Launched(
        organisation_id=platform.organisation_id,
        platform_id=platform.id,
        person_id=person.id,
        subject=claims.subject,
        context_id=context.id if context else None,
        resource_link_id=link.id if link else None,
        role=claims.role,
        test_user=claims.test_user,
        target_link_uri=claims.target_link_uri,
        custom=claims.custom,
        for_subject=claims.for_subject,
    )
    place = doors.landing(session, launched)
    entry = entry_for(launched, place, person, claims, platform, deployment)
    if state.storage is not None:
        entry = _carried_in_path(entry, claims, doors.agent_hash())
    session_id, path = found.new_id(), place.path
    opened = open_session(session, entry, session_id=session_id, new_token=found.new_token, at=now)
    if claims.deep_link is not None:
        note_request(
            session, deployment, claims.deep_link, request_id=found.new_id(), session_id=session_id, at=now
        )
        path = LINKS_PATH
    if claims.privacy_subject is not None:
        note_privacy(
            session,
            platform,
            claims.privacy_subject,
            request_id=found.new_id(),
            session_id=session_id,
            at=now,
        )
        path = PRIVACY_PATH
    return Arrival(state, opened, path)


def _carried_in_path(entry: Entry, claims: LaunchClaims, agent_hash: str) -> Entry:
    """Let a session's token stand in the path, for this browser keeps no cookie.

    Rights over other people's data are never carried there: what is asked about a person waits for a tab of
    its own. Links for a course belong to the very session that the LMS opened, and no tab continues that:
    whoever runs the program comes in there without the rights that need a cookie.
    """
    if claims.privacy_subject is not None:
        return entry
    if claims.deep_link is None:
        return replace(entry, path_agent=agent_hash)
    return replace(entry, path_agent=agent_hash, roles=sorted(set(entry.roles) - NEVER_IN_PATH))
