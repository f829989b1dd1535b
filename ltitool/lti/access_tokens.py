"""Access tokens for an LMS's services: asked for with a signed assertion, kept per registration and scopes.

Several institutions can share one issuer, so a token is never looked up by issuer. Of all threads and all
processes one asks, and the others wait for what it brings; a token is renewed a minute before it ends.
"""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock
from urllib.parse import urlencode

from ltitool.errors import ToolError
from ltitool.foundation.db import transaction
from ltitool.foundation.errors import FetchRefused
from ltitool.foundation.services import HttpAnswer, HttpClient, KeyStore
from ltitool.lti.kept_tokens import Grant, end_turn, keep_token, kept_token, take_turn
from ltitool.lti.models import Platform
from ltitool.lti.service_errors import ScopesRefused, ServiceBusy, ServiceOccupied, TokenRefused
from ltitool.lti.strictjson import NotStrictJson, read_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(seconds=60)
EARLY = timedelta(seconds=60)
LONGEST = timedelta(hours=1)
UNSAID = timedelta(minutes=5)  # where an LMS does not say how long a token is good for
REMEMBERED = timedelta(seconds=2)  # how long a process trusts its memory before it looks at the row again
LOOK_EVERY, LOOKS = 0.05, 300  # seconds, and how often, while another process asks: longer than its turn
MAX_TOKEN = 8192
SERVER_ERROR = 500
TOO_MANY = 429


@dataclass
class _Asking:
    """One thread's asking, and what it brought for those that wait."""

    over: Event = field(default_factory=Event)
    token: str = ""
    error: ToolError | None = None


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
        self._remembered: dict[tuple[uuid.UUID, str, str], tuple[Grant, datetime]] = {}
        self._asking: dict[tuple[uuid.UUID, str, str], _Asking] = {}
        self._guard = Lock()

    def get(self, platform: Platform, scopes: Iterable[str], *, instead_of: str | None = None) -> str:
        """Give a token for some scopes; `instead_of` names one that the LMS no longer takes.

        Raises:
            TokenRefused: the LMS gives none. ScopesRefused: or not for these scopes.
            ServiceBusy: it does not answer just now.
        """
        wanted = " ".join(sorted(set(scopes)))
        token = self._from_memory(platform, wanted, instead_of) or self._kept(platform, wanted, instead_of)
        return token or self._ask_together(platform, wanted, instead_of)

    def ask(self, platform: Platform, scopes: Iterable[str]) -> Grant:
        """Ask for a fresh token and keep nothing of it: to see whether one would be given.

        Raises:
            TokenRefused, ScopesRefused, ServiceBusy: as `get`.
        """
        return self._ask(platform, " ".join(sorted(set(scopes))))

    def _from_memory(self, platform: Platform, wanted: str, unusable: str | None) -> str | None:
        grant, until = self._remembered.get(_place(platform, wanted), (None, self._clock()))
        return grant.token if grant and until > self._clock() and self._is_good(grant, unusable) else None

    def _kept(self, platform: Platform, wanted: str, unusable: str | None) -> str | None:
        grant = kept_token(platform.id, wanted)
        if grant is None or not self._is_good(grant, unusable):
            return None
        self._remembered[_place(platform, wanted)] = grant, self._clock() + REMEMBERED
        return grant.token

    def _is_good(self, grant: Grant, unusable: str | None) -> bool:
        return grant.token != unusable and grant.expires_at - EARLY > self._clock()

    def _ask_together(self, platform: Platform, wanted: str, unusable: str | None) -> str:
        """Ask, or wait for the thread that asks; what it could not get, the others do not ask for again."""
        place = _place(platform, wanted)
        with self._guard:
            asking = self._asking.get(place)
            if asking is None:
                mine = self._asking[place] = _Asking()
        if asking is None:
            return self._lead(mine, platform, wanted, unusable)
        if not asking.over.wait(LOOKS * LOOK_EVERY):
            raise ServiceOccupied("another thread asks for a token, and does not end")
        if asking.error is not None:
            raise asking.error
        return asking.token if asking.token != unusable else self._ask_together(platform, wanted, unusable)

    def _lead(self, asking: _Asking, platform: Platform, wanted: str, unusable: str | None) -> str:
        asking.error = ServiceOccupied("whoever asked for a token did not end")
        try:
            asking.token = self._ask_in_turn(platform, wanted, unusable)
            asking.error = None
        except ToolError as error:
            asking.error = error
            raise
        finally:
            with self._guard:
                del self._asking[_place(platform, wanted)]
            asking.over.set()
        return asking.token

    def _ask_in_turn(self, platform: Platform, wanted: str, unusable: str | None) -> str:
        """Ask when no other process does; else look for what it brings."""
        for _ in range(LOOKS):
            ours = take_turn(platform.id, wanted, self._clock())
            kept = self._kept(platform, wanted, unusable)
            if kept is not None and ours:
                end_turn(platform.id, wanted)
            if kept is not None:
                return kept
            if ours:
                return self._ask_and_keep(platform, wanted)
            time.sleep(LOOK_EVERY)
        raise ServiceOccupied("another process asks for a token, and does not end")

    def _ask_and_keep(self, platform: Platform, wanted: str) -> str:
        try:
            grant = self._ask(platform, wanted)
        except BaseException:
            end_turn(platform.id, wanted)
            raise
        with transaction() as session:
            keep_token(session, platform.id, wanted, grant)
        return grant.token

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


def _place(platform: Platform, wanted: str) -> tuple[uuid.UUID, str, str]:
    """Say what a token is for; once the registration names another endpoint, the old one's counts no more."""
    return platform.id, platform.auth_token_url, wanted
