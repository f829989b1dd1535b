"""The tool's public keys: read from its JWK Set, kept, and read again for an unknown key id."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import requests
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from ltitool.sandbox.bodies import strict_json
from ltitool.sandbox.compact import decode_part
from ltitool.sandbox.errors import ToolKeysUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TIMEOUT: Final = (2.0, 5.0)
_MAX_BYTES: Final = 256 * 1024
_MIN_RSA_BITS: Final = 2048


def fetch_key_set(url: str) -> bytes:
    """Read a key set over HTTP: no redirects, a few seconds, a bounded size."""
    try:
        with requests.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
            body = answer.raw.read(_MAX_BYTES + 1, decode_content=True)
            status = answer.status_code
    except requests.RequestException as error:
        raise ToolKeysUnavailableError(f"the tool's key set at {url} cannot be reached") from error
    if status != requests.codes.ok:
        raise ToolKeysUnavailableError(f"the tool's key set at {url} answered {status}")
    if len(body) > _MAX_BYTES:
        raise ToolKeysUnavailableError(f"the tool's key set at {url} is longer than {_MAX_BYTES} bytes")
    return bytes(body)


@dataclass
class ToolKeys:
    """The keys of one tool by key id."""

    url: str
    fetch: Callable[[str], bytes] = fetch_key_set
    _known: dict[str, RSAKey] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, kid: str) -> RSAKey | None:
        """Give the key with this id, asking the tool when we do not know it."""
        with self._lock:
            if kid not in self._known:
                self._known = dict(_usable_keys(self.url, self.fetch(self.url)))
            return self._known.get(kid)


def _usable_keys(url: str, body: bytes) -> Iterator[tuple[str, RSAKey]]:
    try:
        for entry in strict_json(body)["keys"]:
            if _is_signing_key(entry):
                yield entry["kid"], RSAKey.import_key(entry)
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise ToolKeysUnavailableError(f"what stands at {url} is not a JWK Set") from error


def _is_signing_key(entry: dict[str, Any]) -> bool:
    if not isinstance(entry, dict):
        raise TypeError("a key is a JSON object")
    return (
        entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") == "RS256"
        and isinstance(entry.get("kid"), str)
        and "d" not in entry
        and len(decode_part(entry["n"])) * 8 >= _MIN_RSA_BITS
    )
