"""The platform's own keys: one RSA key that signs id_tokens, one secret that signs message hints.

They lie in the data folder, readable by their owner alone. The key set is a list, so that a rotation
can publish the old key beside the new one.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEYS_NAME: Final = "practice-lms-keys.json"
_RSA_BITS: Final = 2048
_HINT_BITS: Final = 256


@dataclass(frozen=True)
class KeyRing:
    """What the platform signs with; the first of `signing` signs, all of them are published."""

    signing: tuple[RSAKey, ...]
    hints: OctKey

    def published(self) -> dict[str, list[dict[str, Any]]]:
        """Give the JWK Set for tools: public halves only."""
        return {"keys": [{**key.as_dict(private=False), "alg": "RS256"} for key in self.signing]}

    def sign(self, claims: Mapping[str, object]) -> str:
        """Sign an id_token: RS256, with the kid that the key set names."""
        key = self.signing[0]
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, dict(claims), key, ["RS256"])


def open_key_ring(data_dir: Path) -> KeyRing:
    """Read the key ring of a data folder, making it at the first start."""
    path = data_dir / KEYS_NAME
    if not path.exists():
        _write(path, _new_ring())
    stored = json.loads(path.read_text(encoding="utf-8"))
    return KeyRing(
        signing=tuple(RSAKey.import_key(key) for key in stored["signing"]),
        hints=OctKey.import_key(stored["hints"]),
    )


def rotate_key_ring(data_dir: Path, *, keep: bool) -> KeyRing:
    """Sign with a new key from now on; the keys before stay published, or are forgotten."""
    ring = open_key_ring(data_dir)
    fresh = KeyRing((_new_key(), *(ring.signing if keep else ())), ring.hints)
    _write(data_dir / KEYS_NAME, fresh)
    return fresh


def _new_ring() -> KeyRing:
    return KeyRing((_new_key(),), OctKey.generate_key(_HINT_BITS))


def _new_key() -> RSAKey:
    return RSAKey.generate_key(_RSA_BITS, {"use": "sig"}, auto_kid=True)


def _write(path: Path, ring: KeyRing) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps(
        {
            "signing": [key.as_dict(private=True) for key in ring.signing],
            "hints": ring.hints.as_dict(private=True),
        }
    )
    fresh = path.with_suffix(f".{os.getpid()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
