"""Access tokens for an LMS's services: asked for with a signed assertion, kept per registration and scopes.

Several institutions can share one issuer, so a token is never looked up by issuer. One thread asks, the
others wait for what it brings; a token is renewed a minute before it ends.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.errors import FetchRefused
from ltitool.foundation.services import HttpAnswer, HttpClient, KeyStore
from ltitool.lti.models import AccessToken, Platform
from ltitool.lti.service_errors import ScopesRefused, ServiceBusy, TokenRefused
from ltitool.lti.strictjson import NotStrictJson, read_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(seconds=60)
EARLY = timedelta(seconds=60)
LONGEST = timedelta(hours=1)
UNSAID = timedelta(minutes=5)  # where an LMS does not say how long a token is good for
MAX_TOKEN = 8192
SERVER_ERROR = 500
TOO_MANY = 429


@dataclass(frozen=True)
class Grant:
    """What a token endpoint gave."""

    token: str
    expires_at: datetime


class AccessTokens:
    """The service tokens of all registrations; one object serves all threads of an application."""

    def __init__(
        self,
        *,
        http: HttpClient,
        keys: KeyStore,
        clock: Callable[[], datetime],
        new_token: Callable[[], str],
    ) -> None:
        self._http = http
        self._keys = keys
        self._clock = clock
        self._new_token = new_token
        self._locks: dict[tuple[uuid.UUID, str], Lock] = {}
        self._locks_guard = Lock()

    def get(self, platform: Platform, scopes: Iterable[str], *, instead_of: str | None = None) -> str:
        """Give a token for some scopes; `instead_of` names one that the LMS no longer takes.

        Raises:
            TokenRefused: the LMS gives none. ScopesRefused: or not for these scopes.
            ServiceBusy: it does not answer just now.
        """
        wanted = " ".join(sorted(set(scopes)))
        kept = self._kept(platform.id, wanted, instead_of)
        if kept is not None:
            return kept
        with self._lock_of(platform.id, wanted):
            kept = self._kept(platform.id, wanted, instead_of)
            if kept is not None:
                return kept
            grant = self._ask(platform, wanted)
            with transaction() as session:
                _keep(session, platform.id, wanted, grant)
            return grant.token

    def ask(self, platform: Platform, scopes: Iterable[str]) -> Grant:
        """Ask for a fresh token and keep nothing of it: to see whether one would be given.

        Raises:
            TokenRefused, ScopesRefused, ServiceBusy: as `get`.
        """
        return self._ask(platform, " ".join(sorted(set(scopes))))

    def _kept(self, platform_id: uuid.UUID, wanted: str, unusable: str | None) -> str | None:
        row = (
            read_session()
            .execute(
                select(AccessToken.token, AccessToken.expires_at).where(
                    AccessToken.platform_id == platform_id, AccessToken.scopes == wanted
                )
            )
            .first()
        )
        end_read()
        if row is None or row.token == unusable or row.expires_at - EARLY <= self._clock():
            return None
        return str(row.token)

    def _ask(self, platform: Platform, wanted: str) -> Grant:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(platform),
            "scope": wanted,
        }
        try:
            answer = self._http.request(
                "POST",
                platform.auth_token_url,
                headers={
                    "Accept": "application/json",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                body=urlencode(form).encode(),
            )
        except FetchRefused as error:
            raise ServiceBusy(str(error)) from error
        return read_grant(answer, wanted, self._clock())

    def _assertion(self, platform: Platform) -> str:
        now = self._clock()
        claims = {
            "iss": platform.client_id,
            "sub": platform.client_id,
            "aud": platform.token_audience or platform.auth_token_url,
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTION_LIFETIME).timestamp()),
            "jti": self._new_token(),
        }
        return self._keys.sign_jwt("tool", "lti-rs256", claims)

    def _lock_of(self, platform_id: uuid.UUID, wanted: str) -> Lock:
        with self._locks_guard:
            return self._locks.setdefault((platform_id, wanted), Lock())


def read_grant(answer: HttpAnswer, wanted: str, now: datetime) -> Grant:
    """Read a token endpoint's answer; Moodle calls its JSON text/html, so the content type says nothing.

    Raises:
        ServiceBusy, TokenRefused, ScopesRefused: in the case that applies.
    """
    if answer.status >= SERVER_ERROR or answer.status == TOO_MANY:
        raise ServiceBusy(f"token endpoint: {answer.status}")
    try:
        fields = read_object(answer.body)
    except NotStrictJson as error:
        raise TokenRefused(f"token endpoint: {answer.status}, no JSON") from error
    if not answer.ok:
        refusal = ScopesRefused if fields.get("error") == "invalid_scope" else TokenRefused
        raise refusal(f"token endpoint: {answer.status} {fields.get('error')!r}"[:200])
    _check_scopes(fields.get("scope"), wanted)
    return Grant(_token(fields.get("access_token")), now + _lifetime(fields.get("expires_in")))


def _check_scopes(granted: object, wanted: str) -> None:
    if isinstance(granted, str) and granted and not set(wanted.split()) <= set(granted.split()):
        raise ScopesRefused(f"granted {granted[:500]}")


def _token(value: object) -> str:
    """Take a token only if it can stand in a header and can mean nothing else there."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TOKEN:
        raise TokenRefused("no access_token")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise TokenRefused("an access_token that is none")
    return value


def _lifetime(value: object) -> timedelta:
    if value is None:
        return UNSAID
    try:
        seconds = float(value) if isinstance(value, int | float | str) else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise TokenRefused(f"expires_in {value!r}"[:80])
    return min(timedelta(seconds=min(seconds, LONGEST.total_seconds())), LONGEST)


def _keep(session: Session, platform_id: uuid.UUID, wanted: str, grant: Grant) -> None:
    """Keep a token in the place of an older one; of two processes that asked at once, the later stays."""
    insert = _insert(session).values(
        platform_id=platform_id, scopes=wanted, token=grant.token, expires_at=grant.expires_at
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[AccessToken.platform_id, AccessToken.scopes],
            set_={"token": insert.excluded.token, "expires_at": insert.excluded.expires_at},
        )
    )


def _insert(session: Session) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(AccessToken)
    return sqlite.insert(AccessToken)
