"""Public keys of platforms, by key id: in this process, then in the database, then from the LMS.

A launch with a known key never waits for the LMS. An unknown key id causes at most one request per
platform and minute, whoever asks and from however many processes: the platform's row is the guard.
"""

import base64
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from sqlalchemy import delete, insert, or_, select, update

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.errors import FetchRefused
from ltitool.foundation.services import HttpClient
from ltitool.lti.errors import KeysUnavailable
from ltitool.lti.launch_errors import KeyUnknown
from ltitool.lti.models import Platform, PlatformKey
from ltitool.lti.strictjson import NotStrictJson, read_object
from ltitool.lti.tokens import ALGORITHM, MAX_KEY_ID

REFETCH_EVERY = timedelta(seconds=60)
STALE_AFTER = timedelta(hours=24)
MEMORY = timedelta(minutes=5)  # how long a process trusts its memory before it looks at the row again
MAX_KEYS = 100
MAX_SET_BYTES = 262_144
TIMEOUT = 3.0
MIN_RSA_BITS = 2048
MIN_EXPONENT = 3
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KnownKey:
    key: RSAKey
    jwks_url: str  # where it was read: once the registration names another address, it counts no more
    fetched_at: datetime
    remembered_at: datetime


@dataclass(frozen=True)
class KeysRead:
    """A key set as it was read, and where."""

    platform_id: uuid.UUID
    jwks_url: str
    keys: Mapping[str, Mapping[str, Any]]


class PlatformKeys:
    """The keys that this process knows; one object serves all threads of an application."""

    def __init__(self, http: HttpClient, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._clock = clock
        self._known: dict[tuple[uuid.UUID, str], KnownKey] = {}
        self._locks: dict[uuid.UUID, Lock] = {}
        self._locks_guard = Lock()

    def find(self, platform: Platform, kid: str) -> RSAKey:
        """Find the key that a platform's token names.

        Raises:
            KeyUnknown: the platform's key set does not list it.
            KeysUnavailable: the key set cannot be had, and no cached key answers to this id.
        """
        known = self._remembered(platform, kid) or self._stored(platform, kid)
        if known is not None and not self._is_stale(known):
            return known.key
        with self._lock_of(platform.id):
            fresh = self._stored(platform, kid)  # another thread may have fetched while we waited
            if fresh is not None and not self._is_stale(fresh):
                return fresh.key
            return self._fetched(platform, kid)

    def known(self, platform: Platform, kid: str) -> RSAKey:
        """Give a key without asking the LMS.

        Raises:
            KeyUnknown: we do not know this one, or not from lately.
        """
        known = self._remembered(platform, kid) or self._stored(platform, kid)
        if known is None or self._is_stale(known):
            raise KeyUnknown(kid)
        return known.key

    def forget(self, platform_id: uuid.UUID) -> None:
        """Drop what this process remembers of a platform."""
        for place in list(self._known):  # at one go: other threads put keys in meanwhile
            if place[0] == platform_id:
                self._known.pop(place, None)

    def _remembered(self, platform: Platform, kid: str) -> KnownKey | None:
        known = self._known.get((platform.id, kid))
        if known is None or self._clock() - known.remembered_at > MEMORY:
            return None
        return known if known.jwks_url == platform.jwks_url else None

    def _stored(self, platform: Platform, kid: str) -> KnownKey | None:
        row = read_session().scalar(
            select(PlatformKey)
            .where(PlatformKey.platform_id == platform.id, PlatformKey.kid == kid)
            .execution_options(populate_existing=True)
        )
        end_read()
        if row is None:
            return None
        return self._remember(platform, kid, RSAKey.import_key(row.jwk), row.fetched_at)

    def _remember(self, platform: Platform, kid: str, key: RSAKey, fetched_at: datetime) -> KnownKey:
        known = KnownKey(key, platform.jwks_url, fetched_at, self._clock())
        self._known[platform.id, kid] = known
        return known

    def _is_stale(self, known: KnownKey) -> bool:
        return self._clock() - known.fetched_at > STALE_AFTER

    def _fetched(self, platform: Platform, kid: str) -> RSAKey:
        """Ask the LMS. A set that was read and does not list the key ends it; no answer does not."""
        if not self._may_fetch(platform.id):
            kept = self._kept(platform, kid)
            if kept is None:
                raise self._unknown(platform.id, kid)
            return kept
        url = platform.jwks_url
        try:
            keys = read_key_set(self._request(url))
            self._store(KeysRead(platform.id, url, keys), kid)
        except KeysUnavailable:
            kept = self._kept(platform, kid)
            if kept is None:
                raise
            return kept
        if kid not in keys:
            raise KeyUnknown(kid)
        return self._remember(platform, kid, RSAKey.import_key(keys[kid]), self._clock()).key

    def _kept(self, platform: Platform, kid: str) -> RSAKey | None:
        """Give a key of old if its row is there now: who read the set meanwhile may have dropped it."""
        kept = self._stored(platform, kid)
        if kept is None:
            return None
        log.warning("key set of platform %s is not to be had; using the one we have", platform.id)
        return kept.key

    def _unknown(self, platform_id: uuid.UUID, kid: str) -> KeyUnknown | KeysUnavailable:
        """Without any key of the platform we cannot say that this one is wrong."""
        some = read_session().scalar(
            select(PlatformKey.kid).where(PlatformKey.platform_id == platform_id).limit(1)
        )
        return KeyUnknown(kid) if some is not None else KeysUnavailable("asked less than a minute ago")

    def _may_fetch(self, platform_id: uuid.UUID) -> bool:
        now = self._clock()
        last = Platform.jwks_refetched_at
        with transaction() as session:
            won = session.execute(
                update(Platform)
                .where(Platform.id == platform_id, or_(last.is_(None), last <= now - REFETCH_EVERY))
                .values(jwks_refetched_at=now)
                .execution_options(synchronize_session=False)
                .returning(Platform.id)
            )
            return won.first() is not None

    def _request(self, url: str) -> bytes:
        try:
            answer = self._http.request(
                "GET",
                url,
                headers={"Accept": "application/json"},
                max_bytes=MAX_SET_BYTES,
                timeout=TIMEOUT,
            )
        except FetchRefused as error:
            raise KeysUnavailable(str(error)) from error
        if not answer.ok:
            raise KeysUnavailable(f"status {answer.status}")
        return answer.body

    def _store(self, read: KeysRead, kid: str) -> None:
        """Replace the platform's keys; the first set ever that lists the one in question is no refetch.

        Raises:
            KeysUnavailable: an operator took over another address meanwhile; nothing is kept.
        """
        now, platform_id = self._clock(), read.platform_id
        rows = [
            {"platform_id": platform_id, "kid": name, "jwk": jwk, "fetched_at": now}
            for name, jwk in read.keys.items()
        ]
        with transaction() as session:
            address = select(Platform.jwks_url).where(Platform.id == platform_id)
            if session.scalar(address.with_for_update()) != read.jwks_url:
                raise KeysUnavailable("the address of the key set has changed")
            gone = session.execute(
                delete(PlatformKey)
                .where(PlatformKey.platform_id == platform_id)
                .execution_options(synchronize_session=False)
                .returning(PlatformKey.kid)
            ).first()
            session.execute(insert(PlatformKey), rows)
            if gone is None and kid in read.keys:
                session.execute(
                    update(Platform)
                    .where(Platform.id == platform_id)
                    .values(jwks_refetched_at=None)
                    .execution_options(synchronize_session=False)
                )
        self.forget(platform_id)

    def _lock_of(self, platform_id: uuid.UUID) -> Lock:
        with self._locks_guard:
            return self._locks.setdefault(platform_id, Lock())


def read_key_set(body: bytes) -> dict[str, dict[str, Any]]:
    """Read a JSON Web Key Set and keep what may verify a launch, by key id.

    Raises:
        KeysUnavailable: it is no key set, or holds no usable key: an error page is never cached.
    """
    try:
        listed = read_object(body).get("keys")
    except NotStrictJson as error:
        raise KeysUnavailable(f"no key set: {error}") from error
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise KeysUnavailable("no list of keys, or too many")
    usable: dict[str, dict[str, Any]] = {}
    for jwk in listed:
        if isinstance(jwk, dict) and is_usable(jwk):
            usable.setdefault(jwk["kid"], {name: jwk[name] for name in ("kty", "n", "e", "kid")})
    if not usable:
        raise KeysUnavailable("no usable key in the set")
    return usable


def is_usable(jwk: Mapping[str, Any]) -> bool:
    """Say whether a listed key may verify: public, RSA, long enough, and not meant for something else."""
    return all(
        (
            jwk.get("kty") == "RSA",
            PRIVATE_PARTS.isdisjoint(jwk),
            jwk.get("alg", ALGORITHM) == ALGORITHM,
            jwk.get("use", "sig") == "sig",
            _names_itself(jwk.get("kid")),
            _may_verify(jwk.get("key_ops")),
        )
    ) and _is_long_enough(jwk)


def _names_itself(kid: object) -> bool:
    return isinstance(kid, str) and 0 < len(kid) <= MAX_KEY_ID


def _may_verify(operations: object) -> bool:
    return operations is None or (isinstance(operations, list) and "verify" in operations)


def _is_long_enough(jwk: Mapping[str, Any]) -> bool:
    try:
        if _whole_number(jwk["n"]).bit_length() < MIN_RSA_BITS or _whole_number(jwk["e"]) < MIN_EXPONENT:
            return False
        RSAKey.import_key({name: jwk[name] for name in ("kty", "n", "e")})
    except (JoseError, ValueError, KeyError, TypeError):
        return False
    return True


def _whole_number(text: str) -> int:
    raw = text.encode("ascii") if isinstance(text, str) else b""
    return int.from_bytes(base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)), "big")
