"""Who a badge is about, without saying it aloud: salted hashes, and plain identifiers of organisations."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import ClassVar

from badges.model.nodes import Node, boolean, kind, several, text

# Open Badges 3.0 allows both; only the first is ever written here.
_DIGESTS = {"sha256": hashlib.sha256, "md5": hashlib.md5}
_MAX_SALT = 1024


@dataclass(frozen=True, kw_only=True)
class IdentityObject(Node):
    """An identifier of the recipient, usually hashed with a salt (Open Badges 3.0, B.1, IdentityObject).

    Attributes:
        hashed: whether ``identity_hash`` is a hash or the identifier itself.
        identity_hash: ``sha256$`` and the hex digest of identifier + salt, or the plain identifier.
        identity_type: ``emailAddress``, ``name``, ``ext:LicenseNumber``, …
        salt: what was appended before hashing.
    """

    TYPE: ClassVar[str] = "IdentityObject"

    type: tuple[str, ...] = field(default=("IdentityObject",), metadata=kind(several(text)))
    hashed: bool = field(metadata=kind(boolean))
    identity_hash: str = field(metadata=kind(text))
    identity_type: str = field(metadata=kind(text))
    salt: str | None = field(default=None, metadata=kind(text))

    @classmethod
    def hashed_from(cls, identifier: str, identity_type: str, salt: str) -> IdentityObject:
        """The salted hash of an identifier.

        Args:
            identifier: exactly as it will be typed later; normalize it before.
            identity_type: one of the standard's words, or an ``ext:`` one.
            salt: random, at least 16 characters, another one for each badge.
        """
        digest = hashlib.sha256((identifier + salt).encode("utf-8")).hexdigest()
        return cls(hashed=True, identity_hash=f"sha256${digest}", identity_type=identity_type, salt=salt)

    def matches(self, candidate: str, identity_type: str | None = None) -> bool:
        """Whether this is the identity of the candidate; takes the same time whatever differs.

        Args:
            candidate: the identifier that somebody presents.
            identity_type: the type it is presented as; None accepts the type of this object.
        """
        same_type = identity_type is None or hmac.compare_digest(
            identity_type.encode("utf-8"), self.identity_type.encode("utf-8")
        )
        expected = self._expected(candidate)
        same_value = hmac.compare_digest(expected.encode("utf-8"), self._comparable().encode("utf-8"))
        return same_type and same_value and bool(expected)

    def _comparable(self) -> str:
        # Hex digits may come in either case.
        return self.identity_hash.lower() if self.hashed else self.identity_hash

    def _expected(self, candidate: str) -> str:
        """What ``identity_hash`` would be for the candidate; empty when the hash cannot be computed."""
        if not self.hashed:
            return candidate
        name, separator, _ = self.identity_hash.partition("$")
        algorithm = _DIGESTS.get(name.lower())
        salt = self.salt or ""
        if algorithm is None or not separator or len(salt) > _MAX_SALT:
            return ""
        digest = algorithm((candidate + salt).encode("utf-8", "surrogatepass")).hexdigest()
        return f"{name.lower()}${digest}"


@dataclass(frozen=True, kw_only=True)
class IdentifierEntry(Node):
    """A plain identifier, for example a number in some register (Open Badges 3.0, B.1, IdentifierEntry)."""

    TYPE: ClassVar[str] = "IdentifierEntry"

    type: tuple[str, ...] = field(default=("IdentifierEntry",), metadata=kind(several(text)))
    identifier: str = field(metadata=kind(text))
    identifier_type: str = field(metadata=kind(text))
