"""What the browser carries for us between login and launch: signed, dated, and readable by us alone to trust.

The state names the login that a launch must answer. The login ticket holds a login that has not gone to
the LMS yet, because its hint can be spent only once.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm

from ltitool.lti.errors import LoginTicketExpired, LoginTicketInvalid
from ltitool.lti.launch_errors import StateUnknown

LIFETIME = timedelta(minutes=10)
NONCE_MAC_LENGTH = 22


@dataclass(frozen=True)
class State:
    """One login, on its way to the LMS and back."""

    platform_id: uuid.UUID
    nonce: str
    target_link_uri: str | None
    short: str  # names the cookie, or the LMS's storage key, that holds the browser's secret
    secret_hash: str
    expires_at: datetime
    storage: str | None = None  # the frame in which the LMS keeps the secret, where no cookie does


class Tickets:
    """Signs and reads what passes through the browser."""

    def __init__(self, secret_key: bytes) -> None:
        self._secret_key = secret_key

    def write_state(self, state: State) -> str:
        """Write a state: its fields in their order, for one is made at each launch."""
        said = [
            state.platform_id.hex,
            state.nonce,
            state.target_link_uri,
            state.short,
            state.secret_hash,
            int(state.expires_at.timestamp()),
            state.storage,
        ]
        return _signer(self._secret_key).sign(base64_encode(json.dumps(said))).decode()

    def read_state(self, text: str) -> State:
        """Read a state, however old.

        Raises:
            StateUnknown: we did not sign it.
        """
        try:
            said = json.loads(base64_decode(_signer(self._secret_key).unsign(text.encode())).decode())
        except BadData as error:
            raise StateUnknown(str(error)) from error
        platform_id, nonce, target, short, secret, expires_at, storage = said
        until = datetime.fromtimestamp(expires_at, UTC)
        return State(uuid.UUID(platform_id), nonce, target, short, secret, until, storage)

    def write_login(self, parameters: Mapping[str, str], now: datetime) -> str:
        expires_at = int((now + LIFETIME).timestamp())
        return str(_login_serializer(self._secret_key).dumps([dict(parameters), expires_at]))

    def read_login(self, text: str, now: datetime) -> dict[str, str]:
        """Read the parameters of a login that waits.

        Raises:
            LoginTicketInvalid: we did not sign it.
            LoginTicketExpired: it is older than LIFETIME.
        """
        try:
            parameters, expires_at = _login_serializer(self._secret_key).loads(text)
        except BadData as error:
            raise LoginTicketInvalid(str(error)) from error
        if now.timestamp() >= expires_at:
            raise LoginTicketExpired
        return dict(parameters)

    def new_nonce(self, random_text: str) -> str:
        """Make a nonce that we can later tell from one that we never gave out."""
        return f"{random_text}.{self._nonce_mac(random_text)}"

    def is_our_nonce(self, nonce: str) -> bool:
        random_text, _, mac = nonce.rpartition(".")
        return hmac.compare_digest(mac.encode(), self._nonce_mac(random_text).encode())

    def _nonce_mac(self, random_text: str) -> str:
        digest = hmac.digest(self._secret_key, b"lti-nonce:" + random_text.encode(), "sha256")
        return digest.hex()[:NONCE_MAC_LENGTH]


class OneCall(SigningAlgorithm):
    """HMAC with SHA-256 in one call: twice as fast as itsdangerous' own, with the same outcome."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


@lru_cache(8)  # the 2: states were written otherwise once, and are told apart by the salt
def _signer(secret_key: bytes) -> Signer:
    key = hmac.digest(secret_key, b"lti-state-2", "sha256")  # itsdangerous would derive it each time
    return Signer(key, key_derivation="none", algorithm=OneCall())


@lru_cache(8)
def _login_serializer(secret_key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret_key,
        salt="lti-login",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def secret_hash(secret: str) -> str:
    """Hash a random secret; 256 bits of it need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
