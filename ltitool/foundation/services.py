"""What use cases are handed at the door: clock, randomness, keys, storage, outbound HTTP.

Views call `services()` once and pass on what is needed; the core takes these as arguments.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from flask import current_app

from ltitool.foundation.clock import Clock
from ltitool.settings import Settings

EXTENSION = "ltitool"


class Signer(Protocol):
    """A private key that never leaves the key store."""

    @property
    def algorithm(self) -> str:
        """Ed25519 or RS256."""

    @property
    def thumbprint(self) -> str:
        """RFC 7638, base64url: the key's public name."""

    @property
    def public_jwk(self) -> Mapping[str, Any]:
        """The public half, with `kid` left out."""

    def sign(self, data: bytes) -> bytes:
        """Sign bytes."""


class KeyStore(Protocol):
    """Sealed keys by owner and purpose; see foundation/keys.py."""

    def ensure(self, owner: str, purpose: str) -> Signer:
        """Give the current key, making one if there is none."""

    def signer(self, owner: str, purpose: str) -> Signer:
        """Give the current key. Raises KeyMissing."""

    def public_keys(self, owner: str, purpose: str) -> list[Mapping[str, Any]]:
        """Give all public halves, retired ones included, newest first, each with `kid` = thumbprint."""

    def rotate(self, owner: str, purpose: str, *, lead_time: timedelta = ...) -> str:
        """Publish a new key that signs after the lead time, and give its thumbprint."""

    def sign_jwt(self, owner: str, purpose: str, claims: Mapping[str, Any]) -> str:
        """Sign claims as a compact JWT whose `kid` is the thumbprint."""


class ObjectStore(Protocol):
    """Bytes under a key; see foundation/storage.py."""

    def put(self, key: str, data: bytes) -> None:
        """Store, replacing nothing: a key is written once."""

    def get(self, key: str) -> bytes:
        """Read. Raises ObjectMissing."""

    def delete(self, key: str) -> None:
        """Remove; a missing key is no error."""


@dataclass(frozen=True)
class HttpAnswer:
    """What an outbound request brought back; the body is already read and within its limit."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    reason: str = ""  # the words beside the status: some servers say nowhere else what is wrong

    @property
    def ok(self) -> bool:
        """Whether the status is in the two hundreds."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the meaning of an HTTP status class


class HttpClient(Protocol):
    """The one door for outbound HTTP; see foundation/fetch.py."""

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 262_144,
        timeout: float = 5.0,
    ) -> HttpAnswer:
        """Send one request, following no redirect. Raises FetchBlocked, FetchFailed, FetchTooLarge."""


@dataclass(frozen=True)
class Services:
    """Everything outside a use case that it may need."""

    settings: Settings
    clock: Clock
    new_id: Callable[[], uuid.UUID]
    new_token: Callable[[], str]  # 256 random bits, URL-safe
    keys: KeyStore
    store: ObjectStore
    http: HttpClient


def services() -> Services:
    """Give the services of the running application."""
    found = current_app.extensions[EXTENSION]
    if not isinstance(found, Services):
        message = "the application was not built by create_app"
        raise TypeError(message)
    return found
