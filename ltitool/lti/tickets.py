"""What the browser carries for us between login and launch: signed, dated, and readable by us alone to trust.

The state names the login that a launch must answer. The login ticket holds a login that has not gone to
the LMS yet, because its hint can be spent only once.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from ltitool.errors import ToolError
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
        fields = asdict(state) | {
            "platform_id": state.platform_id.hex,
            "expires_at": int(state.expires_at.timestamp()),
        }
        return str(self._serializer("state").dumps(fields))

    def read_state(self, text: str) -> State:
        """Read a state, however old.

        Raises:
            StateUnknown: we did not sign it.
        """
        fields = self._load("state", text, StateUnknown)
        fields["platform_id"] = uuid.UUID(fields["platform_id"])
        fields["expires_at"] = datetime.fromtimestamp(fields["expires_at"], UTC)
        return State(**fields)

    def write_login(self, parameters: Mapping[str, str], now: datetime) -> str:
        expires_at = int((now + LIFETIME).timestamp())
        return str(self._serializer("login").dumps([dict(parameters), expires_at]))

    def read_login(self, text: str, now: datetime) -> dict[str, str]:
        """Read the parameters of a login that waits.

        Raises:
            LoginTicketInvalid: we did not sign it.
            LoginTicketExpired: it is older than LIFETIME.
        """
        parameters, expires_at = self._load("login", text, LoginTicketInvalid)
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
        digest = hmac.new(self._secret_key, b"lti-nonce:" + random_text.encode(), hashlib.sha256)
        return digest.hexdigest()[:NONCE_MAC_LENGTH]

    def _load(self, purpose: str, text: str, refusal: type[ToolError]) -> Any:
        try:
            return self._serializer(purpose).loads(text)
        except BadData as error:
            raise refusal(str(error)) from error

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return _signing(self._secret_key, purpose)


@lru_cache(8)
def _signing(secret_key: bytes, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret_key,
        salt=f"lti-{purpose}",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def secret_hash(secret: str) -> str:
    """Hash a random secret; 256 bits of it need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
