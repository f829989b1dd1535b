"""Make launches by hand, in process, for the tests of a tool: valid ones, and ones with a single thing wrong.

A forge works from a platform's configuration, seed and keys. It opens no door on the network: whoever can
use it can already read the key file. A refusal test makes a valid launch, changes one thing, and expects
one refusal:

    forge = Forge.open(config)              # config: PlatformConfig, the keys lie in its data_dir
    login = forge.login("amara-okafor", "rl-this-week-3")   # what the browser posts to the tool's login
    asked = ...                             # the query of the tool's redirect to our authorization endpoint
    forge.answer("amara-okafor", "rl-this-week-3", asked)   # the valid id_token and state for its launch
    claims = forge.claims("amara-okafor", "rl-this-week-3", nonce)
    forge.mint(claims)                                    # the control: a valid id_token
    forge.mint(changed(claims, exp=ABSENT))               # N40, one claim taken away
    forge.mint(claims, header={"kid": ABSENT})            # N24
    forge.mint(claims, header={"alg": "none"})            # N21
    forge.mint(claims, header={"alg": "HS256"}, key=forge.public_pem())   # N22, the public key as the secret
    forge.mint(claims, key=forge.stranger)                # N26, right kid, other key
    forge.tamper(forge.mint(claims), sub="somebody")      # N27, payload changed after signing

`forge.jwks()` is the key set that the tool should be given for the platform.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from ltitool.sandbox.claims import Launch, launch_claims
from ltitool.sandbox.compact import decode_part, encode_part
from ltitool.sandbox.hints import DocumentTarget
from ltitool.sandbox.keys import KeyRing, open_key_ring
from ltitool.sandbox.launching import Start, login_fields
from ltitool.sandbox.vocabulary import role_uris

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ltitool.sandbox.config import PlatformConfig

SigningKey = RSAKey | ECKey | bytes
_USUAL: Final = "RS256"


class Absent:
    """The value of a claim, header or parameter that is to be taken away."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Forge:
    """Makes launches as the platform would, and otherwise."""

    config: PlatformConfig
    keys: KeyRing

    @classmethod
    def open(cls, config: PlatformConfig) -> Forge:
        """Open a forge on the keys of a platform's data folder, making them where there are none yet."""
        return cls(config, open_key_ring(config.data_dir))

    @cached_property
    def stranger(self) -> RSAKey:
        """A key that no platform has published; it wears our key's id, so only the signature tells."""
        return RSAKey.generate_key(2048, {"use": "sig", "kid": self.kid})

    @property
    def kid(self) -> str:
        return str(self.keys.signing[0].kid)

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Give the platform's public key set."""
        return self.keys.published()

    def public_pem(self) -> bytes:
        """Give the platform's public key as text: what a key confusion attack takes for a secret."""
        return self.keys.signing[0].as_pem(private=False)

    def login(self, person: str, activity: str, **changes: object) -> dict[str, Any]:
        """Give the parameters of a login initiation for a person's key and an activity's id."""
        seed = self.config.seed
        course_id = seed.activity(activity).course_id
        start = Start(seed.person(person), course_id, activity, "iframe", self.config.clock())
        return changed(login_fields(start, self.config, self.keys), **changes)

    def claims(
        self, person: str, activity: str, nonce: str, *, shown: DocumentTarget = "iframe"
    ) -> dict[str, Any]:
        """Give the claims of a valid launch, now."""
        return launch_claims(self._launch(person, activity, nonce, shown), self.config, self.config.clock())

    def mint(
        self,
        claims: Mapping[str, object],
        header: Mapping[str, object] | None = None,
        key: SigningKey | None = None,
    ) -> str:
        """Sign claims as an id_token.

        Args:
            claims: Any JSON object, valid or not.
            header: Changes to the header `{"alg": "RS256", "typ": "JWT", "kid": …}`.
            key: Another key than the platform's; bytes are an HMAC secret. Ignored for the algorithm "none".
        """
        whole = changed({"alg": _USUAL, "typ": "JWT", "kid": self.kid}, **(header or {}))
        return self.mint_text(json.dumps(whole), json.dumps(claims), key)

    def mint_text(self, header: str, claims: str, key: SigningKey | None = None) -> str:
        """Sign two texts as they stand: doubled names, NaN, or no JSON at all."""
        signed = f"{encode_part(header.encode())}.{encode_part(claims.encode())}"
        signature = _signature(header, signed.encode(), key or self.keys.signing[0])
        return f"{signed}.{encode_part(signature)}"

    def tamper(self, token: str, **changes: object) -> str:
        """Change claims of a signed token and leave its signature as it was."""
        header, claims, signature = token.split(".")
        other = changed(json.loads(decode_part(claims)), **changes)
        return f"{header}.{encode_part(json.dumps(other).encode())}.{signature}"

    def answer(self, person: str, activity: str, asked: Mapping[str, str]) -> dict[str, str]:
        """Give what the browser posts to the tool after a valid authentication request."""
        token = self.mint(self.claims(person, activity, asked["nonce"]))
        return {"id_token": token, "state": asked["state"]}

    def _launch(self, person_key: str, activity_id: str, nonce: str, shown: DocumentTarget) -> Launch:
        seed = self.config.seed
        person, activity = seed.person(person_key), seed.activity(activity_id)
        items = [item for item in seed.line_items if item.activity_id == activity_id]
        endpoints = self.config.endpoints
        return Launch(
            person=person,
            course=seed.course(activity.course_id),
            activity=activity,
            roles=role_uris(seed.role(person_key, activity.course_id), administrator=person.administrator),
            nonce=nonce,
            line_item=endpoints.line_item(activity.course_id, items[0].id) if len(items) == 1 else None,
            locale=person.locale,
            document_target=shown,
        )


def changed(values: Mapping[str, object], **changes: object) -> dict[str, Any]:
    """Copy a mapping with values replaced, or taken away with ABSENT; URIs go in as `**{uri: value}`."""
    return {name: value for name, value in {**values, **changes}.items() if value is not ABSENT}


def _signature(header: str, signed: bytes, key: SigningKey) -> bytes:
    algorithm = _algorithm(header)
    if algorithm.lower() == "none":
        return b""
    if isinstance(key, bytes):
        return hmac.new(key, signed, hashlib.sha256).digest()
    known = algorithm if algorithm in JWSRegistry.algorithms else _USUAL
    return JWSRegistry(algorithms=[known]).get_alg(known).sign(signed, key)


def _algorithm(header: str) -> str:
    """Read the algorithm that a header names; a header that cannot be read is signed in the usual way."""
    try:
        return str(json.loads(header)["alg"])
    except (ValueError, KeyError, TypeError):
        return _USUAL
